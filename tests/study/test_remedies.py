"""What a beginner writes wrongly: the remedy says what to write instead, and never something else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hrsim.errors import StudyError
from hrsim.experiment.design import load_checked
from hrsim.study.documents import EXAMPLES, VERBS
from hrsim.study.load import load_study
from hrsim.study.parents import packaged_calibrations, packaged_scenarios
from hrsim.study.reader import read_file
from hrsim.study.remedies import date_remedy, hours_remedy, number_remedy
from hrsim.study.suggestions import likely
from hrsim.study.tree import Problems

STUDY = """\
hrsim: 1
title: A first study
extends: settings/british_columbia.yaml
horizon: {start: 2026-01-01, years: 10}
arms:
  status_quo: {}
  more: %s
analysis: {comparator: status_quo, draws: 8}
"""
Fix = Callable[[str], str]


@pytest.fixture
def fix(load_shipped, tmp_path: Path) -> Fix:
    """Return the remedies of a study's faults, joined."""

    def fixes(text: str) -> str:
        path = tmp_path / "first.yaml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(StudyError) as caught:
            load_shipped(path)
        return "\n".join(problem.fix for problem in caught.value.problems)

    return fixes


@pytest.mark.parametrize(
    ("arm", "remedy"),
    [
        ("{services: {naloxone: {}}}", "'take_home_naloxone', 'naloxone_at_release'"),
        ("{services: {nsp: {}}}", "did you mean 'needle_and_syringe_programme'?"),
        ("{services: {safer_supply: {}}}", "did you mean 'prescribed_alternatives'?"),
        ("{services: {safe_injection_site: {}}}", "'overdose_prevention_site' or 'supervised_consumption'?"),
        ("{services: {oat: {}}}", "'oat_buprenorphine', "),
        ("{services: {oat_metadone: {}}}", "did you mean 'oat_methadone'?"),
        ("{services: {take_home_naloxone: {reach: 50%}}}", "0.69 reaches 50% of people within a year"),
        ("{services: {take_home_naloxone: {reach: 50 per cent}}}", "'coverage'"),
        ("{services: {drug_checking: {prompted_by: {custody_release: 50%}}}}", "write a proportion: 0.5"),
        ("{services: {take_home_naloxone: {capacity: {kits_per_year: 50%}}}}", "not a share"),
        ("{services: {take_home_naloxone: {capacity: {kits_per_year: 9,000}}}}", "10000"),
        ('{services: {take_home_naloxone: {capacity: {kits_per_year: "9,000"}}}}', "write 9000"),
        ("{services: {take_home_naloxone: {capacity: {kits_per_year: 9k}}}}", "write 9000"),
        ('{services: {take_home_naloxone: {capacity: {kits_per_year: "9000"}}}}', "write 9000: the unit"),
        ("{services: {take_home_naloxone: {capacity: 9000}}}", "capacity: {KEY: ...}"),
        ("{services: {take_home_naloxone: {kits_per_year: 9000}}}", "below 'capacity:'"),
        ("{services: {oat_methadone: {places: 300}}}", "below 'capacity:'"),
        ("{services: {take_home_naloxone: true}}", "take_home_naloxone: {}"),
        ("{services: {supervised_consumption: }}", "supervised_consumption: {}"),
        ("{services: {overdose_prevention_site: false}}", "remove: [services.overdose_prevention_site]"),
        ("{services: [take_home_naloxone]}", "services: {take_home_naloxone: {}}"),
        ("[take_home_naloxone]", "more: {services: {take_home_naloxone: {}}}"),
        ("{take_home_naloxone: {}}", "below 'services:'"),
        ("{remove: [take_home_naloxone]}", "write the whole path: 'services.take_home_naloxone'"),
        ("{remove: services.take_home_naloxone}", "write 'remove: [services.take_home_naloxone]'"),
        ("{services: {take_home_naloxone: {capacity: {kits_per_year: x2}}}}", 'write "*2" in quotes'),
        ("{services: {supervised_consumption: {opens: +30}}}", "nothing is inherited here"),
        ("{services: {supervised_consumption: {reach: +100}}}", 'such as "*1.5"'),
        ("{draws: 50}", "below 'analysis:'"),
        ("{services: {supervised_consumption: {opens: 2027}}}", "write 2027-01-01"),
        ('{services: {supervised_consumption: {opens: "2026-07-01"}}}', "2026-07-01 without quotes"),
        ("{services: {overdose_prevention_site: {capacity: {hours: 9-17}}}}", '"09:00-17:00"'),
        ("{services: {overdose_prevention_site: {capacity: {hours: 24}}}}", '"00:00-24:00"'),
    ],
)
def test_an_arm_s_fault_has_the_remedy_that_is_meant(fix: Fix, arm: str, remedy: str) -> None:
    assert remedy in fix(STUDY % arm)


@pytest.mark.parametrize(
    ("before", "after", "remedy"),
    [
        ("settings/british_columbia.yaml", "settings/bc.yaml", "'settings/british_columbia.yaml'"),
        ("settings/british_columbia.yaml", "british_columbia", "'settings/british_columbia.yaml'"),
        (
            "settings/british_columbia.yaml",
            "settings/British Columbia.yaml",
            "settings/british_columbia.yaml",
        ),
        ("settings/british_columbia.yaml", "ri", "'settings/rhode_island.yaml'"),
        ("settings/british_columbia.yaml", "glasgow", "'glasgow_hiv.yaml'"),
        ("settings/british_columbia.yaml", "vancouver", "settings/scotland.yaml"),
        ("years: 10", "years: 10 years", "write 10: the unit is years"),
        ("arms:", "population: {size: 10 000}\narms:", "write 10000"),
        ("arms:", "population: 10000\narms:", "population: {KEY: ...}', where KEY is one of size"),
        ("arms:", "size: 10000\narms:", "below 'population:'"),
        ("draws: 8", "discount: 0.03", "where KEY is one of costs, effects"),
        ("draws: 8", "thresholds: 50000", "write [50000]"),
        ("draws: 8", "threshold: [50000]", "'thresholds'"),
        ("more:", "More naloxone:", "more_naloxone"),
        ("title: A first study", "title: Naloxone: more of it", "quotes"),
        ("hrsim: 1", "hrsim: 2", "write 1."),
    ],
)
def test_a_study_s_fault_has_the_remedy_that_is_meant(fix: Fix, before: str, after: str, remedy: str) -> None:
    assert remedy in fix((STUDY % "{}").replace(before, after))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("9-17", "09:00-17:00"),
        ("9:00-17:00", "09:00-17:00"),
        ("9am-5pm", "09:00-17:00"),
        ("12am to 12pm", "00:00-12:00"),
        ("09h-17h", "09:00-17:00"),
        ("09:00 \u2013 17:30", "09:00-17:30"),
        ("22.00-2.00", "22:00-02:00"),
        ("24/7", "00:00-24:00"),
        ("08:00-25:00", "08:00-24:00"),  # not clear: an example
        ("evenings", "08:00-24:00"),
    ],
)
def test_hours_in_other_forms_are_written_as_hrsim_reads_them(written: str, meant: str) -> None:
    assert f'"{meant}"' in hours_remedy(written)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("1 000 000", "1000000"), ("1,234.5", "1234.5"), ("0,5", "0.5"), ("2.5 million", "2500000"), ("$40", "40"),
     ("40 CAD", "40"), ("18 months", "18")],
)  # fmt: skip
def test_numbers_in_other_forms_are_written_as_hrsim_reads_them(written: str, meant: str) -> None:
    assert f"write {meant}," in number_remedy(written)


@pytest.mark.parametrize("written", ["about 5", "5-10", "", "five", "1.2.3", None, [5], True])
def test_what_is_no_clear_number_is_not_guessed(written: object) -> None:
    assert number_remedy(written).startswith("write a number without quotes")


def test_a_date_that_is_not_clear_is_not_guessed() -> None:
    assert "2026-01-31" in date_remedy("01/07/2026")


def test_a_share_that_no_rate_reaches_is_not_turned_into_one() -> None:
    assert "inf" not in number_remedy("100 %", "a rate per person-year")
    assert "write the number itself" in number_remedy("100 %", "a rate per person-year")


@pytest.mark.parametrize("word", ["", "_", "zzz", "x" * 500])
def test_words_that_are_near_nothing_suggest_nothing(word: str) -> None:
    assert likely(word, ["take_home_naloxone", "drug_checking"]) == []


def test_every_known_word_is_its_own_likeliest() -> None:
    names = ["take_home_naloxone", "naloxone_pharmacy", "settings/british_columbia.yaml", "a", "of_the"]
    assert all(likely(name, names)[0] == name for name in names)


def test_faults_of_sense_numbers_and_money_come_in_one_pass(tmp_path: Path) -> None:
    late = "supervised_consumption: {opens: 2056-01-01}"
    negative = "{on: overdose, multiplier: {evidence: oat.od_ratio_in_vs_out, times: -1}}"
    arm = f"{{services: {{{late}, oat_methadone: {{effects: [{negative}]}}}}}}"
    path = tmp_path / "first.yaml"
    path.write_text(
        (STUDY % arm).replace("draws: 8", "draws: 8, perspectives: [healthcare]"), encoding="utf-8"
    )
    with pytest.raises(StudyError) as caught:
        load_checked(path)
    assert {problem.code for problem in caught.value.problems} == {"HORIZON", "RANGE", "PRICE"}


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("arms: {now: {}, more: {services: {oat_methadone: {capacity: {places: 20%}}}}}", ["or +20% to add"]),
        ("analysis: {draws: 8.5}", ["write a whole number, such as 8 or 9."]),
        ("analysis: {draws: {value: 8}}", ["write 8: a whole number stands alone"]),
        ("horizon: {years: 2,5}", ["2.5 for 2,5"]),
        ("analysis: {willingness_to_pay: [5]}", ["did you mean 'thresholds'?"]),
        ("arms: {now: {}, more: {services: {oat_methadone: {capacity: {place: +20%}}}}}", ["'places'?"]),
        ("arms: {now: {}, more: {services: {oat_methdone: {capacity: {places: +20%}}}}}", ["'oat_methadone'?"]),
        ("arms: {now: {}, more: {oat_methadone: {capacity: {places: +20%}}}}", ["below 'services:'"]),
    ],
)  # fmt: skip
def test_what_a_newcomer_writes_is_answered_by_one_remedy_that_helps(
    lines: str, said: list[str], tmp_path: Path
) -> None:
    text = f"hrsim: 1\ntitle: t\nextends: settings/british_columbia.yaml\n{lines}\n"
    text += "" if "arms:" in lines else "arms: {now: {}}\n"
    (tmp_path / "mine.yaml").write_text(text)
    with pytest.raises(StudyError) as caught:
        load_study(tmp_path / "mine.yaml")
    fixes = [problem.fix for problem in caught.value.problems if problem.code != "COMPARATOR"]
    assert len(fixes) == len(said), fixes
    assert all(words in fix for words, fix in zip(said, fixes, strict=True)), fixes
    assert not any("{evidence" in fix for fix in fixes if "whole" in fix)


def test_a_key_of_a_service_at_the_place_of_a_service_is_to_be_indented(fix: Fix) -> None:
    assert fix(STUDY % "{services: {oat_methadone: {}, capacity: {}}}") == (
        "'capacity' is a key of a service: indent it further than the name of its service."
    )


def test_a_file_that_is_named_without_its_ending_is_found(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("hrsim: 1\n")
    with pytest.raises(StudyError) as caught:
        load_study(tmp_path / "mine")
    assert "mine.yaml'?" in caught.value.problems[0].fix


def test_each_kind_of_document_has_a_shipped_example_of_it() -> None:
    assert set(EXAMPLES) == set(VERBS)
    for kind, example in EXAMPLES.items():
        folder, _, rest = example.partition("/")
        file = packaged_scenarios() / rest if folder == "scenarios" else packaged_calibrations() / example
        assert kind in read_file(file, Problems()).entries

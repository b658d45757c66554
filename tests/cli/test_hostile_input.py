"""Input that means harm, or that nobody means: words with the place, never a traceback and never another file."""

import json
import shutil

import duckdb
import numpy as np
import pandas as pd
import pytest

from hrsim.evidence.posterior import BadPosterior, read_posterior
from hrsim.experiment.ledger_file import write_parquet
from hrsim.experiment.run_folder import file_hash
from hrsim.report.cells import read_table, write_cell
from hrsim.report.files import write_csv
from hrsim.study.parents import packaged_calibrations, packaged_scenarios
from hrsim.validate.expressions import parse_expression

STUDY = """\
hrsim: 1
title: Bare
extends: settings/blank.yaml
horizon: {start: 2026-01-01, years: 1}
population: {size: 20}
processes: {overdose: true}
services: {own: {label: O, reach: 1}}
arms: {a: {}, b: {services: {own: {reach: 2}}}}
analysis: {comparator: a}
"""
CASE = """\
hrsim_case: 1
title: T
heading: internal
tier: A
citation: c
obtained_from: computed
acceptance: a
studies: {s: {file: FILE, replicates: 2, quick: 2}}
measures:
  - {name: "NAME", of: "FORMULA", exact: 0.1, obtained: computed, accept: {within: 10}, known_gap: true, because: x}
"""


def write_case(tmp_path, file="study.yaml", formula="events(a, overdose_death) / 50", name="n"):
    (tmp_path / "study.yaml").write_text(STUDY)
    text = CASE.replace("FILE", file).replace("FORMULA", formula).replace("NAME", name)
    (tmp_path / "my.expected.yaml").write_text(text)


@pytest.mark.parametrize("file", ["/etc/passwd", "../secret.yaml", "inner/../../secret.yaml", "link.yaml"])
def test_a_case_reads_no_file_outside_its_folder(hrsim, tmp_path, file):
    home = tmp_path / "home"
    (home / "inner").mkdir(parents=True)
    (tmp_path / "secret.yaml").write_text("the: secret\n")
    (home / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    write_case(home, file=file)
    refused = hrsim("validate", str(home / "my.expected.yaml"))
    assert refused.code == 3
    assert "error[OUTSIDE]" in refused.err and "my.expected.yaml:8:" in refused.err
    assert "the: secret" not in refused.err and "root:" not in refused.err


@pytest.mark.parametrize(
    "formula",
    [
        "1 + " * 20_000 + "1", "-" * 20_000 + "1", "(" * 500 + "1" + ")" * 500, "-" * 150 + "1",
        "events(a, overdose_death) / " + "9" * 401, "1" * 5000, "1e999 + 1",
    ],
)  # fmt: skip
def test_a_formula_has_a_length_a_depth_and_numbers_that_exist(formula):
    with pytest.raises(ValueError, match="got"):
        parse_expression(formula)


def test_a_division_by_zero_and_markup_are_a_verdict_and_json(hrsim, tmp_path):
    write_case(tmp_path, formula="events(a, overdose_death) / 0", name="[/x] y")
    shown = hrsim("validate", "my.expected.yaml", "--quick", "--threads", "1")
    assert shown.code == 0, shown.err
    assert "[/x] y" in shown.out
    told = hrsim("validate", "my.expected.yaml", "--quick", "--json", "--threads", "1")
    (found,) = json.loads(told.out, parse_constant=lambda word: pytest.fail(word))
    assert found["hrsim"] is None and found["direction_right"] is None


def test_a_chain_of_parameters_of_a_cohort_document_ends_in_words(hrsim, tmp_path):
    text = (packaged_scenarios() / "published" / "sick_sicker.cohort.yaml").read_text()
    chain = "".join(f"  c{n}: c{n - 1}\n" for n in range(1, 3000))
    long = text.replace("  rate_death: 0.002\n", f"  rate_death: c2999\n  c0: 0.002\n{chain}")
    (tmp_path / "long.cohort.yaml").write_text(long)
    refused = hrsim("cohort", "long.cohort.yaml")
    assert refused.code == 3
    assert "error[COHORT_FORMULA]" in refused.err


MANY_SERVICES = ", ".join(f"s{n}: {{label: S, reach: 1}}" for n in range(63))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("services: {own: {label: O, reach: 1}", "services: {" + MANY_SERVICES),
        ("arms: {a: {}", "arms: {a: {}, " + ", ".join(f"x{n}: {{}}" for n in range(300))),
        ("title: Bare", "title: Bare\nevents: {entry: {label: E, rate: 1}}"),
    ],
    ids=["services", "arms", "event"],
)  # fmt: skip
def test_check_ends_with_what_run_would_refuse(hrsim, tmp_path, given, words):
    text = STUDY.replace("b: {services: {own: {reach: 2}}}", "b: {}").replace(given, words)
    (tmp_path / "much.yaml").write_text(text)
    refused = hrsim("check", "much.yaml")
    assert refused.code == 3, refused.out
    assert "much.yaml:" in refused.err
    (tmp_path / "good.yaml").write_text(STUDY)
    both = hrsim("run", "good.yaml", "much.yaml")
    assert both.code == 3
    assert not (tmp_path / "runs").exists()  # the first waits until all are known to be sound


@pytest.mark.parametrize("section", ["parameters", "prices", "services", "events", "structural"])
def test_keys_of_one_s_own_are_left_alone_everywhere(hrsim, tmp_path, section):
    text = STUDY.replace("services: {", "services: {x-mine: {text: [1]}, ") if section == "services" else (
        STUDY + f"{section}: {{x-mine: 1}}\n"
    )  # fmt: skip
    (tmp_path / "mine.yaml").write_text(text)
    assert hrsim("check", "mine.yaml").code == 0


@pytest.mark.parametrize("name", ["nan", "null", "na", "none", "inf", "true", "e1"])
@pytest.mark.usefixtures("stand_in_engine")
def test_an_arm_may_have_a_name_that_libraries_read_as_something_else(hrsim, tmp_path, name):
    text = STUDY.replace("arms: {a:", f'arms: {{"{name}":').replace(
        "comparator: a", f'comparator: "{name}", draws: 2'
    )
    (tmp_path / "named.yaml").write_text(text)
    done = hrsim("run", "named.yaml", "--threads", "1")
    assert done.code == 0, done.err
    (run,) = (tmp_path / "runs").iterdir()
    compared = hrsim("compare", str(run))
    assert compared.code == 0, compared.err
    assert f":{name}" in compared.out


def test_a_table_reads_back_to_the_same_texts(tmp_path):
    table = pd.DataFrame(
        {"arm": ["nan", "true", "inf", "1"], "group": ["NA", "", "null", "1e5"], "mean": [1, np.nan, 2, 3]}
    )
    write_csv(table, tmp_path / "table.csv")
    back = read_table(tmp_path / "table.csv")
    assert list(back["arm"]) == list(table["arm"])
    assert list(back["group"].fillna("")) == list(table["group"])
    assert back["mean"].isna().tolist() == [False, True, False, False]


@pytest.mark.parametrize("value", [float("inf"), -float("inf"), np.float64("inf")])
def test_an_infinite_number_is_text_in_the_workbook(value):
    written = []

    class Sheet:
        def write_string(self, *given):
            written.append(given)

        def write_number(self, *given):
            pytest.fail("a spreadsheet has no infinite number")

    write_cell(Sheet(), 0, 0, value)
    assert written == [(0, 0, str(float(value)))]


def posterior(tmp_path, change, manifest=lambda kept: kept):
    source = packaged_calibrations() / "calibration" / "british_columbia"
    for name in ("posterior.parquet", "manifest.json"):
        shutil.copy(source / name, tmp_path / name)
    table = (
        duckdb.connect().execute("SELECT * FROM read_parquet(?)", [str(source / "posterior.parquet")]).df()
    )
    write_parquet(change(table), tmp_path / "posterior.parquet")
    kept = json.loads((tmp_path / "manifest.json").read_text())
    kept["files"]["posterior.parquet"] = file_hash(tmp_path / "posterior.parquet")
    told = manifest(kept)
    (tmp_path / "manifest.json").write_text(told if isinstance(told, str) else json.dumps(told))
    return [name for name in table if name != "draw"]


FIRST = 1  # place of the first parameter
HOSTILE_COLUMNS = {
    "no rows": lambda table: table.iloc[:0],
    "text": lambda table: table.assign(**{table.columns[FIRST]: "text"}),
    "dates": lambda table: table.assign(**{table.columns[FIRST]: pd.Timestamp("2020-01-01")}),
    "lists": lambda table: table.assign(**{table.columns[FIRST]: [[1.0, 2.0]] * len(table)}),
    "truths": lambda table: table.assign(**{table.columns[FIRST]: True}),
    "empty": lambda table: table.assign(**{table.columns[FIRST]: None}),
    "nan": lambda table: table.assign(**{table.columns[FIRST]: np.nan}),
    "infinite": lambda table: table.assign(**{table.columns[FIRST]: np.inf}),
    "no draw": lambda table: table.drop(columns=["draw"]),
    "draw only": lambda table: table[["draw"]],
}


@pytest.mark.parametrize("name", HOSTILE_COLUMNS)
def test_a_posterior_of_anything_but_numbers_is_refused(tmp_path, name):
    known = posterior(tmp_path, HOSTILE_COLUMNS[name])
    with pytest.raises(BadPosterior):
        read_posterior(tmp_path, known)


@pytest.mark.parametrize("told", ["[]", "null", "5", "{", "[" * 100_000, '{"a": ' + "9" * 5000 + "}"])
def test_a_posterior_s_manifest_of_anything_else_is_refused(tmp_path, told):
    known = posterior(tmp_path, lambda table: table, lambda kept: told)
    with pytest.raises(BadPosterior):
        read_posterior(tmp_path, known)


def test_a_posterior_as_it_was_written_is_read(tmp_path):
    known = posterior(tmp_path, lambda table: table)
    assert set(read_posterior(tmp_path, known).values) <= set(known)


def test_a_name_too_long_for_a_folder_is_a_fault_with_its_line(hrsim, tmp_path):
    (tmp_path / "long.yaml").write_text(STUDY + f"parameters: {{posterior: {'a' * 6000}}}\n")
    refused = hrsim("check", "long.yaml")
    assert refused.code == 3
    assert "long.yaml:10:" in refused.err and len(refused.err) < 4000


def test_a_calibration_without_its_study_has_the_line(hrsim, tmp_path):
    (tmp_path / "my.yaml").write_text(
        "hrsim_calibration: 1\ntitle: T\nstudy: nope.yaml\nfree: [od.p_death_untreated]\nseries:\n  deaths:\n"
        "    measure: overdose_death\n    values: {2012: {value: 3, source: s}}\n    fitted: [2012]\n"
        "    likelihood: {family: poisson}\n    discrepancy: 0.2\n"
    )
    refused = hrsim("calibrate", "my.yaml", "--plan")
    assert refused.code == 3
    assert "my.yaml:3:8" in refused.err


def test_a_setting_is_no_study_to_run(hrsim, tmp_path):
    refused = hrsim("run", str(packaged_scenarios() / "settings" / "blank.yaml"))
    assert refused.code == 3
    assert "blank.yaml:" in refused.err and "error[NO_ARMS]" in refused.err


def test_a_link_that_leads_nowhere_is_not_its_own_remedy(hrsim, tmp_path):
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    (tmp_path / "mine.yaml").write_text(STUDY.replace("settings/blank.yaml", "loop.yaml"))
    refused = hrsim("check", "mine.yaml")
    assert refused.code == 3
    assert "a link that leads to no file" in refused.err

"""A loaded study is complete: files over files, arms over the base, catalogue beneath, overrides on top."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hrsim.errors import StudyError
from hrsim.study.load import ResolvedStudy
from hrsim.study.parents import packaged_scenarios

MINIMAL = "hrsim: 1\ntitle: T\nextends: settings/town.yaml\nanalysis: {comparator: base}\n"
Load = Callable[..., ResolvedStudy]
Write = Callable[..., Path]


def refusals(load: Load, path: Path, *overrides: str) -> list[str]:
    with pytest.raises(StudyError) as caught:
        load(path, overrides)
    return [problem.code for problem in caught.value.problems]


@pytest.fixture(scope="module")
def town(load: Load, studies: Path) -> ResolvedStudy:
    return load(studies / "town.yaml")


def test_an_arm_has_the_base_its_parents_and_its_own_keys(town: ResolvedStudy) -> None:
    arm = town.study.arms["integrated"]
    assert arm.services["naloxone"].capacity.kits_per_year.last.value == 9000
    assert str(arm.services["consumption_site"].opens) == "2026-07-01"
    assert arm.services["oat"].capacity.places.first.value == 1000 + 400
    assert set(arm.services) == {"oat", "naloxone", "consumption_site"}


def test_a_parents_base_does_not_undo_another_parents_change(town: ResolvedStudy) -> None:
    """Both parents hold the base's naloxone; only one of them changed it, and the change must stay."""
    assert town.study.arms["site"].services["naloxone"].capacity.kits_per_year.first.value == 3000
    assert town.study.arms["integrated"].services["naloxone"].capacity.kits_per_year.first.value == 3000
    assert town.study.arms["integrated"].services["naloxone"].capacity.kits_per_year.last.value == 9000


def test_the_catalogue_lies_beneath_the_setting_and_the_setting_beneath_the_arm(town: ResolvedStudy) -> None:
    naloxone = town.study.arms["status_quo"].services["naloxone"]
    assert naloxone.reach.first.value == 0.5
    assert naloxone.prompted_by.overdose_survived.value == 0.3
    assert town.study.services["naloxone"] == naloxone


def test_an_arm_can_remove_and_change_without_touching_others(town: ResolvedStudy) -> None:
    cuts, status_quo = town.study.arms["cuts"], town.study.arms["status_quo"]
    assert "naloxone" not in cuts.services
    assert "naloxone" in status_quo.services
    assert cuts.parameters["oat.reach"].value == 0.2
    assert not status_quo.parameters
    assert cuts.supply.exposure == status_quo.supply.exposure
    assert (len(cuts.supply.shocks), len(status_quo.supply.shocks)) == (1, 0)


def test_labels_are_not_inherited(town: ResolvedStudy) -> None:
    assert town.study.arms["naloxone_x3"].label == "Naloxone times three"
    assert town.study.arms["integrated"].label is None


def test_an_ancestor_shared_by_two_parents_counts_once(load: Load, write: Write) -> None:
    shared = "x: {services: {oat: {capacity: {places: +10}}}}"
    arms = (
        f"arms: {{base: {{}}, {shared}, a: {{extends: [x]}}, b: {{extends: [x]}}, both: {{extends: [a, b]}}}}"
    )
    study = load(write(MINIMAL + arms)).study
    assert study.arms["both"].services["oat"].capacity.places.first.value == 1010


def test_a_setting_needs_no_arms_but_its_child_does(load: Load, studies: Path, write: Write) -> None:
    assert load(studies / "settings" / "town.yaml").study.setting
    assert refusals(load, write(MINIMAL)) == ["NO_ARMS"]


def test_overrides_come_last_and_say_so(load: Load, studies: Path) -> None:
    overrides = (
        "analysis.draws=7",
        "arms.integrated.services.oat.capacity.places=+5",
        "parameters.oat.reach=0.4",
    )
    resolved = load(studies / "town.yaml", overrides)
    assert resolved.study.analysis.draws == 7
    assert resolved.study.arms["integrated"].services["oat"].capacity.places.first.value == 1405
    assert resolved.study.arms["status_quo"].parameters["oat.reach"].value == 0.4
    assert str(resolved.provenance("analysis.draws")) == "<--set>:1:16"
    assert str(resolved.provenance("parameters.oat.reach")) == "<--set>:3:22"


@pytest.mark.parametrize(
    ("override", "code"),
    [
        ("analysis.draws", "OVERRIDE"),
        ("=5", "OVERRIDE"),
        ("a..b=5", "OVERRIDE"),
        ("extends=town.yaml", "OVERRIDE"),
        ("arms=5", "OVERRIDE"),
        ("arms.statusquo.label=x", "ARM"),
        ("analysis.draws=many", "TYPE"),
        ("analysis.drwas=5", "UNKNOWN_KEY"),
        ("analysis.draws=[1", "SYNTAX"),
        ("analysis.draws=1\n2", "ENCODING"),
        ("analysis.draws=\udc80", "ENCODING"),
        ("horizon.years=.inf", "NUMBER"),
        ("arms.cuts.services.oat.capacity.places={from: 1, to: 2}", "RAMP"),
    ],
)
def test_bad_overrides_are_located(load: Load, studies: Path, override: str, code: str) -> None:
    with pytest.raises(StudyError) as caught:
        load(studies / "town.yaml", (override,))
    assert [problem.code for problem in caught.value.problems] == [code]
    assert caught.value.problems[0].location.file == "<--set>"


def test_every_value_knows_who_set_it(town: ResolvedStudy) -> None:
    assert str(town.provenance("horizon.years")).endswith("settings/town.yaml:4:37")
    assert town.provenance("arms.integrated.services.oat.capacity.places").line == 14
    assert town.provenance("services.oat.label").file.endswith("catalogue/treatment.yaml")
    files = {file for _, _, file, _ in town.provenance_rows()}
    assert files == {
        "town.yaml",
        "settings/town.yaml",
        "catalogue/treatment.yaml",
        "catalogue/harm_reduction.yaml",
    }
    with pytest.raises(StudyError, match=r"did you mean 'horizon\.years'"):
        town.provenance("horizon.yaers")


def test_all_faults_of_all_files_come_at_once(load: Load, write: Write) -> None:
    text = (
        MINIMAL
        + "population: {share_male: 60%}\narms: {base: {services: {naloxon: {}}, processes: {hvi: true}}}\n"
    )
    path = write(text)
    setting = path.parent / "settings" / "town.yaml"
    setting.write_text(
        setting.read_text().replace("years: 10", "yaers: 10").replace("custody: 0.05", "custody: 5")
    )
    found = refusals(load, path, "analysis.seed=-1")
    assert sorted(found) == sorted(["RANGE", "MISSING", "UNKNOWN_KEY", "RANGE", "TYPE", "SERVICE", "PROCESS"])


@pytest.mark.parametrize(
    "parent",
    ["/etc/passwd", "../x.yaml", "a/../../x.yaml", "http://x/y.yaml", "C:\\x.yaml", "\\\\h\\x", "~/x.yaml"],
)
def test_parents_outside_are_refused_unread(load: Load, write: Write, parent: str) -> None:
    text = MINIMAL.replace("settings/town.yaml", f"'{parent}'") + "arms: {base: {}}"
    assert refusals(load, write(text)) == ["OUTSIDE"]


def test_a_link_out_of_the_folder_is_refused(
    load: Load, write: Write, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = write(MINIMAL.replace("settings/town.yaml", "link.yaml") + "arms: {base: {}}")
    target = tmp_path_factory.mktemp("elsewhere") / "secret.yaml"
    target.write_text("hrsim: 1\n")
    (path.parent / "link.yaml").symlink_to(target)
    assert refusals(load, path) == ["OUTSIDE"]


def test_a_parent_is_one_file_name(load: Load, write: Write) -> None:
    for value in ("[settings/town.yaml]", "5", "''", "{}", "absent.yaml", "n" * 5000):
        text = MINIMAL.replace("settings/town.yaml", value) + "arms: {base: {}}"
        assert refusals(load, write(text)) == ["PARENT"]


def test_a_parent_looks_for_its_own_parent_beside_itself(load: Load, write: Write) -> None:
    path = write("hrsim: 1\ntitle: child\nextends: nested/b.yaml\narms: {base: {}}\n", "a.yaml")
    (path.parent / "nested").mkdir()
    write("hrsim: 1\nextends: c.yaml\n", "nested/b.yaml")
    write(MINIMAL.replace("title: T", "title: of nested/c"), "nested/c.yaml")
    write(MINIMAL.replace("title: T", "title: of c"), "c.yaml")
    assert load(path).study.title == "child"
    path.write_text(path.read_text(encoding="utf-8").replace("title: child\n", ""), encoding="utf-8")
    assert load(path).study.title == "of nested/c"


def test_a_cycle_of_files_is_named(load: Load, write: Write) -> None:
    path = write("hrsim: 1\nextends: b.yaml\narms: {base: {}}\n", "a.yaml")
    write("hrsim: 1\nextends: c.yaml\n", "b.yaml")
    write("hrsim: 1\nextends: b.yaml\n", "c.yaml")
    with pytest.raises(StudyError, match=r"b\.yaml -> c\.yaml -> b\.yaml"):
        load(path)


def test_a_cycle_of_arms_is_named_once(load: Load, write: Write) -> None:
    arms = "arms: {base: {}, c: {extends: [a]}, a: {extends: [b]}, b: {extends: [c]}, d: {extends: [b]}}"
    with pytest.raises(StudyError, match="a -> b -> c -> a") as caught:
        load(write(MINIMAL + arms))
    assert [problem.code for problem in caught.value.problems] == ["CYCLE"]


def test_a_very_long_chain_of_arms_is_refused(load: Load, write: Write) -> None:
    arms = "".join(f"  a{i + 1}: {{extends: [a{i}]}}\n" for i in range(3000))
    assert refusals(load, write(MINIMAL + "arms:\n  base: {}\n  a0: {}\n" + arms)) == ["SIZE"]


def test_evidence_must_be_of_the_kind_and_unit_of_the_field(load: Load, write: Write) -> None:
    def study(patience: str) -> Path:
        return write(
            MINIMAL + f"arms: {{base: {{services: {{oat: {{waiting: {{patience: {patience}}}}}}}}}}}"
        )

    assert refusals(load, study("{evidence: oat.cost}")) == ["KIND"]
    assert refusals(load, study("{evidence: oat.patience_days}")) == ["UNIT"]
    assert load(study("{evidence: oat.patience_days, times: 0.0027}")).study.arms["base"].services["oat"]


def test_keys_of_your_own_are_left_alone(town: ResolvedStudy) -> None:
    assert town.raw["x-author"] == "anyone"


def test_packaged_scenarios_are_found() -> None:
    assert (packaged_scenarios() / "settings").is_dir()


@pytest.mark.parametrize(
    ("value", "codes"),
    [
        ("0.4", []),
        ("{value: 0.4, kind: rate, unit: per person-year}", []),
        ("{value: 0.4, kind: probability}", ["KIND"]),
        ("{value: 0.4, unit: per year}", ["UNIT"]),
        ("-1", ["RANGE"]),
        ("{evidence: oat.leave}", ["FORM"]),
    ],
)
def test_a_replacement_agrees_with_its_row(load: Load, studies: Path, value: str, codes: list[str]) -> None:
    override = f"parameters.oat.reach={value}"
    if codes:
        assert refusals(load, studies / "town.yaml", override) == codes
    else:
        assert load(studies / "town.yaml", (override,)).study.parameters["oat.reach"].value == 0.4

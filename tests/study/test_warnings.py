"""A valid study that is probably a mistake is warned of, alone, at its line; what is right is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from hrsim.study.load import load_study
from hrsim.study.parents import packaged_scenarios
from hrsim.study.starter import starter_study

FOLDER = Path(__file__).parents[1] / "warned_studies"
CODES = sorted(path.stem for path in FOLDER.glob("*.yaml") if path.stem != "base")


@pytest.mark.parametrize("code", CODES)
def test_a_doubtful_study_is_warned_of_at_its_line(code: str, load) -> None:
    path = FOLDER / f"{code}.yaml"
    warnings = load(path).warnings
    assert [one.code for one in warnings] == [code]
    (warning,) = warnings
    text = path.read_text().splitlines()
    marked = [number for number, line in enumerate(text, start=1) if "# here" in line]
    if marked:
        assert (warning.location.file, warning.location.line) == (str(path), marked[0])
    assert warning.severity == "warning" and warning.path and warning.fix
    assert warning.render().splitlines()[0].endswith(f"warning[{code}] {warning.message}")


@pytest.mark.parametrize(
    "name", ["demo", "saturation", "glasgow_hiv", "burnout_spiral", "ten_percent_cut", "oat_queue"]
)
def test_a_shipped_study_gives_no_warning(name: str) -> None:
    assert load_study(packaged_scenarios() / f"{name}.yaml").warnings == ()


def test_the_starter_gives_no_warning(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(starter_study("mine"))
    assert load_study(tmp_path / "mine.yaml").warnings == ()


@pytest.mark.parametrize(
    "ramp",
    ["{to: '*3', over: 1 year}", "{from: 7200, to: 9000, over: 1 year}", "{from: 7200, by_year: {2027: 1}}"],
)
def test_a_ramp_from_the_inherited_level_is_not_warned_of(ramp: str, load, write) -> None:
    path = write(
        "hrsim: 1\nextends: settings/town.yaml\ntitle: t\nservices: {naloxone: {capacity: {kits_per_year: 7200}}}\n"
        f"arms: {{now: {{}}, more: {{services: {{naloxone: {{capacity: {{kits_per_year: {ramp}}}}}}}}}}}\n"
        "analysis: {comparator: now}\n"
    )
    assert "RAMP_FROM" not in [one.code for one in load(path).warnings]


@pytest.mark.parametrize(("places", "code"), [(0.4, ["ROUNDED"]), (0.6, []), (0, [])])
def test_places_that_come_to_none_are_warned_of(places: float, code: list[str], load, write) -> None:
    path = write(
        "hrsim: 1\nextends: settings/town.yaml\ntitle: t\n"
        "services: {clinic: {label: Clinic, reach: 1, stay: {mean: 1 year}, capacity: {places: 5}}}\n"
        f"arms: {{now: {{}}, more: {{services: {{clinic: {{capacity: {{places: {places}}}}}}}}}}}\n"
        "analysis: {comparator: now}\n"
    )
    found = [one.code for one in load(path).warnings if one.code != "OUT_OF_PROPORTION"]
    assert found == code

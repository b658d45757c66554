"""An arm of a shipped study does what its label says: as many more, as many times, as many fewer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from hrsim.study.load import load_study
from hrsim.study.parents import packaged_scenarios
from hrsim.study.schema import Arm, Study
from hrsim.study.starter import starter_study

FIELDS = {"kits_per_year": re.compile("kit|[Nn]aloxone"), "places": re.compile("places")}
TIMES = {
    r"x3|[Tt]hree times|tripled": 3.0, "doubled|[Tt]wice": 2.0, "halved": 0.5, "[Aa] fifth more": 1.2,
    "[Aa] fifth fewer": 0.8, "30 % fewer": 0.7,
}  # fmt: skip
MORE, FEWER = re.compile(r"([0-9]+) (?:places )?more|([0-9]+) more"), re.compile(r"([0-9]+) places fewer")
WITHIN = 0.005  # of a ratio: places are whole


def last_levels(arm: Arm, field: str) -> dict[str, float]:
    """Give the level that a capacity comes to, by service."""
    found = {}
    for name, service in arm.services.items():
        ramp = getattr(service.capacity, field) if service.capacity else None
        if ramp is not None:
            found[name] = (ramp.last or ([*ramp.by_year.values()] or [ramp.first])[-1]).value
    return found


def changes(study: Study, arm: Arm, field: str) -> tuple[float, float]:
    """Give what the capacities that differ from the comparator's come to, in the comparator and in the arm."""
    usual = last_levels(study.arms[study.analysis.comparator], field)
    now = last_levels(arm, field)
    changed = [name for name in usual if name in now and now[name] != usual[name]]
    return sum(usual[name] for name in changed), sum(now[name] for name in changed)


def promises(label: str) -> Iterator[tuple[str, str, float]]:
    """Yield what a label says: of which capacity, 'times' or 'plus', and how many."""
    for part in label.split(","):
        for field, words in FIELDS.items():
            if not words.search(part):
                continue
            yield from ((field, "times", ratio) for text, ratio in TIMES.items() if re.search(text, part))
            if more := MORE.search(part):
                yield field, "plus", float(more[1] or more[2])
            if fewer := FEWER.search(part):
                yield field, "plus", -float(fewer[1])


def check(study: Study) -> int:
    kept = 0
    for name, arm in study.arms.items():
        for field, kind, number in promises(arm.label or name):
            before, after = changes(study, arm, field)
            assert before > 0, (name, field)
            got = after / before if kind == "times" else after - before
            assert got == pytest.approx(number, rel=WITHIN), (name, arm.label, before, after)
            kept += 1
    return kept


def test_arms_of_shipped_studies_do_what_their_labels_say() -> None:
    kept = {path.stem: check(load_study(path).study) for path in packaged_scenarios().glob("*.yaml")}
    assert kept["demo"] == 2
    assert sum(kept.values()) >= 15


@pytest.mark.parametrize("size", [10000, 4000, 700])
def test_arms_of_the_starter_do_what_their_labels_say_at_any_size(size: int, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(starter_study("mine"))
    study = load_study(tmp_path / "mine.yaml", [f"population.size={size}"]).study
    assert check(study) == 2
    site = study.arms["consumption_site"].services
    assert "supervised_consumption" not in study.arms["status_quo"].services
    assert site["supervised_consumption"].capacity.sites == 1
    for arm in ("naloxone_x3", "consumption_site", "more_treatment"):
        for name, service in study.arms[arm].services.items():
            if service != study.arms["status_quo"].services.get(name):
                assert study.arms["integrated"].services[name] == service


def test_every_arm_of_the_starter_has_a_label(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(starter_study("mine"))
    arms = load_study(tmp_path / "mine.yaml").study.arms
    assert [name for name, arm in arms.items() if arm.label is None] == []


@pytest.mark.parametrize(("size", "booths"), [(10000, 5), (4000, 2), (20000, 10)])
def test_the_site_of_the_starter_has_booths_in_proportion_to_its_people(
    size: int, booths: int, tmp_path: Path
) -> None:
    (tmp_path / "mine.yaml").write_text(starter_study("mine").replace("size: 10000", f"size: {size}"))
    resolved = load_study(tmp_path / "mine.yaml")
    capacity = resolved.study.arms["consumption_site"].services["supervised_consumption"].capacity
    assert capacity is not None and capacity.sites is not None and capacity.booths is not None
    assert (capacity.sites * capacity.booths, resolved.warnings) == (booths, ())


@pytest.mark.parametrize("setting", ["british_columbia", "rhode_island", "scotland"])
def test_notes_that_studies_inherit_name_no_size(setting: str, tmp_path: Path) -> None:
    text = starter_study("mine").replace("settings/british_columbia.yaml", f"settings/{setting}.yaml")
    (tmp_path / "mine.yaml").write_text(text)
    notes = load_study(tmp_path / "mine.yaml", ["population.size=4000"]).study.notes
    assert notes and not re.search(r"[0-9]{2},[0-9]{3}", str(notes))

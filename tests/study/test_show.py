"""A resolved study stands alone and is the same study; differences are said in words."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from hrsim.study.differences import diff_studies
from hrsim.study.load import ResolvedStudy, load_study
from hrsim.study.show import resolved_yaml


@pytest.fixture(scope="module")
def town(load, studies: Path) -> ResolvedStudy:
    return load(studies / "town.yaml")


def test_a_resolved_study_needs_no_parents_and_no_catalogue(
    town: ResolvedStudy, tmp_path: Path, evidence
) -> None:
    path = tmp_path / "resolved.yaml"
    path.write_text(resolved_yaml(town))
    again = load_study(path, catalogue={}, evidence=evidence)
    assert again.study == town.study.model_copy(update={"resolved": True})
    assert resolved_yaml(again) == resolved_yaml(town)


def test_the_catalogue_adds_nothing_to_a_resolved_study(town: ResolvedStudy, tmp_path: Path, load) -> None:
    path = tmp_path / "resolved.yaml"
    path.write_text(resolved_yaml(town))
    assert load(path).study.arms == town.study.arms


def test_text_that_looks_like_something_else_is_quoted(load, write) -> None:
    header = "hrsim: 1\nextends: settings/town.yaml\nanalysis: {comparator: base}\narms: {base: {}}\n"
    for title in ("NO", "1:30", "'12'", "'2026-01-01'", "'true'", "'~'", "'.inf'", "'1e6'", "'a: b'", "é"):
        study = load(write(header + f"title: {title}\n"))
        again = load(write(resolved_yaml(study)))
        assert again.study.title == study.study.title == yaml.safe_load(f"['{title.strip(chr(39))}']")[0]


@pytest.mark.parametrize("share", ["1e-6", "0.000001", "1.5e-7", "0.25", "1e-12"])
def test_small_numbers_are_read_back_as_they_are(load, write, share: str) -> None:
    header = "hrsim: 1\nextends: settings/town.yaml\nanalysis: {comparator: base}\narms: {base: {}}\n"
    study = load(write(header + f"population: {{hiv: {{prevalence: {share}}}}}\n"))
    again = load(write(resolved_yaml(study)))
    assert again.study.population == study.study.population
    assert float(share) == again.study.population.hiv.prevalence.value


def test_a_study_does_not_differ_from_itself(town: ResolvedStudy) -> None:
    assert diff_studies(town, town) == []


def test_differences_are_said_in_words(town: ResolvedStudy, load, studies: Path) -> None:
    overrides = (
        "horizon.years=5",
        "arms.site.services.consumption_site.capacity.booths=6",
        "arms.status_quo.label=Now",
        "arms.naloxone_x3.services.naloxone.capacity.kits_per_year=4000",
    )
    assert diff_studies(town, load(studies / "town.yaml", overrides)) == [
        "horizon.years: 10 becomes 5",
        "arms.status_quo.label is added: 'Now'",
        "arms.naloxone_x3.services.naloxone.capacity.kits_per_year: "
        "{from: 3000, to: 9000, over: 18 months} becomes 4000",
        "arms.site.services.consumption_site.capacity.booths: 12 becomes 6",
        "arms.integrated.services.naloxone.capacity.kits_per_year: "
        "{from: 3000, to: 9000, over: 18 months} becomes 4000",
        "arms.integrated.services.consumption_site.capacity.booths: 12 becomes 6",
    ]


def test_a_difference_read_backwards_swaps_added_and_removed(
    town: ResolvedStudy, load, studies: Path
) -> None:
    other = load(studies / "town.yaml", ("arms.status_quo.label=Now",))
    assert diff_studies(other, town) == ["arms.status_quo.label is removed (was 'Now')"]


def test_a_change_of_the_base_is_said_once_for_each_arm(town: ResolvedStudy, load, studies: Path) -> None:
    other = load(studies / "town.yaml", ("services.naloxone.reach=0.6",))
    having = [name for name, arm in town.study.arms.items() if "naloxone" in arm.services]
    assert diff_studies(town, other) == [
        f"arms.{arm}.services.naloxone.reach: 0.5 becomes 0.6" for arm in having
    ]

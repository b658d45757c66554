"""Amounts of a setting are for as many people as it states: they scale, what a study writes does not, nothing twice."""

from __future__ import annotations

import typing
from pathlib import Path

import pytest
from pydantic import BaseModel

from hrsim.study.as_written import amounts
from hrsim.study.catalogue import read_catalogue
from hrsim.study.load import load_study
from hrsim.study.parents import packaged_scenarios
from hrsim.study.relative import is_number
from hrsim.study.scaling import models_in
from hrsim.study.schema import Study
from hrsim.study.services import Service
from hrsim.study.show import resolved_yaml
from hrsim.study.times import Duration, Ramp
from hrsim.study.tree import leaves, plain
from hrsim.study.values import Quantity

SETTINGS = ("british_columbia", "rhode_island", "scotland")
SITE_NUMBERS = ("sites", "booths")
PER_HEAD = {  # units of numbers that are the same in a place of any size
    "proportion", "probability", "ratio", "shape", "years", "minutes", "per visit", "per post", "calendar year",
    "per person-year", "per eligible person-year", "per client-year", "per unit^shape", "utility",
}  # fmt: skip
RATES = {("ClosureHazard", "per_year"), ("StaffPool", "turnover")}  # "per year", of one site and of one post
NOT_OF_A_PLACE = {"Analysis", "Horizon"}  # how results are worked out
LEAVES = (Quantity, Ramp, Duration)


def numbers_of(annotation: object) -> bool:
    if annotation in (int, float):
        return True
    if isinstance(annotation, type) and issubclass(annotation, (Quantity, Ramp)):
        return True
    return any(numbers_of(inner) for inner in typing.get_args(annotation))


def fields(model: type[BaseModel], seen: set[type[BaseModel]]):
    if model in seen or issubclass(model, LEAVES) or model.__name__ in NOT_OF_A_PLACE:
        return
    seen.add(model)
    for name, field in model.model_fields.items():
        if name in ("parameters", "prices", "hrsim", "by_hour"):  # rows of the register; a version; weights
            continue
        yield model, name, field
        for inner in models_in(field.annotation):
            yield from fields(inner, seen)


def test_every_number_of_a_place_says_whether_it_is_an_absolute_amount() -> None:
    silent = []
    for model, name, field in fields(Study, set()):
        extra = field.json_schema_extra or {}
        per_head = extra.get("unit") in PER_HEAD or (model.__name__, name) in RATES
        if numbers_of(field.annotation) and not per_head and "scales" not in extra:
            silent.append((model.__name__, name, extra.get("unit")))
    assert silent == []


@pytest.mark.parametrize("name", sorted(read_catalogue()))
def test_the_catalogue_states_no_amount_which_would_be_for_nobody_knows_how_many(name: str) -> None:
    assert list(amounts(read_catalogue()[name], Service)) == []


def study_of(setting: str, size: int, tmp_path: Path, arms: str = "{now: {}}", more: str = "") -> Path:
    path = tmp_path / f"{setting}.yaml"
    path.write_text(
        f"hrsim: 1\ntitle: t\nextends: settings/{setting}.yaml\npopulation: {{size: {size}{more}}}\narms: {arms}\n"
        "analysis: {comparator: now, price_year: 2024}\n"
    )
    return path


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("size", [4000, 20000])
def test_a_setting_scales_in_its_amounts_and_in_nothing_else(setting: str, size: int, tmp_path: Path) -> None:
    usual = load_study(study_of(setting, 10000, tmp_path)).tree
    scaled = load_study(study_of(setting, size, tmp_path)).tree
    found = dict(amounts(scaled))
    assert ("population", "residents") in found and any("kits_per_year" in path for path in found)
    was = {path: node.value for path, node in amounts(usual)}
    for path, node in found.items():
        if path[-1] not in SITE_NUMBERS:
            assert node.value == pytest.approx(was[path] * size / 10000, rel=1e-12), path
    same = {path: plain(node) for path, node in leaves(usual)}
    for path, node in leaves(scaled):
        if path not in found and path[:2] not in (("population", "size"), ("population", "for_people")):
            assert plain(node) == same[path], path


def site(study, name: str = "overdose_prevention_site") -> tuple[int, int]:
    capacity = study.study.arms["now"].services[name].capacity
    return capacity.sites, capacity.booths


@pytest.mark.parametrize(
    ("size", "sites", "exact"),
    [
        (4000, (2, 3), True),
        (2000, (1, 3), True),
        (20000, (10, 3), True),
        (500, (1, 1), False),
        (7000, (4, 3), False),
    ],
)
def test_sites_scale_in_whole_booths_and_say_where_that_is_not_exact(
    size: int, sites: tuple[int, int], exact: bool, tmp_path: Path
) -> None:
    found = load_study(study_of("british_columbia", size, tmp_path))
    assert site(found) == sites
    assert [one.code for one in found.warnings] == ([] if exact else ["ROUNDED"])


@pytest.mark.parametrize(
    ("size", "change", "sites"),
    [
        (10000, "+3", 8),
        (10000, '"-2"', 3),
        (4000, "+5", 4),  # 2 and 2
        (4000, '"-3"', 1),  # 2 less 1.2
        (20000, "+3", 16),
        (20000, '"*2"', 20),
    ],
)
def test_a_change_of_sites_stays_a_change_in_a_file_that_scales(
    size: int, change: str, sites: int, tmp_path: Path
) -> None:
    arm = f"arms: {{more: {{services: {{overdose_prevention_site: {{capacity: {{sites: {change}}}}}}}}}}}"
    text = f"hrsim: 1\ntitle: Changes\nextends: demo.yaml\npopulation: {{size: {size}, for_people: 10000}}\n"
    (tmp_path / "changes.yaml").write_text(f"{text}{arm}\n")
    found = load_study(tmp_path / "changes.yaml").study.arms["more"]
    assert found.services["overdose_prevention_site"].capacity.sites == sites


@pytest.mark.parametrize("size", [5000, 7000, 20000])
@pytest.mark.parametrize("people", ["", "population: {for_people: 10000}"])
def test_a_resolved_study_with_more_sites_scales_as_the_study_itself(
    people: str, size: int, tmp_path: Path
) -> None:
    arm = "arms: {more: {services: {overdose_prevention_site: {capacity: {sites: +3}}}}}"
    text = f"hrsim: 1\ntitle: Sites\nextends: demo.yaml\n{people}\n{arm}\n"
    (tmp_path / "sites.yaml").write_text(text)
    (tmp_path / "resolved.yaml").write_text(resolved_yaml(load_study(tmp_path / "sites.yaml")))
    itself, again = (
        load_study(tmp_path / name, [f"population.size={size}"]).study.arms["more"].services
        for name in ("sites.yaml", "resolved.yaml")
    )
    name = "overdose_prevention_site"
    if people:  # both numbers scale: one rounding of the sum, or one of each
        assert abs(itself[name].capacity.sites - again[name].capacity.sites) <= 1
    else:
        assert itself[name].capacity.sites == again[name].capacity.sites


@pytest.mark.parametrize(("size", "codes"), [(10000, []), (20000, ["LEFT_BEHIND"])])
def test_booths_without_their_sites_stay_and_are_warned_of(
    size: int, codes: list[str], tmp_path: Path
) -> None:
    arm = "arms: {more: {services: {overdose_prevention_site: {capacity: {booths: 6}}}}}"
    text = f"hrsim: 1\ntitle: Booths\nextends: demo.yaml\npopulation: {{size: {size}, for_people: 10000}}\n"
    (tmp_path / "booths.yaml").write_text(f"{text}{arm}\n")
    found = load_study(tmp_path / "booths.yaml")
    assert found.study.arms["more"].services["overdose_prevention_site"].capacity.booths == 6
    assert [one.code for one in found.warnings if one.path.startswith("arms.more")] == codes


DAY = """
hrsim: 1
title: A setting with a working day
extends: settings/british_columbia.yaml
population: {for_people: 10000}
setting: true
services:
  big:
    label: Big site
    reach: 1
    capacity: {sites: 4, booths: 5, hours: "10:00-20:00", minutes_per_visit: 30}
    operations:
      {kind: supervised_consumption, arrivals: {per_day: 60}, staff: 4, staff_minutes_per_visit: 5, waiting_room: 10}
  door:
    label: Clinic
    reach: 1
    operations:
      kind: clinic
      staff: 5
      hours: "09:00-17:00"
      minutes_per_visit: 20
      arrivals: {per_day: {value: 50, low: 40, high: 60}}
      appointments: {slots_per_day: 20, wanted_per_day: 15, no_show: 0.1}
budgets:
  kits:
    per_fiscal_year: {from: 1e6, by_year: {2028: 2e6}}
    fiscal_year_starts: "04-01"
    services: [take_home_naloxone]
staff_pools: {team: {fte: 20, caseload_norm: 40, turnover: 0.2, overload: 2, vacancy_time: 3 months}}
"""


def test_the_working_day_of_a_site_budgets_and_staff_scale(tmp_path: Path) -> None:
    (tmp_path / "place.yaml").write_text(DAY)
    path = tmp_path / "mine.yaml"
    path.write_text(
        "hrsim: 1\nextends: place.yaml\ntitle: t\npopulation: {size: 4000}\narms: {now: {}}\n"
        "analysis: {comparator: now}\n"
    )
    found = load_study(path)
    arm = found.study.arms["now"]
    big, door = arm.services["big"], arm.services["door"].operations
    # 4 sites of 5 booths x 0.4 = 8 booths: 2 sites of 4; what comes to both is 0.4 of 4 x 60, 48 for each
    assert (big.capacity.sites, big.capacity.booths) == (2, 4)
    assert big.operations.arrivals.per_day.value * 2 == pytest.approx(0.4 * 4 * 60)
    assert (big.operations.staff, big.operations.waiting_room) == (3, 8)  # 4 x 0.8 = 3.2
    assert (door.staff, door.appointments.slots_per_day) == (2, 8)
    assert door.appointments.wanted_per_day.value == pytest.approx(6)
    per_day = plain(found.tree)["services"]["door"]["operations"]["arrivals"]["per_day"]
    assert per_day == {"value": 20, "low": 16, "high": 24}
    assert [one.path for one in found.warnings] == ["services.big.operations.staff"]
    money = arm.budgets["kits"].per_fiscal_year
    assert (money.first.value, money.by_year[2028].value) == (4e5, 8e5)
    assert arm.staff_pools["team"].fte.first.value == 8


ARMS = """
  now: {}
  added: {services: {oat_methadone: {capacity: {places: +400}}}}
  doubled: {services: {oat_methadone: {capacity: {places: "*2"}}}, extends: [added]}
  grown: {services: {take_home_naloxone: {capacity: {kits_per_year: {to: "*3", over: 18 months}}}}}
  written: {services: {take_home_naloxone: {capacity: {kits_per_year: {from: 5000, by_year: {2028: 6000}}}}}}
"""
ENTRY = "{2028: {evidence: exp.entry_rate, times: 3000}, 2030: {evidence: exp.entry_rate}}"
WRITTEN = f", residents: 77000, entry_by_year: {ENTRY}"


def levels(study) -> dict[tuple[str, ...], object]:
    return {path: node.value for path, node in amounts(study.tree)}


@pytest.fixture(scope="module")
def edited(tmp_path_factory) -> Path:
    return study_of("british_columbia", 4000, tmp_path_factory.mktemp("edited"), ARMS, WRITTEN)


def test_changes_act_on_the_scaled_number_and_what_is_written_stays(edited: Path) -> None:
    found = load_study(edited)
    arms = found.study.arms

    def places(arm: str) -> float | None:
        return arms[arm].services["oat_methadone"].capacity.places.first.value

    assert (places("now"), places("added"), places("doubled")) == (744, 1144, 2288)
    kits = arms["grown"].services["take_home_naloxone"].capacity.kits_per_year
    assert (kits.first.value, kits.last.value) == (2880, 8640)
    kits = arms["written"].services["take_home_naloxone"].capacity.kits_per_year
    assert (kits.first.value, kits.by_year[2028].value) == (5000, 6000)
    assert found.study.population.residents == 77000
    assert found.study.population.entry_per_year.times == 4000
    assert (
        found.worked_out("arms.doubled.services.oat_methadone.capacity.places")
        == "2,288 = (1,860 x 0.4 + 400) x 2"
    )
    assert found.worked_out("services.take_home_naloxone.capacity.kits_per_year") == "2,880 = 7,200 x 0.4"
    assert found.worked_out("arms.written.services.take_home_naloxone.capacity.kits_per_year.from") == ""


@pytest.mark.parametrize("size", [4000, 2000, 10000, 12345])
def test_a_resolved_study_scales_as_the_study_itself_does(edited: Path, size: int, tmp_path: Path) -> None:
    before = load_study(edited)
    resolved = tmp_path / "resolved.yaml"
    resolved.write_text(resolved_yaml(before))
    assert resolved_yaml(load_study(resolved)) == resolved_yaml(before)
    override = [f"population.size={size}"]
    asked, direct = levels(load_study(resolved, override)), levels(load_study(edited, override))
    assert asked.keys() == direct.keys()
    for path, value in direct.items():
        if path[-1] not in SITE_NUMBERS:  # whole booths of whole booths
            assert asked[path] == pytest.approx(value, rel=1e-9), path


def test_scaling_is_switched_off(tmp_path: Path) -> None:
    as_is = load_study(study_of("british_columbia", 4000, tmp_path, more=", scale: false"))
    usual = load_study(study_of("british_columbia", 10000, tmp_path))
    assert levels(as_is) == levels(usual)
    again = tmp_path / "resolved.yaml"
    again.write_text(resolved_yaml(as_is))
    assert levels(load_study(again)) == levels(usual)


def test_a_study_that_says_whom_it_is_for_scales_as_a_whole() -> None:
    path = packaged_scenarios() / "demo.yaml"
    usual, small = levels(load_study(path)), levels(load_study(path, ["population.size=4000"]))
    booths = ("sites", "booths")
    assert {k: v * 0.4 for k, v in usual.items() if k[-1] not in booths} == pytest.approx(
        {k: v for k, v in small.items() if k[-1] not in booths}
    )
    assert all(is_number(node) for _, node in amounts(load_study(path).tree))

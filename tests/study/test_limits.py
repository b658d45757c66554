"""Every number of every form has a largest and, where something is divided by it, a smallest value, in words."""

from __future__ import annotations

import math
import typing
from typing import Any

import pytest
from pydantic import AfterValidator, BaseModel
from pydantic.fields import FieldInfo

from hrsim.calibrate.schema import Calibration
from hrsim.errors import StudyError
from hrsim.evidence.kinds import KINDS
from hrsim.evidence.register import load_register
from hrsim.study.load import load_study
from hrsim.study.numbers import meaning_in
from hrsim.study.schema import Study
from hrsim.study.times import Duration
from hrsim.study.values import Quantity
from hrsim.validate.cases import StudyRun

FREE = {
    ("Duration", "number"), ("Analysis", "seed"), ("Search", "seed"), ("Population", "as_written"),
    ("Discount", "costs"), ("Discount", "effects"),
}  # fmt: skip
"""Numbers whose limit is that of the field they stand in, and seeds, which are only mixed."""


def models(annotation: Any, seen: set[type[BaseModel]]) -> set[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel) and annotation not in seen:
        seen.add(annotation)
        for field in annotation.model_fields.values():
            models(field.annotation, seen)
    for inner in typing.get_args(annotation):
        models(inner, seen)
    return seen


def bounded(parts: tuple[Any, ...]) -> bool:
    """Tell whether an upper limit stands among the annotations, however deep."""
    for part in parts:
        if any(getattr(part, name, None) is not None for name in ("le", "lt")):
            return True
        if isinstance(part, FieldInfo) and bounded(tuple(part.metadata)):
            return True
        if bounded(typing.get_args(part)):
            return True
    return False


def leaves(annotation: Any) -> set[Any]:
    inner = [found for part in typing.get_args(annotation) for found in leaves(part)]
    return set(inner) or {annotation}


FIELDS = [
    (model, name, field)
    for root in (Study, Calibration, StudyRun)
    for model in sorted(models(root, set()), key=lambda model: model.__name__)
    for name, field in model.model_fields.items()
]


def test_every_plain_number_has_an_upper_limit() -> None:
    plain = [
        (m, n, f)
        for m, n, f in FIELDS
        if {int, float} & leaves(f.annotation)
        and not issubclass(m, Quantity)
        and (m.__name__, n) not in FREE
        and "CalendarYear" not in str(f.annotation)
        and not n.startswith("hrsim")
    ]
    assert len(plain) > 30
    free = [
        f"{m.__name__}.{n}"
        for m, n, f in plain
        if not bounded((*f.metadata, f.annotation))
        and not any(
            isinstance(part, AfterValidator) for part in (*f.metadata, *typing.get_args(f.annotation))
        )
    ]
    assert not [name for name in free if not name.endswith(("by_year", "values", "exposure"))]


def test_every_quantity_has_an_upper_limit() -> None:
    for model, name, field in FIELDS:
        if name in ("parameters", "first", "last", "by_year") or Quantity not in leaves(field.annotation):
            continue  # replaced rows have the limits of their kind, levels those of their field
        meaning = meaning_in((*field.metadata, field.annotation))
        assert meaning is not None and math.isfinite(meaning.highest), f"{model.__name__}.{name}"


def test_the_register_keeps_the_limits_of_its_kinds() -> None:
    for row in load_register().values():
        kind = KINDS[row.kind]
        assert kind.lowest <= row.value <= kind.highest, row.id


BASE = """\
hrsim: 1
title: Limits
extends: settings/blank.yaml
horizon: {start: 2026-01-01, years: 1}
population: {size: 50}
processes: {overdose: true}
services:
  own:
    label: Own
    reach: 0.5
    stay: {mean: 6 months}
    capacity: {places: 10}
    effects: [{on: overdose, multiplier: 0.5}]
    costs: [{per: client_year, price: 5, currency: USD, price_year: 2020, payer: ministry_of_health,
             sector: health, category: programme}]
arms: {a: {}, b: {}}
analysis: {comparator: a}
"""
BEYOND = [
    "horizon.years=1e-9", "horizon.years=0", "horizon.years=-1", "horizon.start=9999-12-31",
    "horizon.start=0001-01-01", "population.size=99999999999", "population.frailty_shape=1e-9",
    "population.frailty_shape=1e300", "population.entry_per_year=1e9", "population.entry_by_year.9999=5",
    "population.entry_by_year.0000=5", "services.own.reach=1e308", "services.own.reach=19800000",
    "services.own.reach.by_year={2027: 1e308}", "services.own.capacity.places=1e300",
    "services.own.stay.mean=1e-300", "services.own.stay.mean=1e300", "services.own.stay.mean=0.0000001 days",
    "services.own.stay.mean=99999999999999999999999 years", "services.own.effects=[{on: overdose, multiplier: 1e300}]",
    "services.own.costs=[{per: client_year, price: 1e300, currency: USD, price_year: 2020, payer: p, sector: health, "
    "category: programme}]",
    "services.own.stay={weibull: {shape: 1e-300, rate: 1, unit: week}}",
    "services.own.stay={weibull: {shape: 1, rate: 1e300, unit: week}}",
    "prices.cost.ed_visit_us=1e308", "parameters.od.witnessed=1e308", "parameters.od.nf_rate_pwid_us_post2016=1e300",
    "analysis.thresholds=[1e308]", "analysis.replicates=1000000000", "analysis.until_mcse={relative: 1e-300}",
    "analysis.smallest_cell=99999999999", "analysis.value_of_statistical_life=1e300",
    "analysis.thresholds=[50000, 50000]", "analysis.perspectives=[societal, societal]",
    "analysis.discount.costs=1e300", "analysis.discount.costs={0: 0.03, 99999: 0.02}",
    "analysis.discount.costs={-1: 0.03}",
    "population.age.maximum=1e300", "services.own.eligible={age: {maximum: 1e300}}",
]  # fmt: skip


@pytest.mark.parametrize("override", BEYOND)
def test_what_no_study_means_is_words_before_any_run(tmp_path: Any, override: str) -> None:
    path = tmp_path / "limits.yaml"
    path.write_text(BASE)
    with pytest.raises(StudyError) as caught:
        load_study(path, [override])
    (problem, *_) = caught.value.problems
    assert problem.code in ("RANGE", "INTERVAL", "DURATION", "TYPE", "TWICE", "NUMBER"), problem
    assert problem.location is not None and problem.fix


DAY = """
    operations: {{kind: clinic, staff: {staff}, hours: "09:00-17:00", minutes_per_visit: {minutes}, spread: {spread},
      arrivals: {{per_day: {arrivals}, because: guess}}}}
"""
SOUND = {"staff": 1, "minutes": 20, "spread": 1, "arrivals": 10}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("spread", 1e300), ("spread", 1e-300), ("spread", 1e-9), ("staff", 10**9), ("minutes", 2147483648),
        ("minutes", 1e300), ("arrivals", 1e300),
    ],
)  # fmt: skip
def test_a_working_day_has_limits_too(tmp_path: Any, name: str, value: float) -> None:
    text = BASE.replace("    capacity: {places: 10}\n", DAY.format(**{**SOUND, name: value}).lstrip("\n"))
    path = tmp_path / "day.yaml"
    path.write_text(text)
    with pytest.raises(StudyError, match="RANGE"):
        load_study(path)


def test_zero_spread_and_for_ever_are_no_slips(tmp_path: Any) -> None:
    path = tmp_path / "day.yaml"
    path.write_text(
        BASE.replace("    capacity: {places: 10}\n", DAY.format(**{**SOUND, "spread": 0}).lstrip("\n"))
    )
    assert load_study(path, ["services.own.stay.mean=1000000 years"]).study.arms


@pytest.mark.parametrize("text", ["0.00001 days", "10000000 years", "9" * 400 + " years"])
def test_a_duration_is_a_minute_to_for_ever(text: str) -> None:
    with pytest.raises(ValueError, match="a minute to"):
        Duration.model_validate(text)

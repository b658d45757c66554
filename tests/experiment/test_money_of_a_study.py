"""Discount steps, weights of services and events, and what an arm adds for nothing: from the study to the numbers."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from hrsim.compile import prepare
from hrsim.economics.valuation import Valuation
from hrsim.errors import StudyError
from hrsim.evidence import central_parameters
from hrsim.experiment.parameters import register_of
from hrsim.experiment.valuing import valuer
from hrsim.simulate import simulate
from hrsim.study.load import load_study
from hrsim.study.resolved import ResolvedStudy
from hrsim.study.uncosted import uncosted

COST = {
    "price": 100,
    "currency": "USD",
    "price_year": 2020,
    "payer": "p",
    "sector": "health",
    "category": "c",
}
STEPS = {0: 0.035, 30: 0.03}


def study(folder: Path, analysis: Mapping[str, Any] | None = None, **given: Any) -> ResolvedStudy:
    tree = {
        "hrsim": 1, "title": "Money", "extends": "settings/blank.yaml", "arms": {"all": {}}, **given,
        "analysis": {"comparator": next(iter(given.get("arms", {"all": 0}))), "seed": 1, **(analysis or {})},
    }  # fmt: skip
    text = yaml.safe_dump(tree, sort_keys=False).replace("'2026-01-01'", "2026-01-01")
    (folder / "study.yaml").write_text(text, encoding="utf-8")
    return load_study(folder / "study.yaml")


def valued(resolved: ResolvedStudy) -> Valuation:
    register = register_of(resolved)
    point = central_parameters(register.values())
    return valuer(resolved.study, register).value(simulate(prepare(resolved), point, 1), point)


def present_value(years: float) -> float:
    """1 a year, continuously, at 3.5 % for thirty years and 3 % from then on."""
    first, later = np.log(1.035), np.log(1.03)
    early = (1 - np.exp(-first * min(years, 30))) / first
    return float(early + np.exp(-first * 30) * (1 - np.exp(-later * max(0, years - 30))) / later)


def test_discount_rates_step(tmp_path: Path) -> None:
    """Nobody dies: QALYs and a yearly cost are annuities at the two rates, and set-up on the first day is whole."""
    lines = [{"per": "client_year", **COST}, {"per": "set_up", **COST, "price": 5000}]
    service = {"label": "Programme", "coverage": 1.0, "costs": lines, "utility": 0.25}
    arms = {"none": {}, "all": {"services": {"programme": service}}}
    horizon = {"start": "2026-01-01", "years": 40}
    found = valued(
        study(
            tmp_path, {"discount": {"costs": STEPS, "effects": STEPS}}, horizon=horizon, arms=arms,
            population={"size": 10}, parameters={"ut.out_can": 0.5, "ut.dec_inject": 0},
        )
    )  # fmt: skip
    names = [line.name for line in found.lines]
    yearly, once = (
        found.line_costs(discounted=True)[1, names.index(f"programme.{per}")]
        for per in ("client_year", "set_up")
    )
    assert yearly == pytest.approx(10 * 100 * present_value(40), rel=1e-9)
    assert once == pytest.approx(5000, rel=1e-12)
    gained = np.diff(found.effects("qalys", discounted=True))[0]
    assert gained == pytest.approx(10 * 0.25 * present_value(40), rel=1e-9)
    assert np.diff(found.effects("qalys", discounted=False))[0] == pytest.approx(10 * 0.25 * 40, rel=1e-9)


@pytest.mark.parametrize(
    ("rates", "code"),
    [
        ({10: 0.03}, "ORDER"),
        ({}, "ORDER"),
        ({0: 1.5}, "RANGE"),
        ({0: "much"}, "TYPE"),
        ({"soon": 0.03}, "TYPE"),
    ],
)
def test_rates_that_are_none(tmp_path: Path, rates: Mapping[Any, Any], code: str) -> None:
    with pytest.raises(StudyError) as caught:
        study(tmp_path, {"discount": {"costs": rates, "effects": 0.03}})
    assert code in {problem.code for problem in caught.value.problems}


def test_an_event_and_a_service_change_quality_of_life(tmp_path: Path) -> None:
    """QALYs are those without weights, plus the change of an event times its years, plus that of each client-year."""
    plain: dict[str, Any] = {
        "population": {"size": 200, "groups": {"sex": "derived"}}, "horizon": {"start": "2026-01-01", "years": 1},
        "events": {"fit": {"label": "Fit", "rate": 2.0}},
        "arms": {"usual": {}, "housed": {"services": {"housing": {"label": "Housing", "coverage": 0.5}}}},
    }  # fmt: skip
    weighed = {
        **plain,
        "events": {"fit": {**plain["events"]["fit"], "utility": {"change": -0.3, "duration": "6 months"}}},
        "arms": {
            "usual": {},
            "housed": {"services": {"housing": {"label": "Housing", "coverage": 0.5, "utility": 0.05}}},
        },
    }  # fmt: skip
    resolved = study(tmp_path, **plain)
    before = valued(resolved)
    ledger = simulate(prepare(resolved), central_parameters(register_of(resolved).values()), 1)
    after = valued(study(tmp_path, **weighed))
    fits = ledger.event_counts("fit").sum(axis=1)
    clients = (
        ledger.group_flow[:, :, 0, :, ledger.group_flow_names.index("client_ticks")].sum(axis=1) / 31_557_600
    )
    gained = (after.qalys - before.qalys).sum(axis=1)
    assert (fits > 0).all() and clients[1].min() > 0
    assert gained == pytest.approx(-0.3 * 0.5 * fits + 0.05 * clients)


@pytest.mark.parametrize(("weight", "code"), [(1.5, "RANGE"), ({"value": 0.1, "kind": "rate"}, "KIND")])
def test_weights_that_are_none(tmp_path: Path, weight: Any, code: str) -> None:
    arms = {"all": {"services": {"housing": {"label": "Housing", "coverage": 1.0, "utility": weight}}}}
    with pytest.raises(StudyError, match=rf"error\[{code}\]"):
        study(tmp_path, arms=arms)


def test_what_arms_add_without_a_cost_line_is_named(tmp_path: Path) -> None:
    stay = {"stay": {"mean": "1 years"}, "reach": 1.0}
    base = {
        "free": {"label": "Free", **stay, "capacity": {"places": 10}},
        "paid": {
            "label": "Paid",
            **stay,
            "capacity": {"places": 10},
            "costs": [{"per": "client_year", **COST}],
        },
        "none": {"label": "None", "coverage": 0.0},
    }
    arms = {
        "usual": {},
        "more": {
            "services": {
                "free": {"capacity": {"places": 20}}, "paid": {"capacity": {"places": 20}}, "none": {"coverage": 0.5},
                "new": {"label": "New", "reach": 1.0},
                "new_paid": {"label": "New", "reach": 1.0, "costs": [{"per": "contact", **COST}]},
            },
            "hubs": {"house": ["free", "paid"]},
        },
    }  # fmt: skip
    found = uncosted(study(tmp_path, services=base, arms=arms).study)
    assert {(item.arm, item.kind, item.name) for item in found} == {
        ("more", "places", "free"), ("more", "service", "none"), ("more", "service", "new"), ("more", "roof", "house"),
    }  # fmt: skip

"""Small studies for tests of the full model, written as YAML and run as a user's would be."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hrsim.engine.ledger import Ledger
from hrsim.simulate import Prepared, prepare, simulate
from hrsim.study.load import load_study
from hrsim.study.parents import packaged_scenarios
from hrsim.units import TICKS_PER_YEAR

QUIET = (
    "entry", "background_mortality", "use", "overdose", "custody", "housing", "supply", "hiv", "hcv",
    "skin_infection", "endocarditis", "emergency_visits", "admissions",
)  # fmt: skip


def prepared(path: Path, text: str, *overrides: str) -> Prepared:
    """Write a study that extends the shipped setting and prepare it; `BASE` lines come first."""
    (path / "settings").mkdir(exist_ok=True)
    setting = packaged_scenarios() / "settings" / "british_columbia.yaml"
    (path / "settings" / "british_columbia.yaml").write_text(setting.read_text())
    file = path / "study.yaml"
    file.write_text(text)
    return prepare(load_study(file, overrides))


def study(arms: str, size: int, years: float, off: tuple[str, ...] = (), services: str = "") -> str:
    """Return a study's text: the arms' YAML, people, years, processes switched off, services for all arms."""
    switches = ", ".join(f"{name}: false" for name in off)
    remove = "remove: [services]\n" if off else ""
    return f"""hrsim: 1
title: test
extends: settings/british_columbia.yaml
{remove}horizon: {{start: 2026-01-01, years: {years}}}
population: {{size: {size}, entry_per_year: {size / 30:g}}}
processes: {{{switches}}}
{services}
arms:
{arms}
analysis: {{comparator: status_quo}}
"""


def by_arm(ledger: Ledger) -> dict[str, tuple[dict[str, NDArray[np.int64]], ...]]:
    """Return each arm's counts by name: events, states and flows that are not all 0."""
    found = {}
    for a, arm in enumerate(ledger.arms):
        events = {name: ledger.events[a, ..., k] for k, name in enumerate(ledger.event_names)}
        flows = {
            f"{service}:{flow}": ledger.service_flow[a, :, s, f]
            for s, service in enumerate(ledger.service_names)
            for f, flow in enumerate(ledger.flow_names)
        }
        found[arm] = (events, state_counts(ledger, a), {k: v for k, v in flows.items() if v.any()})
    return found


def state_counts(ledger: Ledger, a: int) -> dict[str, NDArray[np.int64]]:
    """Return an arm's person-ticks by named state, states that nobody is in left out."""
    names = [""]
    for dimension, levels in ledger.state_dimensions:
        names = [f"{name}/{dimension}={level}" for name in names for level in levels]
    return {
        name: ledger.state_ticks[a, ..., v]
        for v, name in enumerate(names)
        if ledger.state_ticks[a, ..., v].any()
    }


def assert_same(
    left: tuple[Mapping[str, NDArray[np.int64]], ...], right: tuple[Mapping[str, NDArray[np.int64]], ...]
) -> None:
    """Demand that two arms counted the same, to the last tick."""
    for one, other in zip(left, right, strict=True):
        assert one.keys() == other.keys()
        for name, counts in one.items():
            np.testing.assert_array_equal(counts, other[name], err_msg=name)


def run(study: Prepared, luck: int = 1) -> Ledger:
    """Simulate at the setting's point values."""
    return simulate(study, study.central, luck)


def flow(ledger: Ledger, arm: int, service: str, name: str) -> NDArray[np.int64]:
    """Return one flow of one service by quarter."""
    s, f = ledger.service_names.index(service), ledger.flow_names.index(name)
    return ledger.service_flow[arm, :, s, f]


def in_years(ticks: float) -> float:
    """Return ticks as years."""
    return float(ticks) / TICKS_PER_YEAR

"""Studies for tests: the small town of `town.yaml`, and bare studies in which closed forms hold."""

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import yaml

from hrsim.compile import Prepared, assemble_draw, begin_services, prepare
from hrsim.engine.advance import advance, begin, change_world, watch_everybody
from hrsim.engine.ledger import Ledger
from hrsim.engine.simulation import Simulation
from hrsim.evidence.draws import central_parameters
from hrsim.evidence.register import load_register
from hrsim.experiment.parameters import study_register
from hrsim.simulate import simulate
from hrsim.study.load import load_study
from hrsim.units import TICKS_PER_YEAR

TOWN = Path(__file__).parent / "town.yaml"
PROCESSES = (
    "entry", "background_mortality", "use", "overdose", "custody", "housing", "supply", "hiv", "hcv",
    "skin_infection", "endocarditis", "emergency_visits", "admissions", "services",
)  # fmt: skip
ADULTS = {"mean": 40, "sd": 5, "minimum": 30, "maximum": 50}
ANALYSIS = {
    "seed": 1,
    "currency": "CAD",
    "price_year": 2024,
    "discount": {"costs": 0.0, "effects": 0.0},
    "perspectives": ["health_sector"],
    "thresholds": [50000],
}
NOBODY_INFECTED = {"prevalence": 0.0, "diagnosed": 0.0}

Tree = Mapping[str, Any]


def prepared(tree: Tree) -> Prepared:
    """Compile a study written as a mapping, read back from YAML as a user's study would be."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "study.yaml"
        path.write_text(yaml.safe_dump(dict(tree), sort_keys=False), encoding="utf-8")
        return prepare(load_study(path))


def central(study: Prepared) -> dict[str, float]:
    """Return the point values of a study's parameters."""
    return central_parameters(study_register(load_register(), study.study, study.rows).values())


def run(study: Prepared, luck: int) -> Ledger:
    """Simulate one luck at point values."""
    return simulate(study, central(study), luck)


@cache
def town() -> Prepared:
    """Return the town as it stands."""
    return prepare(load_study(TOWN))


def town_tree() -> dict[str, Any]:
    """Return the town's mapping, to be changed."""
    tree: dict[str, Any] = yaml.safe_load(TOWN.read_text(encoding="utf-8"))
    return tree


def bare(
    people: int,
    years: float,
    services: Tree,
    on: Sequence[str] = (),
    arms: Tree | None = None,
    **changes: Any,
) -> dict[str, Any]:
    """Return a study in which only services and the processes in `on` act; everybody uses and is stably housed.

    `changes` replace keys of the population block; the key `parameters` replaces evidence rows.
    """
    parameters = changes.pop("parameters", {})
    population = {
        "size": people,
        "age": ADULTS,
        "entry_age": ADULTS,
        "share_male": 0.5,
        "entry_per_year": 0,
        "use": {"injecting": 1.0, "other_route": 0.0},
        "unstable_housing": 0.0,
        "custody": 0.0,
        "hiv": {**NOBODY_INFECTED, "treated": 0.0},
        "hcv": {**NOBODY_INFECTED, "ever_treated": 0.0},
        "frailty_shape": 1e6,
    }
    return {
        "hrsim": 1,
        "title": "A bare study",
        "horizon": {"start": datetime.date(2026, 1, 1), "years": years},
        "population": {**population, **changes},
        "services": {name: {"label": name, **service} for name, service in services.items()},
        "processes": {name: name == "services" or name in on for name in PROCESSES},
        "parameters": {name: {"value": value} for name, value in parameters.items()},
        "arms": arms or {"only": {}},
        "analysis": {**ANALYSIS, "comparator": next(iter(arms or {"only": {}}))},
    }


def steps(
    study: Prepared, luck: int, ticks: int, place: Callable[[Simulation], None] | None = None
) -> Iterator[tuple[int, Simulation]]:
    """Yield the moment and the arrays every so many ticks, for studies whose world never changes after the start.

    `place` may write people's states before anything happens.
    """
    parameters = central(study)
    assembled = assemble_draw(study, parameters, luck)
    sim = assembled.sim
    sim.contact_count[:] = assembled.contacts_at_year[0]
    for a, world in enumerate(assembled.worlds):
        for change in world.changes_at(0):
            sim = change_world(study.kernel, sim, 0, a, change.what, change.item, change.value)
        assert world.next_tick() > study.horizon
    begin_services(study, sim, parameters, luck)
    if place is not None:
        place(sim)
    sim = watch_everybody(study.kernel, begin(study.kernel, sim), 0)
    quarters = set(study.frame.quarter_edges[1:].tolist())
    for now in sorted({*range(ticks, study.horizon, ticks), *quarters}):
        sim = advance(study.kernel, sim, now)
        if now in quarters:
            study.kernel.close_quarter(sim, now)
        yield now, sim


def flow(ledger: Ledger, name: str, service: str, first_quarter: int = 0) -> Any:
    """Return a service's flow by arm, from a quarter on; ticks become person-years."""
    number = ledger.service_names.index(service)
    column = ledger.flow_names.index(name)
    total = ledger.service_flow[:, first_quarter:, number, column].sum(axis=1)
    return total / TICKS_PER_YEAR if name.endswith("_ticks") else total


def events(ledger: Ledger, name: str) -> Any:
    """Return how often an event happened, by arm."""
    return ledger.events[..., ledger.event_names.index(name)].sum(axis=(1, 2))


def years_in(ledger: Ledger, **levels: str) -> Any:
    """Return person-years by arm, at the given levels of the valuation dimensions."""
    shape = [len(names) for _, names in ledger.state_dimensions]
    cells = ledger.state_ticks.sum(axis=(1, 2)).reshape(len(ledger.arms), *shape)
    index: list[Any] = [slice(None)]
    for name, names in ledger.state_dimensions:
        index.append(names.index(levels[name]) if name in levels else slice(None))
    chosen = np.asarray(cells[tuple(index)])
    return chosen.reshape(len(ledger.arms), -1).sum(axis=1) / TICKS_PER_YEAR

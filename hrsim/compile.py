"""Compile a study: what all draws share (`Prepared`), and the arrays of one draw, ready to run."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from hrsim.budgets import (
    BudgetFrame,
    begin_before_start,
    budget_arrays,
    budget_frame,
    plenty,
    room_for_touches,
)
from hrsim.engine.assemble import Frame, assemble
from hrsim.engine.build import build_kernel, compile_kernel, record_view
from hrsim.engine.model import Model, Stream
from hrsim.engine.simulation import Simulation
from hrsim.errors import StudyError
from hrsim.evidence.register import load_register
from hrsim.evidence.rows import EvidenceRow, central
from hrsim.life_table import SHIPPED_ROWS, life_table_rows
from hrsim.model_evidence import REFERENCE_EXPOSURE, process_evidence
from hrsim.people import baseline, entries, fill_contacts, place_people, start_cohort
from hrsim.processes.distress import SHARE as DISTRESS_SHARE
from hrsim.processes.full_model import OPTIONAL, SUBJECTS, SWITCHES, full_model
from hrsim.processes.mortality import rates_by_age
from hrsim.processes.rates import Baseline, Rate
from hrsim.processes.state import CALM, TRUSTING
from hrsim.relative_budgets import bases, metering_study
from hrsim.services.amounts import Draw, amount
from hrsim.services.at_start import enrol_at_start, mark_covered
from hrsim.services.compile import service_arrays
from hrsim.services.curves import Curves, curve_arrays, site_curves
from hrsim.services.groups import Groups, groups_of, mixing_arrays
from hrsim.services.layout import OAT_POOL, Layout, lay_out
from hrsim.services.own_events import counted_events, fill_own_events, own_rates
from hrsim.services.peak import Peak
from hrsim.services.reach import group_arrays
from hrsim.services.streams import service_rates, services_read, with_exclusions
from hrsim.study.hubs import placed_services
from hrsim.study.named import evidence_named
from hrsim.study.numbers import arm_draw
from hrsim.study.placed import faults_placed
from hrsim.study.resolved import ResolvedStudy
from hrsim.study.schema import Arm, Processes, Study
from hrsim.study.services import Service
from hrsim.study.times import Ramp, series
from hrsim.study.values import Quantity
from hrsim.units import TICKS_PER_QUARTER, TICKS_PER_YEAR
from hrsim.world.clock import World, add_own_events, build_world, exposure_in
from hrsim.world.fiscal_years import fiscal_year_clock
from hrsim.world.staff import add_staff


@dataclass(frozen=True)
class Prepared:
    """A study compiled as far as all its draws share it."""

    study: Study
    layout: Layout
    model: Model
    kernel: ModuleType
    frame: Frame
    groups: Groups
    services: Mapping[str, Mapping[str, Service]]  # by arm, none where services are switched off
    central: Draw  # the setting's point values, which set the ceilings of streams
    parameter_ids: tuple[str, ...]
    curves: Curves  # by arm and service, of sites whose working day the study describes
    budgets: BudgetFrame
    rows: tuple[EvidenceRow, ...] = ()  # of the study's own intervals
    bases: Mapping[str, Prepared] = field(default_factory=dict)  # arms that budgets of others refer to

    @property
    def horizon(self) -> int:
        """Return the last tick."""
        return int(self.frame.quarter_edges[-1])

    @property
    def start(self) -> datetime.date:
        """Return the first day."""
        return self.study.horizon.start


@dataclass(frozen=True)
class Assembled:
    """One draw, ready to run: its arrays, a world clock per arm, and how many people it may meet in each year."""

    sim: Simulation
    worlds: tuple[World, ...]
    contacts_at_year: NDArray[np.int64]  # (years, A)


def prepare(resolved: ResolvedStudy) -> Prepared:
    """Compile what is common to all draws of a study, the kernel included."""
    with faults_placed(resolved):
        return compiled(arrange(resolved))


def compiled(arranged: Prepared) -> Prepared:
    """Compile the code of an arranged study's kernel."""
    for part in (arranged, *arranged.bases.values()):
        compile_kernel(part.kernel, assemble_draw(part, part.central, luck=0).sim)
    return arranged


def arrange(resolved: ResolvedStudy) -> Prepared:
    """Return what is common to all draws of a study, the code of its kernel not compiled yet."""
    metered = {arm: metering_study(resolved, arm, plenty()) for arm in bases(resolved.study)}
    return replace(_arranged(resolved), bases={arm: _arranged(study) for arm, study in metered.items()})


def _arranged(resolved: ResolvedStudy) -> Prepared:
    study = resolved.study
    services = {
        name: placed_services(arm) if arm.processes.services else {} for name, arm in study.arms.items()
    }
    layout = lay_out(services, study.events)
    model = full_model(layout.oat, counted_events(study.events))
    groups = groups_of(study.population)
    frame = Frame(tuple(study.arms), quarter_edges(study.horizon.years), groups.names)
    register = load_register()
    point = {row.id: central(row) for row in register.values()}
    if resolved.posterior is not None:
        point |= resolved.posterior.draws.central()
    point |= {row.id: central(row) for row in resolved.rows}
    point |= {name: given.value for name, given in study.parameters.items() if given.value is not None}
    used = process_evidence()
    used -= set(SHIPPED_ROWS)
    used |= {row for rows in life_table_rows(point) for row in rows.values()}
    used |= set(evidence_named(study))
    on = {name for arm in study.arms.values() for name, chosen in arm.processes if chosen}
    used -= {row for process, rows in OPTIONAL.items() if process not in on for row in rows}
    curves = site_curves(resolved, services, point)
    for name, found in curves.items():
        used |= {row for site in found for row in evidence_named(services[name][site].operations)}
    kernel = build_kernel(model)
    budgets = budget_frame(study, int(frame.quarter_edges[-1]))
    return Prepared(
        study,
        layout,
        model,
        kernel,
        frame,
        groups,
        services,
        point,
        tuple(sorted(used)),
        curves,
        budgets,
        resolved.rows,
    )


def quarter_edges(years: float) -> NDArray[np.int64]:
    """Return quarter edges in ticks from 0 to the horizon; the last quarter may be short."""
    last = round(years * TICKS_PER_YEAR)
    edges = np.arange(0, last, TICKS_PER_QUARTER, dtype=np.int64)
    return np.append(edges, np.int64(last))


def assemble_draw(prepared: Prepared, parameters: Draw, luck: int) -> Assembled:
    """Return the arrays and clocks of one draw, everybody in place, nothing run."""
    study, population = prepared.study, prepared.study.population
    draws = {name: arm_draw(study, arm, parameters) for name, arm in study.arms.items()}
    years = int(np.ceil(study.horizon.years))
    rates = {name: _entry_rate(arm, study) for name, arm in study.arms.items()}
    highest = [max(amount(level, draws[name]) for level in rate.levels) for name, rate in rates.items()]
    entering = entries(
        population,
        parameters,
        luck,
        years,
        amount(population.entry_per_year, prepared.central),
        max(highest),
    )
    cohorts = [start_cohort(population, parameters, luck), *(entry.cohort for entry in entering)]
    figures = {name: _figures(prepared, study.arms[name], draw) for name, draw in draws.items()}
    people = sum(cohort.size for cohort in cohorts)
    quarters = prepared.frame.quarter_edges.size - 1
    arrays = service_arrays(prepared.layout, prepared.services, draws, people, quarters)
    arrays |= group_arrays(prepared.layout, prepared.services, draws, prepared.groups, quarters)
    fill_own_events(arrays, prepared.layout, study.events, draws)
    arrays |= mixing_arrays(population, prepared.groups, parameters, len(draws))
    arrays |= curve_arrays(prepared.layout, prepared.curves, prepared.services, arrays["service"])
    arrays |= budget_arrays(
        prepared.budgets, study, prepared.layout, arrays["service"], draws, parameters, people
    )
    sim = assemble(
        prepared.model,
        _streams(prepared, figures, draws),
        cohorts,
        prepared.frame,
        luck,
        rates_by_age(parameters),
        {name: record_view(array) for name, array in arrays.items()},
    )
    sim = room_for_touches(sim)
    place_people(sim, population, parameters, luck, entering)
    mark_covered(sim, prepared.layout, luck, cohorts)
    sim.world["replaced"] = int(population.deaths == "replaced")
    sim.world["horizon"] = prepared.horizon
    worlds = []
    for a, (name, arm) in enumerate(study.arms.items()):
        for figure, value in figures[name].items():
            sim.parameter[figure][a] = value
        if not arm.processes.distress:
            sim.state["distress"][:, a] = CALM
        if not arm.processes.trust:
            sim.state["trust"][:, a] = TRUSTING
        worlds.append(_world(prepared, arm, name, draws[name], rates[name], luck))
    contacts = fill_contacts(sim, population.size, entering, highest, years)
    return Assembled(sim, tuple(worlds), contacts)


def begin_services(prepared: Prepared, sim: Simulation, parameters: Draw, luck: int) -> None:
    """Enrol people in the services that are open when the study starts, in every arm."""
    size = prepared.study.population.size
    orders: dict[str, NDArray[np.int64]] = {}
    for a, (name, arm) in enumerate(prepared.study.arms.items()):
        draw = arm_draw(prepared.study, arm, parameters)
        enrol_at_start(sim, prepared.layout, a, prepared.services[name], draw, size, luck, orders)
    begin_before_start(sim, prepared.layout, luck, size)


def _entry_rate(arm: Arm, study: Study) -> Ramp:
    people = study.population
    if not arm.processes.entry:
        return series(Quantity(value=0.0), {})
    return series(people.entry_per_year, people.entry_by_year)


def _figures(prepared: Prepared, arm: Arm, draw: Draw) -> dict[str, float]:
    """Return an arm's parameter record; the rates of processes that are switched off are 0."""
    off = frozenset(name for name, on in arm.processes if not on)
    distressed = 0.0 if "distress" in off else draw[DISTRESS_SHARE]
    base = replace(_baseline(prepared, draw), off=off, distressed=distressed)
    found: dict[str, float] = {}
    for subject in SUBJECTS:
        found |= subject.figures(draw, base)
    for name in off:
        found |= dict.fromkeys(SWITCHES.get(name, ()), 0.0)
    return found


def _baseline(prepared: Prepared, draw: Draw) -> Baseline:
    """Return the setting's composition at the start, from the services that every arm shares."""
    study = prepared.study
    exposure = exposure_in(study.supply, study.horizon.start.year, draw)
    share = 0.0
    for service in study.services.values():
        if service.exclusive == OAT_POOL and service.at_start.enrolled is not None:
            share += amount(service.at_start.enrolled, draw)
    users = amount(study.population.use.injecting, draw) + amount(study.population.use.other_route, draw)
    return baseline(
        study.population, draw, share * users, draw[REFERENCE_EXPOSURE] if exposure is None else exposure
    )


def _streams(
    prepared: Prepared, figures: Mapping[str, Mapping[str, float]], draws: Mapping[str, Draw]
) -> list[Stream]:
    """Return every stream that some arm needs, watched where an arm's hazard can rise above its ceiling.

    Ceilings come from the setting's central figures, so what one arm has says nothing about the streams of another.
    """
    of_arms: dict[str, list[Rate]] = {}
    for name, services in prepared.services.items():
        for rate in _rates(prepared, services, figures[name], draws[name]):
            if rate.bound > 0.0:
                of_arms.setdefault(rate.name, []).append(rate)
    middle = _usual_figures(prepared)
    typical = {rate.name: rate for rate in _rates(prepared, {}, middle, prepared.central)}
    return [
        stream
        for name, rates in of_arms.items()
        for rate in [with_exclusions(typical.get(name, rates[0]), prepared.layout, prepared.services)]
        for stream in rate.over(rates).streams(services_read(rate, prepared.layout, prepared.services))
    ]


def _usual_figures(prepared: Prepared) -> dict[str, float]:
    """Return central figures with the study's own switches, whatever its arms change.

    Where these leave no sound figures, what is off in every arm is off here too.
    """
    study = prepared.study
    try:
        own = Arm(parameters=study.parameters, processes=study.processes)
        return _figures(prepared, own, prepared.central)
    except StudyError:
        return _figures(
            prepared, Arm(parameters=study.parameters, processes=_ever_on(study)), prepared.central
        )


def _ever_on(study: Study) -> Processes:
    """Return the usual switches with those off that are off in every arm: nothing is worked out for such a process."""
    names = Processes.model_fields
    on = {name: any(getattr(arm.processes, name) for arm in study.arms.values()) for name in names}
    return Processes.model_validate({name: False for name in names if not on[name]})


def _rates(
    prepared: Prepared, services: Mapping[str, Service], figures: Mapping[str, float], draw: Draw
) -> list[Rate]:
    peak = Peak(prepared.layout, services, draw)
    rates = [rate for subject in SUBJECTS for rate in subject.rates(dict(figures), peak)]
    rates += own_rates(prepared.layout, prepared.study.events, draw, peak)
    leaving = max(figures["distress_leave"], figures["calm_leave"])
    reaching = max(figures["trust_reach"], figures["low_trust_reach"])
    return rates + service_rates(
        prepared.layout,
        services,
        prepared.study.services,
        draw,
        prepared.central,
        peak,
        prepared.groups,
        leaving,
        reaching,
    )


def _world(prepared: Prepared, arm: Arm, name: str, draw: Draw, entry: Ramp, luck: int) -> World:
    world = build_world(
        prepared.start,
        prepared.horizon,
        arm.supply if arm.processes.supply else None,
        entry,
        prepared.services[name],
        prepared.layout,
        draw,
        luck,
        prepared.groups,
    )
    add_own_events(world, prepared.start, prepared.horizon, prepared.study.events, draw)
    services = prepared.services[name]
    add_staff(world, prepared.start, prepared.horizon, arm.staff_pools, services, prepared.layout, draw)
    for budget, years in prepared.budgets.years[name].items():
        edges = [(year.begins, year.ends) for year in years]
        number = prepared.budgets.names.index(budget)
        world.add(fiscal_year_clock(world, number, edges, prepared.horizon))
    return world

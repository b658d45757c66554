"""Compile the events that a study declares: whom they may befall, their rates in each arm, and their streams."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from hrsim.engine.ledger import DEATH_SUFFIX
from hrsim.errors import Problem, StudyError
from hrsim.processes.effects import ON_SERVICES
from hrsim.processes.events import EVENTS
from hrsim.processes.rates import Peak, Rate
from hrsim.services.amounts import Draw, amount
from hrsim.services.eligibility import ages, forbidden_bits, required_bits, service_bits
from hrsim.services.layout import Layout
from hrsim.study.own_events import OwnEvent

Events = Mapping[str, OwnEvent]


def counted_events(events: Events) -> tuple[str, ...]:
    """Return what the ledger counts of declared events: each by name, then deaths of those that people die of.

    Raises:
        StudyError: the model counts events of that name already.
    """
    deaths = [name + DEATH_SUFFIX for name in sorted(events) if events[name].death is not None]
    names = (*sorted(events), *deaths)
    taken = [name for name in names if name in EVENTS]
    if taken:
        message = (
            f"expected a new name for a declared event, got '{taken[0]}', which the model counts already"
        )
        raise StudyError([Problem("NAME", message, "choose another name.", path=f"events.{taken[0]}")])
    return names


def fill_own_events(
    arrays: Mapping[str, Any], layout: Layout, events: Events, draws: Mapping[str, Draw]
) -> None:
    """Write the declared events into the arrays that services add to a simulation."""
    names = counted_events(events)
    for k, name in enumerate(layout.events):
        event, record = events[name], arrays["own_event"][k : k + 1]
        record["forbidden"] = forbidden_bits(event.eligible)
        record["required"] = required_bits(layout, event.eligible.enrolled_in)
        record["excluded"] = service_bits(layout, event.eligible.not_enrolled_in)
        record["youngest"], record["oldest"] = ages(event.eligible)
        record["counted"] = len(EVENTS) + k
        death = name + DEATH_SUFFIX
        record["death"] = len(EVENTS) + names.index(death) if death in names else -1
        for a, draw in enumerate(draws.values()):
            arrays["own_rate"][a, k] = amount(event.rate.first, draw)
            arrays["own_death"][a, k] = amount(event.death, draw)


def own_rates(layout: Layout, events: Events, draw: Draw, peak: Peak) -> Iterable[Rate]:
    """Yield a stream for each declared event; anything about services may change whom it can befall."""
    for k, name in enumerate(layout.events):
        height = max(amount(level, draw) for level in events[name].rate.levels)
        target = ON_SERVICES + 2 * len(layout.services) + k
        bound, excluded = height * peak(target), forbidden_bits(events[name].eligible)
        yield Rate(f"event.{name}", "own_event", height, bound, argument=k, excluded=excluded)

"""How fast each service finds the people of each group: channels, ramps and barriers in one table.

Arrays: `reach_rate` (A, S, G) contacts per eligible person-year; `access` (A, S, G) the share of prompts that gets
through; `present` (A, S, G, 2) clients and people who wait; `group_flow` (A, Q, S, G, F) flows, with F = 0 where all
people are one group.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrsim.processes.events import GROUP_FLOWS
from hrsim.services.amounts import Draw, amount
from hrsim.services.groups import Groups
from hrsim.services.layout import Layout
from hrsim.study.groups import Access
from hrsim.study.services import Service
from hrsim.study.times import Ramp

Floats = NDArray[np.float64]


def group_arrays(
    layout: Layout,
    arms: Mapping[str, Mapping[str, Service]],
    draws: Mapping[str, Draw],
    groups: Groups,
    quarters: int,
) -> dict[str, Any]:
    """Return the arrays by group that services add to a simulation, as at tick 0."""
    size, cells = len(layout.services), len(groups.names)
    rates, access = np.zeros((len(arms), size, cells)), np.ones((len(arms), size, cells))
    for a, (arm, services) in enumerate(arms.items()):
        for name, service in services.items():
            s = layout.number(name)
            first = [amount(ramp.first, draws[arm]) for ramp, _ in parts(service)]
            rates[a, s] = rates_by_group(service, groups, draws[arm], first)
            access[a, s] = groups.factors(service.access, draws[arm])
    counted = len(GROUP_FLOWS) if cells > 1 else 0
    return {
        "reach_rate": rates,
        "access": access,
        "present": np.zeros((len(arms), size, cells, 2), np.int64),
        "group_flow": np.zeros((len(arms), quarters, size, cells, counted), np.int64),
    }


def parts(service: Service) -> Iterator[tuple[Ramp, Access]]:
    """Yield the level of reach and then its channels by name, each with its factors by group."""
    if service.reach is not None:
        yield service.reach, {}
        for name in sorted(service.reach.channels):
            channel = service.reach.channels[name]
            yield channel.rate, channel.access


def rates_by_group(service: Service, groups: Groups, draw: Draw, levels: Sequence[float]) -> Floats:
    """Return contacts per eligible person-year in each group at given levels of the parts, shape (G,)."""
    rates = np.zeros(len(groups.names))
    for level, (_, access) in zip(levels, parts(service), strict=True):
        rates += level * groups.factors(access, draw)
    return rates * groups.factors(service.access, draw)


def highest_rate(service: Service, groups: Groups, draw: Draw) -> float:
    """Return the largest rate that a group can ever have, all parts at the higher end of their ramps."""
    levels = [max(amount(given, draw) for given in ramp.levels) for ramp, _ in parts(service)]
    return float(rates_by_group(service, groups, draw, levels).max())

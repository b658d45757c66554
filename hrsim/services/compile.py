"""Fill the service arrays of one draw: numbers of each service in each arm, effects, prompts, referrals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrsim.engine.random import name_key
from hrsim.engine.simulation import NEVER
from hrsim.processes.budgets import NO_BUDGET
from hrsim.processes.effects import (
    AFTER,
    CARRYING,
    EFFECT,
    FIRST,
    NO_WINDOW,
    ON_SERVICES,
    WHILE_CARRYING,
    WHILE_ENROLLED,
)  # fmt: skip
from hrsim.processes.events import FLOWS, PROMPTS
from hrsim.processes.service_records import LINK, NOT_KEPT, ONWARD, OWN_EVENT, REFERRAL, SERVICE, STAY
from hrsim.processes.wellbeing import WELLBEING
from hrsim.services.amounts import Draw, amount
from hrsim.services.layout import Layout, effect_places
from hrsim.services.records import fill_service
from hrsim.services.standing import is_invited
from hrsim.study.referrals import Referral
from hrsim.study.services import Service


def service_arrays(
    layout: Layout,
    arms: Mapping[str, Mapping[str, Service]],
    draws: Mapping[str, Draw],
    people: int,
    quarters: int,
) -> dict[str, Any]:
    """Return the arrays that services add to a simulation, everybody idle, everything closed or open as at tick 0."""
    size, clocks = len(layout.services), len(layout.pools)
    records = np.zeros((len(arms), size), SERVICE)
    records["budget"], records["began"], records["left"] = NO_BUDGET, -1, NOT_KEPT
    value = np.ones((len(arms), len(layout.effects)))
    value[:, [place.during in (FIRST, AFTER) for place in layout.effects]] = NO_WINDOW
    prompts = np.zeros((len(arms), size, len(PROMPTS)))
    chances = np.zeros((len(arms), len(layout.referrals)))
    completions = np.ones((len(arms), len(layout.referrals)))
    onward = np.zeros((len(arms), len(layout.onward)))
    for a, (arm, services) in enumerate(arms.items()):
        draw = draws[arm]
        for name, service in services.items():
            s = layout.number(name)
            fill_service(records[a, s : s + 1], layout, s, service, draw)
            records["invited"][a, s] = int(is_invited(name, services))
            for event, quantity in service.prompted_by:
                prompts[a, s, PROMPTS.index(event)] = amount(quantity, draw)
            for referral in service.refers_to:
                if referral.service in layout.services:
                    k = layout.referrals.index((s, layout.number(referral.service)))
                    chances[a, k] = amount(referral.probability, draw)
                    completions[a, k] = _completion(service, referral, services, draw)
            _fill_onward(onward[a], layout, s, services, draw)
        for place, effect in effect_places(services, layout).items():
            value[a, layout.effects.index(place)] = amount(effect.multiplier, draw)
    for place in layout.effects:
        if place.during in (FIRST, AFTER):
            field = "first_window" if place.during == FIRST else "after_window"
            records[field][:, place.service] = np.maximum(records[field][:, place.service], place.length)
    followed = sorted({place.service for place in layout.effects if place.during == AFTER})
    records["left"][:, followed] = np.arange(len(followed))
    links = _leave_links(layout)
    records["refers"][:, [s for s, _ in layout.referrals]] = 1
    records["links"] = links.any(axis=1)
    sites = [s for s in range(size) if bool((records["visits"][:, s] > 0.0).any())]
    at_hand = [s for s in range(size) if bool((records["at_hand"][:, s] > 0.0).any())]
    return {
        "service": records,
        "target": _target_starts(layout),
        "effect": _effect_table(layout),
        "effect_value": value,
        "acting": _acting(layout),
        "service_links": links,
        "prompt_chance": prompts,
        "referral": np.array(list(layout.referrals) or [(-1, -1)], REFERRAL)[: len(layout.referrals)],
        "referral_key": np.array(
            [name_key("referral", *(layout.services[s] for s in pair)) for pair in layout.referrals],
            np.uint64,
        ),
        "referral_chance": chances,
        "referral_completion": completions,
        "service_key": np.array([name_key("service", name) for name in layout.services], np.uint64),
        "pool_key": np.array([name_key("pool", pool) for pool in layout.pools], np.uint64),
        "oat_slot": np.array([layout.oat_clock], np.int64),
        "site_service": np.array(sites, np.int64),
        "at_hand_service": np.array(at_hand, np.int64),
        "onward": np.array(list(layout.onward) or [(-1, -1)], ONWARD)[: len(layout.onward)],
        "onward_chance": onward,
        "covered": _cover_orders(layout),
        "cover_column": np.array([_place(layout.covered, s) for s in range(size)], np.int64),
        "cover_mark": np.ones((people, len(layout.covered))),
        "own_event": np.zeros(len(layout.events), OWN_EVENT),
        "own_rate": np.zeros((len(arms), len(layout.events))),
        "own_death": np.zeros((len(arms), len(layout.events))),
        "stay": _nobody_enrolled(people, len(arms), clocks),
        "left": np.full((people, len(arms), len(followed)), -NEVER),
        "curve_load": np.zeros(1),
        "curve_share": np.ones((1, 1)),  # row 0: no curve
        "link": np.zeros((people, len(arms), len(layout.listed_pools)), LINK),
        "wellbeing": np.zeros((people, len(arms)), WELLBEING),
        "flow": np.zeros((len(arms), quarters, size, len(FLOWS)), np.int64),
    }


def _fill_onward(
    chances: NDArray[np.float64], layout: Layout, s: int, services: Mapping[str, Service], draw: Draw
) -> None:
    """Write the chances of where people go, among the services of the arm, when a stay of one of them runs out."""
    stay = services[layout.services[s]].stay
    for following in stay.leads_to if stay else ():
        if following.service in services:
            place = (s, layout.number(following.service))
            chances[layout.onward.index(place)] = amount(following.probability, draw)


def _cover_orders(layout: Layout) -> NDArray[np.int64]:
    """Return each arm's services with a coverage in the order in which they are looked at, then -1."""
    orders = np.full((len(layout.cover_orders), len(layout.covered)), -1)
    for a, order in enumerate(layout.cover_orders.values()):
        orders[a, : len(order)] = order
    return orders


def _place(numbers: tuple[int, ...], number: int) -> int:
    return numbers.index(number) if number in numbers else -1


def _completion(service: Service, referral: Referral, services: Mapping[str, Service], draw: Draw) -> float:
    """Return the chance that people arrive where a service refers them: under its roof, or elsewhere."""
    other = services.get(referral.service)
    if other is None:
        return 1.0
    together = service.site is not None and service.site == other.site
    where = referral.site or ("same" if together else "elsewhere")
    given = other.referral_completion
    return amount(given.same_site if where == "same" else given.elsewhere, draw, 1.0)


def _nobody_enrolled(people: int, arms: int, clocks: int) -> NDArray[Any]:
    stays = np.zeros((people, arms, clocks), STAY)
    stays["service"] = -1
    return stays


def _target_starts(layout: Layout) -> NDArray[np.int64]:
    counts = np.zeros(layout.targets + 1, np.int64)
    for place in layout.effects:
        counts[place.target + 1] += 1
    return np.cumsum(counts)


def _effect_table(layout: Layout) -> NDArray[Any]:
    table = np.zeros(len(layout.effects), EFFECT)
    for k, place in enumerate(layout.effects):
        table[k] = (place.length, place.service, place.during)
    return table


def _acting(layout: Layout) -> NDArray[np.int64]:
    """Return for each target the services that act on it while people are enrolled, a bit each."""
    bits = np.zeros(layout.targets, np.int64)
    for place in layout.effects:
        if place.during == WHILE_ENROLLED:
            bits[place.target] |= np.int64(1) << np.int64(place.service)
        elif place.during == WHILE_CARRYING:
            bits[place.target] |= CARRYING
    return bits


def _leave_links(layout: Layout) -> NDArray[np.uint8]:
    """Return a table (S, S): whether being in the first service changes the hazard of leaving the second."""
    links = np.zeros((len(layout.services), len(layout.services)), np.uint8)
    first_leave = ON_SERVICES + 1
    events = ON_SERVICES + 2 * len(layout.services)
    for place in layout.effects:
        if first_leave <= place.target < events and (place.target - first_leave) % 2 == 0:
            links[place.service, (place.target - first_leave) // 2] = 1
    return links

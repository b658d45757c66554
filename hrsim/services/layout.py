"""What all arms of a study share in their services: order, clocks, lists and the table of effects.

The order is that of the names, so that adding a service or an arm moves nothing in other arms.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from hrsim.engine.assemble import MAXIMUM_ARMS
from hrsim.engine.simulation import CARRIED, FIRST_MODEL_ASPECT
from hrsim.errors import Problem, StudyError
from hrsim.processes.effects import AFTER, FIRST, ON_SERVICES, TARGETS, WHILE_CARRYING, WHILE_ENROLLED
from hrsim.processes.status import MOST_POOLS
from hrsim.study.effects import Effect
from hrsim.study.services import Service
from hrsim.units import TICKS_PER_YEAR

OAT_POOL = "opioid_agonist_treatment"
MOST_SERVICES = 62  # one bit each in a 64-bit word
_ASPECTS = 58  # bits for services in a mask of aspects; services that share one are told apart no more
ANY_SERVICE = -(1 << FIRST_MODEL_ASPECT)
_DURING = {
    "enrolled": WHILE_ENROLLED,
    "contact": WHILE_ENROLLED,
    "first": FIRST,
    "after": AFTER,
    "carrying": WHILE_CARRYING,
}

Arms = Mapping[str, Mapping[str, Service]]


@dataclass(frozen=True, order=True)
class EffectPlace:
    """One row of the table of effects: target, service, when, for how many ticks, and its place among equals."""

    target: int
    service: int
    during: int
    length: int
    number: int


@dataclass(frozen=True)
class Layout:
    """Names and places: S services, K clocks (pools), lists, effects, referrals."""

    services: tuple[str, ...]
    pools: tuple[str, ...]
    pool_of: tuple[int, ...]  # clock column of each service, -1 for none
    listed_pools: tuple[int, ...]  # clock columns that have lists
    oat: tuple[str, ...]
    effects: tuple[EffectPlace, ...]
    referrals: tuple[tuple[int, int], ...]
    onward: tuple[tuple[int, int], ...] = ()  # where stays lead that run out
    covered: tuple[int, ...] = ()  # services with a coverage, each after those that its conditions name
    events: tuple[str, ...] = ()  # declared events

    def number(self, name: str) -> int:
        """Return a service's place."""
        return self.services.index(name)

    def list_column(self, service: int) -> int:
        """Return the column of the links of a service's list, -1 for none."""
        pool = self.pool_of[service]
        return self.listed_pools.index(pool) if pool in self.listed_pools else -1

    @property
    def oat_clock(self) -> int:
        """Return the clock column of opioid agonist treatment, -1 if no arm offers it."""
        return self.pools.index(OAT_POOL) if OAT_POOL in self.pools else -1

    def aspects_of(self, targets: Iterable[int]) -> int:
        """Return the mask of what effects on any of the targets depend on: stays in services, kits carried."""
        wanted = frozenset(targets)
        return sum({_aspect_of(place) for place in self.effects if place.target in wanted})

    @property
    def targets(self) -> int:
        """Return how many targets there are."""
        return ON_SERVICES + 2 * len(self.services) + len(self.events)

    def target(self, name: str) -> int | None:
        """Return a target's number; None for start/leave of a service that no arm has."""
        if name in TARGETS:
            return TARGETS.index(name)
        kind, item = name.split(".", 1)
        if kind == "event":
            return ON_SERVICES + 2 * len(self.services) + self.events.index(item)
        if item not in self.services:
            return None
        return ON_SERVICES + 2 * self.number(item) + (0 if kind == "start" else 1)


def _aspect_of(place: EffectPlace) -> int:
    return CARRIED if place.during == WHILE_CARRYING else service_aspect(place.service)


def service_aspect(service: int) -> int:
    """Return the bit that says that a person's stay in a service changed."""
    return 1 << (FIRST_MODEL_ASPECT + service % _ASPECTS)


def lay_out(arms: Arms, events: Iterable[str] = ()) -> Layout:
    """Return the layout of a study's services.

    Raises:
        StudyError: more arms than the engine has room for,
            more services than a person's word has bits, or contact windows that differ within one service.
    """
    if len(arms) > MAXIMUM_ARMS:
        message = f"expected at most {MAXIMUM_ARMS} arms, got {len(arms)}"
        fix = "leave some out, or compare them in two studies."
        raise StudyError([Problem("RANGE", message, fix, path="arms")])
    names = tuple(sorted({name for services in arms.values() for name in services}))
    if len(names) > MOST_SERVICES:
        message = f"expected at most {MOST_SERVICES} services over all arms, got {len(names)}"
        raise StudyError([Problem("SERVICE", message, "leave some services out.", path="services")])
    _refuse_mixed_windows(arms)
    pools = {name: word for name in names if (word := _pool(name, arms)) is not None}
    columns = tuple(sorted(set(pools.values())))
    if len(columns) > MOST_POOLS:
        message = (
            f"expected at most {MOST_POOLS} services or pools whose stays have a clock, got {len(columns)}"
        )
        fix = (
            "leave some out, give services one 'exclusive:' pool, or give their stays a 'mean' and no places."
        )
        raise StudyError([Problem("SERVICE", message, fix, path="services")])
    listed = {pools[name] for services in arms.values() for name, s in services.items() if _has_places(s)}
    bare = Layout(
        services=names,
        pools=columns,
        pool_of=tuple(columns.index(pools[name]) if name in pools else -1 for name in names),
        listed_pools=tuple(n for n, word in enumerate(columns) if word in listed),
        oat=tuple(name for name in names if pools.get(name) == OAT_POOL),
        effects=(),
        referrals=tuple(sorted({pair for services in arms.values() for pair in _referrals(services, names)})),
        onward=tuple(sorted({pair for services in arms.values() for pair in _onward(services, names)})),
        covered=_covered(arms, names),
        events=tuple(sorted(events)),
    )
    places = {place for services in arms.values() for place in effect_places(services, bare)}
    return replace(bare, effects=tuple(sorted(places)))


def effect_places(services: Mapping[str, Service], layout: Layout) -> dict[EffectPlace, Effect]:
    """Return the effects of one arm by their place in the table."""
    places: dict[EffectPlace, Effect] = {}
    for name, service in services.items():
        seen: dict[tuple[int, int, int], int] = {}
        for effect in service.acting_effects:
            target = layout.target(effect.on)
            if target is None:
                continue
            during = _DURING[effect.during.kind]
            years = effect.during.length.years if effect.during.length and during != WHILE_ENROLLED else 0.0
            key = (target, during, round(years * TICKS_PER_YEAR))
            seen[key] = seen.get(key, -1) + 1
            places[EffectPlace(target, layout.number(name), key[1], key[2], seen[key])] = effect
    return places


def needs_clock(service: Service) -> bool:
    """Return whether a service's stays need a clock: pools, lists, courses, Weibull stays and windows do."""
    if service.contact_effect is not None:
        return True
    stay = service.stay
    if stay is None:
        return False
    windows = any(effect.during.kind in ("first", "after") for effect in service.effects)
    return service.exclusive is not None or _has_places(service) or stay.mean is None or windows


def _pool(name: str, arms: Arms) -> str | None:
    for services in arms.values():
        if name in services and needs_clock(services[name]):
            return services[name].exclusive or f"service:{name}"
    return None


def _has_places(service: Service) -> bool:
    return service.capacity is not None and service.capacity.places is not None


def _referrals(services: Mapping[str, Service], names: tuple[str, ...]) -> Iterable[tuple[int, int]]:
    for name, service in services.items():
        for referral in service.refers_to:
            if referral.service in names:
                yield names.index(name), names.index(referral.service)


def _onward(services: Mapping[str, Service], names: tuple[str, ...]) -> Iterable[tuple[int, int]]:
    for name, service in services.items():
        for following in service.stay.leads_to if service.stay else ():
            if following.service in services:
                yield names.index(name), names.index(following.service)


def _covered(arms: Arms, names: tuple[str, ...]) -> tuple[int, ...]:
    """Return the services with a coverage, each after those with one that its conditions name, else by name."""
    needs: dict[str, set[str]] = {}
    for services in arms.values():
        for name, service in services.items():
            if service.coverage is not None:
                named = {*service.eligible.enrolled_in, *service.eligible.not_enrolled_in}
                needs[name] = needs.get(name, set()) | named
    order: list[str] = []
    while len(order) < len(needs):
        ready = [
            name for name in sorted(needs) if name not in order and not needs[name] & {*needs} - {*order}
        ]
        if not ready:
            stuck = ", ".join(f"'{name}'" for name in sorted(needs) if name not in order)
            message = f"expected services with a coverage whose conditions form no circle, got {stuck}"
            raise StudyError([Problem("SERVICE", message, "take one of their conditions away.")])
        order.append(ready[0])
    return tuple(names.index(name) for name in order)


def _refuse_mixed_windows(arms: Arms) -> None:
    problems = []
    for arm, services in arms.items():
        for name, service in services.items():
            windows = [effect for effect in service.effects if effect.during.kind == "contact"]
            if len({(effect.during.length, effect.share) for effect in windows}) > 1 or (
                windows and service.stay
            ):
                message = f"expected one length and share for the contact windows of '{name}', and no 'stay'"
                fix = "split the service in two, or give its contact windows one length and share."
                problems.append(Problem("FORM", message, fix, path=f"arms.{arm}.services.{name}.effects"))
    if problems:
        raise StudyError(problems)

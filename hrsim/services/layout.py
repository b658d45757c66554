"""What all arms of a study share in their services: order, clocks, lists and the table of effects.

The order is that of the names, so that adding a service or an arm moves nothing in other arms.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

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
    members: tuple[tuple[int, ...], ...]  # services that some arm has in each pool
    listed_pools: tuple[int, ...]  # clock columns that have lists
    oat: tuple[str, ...]
    effects: tuple[EffectPlace, ...]
    referrals: tuple[tuple[int, int], ...]
    onward: tuple[tuple[int, int], ...] = ()  # where stays lead that run out
    covered: tuple[int, ...] = ()  # services with a coverage in some arm
    cover_orders: Mapping[str, tuple[int, ...]] = field(
        default_factory=dict
    )  # by arm, each after what its conditions name
    events: tuple[str, ...] = ()  # declared events

    def number(self, name: str) -> int:
        """Return a service's place."""
        return self.services.index(name)

    def slot(self, name: str, service: Service) -> int:
        """Return the clock column of a service as one arm has it, -1 for none."""
        pool = _pool(name, service)
        return -1 if pool is None else self.pools.index(pool)

    def list_column(self, slot: int) -> int:
        """Return the column of the links of a pool's list, -1 for none."""
        return self.listed_pools.index(slot) if slot in self.listed_pools else -1

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
    pools = [(name, service, word) for name, service, word in _pooled(arms)]
    columns = tuple(sorted({word for _, _, word in pools}))
    if len(columns) > MOST_POOLS:
        message = (
            f"expected at most {MOST_POOLS} services or pools whose stays have a clock, got {len(columns)}"
        )
        fix = (
            "leave some out, give services one 'exclusive:' pool, or give their stays a 'mean' and no places."
        )
        raise StudyError([Problem("SERVICE", message, fix, path="services")])
    listed = {word for _, service, word in pools if _has_places(service)}
    orders = {arm: _cover_order(arm, services, names) for arm, services in arms.items()}
    bare = Layout(
        services=names,
        pools=columns,
        members=tuple(
            tuple(sorted({names.index(name) for name, _, word in pools if word == column}))
            for column in columns
        ),
        listed_pools=tuple(n for n, word in enumerate(columns) if word in listed),
        oat=tuple(sorted({name for name, _, word in pools if word == OAT_POOL})),
        effects=(),
        referrals=tuple(sorted({pair for services in arms.values() for pair in _referrals(services, names)})),
        onward=tuple(sorted({pair for services in arms.values() for pair in _onward(services, names)})),
        covered=tuple(sorted({s for order in orders.values() for s in order})),
        cover_orders=orders,
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


def _pool(name: str, service: Service) -> str | None:
    """Return the pool that holds the clock of a service as one arm has it, None if it needs no clock."""
    return (service.exclusive or f"service:{name}") if needs_clock(service) else None


def _pooled(arms: Arms) -> Iterable[tuple[str, Service, str]]:
    for services in arms.values():
        for name, service in services.items():
            if (word := _pool(name, service)) is not None:
                yield name, service, word


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


def _cover_order(arm: str, services: Mapping[str, Service], names: tuple[str, ...]) -> tuple[int, ...]:
    """Return an arm's services with a coverage, each after those with one that its conditions name, else by name."""
    needs = {
        name: {*service.eligible.enrolled_in, *service.eligible.not_enrolled_in}
        for name, service in services.items()
        if service.coverage is not None
    }
    order: list[str] = []
    while len(order) < len(needs):
        ready = [
            name for name in sorted(needs) if name not in order and not needs[name] & {*needs} - {*order}
        ]
        if not ready:
            stuck = ", ".join(f"'{name}'" for name in sorted(needs) if name not in order)
            message = f"expected services with a coverage whose conditions form no circle, got {stuck}"
            fix = "take one of their conditions away."
            raise StudyError([Problem("SERVICE", message, fix, path=f"arms.{arm}.services")])
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

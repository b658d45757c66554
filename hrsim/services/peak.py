"""How high the services of an arm can lift each target: what the bounds of streams rest on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from hrsim.processes.effects import WHILE_CARRYING
from hrsim.services.amounts import Draw, amount
from hrsim.services.layout import EffectPlace, Layout, effect_places
from hrsim.study.services import Service

_HAIR = 1.0 + 1e-12


@dataclass(frozen=True)
class Peak:
    """How high an arm's services can lift each target.

    Called with a target's number it gives the largest multiplier of all; `plain` the largest without any of the
    enrolments `raised_by`, a bit each. Products are a hair too large, because the kernel may round another way.
    """

    layout: Layout
    services: Mapping[str, Service]
    draw: Draw

    def __call__(self, target: int) -> float:
        """Return the largest multiplier on a target: all enrolments together, and the largest window."""
        product = self.plain(target)
        for _, size in self._raising(target):
            product *= size
        return product

    def plain(self, target: int) -> float:
        """Return the largest multiplier on a target from windows and from carrying a kit."""
        carried, window = 1.0, 1.0
        for place, size in self._sizes.get(target, ()):
            if place.length > 0:
                window = max(window, size)
            elif place.during == WHILE_CARRYING:
                carried *= size
        return carried * window

    def raised_by(self, target: int) -> int:
        """Return the services in which an enrolment raises a target, a bit each."""
        bits = 0
        for service, _ in self._raising(target):
            bits |= 1 << service
        return bits

    def _raising(self, target: int) -> Iterator[tuple[int, float]]:
        for place, size in self._sizes.get(target, ()):
            if place.length == 0 and place.during != WHILE_CARRYING:
                yield place.service, size

    @cached_property
    def _sizes(self) -> dict[int, list[tuple[EffectPlace, float]]]:
        """Return the effects that raise each target."""
        sizes: dict[int, list[tuple[EffectPlace, float]]] = {}
        for place, effect in effect_places(self.services, self.layout).items():
            given = (effect.multiplier, *effect.by_year.values())
            size = max(amount(factor, self.draw) for factor in given)
            if size > 1.0:
                sizes.setdefault(place.target, []).append((place, size * _HAIR))
        return sizes

"""The utilities of a study: the packaged ones, with its own weights of declared events and of services."""

from __future__ import annotations

from hrsim.economics import Utilities
from hrsim.economics.figures import Figure
from hrsim.economics.utilities import EventRule, ServiceRule, Span
from hrsim.study.schema import Study
from hrsim.study.values import Quantity


def with_weights(utilities: Utilities, study: Study) -> Utilities:
    """Add what declared events and time in services change in quality of life, as the study states it."""
    events = tuple(
        EventRule(
            event=name, utility=_figure(given.change), duration=_figure(given.duration), unit=Span.YEARS
        )
        for name, event in study.events.items()
        if (given := event.utility) is not None
    )
    arms: dict[tuple[str, Quantity], list[str]] = {}
    for arm, described in study.arms.items():
        for name, service in described.services.items():
            if service.utility is not None:
                arms.setdefault((name, service.utility), []).append(arm)
    services = tuple(
        ServiceRule(service=name, change=_figure(change), arms=tuple(found))
        for (name, change), found in arms.items()
    )
    return utilities.model_copy(update={"events": (*utilities.events, *events), "services": services})


def _figure(given: Quantity) -> Figure:
    """Give a number, or an evidence row times a factor."""
    if given.evidence is None:
        assert given.value is not None  # a quantity is one or the other
        return Figure(value=given.value)
    return Figure(value=given.times, times=(given.evidence,))

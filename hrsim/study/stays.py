"""How long people wait for a service and stay in it, where they go on, and who is in it at the start."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import model_validator

from hrsim.study.times import Duration, Span
from hrsim.study.values import (
    Count,
    HazardRatio,
    Probability,
    Shape,
    StudyModel,
    WeibullRate,
    about,
    as_tuple,
    fault,
)

ROUNDING = 1e-9  # of shares that add to one


class Waiting(StudyModel):
    """Describe the waiting list."""

    patience: Span | None = about(
        "Mean time people stay on the list; omitted: for ever.", "years", default=None
    )


class Weibull(StudyModel):
    """Describe stays whose survival is exp(-rate t^shape)."""

    shape: Shape = about("Shape.", "shape")
    rate: WeibullRate = about("Rate in the unit below.", "per unit^shape")
    unit: Literal["day", "week", "month", "year"] = about("Unit of time t.")


class Onward(StudyModel):
    """Move people on when a stay has run its course: at most one of the services listed."""

    service: str = about("Name of the next service.")
    probability: Probability = about("Chance of going there.", "probability")


class Stay(StudyModel):
    """Describe how long people stay enrolled: one of a Weibull law, a mean, a fixed course."""

    weibull: Weibull | None = about("Weibull law.", default=None)
    mean: Span | None = about("Mean of an exponential stay.", "years", default=None)
    fixed: Duration | None = about("Length of a course.", default=None)
    hazard_ratio: HazardRatio | None = about("Factor on the hazard of leaving.", "ratio", default=None)
    leads_to: Annotated[tuple[Onward, ...], as_tuple] = about(
        "Services in which people go on at once when a stay has run its course.", default=()
    )

    @model_validator(mode="after")
    def _shares_of_one_whole(self) -> Stay:
        total = sum(next_one.probability.value or 0.0 for next_one in self.leads_to)
        if total > 1.0 + ROUNDING:
            message = f"expected chances under 'leads_to' that add to at most 1, got {total:g}"
            raise fault("SHARES", message, "lower one of them.")
        return self

    @model_validator(mode="after")
    def _one_law(self) -> Stay:
        given = [name for name in ("weibull", "mean", "fixed") if getattr(self, name) is not None]
        if len(given) != 1:
            got = " and ".join(f"'{name}'" for name in given) or "none"
            fix = "keep one; 'remove:' deletes an inherited one."
            raise fault("FORM", f"expected one of 'weibull', 'mean' and 'fixed', got {got}", fix)
        if self.fixed is not None and self.hazard_ratio is not None:
            raise fault(
                "UNUSED", "expected no 'hazard_ratio' beside 'fixed': a course has no hazard", "remove it."
            )
        return self


class AtStart(StudyModel):
    """Say who is in the service when the study starts, so that it does not begin empty."""

    enrolled: Probability | None = about("Share of eligible people enrolled.", "proportion", default=None)
    kits_per_person: Count | None = about(
        "Naloxone kits carried per eligible person.", "kits", default=None, scales=False
    )
    stays: Literal["under_way", "begin"] = about(
        "Whether stays are under way at the start, at ages as in a steady state, or begin then.",
        default="under_way",
    )

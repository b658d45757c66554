"""When a service is shut or opens with a part of its capacity."""

from __future__ import annotations

import datetime

from pydantic import model_validator

from hrsim.study.times import RampPart, Span
from hrsim.study.values import Rate, StudyModel, about, fault


class Closure(StudyModel):
    """Close a service for a time."""

    start: datetime.date = about("First day closed.", alias="from")
    end: datetime.date = about("First day open again.", alias="to")
    label: str | None = about("Why.", default=None)

    @model_validator(mode="after")
    def _in_order(self) -> Closure:
        if self.start >= self.end:
            message = f"expected 'from' before 'to', got {self.start} and {self.end}"
            raise fault("ORDER", message, "put the two dates in order.")
        return self


class ClosureHazard(StudyModel):
    """Close a service at random times, the same in every arm."""

    per_year: Rate = about("Closures.", "per year")
    lasts: Span = about("How long each lasts.", "years")


class PartialOpening(StudyModel):
    """Open with a part of the capacity only."""

    share: RampPart = about("Part of the capacity; it may move.", "proportion")
    until: datetime.date = about("First day with the whole capacity.")

"""QALY weights that a study gives: what being in a service, or a declared event, changes in quality of life."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from hrsim.study.times import Span
from hrsim.study.values import Meaning, Quantity, StudyModel, about

_CHANGE = Meaning(
    "a change of utility", ("utility_difference", "utility"), ("utility",), lowest=-1.0, highest=1.0
)
UtilityChange = Annotated[Quantity, AfterValidator(_CHANGE.check)]


class EventUtility(StudyModel):
    """State what one event changes in utility, and for how long; a death is counted by itself."""

    change: UtilityChange = about("Change of utility, below 0 for a loss.", "utility")
    duration: Span = about("How long it lasts.", "years")

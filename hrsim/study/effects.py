"""Effects of a service: which hazards, when, and whether a ratio is the total effect or a direct one."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from hrsim.study.times import CalendarYear, Duration
from hrsim.study.tree import describe, nearest
from hrsim.study.values import Meaning, Probability, Ratio, StudyModel, about, fault

TARGETS = (
    "overdose", "overdose_fatality", "hiv_acquisition", "hcv_acquisition", "sharing", "hiv_transmission",
    "skin_infection", "endocarditis", "stop_use", "relapse", "start_injecting", "stop_injecting",
    "emergency_visit", "admission", "background_mortality", "custody_entry", "lose_housing", "gain_housing",
    "distress_onset", "distress_recovery", "trust_loss", "trust_gain",
)  # fmt: skip
SERVICE_TARGET = re.compile(r"(start|leave)\.([a-z][a-z0-9_]*)")
EVENT_TARGET = re.compile(r"event\.([a-z][a-z0-9_]*)")
_CAREER = ("stop_use", "relapse", "start_injecting", "stop_injecting")
_HOUSING = ("lose_housing", "gain_housing")
_DISTRESS = ("distress_onset", "distress_recovery")
_TRUST = ("trust_loss", "trust_gain")
_PERSON = (*_CAREER, *_HOUSING, *_DISTRESS)
# The other targets through which a change reaches a target: whoever injects less overdoses less.
MEDIATORS: dict[str, tuple[str, ...]] = {
    "overdose": _PERSON,
    "sharing": _PERSON,
    "hiv_acquisition": ("sharing", *_PERSON),
    "hcv_acquisition": ("sharing", *_PERSON),
    "skin_infection": _PERSON,
    "endocarditis": _PERSON,
    "custody_entry": ("stop_use", "relapse", *_DISTRESS),
    "stop_use": _DISTRESS,
    "relapse": _DISTRESS,
}
SERVICE_MEDIATORS = {"start": _TRUST, "leave": _DISTRESS}


def ways_to(target: str) -> tuple[str, ...]:
    """Return the other targets through which a change reaches a target, those of services included."""
    service = SERVICE_TARGET.fullmatch(target)
    return SERVICE_MEDIATORS[service[1]] if service else MEDIATORS.get(target, ())


def _known_target(target: str) -> str:
    if target not in TARGETS and not SERVICE_TARGET.fullmatch(target) and not EVENT_TARGET.fullmatch(target):
        fix = nearest(target, [*TARGETS, "start.<service>", "leave.<service>", "event.<name>"], "targets")
        raise fault("TARGET", f"expected a hazard that a service can change, got '{target}'", fix)
    return target


class Window(StudyModel):
    """State when an effect acts: while enrolled or carrying a kit, first after starting, after leaving or a contact."""

    kind: Literal["enrolled", "carrying", "first", "after", "contact"] = about("Which window.")
    length: Duration | None = about("How long it lasts; none for 'enrolled' and 'carrying'.", default=None)

    @model_validator(mode="before")
    @classmethod
    def _from_short(cls, data: Any) -> Any:
        if isinstance(data, Window):
            return data
        if data in ("enrolled", "carrying"):
            return {"kind": data}
        if isinstance(data, dict) and len(data) == 1 and set(data) <= {"first", "after", "contact"}:
            kind, length = next(iter(data.items()))
            return {"kind": kind, "length": length}
        fix = "write 'enrolled', 'carrying', {first: 2 weeks}, {after: 4 weeks} or {contact: 4 weeks}."
        raise fault("CHOICE", f"expected a time when the effect acts, got {describe(data)}", fix)

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Show editors the short forms."""
        duration = {"type": "string"}
        windows = {"type": "object", "maxProperties": 1, "minProperties": 1, "additionalProperties": False}
        windows["properties"] = dict.fromkeys(("first", "after", "contact"), duration)
        return {
            "title": "Window",
            "description": cls.__doc__,
            "anyOf": [{"enum": ["enrolled", "carrying"]}, windows],
        }


class Effect(StudyModel):
    """Multiply one hazard during one window."""

    on: Annotated[str, AfterValidator(_known_target)] = about(
        "Which hazard, or start.<service>, leave.<service>, event.<declared event>."
    )
    multiplier: Ratio = about("Factor on the hazard.", "ratio")
    by_year: dict[CalendarYear, Ratio] = about(
        "Factor from 1 January of calendar years on, in place of 'multiplier'; the last is carried forward.",
        "ratio",
        default={},
    )
    during: Window = about("When it acts.", default=Window.model_validate("enrolled"))
    share: Probability | None = about("Share of contacts that have the effect.", "proportion", default=None)
    scope: Literal["total", "direct"] = about(
        "Total: all that the service changes; direct: at equal use, housing and sharing.", default="total"
    )

    def meaning_of(self, field: str, meaning: Meaning) -> Meaning:
        """Return what a number of this effect means, narrowed where the hazard demands it.

        Somebody must leave in the end; and contacts that pass HIV on are thinned from the most infectious
        partner, so a service can lower that chance only.
        """
        if field != "multiplier" and not field.isdecimal():
            return meaning
        if self.on.startswith("leave."):
            return replace(meaning, words=f"a factor on '{self.on}'", positive=True)
        if self.on == "hiv_transmission":
            return replace(meaning, words="a factor on 'hiv_transmission'", highest=1.0)
        return meaning

    @model_validator(mode="after")
    def _series_of_what_is_read_at_once(self) -> Effect:
        if self.by_year and self.on.startswith("leave."):
            message = f"expected one factor on '{self.on}', got a series: stays under way would not feel it"
            raise fault("UNUSED", message, "remove 'by_year'.")
        return self

    @model_validator(mode="after")
    def _windows_where_they_act(self) -> Effect:
        windowless = self.on == "hiv_transmission" or self.on.startswith("leave.")
        if windowless and self.during.kind in ("carrying", "first", "after"):
            message = (
                f"expected the effect on '{self.on}' to last as long as enrolment or the contact's window, "
                f"got '{self.during.kind}'"
            )
            raise fault("UNUSED", message, "remove 'during:'; this hazard takes no such window.")
        return self

    @model_validator(mode="after")
    def _people_leave_in_the_end(self) -> Effect:
        if self.on.startswith("leave.") and self.multiplier.value == 0:
            message = f"expected a factor above 0 on '{self.on}', got 0: nobody would ever leave"
            raise fault("RANGE", message, "write a small factor, such as 0.01.")
        return self

    @model_validator(mode="after")
    def _share_of_contacts(self) -> Effect:
        if self.share is not None and self.during.kind != "contact":
            fix = "remove it, or write 'during: {contact: 4 weeks}'."
            raise fault(
                "UNUSED",
                f"expected 'share' with a contact window only, got it with '{self.during.kind}'",
                fix,
            )
        return self

"""Who may use a service, and which events bring people to it at once."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import model_validator

from hrsim.evidence.kinds import HIGHEST_AGE
from hrsim.study.values import Probability, StudyModel, about, as_tuple, fault

Use = Literal["injecting", "other_route", "not_using"]


class AgeRange(StudyModel):
    """Bound the age of eligible people."""

    minimum: float | None = about("Youngest age.", "years", default=None, ge=0, le=HIGHEST_AGE)
    maximum: float | None = about("Oldest age.", "years", default=None, ge=0, le=HIGHEST_AGE)

    @model_validator(mode="after")
    def _in_order(self) -> AgeRange:
        if self.minimum is not None and self.maximum is not None and self.minimum >= self.maximum:
            message = f"expected minimum < maximum, got {self.minimum:g} and {self.maximum:g}"
            raise fault("ORDER", message, "put the two ages in order.")
        return self


class Eligible(StudyModel):
    """State who may use the service; all given conditions must hold."""

    use: Annotated[tuple[Use, ...], as_tuple] | None = about("Use.", default=None)
    housing: Annotated[tuple[Literal["stable", "unstable"], ...], as_tuple] | None = about(
        "Housing.", default=None
    )
    custody: Annotated[tuple[Literal["community", "custody"], ...], as_tuple] | None = about(
        "At liberty or in custody; omitted: at liberty.", default=None
    )
    sex: Annotated[tuple[Literal["female", "male"], ...], as_tuple] | None = about("Sex.", default=None)
    age: AgeRange | None = about("Age.", "years", default=None)
    hiv: Annotated[tuple[Literal["none", "undiagnosed", "diagnosed", "treated"], ...], as_tuple] | None = (
        about("HIV.", default=None)
    )
    hcv: Annotated[tuple[Literal["none", "undiagnosed", "diagnosed", "cured"], ...], as_tuple] | None = about(
        "Hepatitis C.", default=None
    )
    oat: Annotated[tuple[Literal["none", "waiting", "enrolled"], ...], as_tuple] | None = about(
        "Opioid agonist treatment.", default=None
    )
    distress: Annotated[tuple[Literal["absent", "present"], ...], as_tuple] | None = about(
        "Distress (mental ill-health), where that process is on.", default=None
    )
    enrolled_in: Annotated[tuple[str, ...], as_tuple] = about(
        "Enrolled in all of these services.", default=()
    )
    not_enrolled_in: Annotated[tuple[str, ...], as_tuple] = about(
        "Enrolled in none of these services.", default=()
    )


class PromptedBy(StudyModel):
    """Give the chance of an immediate contact at an event."""

    overdose_survived: Probability | None = about("After surviving an overdose.", "probability", default=None)
    custody_release: Probability | None = about("At release from custody.", "probability", default=None)
    overdose_emergency_department: Probability | None = about(
        "In the emergency department after an overdose.", "probability", default=None
    )
    emergency_visit: Probability | None = about("At an emergency visit.", "probability", default=None)
    diagnosis_hiv: Probability | None = about("At a diagnosis of HIV.", "probability", default=None)
    diagnosis_hcv: Probability | None = about("At a diagnosis of hepatitis C.", "probability", default=None)

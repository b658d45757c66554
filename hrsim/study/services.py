"""The one schema of a service: who is eligible, how they reach it, its capacity, effects and costs."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from pydantic import model_validator

from hrsim.study.capacity import Capacity
from hrsim.study.effects import Effect
from hrsim.study.groups import Barriers
from hrsim.study.operations import Operations, check_day, check_site, stated_day
from hrsim.study.reach import ReachRate
from hrsim.study.referrals import Referral, ReferralCompletion
from hrsim.study.risk_compensation import RiskCompensation
from hrsim.study.times import Duration, RampPart, RampShare, Span
from hrsim.study.values import (
    Count,
    HazardRatio,
    Price,
    Probability,
    Rate,
    Ratio,
    Shape,
    StudyModel,
    WeibullRate,
    Whole,
    about,
    as_tuple,
    fault,
)

ROUNDING = 1e-9  # of shares that add to one
Use = Literal["injecting", "other_route", "not_using"]


class AgeRange(StudyModel):
    """Bound the age of eligible people."""

    minimum: float | None = about("Youngest age.", "years", default=None, ge=0)
    maximum: float | None = about("Oldest age.", "years", default=None, ge=0)

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


class SupervisedUse(StudyModel):
    """Move some use episodes into a supervised place."""

    visits_per_client_year: Rate = about("Visits for use.", "per client-year")
    routes: Annotated[tuple[Literal["injecting", "other_route"], ...], as_tuple] = about(
        "Routes allowed.", min_length=1
    )
    relative_risk: Ratio | None = about(
        "Risk of an overdose in an episode there against the client's other episodes, whose sum stays; omitted: 1.",
        "ratio",
        default=None,
    )


class Delivers(StudyModel):
    """Switch on mechanisms that are written in code."""

    naloxone_kits: Whole | None = about("Kits handed over per contact.", "kits", default=None, ge=0)
    hiv_test: Probability | None = about("Sensitivity of an HIV test.", "probability", default=None)
    hcv_test: Probability | None = about("Sensitivity of a hepatitis C test.", "probability", default=None)
    hcv_cure: Probability | None = about(
        "Chance of cure at the end of a course.", "probability", default=None
    )
    hiv_treatment: Probability | None = about(
        "Chance of suppression while enrolled.", "probability", default=None
    )
    supervised_use: SupervisedUse | None = about("Supervised use episodes.", default=None)
    naloxone_at_hand: Probability | None = about(
        "Chance that naloxone is at hand at a client's witnessed overdose.", "probability", default=None
    )


class Cost(StudyModel):
    """State one line of cost and who bears it."""

    per: Literal[
        "client_year", "contact", "start", "kit", "place_year", "site_year", "open_year", "set_up"
    ] = about("What is counted.")
    price: Price = about("Price of one.", "money")
    currency: Literal["CAD", "USD", "AUD", "GBP", "EUR"] | None = about("Currency of a number.", default=None)
    price_year: Whole | None = about(
        "Price year of a number.", "calendar year", default=None, ge=1900, le=2200
    )
    payer: str = about("Who pays.")
    sector: str = about("Sector of the economy, as in the perspectives.")
    category: str = about("Heading in the cost tables.")
    releases: Literal["cash", "capacity", "none"] = about(
        "What a payer gets back when less is needed: cash, room that others fill, or nothing.", default="cash"
    )
    transfer: bool = about(
        "True: moves money without using resources (a voucher); counts for its payer only, elsewhere a memo.",
        default=False,
    )

    @model_validator(mode="after")
    def _money_of_a_year(self) -> Cost:
        if self.price.value is not None and (self.currency is None or self.price_year is None):
            missing = "currency" if self.currency is None else "price_year"
            raise fault(
                "MISSING", f"expected '{missing}' beside a price that is a number", f"add '{missing}:'."
            )
        return self


class AtStart(StudyModel):
    """Say who is in the service when the study starts, so that it does not begin empty."""

    enrolled: Probability | None = about("Share of eligible people enrolled.", "proportion", default=None)
    kits_per_person: Count | None = about("Naloxone kits carried per eligible person.", "kits", default=None)
    stays: Literal["under_way", "begin"] = about(
        "Whether stays are under way at the start, at ages as in a steady state, or begin then.",
        default="under_way",
    )


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


class Service(StudyModel):
    """Describe one service completely, after catalogue, study and arm are merged."""

    label: str = about("Name in tables.")
    because: str | None = about("Why these numbers.", default=None)
    eligible: Eligible = about("Who may use it; omitted: everyone alive at liberty.", default=Eligible())
    exclusive: str | None = about(
        "Pool: at most one enrolment among services with the same word.", default=None
    )
    takes_over: Annotated[tuple[str, ...], as_tuple] = about(
        "Services of its pool whose clients may move to it at a contact.", default=()
    )
    reach: ReachRate | None = about(
        "Contacts or requests to start.", "per eligible person-year", default=None
    )
    access: Barriers = about(
        "Share of reach and prompts that gets through to each group; omitted: all of it.",
        "proportion",
        default={},
    )
    prompted_by: PromptedBy = about("Chance of a contact at events.", default=PromptedBy())
    capacity: Capacity | None = about("How much it can do; omitted: unlimited.", default=None)
    operations: Operations | None = about(
        "How a site works through its day: hrsim operations; omitted: not simulated.", default=None
    )
    waiting: Waiting = about("Waiting list.", default=Waiting())
    stay: Stay | None = about("Length of enrolment; omitted: one-off contacts.", default=None)
    coverage: RampShare | None = about(
        "Share of eligible people that it holds at every moment, instead of reach and stay.",
        "proportion",
        default=None,
    )
    ends_on: Annotated[tuple[Literal["custody_entry", "overdose_survived"], ...], as_tuple] = about(
        "Events that end enrolment.", default=()
    )
    at_start: AtStart = about("Who is in it at the start; omitted: nobody.", default=AtStart())
    effects: Annotated[tuple[Effect, ...], as_tuple] = about("Hazards it changes.", default=())
    risk_compensation: RiskCompensation | None = about(
        "What people risk more because it makes use safer; omitted: nothing.", default=None
    )
    delivers: Delivers = about("Mechanisms it switches on.", default=Delivers())
    site: str | None = about(
        "Place: services of one arm with the same site are under one roof; omitted: alone.", default=None
    )
    refers_to: Annotated[tuple[Referral, ...], as_tuple] = about("Services it sends people to.", default=())
    referral_completion: ReferralCompletion = about(
        "How many of the people referred to it arrive.", default=ReferralCompletion()
    )
    opens: datetime.date | None = about("First day; none: before the study starts.", default=None)
    closes: datetime.date | None = about("First day without it; none: never.", default=None)
    delay: Span | None = about("Time by which the opening is late; omitted: none.", "years", default=None)
    partial: PartialOpening | None = about("Part of the capacity at first; omitted: all.", default=None)
    closures: Annotated[tuple[Closure, ...], as_tuple] = about("Times when it is closed.", default=())
    closure_hazard: ClosureHazard | None = about("Closures at random; omitted: none.", default=None)
    staffing: str | None = about("Staff pool that it works with; omitted: staff never lack.", default=None)
    costs: Annotated[tuple[Cost, ...], as_tuple] = about("Cost lines.", default=())

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> Service:
        if self.opens is not None and self.closes is not None and self.opens >= self.closes:
            message = f"expected 'opens' before 'closes', got {self.opens} and {self.closes}"
            raise fault("ORDER", message, "put the two dates in order.")
        return self

    @model_validator(mode="after")
    def _something_to_delay_or_cut(self) -> Service:
        if self.delay is not None and self.opens is None:
            raise fault("UNUSED", "expected 'opens' beside 'delay', got none", "add the planned 'opens'.")
        limited = self.capacity is not None or stated_day(self.operations) is not None
        if self.partial is not None and not limited:
            raise fault("UNUSED", "expected 'capacity' beside 'partial', got none", "add 'capacity:'.")
        if self.staffing is not None and not limited:
            message = "expected 'capacity' beside 'staffing', got none: vacancies would cut nothing"
            raise fault("UNUSED", message, "add 'capacity:'.")
        return self

    @model_validator(mode="after")
    def _coverage_alone(self) -> Service:
        if self.coverage is None:
            return self
        beside = {
            "reach": self.reach, "stay": self.stay, "capacity": self.capacity, "exclusive": self.exclusive,
            "staffing": self.staffing, "prompted_by": any(given for _, given in self.prompted_by),
            "refers_to": self.refers_to, "ends_on": self.ends_on, "at_start": self.at_start.enrolled,
            "eligible.age": self.eligible.age,
        }  # fmt: skip
        given = [name for name, value in beside.items() if value]
        if given:
            message = f"expected no '{given[0]}' beside 'coverage': it says at every moment who is enrolled"
            raise fault("UNUSED", message, "remove one; 'remove:' deletes an inherited key.")
        return self

    @model_validator(mode="after")
    def _site_is_complete(self) -> Service:
        if self.operations is not None:
            grows = self.delivers.supervised_use is not None and self.reach is not None
            clients_known = grows and self.stay is not None and self.stay.mean is not None
            check_site(self.operations, self.capacity, clients_known)
            if stated_day(self.operations) is not None:
                check_day(self.capacity, self.delivers.supervised_use is not None)
        return self

    @property
    def contact_effect(self) -> Effect | None:
        """Return one of the effects that follow a one-off contact, if the service has any."""
        return next((effect for effect in self.effects if effect.during.kind == "contact"), None)

    @property
    def acting_effects(self) -> tuple[Effect, ...]:
        """Return the effects and those of risk compensation."""
        if self.risk_compensation is None:
            return self.effects
        return (*self.effects, *self.risk_compensation.effects(self.contact_effect))

    @model_validator(mode="after")
    def _kits_for_effects_of_carrying(self) -> Service:
        for effect in self.acting_effects:
            if effect.during.kind == "carrying" and not self.delivers.naloxone_kits:
                message = f"expected 'naloxone_kits' for the effect on '{effect.on}' of carrying, got none"
                raise fault("UNUSED", message, "add 'delivers: {naloxone_kits: 1}', or state it elsewhere.")
        return self

    @model_validator(mode="after")
    def _stays_for_effects_of_enrolment(self) -> Service:
        for effect in self.acting_effects:
            if self.coverage is not None and effect.during.kind not in ("enrolled", "carrying"):
                message = f"expected effects while enrolled beside 'coverage', got '{effect.during.kind}'"
                raise fault("UNUSED", message, "remove 'during:', or give the service reach and stays.")
            if (
                self.stay is None
                and self.coverage is None
                and effect.during.kind not in ("contact", "carrying")
            ):
                message = (
                    f"expected 'stay' for the effect on '{effect.on}' during '{effect.during.kind}', got none"
                )
                raise fault("UNUSED", message, "add 'stay:', or write 'during: {contact: 4 weeks}'.")
        return self

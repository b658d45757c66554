"""The one schema of a service, of parts that each have a file: who is eligible, stays, effects, costs, closures."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from pydantic import model_validator

from hrsim.study.capacity import Capacity
from hrsim.study.costs import Cost
from hrsim.study.effects import Effect
from hrsim.study.eligible import Eligible, PromptedBy
from hrsim.study.groups import Barriers
from hrsim.study.opening import Closure, ClosureHazard, PartialOpening
from hrsim.study.operations import Operations, check_day, check_site, stated_day
from hrsim.study.reach import ReachRate
from hrsim.study.referrals import Referral, ReferralCompletion
from hrsim.study.risk_compensation import RiskCompensation
from hrsim.study.stays import AtStart, Stay, Waiting
from hrsim.study.texts import Text
from hrsim.study.times import RampShare, Span
from hrsim.study.values import Probability, Rate, Ratio, StudyModel, Whole, about, as_tuple, fault
from hrsim.study.weights import UtilityChange


class SupervisedUse(StudyModel):
    """Move some use episodes into a supervised place."""

    visits_per_client_year: Rate = about("Visits for use.", "per client-year")
    routes: Annotated[tuple[Literal["injecting", "other_route"], ...], as_tuple] = about(
        "Routes allowed.", min_length=1
    )
    overdoses_per_visit: Probability | None = about(
        "Overdoses that the site counts at a visit of the reference person; omitted: by relative_risk.",
        "per visit",
        default=None,
    )
    share_elsewhere: Probability | None = about(
        "Share of those that would be overdoses elsewhere too, and so are moved indoors; the rest is counted beside "
        "them and changes nothing; omitted: 1.",
        "proportion",
        default=None,
    )
    relative_risk: Ratio | None = about(
        "In place of overdoses_per_visit: risk of an overdose in an episode there against the client's other "
        "episodes, whose sum stays; omitted: 1.",
        "ratio",
        default=None,
    )


class Delivers(StudyModel):
    """Switch on mechanisms that are written in code."""

    naloxone_kits: Whole | None = about(
        "Kits handed over per contact.", "kits", default=None, ge=0, scales=False
    )
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


class Service(StudyModel):
    """Describe one service completely, after catalogue, study and arm are merged."""

    label: Text = about("Name in tables: a text, or one for each language.")
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
    utility: UtilityChange | None = about(
        "Change of utility while enrolled, added to that of the person's state; omitted: none.",
        "utility",
        default=None,
    )

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
    def _stays_for_a_utility(self) -> Service:
        if self.utility is not None and not (self.stay or self.coverage or self.contact_effect):
            message = "expected 'stay' or 'coverage' beside 'utility', got neither: nobody is ever enrolled"
            raise fault("UNUSED", message, "add 'stay:', or remove 'utility:'.")
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

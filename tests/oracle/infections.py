"""HIV and hepatitis C: sharing contacts, transmission, course."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import life, use
from .result import ALIVE, CUSTODY, HCV, HIV, OAT

if TYPE_CHECKING:
    from .person import Person

NONE = "none"
ACUTE = "acute"
CHRONIC = "chronic"
LATE = "late"
HIV_ACUTE = "hiv_acute"
HCV_ACUTE = "hcv_acute"


def sharing_hazard(person: Person) -> float:
    """Return the hazard of sharing contacts of people who inject at liberty, scaled by treatment."""
    if not shares(person):
        return 0.0
    p = person.parameters
    return p.shares_per_year * (p.oat_sharing_multiplier if OAT in person.spells else 1.0)


def shares(person: Person) -> bool:
    """Tell whether someone can be a sharing partner now: alive, in the community, and injecting."""
    return ALIVE in person.spells and CUSTODY not in person.spells and use.injects(person)


def leave_sharing(person: Person) -> None:
    """Count someone out of those who share, before custody, use or life changes."""
    if shares(person):
        person.cohort.sharing_people -= 1


def join_sharing(person: Person) -> None:
    """Count someone in again after the change."""
    if shares(person):
        person.cohort.sharing_people += 1


def choose_partner(person: Person) -> Person | None:
    """Return the lasting partner or a random one; nobody when no one else is there.

    A lasting partner who cannot share now gives way to a random one.
    """
    cohort = person.cohort
    lasting = person.lasting_partner
    if lasting is not None and cohort.uniform() < person.parameters.lasting_partner_share and shares(lasting):
        return lasting
    if cohort.sharing_people < 2:  # the person and one more
        return None
    people, uniform = cohort.people, cohort.uniform
    while True:
        partner = people[int(uniform() * len(people))]
        if partner is not person and shares(partner):
            return partner


def hiv_hazard(person: Person) -> float:
    """Return the hazard of the next step: a contact, from chronic to late, from late to death.

    Contacts are those that would transmit from the most infectious partner. The course goes on in custody.
    """
    p = person.parameters
    if person.hiv is NONE:
        on_treatment = p.oat_hiv_acquisition_multiplier if OAT in person.spells else 1.0
        return sharing_hazard(person) * p.hiv_per_share * p.hiv_acute_multiplier * on_treatment
    if person.hiv is CHRONIC:
        return p.hiv_late_rate
    return p.hiv_late_mortality if person.hiv is LATE else 0.0


def happen_hiv(person: Person) -> None:
    """Meet a partner, reach the late stage, or die of it."""
    if person.hiv is NONE:
        meet_hiv(person)
    elif person.hiv is CHRONIC:
        person.hiv = LATE
    else:
        person.cohort.counts.hiv_deaths += 1
        life.die(person)


def meet_hiv(person: Person) -> None:
    """Meet a partner and be infected with the partner's share of the largest infectivity."""
    partner = choose_partner(person)
    if partner is None or partner.hiv is NONE:
        return
    p = person.parameters
    share = 1.0 if partner.hiv is ACUTE else 1.0 / p.hiv_acute_multiplier
    if OAT in partner.spells:
        share *= p.oat_hiv_transmission_multiplier
    if person.cohort.uniform() < share:
        person.cohort.counts.hiv_infections += 1
        person.hiv = ACUTE
        person.begin(HIV)
        person.set_timer(HIV_ACUTE, p.hiv_acute_years)


def become_chronic_hiv(person: Person) -> None:
    """End the acute stage."""
    person.hiv = CHRONIC


def hcv_hazard(person: Person) -> float:
    """Return the hazard of a contact that would transmit from a viraemic partner, or of cure when chronic."""
    p = person.parameters
    if person.hcv is NONE:
        on_treatment = p.oat_hcv_acquisition_multiplier if OAT in person.spells else 1.0
        return sharing_hazard(person) * p.hcv_per_share * on_treatment
    return p.hcv_cure_rate if person.hcv is CHRONIC else 0.0


def happen_hcv(person: Person) -> None:
    """Meet a partner, or be cured."""
    if person.hcv is NONE:
        meet_hcv(person)
    else:
        cure_hcv(person)


def meet_hcv(person: Person) -> None:
    """Meet a partner and be infected if the partner is viraemic."""
    partner = choose_partner(person)
    if partner is None or partner.hcv is NONE:
        return
    person.cohort.counts.hcv_infections += 1
    person.hcv = ACUTE
    person.begin(HCV)
    person.set_timer(HCV_ACUTE, person.parameters.hcv_acute_years)


def resolve_acute_hcv(person: Person) -> None:
    """Clear the virus, or become chronic."""
    if person.cohort.uniform() < person.parameters.hcv_clearance_chance:
        cure_hcv(person)
    else:
        person.hcv = CHRONIC


def cure_hcv(person: Person) -> None:
    """Be free of the virus and susceptible again."""
    person.hcv = NONE
    person.end(HCV)

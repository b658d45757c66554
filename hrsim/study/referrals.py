"""Referrals from one service to another: who is sent, and how many of them arrive."""

from __future__ import annotations

from typing import Literal

from hrsim.study.values import Probability, StudyModel, about


class Referral(StudyModel):
    """Send people on: an immediate contact with another service, if they arrive there."""

    service: str = about("Name of the other service.")
    probability: Probability = about("Chance of being referred at each contact or start.", "probability")
    site: Literal["same", "elsewhere"] | None = about(
        "Where the other service is; omitted: as the sites of the two services tell.", default=None
    )
    if_offered: bool = about("True: no fault where the arm lacks the other service.", default=False)


class ReferralCompletion(StudyModel):
    """Give the chance that people who are referred to a service arrive there."""

    same_site: Probability | None = about(
        "Referred within one site; omitted: all arrive.", "probability", default=None
    )
    elsewhere: Probability | None = about(
        "Referred from elsewhere; omitted: all arrive.", "probability", default=None
    )

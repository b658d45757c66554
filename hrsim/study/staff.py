"""A pool of staff: how many work, how many clients each can take, how fast they leave and are replaced."""

from __future__ import annotations

from hrsim.study.times import RampPosts, Span
from hrsim.study.values import PositiveCount, Probability, Ratio, StudyModel, about


class StaffPool(StudyModel):
    """Describe staff: load above the norm makes them leave faster, and vacancies cut the capacity."""

    fte: RampPosts = about("Posts, in full-time equivalents.", "full-time equivalents", scales=True)
    caseload_norm: PositiveCount = about(
        "Clients (or contacts a month, for services without stays) that one can look after.", "per post"
    )
    turnover: Probability = about("Share of staff who leave in a year at loads up to the norm.", "per year")
    overload: Ratio = about(
        "Factor on the hazard of leaving at twice the norm; between and beyond it grows as a power of the load.",
        "ratio",
    )
    vacancy_time: Span = about("Mean time until a post is filled again.", "years")
    shared: bool = about("True: several services may work with it.", default=False)
    because: str | None = about("Why these numbers.", default=None)

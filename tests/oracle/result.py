"""What a run of the oracle returns: counts, person-years, the people at the end."""

from dataclasses import asdict, dataclass
from math import nan

ALIVE = "alive"
OAT = "oat"
WAITING = "waiting"
CUSTODY = "custody"
UNSTABLE_HOUSING = "unstable_housing"
HIV = "hiv"
HCV = "hcv"
NOT_USING = "not_using"
OTHER_ROUTE = "other_route"
STATES = (ALIVE, OAT, WAITING, CUSTODY, UNSTABLE_HOUSING, HIV, HCV, NOT_USING, OTHER_ROUTE)


@dataclass(slots=True)
class Counts:
    """Count what happened to the whole cohort."""

    overdoses: int = 0
    overdose_deaths: int = 0
    people_ever_overdosed: int = 0
    witnessed: int = 0
    naloxone: int = 0
    ambulance: int = 0
    brain_injuries: int = 0  # people
    background_deaths: int = 0
    hiv_deaths: int = 0
    oat_requests: int = 0
    oat_starts: int = 0
    oat_turned_away: int = 0  # asked when full, and there is no list
    oat_gave_up: int = 0  # left the list for want of patience
    oat_admitted_from_list: int = 0
    custody_entries: int = 0
    custody_releases: int = 0
    hiv_infections: int = 0
    hcv_infections: int = 0
    use_stops: int = 0
    relapses: int = 0
    injecting_starts: int = 0
    injecting_stops: int = 0
    skin_infections: int = 0
    skin_admissions: int = 0
    bed_days: int = 0


@dataclass(frozen=True)
class OracleResult:
    """Hold one run: counts of events, person-years by state, people in each state at the end.

    States overlap (a person may be on treatment and have HIV); `hcv` is viraemic, acute included.
    `admitted_wait_years` sums the time on the list of those who left it for a place.
    """

    counts: Counts
    person_years: dict[str, float]
    final: dict[str, int]
    years: float
    admitted_wait_years: float
    simpy_events: int

    def as_dict(self) -> dict[str, float]:
        """Return everything as one flat mapping.

        `mean_wait_years` averages over all starts (a start without a wait counts 0) and is not-a-number
        without starts; prevalences are among people alive at the end, not-a-number when nobody is.
        """
        return {
            **{name: float(value) for name, value in asdict(self.counts).items()},
            **{f"{state}_years": self.person_years[state] for state in STATES},
            **{f"final_{state}": float(self.final[state]) for state in STATES},
            "hiv_prevalence": _ratio(self.final[HIV], self.final[ALIVE]),
            "hcv_prevalence": _ratio(self.final[HCV], self.final[ALIVE]),
            "mean_occupied_places": self.person_years[OAT] / self.years,
            "mean_wait_years": _ratio(self.admitted_wait_years, self.counts.oat_starts),
            "simpy_events": float(self.simpy_events),
        }


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else nan

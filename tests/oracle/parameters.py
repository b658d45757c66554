"""What the oracle is told: plain floats in years, and how many people there are."""

from dataclasses import dataclass, field, fields
from math import exp, inf, isnan
from typing import Any

LIMITS = {
    "rate": (0.0, inf, "a finite number per person-year, 0 or more"),
    "years": (0.0, inf, "a number of years, 0 or more"),
    "chance": (0.0, 1.0, "between 0 and 1"),
    "multiplier": (0.0, inf, "0 or more"),
}


def rate(default: float = 0.0) -> Any:
    """Declare a hazard per person-year."""
    return field(default=default, metadata={"kind": "rate"})


def duration(default: float = 0.0) -> Any:
    """Declare a length of time in years; infinite means for ever."""
    return field(default=default, metadata={"kind": "years"})


def chance(default: float = 0.0) -> Any:
    """Declare a probability."""
    return field(default=default, metadata={"kind": "chance"})


def multiplier(default: float = 1.0) -> Any:
    """Declare a factor on a hazard or a chance; 1 leaves it alone."""
    return field(default=default, metadata={"kind": "multiplier"})


@dataclass(frozen=True, slots=True)
class OracleParameters:
    """Hold the oracle's model: a closed cohort of `people` who all inject at first, followed for `years`.

    Whatever is left out is switched off: hazards and chances are 0, factors are 1, waiting is endless.
    The `oat_*_multiplier` fields are `m[target]` of the specification, in force while enrolled.

    Raises:
        ValueError: naming every field that is out of range.
    """

    people: int
    years: float

    background_mortality: float = rate()

    # Housing: each person starts unstably housed with this chance, then switches.
    unstable_housing_at_start: float = chance()
    housing_loss_rate: float = rate()
    housing_gain_rate: float = rate()

    # Overdose: hazard of the reference person (stably housed, not enrolled, frailty 1) and its factors.
    overdose_rate: float = rate()
    frailty_shape: float = inf  # gamma shape, mean 1; infinite means everybody has frailty 1
    unstable_housing_overdose_multiplier: float = multiplier()
    release_first_multiplier: float = multiplier()
    release_first_years: float = duration()  # the first window runs from release to here
    release_second_multiplier: float = multiplier()
    release_second_years: float = duration()  # the second runs from there to here, counted from release too

    # The tree after an overdose.
    witnessed_chance: float = chance()
    naloxone_chance: float = chance()  # given witnessed
    ambulance_chance: float = chance()  # given witnessed, independent of naloxone
    death_chance_untreated: float = chance()  # unwitnessed, or witnessed and nothing done
    death_chance_naloxone: float = chance()
    death_chance_ambulance: float = chance()  # ambulance without naloxone
    brain_injury_chance: float = chance()  # given alive, no naloxone and no injury before
    stop_after_overdose_chance: float = chance()  # of using, given alive

    # Careers of use. Nobody overdoses, shares or enters custody who does not use; only people who inject share.
    stop_injecting_use_rate: float = rate()
    stop_other_use_rate: float = rate()
    prone_after_injecting: float = chance()  # to relapse, decided at each stop
    prone_after_other: float = chance()
    relapse_rate: float = rate()  # of people prone to it
    relapse_to_injecting_chance: float = chance()  # of people who injected
    start_injecting_rate: float = rate()
    stop_injecting_rate: float = rate()  # the move to another route
    other_route_overdose_multiplier: float = multiplier()
    relapse_overdose_multiplier: float = multiplier()
    relapse_window_years: float = duration()

    # Skin infections of people who inject.
    skin_infection_rate: float = rate()  # stably housed, not enrolled
    unstable_housing_skin_multiplier: float = multiplier()
    oat_skin_infection_multiplier: float = multiplier()
    skin_admitted_chance: float = chance()
    skin_days: float = 0.0  # mean of a whole number of bed days

    # Custody: each person starts there with this chance, with an exponential stay still to come.
    custody_at_start: float = chance()
    custody_entry_rate: float = rate()
    custody_stay_years: float = duration(1.0)  # mean

    # Opioid agonist treatment: S(t) = exp(-oat_stay_rate t^oat_stay_shape), t in years.
    oat_request_at_start: float = chance()  # chance of asking at time 0, for people in the community
    oat_request_rate: float = rate()  # while neither enrolled nor waiting, in the community
    oat_places: float = inf
    oat_patience_years: float = duration(inf)  # mean time on the list; 0 means there is no list
    oat_stay_shape: float = 1.0
    oat_stay_rate: float = rate()
    oat_overdose_multiplier: float = multiplier()
    oat_overdose_fatality_multiplier: float = multiplier()
    oat_background_mortality_multiplier: float = multiplier()
    oat_custody_entry_multiplier: float = multiplier()
    oat_sharing_multiplier: float = multiplier()
    oat_hiv_acquisition_multiplier: float = multiplier()
    oat_hcv_acquisition_multiplier: float = multiplier()
    oat_hiv_transmission_multiplier: float = multiplier()  # of the partner
    oat_first_multiplier: float = multiplier()  # overdose window after the start, while enrolled
    oat_first_years: float = duration()
    oat_after_multiplier: float = multiplier()  # overdose window after leaving, while not enrolled
    oat_after_years: float = duration()

    # Sharing and infections.
    shares_per_year: float = rate()
    lasting_partner_share: float = chance()
    hiv_prevalence_at_start: float = chance()  # all in the chronic stage
    hiv_per_share: float = chance()  # from a partner in the chronic or late stage
    hiv_acute_multiplier: float = multiplier()  # infectivity of the acute stage, 1 or more
    hiv_acute_years: float = duration()
    hiv_late_rate: float = rate()  # chronic to late
    hiv_late_mortality: float = rate()
    hcv_prevalence_at_start: float = chance()  # all chronic and viraemic
    hcv_per_share: float = chance()  # from a viraemic partner
    hcv_acute_years: float = duration()
    hcv_clearance_chance: float = chance()  # at the end of the acute stage
    hcv_cure_rate: float = rate()  # of the chronic stage; cured people are susceptible again

    def __post_init__(self) -> None:
        """Refuse values out of range, all of them at once."""
        problems = [*self._fields_out_of_range(), *self._rules_broken()]
        if problems:
            raise ValueError("\n".join(problems))

    def _fields_out_of_range(self) -> list[str]:
        problems = []
        for declared in fields(self):
            kind = declared.metadata.get("kind")
            if kind is None:
                continue
            value, (low, high, rule) = getattr(self, declared.name), LIMITS[kind]
            if isnan(value) or not low <= value <= high or (value == inf and kind != "years"):
                problems.append(f"{declared.name} is {value}: write {rule}.")
        return problems

    def _rules_broken(self) -> list[str]:
        rules = {
            f"people is {self.people}: write 1 or more.": self.people >= 1,
            f"years is {self.years}: write a finite number above 0.": 0 < self.years < inf,
            f"frailty_shape is {self.frailty_shape}: write a number above 0.": self.frailty_shape > 0,
            f"oat_stay_shape is {self.oat_stay_shape}: write a number above 0.": self.oat_stay_shape > 0,
            f"oat_places is {self.oat_places}: write a whole number, 0 or more, or infinity.": (
                self.oat_places == inf or (self.oat_places >= 0 and self.oat_places == int(self.oat_places))
            ),
            f"custody_stay_years is {self.custody_stay_years}: write a number above 0.": (
                self.custody_stay_years > 0
            ),
            f"release_second_years is {self.release_second_years}: it counts from release, write at least "
            f"release_first_years ({self.release_first_years}).": (
                self.release_second_years >= self.release_first_years
            ),
            f"hiv_acute_multiplier is {self.hiv_acute_multiplier}: write 1 or more, contacts are thinned "
            "from it.": self.hiv_acute_multiplier >= 1,
            f"oat_hiv_transmission_multiplier is {self.oat_hiv_transmission_multiplier}: write 1 or less, "
            "contacts are thinned to it.": self.oat_hiv_transmission_multiplier <= 1,
            f"oat_overdose_fatality_multiplier is {self.oat_overdose_fatality_multiplier}: it takes a chance "
            "of death above 1.": self._largest_death_chance() <= 1,
        }
        return [problem for problem, holds in rules.items() if not holds]

    def _largest_death_chance(self) -> float:
        worst = max(self.death_chance_untreated, self.death_chance_naloxone, self.death_chance_ambulance)
        return worst * self.oat_overdose_fatality_multiplier


def naloxone_chance_from_kits(nu: float, kits_per_person: float) -> float:
    """Return the chance that naloxone is used at a witnessed overdose, `1 - exp(-nu x kits per person)`."""
    return 1.0 - exp(-nu * kits_per_person)


def weibull_rate_per_year(rate_per_unit: float, shape: float, units_per_year: float) -> float:
    """Return the Weibull rate for time in years, from the rate for time in a smaller unit.

    `exp(-a t^k)` with `t` in units equals `exp(-a units_per_year^k y^k)` with `y` in years.
    """
    return float(rate_per_unit * units_per_year**shape)

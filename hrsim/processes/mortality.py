"""Background mortality: the general population's by age and sex, raised, net of causes modelled elsewhere."""

from collections.abc import Mapping
from math import log1p

import numpy as np
from numpy.typing import NDArray

from hrsim.engine.compiler import kernel_function
from hrsim.engine.model import Process
from hrsim.engine.simulation import NOW, PERSON, STUDY_YEAR
from hrsim.errors import Problem, StudyError
from hrsim.life_table import SHIPPED_ROWS, life_table
from hrsim.processes.bacterial import ENDOCARDITIS_FATALITY, ENDOCARDITIS_RATE
from hrsim.processes.death import die
from hrsim.processes.effects import ON_BACKGROUND_MORTALITY, multiplier
from hrsim.processes.events import BACKGROUND_DEATH
from hrsim.processes.rates import Baseline, Peak, Rate, Subject
from hrsim.units import TICKS_PER_YEAR

STEPS_PER_YEAR = 12
STEPS = 130 * STEPS_PER_YEAR  # months of age, the columns of the table; the last also holds whoever is older
STEP_TICKS = TICKS_PER_YEAR // STEPS_PER_YEAR
_AGES = (np.arange(STEPS) + 0.5) / STEPS_PER_YEAR  # at the middle of each month
_USUAL_AGE = 65  # most people are younger; sets a ceiling, hence speed, never results
_RATIO = "oat.nonod_mort_hr_out_vs_pop"
_IN_TREATMENT = "oat.nonod_mort_ratio_in_vs_out"
EVIDENCE = (
    *SHIPPED_ROWS,
    _RATIO,
    _IN_TREATMENT,
    "pop.age_sd_bc",
    ENDOCARDITIS_RATE,
    ENDOCARDITIS_FATALITY,
    "inf.hiv_mort_cd4lt200_pwid",
    "exp.hiv_mort_art",
    "inf.hiv_years_gt500",
    "inf.hiv_years_350",
    "inf.hiv_years_200",
    "inf.hiv_years_lt200",
    "inf.hcv_f4_dc",
    "inf.hcv_f4_hcc",
    "inf.hcv_dc_hcc",
    "inf.hcv_dc_death_later",
    "inf.hcv_hcc_death",
)
FIELDS = ("background_ratio", "background_usual", "background_oldest")


def rates_by_age(draw: Mapping[str, float]) -> NDArray[np.float64]:
    """Return the general population's death rates per year, shape (2, STEPS): women, men by age in months."""
    return life_table(draw).rates(_AGES)


def _rate(draw: Mapping[str, float], row: str) -> float:
    """Return an annual probability as a rate per year."""
    return -log1p(-draw[row])


def figures(draw: Mapping[str, float], baseline: Baseline) -> dict[str, float]:
    """Return the ratio to the general population out of opioid agonist treatment, net of modelled causes.

    `background_ratio` is `oat.nonod_mort_hr_out_vs_pop x net_share`; the treatment's effect is the service's.
    The other two, a usual and the highest hazard per year, size the stream and are not read by the kernel.
    """
    if "background_mortality" in baseline.off:
        return dict.fromkeys(FIELDS, 0.0)
    table = rates_by_age(draw)
    ratio = draw[_RATIO] * net_share(draw, baseline)
    return {
        "background_ratio": ratio,
        "background_usual": ratio * float(table[:, _USUAL_AGE * STEPS_PER_YEAR].max()),
        "background_oldest": ratio * float(table.max()),
    }


def net_share(draw: Mapping[str, float], baseline: Baseline) -> float:
    """Return the share of non-overdose deaths at baseline that no other process causes.

    `1 - modelled / all`, both per person-year. All: the life table at the baseline's sexes, averaged over
    ages spread normally about its mean age (`pop.age_sd_bc`), x the ratio out of treatment x
    `1 - coverage x (1 - ratio in)`. Modelled: `modelled_deaths`.
    Raises `StudyError` unless the share lies above 0 and at most at 1.
    """
    treatment = 1.0 - baseline.oat_coverage * (1.0 - draw[_IN_TREATMENT])
    everything = _population_rate(draw, baseline) * draw[_RATIO] * treatment
    modelled = modelled_deaths(draw, baseline)
    share = 1.0 - modelled / everything
    if not 0.0 < share <= 1.0:
        message = (
            f"background mortality would be {share:.3g} of its published level: HIV, liver disease and "
            f"endocarditis cause {modelled:.3g} deaths per person-year at baseline, all causes but overdose "
            f"{everything:.3g} by {_RATIO} = {draw[_RATIO]:.4g}; the modelled causes must be fewer"
        )
        fix = f"lower population.hiv, population.hcv or the rates of those processes, or raise {_RATIO}."
        raise StudyError([Problem("RANGE", message, fix, path=f"parameters.{_RATIO}")])
    return share


def _population_rate(draw: Mapping[str, float], baseline: Baseline) -> float:
    """Return the general population's death rate at the baseline's ages and sexes."""
    weights = np.exp(-(((_AGES - baseline.mean_age) / draw["pop.age_sd_bc"]) ** 2) / 2.0)
    women, men = rates_by_age(draw) @ (weights / weights.sum())
    return float(baseline.male * men + (1.0 - baseline.male) * women)


def modelled_deaths(draw: Mapping[str, float], baseline: Baseline) -> float:
    """Return deaths per person-year of HIV, liver disease and endocarditis at the baseline composition.

    * HIV: suppressed people die at `exp.hiv_mort_art`; of the others, the late stage's share of untreated
      time (`inf.hiv_years_*`) dies at `inf.hiv_mort_cd4lt200_pwid`.
    * Liver: people with advanced disease die at the rates of decompensated cirrhosis and cancer, in the
      proportion that the flows between the stages hold in balance.
    * Endocarditis: admissions of people who inject at liberty x death in hospital.

    Processes that are switched off (`baseline.off`) cause none: their share goes back to the background.
    """
    years = [draw[f"inf.hiv_years_{stage}"] for stage in ("gt500", "350", "200", "lt200")]
    untreated = (1.0 - baseline.hiv_treated) * years[-1] / sum(years) * draw["inf.hiv_mort_cd4lt200_pwid"]
    hiv = baseline.hiv_prevalence * (baseline.hiv_treated * draw["exp.hiv_mort_art"] + untreated)
    liver = baseline.hcv_advanced * _advanced_liver_rate(draw)
    endocarditis = (1.0 - baseline.custody) * draw[ENDOCARDITIS_RATE] * draw[ENDOCARDITIS_FATALITY]
    deaths = {"hiv": hiv, "hcv": liver, "endocarditis": endocarditis}
    return baseline.injecting * sum(rate for process, rate in deaths.items() if process not in baseline.off)


def _advanced_liver_rate(draw: Mapping[str, float]) -> float:
    """Return the death rate of people with decompensated cirrhosis or cancer, mixed as in balance."""
    decompensated_death = _rate(draw, "inf.hcv_dc_death_later")
    cancer_death = _rate(draw, "inf.hcv_hcc_death")
    to_cancer = _rate(draw, "inf.hcv_dc_hcc")
    decompensated = _rate(draw, "inf.hcv_f4_dc") / (decompensated_death + to_cancer)
    cancer = (_rate(draw, "inf.hcv_f4_hcc") + decompensated * to_cancer) / cancer_death
    return (decompensated * decompensated_death + cancer * cancer_death) / (decompensated + cancer)


def rates(figures: dict[str, float], peak: Peak) -> list[Rate]:
    """Return the one stream; hazards rise with age, so the oldest reach above the usual."""
    bound = figures["background_oldest"] * peak(ON_BACKGROUND_MORTALITY)
    targets = (ON_BACKGROUND_MORTALITY,)
    usual = figures["background_usual"]
    return [Rate("mortality.background", "background_mortality", usual, bound, targets=targets)]


@kernel_function
def age_in_steps(sim, i):
    """Return a person's age in whole months at the middle of the current study year; 0 for who is born after it.

    A person's hazard thus changes only where a study year begins, which is where upper bands are looked at
    again: all year it is that of the age at the year's middle.
    """
    middle = (sim.clock[NOW] // TICKS_PER_YEAR) * TICKS_PER_YEAR + TICKS_PER_YEAR // 2
    return max(0, (middle - sim.person[i].birth) // STEP_TICKS)


@kernel_function
def background_hazard(sim, argument, i, a):
    """Return the hazard of dying of other causes, in custody too; the last column holds beyond."""
    rate = sim.table[sim.person[i].sex, min(age_in_steps(sim, i), STEPS - 1)]
    return rate * sim.parameter[a].background_ratio * multiplier(sim, i, a, ON_BACKGROUND_MORTALITY)


@kernel_function
def background_apply(sim, argument, i, a, luck):
    """Die of another cause."""
    die(sim, i, a, BACKGROUND_DEATH)


PROCESSES = (
    Process(
        "background_mortality",
        background_hazard,
        background_apply,
        reads=PERSON | STUDY_YEAR,
        changes=PERSON,
    ),
)
SUBJECT = Subject("mortality", FIELDS, EVIDENCE, figures, rates)

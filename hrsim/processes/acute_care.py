"""Acute care for causes that no other process models: emergency visits and admissions."""

from collections.abc import Mapping

from hrsim.engine.accrual import count_event
from hrsim.engine.compiler import kernel_function
from hrsim.engine.model import Process
from hrsim.errors import Problem, StudyError
from hrsim.processes.bacterial import ENDOCARDITIS_RATE, SKIN_ADMITTED, SKIN_RATE
from hrsim.processes.effects import ON_ADMISSION, ON_EMERGENCY_VISIT, multiplier
from hrsim.processes.events import ADMISSION, EMERGENCY_VISIT, PROMPT_EMERGENCY
from hrsim.processes.rates import Baseline, Peak, Rate, Subject
from hrsim.processes.services import follow_up, prompt
from hrsim.processes.state import in_community
from hrsim.processes.status import IN_CUSTODY

VISITS = "hsu.ed_rate_pwid_melb"
ADMISSIONS = "hsu.adm_rate_heroin_london"
EVIDENCE = (
    VISITS,
    ADMISSIONS,
    SKIN_RATE,
    SKIN_ADMITTED,
    ENDOCARDITIS_RATE,
    "od.nf_rate_pwid_us_post2016",
    "od.witnessed",
    "od.public_share",
    "od.ems_call_public",
    "od.rr_ems_private",
    "od.transport_given_ems",
    "hsu.admit_given_ed_nyc",
)


def figures(draw: Mapping[str, float], baseline: Baseline) -> dict[str, float]:
    """Return the rates of emergency visits and admissions of other causes per person-year at liberty.

    The all-cause rates were seen in people who inject or are treated for heroin or crack, so what is taken
    off is what the model itself gives people who inject, by `modelled_care`. Everybody at liberty gets
    what is left, whatever their use.
    Raises `StudyError` when the modelled visits or admissions are more than the all-cause rate, unless the process is
    switched off, so that nothing is left to tell.
    """
    visits, admissions = modelled_care(draw, baseline.off)
    others = {
        "emergency_visits": ("emergency_visit", VISITS, visits, "emergency visits"),
        "admissions": ("admission", ADMISSIONS, admissions, "admissions"),
    }
    return {
        field: 0.0 if process in baseline.off else _remainder(draw, row, modelled, words)
        for process, (field, row, modelled, words) in others.items()
    }


def modelled_care(draw: Mapping[str, float], off: frozenset[str]) -> tuple[float, float]:
    """Return the emergency visits and admissions a year that other processes give a person who injects.

    Overdose: non-fatal rate x witnessed x ambulance called x transported (x admitted). Skin infection: every
    acute one is a visit, some are admitted. Endocarditis: an admission. Left out, because small: visits of
    people who die of the overdose, and the share of overdoses on supervised sites. Processes that are switched
    off (`off`) bring none.
    """
    visits = admissions = 0.0
    if "overdose" not in off:
        public = draw["od.public_share"]
        called = draw["od.ems_call_public"] * (public + (1.0 - public) * draw["od.rr_ems_private"])
        seen = (
            draw["od.nf_rate_pwid_us_post2016"]
            * draw["od.witnessed"]
            * called
            * draw["od.transport_given_ems"]
        )
        visits += seen
        admissions += seen * draw["hsu.admit_given_ed_nyc"]
    if "skin_infection" not in off:
        visits += draw[SKIN_RATE]
        admissions += draw[SKIN_RATE] * draw[SKIN_ADMITTED]
    if "endocarditis" not in off:
        admissions += draw[ENDOCARDITIS_RATE]
    return visits, admissions


def _remainder(draw: Mapping[str, float], row: str, modelled: float, what: str) -> float:
    rest = draw[row] - modelled
    if rest < 0.0:
        message = (
            f"{row} is {draw[row]:.4g} a year from all causes, but the modelled causes alone bring "
            f"{modelled:.4g} {what} a year"
        )
        fix = f"raise {row}, or lower the rates of overdose, skin infection or endocarditis."
        raise StudyError([Problem("RANGE", message, fix, path=f"parameters.{row}")])
    return rest


def rates(figures: dict[str, float], peak: Peak) -> list[Rate]:
    """Return the two streams."""
    visits, admissions = figures["emergency_visit"], figures["admission"]
    return [
        Rate(
            "care.emergency",
            "emergency_visit",
            visits,
            visits * peak(ON_EMERGENCY_VISIT),
            excluded=IN_CUSTODY,
        ),
        Rate("care.admission", "admission", admissions, admissions * peak(ON_ADMISSION), excluded=IN_CUSTODY),
    ]


@kernel_function
def visit_hazard(sim, argument, i, a):
    """Return the hazard of an emergency visit of another cause, 0 in custody."""
    if not in_community(sim, i, a):
        return 0.0
    return sim.parameter[a].emergency_visit * multiplier(sim, i, a, ON_EMERGENCY_VISIT)


@kernel_function
def visit_apply(sim, argument, i, a, luck):
    """Count the visit and what it leads to."""
    count_event(sim, i, a, EMERGENCY_VISIT)
    prompt(sim, a, PROMPT_EMERGENCY)
    follow_up(sim, i, a, luck)


@kernel_function
def admission_hazard(sim, argument, i, a):
    """Return the hazard of an admission of another cause, 0 in custody."""
    if not in_community(sim, i, a):
        return 0.0
    return sim.parameter[a].admission * multiplier(sim, i, a, ON_ADMISSION)


@kernel_function
def admission_apply(sim, argument, i, a, luck):
    """Count the admission."""
    count_event(sim, i, a, ADMISSION)


PROCESSES = (
    Process("emergency_visit", visit_hazard, visit_apply, quiet=True),
    Process("admission", admission_hazard, admission_apply, quiet=True),
)
SUBJECT = Subject("acute_care", ("emergency_visit", "admission"), EVIDENCE, figures, rates)

"""The full model: every subject, its processes and timers, in one list. A new subject is added here only."""

from functools import cache

from hrsim.engine.model import Model, Timer
from hrsim.processes import (
    acute_care,
    bacterial,
    custody,
    distress,
    hepatitis_c,
    hiv,
    housing,
    mortality,
    moving_away,
    naloxone,
    overdose,
    own_events,
    services,
    trust,
    use,
)
from hrsim.processes.coverage import renew
from hrsim.processes.entry import enter
from hrsim.processes.episodes import milestone
from hrsim.processes.events import EVENTS
from hrsim.processes.rates import Subject
from hrsim.processes.services import count_all_services, stay_runs_out
from hrsim.processes.state import FIXED_DIMENSIONS, PERSON_FIELDS, STATE_FIELDS, WORLD_FIELDS, cell
from hrsim.processes.stays import patience_ends
from hrsim.processes.world_changes import adjust, start

SUBJECTS: tuple[Subject, ...] = (
    mortality.SUBJECT,
    use.SUBJECT,
    overdose.SUBJECT,
    naloxone.SUBJECT,
    custody.SUBJECT,
    housing.SUBJECT,
    hiv.SUBJECT,
    hepatitis_c.SUBJECT,
    bacterial.SUBJECT,
    acute_care.SUBJECT,
    distress.SUBJECT,
    trust.SUBJECT,
    moving_away.SUBJECT,
)
_MODULES = (
    mortality, use, overdose, naloxone, custody, housing, hiv, hepatitis_c, bacterial, acute_care, distress,
    trust, moving_away, services, own_events,
)  # fmt: skip
# The figures that are 0 when a study switches a process off.
SWITCHES: dict[str, tuple[str, ...]] = {
    "background_mortality": ("background_ratio",),
    "use": (
        "stop_injecting_use",
        "stop_other_use",
        "relapse",
        "start_injecting",
        "stop_injecting",
        "stops_after_overdose",
    ),
    "overdose": ("overdose_base",),
    "custody": ("custody_entry",),
    "housing": ("housing_loss", "housing_gain"),
    "hiv": (
        "hiv_sharing",
        "hiv_sexual_woman",
        "hiv_sexual_man",
        "hiv_late",
        "hiv_death_late",
        "hiv_death_suppressed",
    ),
    "hcv": ("hcv_sharing", *hepatitis_c.COURSE),
    "skin_infection": ("skin_infection",),
    "endocarditis": ("endocarditis",),
    "emergency_visits": ("emergency_visit",),
    "admissions": ("admission",),
    "distress": ("distress_onset", "distress_recovery"),
    "trust": ("trust_loss", "trust_gain"),
}
# Processes that are off unless a study switches them on, and the evidence that only they rest on.
OPTIONAL: dict[str, tuple[str, ...]] = {
    "distress": distress.EVIDENCE,
    "trust": trust.EVIDENCE,
    "custody_housing": (custody.HOUSING_LOSS_ROW,),
}
TIMERS = (
    Timer("stay_end", stay_runs_out, quiet=True),
    Timer("custody_end", custody.release),
    Timer("hiv_acute_end", hiv.acute_ends),
    Timer("hcv_acute_end", hepatitis_c.acute_ends),
    Timer("patience_end", patience_ends, quiet=True),
    Timer("retention", milestone, quiet=True),
)


@cache
def full_model(oat_levels: tuple[str, ...], own_events: tuple[str, ...] = ()) -> Model:
    """Return the model for a study whose opioid agonist treatments and declared events are named."""
    return Model(
        name="full",
        processes=tuple(process for module in _MODULES for process in module.PROCESSES),
        cell=cell,
        enter=enter,
        start=start,
        renew=renew,
        adjust=adjust,
        close=count_all_services,
        timers=TIMERS,
        person_fields=PERSON_FIELDS,
        state_fields=STATE_FIELDS,
        world_fields=WORLD_FIELDS,
        parameter_fields=tuple((name, "f8") for subject in SUBJECTS for name in subject.fields),
        events=(*EVENTS, *own_events),
        state_dimensions=(("oat", ("none", *oat_levels)), *FIXED_DIMENSIONS),
    )

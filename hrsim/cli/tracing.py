"""One life of a stored run in words: the draw done again, the person followed, every arm side by side."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from hrsim.cli.progress import waiting
from hrsim.errors import HrsimError
from hrsim.experiment.measures import OVERDOSES
from hrsim.experiment.plan import Task
from hrsim.experiment.stored import StoredRun, open_stored_run
from hrsim.experiment.verify import ledger_difference
from hrsim.processes import state as levels
from hrsim.report.life import LifeStory, Row, Total
from hrsim.simulate import prepare
from hrsim.study.tree import nearest
from hrsim.trace import Facts, Life, Step, trace
from hrsim.units import TICKS_PER_DAY

OVERDOSE = {
    "overdose_supervised": "at a supervised site",
    "overdose_witnessed": "witnessed",
    "overdose_reversed": "naloxone given",
    "ambulance": "ambulance",
    "overdose_emergency_department": "emergency department",
    "overdose_admission": "admitted",
    "brain_injury": "brain injury",
}
EVENT_WORDS = {
    "entry": "enters the population",
    "overdose_death": "DIES of an overdose",
    "background_death": "DIES of another cause",
    "hiv_death": "DIES of HIV",
    "liver_death": "DIES of liver disease",
    "endocarditis_death": "DIES of endocarditis",
    "moved_away": "MOVES AWAY",
    "overdose_nonfatal": "overdose, survived",
    "skin_infection": "skin infection",
    "skin_infection_admission": "admitted with a skin infection",
    "endocarditis_admission": "admitted with endocarditis",
    "emergency_visit": "emergency visit",
    "admission": "hospital admission",
    "hiv_infection": "infected with HIV",
    "hcv_infection": "infected with hepatitis C",
    "hcv_reinfection": "infected with hepatitis C again",
    "hcv_clearance": "clears hepatitis C",
    "hcv_cure": "cured of hepatitis C",
    "hiv_diagnosis": "HIV diagnosed",
    "hcv_diagnosis": "hepatitis C diagnosed",
    "custody_entry": "enters custody",
    "custody_release": "released from custody",
    "use_stop": "stops using",
    "relapse": "relapses",
    "injecting_start": "starts injecting",
    "injecting_stop": "stops injecting",
    "housing_loss": "loses stable housing",
    "housing_gain": "gains stable housing",
    "distress_onset": "distress begins",
    "distress_recovery": "distress ends",
}
HIDDEN_EVENTS = ("bed_days", "naloxone_kit_used", "naloxone_kit_lost")
COUNTED_ONLY = {"contacts": "contacts", "turned_away": "turned away"}
CIRRHOSIS = {
    levels.F4: "cirrhosis",
    levels.DECOMPENSATED: "liver decompensates",
    levels.CANCER: "liver cancer",
}
AGAIN = (
    "Same luck in every arm: each candidate event of this person (an overdose, an arrest, a meeting with a service) "
    "comes at the same moment with the same chance drawn; arms differ only in whether it happens there. A line that "
    "begins with = holds in every arm shown. One life in one draw is an illustration, never evidence for an arm."
)


class NotInRun(HrsimError):
    """Report a draw, replicate or arm that a run does not have."""

    exit_code = 2


def trace_run(
    path: Path, person: int, draw: int, replicate: int, arms: Sequence[str], contacts: bool
) -> tuple[LifeStory, str]:
    """Tell one life of a stored run, and say in what the draw done again differs from the stored one (else empty).

    `arms` chooses and orders arms, all where it is empty; `contacts` shows every contact. Raise NotInRun for a draw or
    arm that is not there, NoSuchPerson for a person.
    """
    with waiting("Doing the draw again"):
        run = open_stored_run(path)
        task = _task(run, draw, replicate)
        shown = [_arm_number(run, name) for name in arms] or range(len(run.experiment.resolved.study.arms))
        prepared = prepare(run.experiment.resolved)
        life = trace(prepared, run.experiment.draws[draw], task.luck, person)
    difference = ledger_difference(run.folder.ledger(task), life.ledger)
    story = _story(run, life, task, person, list(shown), contacts)
    return story, difference


def _task(run: StoredRun, draw: int, replicate: int) -> Task:
    plan = run.experiment.plan
    for task in plan.tasks():
        if (task.draw, task.replicate) == (draw, replicate):
            return task
    last = len(plan.draw_numbers()) - 1
    raise NotInRun(
        f"expected --draw between 0 and {last} and --replicate between 0 and {plan.replicates - 1}, got {draw} and "
        f"{replicate}"
    )


def _arm_number(run: StoredRun, name: str) -> int:
    known = list(run.experiment.resolved.study.arms)
    if name not in known:
        raise NotInRun(f"expected an arm, got '{name}': {nearest(name, known, 'arms')}")
    return known.index(name)


def _story(
    run: StoredRun, life: Life, task: Task, person: int, shown: list[int], contacts: bool
) -> LifeStory:
    study = run.experiment.resolved.study
    labels = {
        name: service.label or name.replace("_", " ")
        for arm in study.arms.values()
        for name, service in arm.services.items()
    }
    services = [labels.get(name, name) for name in life.services]
    start, people = study.horizon.start, study.population.size
    kind = "there at the start" if person < people else f"may enter on {_date(start, life.entry)}"
    end = Row(
        _date(start, int(life.ledger.quarter_edges[-1])),
        tuple(_ending(life.last[a], services) for a in shown),
    )
    return LifeStory(
        heading=f"Person {person} ({kind}), draw {task.draw}, replicate {task.replicate}: {study.title}",
        who=tuple(_who(life, services, person < people)),
        arms=tuple(study.arms[life.arms[a]].label or life.arms[a] for a in shown),
        rows=(*_rows(life, start, shown, services, contacts), end),
        totals=tuple(_totals(life, shown, services)),
        notes=(AGAIN,),
    )


def _who(life: Life, services: Sequence[str], present: bool) -> Iterator[str]:
    sex = "Woman" if life.sex == levels.FEMALE else "Man"
    first = life.first[0]
    yield f"{sex}, {life.age:.0f} years old {'at the start' if present else 'when entering'};"
    yield f"{_situation(first, services)}."
    if life.group != "all_people":
        yield f"Group: {life.group.replace('/', ', ').replace('=', ' ')}."


def _situation(facts: Facts, services: Sequence[str]) -> str:
    use = ("injects", "uses by another route", "does not use")[facts["use"]]
    parts = [use, f"{levels.HOUSING_LEVELS[facts['housing']]} housing"]
    parts += ["in custody"] if facts["custody"] == levels.CUSTODY else []
    parts += ["HIV"] if facts["hiv"] else []
    parts += ["hepatitis C"] if facts["viraemic"] else []
    parts += [f"in {name}" for number, name in enumerate(services) if facts["enrolled"] >> number & 1]
    parts += [f"{facts['kits']} naloxone kit" + "s" * (facts["kits"] > 1)] if facts["kits"] else []
    return ", ".join(parts)


def _ending(facts: Facts, services: Sequence[str]) -> str:
    words = {0: "never entered", 2: "dead"}.get(facts["status"])
    return words or f"alive: {_situation(facts, services)}"


def _rows(
    life: Life, start: datetime.date, shown: list[int], services: Sequence[str], contacts: bool
) -> Iterator[Row]:
    """Give a row for each day on which something happened in one of the arms shown."""
    days: dict[str, list[list[str]]] = {}
    for step in life.steps:
        said = [list(_said(step, a, services, contacts)) for a in shown]
        if any(said):
            cells = days.setdefault(_date(start, step.tick), [[] for _ in shown])
            for cell, words in zip(cells, said, strict=True):
                cell += words
    for date, cells in days.items():
        yield Row(date, tuple("; ".join(cell) for cell in cells))


def _said(step: Step, a: int, services: Sequence[str], contacts: bool) -> Iterator[str]:
    """Say what happened in one arm within an hour; a name without words of its own stands as it is."""
    events = {event: count for (arm, event), count in step.events.items() if arm == a}
    overdose = set(OVERDOSES) & events.keys()
    around = [words for event, words in OVERDOSE.items() if overdose and event in events]
    for event, count in events.items():
        if event in HIDDEN_EVENTS or (overdose and event in OVERDOSE):
            continue
        words = EVENT_WORDS.get(event, event.replace("_", " "))
        words += f" ({', '.join(around)})" if event in overdose and around else ""
        yield words + (f" x{count}" if count > 1 else "")
    yield from _services_said(step, a, services, contacts)
    before, after = step.changes.get((a, "hcv"), (0, 0))
    if after > before and after in CIRRHOSIS:
        yield CIRRHOSIS[after]
    before, after = step.changes.get((a, "hiv"), (0, 0))
    if after == levels.HIV_LATE != before:
        yield "late HIV"
    if step.changes.get((a, "suppressed"), (0, 0)) == (0, 1):
        yield "HIV suppressed"


def _services_said(step: Step, a: int, services: Sequence[str], contacts: bool) -> Iterator[str]:
    flows = {(s, flow): count for (arm, s, flow), count in step.flows.items() if arm == a}
    for (s, flow), count in flows.items():
        if flow == "starts":
            yield f"starts {services[s]}"
        elif flow == "stops":
            yield f"leaves {services[s]}"
        elif contacts and flow in COUNTED_ONLY and (s, "starts") not in flows:
            yield f"{services[s]}: {COUNTED_ONLY[flow]}" + (f" x{count}" if count > 1 else "")
    waited, waits = step.changes.get((a, "waits"), (-1, -1))
    if waits >= 0:
        yield f"waits for {services[waits]}"
    elif waited >= 0 and (waited, "starts") not in flows and (a, "status") not in step.changes:
        yield f"no longer waits for {services[waited]}"


def _totals(life: Life, shown: list[int], services: Sequence[str]) -> Iterator[Total]:
    """Count overdoses, and contacts with each service, over the whole life."""
    counts: list[Counter[str]] = [Counter() for _ in life.arms]
    for step in life.steps:
        for (a, event), count in step.events.items():
            counts[a]["overdoses"] += count if event in OVERDOSES else 0
        for (a, s, flow), count in step.flows.items():
            if flow in COUNTED_ONLY:
                counts[a][f"{services[s]}, {COUNTED_ONLY[flow]}"] += count
    for name in sorted({name for a in shown for name, count in counts[a].items() if count}):
        yield Total(name, tuple(counts[a][name] for a in shown))


def _date(start: datetime.date, tick: int) -> str:
    """Name the day of a tick, the last moment of a day belonging to it."""
    return str(start + datetime.timedelta(days=max(tick - 1, 0) // TICKS_PER_DAY))

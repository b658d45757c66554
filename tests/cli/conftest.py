"""A command line with a stand-in for the engine: instant ledgers that have every name a study can price."""

import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from math import prod

import numpy as np
import pytest

from hrsim.cli.app import main
from hrsim.cli.running import Request, run_request
from hrsim.engine.ledger import AGES, SEXES, Ledger
from hrsim.units import TICKS_PER_QUARTER

DIMENSIONS = (
    ("use", ("injecting", "other_route", "not_using")),
    ("oat", ("none", "oat_methadone", "oat_buprenorphine")),
    ("housing", ("stable", "unstable")),
    ("custody", ("community", "custody")),
    ("hiv", ("none", "untreated", "treated")),
    ("hcv", ("none", "chronic", "cirrhosis", "decompensated", "cancer")),
    ("brain_injury", ("no", "yes")),
)
EVENTS = (
    *("overdose_nonfatal", "overdose_death", "other_death", "ambulance", "overdose_emergency_department"),
    *("overdose_admission", "emergency_visit", "admission", "skin_infection", "skin_infection_admission"),
    *("endocarditis_admission", "hiv_infection", "hcv_infection"),
)
FLOWS = (
    *("contacts", "starts", "completions", "stops", "client_ticks", "waiting_ticks", "turned_away", "items"),
    *("demand", "place_ticks", "open_ticks", "site_ticks"),
)
QUARTERS = 8

HOSTILE = (
    '\x1b[31mred\x07} @misc{x, "quoted" \\input{/etc/passwd} $100 & 50% #1_a\n'
    "ER  - \nTY  - BOOK\n---\nkey: [value]\u202e <script>alert(1)</script> =1+1"
)
HOSTILE_AUTHOR = "Ann\x1b]0;owned\x07 {O'Hara} and others\r\nAU  - Somebody Else"
HOSTILE_STUDY = f"""\
extends: demo.yaml
title: {json.dumps(HOSTILE)}
authors: [{json.dumps(HOSTILE_AUTHOR)}, Ministry of Health]
horizon: {{years: 2}}
remove: [arms.consumption_site, arms.oat_expansion, arms.integrated]
analysis: {{draws: 3}}
"""


@dataclass(frozen=True)
class StandInModel:
    arms: tuple[str, ...]
    services: tuple[str, ...]
    parameter_ids: tuple[str, ...] = ("od.witnessed",)


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str


def prepare_stand_in(resolved):
    arms = resolved.study.arms
    return StandInModel(tuple(arms), tuple(sorted({name for arm in arms.values() for name in arm.services})))


def simulate_stand_in(model, parameters, luck):
    """Give the first arm Poisson events by luck and parameters, every later arm 5 % fewer than the last."""
    rng = np.random.default_rng(luck)
    shared = rng.poisson(500 * parameters["od.witnessed"], (1, QUARTERS, 1, len(EVENTS)))
    events = [rng.binomial(shared, 0.95**place) for place in range(len(model.arms))]
    lead = (len(model.arms), QUARTERS)
    states = prod(len(levels) for _, levels in DIMENSIONS)
    ticks = np.zeros((*lead, 1, states), dtype=np.int64)
    ticks[..., 0] = 400 * TICKS_PER_QUARTER
    return Ledger(
        arms=model.arms,
        quarter_edges=np.arange(QUARTERS + 1) * TICKS_PER_QUARTER,
        groups=("all_people",),
        event_names=EVENTS,
        events=np.concatenate(events),
        state_dimensions=DIMENSIONS,
        state_ticks=ticks,
        service_names=model.services,
        flow_names=FLOWS,
        service_flow=rng.poisson(100.0, (*lead, len(model.services), len(FLOWS))),
        survivors=_alive_at_the_end(len(model.arms), states),
    )


def _alive_at_the_end(arms, states):
    """Leave 300 women of 40 and 100 men of 50 in the first state, one more woman in each arm."""
    shape = (arms, 1, len(SEXES), AGES, states)
    cells = [
        (np.ravel_multi_index((arm, 0, sex, age, 0), shape), people + arm * (sex == 0))
        for arm in range(arms)
        for sex, age, people in ((0, 40, 300), (1, 50, 100))
    ]
    return np.array(cells, dtype=np.int64)


@pytest.fixture
def stand_in_engine(monkeypatch):
    monkeypatch.setattr("hrsim.cli.running.prepare", prepare_stand_in)
    monkeypatch.setattr("hrsim.experiment.run.simulate", simulate_stand_in)
    monkeypatch.setattr("hrsim.experiment.verify.prepare", prepare_stand_in)
    monkeypatch.setattr("hrsim.experiment.verify.simulate", simulate_stand_in)


@pytest.fixture
def interrupting_engine():
    """Give a function that makes a stand-in simulation which the user interrupts after so many calls."""

    def after(count):
        done = []

        def simulate(model, parameters, luck):
            if len(done) == count:
                raise KeyboardInterrupt
            done.append(luck)
            return simulate_stand_in(model, parameters, luck)

        return simulate

    return after


@pytest.fixture
def written_pages():
    """Ask for pages and figures, which runs of these tests leave out because they take a second each."""


@pytest.fixture
def hrsim(request, monkeypatch, capsys, tmp_path) -> Callable[..., Outcome]:
    """Give a function that types a command in an empty folder and returns exit code and both outputs."""
    monkeypatch.chdir(tmp_path)
    if "written_pages" not in request.fixturenames:
        monkeypatch.setattr("hrsim.report.pages.write_pages", lambda report, folder, languages: None)

    def type_command(*words: str) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["hrsim", *words])
        with pytest.raises(SystemExit) as exit_info:
            main()
        code = exit_info.value.code
        captured = capsys.readouterr()
        return Outcome(code if isinstance(code, int) else int(code is not None), captured.out, captured.err)

    return type_command


@pytest.fixture(scope="session")
def stored_once(tmp_path_factory):
    """Give the folder of one run of a study whose texts are hostile; copy it before changing it."""
    folder = tmp_path_factory.mktemp("stored")
    study = folder / "hostile.yaml"
    study.write_text(HOSTILE_STUDY, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hrsim.cli.running.prepare", prepare_stand_in)
        patch.setattr("hrsim.experiment.run.simulate", simulate_stand_in)
        finished = run_request(Request(study, (), folder / "runs", 1, "refuse"))
    return finished.path


@pytest.fixture
def stored(stored_once, tmp_path):
    """Give a copy of that run to spoil."""
    return shutil.copytree(stored_once, tmp_path / "stored" / stored_once.name)

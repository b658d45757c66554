"""Same people, same luck: no arm sees another (P3), nothing is lost (P5), no effect means no difference (P6)."""

import hashlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from hrsim.compile import assemble_draw
from hrsim.engine.ledger import Ledger
from hrsim.engine.simulation import ALIVE, DEAD
from hrsim.simulate import prepare, run_draw, simulate
from hrsim.study.load import load_study
from tests.full_model.studies import assert_same, by_arm, prepared, run, study

STATUS_QUO = "  status_quo: {}\n"
RAMP = "{from: 1440, to: 4320, over: 18 months}"
KITS = f"  kits: {{services: {{take_home_naloxone: {{capacity: {{kits_per_year: {RAMP}}}}}}}}}\n"
SITE = (
    "  site: {services: {supervised_consumption: {opens: 2026-07-01, capacity: {sites: 1, booths: 6, "
    'hours: "08:00-24:00", minutes_per_visit: 30}}}}\n'
)
RISKIER = (
    "  riskier: {parameters: {od.mult_relapse: 40, od.release_rr_2wk_us_wa: 90, pop.init_montreal: 3}}\n"
)
INVENTED = (
    "  invented: {services: {tea_house: {label: Tea house, reach: 9, stay: {mean: 2 years}, "
    "effects: [{on: relapse, multiplier: 0.5}, {on: overdose, multiplier: 30, scope: direct}]}}}\n"
)
TRUSTED = (
    "  trusted: {processes: {trust: true, custody_housing: true, distress: true}, services: {take_home_naloxone: "
    "{risk_compensation: {during: carrying, overdose: 20}}}}\n"
)
SIZE, YEARS = 1500, 3.0


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    return run(prepared(tmp_path_factory.mktemp("alone"), study(STATUS_QUO, SIZE, YEARS)))


@pytest.mark.parametrize(
    "arms",
    [
        STATUS_QUO + KITS,
        KITS + SITE + STATUS_QUO,
        STATUS_QUO + RISKIER,
        INVENTED + STATUS_QUO + SITE,
        TRUSTED + STATUS_QUO,
    ],
    ids=[
        "one more",
        "reordered",
        "hazards above the ceilings",
        "a service nobody foresaw",
        "optional processes",
    ],
)
def test_other_arms_change_nothing(arms: str, alone: Ledger, tmp_path: Path) -> None:
    ledger = run(prepared(tmp_path, study(arms, SIZE, YEARS)))
    assert_same(by_arm(ledger)["status_quo"], by_arm(alone)["status_quo"])
    for name, counts in by_arm(ledger).items():
        different = name != "status_quo"
        total = sum(
            int(np.abs(counts[0][event] - by_arm(alone)["status_quo"][0][event]).sum()) for event in counts[0]
        )
        assert (total > 0) == different


def test_an_arm_is_the_same_by_another_name(tmp_path: Path) -> None:
    ledger = run(
        prepared(tmp_path, study(STATUS_QUO + KITS + KITS.replace("kits:", "another:", 1), SIZE, YEARS))
    )
    assert_same(by_arm(ledger)["kits"], by_arm(ledger)["another"])


def test_a_service_without_effect_changes_nothing_but_its_own_flows(alone: Ledger, tmp_path: Path) -> None:
    neutral = INVENTED.replace("0.5", "1").replace("30", "1")
    ledger = run(prepared(tmp_path, study(STATUS_QUO + neutral, SIZE, YEARS)))
    events, states, flows = by_arm(ledger)["invented"]
    before = by_arm(alone)["status_quo"]
    assert_same((events, states), before[:2])
    own = {name for name in flows if name.startswith("tea_house:")}
    assert own
    assert_same(({name: value for name, value in flows.items() if name not in own},), (before[2],))


def test_people_and_time_add_up(tmp_path: Path) -> None:
    """People in = alive + dead; everybody's time from entry to death or the end is in exactly one state."""
    ready = prepared(tmp_path, study(STATUS_QUO + KITS, SIZE, YEARS))
    sim = run_draw(ready, ready.central, 3)
    for a in range(2):
        status = sim.state["status"][:, a]
        deaths = sum(
            int(sim.event[a, ..., k].sum())
            for k, name in enumerate(ready.model.events)
            if name.endswith("_death")
        )
        entries = int(sim.event[a, ..., 0].sum())
        assert deaths == (status == DEAD).sum()
        assert SIZE + entries == ((status == ALIVE) | (status == DEAD)).sum()
        present = status != 0
        end = np.where(status == DEAD, sim.state["since"][:, a], ready.horizon)
        assert sim.ticks[a].sum() == (end - sim.person["entry"])[present].sum()
        assert (sim.state["since"][status == ALIVE, a] == ready.horizon).all()


def test_threads_do_not_matter(tmp_path: Path) -> None:
    ready = prepared(tmp_path, study(STATUS_QUO + SITE, SIZE, 1.0))
    serial = [digest(simulate(ready, ready.central, luck)) for luck in range(4)]
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(lambda luck: digest(simulate(ready, ready.central, luck)), range(4))) == serial
    assert len(set(serial)) == 4


def digest(ledger: Ledger) -> str:
    parts = (ledger.events, ledger.state_ticks, ledger.service_flow)
    return hashlib.blake2b(b"".join(np.ascontiguousarray(part).tobytes() for part in parts)).hexdigest()


def test_the_source_runs_without_the_compiler_bit_for_bit(tmp_path: Path) -> None:
    """The kernel source as plain Python gives the compiled bytes: 60 people, six arms, 8 months."""
    ready = prepared(tmp_path, study(STATUS_QUO + KITS + SITE + RISKIER + INVENTED + TRUSTED, 60, 0.7))
    code = "import sys; from tests.full_model.test_arms import digest_of_study; print(digest_of_study(sys.argv[1]))"
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(Path(__file__).parents[2])}
    result = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, str(tmp_path / "study.yaml")],
        capture_output=True, text=True, env=environment, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip() == digest(simulate(ready, ready.central, 5))


def digest_of_study(path: str) -> str:
    ready = prepare(load_study(path))
    return digest(simulate(ready, ready.central, 5))


def test_state_is_at_most_192_bytes_per_person_and_arm() -> None:
    ready = prepare(
        load_study(Path(__file__).parents[2] / "scenarios" / "demo.yaml", ["population.size=200"])
    )
    sim = assemble_draw(ready, ready.central, 1).sim
    arms = len(ready.frame.arms)
    people = sim.state.shape[0]
    bytes_each = (sim.state.nbytes + sim.stay.nbytes + sim.link.nbytes) / people / arms
    assert bytes_each <= 192, bytes_each

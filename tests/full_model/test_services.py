"""The service machine through real YAML: caseloads, lists, places, stays against closed forms (Q5, Q8, S2)."""

from pathlib import Path

import numpy as np
import pytest

from hrsim.engine.simulation import NOW
from hrsim.processes.effects import ENROLLED
from hrsim.simulate import run_draw
from hrsim.units import TICKS_PER_WEEK
from tests.full_model.studies import QUIET, flow, in_years, prepared, run, study

STATUS_QUO = "  status_quo: {}\n"


def service(stay: str, reach: float | str, capacity: str = "", more: str = "") -> str:
    return (
        "services:\n"
        f"  clinic: {{label: Clinic, eligible: {{}}, reach: {reach}, stay: {stay}{capacity}{more}}}"
    )


@pytest.mark.parametrize(
    ("stay", "after_a_year"),
    [("{mean: 1.75 years}", 91.409194), ("{fixed: 1.75 years}", 120.0)],
    ids=["exponential", "course"],
)
def test_caseload_without_limit_is_poisson(stay: str, after_a_year: float, tmp_path: Path) -> None:
    """Q8: 120 entries a year staying 1.75 years: from empty, 91.41 or 120 clients after a year, 210 in the long run.

    120 a year from 60,000 people, of whom at most 210 are enrolled: the share enrolled (0.35 %) is allowed for.
    """
    people, lucks = 30_000, 16
    text = study(STATUS_QUO, people, 12.0, QUIET, service(stay, 120 / people))
    year, late = [], []
    ready = prepared(tmp_path, text)
    for luck in range(lucks):
        ledger = run(ready, luck)
        clients = flow(ledger, 0, "clinic", "starts").cumsum() - flow(ledger, 0, "clinic", "stops").cumsum()
        year.append(clients[3])
        late.append(clients[39:48].mean())
    shrink = 1.0 - 210 / people
    assert abs(np.mean(year) - after_a_year) < 4 * np.sqrt(after_a_year / lucks)
    assert abs(np.mean(late) - 210 * shrink) < 4 * 14.491377 / np.sqrt(lucks)


def test_places_bind_and_little_holds(tmp_path: Path) -> None:
    """Full places: demand doubled gives the same starts; waiting time and numbers waiting agree (Little's law)."""
    more = ", waiting: {patience: 0.5}"
    arms = STATUS_QUO + "  double: {services: {clinic: {reach: 4}}}\n"
    text = study(arms, 3000, 6.0, QUIET, service("{mean: 1 years}", 2.0, ", capacity: {places: 500}", more))
    ledger = run(prepared(tmp_path, text))
    starts = [flow(ledger, a, "clinic", "starts")[8:].sum() for a in range(2)]
    assert abs(starts[1] - starts[0]) < 4 * np.sqrt(starts[0] + starts[1])
    for a in range(2):
        occupied = flow(ledger, a, "clinic", "client_ticks")
        places = flow(ledger, a, "clinic", "place_ticks")
        assert (occupied <= places).all()
        assert occupied[8:].sum() / places[8:].sum() > 0.999
        # Flow balance of the list, and people who give up at rate 2 a year of waiting.
        gave_up = flow(ledger, a, "clinic", "left_waiting")[8:].sum()
        waiting_years = in_years(flow(ledger, a, "clinic", "waiting_ticks")[8:].sum())
        assert abs(gave_up - 2.0 * waiting_years) < 4.5 * np.sqrt(gave_up)
        # Places turn over once a year each.
        occupied_years = in_years(occupied[8:].sum())
        assert abs(starts[a] - occupied_years) < 4.5 * np.sqrt(starts[a])


@pytest.mark.parametrize(
    "stay",
    ["{mean: 1.5 years}", "{fixed: 1.5 years}", "{weibull: {shape: 0.7, rate: 0.8884, unit: year}}"],
    ids=["exponential", "course", "weibull"],
)
def test_loss_system_is_erlang_and_insensitive(stay: str, tmp_path: Path) -> None:
    """Q5: 50 places, 40 requests a year, stay 1.5 years, nobody waits: blocked .216119, occupied 47.032881.

    A list that people leave at once (patience of a minute) makes the loss system. Requests come from people who are
    not enrolled: 40 a year from 20,000, less at most 50.
    """
    people, lucks = 20_000, 16
    more = ", waiting: {patience: 0.000002}"
    text = study(
        STATUS_QUO, people, 30.0, QUIET, service(stay, 40 / people, ", capacity: {places: 50}", more)
    )
    ready = prepared(tmp_path, text)
    occupied, blocked, asked = [], 0, 0
    for luck in range(lucks):
        ledger = run(ready, luck)
        occupied.append(in_years(flow(ledger, 0, "clinic", "client_ticks")[40:].sum()) / 20.0)
        blocked += int(flow(ledger, 0, "clinic", "left_waiting")[40:].sum())
        asked += int(flow(ledger, 0, "clinic", "contacts")[40:].sum())
    error = np.std(occupied, ddof=1) / np.sqrt(lucks)
    assert error < 0.005 * 47.032881
    assert abs(np.mean(occupied) - 47.032881) < 4 * error + 0.02 * 0.05
    assert abs(blocked / asked - 0.216119) < 5 * np.sqrt(3 * 0.216 * 0.784 / asked)


def test_weibull_retention(tmp_path: Path) -> None:
    """S2: S(t) = exp(-.191347 t^.496362), t in weeks: median 13.3721 weeks, .3813 retained at 26, .2566 at 52.

    People start in January only, so whoever is in a second stay had a first of less than 31 days.
    """
    stay = "{weibull: {shape: 0.496362, rate: 0.191347, unit: week}}"
    january = "{from: 50, to: 0, starts: 2026-02-01}"
    text = study(STATUS_QUO, 20_000, 2.0, QUIET, service(stay, january))
    ready = prepared(tmp_path, text)
    sim = run_draw(ready, ready.central, 4)
    stays = sim.stay[:, 0, 0]
    began, first = stays["ordinal"] > 0, stays["ordinal"] == 1
    end = np.where(stays["phase"] == ENROLLED, sim.clock[NOW], stays["end"])
    for weeks, expected in [(13.3721, 0.5), (26.0, 0.3813), (52.0, 0.2566)]:
        retained = (first & (end - stays["changed"] >= weeks * TICKS_PER_WEEK)).sum() / began.sum()
        assert abs(retained - expected) < 4 * np.sqrt(expected * (1 - expected) / began.sum())

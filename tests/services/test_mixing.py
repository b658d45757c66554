"""Whom people meet: mixing within a group keeps its shares, and none leaves every bit as it was."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from hrsim.compile import assemble_draw
from hrsim.engine.simulation import Simulation
from hrsim.errors import StudyError
from hrsim.processes.mixing import COUNTS, KITS, PEOPLE
from hrsim.processes.state import HIV_CHRONIC
from hrsim.simulate import run_draw
from hrsim.units import TICKS_PER_YEAR
from tests.services.test_groups import with_groups
from tests.simulation.studies import bare, central, prepared, run, steps

LUCK = 73
NORTH = 0.3
SHARES = {"north": NORTH, "south": 0.7}
ALONE = {"exp.lasting_partner_share": 0.0}


def zone(mixing: float | None) -> dict[str, Any]:
    return {"zone": {"shares": SHARES, **({} if mixing is None else {"mixing": mixing})}}


def of_zone(study: Any, sim: Simulation, label: str) -> np.ndarray:
    cells = [n for n, name in enumerate(study.frame.groups) if f"zone={label}" in name]
    return np.isin(sim.person["group"], cells)


@pytest.mark.parametrize("groups", [{}, {"sex": "derived"}])
def test_mixing_of_nothing_within_changes_no_bit(groups: Mapping[str, Any]) -> None:
    plain = run(prepared(with_groups({**groups, **zone(None)})), LUCK)
    mixed = run(prepared(with_groups({**groups, **zone(0.0)})), LUCK)
    assert np.array_equal(plain.events, mixed.events)
    assert np.array_equal(plain.state_ticks, mixed.state_ticks)
    assert np.array_equal(plain.service_flow, mixed.service_flow)


@pytest.mark.parametrize("mixing", [0.0, 0.6, 1.0])
def test_lasting_partners_are_within_by_the_stated_share(mixing: float) -> None:
    """The share within is m, and of the rest as many as by chance; couples stay couples."""
    study = prepared(bare(4000, 1, {}, groups=zone(mixing)))
    sim = assemble_draw(study, central(study), LUCK).sim
    partner = np.asarray(sim.person["partner"], int)
    paired = np.flatnonzero(partner >= 0)
    assert np.array_equal(partner[partner[paired]], paired) and paired.size >= 3990
    north = of_zone(study, sim, "north")
    within = np.mean(north[paired] == north[partner[paired]])
    expected = mixing + (1.0 - mixing) * (NORTH**2 + (1.0 - NORTH) ** 2)
    assert abs(within - expected) < 4.0 * np.sqrt(0.25 / (paired.size / 2)) + 0.001


def infections_in_the_south(mixing: float | None) -> tuple[int, int]:
    """Return the people of the south infected in a quarter, and how many live there, all of the north infected."""
    figures = {**ALONE, "exp.sharing_acts_year": 80.0, "inf.hiv_acute_mult": 1.0}
    tree = bare(6000, 1, {}, on=("hiv",), parameters=figures, groups=zone(mixing))
    study = prepared(tree)

    def place(sim: Simulation) -> None:
        sim.state["hiv"][of_zone(study, sim, "north")] = HIV_CHRONIC

    for now, sim in steps(study, LUCK, TICKS_PER_YEAR // 4, place):
        if now > 0:
            south = of_zone(study, sim, "south")
            return int((sim.state["hiv"][south, 0] > 0).sum()), int(south.sum())
    raise AssertionError("no quarter passed")


def test_infections_cross_by_the_share_across() -> None:
    """Only meetings across the whole place bring HIV to the south, so (1 - m) of the infections without mixing."""
    everywhere, _ = infections_in_the_south(None)
    half, _ = infections_in_the_south(0.5)
    nobody, people = infections_in_the_south(1.0)
    assert people > 4000 and everywhere > 60
    assert nobody == 0
    assert abs(half - 0.5 * everywhere) < 4.0 * np.sqrt(0.25 * everywhere + half)


def test_kits_save_lives_where_they_are() -> None:
    """Kits that only the north gets are used in the north alone, if nobody meets across."""
    service = {"reach": 6.0, "delivers": {"naloxone_kits": 2}, "access": {"zone": {"south": 0.0}}}
    used = {}
    for mixing in (None, 1.0):
        tree = bare(3000, 2, {"kits": service}, on=("overdose",), groups=zone(mixing))
        ledger = run(prepared(tree), LUCK)
        reversed_ = ledger.events[0, ..., ledger.event_names.index("overdose_reversed")].sum(axis=0)
        used[mixing] = dict(zip(ledger.groups, reversed_, strict=True))
    assert used[None]["zone=south"] > 20
    assert used[1.0]["zone=south"] == 0
    more = used[1.0]["zone=north"] - used[None]["zone=north"]
    assert more > 3.0 * np.sqrt(used[1.0]["zone=north"] + used[None]["zone=north"])


def test_counters_by_label_add_up_to_the_whole() -> None:
    study = prepared(with_groups({"sex": "derived", **zone(0.8)}))
    sim = run_draw(study, central(study), LUCK)
    whole = [sim.world[name] for name in ("people", "injecting", "women", "kits")]
    assert np.array_equal(np.asarray(sim.mixed).sum(axis=1), np.stack(whole, axis=1))
    assert np.asarray(sim.mixed).shape[1:] == (2, COUNTS)
    north = of_zone(study, sim, "north")
    there = north & (sim.state["status"][:, 0] == 1) & (sim.state["custody"][:, 0] == 0)
    assert sim.mixed[0, 0, PEOPLE] == there.sum()
    assert sim.mixed[0, 0, KITS] == sim.state["kits"][there, 0].sum()


@pytest.mark.parametrize(
    ("groups", "words"),
    [
        ({"sex": {"mixing": 0.5}}, "sex"),
        ({**zone(0.5), "housing_at_start": {"mixing": 0.5}}, "one dimension"),
        (zone(1.5), "1.5"),
    ],
)
def test_wrong_mixing_is_refused(groups: Mapping[str, Any], words: str) -> None:
    with pytest.raises(StudyError, match=words):
        prepared(bare(100, 1, {}, groups=groups))

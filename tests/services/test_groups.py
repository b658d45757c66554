"""Groups of people: who belongs to which, what barriers do, and that groups add up to the whole."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from hrsim.compile import assemble_draw, begin_services
from hrsim.engine.group_names import margins
from hrsim.engine.ledger import Ledger
from hrsim.experiment.ledger_file import read_ledger, write_ledger
from hrsim.experiment.measures import groups_of, measure_ledger, measures_of
from hrsim.simulate import run_draw
from hrsim.units import TICKS_PER_YEAR
from tests.simulation.studies import bare, central, flow, prepared, run, town, town_tree

LUCK = 71
ZONE = {"north": 0.3, "south": 0.7}
GROUPS = {"zone": ZONE, "sex": "derived", "age_band": {"edges": [30, 45]}, "housing_at_start": "derived"}
KITS = {"reach": 2.0, "delivers": {"naloxone_kits": 1}}


def with_groups(groups: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    tree = {**town_tree(), **changes}
    return {**tree, "population": {**tree["population"], "groups": groups}}


def by_label(ledger: Ledger, name: str, service: str) -> dict[str, Any]:
    """Return a flow of a service by label, then arm."""
    assert ledger.group_flow is not None
    flows = ledger.group_flow[
        :, :, ledger.service_names.index(service), :, ledger.group_flow_names.index(name)
    ]
    return {label: flows.sum(axis=1)[:, cells].sum(axis=1) for label, cells in margins(ledger.groups).items()}


def kits(arms: Mapping[str, Any] | None = None, people: int = 4000, **service: Any) -> Ledger:
    tree = bare(people, 2, {"kits": {**KITS, **service}}, arms=arms, groups={"zone": ZONE})
    return run(prepared(tree), LUCK)


def test_groups_cut_the_same_history() -> None:
    plain, cut = run(town(), LUCK), run(prepared(with_groups(GROUPS)), LUCK)
    assert plain.groups == ("all_people",) and len(cut.groups) == 2 * 2 * 3 * 2
    assert np.array_equal(plain.events, cut.events.sum(axis=2, keepdims=True))
    assert np.array_equal(plain.state_ticks, cut.state_ticks.sum(axis=2, keepdims=True))
    assert np.array_equal(plain.service_flow, cut.service_flow)
    assert plain.group_flow is None and cut.group_flow is not None
    for name in cut.group_flow_names:
        whole = cut.service_flow[..., cut.flow_names.index(name)]
        parts = cut.group_flow[..., cut.group_flow_names.index(name)].sum(axis=3)
        assert np.array_equal(whole, parts), name


def test_labels_of_each_dimension_add_up_in_the_tables() -> None:
    ledger = run(prepared(with_groups(GROUPS)), LUCK)
    outcomes = measure_ledger(ledger).outcomes
    labels = groups_of(ledger)
    assert labels[0] == "all" and outcomes.shape[2:] == (len(labels), len(measures_of(ledger)))
    for dimension in GROUPS:
        mine = [n for n, label in enumerate(labels) if label.startswith(f"{dimension}=")]
        np.testing.assert_allclose(outcomes[:, :, mine].sum(axis=2), outcomes[:, :, 0], rtol=1e-12)


def test_the_order_of_labels_and_dimensions_means_nothing() -> None:
    turned = {name: GROUPS[name] for name in reversed(GROUPS)} | {"zone": {"south": "rest", "north": 0.3}}
    one, other = run(prepared(with_groups(GROUPS)), LUCK), run(prepared(with_groups(turned)), LUCK)
    assert one.groups == other.groups
    assert np.array_equal(one.events, other.events)
    assert np.array_equal(one.group_flow, other.group_flow)


def test_people_have_the_shares_and_traits_of_their_labels() -> None:
    study = prepared(with_groups(GROUPS, horizon={"start": town().start, "years": 2}))
    sim = run_draw(study, central(study), LUCK)
    cells = [dict(part.split("=") for part in name.split("/")) for name in study.frame.groups]
    mine = [cells[group] for group in sim.person["group"]]
    north = np.mean([cell["zone"] == "north" for cell in mine])
    assert abs(north - 0.3) < 4 * np.sqrt(0.21 / len(mine))
    assert np.array_equal(sim.person["sex"], [("female", "male").index(cell["sex"]) for cell in mine])
    age = (sim.person["entry"] - sim.person["birth"]) / TICKS_PER_YEAR
    bands = ("under_30", "30_to_44", "45_and_over")
    assert np.array_equal(np.digitize(age, [30, 45]), [bands.index(cell["age_band"]) for cell in mine])


def test_an_open_door_changes_nothing() -> None:
    arms = {"open": {}, "stated": {"services": {"kits": {"access": {"zone": {"north": 1.0, "south": 1.0}}}}}}
    ledger = kits(arms)
    assert np.array_equal(ledger.events[0], ledger.events[1])
    assert np.array_equal(ledger.service_flow[0], ledger.service_flow[1])


def test_a_channel_with_all_of_the_reach_is_the_reach() -> None:
    channels = {"channels": {"fixed_site": {"rate": 2.0}}}
    ledger = kits({"plain": {}, "channel": {"services": {"kits": {"reach": channels}}}})
    assert np.array_equal(ledger.service_flow[0], ledger.service_flow[1])
    assert np.array_equal(ledger.group_flow[0], ledger.group_flow[1])


@pytest.mark.parametrize("form", ["service", "channel"])
def test_a_barrier_keeps_its_share_away_and_nobody_else(form: str) -> None:
    barrier = {"zone": {"north": 0.4}}
    changed = {"access": barrier} if form == "service" else {
        "reach": {"channels": {"fixed_site": {"rate": 2.0, "access": barrier}}}
    }  # fmt: skip
    ledger = kits({"open": {}, "barrier": {"services": {"kits": changed}}})
    contacts = by_label(ledger, "contacts", "kits")
    assert contacts["zone=south"][0] == contacts["zone=south"][1]
    expected = 0.4 * contacts["zone=north"][0]
    assert abs(contacts["zone=north"][1] - expected) < 4 * np.sqrt(expected)


def test_channels_add_up_and_each_has_its_own_people() -> None:
    channels = {
        "fixed_site": {"rate": 1.0, "access": {"zone": {"north": 0.0}}},
        "mobile": {"rate": {"from": 0.0, "to": 3.0, "over": "1 year"}, "access": {"zone": {"south": 0.0}}},
    }
    ledger = kits({"both": {}}, people=6000, reach={"channels": channels})
    contacts = by_label(ledger, "contacts", "kits")
    years = 6000 * np.array([0.3, 0.7])
    expected = years * [1.5 + 3.0, 2.0]  # a ramp of a year holds half of its end on average
    found = [contacts["zone=north"][0], contacts["zone=south"][0]]
    assert np.all(np.abs(found - expected) < 4 * np.sqrt(expected) + 4 * 4.5 * np.sqrt(6000 * 0.21))


def test_a_barrier_holds_for_prompts() -> None:
    prompts = {"prompted_by": {"overdose_survived": 1.0}, "delivers": {"naloxone_kits": 1}}
    shut = {"services": {"kits": {"access": {"zone": {"north": 0.0}}}}}
    tree = bare(
        3000, 2, {"kits": prompts}, on=("overdose",), arms={"open": {}, "shut": shut}, groups={"zone": ZONE}
    )
    contacts = by_label(run(prepared(tree), LUCK), "contacts", "kits")
    assert contacts["zone=north"][0] > 100 and contacts["zone=north"][1] == 0
    assert contacts["zone=south"][1] > 0.9 * contacts["zone=south"][0]


def test_a_ledger_by_group_reads_back(tmp_path: Any) -> None:
    ledger = kits()
    write_ledger(ledger, tmp_path / "draw.parquet")
    back = read_ledger(tmp_path / "draw.parquet")
    assert back.groups == ledger.groups and back.group_flow_names == ledger.group_flow_names
    assert np.array_equal(back.group_flow, ledger.group_flow)
    assert (
        flow(back, "contacts", "kits")[0]
        == by_label(back, "contacts", "kits")["zone=south"][0]
        + by_label(back, "contacts", "kits")["zone=north"][0]
    )


def referrals(access: Mapping[str, Any]) -> Ledger:
    services = {
        "source": {"reach": 4.0, "refers_to": [{"service": "target", "probability": 0.5}]},
        "target": {"referral_completion": {"elsewhere": 0.8}},
    }
    changed = {"services": {"target": {"access": access}}}
    return run(
        prepared(bare(2000, 1, services, arms={"open": {}, "barrier": changed}, groups={"zone": ZONE})), LUCK
    )


def test_a_barrier_holds_for_arriving_where_people_are_referred() -> None:
    """As many are referred; of the north's, the share that gets through arrives, of the south's all who did."""
    ledger = referrals({"zone": {"north": 0.25}})
    made, completed = flow(ledger, "referrals_made", "target"), flow(ledger, "referrals_completed", "target")
    assert made[0] == made[1] > 2000
    contacts = by_label(ledger, "contacts", "target")
    assert contacts["zone=south"][0] == contacts["zone=south"][1]
    expected = 0.25 * contacts["zone=north"][0]
    assert abs(contacts["zone=north"][1] - expected) < 4 * np.sqrt(expected)
    assert completed[1] == contacts["zone=north"][1] + contacts["zone=south"][1]


def test_an_open_door_changes_nothing_for_referrals_and_starts() -> None:
    ledger = referrals({"zone": {"north": 1.0, "south": 1.0}})
    assert np.array_equal(ledger.service_flow[0], ledger.service_flow[1])
    ledger = at_start({"zone": {"north": 1.0, "south": 1.0}})
    assert np.array_equal(ledger.service_flow[0], ledger.service_flow[1])


def at_start(access: Mapping[str, Any]) -> Ledger:
    service = {"stay": {"mean": "1000000 years"}, "at_start": {"enrolled": 0.3, "kits_per_person": 0.5}}
    arms = {"open": {}, "barrier": {"services": {"home": {"access": access}}}}
    return run(prepared(bare(4000, 1, {"home": service}, arms=arms, groups={"zone": ZONE})), LUCK)


def clients(access: Mapping[str, Any]) -> dict[str, Any]:
    years = by_label(at_start(access), "client_ticks", "home")
    return {label: ticks / TICKS_PER_YEAR for label, ticks in years.items()}


def test_a_barrier_says_who_is_enrolled_at_the_start_and_not_how_many() -> None:
    """Odds of 1 in 2: of 1,200 places fewer than their share go to the north, none if nothing gets through."""
    half, none = clients({"zone": {"north": 0.5}}), clients({"zone": {"north": 0.0}})
    for found in (half, none):
        assert np.allclose([found["zone=north"] + found["zone=south"]], 1200.0)
    assert none["zone=north"][1] == 0.0
    # One after the other with chances 1 : 2 of 1,200 and 2,800 people until 1,200 are drawn.
    north = drawn(1200.0, 2800.0, 0.5, 1200.0)
    assert abs(half["zone=north"][1] - north) < 4 * np.sqrt(north)
    assert half["zone=north"][1] < 0.8 * half["zone=north"][0]
    level = clients({"zone": {"north": 0.5, "south": 0.5}})
    assert level["zone=north"][0] == level["zone=north"][1]


def drawn(slow: float, fast: float, odds: float, wanted: float) -> float:
    """Return how many of the slow are among those drawn: exponential times, 1 - s^odds of the slow when s is left."""
    low, high = 0.0, 1.0
    for _ in range(60):
        left = (low + high) / 2
        if slow * (1 - left**odds) + fast * (1 - left) > wanted:
            low = left
        else:
            high = left
    return slow * (1 - left**odds)


def test_kits_at_the_start_lie_where_the_door_is_open() -> None:
    study = prepared(
        bare(
            4000,
            1,
            {"kits": {"at_start": {"kits_per_person": 0.5}}},
            arms={"open": {}, "barrier": {"services": {"kits": {"access": {"zone": {"north": 0.5}}}}}},
            groups={"zone": ZONE},
        )
    )
    sim = assemble_draw(study, central(study), LUCK).sim
    begin_services(study, sim, central(study), LUCK)
    north = sim.person["group"] == study.frame.groups.index("zone=north")
    kits = np.asarray(sim.state["kits"], float)
    mean = north.mean() * 0.5 + (1 - north.mean())
    assert abs(kits[north, 1].mean() - 0.5 * 0.5 / mean) < 4 * np.sqrt(0.5 / north.sum())
    assert abs(kits[:, 1].mean() - 0.5) < 4 * np.sqrt(0.5 / 4000)
    assert kits[~north, 1].mean() > kits[~north, 0].mean()

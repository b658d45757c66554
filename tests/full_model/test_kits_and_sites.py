"""Against counting twice, on the full model: naloxone acts through a witness, a site moves episodes indoors."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from hrsim.engine.ledger import Ledger
from hrsim.engine.simulation import Simulation
from hrsim.evidence import load_register
from hrsim.processes.state import CUSTODY, NOT_USING
from hrsim.simulate import run_draw
from hrsim.study.catalogue import read_catalogue
from hrsim.study.tree import plain
from hrsim.units import DAYS_PER_YEAR, TICKS_PER_YEAR
from tests.simulation.studies import bare, central, events, prepared, run, steps

ERRORS = 4.0  # standard errors allowed
ROOM = {
    "hsu.ed_rate_pwid_melb": 10_000.0,
    "hsu.adm_rate_heroin_london": 10_000.0,
}  # all causes, above what is raised
OVERDOSES = {"od.case_fatality_pwid_us": 0.0, "od.cease_after_od": 0.0, "od.ems_call_public": 0.0, **ROOM}
NOBODY_DIES = {"od.p_death_untreated": 0.0, "od.p_death_naloxone": 0.0}
KIT_ALWAYS_NEAR = {"exp.nx_given_if_present": 1.0}
KITS_LAST = {"kit_encounters": 1e9, "kit_loss": 0.0}  # figures of the draw, beyond what a study may state
FOR_EVER = {"mean": "1000000 years"}
ME, OTHER = 0, 1


def assert_share(number: float, of: float, expected: float) -> None:
    """Refuse a share more than four binomial standard errors from its chance."""
    error = np.sqrt(expected * (1.0 - expected) / of)
    assert abs(number / of - expected) <= ERRORS * error, (number / of, expected, error)


def finish(
    people: int,
    years: float,
    rows: Mapping[str, float],
    place: Callable[[Simulation], None],
    figures: Mapping[str, float] | None = None,
) -> tuple[Simulation, Callable[[str], int]]:
    """Run overdoses with kits as `place` hands them out; return the arrays and a count of events."""
    study = prepared(bare(people, years, {}, on=("overdose",), parameters={**OVERDOSES, **rows}))

    def begin(sim: Simulation) -> None:
        for name, figure in (figures or {}).items():
            sim.parameter[name] = figure
        place(sim)

    (*_, (_, sim)) = steps(study, 1, TICKS_PER_YEAR, begin)
    return sim, lambda name: int(sim.event[..., study.model.events.index(name)].sum())


CARRIERS = {  # who carries 100 kits, and whether in custody: kits used on ME's several hundred overdoses
    "oneself": (ME, False, 0),
    "another": (OTHER, False, 100),
    "another in custody": (OTHER, True, 0),
}


@pytest.mark.parametrize("who", CARRIERS)
def test_a_kit_acts_in_other_hands_only(who: str) -> None:
    carrier, held, used = CARRIERS[who]

    def one_carrier(sim: Simulation) -> None:
        sim.state["use"] = NOT_USING
        sim.state["relapse_prone"] = 0
        sim.state["use"][ME] = 0
        sim.state["kits"][carrier] = 100
        if held:
            sim.state["custody"][carrier] = CUSTODY

    rows = {
        "od.nf_rate_pwid_us_post2016": 400.0,
        "od.witnessed": 1.0,
        "exp.custody_stay_days": 1e6,
        **NOBODY_DIES,
        **KIT_ALWAYS_NEAR,
    }
    sim, count = finish(50, 1.0, rows, one_carrier, KITS_LAST)
    assert count("overdose_witnessed") == count("overdose_nonfatal") > 200
    assert count("overdose_reversed") == count("naloxone_kit_used") == used
    assert sim.state["kits"][carrier, 0] == 100 - used
    assert sim.state["kits"].sum() == 100 - used


@pytest.mark.parametrize("witnessed", [0.0, 0.4, 1.0])
def test_only_witnessed_overdoses_get_naloxone(witnessed: float) -> None:
    """A kit is always near and always works, nothing else does: whoever is alone dies, whoever is not lives."""
    rows = {
        "od.nf_rate_pwid_us_post2016": 0.5,
        "od.witnessed": witnessed,
        "od.p_death_untreated": 1.0,
        "od.p_death_naloxone": 0.0,
        **KIT_ALWAYS_NEAR,
    }

    def all_carry(sim: Simulation) -> None:
        sim.state["kits"] = 20

    _, count = finish(4000, 1.0, rows, all_carry, KITS_LAST)
    overdoses = count("overdose_death") + count("overdose_nonfatal")
    assert count("overdose_reversed") == count("overdose_witnessed") == count("overdose_nonfatal")
    assert_share(count("overdose_witnessed"), overdoses, witnessed)


@pytest.mark.parametrize(("kits", "chance"), [(1, 0.25918), (4, 0.69881)])
def test_kits_spread_evenly_give_the_saturation_formula(kits: int, chance: float) -> None:
    """S6, r = .3: kits handed out a year are as many as overdoses, or four times; each lives two years.

    Kits that are used up or lost in these eighteen days are counted at their average.
    """
    people, years, rate, life, r = 40_000, 0.05, 0.5, 2.0, 0.3
    rows = {
        "od.nf_rate_pwid_us_post2016": rate,
        "od.witnessed": 1.0,
        "exp.kit_reach": r,
        "od.kit_life_months": 12.0 * life,
        "exp.nx_given_if_present": 1.0,
        **NOBODY_DIES,
    }

    def evenly(sim: Simulation) -> None:
        sim.state["kits"] = kits

    assert kits == pytest.approx(kits * rate * life)
    sim, count = finish(people, years, rows, evenly)
    carried = (kits + sim.state["kits"].mean()) / 2.0
    expected = 1.0 - np.exp(-r * carried / (rate * life))
    assert expected == pytest.approx(chance, abs=0.02)
    assert_share(count("overdose_reversed"), count("overdose_witnessed"), expected)
    assert count("naloxone_kit_used") == count("overdose_reversed")


def site(clients: float, **changes: Any) -> dict[str, Any]:
    """Return a supervised service that a share of people use for all their episodes, for ever."""
    use = {"visits_per_client_year": 3.0 * DAYS_PER_YEAR, "routes": ["injecting"]}
    service = {
        "label": "site",
        "stay": FOR_EVER,
        "at_start": {"enrolled": clients},
        "delivers": {"supervised_use": use},
    }
    return {**service, **changes}


def with_and_without(people: int, service: Any, rows: Mapping[str, float], **changes: Any) -> Any:
    """Return a study of a site against nothing, three use episodes a day."""
    parameters = {
        "od.nf_rate_pwid_us_post2016": 0.5,
        "exp.use_episodes_per_day": 3.0,
        **OVERDOSES,
        **rows,
    }
    arms = {"without": {}, "with": {"services": {"site": service}}}
    return prepared(bare(people, 1.0, {}, ("overdose",), arms, parameters=parameters, **changes))


def overdoses(ledger: Ledger) -> Any:
    return events(ledger, "overdose_death") + events(ledger, "overdose_nonfatal")


def test_a_site_leaves_the_overdose_hazard_as_it_is() -> None:
    """Nobody dies, so the same people overdose at the same moments, some of them indoors."""
    half = {"visits_per_client_year": 1.5 * DAYS_PER_YEAR, "routes": ["injecting"]}
    study = with_and_without(
        8000, site(0.5, delivers={"supervised_use": half}), {**NOBODY_DIES, "scs.death_on_site": 0.0}
    )
    ledger = run(study, 1)
    assert overdoses(ledger)[0] == overdoses(ledger)[1] > 3000
    assert events(ledger, "overdose_supervised")[0] == 0
    assert_share(events(ledger, "overdose_supervised")[1], overdoses(ledger)[1], 0.25)


def test_riskier_visits_take_more_of_the_same_overdoses_indoors() -> None:
    """Half of the episodes on site, three times as risky as the others: 1.5 / (0.5 + 1.5) of the overdoses."""
    use = {"visits_per_client_year": 1.5 * DAYS_PER_YEAR, "routes": ["injecting"], "relative_risk": 3.0}
    riskier = site(1.0, delivers={"supervised_use": use})
    rows = {**NOBODY_DIES, "scs.death_on_site": 0.0}
    ledger = run(with_and_without(8000, riskier, rows), 1)
    assert overdoses(ledger)[0] == overdoses(ledger)[1] > 3000
    assert_share(events(ledger, "overdose_supervised")[1], overdoses(ledger)[1], 0.75)
    plain = {**use, "relative_risk": 1.0}
    same = run(with_and_without(2000, site(1.0, delivers={"supervised_use": plain}), rows), 1)
    del plain["relative_risk"]
    left_out = run(with_and_without(2000, site(1.0, delivers={"supervised_use": plain}), rows), 1)
    assert np.array_equal(same.events, left_out.events)


def by_visits(visits: float, counted: float, elsewhere: float) -> dict[str, Any]:
    """Return a site that states what is counted at a visit."""
    use = {
        "visits_per_client_year": visits, "routes": ["injecting"], "overdoses_per_visit": counted,
        "share_elsewhere": elsewhere,
    }  # fmt: skip
    return site(1.0, delivers={"supervised_use": use})


REFERENCE_OVERDOSES = 0.5  # a year, of with_and_without


@pytest.mark.parametrize("elsewhere", [1.0, 0.45, 0.2])
def test_a_site_counts_at_a_visit_what_sites_report_and_leaves_the_hazard_as_it_is(elsewhere: float) -> None:
    """Nobody dies and all are alike: overdoses on site / visits is what was stated, whatever part is moved indoors."""
    counted, visits = 0.005, 40.0
    rows = {**NOBODY_DIES, "scs.death_on_site": 0.0}
    ledger = run(with_and_without(16_000, by_visits(visits, counted, elsewhere), rows), 1)
    assert overdoses(ledger)[0] == overdoses(ledger)[1] > 6000
    on_site = events(ledger, "overdose_supervised")[1]
    expected = 16_000 * visits * counted
    error = np.sqrt(expected / elsewhere)  # each moved overdose brings 1 / elsewhere of those counted
    assert abs(on_site - expected) < 4.0 * error


def test_only_the_share_that_would_be_overdoses_elsewhere_is_saved() -> None:
    """Everybody dies outside and nobody on site: deaths fall by visits x counted x share / overdoses a year."""
    counted, visits, elsewhere = 0.005, 40.0, 0.45
    rows = {
        **NOBODY_DIES, "od.p_death_untreated": 1.0, "od.witnessed": 0.0, "scs.death_on_site": 0.0,
        "od.nf_rate_pwid_us_post2016": 0.1 * REFERENCE_OVERDOSES,
    }  # fmt: skip
    ledger = run(with_and_without(40_000, by_visits(visits, counted * 0.1, elsewhere), rows), 1)
    share = visits * counted * elsewhere / REFERENCE_OVERDOSES
    died = events(ledger, "overdose_death")
    assert died[0] > 1500
    fallen = 1.0 - died[1] / died[0]
    assert fallen == pytest.approx(share, abs=4.0 * np.sqrt(share * (1.0 - share) / died[0]) + 0.01)


def test_the_risk_against_other_episodes_takes_the_place_of_what_is_counted() -> None:
    """A study that asks how risky visits are is not answered by the catalogue's count."""
    use = {"visits_per_client_year": 1.5 * DAYS_PER_YEAR, "routes": ["injecting"], "relative_risk": 3.0}
    both = {**use, "overdoses_per_visit": 0.005, "share_elsewhere": 0.45}
    rows = {**NOBODY_DIES, "scs.death_on_site": 0.0}
    one, other = (
        run(with_and_without(2000, site(1.0, delivers={"supervised_use": given}), rows), 1)
        for given in (use, both)
    )
    assert np.array_equal(one.events, other.events)


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("overdose_prevention_site", "scs.od_per_visit_ops_van"),
        ("supervised_consumption", "scs.od_per_visit_scs_van"),
    ],
)
def test_the_catalogue_states_the_published_count_of_each_kind_of_site(name: str, row: str) -> None:
    use = plain(read_catalogue()[name])["delivers"]["supervised_use"]
    assert use["overdoses_per_visit"] == {"evidence": row}
    assert 0.005 <= load_register()[row].value <= 0.0095


def test_on_site_the_site_s_own_chances_hold() -> None:
    """All episodes are on site: deaths, ambulances and transport are the site's; no witness, kit or injury is asked."""
    rows = {
        "od.p_death_untreated": 0.5,
        "od.witnessed": 1.0,
        "od.ems_call_public": 1.0,
        "od.public_share": 1.0,
        "od.transport_given_ems": 0.3,
        "exp.brain_injury_per_overdose": 1.0,
        "scs.death_on_site": 0.05,
        "scs.ed_ambulance_if_onsite": 0.2,
    }
    ledger = run(with_and_without(8000, site(1.0), rows), 1)
    everything = overdoses(ledger)[1]
    assert events(ledger, "overdose_supervised")[1] == everything > 3000
    assert_share(events(ledger, "overdose_death")[1], everything, 0.05)
    assert_share(events(ledger, "ambulance")[1], everything, 0.2)
    assert events(ledger, "overdose_emergency_department")[1] == events(ledger, "ambulance")[1]
    for elsewhere in ("overdose_witnessed", "overdose_reversed", "naloxone_kit_used", "brain_injury"):
        assert events(ledger, elsewhere)[1] == 0
    assert events(ledger, "brain_injury")[0] > 0


def test_fatality_on_site_is_near_zero_by_the_register() -> None:
    study = with_and_without(8000, site(1.0), {})
    draw = central(study)
    assert draw["scs.death_on_site"] < 0.01 * draw["od.p_death_naloxone"]
    ledger = run(study, 1)
    assert events(ledger, "overdose_death")[0] > 50
    assert events(ledger, "overdose_death")[1] == 0


def test_a_site_has_no_effect_on_the_area() -> None:
    """Whoever is not a client lives, overdoses and dies as without the site."""
    study = with_and_without(4000, site(0.5), {"od.p_death_untreated": 0.3})
    sim = run_draw(study, central(study), 1)
    others = sim.state["enrolled"][:, 1] == 0
    assert others.sum() == 2000
    for field in ("status", "since", "overdosed", "brain_injury"):
        assert np.array_equal(sim.state[field][others, 0], sim.state[field][others, 1]), field
    dead = np.count_nonzero(sim.state["status"][~others] != sim.state["status"][~others][:, :1], axis=0)
    assert dead[1] > 50


@pytest.mark.parametrize("routes", [["injecting"], ["other_route"]])
def test_a_site_takes_its_own_routes_only(routes: list[str]) -> None:
    use = {"visits_per_client_year": 3.0 * DAYS_PER_YEAR, "routes": routes}
    study = with_and_without(
        4000,
        site(1.0, delivers={"supervised_use": use}),
        NOBODY_DIES,
        use={"injecting": 0.0, "other_route": 1.0},
    )
    ledger = run(study, 1)
    supervised = events(ledger, "overdose_supervised")[1]
    assert supervised == (overdoses(ledger)[1] if routes == ["other_route"] else 0)


def test_booths_limit_the_episodes_that_move_indoors() -> None:
    """Ten booths, day and night, half an hour a visit: 480 of the clients' 1,500 episodes a day."""
    booths = {"sites": 1, "booths": 10, "hours": "00:00-24:00", "minutes_per_visit": 30}
    often = {"od.nf_rate_pwid_us_post2016": 5.0}
    study = with_and_without(8000, site(0.0625, capacity=booths), {**NOBODY_DIES, **often})
    sim = run_draw(study, central(study), 1)
    supervised = sim.event[1, ..., study.model.events.index("overdose_supervised")].sum()
    nonfatal = sim.event[1, ..., study.model.events.index("overdose_nonfatal")].sum()
    assert (sim.state["enrolled"][:, 1] > 0).sum() == 500
    assert_share(supervised, nonfatal, 0.0625 * 480 / 1500)

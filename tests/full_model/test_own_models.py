"""What a study of its own numbers may state: coverage, declared events, levels by year, deaths replaced, careers."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from hrsim.engine.ledger import Ledger
from hrsim.errors import StudyError
from hrsim.evidence import central_parameters, load_register
from hrsim.experiment.parameters import study_register
from hrsim.simulate import prepare, simulate
from hrsim.study.load import load_study
from hrsim.units import TICKS_PER_YEAR

HEAD = "hrsim: 1\ntitle: t\nextends: settings/blank.yaml\nhorizon: {start: 2026-01-01, years: 2}\n"
TAIL = "\nanalysis: {comparator: a}\n"
PEOPLE = 3000


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Ledger]:
    folder = tmp_path_factory.mktemp("studies")

    @cache
    def of(text: str) -> Ledger:
        path: Path = folder / f"s{abs(hash(text))}.yaml"
        path.write_text(HEAD + text + TAIL, encoding="utf-8")
        resolved = load_study(path)
        parameters = central_parameters(
            study_register(load_register(), resolved.study, resolved.rows).values()
        )
        return simulate(prepare(resolved), parameters, luck=5)

    return of


def count(ledger: Ledger, arm: str, event: str, quarters: slice = slice(None)) -> int:
    number = ledger.events[ledger.arms.index(arm), quarters, :, ledger.event_names.index(event)].sum()
    return int(number)


def flow(ledger: Ledger, arm: str, service: str, what: str, quarters: slice = slice(None)) -> float:
    cells = ledger.service_flow[
        ledger.arms.index(arm), quarters, ledger.service_names.index(service), ledger.flow_names.index(what)
    ]
    return float(cells.sum())


EVENTS = f"""
population: {{size: {PEOPLE}, deaths: replaced}}
events: {{injury: {{label: Injuries, rate: {{from: 1, by_year: {{2027: 2}}}}, death: 0.25}}}}
arms:
  a: {{}}
  half: {{services: {{own: {{label: S, coverage: 0.5, effects: [{{on: event.injury, multiplier: 0.2}}]}}}}}}
  more: {{services: {{own: {{label: S, coverage: 0.8, effects: [{{on: event.injury, multiplier: 0.2}}]}}}}}}
"""


def test_a_declared_event_has_its_rate_and_its_series_by_year(run: Callable[[str], Ledger]) -> None:
    ledger = run(EVENTS)
    for quarters, rate in ((slice(0, 4), 1.0), (slice(4, 8), 2.0)):
        found = count(ledger, "a", "injury", quarters)
        assert abs(found - rate * PEOPLE) < 4 * np.sqrt(rate * PEOPLE)
    deaths, injuries = count(ledger, "a", "injury_death"), count(ledger, "a", "injury")
    assert abs(deaths - injuries / 4) < 4 * np.sqrt(injuries * 3 / 16)


def test_deaths_that_are_replaced_take_no_time_away(run: Callable[[str], Ledger]) -> None:
    ledger = run(EVENTS)
    assert ledger.state_ticks.sum(axis=(1, 2, 3)).tolist() == [2 * PEOPLE * TICKS_PER_YEAR] * 3


def test_coverage_holds_its_share_and_more_of_it_holds_the_same_people(run: Callable[[str], Ledger]) -> None:
    ledger = run(EVENTS)
    for arm, share in (("half", 0.5), ("more", 0.8)):
        years = flow(ledger, arm, "own", "client_ticks") / TICKS_PER_YEAR
        assert abs(years / (2 * PEOPLE) - share) < 4 * np.sqrt(share * (1 - share) / PEOPLE)
        assert flow(ledger, arm, "own", "stops") == 0.0
        expected = (1.0 - 0.8 * years / (2 * PEOPLE)) * count(ledger, "a", "injury")
        assert abs(count(ledger, arm, "injury") - expected) < 4 * np.sqrt(expected)
    by_quarter = ledger.events[:, :, 0, ledger.event_names.index("injury")]
    assert (by_quarter[2] <= by_quarter[1]).all()
    assert (by_quarter[1] <= by_quarter[0]).all()


COVERAGE = f"""
population: {{size: {PEOPLE}}}
processes: {{use: true}}
parameters: {{pop.cess_median_years: 1, pop.relapse_share: 0, exp.switch_inject_to_other_rate: 0}}
arms:
  a:
    services:
      own_one: {{label: One, coverage: {{from: 0.2, by_year: {{2027: 0.6}}}}, eligible: {{use: [injecting]}}}}
      a_two: {{label: Two, coverage: 1, eligible: {{enrolled_in: [own_one]}}}}
"""


def test_coverage_follows_the_people_it_may_take_and_other_coverage(run: Callable[[str], Ledger]) -> None:
    ledger = run(COVERAGE)
    using = ledger.state_ticks[0].reshape(8, 1, -1, 3, 2 * 2 * 3 * 5 * 2).sum(axis=(1, 2, 4))[:, 0]
    for quarter in range(8):
        clients = flow(ledger, "a", "own_one", "client_ticks", slice(quarter, quarter + 1))
        share = 0.2 if quarter < 4 else 0.6
        assert abs(clients / using[quarter] - share) < 0.04
        assert clients == flow(ledger, "a", "a_two", "client_ticks", slice(quarter, quarter + 1))


CAREER = f"""
population: {{size: {PEOPLE}}}
services:
  begun: {{label: Begun, exclusive: career, at_start: {{enrolled: 1, stays: begin}}, stay: {{fixed: 6 months,
    leads_to: [{{service: left, probability: 0.3}}, {{service: right, probability: 0.6}}]}}}}
  left: {{label: Left, exclusive: career, stay: {{fixed: 3 months, leads_to: [{{service: begun, probability: 1}}]}}}}
  right: {{label: Right, exclusive: career, stay: {{mean: 100 years}}}}
  taken: {{label: Taken, exclusive: career, takes_over: [right], reach: 2, opens: 2027-01-01,
    stay: {{mean: 100 years}}}}
arms: {{a: {{}}}}
"""


def test_a_stay_that_runs_out_leads_on_by_its_chances(run: Callable[[str], Ledger]) -> None:
    ledger = run(CAREER)
    assert flow(ledger, "a", "begun", "completions", slice(0, 3)) == PEOPLE
    for name, share in (("left", 0.3), ("right", 0.6)):
        started = flow(ledger, "a", name, "starts", slice(0, 3))
        assert abs(started - share * PEOPLE) < 4 * np.sqrt(share * (1 - share) * PEOPLE)
    back = flow(ledger, "a", "begun", "starts", slice(0, 4))
    assert back == flow(ledger, "a", "left", "completions", slice(0, 4))


def test_a_service_takes_clients_over_within_its_pool(run: Callable[[str], Ledger]) -> None:
    ledger = run(CAREER)
    in_right = flow(ledger, "a", "right", "starts", slice(0, 4))
    taken = flow(ledger, "a", "taken", "starts")
    assert (
        taken > 0.7 * in_right
    )  # at rate 2 a year, of those there at 2027-01-01, and of nobody else but the idle
    everybody = flow(ledger, "a", "right", "starts") - flow(ledger, "a", "right", "stops")
    assert everybody >= 0.0
    clients = sum(flow(ledger, "a", name, "client_ticks") for name in ledger.service_names)
    assert clients <= 2 * PEOPLE * TICKS_PER_YEAR


NALOXONE = f"""
population: {{size: {PEOPLE}, deaths: replaced}}
processes: {{overdose: true}}
parameters: {{od.nf_rate_pwid_us_post2016: 1, od.case_fatality_pwid_us: 0, od.witnessed: 1, od.public_share: 1,
  od.ems_call_public: 0.5, od.p_death_untreated: 0.4, od.rr_death_ems: 0.5, od.p_death_naloxone: 0.1,
  exp.rr_death_ems_given_naloxone: 0.2, exp.nx_given_if_present: 1}}
arms:
  a: {{services: {{own: {{label: K, coverage: 1, delivers: {{naloxone_at_hand: 0.6}}}}}}}}
"""


def test_naloxone_at_hand_and_each_branch_of_the_tree_has_its_chance_of_death(
    run: Callable[[str], Ledger],
) -> None:
    ledger = run(NALOXONE)
    overdoses = count(ledger, "a", "overdose_nonfatal") + count(ledger, "a", "overdose_death")
    reversed_share = count(ledger, "a", "overdose_reversed") / overdoses
    assert abs(reversed_share - 0.6) < 4 * np.sqrt(0.24 / overdoses)
    # naloxone 0.6: half with an ambulance 0.02, half without 0.1; else half 0.2, half 0.4
    expected = 0.6 * (0.02 + 0.1) / 2 + 0.4 * (0.2 + 0.4) / 2
    assert abs(count(ledger, "a", "overdose_death") / overdoses - expected) < 4 * np.sqrt(0.14 / overdoses)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("arms: {a: {services: {own: {label: S, coverage: 0.5, reach: 2}}}}", "no 'reach' beside 'coverage'"),
        ("arms: {a: {services: {own: {label: S, coverage: 1.5}}}}", "between 0 and 1"),
        (
            "arms: {a: {services: {own: {label: S, coverage: {from: 0.1, to: 0.2, by_year: {2027: 0.3}}}}}}",
            "either",
        ),
        (
            "arms: {a: {services: {own: {label: S, coverage: 1, effects: [{on: event.x, multiplier: 1}]}}}}",
            "declared event",
        ),
        ("events: {Bad: {label: x, rate: 1}}\narms: {a: {}}", "small letters"),
        (
            "arms: {a: {services: {own: {label: S, "
            "stay: {fixed: 1 year, leads_to: [{service: no, probability: 1}]}}}}}",
            "a service of this arm",
        ),
        (
            "arms: {a: {services: {own: {label: S, exclusive: p, takes_over: [b], stay: {mean: 1 year}}, "
            "b: {label: B, stay: {mean: 1 year}}}}}",
            "same 'exclusive' pool",
        ),
    ],
)
def test_faults_are_found_when_the_study_is_read(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(HEAD + text + TAIL, encoding="utf-8")
    with pytest.raises(StudyError) as error:
        load_study(path)
    assert words in str(error.value)


def test_a_declared_event_must_have_a_new_name(run: Callable[[str], Ledger]) -> None:
    with pytest.raises(StudyError, match="counts already"):
        run("events: {ambulance: {label: x, rate: 1}}\narms: {a: {}}")


def test_coverage_must_not_depend_on_itself_in_a_circle(run: Callable[[str], Ledger]) -> None:
    circle = (
        "arms: {a: {services: {b: {label: B, coverage: 1, eligible: {enrolled_in: [c]}}, "
        "c: {label: C, coverage: 1, eligible: {enrolled_in: [b]}}}}}"
    )
    with pytest.raises(StudyError, match="no circle"):
        run(circle)


BY_GROUP = f"""
population: {{size: {PEOPLE}, deaths: replaced, groups: {{zone: {{north: 0.4, south: rest}}}}}}
events: {{injury: {{label: Injuries, rate: 1}}}}
arms:
  a:
    services:
      own:
        label: S
        coverage: {{from: 0.5, by_year: {{2027: 1}}}}
        access: {{zone: {{north: 0.8, south: 0}}}}
        effects: [{{on: event.injury, multiplier: 3}}]
"""


def test_access_by_group_narrows_coverage_from_the_start_and_when_it_changes(
    run: Callable[[str], Ledger],
) -> None:
    ledger = run(BY_GROUP)
    assert ledger.group_flow is not None
    place = ledger.service_names.index("own"), ledger.group_flow_names.index("client_ticks")
    years = ledger.group_flow[0, :, place[0], :, place[1]].reshape(2, -1, len(ledger.groups)).sum(axis=1)
    names = list(ledger.groups)
    north, south = names.index("zone=north"), names.index("zone=south")
    lived = ledger.state_ticks[0].sum(axis=-1).reshape(2, -1, len(names)).sum(axis=1)
    assert not years[:, south].any()
    share = years[:, north] / lived[:, north]
    assert np.allclose(share, [0.4, 0.8], atol=4 * (0.25 / (0.4 * PEOPLE)) ** 0.5)
    injuries = (
        ledger.events[0, :, :, ledger.event_names.index("injury")].reshape(2, -1, len(names)).sum(axis=1)
    )
    rates = injuries / (lived / TICKS_PER_YEAR)
    expected = np.array([[1 + 2 * share[0], 1.0], [1 + 2 * share[1], 1.0]])
    assert np.allclose(rates[:, [north, south]], expected, atol=4 * (3 / (0.4 * PEOPLE)) ** 0.5)

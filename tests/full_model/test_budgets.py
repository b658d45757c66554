"""Budgets: never overspent, balanced to the cent with the ledger, binding, and neutral where there is plenty."""

import datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hrsim.budgets import BOOK_ITEMS, CENTS, GRANTED, SPENT
from hrsim.compile import Prepared
from hrsim.engine.ledger import Ledger
from hrsim.errors import StudyError
from hrsim.experiment.budget_table import budget_table
from hrsim.experiment.ledger_file import read_ledger, write_ledger
from hrsim.report.budgets import budget_rows
from hrsim.simulate import ledger_of, run_draw
from hrsim.units import TICKS_PER_DAY, TICKS_PER_YEAR
from tests.simulation.studies import bare, central, flow, prepared, run

LUCK = 11
CUT = datetime.date(2027, 4, 1)
PEOPLE = 150
YEARS = 3.0
MONEY = {"currency": "CAD", "price_year": 2024, "payer": "p", "sector": "health", "category": "programme"}
# Prices in whole currency units: with cents for the balance.
PRICES = {
    "clinic": {"client_year": 1000.25, "start": 100.5, "contact": 10.75},
    "places": {"client_year": 2000, "place_year": 500, "open_year": 900},
    "kits": {"kit": 30.1, "site_year": 500},
}
BASE = {
    "clinic": {"reach": 4.0, "stay": {"mean": "6 months"}, "at_start": {"enrolled": 0.1}},
    "places": {"reach": 1.0, "stay": {"mean": "9 months"}, "capacity": {"places": 20}},
    "kits": {"reach": 3.0, "delivers": {"naloxone_kits": 1, "hiv_test": 0.9}},
}
FLOW_OF = {
    "client_year": "client_ticks", "start": "starts", "contact": "contacts", "kit": "items",
    "place_year": "place_ticks", "site_year": "site_ticks", "open_year": "open_ticks",
}  # fmt: skip


def services(**changes: Any) -> dict[str, Any]:
    return {
        name: {
            **BASE[name],
            "costs": [{"per": per, "price": price, **MONEY} for per, price in PRICES[name].items()],
            **changes.get(name, {}),
        }
        for name in BASE
    }


def budget(money: Any, *names: str, **changes: Any) -> dict[str, Any]:
    return {"per_fiscal_year": money, "fiscal_year_starts": "04-01", "services": list(names), **changes}


def study(**arms: Any) -> dict[str, Any]:
    return bare(PEOPLE, YEARS, services(), arms={"free": {}, **arms})


@cache
def town_on_a_budget() -> Ledger:
    """One arm without budgets, with plenty, with too little for each service, with one shared, with a cut."""
    return run(town_study(), LUCK)


@cache
def town_study() -> Prepared:
    names = tuple(BASE)
    return prepared(
        study(
            plenty={"budgets": {name: budget(1e6, name) for name in names}},
            tight={"budgets": {name: budget(20000, name) for name in names}},
            shared={"budgets": {"all": budget(60000, *names)}},
            cut={"budgets": {"all": budget({"from": 150000, "to": 40000, "starts": CUT}, *names)}},
        )
    )


def money_of_the_ledger(ledger: Ledger, arm: int, names: tuple[str, ...]) -> int:
    """Return ledger x price in cents x TICKS_PER_YEAR."""
    total = 0
    for name in names:
        for per, price in PRICES[name].items():
            column = ledger.flow_names.index(FLOW_OF[per])
            quantity = int(ledger.service_flow[arm, :, ledger.service_names.index(name), column].sum())
            total += quantity * round(price * CENTS) * (1 if per.endswith("_year") else TICKS_PER_YEAR)
    return total


@pytest.mark.parametrize("arm", ["plenty", "tight", "shared", "cut"])
def test_a_budget_is_never_overspent_and_balances_with_the_ledger(arm: str) -> None:
    ledger = town_on_a_budget()
    a = ledger.arms.index(arm)
    book = ledger.budget_book[a]
    assert np.all(book[..., SPENT] <= book[..., GRANTED])
    spent = {name: int(book[b, :, SPENT].sum()) for b, name in enumerate(ledger.budget_names)}
    paid = {"all": tuple(BASE)} if spent["all"] else {name: (name,) for name in BASE}
    for name, members in paid.items():
        assert spent[name] == money_of_the_ledger(ledger, a, members) > 0, name


def test_money_is_granted_by_days_of_the_fiscal_year() -> None:
    """January to March 2026 is 90 of 365 days; 2026 and 2027 are whole; then the horizon cuts."""
    ledger = town_on_a_budget()
    book = ledger.budget_book[ledger.arms.index("tight"), ledger.budget_names.index("kits")]
    cents = 20000 * CENTS * TICKS_PER_YEAR
    days = (book[:, 1] - book[:, 0]) / TICKS_PER_DAY
    assert BOOK_ITEMS[:2] == ("begins", "ends")
    assert days.tolist() == [90, 365, 366, 274.75]
    assert book[:, GRANTED].tolist() == [cents * 90 // 365, cents, cents, int(cents * 1099 // 1460)]


def test_plenty_of_money_changes_nothing() -> None:
    ledger = town_on_a_budget()
    free, plenty = ledger.arms.index("free"), ledger.arms.index("plenty")
    for array in (ledger.events, ledger.state_ticks, ledger.service_flow):
        assert np.array_equal(array[free], array[plenty])


def test_too_little_money_binds_and_is_counted() -> None:
    ledger = town_on_a_budget()
    free, tight = ledger.arms.index("free"), ledger.arms.index("tight")
    for name in ("clinic", "kits"):
        assert flow(ledger, "contacts", name)[tight] < 0.8 * flow(ledger, "contacts", name)[free]
        refused = flow(ledger, "turned_away_unfunded", name)
        assert refused[free] == 0 < refused[tight] == flow(ledger, "turned_away", name)[tight]
    assert flow(ledger, "waiting_ticks", "places")[tight] > flow(ledger, "waiting_ticks", "places")[free]


def test_a_budget_binds_demand_doubled_buys_no_more() -> None:
    """Every fiscal year ends with less left than one more contact costs, and twice the demand gets as many contacts."""
    money = {"budgets": {"b": budget(20000, "kits")}}
    arms = {"tight": money, "doubled": {**money, "services": {"kits": {"reach": 6.0}}}}
    ledger = run(prepared(bare(PEOPLE, YEARS, {"kits": services()["kits"]}, arms=arms)), LUCK)
    left = ledger.budget_book[..., GRANTED] - ledger.budget_book[..., SPENT]
    assert np.all(left < 2 * 30.1 * CENTS * TICKS_PER_YEAR)
    contacts, demand = flow(ledger, "contacts", "kits"), flow(ledger, "demand", "kits")
    assert contacts[0] == contacts[1]
    assert demand[1] > 1.9 * demand[0]


def test_a_book_reads_back_from_disk_and_fills_the_table(tmp_path: Path) -> None:
    ledger = town_on_a_budget()
    write_ledger(ledger, tmp_path / "draw.parquet")
    back = read_ledger(tmp_path / "draw.parquet")
    assert back.budget_names == ledger.budget_names
    assert back.budget_items == BOOK_ITEMS
    assert np.array_equal(back.budget_book, ledger.budget_book)
    samples = np.stack([ledger.budget_book, ledger.budget_book]).astype(float)
    table = budget_table(back, samples, town_study().study)
    assert list(dict.fromkeys(table["fiscal_year"])) == [
        f"from {year}-04-01" for year in (2025, 2026, 2027, 2028)
    ]
    sums = table.groupby(["arm", "budget", "measure"])["mean"].sum()
    for arm in ("plenty", "tight"):
        for name in BASE:
            spent = money_of_the_ledger(ledger, ledger.arms.index(arm), (name,)) / TICKS_PER_YEAR / CENTS
            assert sums[arm, name, "spent"] == pytest.approx(spent, abs=0.005)
            assert sums[arm, name, "granted"] - sums[arm, name, "spent"] == pytest.approx(
                sums[arm, name, "unspent"], abs=0.005
            )
    labels = {arm: arm for arm in ledger.arms}
    assert len(budget_rows(table, labels)) == 3 + 3 + 1 + 1


def test_nobody_is_admitted_whom_the_coming_year_cannot_pay() -> None:
    """The cut comes on 1 April 2027: admissions fall in the year before it, so that nobody need be sent away."""
    ledger = town_on_a_budget()
    starts = ledger.service_flow[
        :, 1:5, ledger.service_names.index("clinic"), ledger.flow_names.index("starts")
    ]
    assert starts.sum(axis=1)[ledger.arms.index("cut")] < starts.sum(axis=1)[ledger.arms.index("plenty")]
    assert all(np.all(flow(ledger, "cut_off", name) == 0) for name in BASE)


def test_the_latest_to_start_leave_first() -> None:
    """Two years of room, then none for most: whoever stays began before whoever left."""
    away = {"clinic": {"at_start": {"enrolled": 0.0}, "stay": {"mean": "50 years"}}}
    arms = {"cut": {"budgets": {"b": budget({"from": 500000, "to": 30000, "starts": CUT}, "clinic")}}}
    tree = bare(PEOPLE, 1.5, {"clinic": services(**away)["clinic"]}, arms=arms)
    study_of_cut = prepared(tree)
    sim = run_draw(study_of_cut, central(study_of_cut), LUCK)
    ledger = ledger_of(study_of_cut, sim)
    began = sim.began[:, 0, 0]
    before = (began > 0) & (
        began < (CUT - datetime.date(2026, 1, 1)).days * TICKS_PER_DAY
    )  # not admitted again since
    inside = before & (sim.state["enrolled"][:, 0] > 0)
    gone = before & ~inside
    assert flow(ledger, "cut_off", "clinic")[0] > 10
    assert 0 < inside.sum() <= 30000 / 1000.25
    assert np.mean(began[inside].max() < began[gone]) > 0.95  # a few left on their own


def test_set_up_and_opening_wait_for_money() -> None:
    """A service that opens in a poor year opens when the next grant pays its set-up; the set-up is paid once."""
    site = {
        "reach": 1.0,
        "opens": datetime.date(2026, 7, 1),
        "costs": [{"per": "set_up", "price": 30000, **MONEY}, {"per": "open_year", "price": 1000, **MONEY}],
    }
    money = budget({"from": 20000, "to": 50000, "starts": CUT}, "site")
    arms = {"without": {}, "rich": {"services": {"site": {"label": "site", **site}}}}
    arms["poor"] = {"services": {"site": {"label": "site", **site}}, "budgets": {"b": money}}
    tree = bare(50, 3.0, {}, arms=arms)
    ledger = run(prepared(tree), LUCK)
    opened = flow(ledger, "open_ticks", "site")
    assert opened[1] == pytest.approx((3 * 365.25 - 181) / 365.25)
    assert opened[2] == pytest.approx((3 * 365.25 - 455) / 365.25)  # from 1 April 2027
    open_ticks = ledger.service_flow[2, :, 0, ledger.flow_names.index("open_ticks")].sum()
    assert (
        ledger.budget_book[2, 0, :, SPENT].sum() == 1000 * CENTS * open_ticks + 30000 * CENTS * TICKS_PER_YEAR
    )


def test_no_money_at_all_sends_everybody_away_at_once() -> None:
    """More stays end in one change than there are people: nobody is forgotten."""
    people, names = 5000, ("one", "two", "three")
    costs = [{"per": "client_year", "price": 100, **MONEY}]
    service = {"reach": 1.0, "stay": {"mean": "1 year"}, "at_start": {"enrolled": 1.0}, "costs": costs}
    tree = bare(
        people, 0.5, dict.fromkeys(names, service), arms={"none": {"budgets": {"b": budget(0, *names)}}}
    )
    ledger = run(prepared(tree), LUCK)
    for name in names:
        assert flow(ledger, "cut_off", name)[0] == flow(ledger, "stops", name)[0] == people
        assert flow(ledger, "contacts", name)[0] == flow(ledger, "client_ticks", name)[0] == 0
        assert flow(ledger, "turned_away_unfunded", name)[0] > 0


def test_as_many_sites_open_as_are_paid() -> None:
    """Three of five sites at 1,000 a year fit in 3,500; four once the grant is 4,500; a cut to 500 closes them.

    At mid-year what is left pays half a year of the fourth, which opens then if the coming year can pay it too.
    Clients want more visits than three sites take.
    """
    sites = {
        "reach": 1.0,
        "stay": {"mean": "1 year"},
        "capacity": {"sites": 5, "booths": 1, "hours": "08:00-20:00", "minutes_per_visit": 30},
        "delivers": {"supervised_use": {"visits_per_client_year": 800, "routes": ["injecting"]}},
        "costs": [{"per": "site_year", "price": 1000, **MONEY}],
    }
    arms = {
        "more": {"budgets": {"b": budget({"from": 3500, "to": 4500, "starts": CUT}, "sites")}},
        "cut": {"budgets": {"b": budget({"from": 3500, "to": 500, "starts": CUT}, "sites")}},
        "free": {},
    }
    ledger = run(prepared(bare(PEOPLE, YEARS, {"sites": sites}, arms=arms)), LUCK)
    before, years = 455 / 365.25, YEARS
    held = flow(ledger, "site_ticks", "sites")
    early = 182.5 / 365.25
    assert held == pytest.approx([3 * before + 4 * (years - before) + early, 3 * before, 5 * years])
    visits = flow(ledger, "visits", "sites")
    assert visits[1] < visits[0] < visits[2]
    assert np.all(visits[:2] <= held[:2] * 365.25 * 24 + 1)
    assert flow(ledger, "cut_off", "sites")[1] > 0
    ticks = ledger.service_flow[:, :, 0, ledger.flow_names.index("site_ticks")].sum(axis=1)
    spent = ledger.budget_book[:, 0, :, SPENT].sum(axis=1)
    assert np.array_equal(spent[:2], ticks[:2] * 1000 * CENTS)


def test_the_order_of_arms_services_and_budgets_never_matters() -> None:
    names = tuple(BASE)
    arms = {"shared": {"budgets": {"all": budget(60000, *reversed(names))}}, "free": {}}
    tree = bare(PEOPLE, YEARS, dict(reversed(services().items())), arms=arms)
    one, other = town_on_a_budget(), run(prepared(tree), LUCK)
    a = one.arms.index("shared")
    assert np.array_equal(one.service_flow[a], other.service_flow[0])
    b = one.budget_names.index("all")
    assert np.array_equal(one.budget_book[a, b], other.budget_book[0, 0])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"services": ["clinic", "absent"]}, "service of this arm"),
        ({"fiscal_year_starts": "02-29"}, "day that every year has"),
        ({"per_fiscal_year": -5}, "amount of money"),
        ({"services": []}, "at least one"),
        ({"currency": "EUR", "price_year": 1999}, "price index"),
        ({"per_fiscal_year": 1e12}, "at most"),
    ],
)
def test_bad_budgets_are_refused_in_words(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(StudyError) as caught:
        prepared(study(bad={"budgets": {"b": {**budget(1000, "clinic"), **changes}}}))
    assert any(words in problem.message for problem in caught.value.problems)


def test_one_service_has_one_budget() -> None:
    twice = {"a": budget(1000, "clinic"), "b": budget(1000, "clinic")}
    with pytest.raises(StudyError) as caught:
        prepared(study(bad={"budgets": twice}))
    assert caught.value.problems[0].code == "BUDGET"

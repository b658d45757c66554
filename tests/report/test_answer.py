"""The answer: what the best arm does in people and money, where the choice changes, and a tie where it is one."""

import pandas as pd
import pytest

from hrsim.report.content.answer import answer_sentences, explained, find_answer
from hrsim.report.content.choices import Choice, choices
from hrsim.report.content.context import Context
from hrsim.report.content.first_page import money_table
from hrsim.report.content.years import lives_sentence
from hrsim.report.language import language


def context(report, tag="en"):
    return Context(report, report.facts, language(tag))


def said(report, tag="en"):
    return answer_sentences(context(report, tag))


def test_it_says_people_and_money_first_and_then_where_the_choice_changes(make_report):
    first, second = said(make_report())
    assert first == (
        "One site would prevent 20.0 (18.0 to 22.0) overdose deaths in 2 years, compared with As now, and cost 0.80 "
        "(0.60 to 1.00) million CAD of 2024 more (health sector perspective)."
    )
    assert second == (
        "Which arm is best depends on what a QALY is worth: from the health sector perspective, As now up to 20,000 "
        "CAD and One site above that."
    )


def test_a_rise_in_deaths_and_a_fall_in_costs_are_said_as_what_they_are(make_report):
    differences = make_report().tables["differences"].copy()
    numbers = ["mean", "low", "high"]
    differences[numbers] = -differences[["mean", "high", "low"]].to_numpy()
    first, _ = said(make_report(differences=differences))
    assert "would lead to 20.0 (18.0 to 22.0) more overdose deaths" in first
    assert "cost 0.80 (0.60 to 1.00) million CAD of 2024 less" in first


def test_where_nobody_dies_less_the_next_outcome_is_said(make_report):
    differences = make_report().tables["differences"]
    fatal = differences["measure"] == "overdose_death"
    first, _ = said(make_report(differences=differences.assign(mean=differences["mean"].where(~fatal, 0.0))))
    assert "would prevent 400.0 (398.0 to 402.0) emergency visits" in first


def test_where_the_comparator_is_best_the_next_best_is_described(make_report, make_money):
    first, _ = said(make_report(**make_money(net_benefit=(0.0, -3e6, -1e6))))
    assert first.startswith(
        "At 50,000 CAD per QALY gained, health sector perspective, no arm is better than As now."
    )
    assert "The next best is this: One site would prevent" in first


def test_arms_that_the_draws_cannot_tell_apart_are_a_tie(make_report, make_money):
    first, _ = said(make_report(**make_money(net_benefit=(0.0, 1e6, 1.1e6), tie=2e5)))
    assert "it is a tie between More and One site: 50 draws cannot tell them apart. One site would" in first
    first, _ = said(make_report(**make_money(net_benefit=(0.0, 0.0, 0.0))))
    assert "a tie between As now, More, and One site" in first


@pytest.mark.parametrize("best", [30, 50])
def test_how_often_the_best_arm_is_best_is_said_with_what_a_qaly_and_a_draw_are(
    make_report, make_money, best
):
    tables = make_money()
    net = tables["net_benefit"].assign(draws_best=[0, 50 - best, best])
    words = explained(context(make_report(**{**tables, "net_benefit": net})))
    assert (
        f"One site has the highest net benefit on average and is the best arm in {best} of 50 draws." in words
    )
    assert "A QALY is a year of life in full health. A draw is" in words


def test_how_often_an_arm_of_a_tie_is_best_is_said_to_settle_nothing(make_report, make_money):
    tied = explained(context(make_report(**make_money(net_benefit=(0.0, 1e6, 1.1e6), tie=2e5))))
    assert ", which does not tell the tied arms apart. A QALY" in tied
    assert "apart" not in explained(context(make_report(**make_money())))


def test_one_draw_claims_no_certainty(make_report, make_money):
    tables = make_money()
    net = tables["net_benefit"].assign(n_draws=1)
    words = explained(context(make_report(**{**tables, "net_benefit": net})))
    assert words.startswith("How sure the choice is cannot be told from one draw.")


def test_the_first_threshold_and_perspective_decide(make_report, make_money):
    tables = make_money()
    net = tables["net_benefit"]
    other = net.assign(perspective="societal", mean=-net["mean"])
    higher = net.assign(threshold=100_000.0, mean=-net["mean"])
    report = make_report(**{**tables, "net_benefit": pd.concat([net, other, higher])})
    answer = find_answer(context(report))
    assert (answer.best, answer.threshold, answer.perspective) == (("site",), 50_000.0, "health_sector")


def frontier(**status):
    """Give a table of cost-effectiveness of three arms at (0, 0), (10, 1) and (40, 2): 10 and then 30 a QALY."""
    points = {"now": (0.0, 0.0, None), "more": (10.0, 1.0, 10.0), "site": (40.0, 2.0, 30.0)}
    return pd.DataFrame(
        [
            {"arm": arm, "perspective": "health_sector", "cost": cost, "qalys": qalys, "icer": icer,
             "status": status.get(arm, "frontier")}
            for arm, (cost, qalys, icer) in points.items()
        ]
    )  # fmt: skip


@pytest.mark.parametrize("worth", [0.0, 9.9, 10.1, 29.9, 30.1, 1e6])
def test_the_arm_of_each_stretch_has_the_highest_net_benefit_in_it(worth):
    table = frontier()
    highest = table.loc[(worth * table["qalys"] - table["cost"]).idxmax(), "arm"]
    (found,) = [
        one
        for one in choices(table, "health_sector")
        if one.start <= worth and (one.to is None or worth < one.to)
    ]
    assert found.arm == highest


def test_an_arm_off_the_frontier_is_never_the_choice():
    table = frontier(more="extended_dominated").assign(icer=[None, None, 20.0])
    found = choices(table, "health_sector")
    assert [(one.arm, one.start, one.to) for one in found] == [("now", 0.0, 20.0), ("site", 20.0, None)]


def test_of_many_changes_the_stretch_of_the_studys_threshold_is_said_with_its_neighbours(
    make_report, monkeypatch
):
    steps = (0.0, 1e4, 4e4, 6e4, 9e4)
    arms = ("more", "now", "site", "more", "now")
    many = tuple(Choice(arm, *ends) for arm, *ends in zip(arms, steps, (*steps[1:], None), strict=True))
    monkeypatch.setattr("hrsim.report.content.choices.choices", lambda table, perspective: many)
    assert said(make_report())[1].endswith(
        "One site between 40,000 CAD and 60,000 CAD (next below that, As now; next above, More)."
    )


def test_one_arm_has_nothing_to_compare(make_report):
    assert said(make_report(arms={"now": "As now"})) == (
        "The study has one arm, so there is nothing to compare: the table shows its totals.",
    )


def test_it_reads_well_in_french(make_report):
    first, second = said(make_report(), "fr")
    assert first.startswith(
        "One site\u00a0: ce scénario éviterait 20,0 (de 18,0 à 22,0) décès par surdose en 2 ans"
    )
    assert "As now jusqu'à 20\u202f000 CAD et One site au-delà." in second


@pytest.mark.parametrize(("tag", "heading"), [("en", "whole lives"), ("fr", "vies entières")])
def test_the_first_page_says_which_numbers_count_whole_lives(make_report, tag, heading):
    """Half of the QALYs of the made runs lie after the horizon; without them nothing is said of lives."""
    report = make_report()
    ratios = report.tables["cost_per_qaly"]
    within = ratios.assign(decisions=(ratios["part"] == "within_horizon") & (ratios["care"] == "with"))
    for table, told in ((ratios, True), (within, False)):
        seen = context(make_report(cost_per_qaly=table), tag)
        heads = [column.label for column in money_table(seen, find_answer(seen)).columns]
        assert any(heading in head for head in heads) == told
        sentence = lives_sentence(seen, "site", "health_sector")
        assert bool(sentence) == told
        assert ("50%" in sentence or "50 %" in sentence.replace("\u202f", " ").replace("\xa0", " ")) == told

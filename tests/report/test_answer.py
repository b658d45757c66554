"""The answer: the arm of highest expected net benefit, how sure that is, and whether no difference is possible."""

import pandas as pd
import pytest

from hrsim.report.content.answer import answer_sentences, find_answer
from hrsim.report.content.context import Context
from hrsim.report.language import language


def said(report, tag="en"):
    return answer_sentences(Context(report, report.facts, language(tag)))


def test_the_best_arm_is_named_with_how_sure_that_is_and_what_it_changes(make_report):
    first, second = said(make_report())
    assert first == (
        "One site has the highest expected net benefit at 50,000 CAD per QALY gained, from the health sector "
        "perspective. It is the best arm in 30 of 50 draws."
    )
    assert "overdose deaths by −20.0 (−22.0 to −18.0)" in second
    assert "QALYs by 40.0 (38.0 to 42.0)" in second
    assert "costs by 0.80 (0.60 to 1.00) million CAD of 2024" in second
    assert second.endswith("net benefit, 1.20 (0.80 to 1.60) million CAD of 2024, lies above no difference.")


@pytest.mark.parametrize(
    ("spread", "words"), [(2e5, "lies above no difference"), (1e6, "includes no difference")]
)
def test_an_interval_that_includes_no_difference_is_said_to(make_report, make_money, spread, words):
    report = make_report(**make_money(spread=spread))
    assert said(report)[1].endswith(f"{words}.")


def test_where_the_comparator_is_best_the_next_best_is_described(make_report, make_money):
    first, second = said(make_report(**make_money(net_benefit=(0.0, -3e6, -1e6))))
    assert first.startswith("No other arm has a higher expected net benefit than As now")
    assert second.startswith("The next best, One site,")
    assert second.endswith("lies below no difference.")


def test_arms_of_equal_net_benefit_are_named_together(make_report, make_money):
    first, second = said(make_report(**make_money(net_benefit=(0.0, 1e6, 1e6))))
    assert first.startswith("More and One site share the highest expected net benefit")
    first, second = said(make_report(**make_money(net_benefit=(0.0, 0.0, 0.0))))
    assert first.startswith("As now, More, and One site share")
    assert second == "No arm differs from another in expected net benefit."


def test_one_draw_claims_no_certainty(make_report, make_money):
    tables = make_money()
    unknown = [f"difference_{name}" for name in ("sd", "mcse", "low", "high")]
    net = tables["net_benefit"].assign(n_draws=1, **dict.fromkeys(unknown, float("nan")))
    first, second = said(make_report(**{**tables, "net_benefit": net}))
    assert first.endswith("How sure that is cannot be told from one draw.")
    assert second.endswith("intervals are not known.")


def test_every_draw_is_not_certainty(make_report, make_money):
    tables = make_money()
    net = tables["net_benefit"].assign(draws_best=[0, 0, 50])
    assert "which do not cover every doubt" in said(make_report(**{**tables, "net_benefit": net}))[0]


def test_the_first_threshold_and_perspective_decide(make_report, make_money):
    tables = make_money()
    net = tables["net_benefit"]
    other = net.assign(perspective="societal", mean=-net["mean"])
    higher = net.assign(threshold=100_000.0, mean=-net["mean"])
    report = make_report(**{**tables, "net_benefit": pd.concat([net, other, higher])})
    answer = find_answer(Context(report, report.facts, language("en")))
    assert (answer.best, answer.threshold, answer.perspective) == (("site",), 50_000.0, "health_sector")


def test_one_arm_has_nothing_to_compare(make_report):
    assert said(make_report(arms={"now": "As now"})) == (
        "The study has one arm, so there is nothing to compare: the table shows its totals.",
    )


def test_it_reads_well_in_french(make_report):
    first, second = said(make_report(), "fr")
    assert first.startswith(
        "One site\u00a0: c'est le scénario dont le bénéfice net attendu est le plus élevé"
    )
    assert "−20,0 (de −22,0 à −18,0) pour les décès par surdose" in second

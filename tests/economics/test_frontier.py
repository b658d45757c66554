"""The frontier returns I1 to I6 and keeps its identities for any set of arms."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hrsim.economics.frontier import (
    Standing,
    Status,
    frontier,
    net_health_benefit,
    net_monetary_benefit,
    switch_points,
)

Arms = dict[str, tuple[float, float]]

I1: Arms = {
    "UC": (5000, 1), "A": (12000, 1.5), "B": (10000, 2), "C": (25000, 3), "D": (35000, 4), "E": (55000, 5),
}  # fmt: skip
I2: Arms = {
    "status quo": (26000, 277.25 / 12), "one time": (27000, 277.57 / 12), "5yr": (28020, 277.78 / 12),
    "3yr": (28440, 277.83 / 12), "annual": (29440, 277.76 / 12),
}  # fmt: skip
I3: Arms = {
    "SoC": (151579.9, 20.7113), "A": (284804.5, 21.4987), "B": (259100.4, 22.1845), "AB": (378875.2, 23.1368),
}  # fmt: skip
I4: Arms = {
    "s3": (57336.00599, 12.93996392), "s27": (57541.25264, 13.01406407), "s33": (57642.25875, 13.03891163),
    "s31": (57934.07437, 13.09662579), "s43": (58072.11372, 13.11285767), "s44": (58665.78230, 13.12833284),
    "s39": (57814.64709, 13.04627902), "s4": (57887.48155, 12.99706572), "s13": (58018.62524, 13.06504124),
    "s37": (58081.79480, 13.10297112), "s20": (58634.20264, 13.11005689),
}  # fmt: skip
I5: Arms = {
    "none": (0, 0), "THN": (150e3, 30), "NSP": (400e3, 60), "OAT": (900e3, 75), "SCS": (1.2e6, 70),
    "OAT+THN": (1.0e6, 104),
}  # fmt: skip
I6: Arms = {
    "No treat": (163771.0, 6.48273), "Treat all": (164848.7, 6.52861), "Test": (163765.1, 6.52861),
}  # fmt: skip


def stand(arms: Arms, comparator: str | None = None) -> dict[str, Standing]:
    costs, effects = zip(*arms.values(), strict=True)
    return {standing.arm: standing for standing in frontier(list(arms), costs, effects, comparator)}


def of_status(standings: dict[str, Standing], status: Status) -> set[str]:
    return {arm for arm, standing in standings.items() if standing.status is status}


@pytest.mark.parametrize(
    ("arms", "ratios", "extended", "dominated"),
    [
        (I1, {"B": 5000, "D": 12500, "E": 20000}, {"C"}, {"A"}),
        (I2, {"one time": 37500, "5yr": 58285.7143, "3yr": 100800}, set(), {"annual"}),
        (I3, {"B": 72984.3198, "AB": 125774.2308}, set(), {"A"}),
        (
            I4,
            {"s27": 2769.85, "s33": 4065.03, "s31": 5056.22, "s43": 8504.21, "s44": 38362.65},
            {"s39"},
            {"s4", "s13", "s37", "s20"},
        ),
        (I5, {"THN": 5000, "NSP": 8333.3333, "OAT+THN": 13636.3636}, {"OAT"}, {"SCS"}),
    ],
)
def test_published_frontiers(
    arms: Arms, ratios: dict[str, float], extended: set[str], dominated: set[str]
) -> None:
    standings = stand(arms)
    stepped = {arm: s.icer for arm, s in standings.items() if s.against is not None}
    assert stepped == pytest.approx(ratios, abs=5e-3)
    assert of_status(standings, Status.EXTENDED_DOMINATED) == extended
    assert of_status(standings, Status.DOMINATED) == dominated


def test_i5_net_benefit_at_twenty_thousand() -> None:
    costs, effects = zip(*I5.values(), strict=True)
    benefit = net_monetary_benefit(costs, effects, 20_000)
    assert benefit.tolist() == [0, 450_000, 800_000, 600_000, 200_000, 1_080_000]
    assert net_health_benefit(costs, effects, 20_000).tolist() == (benefit / 20_000).tolist()


def test_i6_equal_effects_leave_one_survivor_without_a_ratio() -> None:
    standings = stand(I6, comparator="No treat")
    assert of_status(standings, Status.COST_SAVING) == {"Test"}
    assert of_status(standings, Status.DOMINATED) == {"No treat", "Treat all"}
    assert all(math.isnan(standing.icer) for standing in standings.values())
    assert "costs less than the comparator and does no less" in standings["Test"].words


def test_equal_costs_leave_the_most_effective() -> None:
    standings = stand({"a": (10, 1), "b": (10, 2), "c": (10, 3)})
    assert of_status(standings, Status.FRONTIER) == {"c"}


def test_an_arm_of_the_comparators_cost_is_not_said_to_save() -> None:
    standings = stand({"now": (10, 1), "more": (10, 2)}, comparator="now")
    assert standings["more"].status is Status.FRONTIER
    assert "costs the same as the comparator and does more" in standings["more"].words
    cheaper = stand({"now": (10, 1), "more": (9, 1)}, comparator="now")["more"]
    assert cheaper.status is Status.COST_SAVING


def test_identical_arms_share_their_standing() -> None:
    standings = stand({"none": (0, 0), "x": (10, 1), "y": (10, 1), "z": (30, 2)})
    assert standings["x"].status is standings["y"].status is Status.FRONTIER
    assert (standings["x"].icer, standings["y"].icer, standings["z"].icer) == (10, 10, 20)
    assert standings["x"].words == "same cost and effect as y"
    assert switch_points(list(standings.values())) == [(10, "x"), (20, "z")]


def test_an_arm_on_the_line_between_two_others_is_extended_dominated() -> None:
    assert stand({"a": (0, 0), "b": (10, 1), "c": (20, 2)})["b"].status is Status.EXTENDED_DOMINATED


@pytest.mark.parametrize("wrong", [math.nan, math.inf])
def test_numbers_that_are_not_finite_are_refused(wrong: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        frontier(["a", "b"], [0, wrong], [0, 1])


whole_points = st.tuples(st.integers(-40, 40), st.integers(-20, 20))
many_arms = st.lists(whole_points, min_size=1, max_size=9).map(
    lambda points: {f"arm{i}": (float(c), float(e)) for i, (c, e) in enumerate(points)}
)


@given(many_arms, st.floats(0.01, 100))
def test_the_best_arm_at_any_threshold_lies_on_the_frontier(arms: Arms, threshold: float) -> None:
    standings = stand(arms)
    costs, effects = map(np.array, zip(*arms.values(), strict=True))
    benefit = net_monetary_benefit(costs, effects, threshold)
    on = [standing.status.on_frontier for standing in standings.values()]
    assert benefit[on].max() == pytest.approx(benefit.max(), abs=1e-9)


@given(many_arms, st.randoms(use_true_random=False))
def test_the_order_of_arms_never_matters(arms: Arms, random: object) -> None:
    shuffled = list(arms)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    again = stand({arm: arms[arm] for arm in shuffled}, comparator="arm0")
    assert repr([again[arm] for arm in arms]) == repr(list(stand(arms, comparator="arm0").values()))


@given(many_arms)
def test_ratios_rise_and_are_never_negative(arms: Arms) -> None:
    ratios = [ratio for ratio, _ in switch_points(list(stand(arms).values()))]
    assert ratios == sorted(ratios)
    assert all(ratio > 0 for ratio in ratios)


@given(many_arms)
def test_the_best_arm_switches_exactly_at_the_ratios(arms: Arms) -> None:
    points = switch_points(list(stand(arms).values()))
    assume(points)
    for ratio, arm in points:
        cost, effect = arms[arm]
        for threshold, wins in ((ratio * (1 - 1e-9), False), (ratio * (1 + 1e-9), True)):
            own = threshold * effect - cost
            beaten = [threshold * e - c > own for c, e in arms.values()]
            assert any(beaten) != wins


@given(many_arms)
def test_every_arm_off_the_frontier_has_words_and_no_ratio(arms: Arms) -> None:
    for standing in stand(arms).values():
        if not standing.status.on_frontier:
            assert standing.words
            assert math.isnan(standing.icer)


def test_the_next_arm_of_several_at_one_point_is_the_comparator() -> None:
    standings = frontier(["idle", "now", "more"], [1.0, 1.0, 3.0], [1.0, 1.0, 2.0], "now")
    assert standings[2].against == "now"

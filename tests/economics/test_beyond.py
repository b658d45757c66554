"""Beyond the horizon: life expectancies by closed form, and parts of time that add up."""

from collections.abc import Callable

import numpy as np
import pytest

from hrsim.economics import (
    Analysis,
    CostLine,
    DiscountSchedule,
    PriceBook,
    Utilities,
    summarise,
    value_ledger,
)
from hrsim.economics.beyond import expected_years, load_mortality
from hrsim.economics.summaries import collect
from hrsim.economics.uncertainty_tables import replicated
from hrsim.engine.ledger import AGES, Ledger
from hrsim.errors import StudyError
from hrsim.evidence import central_parameters, load_register
from hrsim.life_table import life_table
from hrsim.units import TICKS_PER_QUARTER

LEVEL, SLOPE = 2.7e-5, 0.098
FLAT = DiscountSchedule.constant(0.0)
THREE_PER_CENT = DiscountSchedule.constant(0.03)


def gompertz(first_age: float, ratio: float, extra: float) -> np.ndarray:
    """Give mean rates ahead: for the half year from a middle of a year of age, then year by year."""
    edges = first_age + np.concatenate([[0.0], 0.5 + np.arange(AGES)])
    mean = LEVEL / SLOPE * np.diff(np.exp(SLOPE * edges)) / np.diff(edges)
    return (ratio * mean + extra)[None, :]


@pytest.mark.parametrize(
    ("age", "ratio", "extra", "years"),
    [
        (0.0, 1.0, 0.0, 77.776),
        (35.0, 1.0, 0.0, 43.2043),
        (35.0, 10.0, 0.0, 21.8911),
        (35.0, 1.0, 0.016, 30.5638),
    ],
)
def test_gompertz_life_expectancies(age: float, ratio: float, extra: float, years: float) -> None:
    """S3 of analytic.md, whose rates rise within a year of age; held constant they give 0.008 years less at most."""
    found = expected_years(gompertz(age, ratio, extra), 0.0, FLAT)[0]
    assert found == pytest.approx(years, abs=0.01)


def test_a_constant_rate_gives_the_closed_form_at_any_start_and_discount() -> None:
    """D3: u / (mu + ln 1.03) with the factor of the horizon in front; two rates give two."""
    rates = np.array([[0.016], [0.05]]) * np.ones(AGES)
    force = np.log(1.03)
    expected = np.exp(-force * 10.0) / (np.array([0.016, 0.05]) + force)
    assert expected_years(rates, 10.0, THREE_PER_CENT) == pytest.approx(expected, rel=1e-12)
    assert 0.72 * expected_years(rates, 0.0, THREE_PER_CENT)[0] == pytest.approx(15.803752, abs=5e-7)


POINT = central_parameters(load_register().values())
DIMENSIONS = (("use", ("injecting", "not_using")), ("oat", ("none", "oat_methadone")))


@pytest.fixture
def ledger(make_ledger: Callable[..., Ledger]) -> Ledger:
    """One man of 40 in each state of the first arm; one of them more, of 60, in the second."""
    shape = (2, 1, 2, AGES, 4)
    cells = [np.ravel_multi_index((0, 0, 1, 40, state), shape) for state in range(4)]
    cells += [np.ravel_multi_index((1, 0, 1, 60, 3), shape)]
    return make_ledger(
        state_dimensions=DIMENSIONS,
        survivors=np.stack([cells, np.ones(5, np.int64)], axis=1),
        state_ticks=10 * TICKS_PER_QUARTER,
        events=np.array([2, 1]),
    )


def test_rates_by_state_and_the_overdoses_of_the_last_year(ledger: Ledger) -> None:
    mortality = load_mortality()
    out, inside = POINT["oat.nonod_mort_hr_out_vs_pop"], POINT["oat.nonod_mort_ratio_in_vs_out"]
    assert mortality.state_ratios(DIMENSIONS, POINT) == pytest.approx([out, out * inside] * 2)
    overdose = mortality.overdose_rates(ledger, POINT)
    in_treatment = POINT["oat.od_death_ratio_in_vs_out"]
    level = 4 / (
        10 * (1 + in_treatment)
    )  # four deaths in ten person-years in either of the two states at risk
    assert overdose[0] == pytest.approx([level, level * in_treatment, 0, 0])
    years = ledger.state_ticks[0, :, 0].sum(axis=0) / (4 * TICKS_PER_QUARTER)
    assert overdose[0] @ years == pytest.approx(4)


@pytest.fixture
def book(make_line: Callable[..., CostLine], make_book: Callable[..., PriceBook]) -> PriceBook:
    return make_book(
        make_line(name="event", price={"value": 7.0}),
        make_line(name="state", per="person_year", states={"use": {"include": ["not_using"]}}),
        make_line(name="set_up", per="set_up", service="site", price={"value": 1e6}),
    )


def test_parts_add_up_and_decisions_follow_the_choice(
    ledger: Ledger, book: PriceBook, utilities: Utilities, make_analysis: Callable[..., Analysis]
) -> None:
    within, whole = make_analysis(0.03), make_analysis(0.03, beyond_horizon=True)
    tables = {}
    for analysis in (within, whole):
        valuations = [value_ledger(ledger, book, utilities, analysis, POINT)]
        tables[analysis.part] = summarise(valuations, book, analysis)
    parts = tables["total"]["horizon"]
    wide = parts[parts["arm"] == "now"].pivot_table(
        index=["measure", "perspective", "discounted"], columns="part", values="mean", sort=False
    )
    assert wide["total"].to_numpy() == pytest.approx(
        (wide["within_horizon"] + wide["beyond_horizon"]).to_numpy()
    )
    assert (wide["beyond_horizon"] > 0).all()
    for part, found in tables.items():
        shown = parts[(parts["part"] == part) & parts["discounted"] & (parts["arm"] == "now")]
        decided = found["cost_effectiveness"].query("arm == 'now'")
        assert set(decided["part"]) == {part}
        assert set(decided["qalys"]) == set(shown.query("measure == 'qalys'")["mean"])
        assert list(decided["cost"]) == list(shown.query("measure == 'cost'")["mean"])
    assert tables["total"]["costs"].equals(tables["within_horizon"]["costs"])


@pytest.mark.parametrize("beyond", [False, True])
def test_every_table_says_which_years_count(
    beyond: bool,
    ledger: Ledger,
    book: PriceBook,
    utilities: Utilities,
    make_analysis: Callable[..., Analysis],
) -> None:
    """What was simulated within the horizon; decisions as the analysis asks, their steps those of cost_per_qaly."""
    analysis = make_analysis(0.03, beyond_horizon=beyond)
    tables = summarise([value_ledger(ledger, book, utilities, analysis, POINT)], book, analysis)
    for name in ("costs", "health", "economic_differences"):
        assert set(tables[name]["part"]) == {"within_horizon"}, name
    for name in ("cost_effectiveness", "net_benefit", "cost_benefit"):
        assert set(tables[name]["part"]) == {analysis.part}, name
    decided = tables["cost_effectiveness"].set_index(["perspective", "arm"])[["cost", "qalys"]]
    steps = tables["cost_per_qaly"].query("decisions").set_index("perspective")
    for perspective in analysis.perspectives:
        expected = decided.loc[(perspective, "more")] - decided.loc[(perspective, "now")]
        assert steps.loc[perspective, ["cost", "qalys"]].tolist() == pytest.approx(expected.tolist())


def test_quality_of_life_falls_with_age_as_in_the_norm() -> None:
    """By formula: 0.9508566 + 0.0212126 male - 0.0002587 age - 0.0000332 age^2, at the middle of a year of age."""
    factors = load_mortality().ageing.factors(POINT)
    for sex, male in enumerate((0, 1)):
        at_39 = 0.9508566 + 0.0212126 * male - 0.0002587 * 39 - 0.0000332 * 39**2
        at_80 = 0.9508566 + 0.0212126 * male - 0.0002587 * 80.5 - 0.0000332 * 80.5**2
        assert factors[sex, 80] == pytest.approx(at_80 / at_39)
        assert (np.diff(factors[sex]) < 0).all()
        assert factors[sex, 38] > 1 > factors[sex, 39] > 0


def test_years_weighed_by_age_are_the_integral_over_survival() -> None:
    """A death rate of 0.05 and a weight that falls by 0.01 a year of age, in a sum over years as in the closed form."""
    rates, worth = np.full((1, AGES), 0.05), (1 - 0.005 * np.arange(AGES))[None, :]
    edges = np.concatenate([[0.0], 0.5 + np.arange(AGES - 1.0), [np.inf]])
    lived = -np.diff(np.exp(-0.05 * edges)) / 0.05
    assert expected_years(rates, 0.0, FLAT, worth)[0] == pytest.approx(lived @ worth[0])
    assert expected_years(rates, 0.0, FLAT, np.ones_like(rates)) == expected_years(rates, 0.0, FLAT)


def test_acceptability_counts_what_decisions_count(
    ledger: Ledger, book: PriceBook, utilities: Utilities, make_analysis: Callable[..., Analysis]
) -> None:
    """Two draws that differ in a utility: the chance of being best is that of the decision table, in either part."""
    for beyond in (False, True):
        analysis = make_analysis(0.03, beyond_horizon=beyond, thresholds=(1.0,))
        draws = [
            value_ledger(ledger, book, utilities, analysis, {**POINT, "oat.nonod_mort_hr_out_vs_pop": ratio})
            for ratio in (5.0, 9.0)
        ]
        costs, qalys = replicated(collect(draws), book, "societal", analysis.part)
        decided = summarise(draws, book, analysis)["cost_effectiveness"].query("perspective == 'societal'")
        assert costs.mean(axis=(0, 1)) == pytest.approx(decided["cost"].to_numpy())
        assert qalys.mean(axis=(0, 1)) == pytest.approx(decided["qalys"].to_numpy())


def test_what_is_carried_on_by_hand(
    ledger: Ledger, book: PriceBook, utilities: Utilities, make_analysis: Callable[..., Analysis]
) -> None:
    """The second arm: one man of 60 in treatment who does not use; everything from his years left."""
    value = value_ledger(ledger, book, utilities, make_analysis(0.03), POINT)
    assert value.beyond is not None
    ratio = POINT["oat.nonod_mort_hr_out_vs_pop"] * POINT["oat.nonod_mort_ratio_in_vs_out"]
    ages = np.concatenate([[60.75], np.minimum(60 + np.arange(1, AGES), AGES - 1) + 0.5])
    rates = (life_table(POINT).rates(ages)[1] * ratio)[None, :]
    years = [expected_years(rates, 1.0, schedule)[0] for schedule in (FLAT, THREE_PER_CENT)]
    assert value.beyond.life_years[:, 1, 0] == pytest.approx(years)
    worth = load_mortality().ageing.factors(POINT)[1, ages.astype(int)][None, :]
    well = [expected_years(rates, 1.0, schedule, worth)[0] for schedule in (FLAT, THREE_PER_CENT)]
    assert value.beyond.qalys[:, 1, 0] == pytest.approx(0.72 * np.array(well))
    assert value.beyond.cost_years[:, 1] == pytest.approx(years)
    per_person = 8 / 40  # eight overdoses in forty person-years
    assert value.beyond.costs[:, 1] == pytest.approx(np.outer(years, [7 * per_person, 1.0, 0.0]))


def test_a_ledger_without_survivors_cannot_decide_beyond(
    make_ledger: Callable[..., Ledger],
    book: PriceBook,
    utilities: Utilities,
    make_analysis: Callable[..., Analysis],
) -> None:
    old = make_ledger(state_dimensions=DIMENSIONS)
    assert value_ledger(old, book, utilities, make_analysis(), {}).beyond is None
    with pytest.raises(StudyError, match="alive at the end"):
        value_ledger(old, book, utilities, make_analysis(beyond_horizon=True), {})

"""Prices reach the study's money by a named conversion or not at all; faults are named with a remedy."""

from collections.abc import Callable

import pytest
from pydantic import ValidationError

from hrsim.economics import CostLine, CurrencyYear, Price, PriceBook, ServiceCost, load_price_book
from hrsim.economics.currency import Conversions, load_conversions
from hrsim.economics.figures import Figure
from hrsim.errors import StudyError
from hrsim.evidence import load_register
from hrsim.evidence.draws import draw_parameters

CAD = CurrencyYear("CAD", 2024)


def d8_table() -> Conversions:
    return Conversions(
        name="d8",
        numeraire="FOREIGN",
        index_source="index of D8",
        parity_source="parity of D8",
        index={"FOREIGN": {2010: 218.056, 2021: 270.970}},
        parity={"FOREIGN": {2021: 1.25}, "HOME": {2021: 1.0}},
    )


def test_d8_inflation_then_parity() -> None:
    source, target = CurrencyYear("FOREIGN", 2010), CurrencyYear("HOME", 2021)
    assert 100 * d8_table().factor(source, target) == pytest.approx(99.412995, abs=5e-7)
    assert d8_table().route(source, target) == (
        "index of D8, FOREIGN 2010 to 2021; then parity of D8, FOREIGN to HOME in 2021"
    )


def test_same_money_needs_no_table() -> None:
    money = CurrencyYear("XYZ", 1999)
    assert d8_table().missing(money, money) == ()
    assert d8_table().factor(money, money) == 1.0


def test_the_packaged_index_agrees_with_the_published_one_of_d8() -> None:
    factor = load_conversions().factor(CurrencyYear("USD", 2010), CurrencyYear("USD", 2021))
    assert factor == pytest.approx(270.970 / 218.056, rel=1e-5)


def test_conversion_there_and_back_is_one() -> None:
    table, source = load_conversions(), CurrencyYear("AUD", 2024)
    assert table.factor(source, CAD) * table.factor(CAD, source) == pytest.approx(1.0, rel=1e-14)


def test_a_missing_conversion_is_refused_with_its_remedy(
    make_line: Callable[..., CostLine], make_book: Callable[..., PriceBook]
) -> None:
    book = make_book(make_line(currency="SEK", price_year=1990), health_values={})
    (problem,) = book.check({}, CAD)
    assert problem.code == "CURRENCY"
    for part in ("1990 SEK", "2024 CAD", "price index of SEK in 1990", "parity of SEK in 2024"):
        assert part in problem.message
    assert "state the price in 2024 CAD" in problem.fix


def test_every_missing_row_is_named_at_once(
    make_line: Callable[..., CostLine], make_book: Callable[..., PriceBook]
) -> None:
    book = make_book(make_line(price={"times": ["cost.a", "los.b"]}), make_line(name="other", price="cost.c"))
    assert [problem.path for problem in book.check({"los.b": 1.0}, CAD)] == ["prices.line", "prices.other"]


def test_a_figure_multiplies_divides_and_adds() -> None:
    figure = Figure(value=2.0, times=("a", "b"), over=("c",), plus=("d",))
    assert figure.evaluate({"a": 3.0, "b": 5.0, "c": 4.0, "d": -1.0}) == 6.5


@pytest.mark.parametrize(
    "wrong",
    [
        {"event": ""},
        {"service": "site"},
        {"per": "person_year", "event": "overdose_nonfatal"},
        {"per": "contact"},
        {"direction": 0},
        {"colour": "red"},
    ],
)
def test_a_line_has_the_one_source_that_fits_its_unit(
    make_line: Callable[..., CostLine], wrong: dict[str, object]
) -> None:
    with pytest.raises(ValidationError):
        make_line(**wrong)


def test_lines_need_names_of_their_own(
    make_line: Callable[..., CostLine], make_book: Callable[..., PriceBook]
) -> None:
    with pytest.raises(ValidationError, match="share a name: line"):
        make_book(make_line(), make_line())


def test_an_override_is_in_its_own_money(
    make_line: Callable[..., CostLine], make_book: Callable[..., PriceBook]
) -> None:
    book = make_book(make_line(currency="USD", price_year=2016)).with_overrides(
        {
            "line": Price(price=Figure(value=7.0), currency="CAD", price_year=2024),
            "life": Price(price=Figure(value=9.0), currency="CAD", price_year=2020),
        }
    )
    assert book.amount(book.lines[0], {}, CAD) == 7.0
    inflated = 9.0 * 138.1082 / 117.5944  # Canadian consumer prices, 2020 to 2024
    assert book.amount(book.health_values["life"], {}, CAD) == pytest.approx(inflated, rel=1e-12)


def test_unknown_overrides_and_perspectives_suggest_a_name(
    make_line: Callable[..., CostLine], make_book: Callable[..., PriceBook]
) -> None:
    book = make_book(make_line(name="ambulance"))
    with pytest.raises(StudyError, match="did you mean 'ambulance'"):
        book.with_overrides({"ambulanse": Price(price=Figure(value=1.0), currency="CAD", price_year=2024)})
    with pytest.raises(StudyError, match="did you mean 'societal'"):
        book.perspective("social")


def test_service_lines_of_one_unit_stay_apart(make_book: Callable[..., PriceBook]) -> None:
    cost = ServiceCost("kits", "kit", 5.0, "CAD", 2024, "ministry", "health", "programme")
    assert [line.name for line in make_book().with_services([cost, cost]).lines] == ["kits.kit", "kits.kit.2"]


def test_the_packaged_book_states_the_money_of_its_rows_and_prices_every_line() -> None:
    book, register = load_price_book(), load_register()
    for price in (*book.lines, *book.health_values.values()):
        for evidence in price.price.evidence:
            row = register[evidence]
            if row.currency:
                assert (row.currency, row.price_year) == (price.currency, price.price_year), evidence
    central = {row.id: row.value for row in register.values()}
    assert book.check(central, CAD) == []
    assert all(book.amount(line, central, CAD) > 0 for line in book.lines)


def test_within_every_draw_treatment_is_no_dearer_in_crime_than_none() -> None:
    """One level and ratios below 1; drawn apart, treatment was dearer in 14 of 100 draws."""
    book = load_price_book()
    lines = {line.name: line for line in book.lines if line.category == "crime"}
    rows = [
        load_register()[name]
        for name in sorted({row for line in lines.values() for row in line.price.evidence})
    ]
    for draw in range(300):
        parameters = draw_parameters(rows, 7, draw)
        out, inside, not_using = (
            book.amount(lines[f"crime_{name}"], parameters, CAD)
            for name in ("out_of_treatment", "in_treatment", "not_using")
        )
        assert 0 < inside <= out
        assert 0 < not_using <= out


def test_crime_and_lost_earnings_are_in_nobodys_budget() -> None:
    losses = [line for line in load_price_book().lines if line.sector in ("criminal_justice", "productivity")]
    assert losses
    assert not any(line.in_a_budget for line in losses)


def test_no_packaged_perspective_counts_earnings_of_the_dead_but_the_one_named_for_it() -> None:
    book = load_price_book()
    lives = [line for line in book.lines if line.values_death]
    assert {line.direction for line in lives} == {1, -1}
    for name, perspective in book.perspectives.items():
        seen = [perspective.includes(line) for line in lives]
        assert seen == [name == "societal_human_capital"] * len(lives), name

"""The first page: what the ranking rests on, places added and used, the grade of use, and no word of a machine."""

import re
from dataclasses import replace

import pandas as pd
import pytest

from hrsim.report.blocks import Box, Bullets, Paragraph, Table
from hrsim.report.content.document import build_document
from hrsim.report.files import summary_data
from hrsim.report.fitness import Limit, grade_of, held_back
from hrsim.report.language import LANGUAGES, catalogue, language
from hrsim.report.texts import summary_text
from tests.report.made import DRAWS, make, statistics

RANKED = {
    "evidence": "exp.guess", "label": "Kits carried", "unit": "share", "grade": "placeholder", "low": 0.1, "high": 0.9,
    "best_arm": "site", "other_arm": "more", "changes_at": 0.412, "above": True, "score": 0.4, "t_value": 5.0,
    "n_draws": DRAWS,
}  # fmt: skip
pytestmark = pytest.mark.usefixtures("undrawn")


@pytest.fixture
def undrawn(monkeypatch):
    """Leave the drawings out: they take most of the time, and these tests do not look at them."""
    empty = '<svg width="10" height="10" viewBox="0 0 10 10"></svg>'
    monkeypatch.setattr("hrsim.report.figures.drawn.svg", lambda chart, say: empty)


def boxes(report, tag="en"):
    page = build_document(report, language(tag)).first_page
    return {box.title: box for box in page if isinstance(box, Box)}


def words(box):
    return [" ".join(cell.text for cell in item) for item in box.items]


def test_the_inputs_that_the_ranking_rests_on_are_named_in_words_with_where_they_change_it():
    box = boxes(make(ranking=pd.DataFrame([RANKED, {**RANKED, "grade": "A", "above": False}])))[
        "The ranking rests on"
    ]
    assert words(box) == [
        "Kits carried a placeholder (judgement, not evidence); above 0.41, More is best; drawn from 0.10 to 0.90.",
        "Kits carried below 0.41, More is best; drawn from 0.10 to 0.90.",
    ]
    assert box.items[0][0].lang == "en"


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"draws": 12}, "Too few draws to tell: 12, where at least 30 are needed."),
        ({"draws": 50}, "In 50 draws no single input was found to change the best arm over its range."),
        ({"uncertain": False}, "Inputs stay at their point values in this run, so it cannot tell."),
    ],
)
def test_where_no_input_is_known_to_change_the_ranking_it_says_why(facts, said):
    report = make(ranking=pd.DataFrame())
    report = replace(report, facts=replace(report.facts, **facts))
    assert boxes(report)["The ranking rests on"].text == said


def services(places, used):
    """Give methadone's places and people in the comparator and in one arm, in two years of which the last counts."""
    rows = [
        {"arm": arm, "service": "oat_methadone", "year": year, "measure": measure, **statistics(value[arm])}
        for year in (2026, 2027) for measure, value in (("place_years", places), ("client_years", used))
        for arm in places
    ]  # fmt: skip
    return pd.DataFrame(rows)


def test_places_that_an_arm_adds_stand_with_how_many_are_used():
    table = services(
        {"now": 1000.0, "more": 1600.0, "site": 1000.0}, {"now": 900.0, "more": 1080.0, "site": 905.0}
    )
    box = boxes(make(services=table))["Places added, and used"]
    assert words(box) == ["More 600 places, of which 180 are used (Methadone 180 of 600)."]


def test_no_box_of_places_where_no_arm_adds_any():
    table = services(
        {"now": 1000.0, "more": 600.0, "site": 1000.0}, {"now": 900.0, "more": 600.0, "site": 900.0}
    )
    assert list(boxes(make(services=table))) == ["The ranking rests on"]


def test_every_limit_has_its_grade_and_its_way_to_the_next():
    codes = [code for codes in held_back().values() for code in codes]
    said = {key.split(".")[1] for key in catalogue("en") if re.fullmatch(r"banner\.\w+\.text", key)}
    assert sorted(codes) == sorted(said)
    assert {code for code in said if f"banner.{code}.remedy" in catalogue("en")} == said


def test_the_lowest_grade_that_a_limit_holds_a_run_at_counts():
    assert grade_of(()) == ("fit_to_cite", ())
    weak, local = Limit("placeholders"), Limit("uncalibrated")
    assert grade_of((weak,)) == ("exploratory", (weak,))
    assert grade_of((weak, local)) == ("illustrative", (local,))


@pytest.mark.parametrize("tag", LANGUAGES)
def test_the_grade_stands_before_the_limits_with_what_would_raise_it(tag):
    found = build_document(make(), language(tag)).grade
    assert {"en": "illustrative, the first of three", "fr": "illustratif, premier de trois"}[tag] in found
    assert "hrsim calibrate" in found
    sound = build_document(replace(make(), limits=(), banners=()), language(tag)).grade
    assert {"en": "fit to cite, the last", "fr": "citable, dernier"}[tag] in sound


@pytest.mark.parametrize("tag", LANGUAGES)
def test_no_id_of_a_row_of_evidence_stands_on_the_first_page(tag):
    page = build_document(make(ranking=pd.DataFrame([RANKED])), language(tag))
    texts = [block.text for block in page.first_page if isinstance(block, Paragraph)]
    texts += [item for block in page.first_page if isinstance(block, Bullets) for item in block.items]
    texts += [
        text for block in page.first_page if isinstance(block, Box) for text in (block.text, *words(block))
    ]
    texts += [cell.text for block in page.first_page if isinstance(block, Table)
              for row in block.rows for cell in row.cells]  # fmt: skip
    texts += [page.grade, *(banner.text for banner in page.banners)]
    for text in texts:
        assert not re.search(
            r"\b[a-z]{2,6}\.[a-z]+_?[a-z0-9_]+\b|[0-9a-f]{12}", text.replace("tables/", "")
        ), text


def test_cash_is_said_apart_from_room_and_stands_in_its_own_columns():
    page = build_document(make(), language("en")).first_page
    lives, *said = [block.text for block in page if isinstance(block, Paragraph) and block.style == "body"]
    assert lives.startswith("These choices count the whole lives")
    assert said == [
        "Of the change in cost within the horizon, 1.20 (1.00 to 1.40) million CAD of 2024 more is paid in cash and "
        "0.40 (0.20 to 0.60) million CAD of 2024 is room made in beds, visits and crews, which others fill: no "
        "money comes back."
    ]
    table = [block for block in page if isinstance(block, Table)][1]
    heads = [column.label for column in table.columns]
    cells = dict(zip(heads, [cell.text for cell in table.rows[2].cells], strict=True))
    assert (cells["Of it, in cash"], cells["Of it, room in beds, visits, crews"]) == (
        "1.20 (1.00 to 1.40)", "−0.40 (−0.60 to −0.20)",
    )  # fmt: skip


def test_the_summary_says_the_first_page_in_plain_lines_and_for_programs():
    report = make(ranking=pd.DataFrame([RANKED]))
    said = summary_data(report)["first_page"]
    assert list(said) == ["answer", "lives", "cash", "explained", "use", "ranking"]
    assert said["ranking"].startswith("The ranking rests on: These inputs")
    assert "\n- Kits carried: a placeholder" in said["ranking"]
    text = " ".join(summary_text(report).split())
    for part in said.values():
        assert " ".join(part.split()) in text
    assert summary_data(replace(report, facts=None))["first_page"] == {}

"""The document and its page: what is missing is left out, nothing comes from outside, no text does harm."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pandas as pd
import pytest

from hrsim.cli.reporting import beyond_notices
from hrsim.report.blocks import Bullets, Checklist, Figure, Section, Table
from hrsim.report.cells import harmless
from hrsim.report.content.context import Context, address
from hrsim.report.content.document import PARTS, build_document
from hrsim.report.content.years import ratios
from hrsim.report.files import analyses_in, languages_in, write_csv, write_report
from hrsim.report.fitness import Limit
from hrsim.report.html import html
from hrsim.report.language import LANGUAGES, language
from hrsim.report.notices import Notice
from tests.report.made import budget_with_releases, cost_per_qaly_table, distributional_table, make

HOSTILE = "</title><script>alert(1)</script><img src=x onerror=alert(1)>\" onfocus='x' {{7*7}} {0.__class__}"


class Page(HTMLParser):
    """Collect the elements, ids, addresses and language of a page."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.ids, self.addresses, self.headings, self.lang = [], [], [], [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.elements.append((tag, values))
        self.ids += [values["id"]] if "id" in values else []
        self.addresses += [
            (tag, name, values[name]) for name in ("src", "href", "action", "data") if name in values
        ]
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "html":
            self.lang = values["lang"]


def page(report, tag="en"):
    return html(build_document(report, language(tag)))


@pytest.fixture(params=LANGUAGES)
def tag(request):
    return request.param


@pytest.fixture(scope="module")
def pages(make_report):
    """Give the page of one report in each language."""
    return {tag: page(make_report(), tag) for tag in LANGUAGES}


@pytest.fixture
def undrawn(monkeypatch):
    """Leave the drawings out: they take most of the time, and these tests do not look at them."""
    empty = '<svg width="10" height="10" viewBox="0 0 10 10"></svg>'
    monkeypatch.setattr("hrsim.report.figures.drawn.svg", lambda chart, say: empty)


def test_the_same_report_gives_the_same_page(make_report, pages):
    assert page(make_report()) == pages["en"]


def test_the_page_has_landmarks_ranks_of_headings_and_names_for_all_it_shows(pages, tag):
    found = Page(pages[tag])
    tags = [name for name, _ in found.elements]
    assert found.lang == tag
    assert [tags.count(name) for name in ("main", "header", "nav", "footer", "h1")] == [1, 1, 1, 1, 1]
    assert found.headings[0] == 1
    assert all(after - before <= 1 for before, after in zip(found.headings, found.headings[1:], strict=False))
    assert len(found.ids) == len(set(found.ids))
    assert tags.count("caption") == tags.count("table")
    heads = [values for name, values in found.elements if name == "th"]
    assert all(values.get("scope") in ("col", "row", "rowgroup") for values in heads)
    drawings = [values for name, values in found.elements if name == "svg"]
    assert len(drawings) == tags.count("figure") > 3
    for values in drawings:
        assert values["role"] == "img"
        assert set(values["aria-labelledby"].split()) <= set(found.ids)


def test_the_page_needs_nothing_from_outside_and_no_script(pages, tag):
    text = pages[tag]
    found = Page(text)
    assert not any(name in ("script", "link", "iframe", "img", "object") for name, _ in found.elements)
    for name, attribute, value in found.addresses:
        outside = re.match("[a-z]+:", value)
        assert not outside or (name, attribute, value.split("/")[2]) == ("a", "href", "doi.org")
    assert "url(" not in text
    assert "@import" not in text
    assert not any(key.startswith("on") for _, values in found.elements for key in values)


def test_links_within_the_page_lead_somewhere(pages):
    found = Page(pages["en"])
    inside = [value[1:] for _, _, value in found.addresses if value.startswith("#")]
    assert inside
    assert set(inside) <= set(found.ids)


@pytest.mark.parametrize(
    "name", ["acceptability", "tornado", "evpi", "services", "budget_impact", "assumptions"]
)
@pytest.mark.usefixtures("undrawn")
def test_what_a_run_lacks_is_left_out(make_report, name):
    whole, less = (
        str(build_document(report, language("en"))) for report in (make_report(), make_report(**{name: None}))
    )
    assert len(less) < len(whole)


@pytest.mark.usefixtures("undrawn")
def test_sections_come_in_the_order_of_reading(make_report):
    document = build_document(make_report(), language("en"))
    keys = [section.key for section in document.sections]
    assert keys == [key for key in PARTS if key in keys]
    assert {"outcomes", "cost_effectiveness", "uncertainty", "budget", "services", "limits"} <= set(keys)
    assert isinstance(document.sections[0], Section)


def test_a_hostile_text_is_only_text(make_report, make_evidence):
    report = make_report(title=HOSTILE, notes=HOSTILE, arms={"now": HOSTILE, "more": HOSTILE + "2", "site": "x"},
                         **make_evidence(note=HOSTILE))  # fmt: skip
    harmless_report = make_report(arms={"now": "a", "more": "b", "site": "x"}, **make_evidence(note="c"))
    found, plain = Page(page(report)), Page(page(harmless_report))
    counts = [
        sorted(name for name, _ in one.elements if name not in ("path", "g", "text", "tspan"))
        for one in (found, plain)
    ]
    assert counts[0] == counts[1]
    assert not any(key.startswith("on") for _, values in found.elements for key in values)
    assert "{{7*7}}" in page(report)


def test_only_a_doi_or_pubmed_number_becomes_a_link():
    assert address("10.1016/j.jval.2021.11.1351") == "https://doi.org/10.1016/j.jval.2021.11.1351"
    assert address("PMID 32712484") == "https://pubmed.ncbi.nlm.nih.gov/32712484/"
    for text in ("javascript:alert(1)", "https://evil.example", '10.1000/x" onclick="y', "10.1000/x y", ""):
        assert address(text) == ""


@pytest.mark.usefixtures("undrawn")
def test_checklists_have_all_their_items_and_say_which_are_open(make_report, tag):
    document = build_document(make_report(), language(tag))
    blocks = next(section for section in document.sections if section.key == "checklists").blocks
    cheers, stress = (block for block in blocks if isinstance(block, Checklist))
    assert [item.number for item in cheers.items] == [str(number) for number in range(1, 29)]
    assert len(stress.items) == 24
    assert all(item.name and item.answer for item in (*cheers.items, *stress.items))
    for number in ("21", "25", "27", "28"):
        assert re.search(rf"\b{number}\b", cheers.left)


@pytest.mark.usefixtures("undrawn")
def test_an_item_is_answered_by_what_the_run_has(make_report):
    def state(report, number):
        document = build_document(report, language("en"))
        cheers = next(
            block for section in document.sections for block in section.blocks if isinstance(block, Checklist)
        )
        return next(item.state for item in cheers.items if item.number == number)

    assert state(make_report(), "24") == "done"
    assert state(make_report(acceptability=None), "24") == "part"
    assert state(make_report(), "18") == "open"


@pytest.mark.usefixtures("undrawn")
def test_banners_are_said_in_the_language_and_an_unknown_one_is_not_lost(make_report):
    report = make_report()
    french = build_document(report, language("fr"))
    assert french.banners[0].title == "NON CALIBRÉ"
    other = type(report)(**{**report.__dict__, "banners": (*report.banners, "NEW: something else.")})
    assert [banner.title for banner in build_document(other, language("fr")).banners] == [
        "NON CALIBRÉ",
        "NEW",
    ]
    assert Limit("one_sample").words().startswith("ONE SAMPLE: ")


def test_every_figure_has_its_numbers_beside_it(make_report):
    for figure in build_document(make_report(), language("en")).figures():
        assert isinstance(figure, Figure)
        assert isinstance(figure.table, Table)
        assert figure.table.rows
        assert len(figure.frame)


def tables_of(report, key):
    """Give the tables of a section by caption: the texts of their rows."""
    document = build_document(report, language("en"))
    blocks = next(section for section in document.sections if section.key == key).blocks
    return {
        block.caption: [[cell.text for cell in row.cells] for row in block.rows]
        for block in blocks if isinstance(block, Table)
    }  # fmt: skip


@pytest.mark.usefixtures("undrawn")
def test_a_budget_by_fiscal_year_tells_cash_from_capacity(make_report):
    report = make_report(budget_impact=budget_with_releases())
    found = tables_of(report, "budget")
    (rows,) = (rows for caption, rows in found.items() if caption.startswith("Change in the spending"))
    named = [row[0] for row in rows]
    assert named[:6] == [
        "More", "Set-up", "Running", "All", "Set-up, paid or saved in cash", "Running, paid or saved in cash",
    ]  # fmt: skip
    assert rows[3][1] == "0.200 (0.180 to 0.220)"  # the error is 0.0014 million


@pytest.mark.usefixtures("undrawn")
def test_who_gains_is_shown_by_group_net_of_what_is_displaced(make_report):
    found = tables_of(make_report(distributional=distributional_table()), "equity")
    gains, equivalents = found.values()
    assert gains[0][0] == "More"
    assert [row[0] for row in gains[1:4]] == ["all people", "zone: north", "zone: south"]
    assert gains[1][1] == "5.0 (3.0 to 7.0)"
    assert [row[0] for row in equivalents] == ["Atkinson, aversion 0", "Atkinson, aversion 1.5"]


@pytest.mark.usefixtures("undrawn")
def test_no_number_shows_more_digits_than_its_error_supports(make_report):
    """The change in QALYs has an error of 1/7, so one decimal, in totals too; the cost, in millions, 0.014, so two."""
    document = build_document(make_report(), language("en"))
    table = [block for block in document.first_page if isinstance(block, Table)][1]
    by_row = zip(*([cell.text for cell in row.cells] for row in table.rows), strict=True)
    cells = {column.label: list(found) for column, found in zip(table.columns, by_row, strict=True)}
    assert cells["Arm"] == ["As now (totals)", "More", "One site"]
    assert cells["QALYs within the horizon, discounted"] == [
        "6,000.0 (5,998.0 to 6,002.0)",
        "20.0 (18.0 to 22.0)",
        "40.0 (38.0 to 42.0)",
    ]
    assert cells["Cost, health sector"][1] == "0.40 (0.20 to 0.60)"


def test_cells_of_csv_files_are_no_formulas_and_numbers_stay(tmp_path):
    table = pd.DataFrame({"text": ["=1+1", "+cmd|x", "-2+3", "@SUM(A1)", "\tx", "-5", "+400", "plain", None],
                          "number": [-1.0] * 9})  # fmt: skip
    guarded = harmless(table)
    assert guarded["text"].tolist()[:5] == ["'=1+1", "'+cmd|x", "'-2+3", "'@SUM(A1)", "'\tx"]
    assert guarded["text"].tolist()[5:8] == ["-5", "+400", "plain"]
    write_csv(table, tmp_path / "table.csv")
    for line in (tmp_path / "table.csv").read_text().splitlines()[1:]:
        assert not re.match(r'"?[=@\t]', line)
    assert pd.read_csv(tmp_path / "table.csv")["number"].eq(-1.0).all()


def test_what_was_analysed_since_is_shown_but_the_tables_stay_as_they_are(make_report, tmp_path):
    for name in ("tables", "figures"):
        (tmp_path / name).mkdir()
    report = make_report()
    tornado = report.tables["tornado"]
    write_csv(tornado, tmp_path / "tables" / "tornado.csv")
    before = (tmp_path / "tables" / "tornado.csv").read_bytes()
    less = make_report(tornado=None)
    write_report(less, tmp_path)
    assert 'id="figure-tornado"' not in (tmp_path / "report.html").read_text()
    write_report(less, tmp_path, languages_in(tmp_path), analyses_in(tmp_path))
    assert 'id="figure-tornado"' in (tmp_path / "report.html").read_text()
    assert (tmp_path / "tables" / "tornado.csv").read_bytes() == before
    assert languages_in(tmp_path / "nowhere") == ("en",)


def test_pages_are_written_in_each_language_and_the_first_has_the_plain_name(make_report, tmp_path):
    for name in ("tables", "figures"):
        (tmp_path / name).mkdir()
    write_report(make_report(), tmp_path, ("fr", "en"))
    assert Page((tmp_path / "report.html").read_text()).lang == "fr"
    assert Page((tmp_path / "report.en.html").read_text()).lang == "en"
    drawn, data = (
        sorted(path.stem for path in (tmp_path / "figures").glob(f"*.{kind}")) for kind in ("svg", "csv")
    )
    assert drawn == data
    assert languages_in(tmp_path) == ("fr", "en")
    assert (tmp_path / "workbook.xlsx").exists()
    assert (tmp_path / "report.docx").exists()


def staff_table(drawn):
    spread = (1.0, 3.0) if drawn else (1.5, 1.5)
    rows = [
        {"arm": arm, "pool": "street_nurses", "fiscal_year": year, "measure": measure, "mean": 1.5 + place,
         "low": spread[0] + place, "high": spread[1] + place}
        for place, arm in enumerate(("now", "more", "site")) for year in ("2026/27", "2027/28")
        for measure in ("posts", "change")
    ]  # fmt: skip
    return pd.DataFrame(rows)


@pytest.mark.parametrize(("drawn", "first"), [(False, "1.5"), (True, "1.50 (1.00 to 3.00)")])
def test_posts_stand_with_the_services_exactly_as_the_study_states_them(drawn, first):
    say = language("en")
    page = build_document(make(staff=staff_table(drawn)), say)
    (section,) = [one for one in page.sections if one.key == "services"]
    (table,) = [block for block in section.blocks if getattr(block, "caption", "").startswith("Posts")]
    assert [column.label for column in table.columns[1:]] == ["2026/27", "2027/28"]
    heading, *rows = table.rows
    assert heading.is_heading and heading.cells[0].text == "street nurses"
    assert [cell.text for cell in rows[0].cells] == ["As now", first, first] and len(rows) == 3


@pytest.mark.parametrize("tag", LANGUAGES)
def test_notices_stand_on_the_first_page_in_its_language(tag):
    notices = (
        Notice("idle", {"arms": "More kits"}),
        Notice("groups", {"smallest": 10}),
        Notice("working_days", {"services": "Clinic"}),
    )
    page = build_document(replace(make(), notices=notices), language(tag))
    (bullets,) = [block for block in page.first_page if isinstance(block, Bullets)]
    assert len(bullets.items) == 2  # what groups leave out stands with the groups
    assert "More kits" in bullets.items[0] and "Clinic" in bullets.items[1]
    assert (bullets.items[0] == notices[0].words()) == (tag == "en")


def test_a_page_without_notices_has_no_list_on_its_first_page():
    assert not [
        block for block in build_document(make(), language("en")).first_page if isinstance(block, Bullets)
    ]


def test_ratios_within_the_horizon_and_for_life_stand_beside_each_other_with_and_without_care(
    make_report, tag
):
    """Each perspective has four blocks, and the words of each are in both languages."""
    say = language(tag)
    report = make_report()
    (table,) = ratios(Context(report, report.facts, say))
    headings = [line for line in table.rows if line.is_heading]
    assert len(headings) == 4
    assert len(table.rows) == 4 * (1 + 2)
    for words in ("years.within_horizon", "years.total", "years.with", "years.without"):
        assert sum(say(words) in str(line.cells[0]) for line in headings) == 2


def test_a_decision_that_rests_on_unsimulated_years_is_named():
    labels = {"now": "Now", "more": "More", "site": "Site"}
    (notice,) = beyond_notices(cost_per_qaly_table(), labels)
    assert notice.values == {"arms": ("More", "Site"), "limit": "30%"}
    assert beyond_notices(cost_per_qaly_table().assign(share_beyond=0.3), labels) == ()
    within = cost_per_qaly_table().assign(decisions=lambda t: t["part"] == "within_horizon")
    assert beyond_notices(within, labels) == ()

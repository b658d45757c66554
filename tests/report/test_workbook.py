"""The workbook: equal bytes, a budget whose formulas are the table, every source, and no text that acts."""

import csv
import re
import subprocess
from io import BytesIO

import pandas as pd
import pytest

from hrsim.report.budget_sheet import leaves
from hrsim.report.content.document import build_document
from hrsim.report.fiscal_years import fiscal_year_name
from hrsim.report.language import language
from hrsim.report.workbook import MOST_ROWS, workbook

openpyxl = pytest.importorskip("openpyxl")
HOSTILE = '=HYPERLINK("http://evil.example","x")'
YEARS = ("2026", "2027")


def make_book(report, tag="en"):
    say = language(tag)
    return workbook(report, build_document(report, say), say)


def opened(data, values=True):
    return openpyxl.load_workbook(BytesIO(data), data_only=values)


def test_the_same_report_gives_the_same_bytes(make_report):
    assert make_book(make_report()) == make_book(make_report())


def budget_lines(sheet):
    """Give the lines of the budget: what stands in them by arm label and kind, a number for each year and the total."""
    return {
        (row[0].value, row[1].value): [cell.value for cell in row[2:5]]
        for row in sheet.iter_rows(min_row=6)
        if row[0].value and row[1].value and row[4].value is not None
    }


def test_the_budget_is_made_of_formulas_whose_values_are_the_table(make_report):
    report = make_report()
    data = make_book(report)
    table = report.tables["budget_impact"]
    lines, formulas = budget_lines(opened(data)["Budget"]), budget_lines(opened(data, values=False)["Budget"])
    labels = {"set_up": "Set-up", "running": "Running", "all": "All"}
    checked = 0
    for (arm, kind, measure), part in table.groupby(["arm", "kind", "measure"]):
        words = labels[kind] if measure == "spending" else "Change from the comparator"
        if measure == "change" and (kind != "all" or arm == "now"):
            continue
        key = (report.arm_labels[arm], words)
        assert lines[key][:2] == pytest.approx(part["mean"].tolist(), rel=1e-9)
        assert lines[key][2] == pytest.approx(part["mean"].sum(), rel=1e-9)
        assert all(str(formula).startswith("=") for formula in formulas[key])
        checked += 1
    assert checked == 3 * 3 + 2


def test_rows_behind_the_budget_add_up_to_the_totals_of_the_table(make_report):
    table = make_report().tables["budget_impact"]
    split = table[table["kind"] != "all"]
    halves = split.assign(mean=split["mean"] / 2)
    parts = [table.assign(releases="all"), *(halves.assign(releases=name) for name in ("cash", "capacity"))]
    for budget in (table, pd.concat(parts)):
        data = leaves(budget)
        total = table[(table["kind"] == "all") & (table["measure"] == "spending")]["mean"].sum()
        assert data["spending"].sum() == pytest.approx(total)


def test_every_input_has_its_source(make_report):
    sheet = opened(make_book(make_report()))["Inputs and sources"]
    head, line = ([cell.value for cell in row] for row in sheet.iter_rows(max_row=2))
    found = dict(zip(head, line, strict=True))
    assert found["evidence_id"] == "od.rate"
    assert found["value"] == pytest.approx(0.0123456789)
    assert found["source"] == "Doe J. A study. 2020."
    assert found["identifier"] == "10.1000/xyz"


def test_each_table_has_a_sheet_and_a_very_long_one_is_named_instead(make_report):
    long = pd.DataFrame({"draw": range(MOST_ROWS + 1)})
    book = opened(make_book(make_report(long_one=long)))
    assert {"outcomes", "differences", "costs", "assumptions"} <= set(book.sheetnames)
    assert "long_one" not in book.sheetnames
    assert any("long_one" in str(cell.value) for row in book["Summary"].iter_rows() for cell in row)


def test_no_text_of_a_study_becomes_a_formula(make_report, make_evidence):
    report = make_report(title=HOSTILE, notes=HOSTILE, arms={"now": HOSTILE, "more": "+1+1", "site": "@SUM(1)"},
                         **make_evidence(note=HOSTILE))  # fmt: skip
    book = opened(make_book(report), values=False)
    formulas = [
        (sheet.title, cell.value)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]
    assert {title for title, _ in formulas} == {"Budget", "Quantity and price"}
    own = re.compile(r"=(SUM\(|SUMIFS\(|SUBTOTAL\(109,J|[CDE]\d|H\d+\*I\d+$)")
    assert all(own.match(text) for _, text in formulas)
    assert not any(cell.hyperlink for sheet in book for row in sheet.iter_rows() for cell in row)


@pytest.mark.parametrize("tag", ["en", "fr"])
def test_a_workbook_speaks_its_language(make_report, tag):
    book = opened(make_book(make_report(), tag))
    assert book.sheetnames[0] == {"en": "Summary", "fr": "Résumé"}[tag]


@pytest.mark.office
def test_libreoffice_recalculates_to_the_same_and_follows_a_change_of_prices(make_report, tmp_path):
    report = make_report()
    data = make_book(report)
    (tmp_path / "workbook.xlsx").write_bytes(data)
    book = opened(data, values=False)
    assert book["Budget"]["C5"].value == 0
    for line in range(5, 7):
        book["Budget"][f"C{line}"] = 0.1
    book.save(
        tmp_path / "dearer.xlsx"
    )  # openpyxl keeps no computed value: all that is read below is recalculated
    expected = budget_lines(opened(data)["Budget"])
    plain, dearer = (recalculated(tmp_path, name) for name in ("workbook", "dearer"))
    assert set(plain) == set(expected)
    for key, values in expected.items():
        assert plain[key] == pytest.approx(values, rel=1e-9)
        assert dearer[key] == pytest.approx([1.1 * value for value in values], rel=1e-9)


def recalculated(folder, name):
    """Let LibreOffice open a workbook and write the budget as CSV; give its lines."""
    filter_words = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", filter_words,
         "--outdir", str(folder), str(folder / f"{name}.xlsx")],
        check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    with (folder / f"{name}-Budget.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.reader(file) if len(row) > 4 and row[0] and row[1] and row[4]]
    numbers = {(row[0], row[1]): row[2:5] for row in rows}
    return {key: [float(value) for value in values] for key, values in numbers.items()}


def test_quantity_times_price_is_a_formula_by_service_with_part_years_marked(make_report):
    data = make_book(make_report())
    shown, formulas = (opened(data, values)["Quantity and price"] for values in (True, False))
    rows = list(shown.iter_rows(min_row=5, values_only=True))
    assert len(rows) == 6
    assert {row[6] for row in rows} == {"2026/27 (part)", "2027/28"}
    assert rows[0][:4] == ("Methadone", "client year", "client-year", "ministry of health")
    assert all(row[9] == row[7] * row[8] == 20_000.0 for row in rows)
    assert formulas["J5"].value == "=H5*I5"
    assert shown["J3"].value == 120_000.0
    for sheet in opened(data).worksheets:
        assert sheet.print_area, sheet.title


@pytest.mark.parametrize(
    ("label", "share", "tag", "name"),
    [
        ("2025-04-01 to 2026-03-31", 0.25, "en", "2025/26 (part)"),
        ("2025-04-01 to 2026-03-31", 0.25, "fr", "2025/26 (en partie)"),
        ("2099-07-01 to 2100-06-30", 1.0, "en", "2099/00"),
        ("2026-01-01 to 2026-12-31", 1.0, "en", "2026"),
        ("2026", 1.0, "en", "2026"),
    ],
)
def test_fiscal_years_have_short_names(label, share, tag, name):
    assert fiscal_year_name(label, share, language(tag)) == name

"""Texts: columns that line up, headings that may run over, partial runs that say so."""

from hrsim.report.texts import RESUME_ADVICE, plain_table, readme_text


def test_columns_line_up_and_headings_do_not_widen_them():
    lines = plain_table(("", "Total"), [("A very long heading", ""), ("  a", "1"), ("  b", "12,345")]).split(
        "\n"
    )
    assert lines == [
        "      Total",
        "---  ------",
        "A very long heading",
        "  a       1",
        "  b  12,345",
    ]


def test_a_partial_run_says_so_and_how_to_complete_it():
    assert "PARTIAL" in readme_text("Study", "partial")
    assert RESUME_ADVICE in readme_text("Study", "partial")
    assert "PARTIAL" not in readme_text("Study", "complete")

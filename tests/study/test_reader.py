"""Every key and value knows its place; what is not one YAML mapping is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from hrsim.errors import StudyError
from hrsim.study.reader import LARGEST_FILE_BYTES, MOST_NODES, read_file, read_text
from hrsim.study.tree import MapNode, Problems, leaves, plain


def read(text: str) -> MapNode:
    problems = Problems()
    tree = read_text(text, problems, display="a.yaml")
    assert not problems.found
    return tree


def refusal(text: str) -> str:
    with pytest.raises(StudyError) as caught:
        read_text(text, Problems(), display="a.yaml")
    return caught.value.problems[0].code


def test_keys_and_values_know_line_and_column() -> None:
    tree = read("a: 1\nb:\n  c: [x,\n      yy]\n")
    places = {path: (node.mark.line, node.mark.column) for path, node in leaves(tree)}
    assert places == {("a",): (1, 4), ("b", "c", "0"): (3, 7), ("b", "c", "1"): (4, 7)}
    key = tree.mapping("b").entries["c"].key_mark
    assert (key.line, key.column, key.source_line) == (3, 3, "  c: [x,")


def test_the_mark_points_at_the_text_of_the_value_in_its_line() -> None:
    text = "é: {ü: 12, 'q': \"34\"}\r\nz: 56\r\n"
    for _, node in leaves(read(text)):
        written = node.text if node.plain else f'"{node.text}"'
        assert node.mark.source_line[node.mark.column - 1 :].startswith(written)


def test_quoted_numbers_are_text() -> None:
    assert plain(read("a: '1'\nb: \"2026-01-01\"")) == {"a": "1", "b": "2026-01-01"}


def test_years_as_keys_are_text_keys() -> None:
    assert plain(read("{2024: 0.9}")) == {"2024": 0.9}


def test_an_alias_is_the_anchored_value() -> None:
    assert plain(read("a: &x {k: 1}\nb: *x")) == {"a": {"k": 1}, "b": {"k": 1}}


def test_aliases_are_counted_as_if_written_out() -> None:
    hundred = ", ".join("1" for _ in range(100))
    times = MOST_NODES // 101
    fits = ", ".join("*x" for _ in range(times - 3))
    bursts = ", ".join("*x" for _ in range(times + 1))
    assert len(plain(read(f"x: &x [{hundred}]\ny: [{fits}]"))["y"]) == times - 3
    assert refusal(f"x: &x [{hundred}]\ny: [{bursts}]") == "ALIAS"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "EMPTY"),
        ("# nothing", "EMPTY"),
        ("5", "NOT_MAPPING"),
        ("- a", "NOT_MAPPING"),
        ("a: [1", "SYNTAX"),
        ("a: &a [*a]", "ALIAS"),
        ("a: *nowhere", "ALIAS"),
        ("a: 1\n---\nb: 2", "DOCUMENTS"),
        ("a:\n\tb: 1", "TAB"),
        ("a: \x07", "ENCODING"),
        ("a: " + "[" * 5000, "DEPTH"),
        ("%YAML 9.9\n---\na: 1", "SYNTAX"),
    ],
)
def test_what_is_not_one_mapping_is_refused(text: str, code: str) -> None:
    assert refusal(text) == code


def test_faults_that_leave_a_tree_are_reported_together() -> None:
    problems = Problems()
    read_text("a: 1\na: 2\nb: .inf\nc: !x 5\n? [k]\n: 5\n", problems, display="a.yaml")
    assert [problem.code for problem in problems.found] == ["DUPLICATE", "NUMBER", "TAG", "KEY"]


def test_merge_keys_are_ordinary_keys() -> None:
    assert set(plain(read("a: &a {x: 1}\nb: {<<: *a}"))["b"]) == {"<<"}


def test_missing_files_and_folders_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "absent.yaml", tmp_path / ("n" * 5000), Path("nul\0byte")):
        with pytest.raises(StudyError) as caught:
            read_file(path, Problems())
        assert [problem.code for problem in caught.value.problems] == ["FILE"]


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "huge.yaml"
    path.write_text("a: 1\n" + "# padding\n" * (LARGEST_FILE_BYTES // 10))
    with pytest.raises(StudyError) as caught:
        read_file(path, Problems())
    assert [problem.code for problem in caught.value.problems] == ["SIZE"]


def test_the_byte_that_is_not_utf8_is_located(tmp_path: Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes("a: 1\nb: caf\xe9".encode("latin-1"))
    with pytest.raises(StudyError) as caught:
        read_file(path, Problems())
    assert (caught.value.problems[0].location.line, caught.value.problems[0].location.column) == (2, 7)


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path: Path) -> None:
    path = tmp_path / "bom.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1")
    assert plain(read_file(path, Problems())) == {"a": 1}

"""A ledger on disk: it reads back to the same numbers and names, and equal ledgers are equal files."""

import dataclasses

import duckdb
import numpy as np
import pytest

from hrsim.experiment.errors import IncompleteRunError
from hrsim.experiment.ledger_file import PARTS, Stamp, read_ledger, write_ledger

STAMP = Stamp(3, 0, 2**62, "abcdef0123")
FLIPS = 400


@pytest.mark.parametrize("groups", [("all_people",), ("women", "men")])
def test_a_ledger_reads_back_the_same(make_ledger, tmp_path, groups):
    ledger = make_ledger(groups=groups)
    last = np.prod(ledger.survivor_shape) - 1
    ledger = dataclasses.replace(ledger, survivors=np.array([[3, 2], [500, 1], [last, 7]]))
    write_ledger(ledger, tmp_path / "draw.parquet")
    back = read_ledger(tmp_path / "draw.parquet")
    arrays = (*PARTS, "quarter_edges", "budget_book", "survivors")
    for name in arrays:
        assert np.array_equal(getattr(back, name), getattr(ledger, name)), name
        assert getattr(back, name).dtype == np.int64
    for field in dataclasses.fields(ledger):
        assert field.name in arrays or getattr(back, field.name) == getattr(ledger, field.name), field.name


def test_an_empty_ledger_keeps_its_names(make_ledger, tmp_path):
    ledger = make_ledger()
    empty = dataclasses.replace(ledger, **{part: np.zeros_like(getattr(ledger, part)) for part in PARTS})
    write_ledger(empty, tmp_path / "draw.parquet")
    back = read_ledger(tmp_path / "draw.parquet")
    assert back.event_names == ledger.event_names
    assert back.state_ticks.shape == ledger.state_ticks.shape
    assert not back.state_ticks.any()


def test_equal_ledgers_are_equal_bytes_and_nothing_else_is_left(make_ledger, tmp_path):
    write_ledger(make_ledger(seed=3), tmp_path / "a.parquet")
    write_ledger(make_ledger(seed=3), tmp_path / "b.parquet")
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.parquet", "b.parquet"]


def test_anyone_can_query_the_file_by_name(make_ledger, tmp_path):
    ledger = make_ledger()
    write_ledger(ledger, tmp_path / "draw.parquet")
    question = "SELECT sum(value) FROM read_parquet(?) WHERE item = 'overdose_death' AND arm = 'more'"
    found = duckdb.connect().execute(question, [str(tmp_path / "draw.parquet")]).fetchone()
    assert found == (ledger.event_counts("overdose_death")[1].sum(),)


def test_a_damaged_file_is_named(tmp_path):
    (tmp_path / "draw_00003_0.parquet").write_bytes(b"not parquet")
    with pytest.raises(IncompleteRunError, match=r"draw_00003_0\.parquet is damaged"):
        read_ledger(tmp_path / "draw_00003_0.parquet")


def same(one, other):
    pairs = [(getattr(one, field.name), getattr(other, field.name)) for field in dataclasses.fields(one)]
    return all(np.array_equal(a, b) if isinstance(a, np.ndarray) else a == b for a, b in pairs)


def test_one_flipped_bit_is_refused_or_changes_nothing_that_is_read(make_ledger, tmp_path):
    """Bits at places spread over the whole file: never other numbers, never another error than that of damage."""
    path = tmp_path / "draw.parquet"
    ledger = make_ledger()
    write_ledger(ledger, path, STAMP)
    whole = path.read_bytes()
    refused = 0
    for number, place in enumerate(np.linspace(0, len(whole) - 1, FLIPS).astype(int)):
        changed = bytearray(whole)
        changed[place] ^= 1 << number % 8
        path.write_bytes(bytes(changed))
        try:
            assert same(read_ledger(path, STAMP), ledger), place
        except IncompleteRunError:
            refused += 1
    assert refused > FLIPS / 2


@pytest.mark.parametrize(
    "other",
    [
        dataclasses.replace(STAMP, draw=2),
        dataclasses.replace(STAMP, replicate=1),
        dataclasses.replace(STAMP, luck=7),
        dataclasses.replace(STAMP, content_hash="another run"),
        None,
    ],
)
def test_the_ledger_of_another_simulation_is_refused(make_ledger, tmp_path, other):
    """A draw copied over another, or from another run, is a sound file: its stamp tells."""
    write_ledger(make_ledger(), tmp_path / "draw.parquet", other)
    with pytest.raises(IncompleteRunError, match="expected draw 3, replicate 0 of the run abcdef01"):
        read_ledger(tmp_path / "draw.parquet", STAMP)
    assert same(read_ledger(tmp_path / "draw.parquet"), make_ledger())

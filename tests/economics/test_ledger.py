"""A ledger refuses arrays that disagree with its names, and its margins add up."""

from collections.abc import Callable

import numpy as np
import pytest

from hrsim.engine.ledger import Ledger


def test_margins_of_person_time_add_up(make_ledger: Callable[..., Ledger]) -> None:
    dimensions = (("use", ("injecting", "not_using")), ("oat", ("none", "methadone", "buprenorphine")))
    ticks = np.arange(2 * 4 * 1 * 6).reshape(2, 4, 1, 6)
    ledger = make_ledger(state_dimensions=dimensions, state_ticks=ticks)
    for name, levels in dimensions:
        margin = ledger.dimension_ticks(name)
        assert margin.shape == (2, 4, 1, len(levels))
        assert (margin.sum(axis=-1) == ledger.person_ticks()).all()
    assert (ledger.dimension_ticks("use")[..., 0] == ticks[..., :3].sum(axis=-1)).all()
    assert (ledger.dimension_ticks("oat")[..., 1] == ticks[..., [1, 4]].sum(axis=-1)).all()


def test_deaths_are_the_events_named_so(make_ledger: Callable[..., Ledger]) -> None:
    ledger = make_ledger(
        event_names=("overdose_death", "overdose_nonfatal", "other_death"), events=[1, 10, 2]
    )
    assert (ledger.deaths() == 3).all()
    assert (ledger.event_counts("overdose_nonfatal") == 10).all()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"quarter_edges": np.array([0, 5, 5])}, "quarter_edges must start at 0 and rise"),
        ({"quarter_edges": np.array([1, 5])}, "quarter_edges must start at 0 and rise"),
        ({"events": -1}, "events holds a negative number"),
        ({"arms": ("now", "now")}, "arms repeats a name"),
        ({"state_dimensions": (("level", ("low", "low")),)}, "level repeats a name"),
    ],
)
def test_faulty_ledgers_are_refused(
    make_ledger: Callable[..., Ledger], wrong: dict[str, object], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        make_ledger(**wrong)


def test_every_wrong_shape_is_named_at_once(make_ledger: Callable[..., Ledger]) -> None:
    ledger = make_ledger()
    fields = dict(vars(ledger)) | {"events": np.zeros((1, 1), dtype=np.int64), "state_ticks": np.zeros((1,))}
    with pytest.raises(ValueError, match=r"events has shape .* state_ticks has shape .* must hold integers"):
        Ledger(**fields)

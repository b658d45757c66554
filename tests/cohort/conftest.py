"""A document of two states to change."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hrsim.cohort.results import Comparison, compare_file

DOCUMENT = """\
hrsim_cohort: 1
title: t
source: s
money: USD
effect: qalys
parameters:
  rate_death: 0.1
  price: 100
start: {age: 40, shares: {well: 1}}
cycles: {number: 30, years: 1, counted: start_of_cycle}
discount: {costs: 0, effects: 0, at: start_of_cycle}
states:
  well: {utility: 1, cost_per_year: price}
  dead: {dead: true}
transitions:
  well: {probabilities: {dead: 1 - exp(-rate_death)}}
arms:
  one: {}
comparator: one
"""

Compare = Callable[..., Comparison]


@pytest.fixture
def compare(tmp_path: Path) -> Compare:
    """Give a function from changes of the document, as pairs of old and new text, to its comparison."""

    def run(*changes: tuple[str, str]) -> Comparison:
        text = DOCUMENT
        for old, new in changes:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        path = tmp_path / "model.cohort.yaml"
        path.write_text(text, encoding="utf-8")
        return compare_file(path)

    return run

"""A price of something that a service never has is refused, unless some arm has it."""

from pathlib import Path

import pytest

from hrsim.errors import StudyError
from hrsim.study.load import load_study

COST = "price: 1, currency: CAD, price_year: 2024, payer: p, sector: health, category: c"


def study(folder: Path, service: str, per: str, other: str = "") -> None:
    path = folder / "study.yaml"
    path.write_text(
        "hrsim: 1\ntitle: Costs\nextends: settings/blank.yaml\nhorizon: {start: 2026-01-01, years: 1}\n"
        f"services:\n  mine: {{label: Mine, {service}, costs: [{{per: {per}, {COST}}}]}}\n"
        f"arms: {{one: {{}}, two: {{{other}}}}}\nanalysis: {{comparator: one, seed: 1}}\n",
        encoding="utf-8",
    )
    load_study(path)


@pytest.mark.parametrize(
    ("service", "per", "lacks"),
    [
        ("reach: 1", "kit", "naloxone_kits"),
        ("reach: 1", "place_year", "places"),
        ("reach: 1", "client_year", "stay"),
        ("reach: 1", "start", "stay"),
        ("coverage: 0.5", "contact", "contacts"),
    ],
)
def test_a_price_that_counts_nothing_is_refused(tmp_path: Path, service: str, per: str, lacks: str) -> None:
    with pytest.raises(StudyError, match=f"price per {per} of 'mine' counts, got no .*{lacks}") as caught:
        study(tmp_path, service, per)
    assert [problem.code for problem in caught.value.problems] == ["UNUSED"]


@pytest.mark.parametrize("per", ["contact", "open_year", "site_year", "set_up"])
def test_a_price_that_counts_something_is_not(tmp_path: Path, per: str) -> None:
    study(tmp_path, "reach: 1", per)


def test_one_arm_that_has_it_is_enough(tmp_path: Path) -> None:
    study(tmp_path, "reach: 1", "kit", "services: {mine: {delivers: {naloxone_kits: 1}}}")

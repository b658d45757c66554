"""The specification names what exists, and everything that a process reads."""

import re
from pathlib import Path

from hrsim.evidence.register import load_register
from hrsim.processes.full_model import SUBJECTS
from hrsim.study.effects import TARGETS

TEXT = (Path(__file__).parents[1] / "docs" / "model" / "specification.md").read_text(encoding="utf-8")
PREFIXES = sorted({row.partition(".")[0] for row in load_register()})
NAMED = set(re.findall(rf"\b(?:{'|'.join(PREFIXES)})\.[a-z0-9_]+", TEXT))


def test_every_row_named_is_in_the_register() -> None:
    shortened = {"lt.can_", "inf.hiv_years_"}  # `lt.can_{m,f}_{19,...}`, `inf.hiv_years_...`
    assert NAMED - shortened <= set(load_register())


def test_every_row_that_a_process_reads_is_named() -> None:
    read = {row for subject in SUBJECTS for row in subject.evidence if not row.startswith("lt.")}
    assert read <= NAMED


def test_every_target_named_is_one() -> None:
    named = set(re.findall(r"\b[mw]\[([a-z_]+)\]", TEXT)) - {"target"}
    assert named <= set(TARGETS)

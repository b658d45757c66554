"""How a posterior was found, and what a good fit does not say."""

from __future__ import annotations

import pandas as pd

from hrsim.calibrate.shown import Shown
from hrsim.report.blocks import (
    Block,
    Bullets,
    Column,
    KeyValues,
    Paragraph,
    Table,
    columns,
    row,
)

CODE_LENGTH = 12


def search(shown: Shown) -> list[Block]:
    """Build how the posterior was found: waves, the emulator's check, effective sample size, versions."""
    say, outcome = shown.say, shown.outcome
    asked, wanted = shown.assignment.calibration.search, shown.assignment.calibration.result
    waves = outcome.tables["waves"]
    effective = say(
        "calibration.search.effective_value",
        size=say.whole(round(outcome.manifest["effective_sample_size"])),
        wanted=say.whole(round(wanted.effective_sample)),
    )
    pairs = (
        ("method", str(outcome.manifest["method"])),
        ("effective", effective),
        ("share", say.rate(float(outcome.manifest["plausible_share_of_prior"]))),
        ("points", say("calibration.search.points_value", points=say.whole(int(waves["points"].sum())),
                       replicates=say.whole(asked.replicates))),
        ("draws", say.whole(len(outcome.posterior))),
        ("seed", str(asked.seed)),
        ("inputs", str(outcome.manifest["inputs_hash"])[:CODE_LENGTH]),
        ("versions", ", ".join(f"{name} {text}" for name, text in outcome.manifest["versions"].items())),
    )  # fmt: skip
    return [
        Paragraph(say("calibration.search.intro")),
        _wave_table(waves, shown),
        KeyValues(tuple((say(f"calibration.search.{key}"), value) for key, value in pairs)),
    ]


def _wave_table(waves: pd.DataFrame, shown: Shown) -> Table:
    say = shown.say
    rows = tuple(
        row(
            str(line["wave"]), say.whole(line["points"]), shown.share(line["share_of_prior"]),
            say.whole(line["checked"]), say.whole(line["most_outside"]),
            say("calibration.passed" if line["sound"] else "calibration.failed"),
        )
        for line in waves.to_dict("records")
    )  # fmt: skip
    words = ("points", "share_of_prior", "checked", "most_outside")
    names = columns(say("calibration.column.wave"), *(say(f"calibration.column.{word}") for word in words))
    check = Column(say("calibration.column.check"))
    return Table(say("calibration.search.waves"), (*names, check), rows, say("calibration.search.note"))


def limits(shown: Shown) -> list[Block]:
    """Build what a good fit does not say."""
    say = shown.say
    items = ("other_fits", "prior_kept", "discrepancy", "jointly", "structure")
    return [Bullets(tuple(say(f"calibration.limits.{item}") for item in items))]

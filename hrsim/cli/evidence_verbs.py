"""The verb on what is known: evidence."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hrsim.cli.echo import echo

if TYPE_CHECKING:
    from hrsim.economics.currency import CurrencyYear
    from hrsim.evidence import EvidenceRow


def add_to(app: typer.Typer) -> None:
    """Add the verb of this file to the command line."""
    app.command()(evidence)


def evidence(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ID | WORD...]", help="An evidence id, or words to search for; none lists all."
        ),
    ] = None,
    study: Annotated[
        Path | None, typer.Option("--study", help="Prices in the money of this study.", metavar="FILE")
    ] = None,
) -> None:
    """Show one evidence row and where it is used, search the register for words, or list it."""
    from hrsim.evidence import load_register
    from hrsim.evidence.search import found

    register = load_register()
    wanted = words or []
    if len(wanted) == 1 and wanted[0] in register:
        echo(_whole(register[wanted[0]], study))
        return
    rows = found(wanted, register.values()) if wanted else list(register.values())
    if not rows and len(wanted) == 1:
        register[wanted[0]]  # raises UnknownEvidence, which names the nearest ids
    if wanted:
        echo(f"{len(rows)} of {len(register)} rows hold {' and '.join(repr(word) for word in wanted)}")
    _list(rows)


def _list(rows: Iterable[EvidenceRow]) -> None:
    width = max((len(row.id) for row in rows), default=0)
    for row in rows:
        interval = f"{row.value:g} ({row.low:g} to {row.high:g}) {row.unit}"
        echo(f"{row.id:{width}}  {row.grade:11}  {interval}  {row.name} ({row.setting}, {row.year})")


def _whole(row: EvidenceRow, study: Path | None) -> str:
    """Write a row, what it is in a study's money where it is a price, and where it is used."""
    from hrsim.cli.evidence_uses import uses_text
    from hrsim.cli.service_words import Words
    from hrsim.evidence import describe

    lines = [describe(row)]
    if row.currency:
        money = _money_of(study)
        lines.append(f"  in a study   {Words({}, money).of_row(row)}")
    return "\n".join([*lines, uses_text(row.id)])


def _money_of(study: Path | None) -> CurrencyYear:
    """Return the money of a study, that of the demo where none is named."""
    from hrsim.cli.run_verbs import DEMO_STUDY
    from hrsim.economics.currency import CurrencyYear
    from hrsim.study.load import load_study
    from hrsim.study.parents import packaged_scenarios

    analysis = load_study(study or packaged_scenarios() / DEMO_STUDY).study.analysis
    return CurrencyYear(analysis.currency, analysis.price_year)

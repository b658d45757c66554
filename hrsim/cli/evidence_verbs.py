"""The verb on what is known: evidence."""

from __future__ import annotations

from typing import Annotated

import typer

from hrsim.cli.echo import echo


def add_to(app: typer.Typer) -> None:
    """Add the verb of this file to the command line."""
    app.command()(evidence)


def evidence(
    evidence_id: Annotated[str, typer.Argument(metavar="[ID]", help="An evidence id; none lists all.")] = "",
) -> None:
    """Show one evidence row and where it is used, or list the register: value, interval, unit, grade."""
    from hrsim.evidence import describe, load_register

    register = load_register()
    if evidence_id:
        description = describe(register[evidence_id])
        from hrsim.cli.evidence_uses import uses_text

        echo(f"{description}\n{uses_text(evidence_id)}")
        return
    width = max(len(name) for name in register)
    for row in register.values():
        interval = f"{row.value:g} ({row.low:g} to {row.high:g}) {row.unit}"
        echo(f"{row.id:{width}}  {row.grade:11}  {interval}  {row.name}")

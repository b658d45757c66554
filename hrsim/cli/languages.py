"""The option --lang: in which languages the pages of a report are written."""

from __future__ import annotations

from typing import Annotated

import typer

from hrsim.errors import NotInstalled

Lang = Annotated[
    str,
    typer.Option(
        "--lang",
        help="Languages of the pages, such as en,fr; the first is that of report.html, workbook and figures.",
        metavar="LANGUAGES",
    ),
]
DEFAULT = "en"


def languages_of(text: str) -> tuple[str, ...]:
    """Read the option, before anything is simulated.

    Raise UnknownLanguage for a language without reports, and NotInstalled when another language than the default
    is asked for and the libraries that make pages are not there.
    """
    from hrsim.report.figures.drawing import INSTALL, drawing_available
    from hrsim.report.language import check_tags

    tags = tuple(dict.fromkeys(tag.strip().lower() for tag in text.split(",")))
    check_tags(tags)
    if tags != (DEFAULT,) and not drawing_available():
        raise NotInstalled(f"--lang needs the libraries that make pages, which are not installed: {INSTALL}")
    return tags

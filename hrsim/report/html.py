"""Render a report as one HTML page that needs nothing else: no script, no network, no other file."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from hrsim.report.blocks import Document, Figure

if TYPE_CHECKING:
    from jinja2 import Template

_ROOT = re.compile(
    r"<svg [^>]*?(width=\"\d+(?:\.\d+)?\") (height=\"\d+(?:\.\d+)?\") (viewBox=\"[^\"]+\")[^>]*>"
)


def html(document: Document) -> str:
    """Write the page; every text of the study is escaped."""
    return _template().render(document=document, inline=inline, style=_style())


def inline(figure: Figure) -> str:
    """Give a figure's drawing as an image with a title and a description, for a page that holds it."""
    from markupsafe import Markup, escape

    found = _ROOT.match(figure.svg)
    if found is None:
        raise ValueError("the drawing is no SVG with a size")
    key = escape(f"figure-{figure.name}")
    head = Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="{key}-title {key}-words" '
    ).format(key=key) + Markup(" ".join(found.groups()) + ">")
    words = Markup('<title id="{key}-title">{title}</title><desc id="{key}-words">{words}</desc>').format(
        key=key, title=figure.title, words=figure.description
    )
    return head + words + Markup(figure.svg[found.end() :])


@cache
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("hrsim.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["kind"] = lambda block: type(block).__name__
    return environment.get_template("report.html.j2")


def _style() -> str:
    from markupsafe import Markup

    return Markup((files("hrsim.report") / "templates" / "report.css").read_text(encoding="utf-8"))

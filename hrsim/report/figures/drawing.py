"""Turn Vega-Lite charts into SVG with fixed bytes, and SVG into pixels; look and number forms are set here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

from hrsim.report.language import Language

FONT = "Helvetica, Arial, Liberation Sans, sans-serif"
INK, QUIET, GRID, PAPER = "#1b2733", "#5c6873", "#e3e7ea", "#ffffff"
ACCENT, BASE, FRONTIER = "#0b5c7d", "#6b7680", "#b4521a"
PALETTE = ("#4d5963", "#0b5c7d", "#b4521a", "#2f7d4f", "#7a4f9a", "#8a6d00", "#a03050", "#3d5a99")
"""Colours of arms: each at least 4.5 to 1 on white; shapes and dashes tell arms apart without colour."""
PIXELS_PER_POINT = 2.0
LIBRARIES = ("vl_convert", "babel", "jinja2", "xlsxwriter", "docx")
INSTALL = 'pip install "hrsim[report]"'
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
VERSION = "v6.4"
_TAG = re.compile(r"<[^>]*>")
_SPOKEN = re.compile(r' (?:role|aria-[a-z]+)="[^"]*"')
"""What a drawing says of itself to a screen reader; the page that holds it says it in words."""


def drawing_available() -> bool:
    """Tell whether the libraries that draw and typeset a report are installed."""
    return all(find_spec(name) is not None for name in LIBRARIES)


def svg(chart: Mapping[str, Any], say: Language) -> str:
    """Draw a Vega-Lite chart as SVG; the same chart gives the same bytes, and no address is ever opened."""
    import vl_convert

    drawn: str = vl_convert.vegalite_to_svg(
        {"$schema": SCHEMA, **chart, "config": _look()},
        vl_version=VERSION,
        format_locale=_number_locale(say),
        allowed_base_urls=[],
    )
    return _TAG.sub(lambda tag: _SPOKEN.sub("", tag.group()), drawn)


def png(drawing: str) -> bytes:
    """Turn an SVG drawing into a PNG image for a word processor."""
    import vl_convert

    pixels: bytes = vl_convert.svg_to_png(drawing, scale=PIXELS_PER_POINT)
    return pixels


def _number_locale(say: Language) -> dict[str, Any]:
    return {
        "decimal": say.form.decimal,
        "thousands": say.form.group,
        "grouping": [3],
        "currency": ["", ""],
        "percent": say.form.per_cent.format(number=""),
        "minus": "\u2212",
    }


def _look() -> dict[str, Any]:
    text = {"labelFontSize": 12, "titleFontSize": 12, "labelColor": INK, "titleColor": INK}
    return {
        "aria": False,
        "font": FONT,
        "background": PAPER,
        "padding": 4,
        "view": {"stroke": None},
        "axis": {
            **text, "titleFontWeight": "normal", "gridColor": GRID, "domainColor": QUIET, "tickColor": QUIET,
            "labelLimit": 420, "titleLimit": 0, "titlePadding": 8,
        },
        "legend": {
            **text, "orient": "bottom", "columns": 3, "labelLimit": 420, "symbolSize": 110, "symbolStrokeWidth": 2,
            "offset": 14,
        },
        "title": {"fontSize": 12, "color": INK, "fontWeight": "bold", "anchor": "start", "limit": 0},
        "text": {"fontSize": 12, "color": INK},
    }  # fmt: skip

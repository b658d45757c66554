"""Render a report as a Word document: the same blocks, figures as images, fixed dates."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from hrsim.report.blocks import (
    Block,
    Box,
    Bullets,
    Checklist,
    Column,
    Document,
    Figure,
    KeyValues,
    Paragraph,
    Row,
    Section,
    Table,
    cells,
)
from hrsim.report.figures.drawing import png
from hrsim.report.word_fields import add_contents, ask_for_fields, number_pages
from hrsim.report.workbook import FIXED_DATE

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

PAGE_WIDTH, PAGE_HEIGHT, MARGIN = 21.0, 29.7, 2.0  # A4, centimetres
BODY_SIZE, TABLE_SIZE, FIRST_SHARE = 10.5, 8.0, 0.28
MOST_ROWS = 80
"""Longer tables are left to the page and the workbook: nobody reads them in a word processor."""
INK, QUIET, WARN = "1B2733", "4D5963", "7A4100"
FULL_WIDTH_PIXELS = 860
"""Drawings of this width or wider fill the page."""
_WIDTH = re.compile(r'<svg [^>]*?width="(\d+(?:\.\d+)?)"')
_UNPRINTABLE = re.compile(r"[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")


def word(document: Document) -> bytes:
    """Write the document; the same report gives the same bytes."""
    import docx

    target = docx.Document()
    _prepare(target, document)
    target.add_heading(_clean(document.title), level=0)
    target.add_paragraph(_clean(document.subtitle))
    number_pages(target)
    said = tuple(block for block in document.first_page if isinstance(block, Paragraph))
    _render(target, said, document, 1)
    if document.banners or document.grade:
        target.add_heading(_clean(document.labels["limits_of_use"]), level=2)
    if document.grade:
        target.add_paragraph(_clean(document.grade))
    for banner in document.banners:
        title = f"{banner.title}{document.labels['colon']} " if banner.title else ""
        _bullet(target, f"{title}{banner.text}", WARN)
    _render(target, tuple(block for block in document.first_page if block not in said), document, 1)
    target.add_heading(_clean(document.labels["contents"]), level=1)
    add_contents(target, [_clean(section.title) for section in document.sections])
    for section in document.sections:
        _render(target, (section,), document, 1)
    target.add_paragraph(_clean(document.footer))
    buffer = BytesIO()
    target.save(buffer)
    return _with_fixed_dates(buffer.getvalue())


def _prepare(target: WordDocument, document: Document) -> None:
    """Set page, fonts, language and properties."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt, RGBColor

    page = target.sections[0]
    page.page_width, page.page_height = Cm(PAGE_WIDTH), Cm(PAGE_HEIGHT)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Cm(MARGIN)
    for name in ("Normal", "Title", "Heading 1", "Heading 2", "Heading 3", "List Bullet", "Caption"):
        style: Any = target.styles[name]
        style.font.name = "Calibri"
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:asciiTheme"), "minorHAnsi")
        style.font.color.rgb = RGBColor.from_string(INK)
    normal: Any = target.styles["Normal"]
    normal.font.size = Pt(BODY_SIZE)
    target.styles["Title"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.LEFT
    languages = normal.element.get_or_add_rPr()
    spoken = languages.makeelement(qn("w:lang"), {qn("w:val"): document.lang})
    languages.append(spoken)
    properties = target.core_properties
    properties.title, properties.language, properties.author = (
        _clean(document.title)[:255],
        document.lang,
        "hrsim",
    )
    ask_for_fields(target)
    properties.created = properties.modified = FIXED_DATE
    properties.comments = ""


def _render(target: WordDocument, blocks: tuple[Block, ...], document: Document, level: int) -> None:
    for block in blocks:
        if isinstance(block, Section):
            target.add_heading(_clean(block.title), level=level)
            _render(target, block.blocks, document, level + 1)
        elif isinstance(block, Paragraph):
            _paragraph(target, block)
        elif isinstance(block, Bullets):
            for item in block.items:
                _bullet(target, item)
        else:
            _render_titled(target, block, document, level + 1)


def _render_titled(target: WordDocument, block: Block, document: Document, level: int) -> None:
    """Write a block that has a title or rows."""
    if isinstance(block, Box):
        _box(target, block, document, level)
    elif isinstance(block, KeyValues):
        rows = tuple(Row(cells(*pair)) for pair in block.pairs)
        _grid(target, (Column(""), Column("")), rows, headed=False)
    elif isinstance(block, Table):
        _table(target, block, document)
    elif isinstance(block, Figure):
        _figure(target, block)
    elif isinstance(block, Checklist):
        _checklist(target, block, level)


def _paragraph(target: WordDocument, block: Paragraph) -> None:
    from docx.shared import Pt

    run = target.add_paragraph().add_run(_clean(block.text))
    if block.style == "lead":
        run.font.size = Pt(BODY_SIZE + 2)
    elif block.style == "note":
        run.font.size = Pt(BODY_SIZE - 1.5)


def _bullet(target: WordDocument, text: str, colour: str = INK) -> None:
    from docx.shared import RGBColor

    run = target.add_paragraph(style="List Bullet").add_run(_clean(text))
    run.font.color.rgb = RGBColor.from_string(colour)


def _box(target: WordDocument, block: Box, document: Document, level: int) -> None:
    target.add_heading(_clean(block.title), level=level)
    target.add_paragraph(_clean(block.text))
    for name, *rest in block.items:
        words = " ".join(cell.text for cell in rest)
        _bullet(target, f"{name.text}{document.labels['colon']} {words}")


def _table(target: WordDocument, block: Table, document: Document) -> None:
    caption = target.add_paragraph(_clean(block.caption), style="Caption")
    caption.paragraph_format.keep_with_next = True
    if len(block.rows) > MOST_ROWS:
        target.add_paragraph(document.labels["long_table"])
        return
    _grid(target, block.columns, block.rows)
    if block.note:
        _paragraph(target, Paragraph(block.note, "note"))


def _figure(target: WordDocument, block: Figure) -> None:
    """Set a picture, which has its title in itself, over its description."""
    from docx.shared import Cm

    picture = target.add_picture(BytesIO(png(block.svg)), width=Cm(_picture_width(block.svg)))
    described = picture._inline.docPr
    described.set("descr", _clean(block.description))
    described.set("title", _clean(block.title))
    _paragraph(target, Paragraph(block.description, "note"))


def _picture_width(drawing: str) -> float:
    """Give the width of a drawing in centimetres: all to one scale, so that their letters are of one size."""
    found = _WIDTH.search(drawing)
    full = PAGE_WIDTH - 2 * MARGIN
    return min(full, full * float(found.group(1)) / FULL_WIDTH_PIXELS) if found else full


def _checklist(target: WordDocument, block: Checklist, level: int) -> None:
    target.add_heading(_clean(block.name), level=level)
    _paragraph(target, Paragraph(block.source.text, "note"))
    target.add_paragraph(_clean(block.left))
    named = tuple(Column(name) for name in block.columns)
    rows = tuple(
        Row(cells(item.number, item.name, block.states[item.state], item.answer)) for item in block.items
    )
    _grid(target, named, rows)


def _grid(
    target: WordDocument, named: tuple[Column, ...], rows: tuple[Row, ...], *, headed: bool = True
) -> None:
    """Write a table; its head is repeated on each page, and numbers stand flush right."""
    from docx.oxml.ns import qn

    grid = target.add_table(rows=len(rows) + headed, cols=len(named), style="Table Grid")
    _set_widths(grid, len(named))
    found = grid._cells
    lines = [Row(cells(*(column.label for column in named))), *rows] if headed else list(rows)
    for line, row in enumerate(lines):
        strong = row.is_heading or (headed and line == 0)
        if row.is_heading:
            found[line * len(named)].merge(found[(line + 1) * len(named) - 1])
            _cell(found[line * len(named)], row.cells[0].text, strong, right=False)
            continue
        for place, cell in enumerate(row.cells):
            _cell(found[line * len(named) + place], cell.text, strong, named[place].numeric)
    if headed:
        properties = grid.rows[0]._tr.get_or_add_trPr()
        properties.append(properties.makeelement(qn("w:tblHeader"), {qn("w:val"): "true"}))
    target.add_paragraph()


def _set_widths(grid: Any, columns: int) -> None:
    """Give the first column, which names the rows, more room than the others."""
    from docx.shared import Cm

    width = PAGE_WIDTH - 2 * MARGIN
    first = max(FIRST_SHARE, 1 / columns) * width
    others = (width - first) / max(columns - 1, 1)
    grid.autofit = False
    for place, column in enumerate(grid.columns):
        column.width = Cm(others if place else first)
    for place, cell in enumerate(grid._cells):
        cell.width = Cm(others if place % columns else first)


def _cell(cell: Any, text: str, strong: bool, right: bool) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(0)
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    run = paragraph.add_run(_clean(text))
    run.font.size = Pt(TABLE_SIZE)
    run.bold = strong or None


def _clean(text: str) -> str:
    """Leave out characters that no XML can hold."""
    return _UNPRINTABLE.sub("\ufffd", text)


def _with_fixed_dates(data: bytes) -> bytes:
    """Pack the parts again with one fixed date."""
    buffer = BytesIO()
    with ZipFile(BytesIO(data)) as old, ZipFile(buffer, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            entry = ZipInfo(name, FIXED_DATE.timetuple()[:6])
            entry.compress_type = ZIP_DEFLATED
            new.writestr(entry, old.read(name))
    return buffer.getvalue()

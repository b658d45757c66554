"""Fields of a Word file: contents and page numbers, which the word processor works out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

CONTENTS_FIELD = 'TOC \\o "1-1" \\h \\z'
"""Contents of all headings of the first level, as links; Word fills in the pages when its fields are updated."""


def add_contents(target: WordDocument, titles: list[str]) -> None:
    """Add the contents on the rest of the page; until they are worked out they show the titles."""
    from docx.enum.text import WD_BREAK

    _field(target.add_paragraph(), CONTENTS_FIELD, titles)
    target.add_paragraph().add_run().add_break(WD_BREAK.PAGE)


def ask_for_fields(target: WordDocument) -> None:
    """Have the word processor work out the contents when it opens the file."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    update = OxmlElement("w:updateFields")
    update.set(qn("w:val"), "true")
    target.settings.element.append(update)


def number_pages(target: WordDocument) -> None:
    """Put the number of each page at its foot."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    foot = target.sections[0].footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _field(foot, "PAGE", ["1"])


def _field(paragraph: Any, instruction: str, shown: list[str]) -> None:
    """Write a field: the word processor works it out, and until then shows the given lines."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    def sign(kind: str) -> None:
        mark = OxmlElement("w:fldChar")
        mark.set(qn("w:fldCharType"), kind)
        paragraph.add_run()._r.append(mark)

    sign("begin")
    code = OxmlElement("w:instrText")
    code.set(qn("xml:space"), "preserve")
    code.text = instruction
    paragraph.add_run()._r.append(code)
    sign("separate")
    for place, line in enumerate(shown):
        run = paragraph.add_run(line)
        if place < len(shown) - 1:
            run.add_break()
    sign("end")

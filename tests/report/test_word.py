"""The Word file: equal bytes, the same blocks, pictures that say what they show, no character that XML refuses."""

from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

import docx

from hrsim.report.content.document import build_document
from hrsim.report.language import language
from hrsim.report.word import word


def make(report, tag="en"):
    return word(build_document(report, language(tag)))


def test_the_same_report_gives_the_same_bytes_with_one_fixed_date(make_report):
    first, second = make(make_report()), make(make_report())
    assert first == second
    with ZipFile(BytesIO(first)) as parts:
        assert {entry.date_time for entry in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_it_holds_the_blocks_of_the_document(make_report):
    document = build_document(make_report(), language("fr"))
    opened = docx.Document(BytesIO(word(document)))
    texts = [paragraph.text for paragraph in opened.paragraphs]
    for section in document.sections:
        assert section.title in texts
    assert document.title in texts
    assert opened.core_properties.language == "fr"
    captions = {table.cell(0, 0).text for table in opened.tables}
    assert "Scénario" in captions


def test_every_picture_has_a_description(make_report):
    document = build_document(make_report(), language("en"))
    opened = docx.Document(BytesIO(word(document)))
    described = [shape._inline.docPr.get("descr") for shape in opened.inline_shapes]
    assert described == [figure.description for figure in document.figures()]
    assert all(described)


def test_a_character_that_xml_refuses_is_replaced(make_report):
    document = replace(build_document(make_report(), language("en")), title="bad\x00\x1btitle <b>&")
    opened = docx.Document(BytesIO(word(document)))
    assert "bad\ufffd\ufffdtitle <b>&" in [paragraph.text for paragraph in opened.paragraphs]


def test_it_has_contents_and_page_numbers(make_report):
    document = build_document(make_report(), language("en"))
    with ZipFile(BytesIO(word(document))) as parts:
        body, settings = (parts.read(f"word/{name}.xml").decode() for name in ("document", "settings"))
        feet = [parts.read(name).decode() for name in parts.namelist() if name.startswith("word/footer")]
    assert ">TOC " in body and "<w:updateFields" in settings
    assert any(">PAGE<" in foot for foot in feet)

"""The first page in plain lines, for texts and terminals: the answer, its use, and what the ranking rests on."""

from __future__ import annotations

from hrsim.report.blocks import Box
from hrsim.report.content.answer import answer_sentences, explained, find_answer
from hrsim.report.content.boxes import capacity_box, ranking_box
from hrsim.report.content.cash import cash_sentence
from hrsim.report.content.closing import grade_of_use
from hrsim.report.content.context import Context
from hrsim.report.content.years import lives_sentence
from hrsim.report.facts import Report
from hrsim.report.language import ENGLISH


def plain_page(report: Report) -> dict[str, str]:
    """Give the first page in English, a text by name; nothing for a report that does not state its facts.

    Names: answer, lives, cash, explained, use, ranking, capacity. What the report does not have is left out.
    """
    if report.facts is None:
        return {}
    context = Context(report, report.facts, ENGLISH)
    answer = find_answer(context)
    found = {
        "answer": "\n".join(answer_sentences(context)),
        "lives": lives_sentence(context, answer.described, answer.perspective) if answer else "",
        "cash": cash_sentence(context, answer.described, answer.perspective) if answer else "",
        "explained": explained(context),
        "use": grade_of_use(context),
        "ranking": _lines(ranking_box(context, answer)) if answer else "",
        "capacity": _lines(capacity_box(context)) if answer else "",
    }
    return {name: text for name, text in found.items() if text}


def _lines(box: Box | None) -> str:
    """Write a box: its title with its text, then a line for each item."""
    if box is None:
        return ""
    items = (f"- {name.text}: {' '.join(cell.text for cell in rest)}" for name, *rest in box.items)
    return "\n".join([f"{box.title}: {box.text}", *items])

"""The whole report in one language: the first page, then a section for each subject that the run has."""

from __future__ import annotations

from hrsim.report.blocks import Document, Section
from hrsim.report.content.closing import banners, checklists, grade_of_use, limits, methods
from hrsim.report.content.context import Context
from hrsim.report.content.decisions import cost_effectiveness, uncertainty
from hrsim.report.content.evidence import assumptions, inputs, inventory
from hrsim.report.content.first_page import first_page
from hrsim.report.content.money import benefit_cost, costs
from hrsim.report.content.outcomes import outcomes
from hrsim.report.content.people import equity, services
from hrsim.report.facts import Report
from hrsim.report.language import Language

PARTS = {
    "outcomes": outcomes,
    "cost_effectiveness": cost_effectiveness,
    "uncertainty": uncertainty,
    "budget": costs,
    "benefit_cost": benefit_cost,
    "equity": equity,
    "services": services,
    "methods": methods,
    "assumptions": assumptions,
    "inputs": inputs,
    "inventory": inventory,
    "limits": limits,
    "checklists": checklists,
}
"""The sections in reading order; one without blocks is left out."""
PAGE_LABELS = (
    *("skip", "contents", "question", "answer", "limits_of_use", "show_data", "show_table", "scroll"),
    *("long_table", "colon"),
)


def build_document(report: Report, say: Language) -> Document:
    """Build the report in a language; raise ValueError for a report that does not state its facts."""
    facts = report.facts
    if facts is None:
        raise ValueError("a report without facts has no document")
    report = report.in_language(say.tag)
    context = Context(report, facts, say)
    found = {key: tuple(build(context)) for key, build in PARTS.items()}
    return Document(
        lang=say.tag,
        title=report.title,
        subtitle=_subtitle(context),
        banners=banners(context),
        first_page=first_page(context),
        sections=tuple(
            Section(key, say(f"section.{key}"), blocks) for key, blocks in found.items() if blocks
        ),
        labels={key: say(f"page.{key}") for key in PAGE_LABELS},
        grade=grade_of_use(context),
        footer=say("page.footer", version=facts.version, code=facts.content_hash[:12]),
    )


def _subtitle(context: Context) -> str:
    """Say who is followed, and where a run was priced again what was changed."""
    say, facts, repriced = context.say, context.facts, context.report.repriced
    followed = say(
        "page.subtitle",
        people=say.whole(facts.people),
        years=context.exact(facts.years),
        start=say.date(facts.start),
    )
    return followed if repriced is None else f"{followed}. {repriced.words(say)}"

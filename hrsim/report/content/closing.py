"""How the results were made, their limits, and the reporting checklists."""

from __future__ import annotations

from hrsim.report.blocks import Banner, Block, Bullets, KeyValues, Paragraph
from hrsim.report.checklists import CHECKLISTS, checklist
from hrsim.report.content.context import Context
from hrsim.report.fitness import Limit, grade_of
from hrsim.report.language import Language
from hrsim.report.numbers import number

CODE_LENGTH = 12


def methods(context: Context) -> list[Block]:
    """Build what was simulated and how it was valued."""
    say, facts = context.say, context.facts
    drawn = "methods.drawn" if facts.uncertain else "methods.central"
    thresholds = [number(value, 0, say.form) for value in facts.thresholds]
    pairs = (
        ("people", say.whole(facts.people)),
        ("horizon", say("methods.horizon_value", years=context.exact(facts.years), start=say.date(facts.start))),
        ("draws", say(drawn, draws=say.whole(facts.draws), replicates=say.whole(facts.replicates))),
        ("seed", str(facts.seed)),
        ("discount", say("methods.discount_value", costs=say.rates(facts.discount_costs),
                         effects=say.rates(facts.discount_effects))),
        ("thresholds", say("methods.thresholds_value", thresholds=say.listed(thresholds), currency=facts.currency)),
        ("perspectives", say.listed([context.perspective(name) for name in facts.perspectives])),
        ("money", context.money),
        ("content_hash", facts.content_hash[:CODE_LENGTH]),
        ("software", f"hrsim {facts.version}"),
    )  # fmt: skip
    return [KeyValues(tuple((say(f"methods.{key}"), value) for key, value in pairs)), *_notes(context)]


def _notes(context: Context) -> list[Block]:
    notes = context.report.notes
    return [Paragraph(context.say("methods.notes", notes=notes))] if notes else []


def limits(context: Context) -> list[Block]:
    """Build the limits: of this run first, then of every run of this model."""
    say = context.say
    items = [
        say("banner.line", title=banner.title, text=banner.text) if banner.title else banner.text
        for banner in banners(context)
    ]
    left_out = _not_counted(context)
    if left_out:
        items.append(say("limits.not_counted", items=say.listed(left_out)))
    keys = ("differences", "structure", "draws_only", "transfer")
    items += [say(f"limits.{key}", interval=context.interval_holds) for key in keys]
    return [Paragraph(say("limits.intro")), Bullets(tuple(items))]


def _not_counted(context: Context) -> list[str]:
    table = context.table("impact_inventory")
    if table is None:
        return []
    left = table[table["considered"] != "considered"]
    say = context.say
    return [
        say("limits.cell", sector=say.name("sector", sector), category=say.name("category", category))
        for sector, category in left[["sector", "category"]].drop_duplicates().to_numpy()
    ]


def grade_of_use(context: Context) -> str:
    """Say of what use the run is, and what would bring it to the next grade."""
    say = context.say
    grade, holding = grade_of(context.report.limits)
    words = say(f"use.{grade}")
    if not holding:
        return words
    steps = say("number.between_clauses").join(say(f"banner.{limit.code}.remedy") for limit in holding)
    return f"{words} {say(f'use.next_after_{grade}', steps=steps)}"


def banners(context: Context) -> tuple[Banner, ...]:
    """Give what limits the use of this run in the report's language; what has no translation stays in English."""
    said = {limit.words(): limit for limit in context.report.limits}
    return tuple(_banner(text, said.get(text), context.say) for text in context.report.banners)


def _banner(text: str, limit: Limit | None, say: Language) -> Banner:
    if limit is not None:
        return Banner(say(f"banner.{limit.code}.title"), limit.text(say))
    title, separator, rest = text.partition(": ")
    return Banner(title, rest) if separator else Banner("", text)


def checklists(context: Context) -> list[Block]:
    """Build the reporting checklists, prefilled."""
    return [Paragraph(context.say("checklist.intro")), *(checklist(name, context) for name in CHECKLISTS)]

"""The first page: the answer in two sentences, the comparison of arms, and one figure."""

from __future__ import annotations

from hrsim.report.blocks import (
    Block,
    Bullets,
    Column,
    Figure,
    Paragraph,
    Row,
    Table,
    columns,
    heading_row,
    row,
)
from hrsim.report.comparison import MILLION, Headline, comparison, comparison_columns, headlines
from hrsim.report.content.answer import Answer, answer_sentences, find_answer
from hrsim.report.content.context import Context, records
from hrsim.report.counting import best_words
from hrsim.report.figures.charts import changes
from hrsim.report.figures.data import changes_data
from hrsim.report.figures.drawn import Drawn
from hrsim.report.notices import ON_THE_FIRST_PAGE
from hrsim.report.numbers import number


def first_page(context: Context) -> tuple[Block, ...]:
    """Build what stands under the question."""
    answer = [Paragraph(sentence, "lead") for sentence in answer_sentences(context)]
    figure = changes_figure(context)
    said = tuple(
        notice.words(context.say) for notice in context.report.notices if notice.code in ON_THE_FIRST_PAGE
    )
    beside = [Bullets(said)] if said else []
    return (*answer, summary_table(context), *beside, *([figure] if figure else []))


def summary_table(context: Context) -> Table:
    """Build the comparison at a glance: the comparator's totals, and what each other arm changes."""
    report, say = context.report, context.say
    total = say("summary.total", arm=context.arm(report.comparator))
    names = columns(say("word.outcome"), total, *(context.arm(arm) for arm in context.others))
    rows = [_headline_row(context, headline) for headline in headlines(report.tables, say)]
    answer = find_answer(context)
    if answer is not None:
        rows += _decision_rows(context, answer)
    note = say("summary.note", interval=context.interval_holds) if context.others else ""
    return Table(say("summary.caption"), names, tuple(rows), note)


def _headline_row(context: Context, headline: Headline) -> Row:
    total = headline.total(context.report.comparator, context.say)
    known = headline.changes.index
    changed = (headline.change(arm, context.say) if arm in known else "" for arm in context.others)
    return row(headline.label, total, *changed)


def _decision_rows(context: Context, answer: Answer) -> list[Row]:
    """Write the change of net benefit, and in how many draws each arm is the best."""
    say, base = context.say, context.report.comparator
    words = {
        "threshold": number(answer.threshold, 0, say.form),
        "perspective": context.perspective(answer.perspective),
        "money": context.money,
    }
    rows = [answer.rows[arm] for arm in context.others]
    place = context.changes_place(rows, MILLION, "difference_")
    changed = (context.interval(line, MILLION, "difference_", place) for line in rows)
    best = (_share_best(context, answer, arm) for arm in (base, *context.others))
    return [row(say("summary.net_benefit", **words), "", *changed), row(say("summary.best", **words), *best)]


def _share_best(context: Context, answer: Answer, arm: str) -> str:
    line = answer.rows[arm]
    return best_words(int(line["draws_best"]), int(line["draws_tied"]), int(line["n_draws"]), context.say)


def comparison_table(context: Context) -> Table:
    """Build the whole comparison: total and change of every headline outcome of every arm."""
    say = context.say
    names = comparison_columns(say)
    rows = tuple(
        heading_row(line.label, len(names))
        if line.is_heading
        else row(*(text.strip() for text in line.cells()))
        for line in comparison(context.report.tables, context.report.arm_labels, say)
    )
    return Table(
        say("comparison.caption"),
        columns(say("word.arm"), *names[1:]),
        rows,
        say("comparison.note", interval=context.interval_holds),
        folded=True,
    )


def changes_figure(context: Context) -> Figure | None:
    """Draw the change of every headline outcome against the comparator."""
    data = changes_data(context.report.tables["differences"])
    if data.empty:
        return None
    say = context.say
    rows = tuple(
        row(say.name("measure", line["measure"]), context.arm(line["arm"]), context.interval(line))
        for line in records(data)
    )
    named = (
        Column(say("word.outcome")),
        Column(say("word.arm")),
        Column(say("comparison.change"), numeric=True),
    )
    drawn = Drawn(changes(data, context.report.arm_labels, say), data, named, rows)
    return context.figure("changes", drawn, comparator=context.arm(context.report.comparator))

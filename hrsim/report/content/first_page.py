"""The first page: the answer in two sentences, what it rests on, the comparison of arms, and one figure."""

from __future__ import annotations

from hrsim.report.blocks import (
    Block,
    Bullets,
    Column,
    Figure,
    Paragraph,
    Table,
    columns,
    heading_row,
    row,
)
from hrsim.report.comparison import MILLION, Headline, comparison, comparison_columns, headlines
from hrsim.report.content.answer import Answer, answer_sentences, explained, find_answer, worth
from hrsim.report.content.boxes import capacity_box, ranking_box
from hrsim.report.content.cash import cash_columns, cash_sentence
from hrsim.report.content.context import Context
from hrsim.report.content.years import counts_lives, lives_sentence
from hrsim.report.counting import best_words
from hrsim.report.figures.charts import changes
from hrsim.report.figures.data import changes_data
from hrsim.report.figures.drawn import Drawn
from hrsim.report.notices import ON_THE_FIRST_PAGE

PEOPLE = (
    *(
        "overdose_death",
        "deaths_all_causes",
        "emergency_visit_all",
        "admission_all",
        "hiv_infection",
        "hcv_infection",
    ),
)
"""What the first page says of people; the other outcomes stand in the whole comparison."""
HEALTH_AND_MONEY = ("qalys", "cost")


def first_page(context: Context) -> tuple[Block, ...]:
    """Build what stands under the question: the answer, what it rests on, the arms compared, and a figure."""
    answer = find_answer(context)
    lead = [Paragraph(sentence, "lead") for sentence in answer_sentences(context)]
    boxes = [ranking_box(context, answer), capacity_box(context)] if answer else []
    figure = changes_figure(context)
    said = tuple(
        notice.words(context.say) for notice in context.report.notices if notice.code in ON_THE_FIRST_PAGE
    )
    cash = cash_sentence(context, answer.described, answer.perspective) if answer else ""
    lives = lives_sentence(context, answer.described, answer.perspective) if answer else ""
    found = [
        *lead, Paragraph(lives) if lives else None, Paragraph(cash) if cash else None,
        Paragraph(explained(context), "note"), *boxes,
        people_table(context), money_table(context, answer), Bullets(said) if said else None, figure,
    ]  # fmt: skip
    return tuple(block for block in found if block is not None)


def people_table(context: Context) -> Table | None:
    """Build what happens to people: a row for each arm, the comparator's totals first, then what each arm changes."""
    found = [one for one in headlines(context.report.tables, context.say) if one.measure in PEOPLE]
    if not found:
        return None
    names = columns(
        context.say("word.arm"), *(context.say.name("short_measure", one.measure) for one in found)
    )
    rows = [
        row(_named(context, arm), *(_of_arm(context, one, arm) for one in found)) for arm in _arms(context)
    ]
    return Table(context.say("summary.people"), names, tuple(rows))


def money_table(context: Context, answer: Answer | None) -> Table:
    """Build health and money: QALYs, costs from each perspective, net benefit, and how often each arm is the best."""
    say = context.say
    found = [one for one in headlines(context.report.tables, say) if one.measure in HEALTH_AND_MONEY]
    names = [_short(context, one) for one in found]
    heads, cash = cash_columns(context, answer.perspective) if answer else ((), {})
    after = 1 + next(
        (p for p, one in enumerate(found) if answer and one.perspective == answer.perspective), -1
    )
    names[after:after] = heads
    if answer is not None:
        at = {"worth": worth(context, answer), "perspective": context.perspective(answer.perspective)}
        net = say("summary.net_benefit", **at)
        net = say("years.over_lives", column=net) if counts_lives(context) else net
        names += [net, say("summary.best", **at)]
    rows = []
    for arm in _arms(context):
        cells = [_of_arm(context, one, arm) for one in found]
        cells[after:after] = cash.get(arm, ("",) * len(heads))
        cells += _decision(context, answer, arm) if answer else []
        rows.append(row(_named(context, arm), *cells))
    note = say("summary.note", interval=context.interval_holds) if context.others else ""
    caption = say("summary.money", money=context.money)
    return Table(caption, columns(say("word.arm"), *names), tuple(rows), note)


def _arms(context: Context) -> tuple[str, ...]:
    return (context.report.comparator, *context.others)


def _named(context: Context, arm: str) -> str:
    """Name an arm; the comparator's row says that it holds totals."""
    name, compared = context.arm(arm), bool(context.others)
    return context.say("summary.total", arm=name) if compared and arm == context.report.comparator else name


def _short(context: Context, headline: Headline) -> str:
    say = context.say
    if headline.perspective is None:
        return say.name("measure", headline.measure)
    return say("summary.cost", perspective=context.perspective(headline.perspective))


def _of_arm(context: Context, headline: Headline, arm: str) -> str:
    if arm == context.report.comparator:
        return headline.total(arm, context.say) if arm in headline.totals.index else ""
    return headline.change(arm, context.say) if arm in headline.changes.index else ""


def _decision(context: Context, answer: Answer, arm: str) -> tuple[str, str]:
    """Write the change of net benefit, and in how many draws the arm is the best."""
    line, base = answer.rows[arm], context.report.comparator
    others = [row for name, row in answer.rows.items() if name != base]
    place = context.changes_place(others, MILLION, "difference_")
    changed = "" if arm == base else context.interval(line, MILLION, "difference_", place)
    best = best_words(int(line["draws_best"]), int(line["draws_tied"]), int(line["n_draws"]), context.say)
    return changed, best


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
    whole = {headline.measure: headline for headline in headlines(context.report.tables, say)}
    rows = tuple(
        row(say.name("measure", measure), context.arm(arm), whole[measure].change(arm, say))
        for measure, arm in zip(data["measure"], data["arm"], strict=True)
    )
    named = (
        Column(say("word.outcome")),
        Column(say("word.arm")),
        Column(say("comparison.change"), numeric=True),
    )
    drawn = Drawn(changes(data, context.report.arm_labels, say), data, named, rows)
    return context.figure("changes", drawn, comparator=context.arm(context.report.comparator))

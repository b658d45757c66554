"""Cost-effectiveness: the plane, standings, acceptability, and what knowing more would be worth."""

from __future__ import annotations

from typing import Any

from hrsim.report.blocks import Block, Column, Figure, Paragraph, Row, Table, columns, heading_row, row
from hrsim.report.comparison import MILLION
from hrsim.report.content.answer import find_answer
from hrsim.report.content.context import Context, records, register_cell
from hrsim.report.content.years import named, ratios
from hrsim.report.counting import best_words
from hrsim.report.decision import decision_columns, decision_rows, ratio_words
from hrsim.report.figures.charts import acceptability, tornado
from hrsim.report.figures.data import acceptability_data, cloud_data, decided, plane_data, tornado_data
from hrsim.report.figures.drawn import Drawn
from hrsim.report.figures.plane import plane
from hrsim.report.numbers import number

THRESHOLDS_SHOWN, INPUTS_SHOWN = 11, 12
EVPI_COLUMNS = (("evpi_per_study", "mcse"), ("population_evpi", "population_mcse"))


def cost_effectiveness(context: Context) -> list[Block]:
    """Build the plane and the standing of each arm from each perspective."""
    table = context.table("cost_effectiveness")
    if table is None:
        return []
    say, labels = context.say, context.report.arm_labels
    blocks: list[Block] = [Paragraph(say("decision.intro")), _plane(context)]
    for perspective in dict.fromkeys(table["perspective"]):
        names = decision_columns(table, say)
        rows = decision_rows(table, perspective, labels, say)
        columns_ = (Column(say("word.arm")), Column(names[1]), *(Column(n, numeric=True) for n in names[2:]))
        caption = say("decision.caption", perspective=context.perspective(perspective))
        lines = tuple(row(*(text.strip() for text in line)) for line in rows)
        blocks.append(Table(caption, columns_, lines, say("decision.note", interval=context.interval_holds)))
    return [*blocks, *ratios(context)]


def _plane(context: Context) -> Figure:
    report, say = context.report, context.say
    data = plane_data(report.tables)
    names = columns(
        say("word.arm"),
        say("figure.plane.x"),
        say("figure.plane.y", money=context.money),
        say("decision.ratio"),
    )
    standing = context.report.tables["cost_effectiveness"]
    first = standing[standing["perspective"] == data["perspective"].iloc[0]]
    words = {line["arm"]: ratio_words(line, say) for line in records(first)}
    steps = decided(report.tables, str(data["perspective"].iloc[0]))
    rows = tuple(_plane_row(context, str(arm), steps, words) for arm in data["arm"])
    cloud = cloud_data(report.tables, str(data["perspective"].iloc[0]), report.comparator)
    threshold = next(iter(context.facts.thresholds), None)
    return context.figure(
        "plane",
        Drawn(plane(data, report.arm_labels, say, cloud, threshold), data, names, rows),
        comparator=context.arm(report.comparator),
        perspective=context.perspective(str(data["perspective"].iloc[0])),
    )


def _plane_row(context: Context, arm: str, steps: dict[str, dict[str, Any]], words: dict[str, str]) -> Row:
    if arm not in steps:
        base = context.say("comparison.comparator")
        return row(context.arm(arm), base, base, "")
    gained, added = named(steps[arm], "qalys"), named(steps[arm], "cost")
    return row(context.arm(arm), context.interval(gained), context.millions(added), words[arm])


def uncertainty(context: Context) -> list[Block]:
    """Build acceptability, the value of knowing more, and the tornado, where `hrsim analyse` made them."""
    found = [_acceptability(context), _tornado(context), _evpi(context), _evppi(context)]
    blocks: list[Block] = [block for block in found if block is not None]
    return [Paragraph(context.say("uncertainty.intro")), *blocks] if blocks else []


def _acceptability(context: Context) -> Figure | None:
    table = context.table("acceptability")
    if table is None:
        return None
    say, labels = context.say, context.report.arm_labels
    data = acceptability_data(table)
    arms = [arm for arm in labels if arm in set(data["arm"])]
    thresholds = sorted(set(data["threshold"]))
    step = max(1, len(thresholds) // (THRESHOLDS_SHOWN - 1))
    shares = {(line["threshold"], line["arm"]): line for line in records(data)}
    rows = tuple(
        row(
            number(float(threshold), 0, say.form),
            *(_best(context, shares[threshold, arm]) for arm in arms),
        )
        for threshold in thresholds[::step]
    )
    names = columns(say("figure.acceptability.x"), *(context.arm(arm) for arm in arms))
    perspective = context.perspective(str(data["perspective"].iloc[0]))
    drawn = Drawn(acceptability(data, labels, say), data, names, rows)
    return context.figure("acceptability", drawn, perspective=perspective)


def _best(context: Context, line: dict[str, Any]) -> str:
    """Write in how many draws an arm is best alone, and in how many it shares the best."""
    draws = context.facts.draws
    none_better, tied = (
        round(line[name] * draws) for name in ("probability_cost_effective", "probability_tied")
    )
    return best_words(none_better - tied, tied, draws, context.say)


def _tornado(context: Context) -> Figure | None:
    table = context.table("tornado")
    if table is None:
        return None
    say = context.say
    answer = find_answer(context)
    arm = next((arm for arm in answer.best if arm != context.report.comparator), "") if answer else ""
    data = tornado_data(table, arm)
    first = data.iloc[0]
    measure = say.name("measure", str(first["measure"]))
    rows = tuple(_tornado_row(context, line) for line in records(data))
    names = columns(
        say("word.input"), say("figure.tornado.range"), say("figure.tornado.low"), say("figure.tornado.high")
    )
    arm_words = {"arm": context.arm(first["arm"]), "comparator": context.arm(first["comparator"])}
    drawn = Drawn(tornado(data, say, measure), data, names, rows)
    return context.figure("tornado", drawn, measure=measure, **arm_words)


def _tornado_row(context: Context, line: dict[str, Any]) -> Any:
    low, high = context.exact(line["low_value"]), context.exact(line["high_value"])
    ends = (context.supported(line[f"result_at_{end}"], line["mcse"]) for end in ("low", "high"))
    return row(register_cell(line["label"]), context.say("number.range", low=low, high=high), *ends)


def _evpi(context: Context) -> Table | None:
    table = context.table("evpi")
    if table is None:
        return None
    say = context.say
    shown = [pair for pair in EVPI_COLUMNS if pair[0] in table]
    rows = tuple(
        row(
            context.perspective(line["perspective"]),
            number(float(line["threshold"]), 0, say.form),
            *(context.supported(line[value] / MILLION, line[error] / MILLION) for value, error in shown),
        )
        for line in records(table)
        if line["threshold"] in context.facts.thresholds
    )
    values = (say(f"uncertainty.evpi.{value}", money=context.money) for value, _ in shown)
    names = columns(say("word.perspective"), say("word.threshold"), *values)
    return Table(say("uncertainty.evpi.caption"), names, rows, say("uncertainty.evpi.note")) if rows else None


def _evppi(context: Context) -> Table | None:
    table = context.table("evppi")
    if table is None:
        return None
    say = context.say
    rows: list[Any] = []
    first = table[(table["perspective"] == table["perspective"].iloc[0]) & table["clear"].astype(bool)]
    if first.empty:
        return None
    for threshold in dict.fromkeys(first["threshold"]):
        chosen = first[first["threshold"] == threshold].sort_values("evppi", ascending=False, kind="stable")
        rows.append(
            heading_row(say("uncertainty.evppi.at", threshold=number(float(threshold), 0, say.form)), 3)
        )
        rows += [
            row(
                register_cell(line.get("label", line["parameters"])),
                context.supported(line["evppi"] / MILLION, line["standard_error"] / MILLION),
                str(line["method"]),
            )
            for line in records(chosen.head(INPUTS_SHOWN))
        ]
    names = (
        Column(say("word.inputs")),
        Column(say("uncertainty.evppi.value", money=context.money), numeric=True),
        Column(say("word.method")),
    )
    caption = say(
        "uncertainty.evppi.caption", perspective=context.perspective(str(first["perspective"].iloc[0]))
    )
    return Table(caption, names, tuple(rows))

"""What stands beside the answer: what the ranking rests on, and places that an arm adds and hardly uses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from hrsim.report.blocks import Box, Cell
from hrsim.report.content.answer import Answer
from hrsim.report.content.context import REGISTER_LANGUAGE, Context, records
from hrsim.report.content.people import last_whole_year
from hrsim.report.numbers import number, to_significant

PLACEHOLDER = "placeholder"
ADDED, USED = "place_years", "client_years"


def ranking_box(context: Context, answer: Answer) -> Box:
    """Build the box of inputs that over their range change the best arm; it says so where none is known to."""
    say, facts = context.say, context.facts
    table = context.table("ranking")
    items = () if table is None else tuple(_input(context, line) for line in records(table))
    if items:
        words = say("ranking.intro")
    elif not facts.uncertain:
        words = say("ranking.point_values")
    elif facts.draws < facts.fewest_to_rank:
        words = say("ranking.too_few", draws=say.whole(facts.draws), fewest=say.whole(facts.fewest_to_rank))
    else:
        words = say("ranking.none", draws=say.whole(facts.draws))
    return Box(say("ranking.title"), words, items)


def _input(context: Context, line: dict[str, Any]) -> tuple[Cell, ...]:
    say = context.say
    shown = {name: to_significant(float(line[name]), say.form) for name in ("low", "high", "changes_at")}
    side = "above" if line["above"] else "below"
    words = say(f"ranking.{side}", arm=context.arm(str(line["other_arm"])), **shown)
    judged = say("ranking.placeholder") if line["grade"] == PLACEHOLDER else ""
    return (Cell(str(line["label"]), lang=REGISTER_LANGUAGE), Cell(f"{judged}{words}"))


def capacity_box(context: Context) -> Box | None:
    """Build the box of places that arms add to the comparator's, with how many of them are used."""
    items = tuple(item for arm in context.others for item in _added(context, arm))
    if not items:
        return None
    say, year = context.say, last_whole_year(context.report.tables["services"], context.facts.years)
    return Box(say("capacity.title"), say("capacity.intro", year=year), items)


def _added(context: Context, arm: str) -> Iterator[tuple[Cell, ...]]:
    """Write how many places more than the comparator an arm has, and how many of them are used, by service."""
    table, say = context.table("services"), context.say
    if table is None:
        return
    year, base = last_whole_year(table, context.facts.years), context.report.comparator
    mean = table[table["year"] == year].set_index(["arm", "service", "measure"])["mean"].to_dict()

    def more(service: str, measure: str) -> float:
        return float(mean.get((arm, service, measure), 0.0) - mean.get((base, service, measure), 0.0))

    services = [str(name) for name in dict.fromkeys(table["service"]) if round(more(str(name), ADDED)) > 0]
    by_service = [
        say("capacity.of_service", service=context.service(name), **_used(context, [name], more))
        for name in services
    ]
    if services:
        words = say("capacity.used", **_used(context, services, more), services=", ".join(by_service))
        yield (Cell(context.arm(arm)), Cell(words))


def _used(context: Context, services: list[str], more: Callable[[str, str], float]) -> dict[str, str]:
    """Write the places added to some services, and how many more people are in service there."""
    form = context.say.form
    return {
        name: number(max(sum(more(service, measure) for service in services), 0.0), 0, form)
        for name, measure in (("places", ADDED), ("used", USED))
    }

"""Reporting checklists: what each item asks, and how far the report answers it."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from hrsim.report.blocks import CheckItem, Checklist
from hrsim.report.content.context import source_cell

if TYPE_CHECKING:
    from hrsim.report.content.context import Context

CHECKLISTS = ("cheers_2022", "stress_des")


def checklist(name: str, context: Context) -> Checklist:
    """Fill a checklist from what the study and the run state."""
    data, say = load(name), context.say
    values = _values(context)
    items = tuple(_item(item, context, values) for item in data["items"])
    left = [item.number for item in items if item.state == "open"]
    return Checklist(
        data["name"][say.tag],
        source_cell(data["citation"], data["identifier"]),
        (say("checklist.number"), say("checklist.item"), say("checklist.state"), say("checklist.answer")),
        {"done": say("checklist.done"), "part": say("checklist.part"), "open": say("checklist.open")},
        items,
        say("page.unfilled", items=", ".join(left)) if left else say("page.all_filled"),
    )


@cache
def load(name: str) -> dict[str, Any]:
    """Read a checklist."""
    import yaml

    text = (files("hrsim.report.checklists") / f"{name}.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def _item(item: dict[str, Any], context: Context, values: dict[str, str]) -> CheckItem:
    """Take the first answer whose table the run has; an answer without `needs` always fits."""
    answer = next(one for one in item["answers"] if "needs" not in one or _has(context, one["needs"]))
    words = str(answer[context.say.tag]).format(**values)
    return CheckItem(str(item["number"]), item["name"][context.say.tag], answer["state"], words)


def _has(context: Context, need: str) -> bool:
    return context.table(need) is not None


def _values(context: Context) -> dict[str, str]:
    say, facts = context.say, context.facts
    return {
        "title": context.report.title,
        "people": say.whole(facts.people),
        "years": context.exact(facts.years),
        "start": say.date(facts.start),
        "arms": say.listed(list(context.report.arm_labels.values())),
        "comparator": context.arm(context.report.comparator),
        "perspectives": say.listed([context.perspective(name) for name in facts.perspectives]),
        "costs_rate": say.rates(facts.discount_costs),
        "effects_rate": say.rates(facts.discount_effects),
        "money": context.money,
        "draws": say.whole(facts.draws),
        "replicates": say.whole(facts.replicates),
        "seed": str(facts.seed),
        "version": facts.version,
        "numbers": say.whole(len(context.report.tables["parameters"])),
    }

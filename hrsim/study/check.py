"""Check what one value cannot show: names that must exist, dates within the horizon, arms to compare."""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Mapping

from hrsim.study.catalogue import other_words
from hrsim.study.check_budgets import check_budgets
from hrsim.study.check_effects import check_effects
from hrsim.study.check_evidence import check_evidence
from hrsim.study.check_own_events import check_own_events
from hrsim.study.check_relative_budgets import check_relative_budgets
from hrsim.study.check_staff import check_staff
from hrsim.study.effects import SERVICE_TARGET
from hrsim.study.hubs import check_hubs
from hrsim.study.services import Service
from hrsim.study.tree import (
    ListNode,
    MapNode,
    Mark,
    Node,
    Path,
    Problems,
    ScalarNode,
    is_own,
    leaves,
    nearest,
    nearest_or,
    scopes,
)
from hrsim.study.values import EvidenceFacts
from hrsim.units import DAYS_PER_YEAR

_NAME = re.compile(r"[a-z][a-z0-9_]*")


def check_study(
    tree: MapNode, catalogue: Collection[str], evidence: Mapping[str, EvidenceFacts], problems: Problems
) -> None:
    """Note every fault between the parts of a merged study; parts of a wrong type are passed over."""
    _check_arms(tree, problems)
    check_evidence(tree, evidence, problems)
    check_relative_budgets(tree, problems)
    horizon = _horizon(tree)
    resolved = _is_true(tree.get("resolved"))
    for path, scope in scopes(tree):
        under = problems.under(*path)
        _check_services(scope.mapping("services"), catalogue, under, stands_alone=resolved)
        check_own_events(tree.mapping("events"), scope.mapping("services"), under)
        check_effects(scope.mapping("services"), under)
        if path:
            _check_onward(scope.mapping("services"), under)
            _check_takes_over(scope.mapping("services"), under)
            check_hubs(scope, under)
            check_budgets(scope, under)
            check_staff(scope, under)
        if horizon is not None:
            _check_dates(scope, horizon, under)


def _check_arms(tree: MapNode, problems: Problems) -> None:
    arms = tree.get("arms")
    setting = tree.get("setting")
    is_setting = isinstance(setting, ScalarNode) and setting.value is True
    names = tree.mapping("arms").entries
    if not names and not is_setting and (arms is None or isinstance(arms, MapNode)):
        mark = arms.mark if arms is not None else tree.mark
        fix = "add 'arms:' with at least one arm, or 'setting: true' for a file that others extend."
        problems.add("NO_ARMS", "expected at least one arm, got none", fix, mark, ("arms",))
    for name, entry in names.items():
        _check_name(name, entry.key_mark, ("arms", name), problems)
    if names:
        _check_comparator(tree, list(names), problems)


def _check_comparator(tree: MapNode, arms: list[str], problems: Problems) -> None:
    analysis = tree.get("analysis")
    if not isinstance(analysis, MapNode):
        return
    path = ("analysis", "comparator")
    comparator = analysis.get("comparator")
    if comparator is None:
        fix = f"add 'comparator: {arms[0]}' under 'analysis:'."
        problems.add(
            "COMPARATOR", "expected the name of the arm to compare with, got none", fix, analysis.mark, path
        )
    elif isinstance(comparator, ScalarNode) and comparator.text not in arms:
        message = f"expected an arm of this study, got '{comparator.text}'"
        problems.add("COMPARATOR", message, nearest(comparator.text, arms, "arms"), comparator.mark, path)


def _check_name(name: str, mark: Mark, path: Path, problems: Problems) -> None:
    if not _NAME.fullmatch(name) and not name.startswith("x-"):
        message = f"expected a name of small letters, digits and '_', got '{name}'"
        words = re.findall(r"[a-z0-9]+", name.lower())
        good = "_".join(words) if words and words[0][0].isalpha() else "more_naloxone"
        fix = f"write a name such as {good}; a 'label' may be any text."
        problems.add("NAME", message, fix, mark, path)


def _check_services(
    services: MapNode, catalogue: Collection[str], problems: Problems, *, stands_alone: bool
) -> None:
    """Check services; one that stands alone may speak of catalogue services: it was checked beside the catalogue."""
    present = [name for name in services.entries if not name.startswith("x-")]
    known = {*present, *catalogue}
    for name in present:
        entry = services.entries[name]
        path = ("services", name)
        _check_name(name, entry.key_mark, path, problems)
        if isinstance(entry.node, MapNode):
            if name not in catalogue and entry.node.get("label") is None:
                if name in Service.model_fields:
                    fix = f"'{name}' is a key of a service: indent it further than the name of its service."
                else:
                    fix = nearest(name, catalogue, "services", other_words())
                    fix += " 'hrsim services' lists them; a service of your own needs a 'label'."
                problems.add(
                    "SERVICE", f"expected a service of the catalogue, got '{name}'", fix, entry.key_mark, path
                )
            _check_referrals(name, entry.node, present, problems)
            if not stands_alone:
                _check_mentions(name, entry.node, known, problems)


def _check_referrals(name: str, service: MapNode, present: list[str], problems: Problems) -> None:
    seen: set[str] = set()
    for index, item in enumerate(_items(service.get("refers_to"))):
        target = item.get("service") if isinstance(item, MapNode) else None
        if not isinstance(item, MapNode) or not isinstance(target, ScalarNode):
            continue
        known = target.text in present or _is_true(item.get("if_offered"))
        if known and target.text not in (name, *seen):
            seen.add(target.text)
            continue
        path = ("services", name, "refers_to", str(index), "service")
        got, fix = f"'{target.text}', which this arm lacks", "name another service."
        if target.text == name:
            got = "itself"
        elif target.text in seen:
            got, fix = f"'{target.text}' twice", "keep one referral and give it the whole chance."
        else:
            fix = nearest_or(target.text, present, "add that service, or write 'refers_to' without it.")
        problems.add("REFERS", f"expected a referral to another service, got {got}", fix, target.mark, path)


def _check_onward(services: MapNode, problems: Problems) -> None:
    """Note where stays of a complete arm lead to a service that the arm lacks."""
    for name, entry in services.entries.items():
        stay = entry.node.mapping("stay") if isinstance(entry.node, MapNode) else None
        for index, item in enumerate(_items(stay.get("leads_to")) if stay else ()):
            target = item.get("service") if isinstance(item, MapNode) else None
            if isinstance(target, ScalarNode) and target.text not in services.entries:
                path = ("services", name, "stay", "leads_to", str(index), "service")
                message = f"expected a service of this arm, got '{target.text}'"
                fix = nearest(target.text, services.entries, "services", other_words())
                problems.add("REFERS", message, fix, target.mark, path)


def _check_takes_over(services: MapNode, problems: Problems) -> None:
    """Note services that take clients over from one that is not in their pool."""
    for name, entry in services.entries.items():
        service = entry.node
        for item in _items(service.get("takes_over")) if isinstance(service, MapNode) else ():
            if not isinstance(item, ScalarNode) or not isinstance(service, MapNode):
                continue
            pools = [node.get("exclusive") for node in (service, services.mapping(item.text))]
            words = {pool.text for pool in pools if isinstance(pool, ScalarNode)}
            if None in pools or len(words) != 1 or item.text == name:
                message = f"expected another service of the same 'exclusive' pool, got '{item.text}'"
                fix = "give both services one 'exclusive:' pool, or leave it out."
                problems.add("SERVICE", message, fix, item.mark, ("services", name, "takes_over"))


def _is_true(node: Node | None) -> bool:
    return isinstance(node, ScalarNode) and node.value is True


def _check_mentions(name: str, service: MapNode, known: set[str], problems: Problems) -> None:
    for index, item in enumerate(_items(service.get("effects"))):
        on = item.get("on") if isinstance(item, MapNode) else None
        match = SERVICE_TARGET.fullmatch(on.text) if isinstance(on, ScalarNode) else None
        if on is not None and match is not None and match[2] not in known:
            path = ("services", name, "effects", str(index), "on")
            fix = nearest(match[2], known, "services", other_words())
            problems.add(
                "TARGET", f"expected a service after '{match[1]}.', got '{match[2]}'", fix, on.mark, path
            )
    for condition in ("enrolled_in", "not_enrolled_in"):
        for item in _items(service.mapping("eligible").get(condition)):
            if isinstance(item, ScalarNode) and item.text not in known:
                fix = nearest(item.text, known, "services", other_words())
                where = ("services", name, "eligible", condition)
                problems.add("SERVICE", f"expected a service, got '{item.text}'", fix, item.mark, where)


def _items(node: Node | None) -> tuple[Node, ...]:
    return node.items if isinstance(node, ListNode) else ()


def _horizon(tree: MapNode) -> tuple[datetime.date, datetime.date] | None:
    """Return the first day and the first day after the horizon, when both are valid."""
    horizon = tree.mapping("horizon")
    start, years = horizon.get("start"), horizon.get("years")
    if not isinstance(start, ScalarNode) or not isinstance(start.value, datetime.date):
        return None
    if (
        not isinstance(years, ScalarNode)
        or isinstance(years.value, bool)
        or not isinstance(years.value, int | float)
    ):
        return None
    try:
        return start.value, start.value + datetime.timedelta(days=years.value * DAYS_PER_YEAR)
    except OverflowError:
        return None


def _check_dates(scope: MapNode, horizon: tuple[datetime.date, datetime.date], problems: Problems) -> None:
    first, end = horizon
    for section in ("services", "supply", "budgets"):
        for path, node in leaves(scope.mapping(section), (section,)):
            if not isinstance(node, ScalarNode) or not isinstance(node.value, datetime.date) or is_own(path):
                continue
            if (
                path[-1] in ("opens", "closes", "starts", "from", "to", "until")
                and not first <= node.value <= end
            ):
                message = f"expected a date within the horizon {first} to {end}, got {node.value}"
                fix = "correct the date or the horizon; without 'opens' a service exists from the start."
                problems.add("HORIZON", message, fix, node.mark, path)

"""Refuse effects that count one thing twice: a total effect beside its path or another, one ratio in two services."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hrsim.study.effects import ways_to
from hrsim.study.risk_compensation import COMPENSATED
from hrsim.study.tree import ListNode, MapNode, Node, Path, Problems, ScalarNode, plain

CODE = "TWICE"


@dataclass(frozen=True)
class _Placed:
    """One effect as written: its service, the node of its target, and the path to that node."""

    service: str
    effect: MapNode
    on: ScalarNode
    path: Path

    @property
    def lasts(self) -> bool:
        """Tell whether it acts all the time: windows at a start or an end are about tolerance."""
        during = self.effect.get("during")
        return not isinstance(during, MapNode) or "contact" in during.entries

    @property
    def is_total(self) -> bool:
        """Tell whether its ratio holds everything that the service changes; it does unless said otherwise."""
        scope = self.effect.get("scope")
        return scope is None or plain(scope) == "total"

    @property
    def row(self) -> str | None:
        """Return the evidence row of its ratio, if it names one."""
        row = self.effect.mapping("multiplier").get("evidence")
        return row.text if isinstance(row, ScalarNode) else None


def check_effects(services: MapNode, problems: Problems) -> None:
    """Note every effect of one arm's services that would be counted twice."""
    placed = {name: list(_effects(name, services)) for name in services.entries if not name.startswith("x-")}
    for effects in placed.values():
        _check_paths(effects, problems)
        _check_targets(effects, problems)
    _check_carrying(services, placed, problems)
    _check_rows([effect for name in sorted(placed) for effect in placed[name]], services, problems)


def _effects(name: str, services: MapNode) -> Iterator[_Placed]:
    node = services.mapping(name).get("effects")
    for index, item in enumerate(node.items if isinstance(node, ListNode) else ()):
        on = item.get("on") if isinstance(item, MapNode) else None
        if isinstance(item, MapNode) and isinstance(on, ScalarNode):
            yield _Placed(name, item, on, ("services", name, "effects", str(index), "on"))


def _check_paths(effects: list[_Placed], problems: Problems) -> None:
    """Refuse, within a service, a total effect beside an effect on what it works through."""
    for whole in effects:
        if not (whole.lasts and whole.is_total):
            continue
        for part in effects:
            if part.on.text not in ways_to(whole.on.text):
                continue
            message = (
                f"expected no effect on '{part.on.text}' beside a total effect on '{whole.on.text}', "
                f"got both in '{part.service}': the one works through the other"
            )
            fix = (
                f"remove one; or, if the ratio on '{whole.on.text}' leaves the way through "
                f"'{part.on.text}' out, write 'scope: direct' on it."
            )
            problems.add(CODE, message, fix, part.on.mark, part.path)


def _check_targets(effects: list[_Placed], problems: Problems) -> None:
    """Refuse, within a service, a second lasting effect on a target of which one is total."""
    first: dict[str, _Placed] = {}
    for effect in effects:
        if not effect.lasts:
            continue
        other = first.setdefault(effect.on.text, effect)
        if other is not effect and (other.is_total or effect.is_total):
            message = (
                f"expected one total effect on '{effect.on.text}' in '{effect.service}', got two effects"
            )
            fix = "remove one; or, if their ways are apart, write 'scope: direct' on both."
            problems.add(CODE, message, fix, effect.on.mark, effect.path)


def _check_rows(effects: list[_Placed], services: MapNode, problems: Problems) -> None:
    """Refuse one evidence row on one target in two services that a person can be in at once."""
    first: dict[tuple[str, str], list[_Placed]] = {}
    for effect in effects:
        if effect.row is None or not effect.lasts:
            continue
        others = first.setdefault((effect.on.text, effect.row), [])
        for other in others:
            if other.service == effect.service or _apart(services, other.service, effect.service):
                continue
            message = (
                f"expected the ratio '{effect.row}' on '{effect.on.text}' once for a person, got it in "
                f"'{other.service}' and '{effect.service}'"
            )
            fix = (
                "leave one out, give both services one 'exclusive:' pool, or name each in the other's "
                "'eligible: {not_enrolled_in: [...]}'."
            )
            problems.add(CODE, message, fix, effect.on.mark, effect.path)
        others.append(effect)


def _check_carrying(services: MapNode, placed: dict[str, list[_Placed]], problems: Problems) -> None:
    """Refuse effects of carrying a kit on one target in two services: nobody tells kits apart by who gave them."""
    first: dict[str, str] = {}
    for name, effects in sorted(placed.items()):
        targets: list[tuple[str, Node, Path]] = [
            (e.on.text, e.on, e.path) for e in effects if _scalar(e.effect.get("during")) == "carrying"
        ]
        given = services.mapping(name).mapping("risk_compensation")
        if _scalar(given.get("during")) == "carrying":
            path = ("services", name, "risk_compensation")
            targets += [
                (target, node, (*path, target))
                for target in COMPENSATED
                if (node := given.get(target)) is not None
            ]
        for target, node, place in targets:
            other = first.setdefault(target, name)
            if other != name:
                message = (
                    f"expected one effect of carrying a kit on '{target}', got it in '{other}' and '{name}'"
                )
                fix = "state it in one service: it acts on everybody who carries a kit, whoever gave it."
                problems.add(CODE, message, fix, node.mark, place)


def _apart(services: MapNode, one: str, other: str) -> bool:
    """Tell whether nobody can be in both: one pool, or each refuses the other's clients."""
    pools = [_scalar(services.mapping(name).get("exclusive")) for name in (one, other)]
    return (pools[0] is not None and pools[0] == pools[1]) or (
        _refuses(services, one, other) and _refuses(services, other, one)
    )


def _refuses(services: MapNode, service: str, other: str) -> bool:
    refused = services.mapping(service).mapping("eligible").get("not_enrolled_in")
    return isinstance(refused, ListNode) and other in [_scalar(item) for item in refused.items]


def _scalar(node: Node | None) -> str | None:
    return node.text if isinstance(node, ScalarNode) else None

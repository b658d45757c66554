"""Find the sound part of a study: what is faulty is left out, so that faults elsewhere appear in the same pass."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice

from pydantic import ValidationError

from hrsim.errors import Problem
from hrsim.study.check_costs import COUNTED_BY_COSTS
from hrsim.study.merge import find, split_path
from hrsim.study.parents import packaged_scenarios
from hrsim.study.reader import read_file
from hrsim.study.schema import Study
from hrsim.study.schema_paths import fields_of, homes, model_at
from hrsim.study.tree import Entry, ListNode, MapNode, Node, Path, Problems, child, plain
from hrsim.study.validate import without_own
from hrsim.study.values import EvidenceFacts

MOST_ROUNDS = 8
STAND_IN = "settings/british_columbia.yaml"
LEAVES_ITS_PART_SOUND = frozenset(
    {"RANGE", "HORIZON", "REFERS", "TARGET", "HUB", "STAFF", "BUDGET", "GROUP", "NAME", "TWICE"}
)
"""Codes of faults of sense and numbers that leave the prices, perspectives and evidence of a study as they are."""

_COSTS: tuple[Path, ...] = (("services", "*", "costs"), ("events", "*", "cost"))
_MONEY: tuple[Path, ...] = (("analysis", "currency"), ("analysis", "price_year"))
_RESTS_ON: Mapping[tuple[str, str], tuple[Path, ...]] = {
    ("GROUP", "access"): (("population", "groups"),),
    ("GROUP", "distributional"): (("population", "groups"),),
    ("UNUSED", "costs"): tuple(("services", "=", key) for key in COUNTED_BY_COSTS),
    ("UNUSED", "parameters"): (("population",),),
    ("PRICE", "prices"): _COSTS,
    ("PRICE", "perspectives"): _COSTS,
    ("CURRENCY", ""): _MONEY,
    ("INTERVAL", "prices"): _MONEY,
    ("DATA", "draws"): (("analysis", "uncertainty"),),
}
"""Other parts of a study that a fault rests on, by its code and a key of its path; `=` is the service at fault."""


@dataclass(frozen=True)
class SoundPart:
    """Hold what is valid of a study, its tree, and the paths of `whole` that were left out or replaced.

    The study is for checks only: a required part that is faulty is replaced by that of a shipped setting.
    """

    study: Study
    tree: MapNode
    whole: MapNode
    left_out: frozenset[Path] = frozenset()

    def own(self, found: Iterable[Problem]) -> list[Problem]:
        """Return faults of the sound part at their paths in the whole, without those that follow from what it lacks."""
        if not self.left_out:
            return list(found)
        doubtful = {_in_an_arm(path) for part in self.left_out for path in (part, *_meant(self.whole, part))}
        kept = []
        for problem in found:
            path = _path_in_whole(self.whole, split_path(problem.path), self.left_out)
            follows = any(_overlap(path, part) for part in self.left_out)
            follows = follows or any(
                _overlap(rest, part) for rest in _rests_on(problem, path) for part in doubtful
            )
            if not follows:
                kept.append(replace(problem, path=".".join(path)))
        return kept


def sound_part(
    whole: MapNode, known: Mapping[str, EvidenceFacts], faulty: Iterable[str] = ()
) -> SoundPart | None:
    """Return what is valid of a tree without its parts at the dotted paths `faulty`; None where nothing is."""
    left_out: set[Path] = set()
    wrong = [split_path(path) for path in faulty]
    for _ in range(MOST_ROUNDS):
        for path in wrong:
            part = _to_leave_out(whole, path, left_out)
            if part is None:
                return None
            left_out.add(part)
        tree = _without(whole, left_out)
        assert isinstance(tree, MapNode)
        try:
            study = Study.model_validate(without_own(plain(tree)), context=known)
        except ValidationError as error:
            places = [
                tuple(str(key) for key in details["loc"]) for details in error.errors(include_url=False)
            ]
            wrong = [_path_in_whole(whole, place, left_out) for place in places]
        else:
            return SoundPart(_comparable(study), tree, whole, frozenset(left_out))
    return None


def _comparable(study: Study) -> Study:
    """Return a study whose comparator is one of its arms, where it has any."""
    if not study.arms or study.analysis.comparator in study.arms:
        return study
    analysis = study.analysis.model_copy(update={"comparator": next(iter(study.arms))})
    return study.model_copy(update={"analysis": analysis})


def _to_leave_out(whole: MapNode, path: Path, left_out: Collection[Path]) -> Path | None:
    """Return the smallest part around a path that a study can do without, or that has a stand-in."""
    for depth in range(len(path), 0, -1):
        part = path[:depth]
        if any(part[:n] in left_out for n in range(1, depth + 1)):
            continue
        if _is_required(part):
            if _stand_in(part) is not None:
                return part
        elif depth == len(path) or find(whole, part) is not None:
            return part
    return path if path in left_out else None


def _is_required(part: Path) -> bool:
    field = fields_of(model_at(Study, part[:-1])).get(part[-1])
    return field is not None and field.is_required()


def _stand_in(part: Path) -> Node | None:
    return find(_shipped(), part) if _is_required(part) else None


@cache
def _shipped() -> MapNode:
    return read_file(packaged_scenarios() / STAND_IN, Problems())


def _without(node: Node, left_out: Collection[Path], path: Path = ()) -> Node:
    """Return a tree without some parts, those that have a stand-in replaced by it."""
    below = [part for part in left_out if part[: len(path)] == path and len(part) > len(path)]
    if not below:
        return node
    if isinstance(node, ListNode):
        kept = ((*path, str(n)) for n in range(len(node.items)))
        items = tuple(
            _without(item, below, here)
            for here, item in zip(kept, node.items, strict=True)
            if here not in below
        )
        return replace(node, items=items)
    if not isinstance(node, MapNode):
        return node
    entries = {}
    for key, entry in node.entries.items():
        here = (*path, key)
        inner = _stand_in(here) if here in below else _without(entry.node, below, here)
        if inner is not None:
            entries[key] = Entry(entry.key_mark, inner)
    for part in below:
        inner = _stand_in(part) if part[:-1] == path and part[-1] not in node.entries else None
        if inner is not None:
            entries[part[-1]] = Entry(node.mark, inner)
    return replace(node, entries=entries)


def _path_in_whole(whole: MapNode, path: Path, left_out: Collection[Path]) -> Path:
    """Return the path in the whole tree of a path in the tree without some parts, whose lists may be shorter."""
    node: Node | None = whole
    found: Path = ()
    for key in path:
        if isinstance(node, ListNode) and key.isdecimal():
            kept = (n for n in range(len(node.items)) if (*found, str(n)) not in left_out)
            key = str(next(islice(kept, int(key), None), key))
        found = (*found, key)
        node = child(node, key) if node is not None else None
    return found


def _meant(whole: MapNode, part: Path) -> Iterator[Path]:
    """Yield the parts that an unknown key may have been meant for: fields that its mapping lacks, and its homes."""
    owner, fields = find(whole, part[:-1]), fields_of(model_at(Study, part[:-1]))
    if fields and part[-1] not in fields and isinstance(owner, MapNode):
        yield from ((*part[:-1], name) for name in fields if name not in owner.entries)
        yield from ((*home, part[-1]) for home in homes(Study, part[-1]))


def _rests_on(problem: Problem, path: Path) -> Iterator[Path]:
    service = path[path.index("services") + 1] if "services" in path[:-1] else ""
    for (code, key), rests in _RESTS_ON.items():
        if problem.code == code and (not key or key in path):
            yield from (tuple(service if word == "=" else word for word in rest) for rest in rests)


def _in_an_arm(path: Path) -> Path:
    return path[2:] if path[0] == "arms" else path


def _overlap(one: Path, other: Path) -> bool:
    """Tell whether one path lies at or below the other; `*` is any key."""
    return all(a == b or "*" in (a, b) for a, b in zip(one, other, strict=False))

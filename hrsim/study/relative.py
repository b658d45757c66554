"""Change an inherited number by `+400`, `"-400"`, `"*2"` or `"-10%"`, exactly, and say how it was worked out."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction

from hrsim.study.tree import Amount, Entry, ListNode, MapNode, Node, ScalarNode

_FACTOR = re.compile(r"\* *([0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_PERCENT = re.compile(r"([+-]) *([0-9]+(?:\.[0-9]*)?) *%")
_STEP = re.compile(r"[+-] *(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_WHOLE = 100

NUMBERS = ("value", "low", "high")
"""Keys of a full value that hold numbers in its own unit."""
LEVELS = ("from", "to")
"""Keys of a ramp that hold a level."""


@dataclass(frozen=True)
class Edit:
    """Change a number to `times` x it + `plus`; `words` say so after a number."""

    times: Fraction
    plus: Amount
    words: str

    def after(self, first: Edit) -> Edit:
        """Return the one edit that does `first` and then this one."""
        plus = Amount(
            self.times * first.plus.scaled + self.plus.scaled,
            self.times * first.plus.fixed + self.plus.fixed,
            "",
        )
        return Edit(self.times * first.times, plus, f"{first.words} {self.words}")


class CannotEdit(ValueError):
    """Refuse an edit; says what was found instead of a number."""


def is_number(node: Node | None) -> bool:
    """Tell whether a node is a number."""
    return (
        isinstance(node, ScalarNode)
        and isinstance(node.value, int | float)
        and not isinstance(node.value, bool)
    )


def edit_of(node: Node | None) -> Edit | None:
    """Return the edit that a node asks for: a plain number with a plus, or text such as '*2'; else None."""
    if not isinstance(node, ScalarNode):
        return None
    if node.edit is not None:
        return node.edit
    text = node.text.strip()
    if is_number(node):
        return _step(Fraction(text)) if node.plain and text.startswith("+") else None
    return _edit_in(text) if isinstance(node.value, str) else None


def _edit_in(text: str) -> Edit | None:
    if factor := _FACTOR.fullmatch(text):
        return _multiple(Fraction(factor[1]))
    if percent := _PERCENT.fullmatch(text):
        return _multiple(1 + Fraction(percent[1] + percent[2]) / _WHOLE)
    return _step(Fraction(text.replace(" ", ""))) if _STEP.fullmatch(text) else None


def _multiple(times: Fraction) -> Edit:
    return Edit(times, Amount(Fraction(0), Fraction(0), ""), f"x {in_words(times)}")


def _step(size: Fraction) -> Edit:
    sign = "+" if size >= 0 else "-"
    return Edit(Fraction(1), Amount(Fraction(0), size, ""), f"{sign} {in_words(abs(size))}")


def exact(node: ScalarNode) -> Fraction:
    """Return the number of a node as its decimal digits say."""
    return Fraction(repr(node.value))


def in_words(number: Fraction) -> str:
    """Write a number with commas and at most ten digits."""
    return f"{float(number):,.10g}"


def with_amount(node: ScalarNode, amount: Amount) -> ScalarNode:
    """Return a number node with the value that an amount comes to, whole where it is."""
    total = amount.scaled + amount.fixed
    value = int(total) if total.denominator == 1 else float(total)
    return replace(node, value=value, text=str(value), amount=amount, edit=None)


def amount_of(node: ScalarNode) -> Amount:
    """Return how a number was worked out; as written, nothing of it scales."""
    return node.amount or Amount(Fraction(0), exact(node), in_words(exact(node)))


def apply(edit: Edit, base: Node, patch: ScalarNode) -> Node:
    """Return an inherited number, value or ramp, changed; raises CannotEdit where nothing can be changed so.

    A ramp changes at all its levels, an interval at both ends, a row of evidence by its factor.
    """
    if isinstance(base, ScalarNode):
        return _applied(edit, base, patch)
    if isinstance(base, ListNode) or "channels" in base.entries:
        raise CannotEdit("a list" if isinstance(base, ListNode) else "several channels")
    entries = dict(base.entries)
    changed = False
    for key in (*NUMBERS, *LEVELS):
        if key in entries:
            entries[key] = replace(entries[key], node=apply(edit, entries[key].node, patch))
            changed = True
    by_year = base.get("by_year")
    if isinstance(by_year, MapNode):
        years = {year: replace(at, node=apply(edit, at.node, patch)) for year, at in by_year.entries.items()}
        entries["by_year"] = Entry(entries["by_year"].key_mark, MapNode(years, by_year.mark))
        changed = True
    if "evidence" in entries:
        entries["times"] = _times(edit, base, patch)
        changed = True
    if not changed:
        raise CannotEdit("a mapping")
    return MapNode(entries, patch.mark)


def _applied(edit: Edit, base: ScalarNode, patch: ScalarNode) -> ScalarNode:
    if not is_number(base):
        raise CannotEdit("nothing" if base.value is None else f"'{base.text}'")
    before = amount_of(base)
    needs_brackets = edit.times != 1 and (" + " in before.words or " - " in before.words)
    words = f"({before.words})" if needs_brackets else before.words
    after = Amount(
        edit.times * before.scaled + edit.plus.scaled,
        edit.times * before.fixed + edit.plus.fixed,
        f"{words} {edit.words}",
    )
    return with_amount(replace(base, mark=patch.mark, plain=True), after)


def _times(edit: Edit, base: MapNode, patch: ScalarNode) -> Entry:
    if edit.plus.scaled or edit.plus.fixed:
        raise CannotEdit("a row of evidence, which can only be multiplied")
    given = base.entries.get("times")
    one = ScalarNode(1, "1", True, patch.mark)
    old = given.node if given is not None else one
    return Entry(given.key_mark if given else patch.mark, apply(edit, old, patch))


def scaled_number(node: ScalarNode, factor: Fraction, whole: bool = False) -> ScalarNode:
    """Return a number scaled, to the nearest whole one of at least 1 where it must be whole; other nodes as they are.

    Of a change such as `+400` what is added scales.
    """
    edit = edit_of(node)
    if edit is not None:
        plus = Amount((edit.plus.scaled + edit.plus.fixed) * factor, Fraction(0), "")
        words = edit.words if edit.times != 1 or factor == 1 else f"{edit.words} x {in_words(factor)}"
        return replace(node, edit=replace(edit, plus=plus, words=words))
    if not is_number(node):
        return node
    before = exact(node)
    after = before * factor
    words = in_words(before) if factor == 1 else f"{in_words(before)} x {in_words(factor)}"
    if whole and after.denominator != 1:
        words += f" = {in_words(after)}, as a whole number"
        after = Fraction(max(int(after + Fraction(1, 2)), 1))
    return with_amount(node, Amount(after, Fraction(0), words))

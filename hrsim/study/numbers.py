"""Every number of a study: where it stands, what it is called, what it means; and a study with some replaced."""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from pydantic import AfterValidator

from hrsim.study.costs import Cost
from hrsim.study.effects import Effect
from hrsim.study.referrals import Referral
from hrsim.study.schema import Arm, Study
from hrsim.study.times import Ramp
from hrsim.study.tree import Path
from hrsim.study.values import Meaning, Quantity, StudyModel

REPLACEMENTS = ("parameters", "prices")
"""Keys whose numbers replace evidence rows: these already have a name of their own."""


@dataclass(frozen=True)
class Number:
    """Point at one number of a study.

    `path` holds the keys and indices of the tree. `name` is the same in words that last: an item of a list is
    named after what it is about (`effects.overdose`), so that a new item does not rename the others. `owner`
    is the model that holds the number.
    """

    path: Path
    name: str
    quantity: Quantity
    meaning: Meaning
    unit: str
    owner: StudyModel

    def value(self, draw: Mapping[str, float]) -> float | None:
        """Return the number in one draw; None when it is a row that the draw does not hold."""
        if self.quantity.evidence is None:
            return self.quantity.value
        row = draw.get(self.quantity.evidence)
        return None if row is None else self.quantity.times * row


ANY_NUMBER = Meaning("a number", (), lowest=float("-inf"))
Change = Callable[[Number], Quantity]
Model = TypeVar("Model", bound=StudyModel)


def numbers(part: StudyModel, path: Path = ()) -> Iterator[Number]:
    """Yield every number of a part of a study, arms left out, in the order of the schema."""
    found: list[Number] = []

    def note(number: Number) -> Quantity:
        found.append(number)
        return number.quantity

    change_numbers(part, note, path)
    yield from found


def change_numbers(part: Model, change: Change, path: Path = ()) -> Model:
    """Return a part of a study with each number replaced by what `change` returns; arms stay as they are."""
    return typing.cast(Model, _changed(part, _Place(path, path, part), change))


def arm_draw(study: Study, arm: Arm, parameters: Mapping[str, float]) -> Mapping[str, float]:
    """Return a draw with the arm's own replacements of evidence rows, at their values."""
    own = {
        name: given.value
        for name, given in arm.parameters.items()
        if given != study.parameters.get(name) and given.value is not None
    }
    return {**parameters, **own} if own else parameters


@dataclass(frozen=True)
class _Place:
    path: Path
    labels: Path
    owner: StudyModel
    meaning: Meaning = ANY_NUMBER
    unit: str = ""

    def at(self, key: str, label: str | None = None) -> _Place:
        labels = self.labels if label == "" else (*self.labels, label or key)
        return _Place((*self.path, key), labels, self.owner, self.meaning, self.unit)

    def of(self, owner: StudyModel, name: str) -> _Place:
        meaning, unit = _facts(type(owner), name)
        return _Place(self.path, self.labels, owner, meaning or self.meaning, unit or self.unit)


@cache
def _facts(model: type[StudyModel], name: str) -> tuple[Meaning | None, str]:
    """Return the meaning and unit of a field of a model."""
    field = model.model_fields[name]
    extra = field.json_schema_extra
    unit = extra.get("unit") if isinstance(extra, dict) else None
    return meaning_in((*field.metadata, field.annotation)), str(unit) if unit else ""


def _changed(value: Any, place: _Place, change: Change) -> Any:
    if isinstance(value, Quantity):
        meaning = place.meaning
        if isinstance(place.owner, Effect):
            meaning = place.owner.meaning_of(place.path[-1], meaning)
        return change(Number(place.path, ".".join(place.labels), value, meaning, place.unit, place.owner))
    if isinstance(value, StudyModel):
        return _changed_model(value, place, change)
    if isinstance(value, Mapping):
        items = {key: _changed(inner, place.at(str(key)), change) for key, inner in value.items()}
        return items if any(items[key] is not inner for key, inner in value.items()) else value
    if isinstance(value, tuple):
        places = (place.at(str(n), label) for n, label in enumerate(_labels(value)))
        parts = tuple(_changed(item, at, change) for item, at in zip(value, places, strict=True))
        return parts if any(new is not old for new, old in zip(parts, value, strict=True)) else value
    return value


def _changed_model(model: StudyModel, place: _Place, change: Change) -> StudyModel:
    changes = {}
    for name, field in type(model).model_fields.items():
        if name in REPLACEMENTS or (name == "arms" and isinstance(model, Study)):
            continue
        before = getattr(model, name)
        if not isinstance(before, StudyModel | Mapping | tuple):
            continue
        label = "" if isinstance(model, Ramp) and name == "first" else None
        after = _changed(before, place.at(field.alias or name, label).of(model, name), change)
        if after is not before:
            changes[name] = after
    return model.model_copy(update=changes) if changes else model


def _labels(items: tuple[Any, ...]) -> list[str]:
    """Name the items of a list: by target, service or unit of cost, the second of a kind with a number."""
    seen: dict[str, int] = {}
    labels = []
    for n, item in enumerate(items):
        label = _label(item) or str(n)
        seen[label] = seen.get(label, 0) + 1
        labels.append(label if seen[label] == 1 else f"{label}.{seen[label]}")
    return labels


def _label(item: Any) -> str:
    if isinstance(item, Effect):
        during = item.during
        window = f"_{during.kind}" if during.length else ""
        return f"{item.on}{window}"
    if isinstance(item, Referral):
        return item.service
    return item.per if isinstance(item, Cost) else ""


def meaning_in(annotations: tuple[Any, ...]) -> Meaning | None:
    """Find the meaning among the annotations of a field, however deep."""
    for annotation in annotations:
        if isinstance(annotation, Meaning):
            return annotation
        check = annotation.func if isinstance(annotation, AfterValidator) else None
        if isinstance(getattr(check, "__self__", None), Meaning):
            return typing.cast(Meaning, check.__self__)  # type: ignore[union-attr]
        inner = meaning_in(typing.get_args(annotation))
        if inner is not None:
            return inner
    return None

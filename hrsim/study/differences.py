"""The difference of two studies, and of two arms, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hrsim.study.arms import ARM_BASE_KEYS
from hrsim.study.as_written import KEY as AS_WRITTEN
from hrsim.study.as_written import POPULATION
from hrsim.study.merge import VALUE_KEYS
from hrsim.study.resolved import ResolvedStudy
from hrsim.study.show import in_words, resolved_data

_ARMS = "arms"
_OF_THE_ARM_ONLY = ("label",)


def diff_studies(before: ResolvedStudy, after: ResolvedStudy) -> list[str]:
    """Return one sentence for each value, arm or service that differs between two resolved studies.

    An arm that one study lacks is set beside the comparator of the study that has it.
    """
    data, other = _compared(before), _compared(after)
    arms, others = data.pop(_ARMS, {}), other.pop(_ARMS, {})
    sentences = differences(data, other)
    for name in [*arms, *(name for name in others if name not in arms)]:
        if name not in others:
            sentences += _one_sided(name, "is removed; it differed", before)
        elif name not in arms:
            sentences += _one_sided(name, "is added; it differs", after)
        else:
            sentences += differences(arms[name], others[name], f"{_ARMS}.{name}")
    return sentences


def comparator_name(resolved: ResolvedStudy) -> str:
    """Return the name of the arm that others are compared with."""
    return resolved.study.analysis.comparator or next(iter(resolved.study.arms))


def arm_differences(resolved: ResolvedStudy, name: str) -> list[str]:
    """Return one sentence for each value in which an arm differs from its study's comparator, labels aside."""
    arms = resolved_data(resolved)[_ARMS]
    own, base = (_without_label(arms[arm]) for arm in (name, comparator_name(resolved)))
    return differences(base, own)


def _without_label(arm: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: value for key, value in arm.items() if key not in _OF_THE_ARM_ONLY and not key.startswith("x-")
    }


def _one_sided(name: str, verb: str, resolved: ResolvedStudy) -> list[str]:
    comparator = comparator_name(resolved)
    if name == comparator:
        return [f"{_ARMS}.{name} {verb.partition(';')[0]}: it is the comparator of its study"]
    found = arm_differences(resolved, name)
    if not found:
        return [f"{_ARMS}.{name} {verb.partition(';')[0]}; it is the same as {comparator}"]
    return [f"{_ARMS}.{name} {verb} from {comparator} in:", *(f"  {sentence}" for sentence in found)]


def _compared(resolved: ResolvedStudy) -> dict[str, Any]:
    """Return the data of a study without the base that its complete arms already hold."""
    data = resolved_data(resolved)
    if isinstance(people := data.get(POPULATION), Mapping):  # what scales no more is no value of its own
        data[POPULATION] = {key: value for key, value in people.items() if key != AS_WRITTEN}
    return {key: value for key, value in data.items() if not (data.get(_ARMS) and key in ARM_BASE_KEYS)}


def differences(before: Any, after: Any, path: str = "") -> list[str]:
    """Return one sentence for each value that differs between two parts of studies."""
    if before == after and type(before) is type(after):
        return []
    both_maps = isinstance(before, dict) and isinstance(after, dict)
    if not both_maps or (VALUE_KEYS & (set(before) | set(after))):
        return [f"{path}: {in_words(before)} becomes {in_words(after)}"]
    sentences = []
    for key in [*before, *(key for key in after if key not in before)]:
        inner = f"{path}.{key}" if path else str(key)
        if key not in after:
            sentences.append(f"{inner} is removed (was {in_words(before[key])})")
        elif key not in before:
            sentences.append(f"{inner} is added: {in_words(after[key])}")
        else:
            sentences += differences(before[key], after[key], inner)
    return sentences

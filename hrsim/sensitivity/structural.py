"""Structural scenarios: the same study under another structure of the model, beside the study as it is."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hrsim.errors import HrsimError
from hrsim.experiment.design import Experiment, design
from hrsim.experiment.responses import Response
from hrsim.sensitivity.draws import key_columns
from hrsim.sensitivity.same_luck import Bench, mean_and_error, open_bench
from hrsim.study.arms import ARM_BASE_KEYS
from hrsim.study.load import load_study
from hrsim.study.schema import Study

Floats = NDArray[np.float64]

BASE = "base"


class UnknownStructure(HrsimError):
    """Report a structural scenario that neither the study nor hrsim has."""

    exit_code = 2


def scenarios(study: Study) -> dict[str, tuple[str, ...]]:
    """Name the structural scenarios of a study: its own, and each process switched the other way in every arm."""
    own = dict(study.structural)
    for process in type(next(iter(study.arms.values())).processes).model_fields:
        if any(getattr(arm.processes, process) for arm in study.arms.values()):
            own.setdefault(f"no_{process}", (f"processes.{process}=false",))
        else:
            own.setdefault(f"with_{process}", (f"processes.{process}=true",))
    return own


def chosen(study: Study, names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Choose scenarios by name, `study` standing for all that the study itself states; raise UnknownStructure."""
    known = scenarios(study)
    wanted = [name for given in names for name in (study.structural if given == "study" else [given])]
    for name in wanted:
        if name not in known:
            near = difflib.get_close_matches(name, known) or list(known)
            raise UnknownStructure(
                f"no structural scenario is called '{name}'; there are for example {', '.join(near)}"
            )
    return {name: known[name] for name in wanted}


def changed(resolved_study: Path, study: Study, overrides: Iterable[str]) -> Experiment:
    """Fix the experiment of a stored study under overrides, those of the base laid over every arm."""
    return design(
        load_study(resolved_study, [one for given in overrides for one in in_every_arm(study, given)])
    )


def in_every_arm(study: Study, override: str) -> list[str]:
    """Lay an override of the base over every arm: the arms of a stored study are complete and take nothing from it.

    A service or parameter is changed in the arms that have it, and a parameter for the draws as well.
    """
    parts = override.partition("=")[0].strip().split(".", 2)
    head, item = parts[0], parts[1] if len(parts) > 1 else ""
    if head not in ARM_BASE_KEYS:
        return [override]
    named = head in ("services", "parameters", "budgets", "staff_pools")
    arms = [name for name, arm in study.arms.items() if not named or _has(arm, head, item, override)]
    laid = [f"arms.{name}.{override}" for name in arms]
    return [override, *laid] if head == "parameters" else laid


def _has(arm: object, head: str, item: str, override: str) -> bool:
    present: Mapping[str, object] = getattr(arm, head)
    name = override.partition("=")[0].strip().removeprefix("parameters.") if head == "parameters" else item
    return name in present


def structural_table(base: Bench, structures: Mapping[str, Experiment]) -> pd.DataFrame:
    """State every headline difference at the point values under each structure, and how far it lies from the base.

    Both with the same lucks; `mcse` and `change_mcse` are their Monte Carlo errors over lucks. What the structures of
    the model mean for a decision is in the change: their own parameter uncertainty is not in it.
    """
    usual = _by_key(base)
    rows = [*_rows(BASE, base, usual, usual)]
    for name, experiment in structures.items():
        bench = open_bench(experiment, len(base.lucks), base.threads)
        rows += _rows(name, bench, _by_key(bench), usual)
    return pd.DataFrame(rows)


Found = Mapping[tuple[object, ...], tuple[Response, Floats]]


def _by_key(bench: Bench) -> Found:
    """Give each headline with its differences, shape (lucks, arms), by what names it."""
    return {
        (response.perspective, response.measure, str(response.threshold)): (response, values[0])
        for response, values in bench.headlines([{}])
    }


def _rows(name: str, bench: Bench, found: Found, usual: Found) -> Iterator[dict[str, object]]:
    for key, (response, values) in found.items():
        before = (
            usual[key][1] if key in usual else np.zeros_like(values)
        )  # zero in the base, so not listed there
        for a, arm in enumerate(bench.arms):
            if arm != bench.comparator:
                result, error = mean_and_error(values[:, a])
                change, change_error = mean_and_error(values[:, a] - before[:, a])
                yield {
                    "structure": name, **key_columns(arm, bench.comparator, response),
                    "result": result, "mcse": error, "change": change, "change_mcse": change_error,
                    "n_lucks": len(values),
                }  # fmt: skip

"""Read runs to set side by side: what each is of, and its draws where two runs have the same people, seed and draws."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from hrsim.experiment.evaluate import valuer_of
from hrsim.experiment.measures import measures_of
from hrsim.experiment.run_folder import MANIFEST
from hrsim.experiment.statistics import sample_means
from hrsim.experiment.stored import open_stored_run
from hrsim.report.side_by_side import Basis, Draws, StoredRun, read_run
from hrsim.study.as_written import KEY as AS_WRITTEN
from hrsim.study.posterior import KEY as POSTERIOR
from hrsim.study.posterior import PARAMETERS

_OF_THE_SIZE = ("size", "for_people", "scale", "residents", "entry_per_year", "entry_by_year")
_PAIRING = ("seed", "replicates", "uncertainty", "sampling")
Floats = NDArray[np.float64]
_QALYS, _COST = "qalys", "cost"


def read_runs(paths: Sequence[Path]) -> list[StoredRun]:
    """Return the runs with their basis, and with their draws where another of them has the same."""
    bases = [_basis(path) for path in paths]
    tokens = [basis.pairing for basis in bases]
    return [
        read_run(path, basis, _draws(path) if tokens.count(basis.pairing) > 1 and basis.has_draws else {})
        for path, basis in zip(paths, bases, strict=True)
    ]


def _basis(path: Path) -> Basis:
    """Return what a run is of: people, time, place, and what must be the same for draws to be pairs."""
    study = yaml.safe_load((path / "inputs" / "resolved.yaml").read_text(encoding="utf-8"))
    manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
    people = {key: value for key, value in study["population"].items() if key != AS_WRITTEN}
    place = {key: value for key, value in people.items() if key not in _OF_THE_SIZE}
    plan = {key: manifest["plan"].get(key) for key in _PAIRING}
    if plan["sampling"] != "random":  # strata follow the number of draws
        plan["draws"] = manifest["plan"]["draws"]
    return Basis(
        people=int(people["size"]),
        years=float(study["horizon"]["years"]),
        start=str(study["horizon"]["start"]),
        place=_text(place),
        pairing=_text(
            {
                "people": people,
                "horizon": study["horizon"],
                "plan": plan,
                "evidence": manifest["evidence"]["digest"],
                "posterior": study.get(PARAMETERS, {}).get(POSTERIOR),
            }
        ),
        has_draws="priced_from" not in manifest,
    )


def _text(data: Any) -> str:
    return json.dumps(data, sort_keys=True, default=str)


def _draws(path: Path) -> Draws:
    """Return each headline number of every draw and arm that the run's ledgers hold: by measure and perspective."""
    stored = open_stored_run(path)
    measured, first = stored.measured(os.cpu_count() or 1)
    plan, tasks = stored.experiment.plan, stored.experiment.plan.tasks()
    counted = np.stack([outcome.outcomes[:, :, 0].sum(axis=1) for outcome, _ in measured])
    found: dict[tuple[str, str | None], Floats] = {
        (m.name, None): counted[:, :, place] for place, m in enumerate(measures_of(first))
    }
    valuations = [valuation for _, valuation in measured]
    found[_QALYS, None] = np.stack([v.effects(_QALYS, discounted=True) for v in valuations])
    costs = np.stack([v.line_costs(discounted=True) for v in valuations])
    book = valuer_of(stored.experiment).prices
    for name in stored.experiment.resolved.study.analysis.perspectives:
        includes = book.perspective(name).includes
        chosen = [includes(line) for line in valuations[0].lines]
        found[_COST, name] = costs[:, :, chosen].sum(axis=2)
    means = {key: sample_means(plan, tasks, values) for key, values in found.items()}
    return {key: dict(zip(first.arms, values.T, strict=True)) for key, values in means.items()}

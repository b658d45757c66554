"""A run read back from its folder: the experiment with the draws as stored, and its tables made anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from hrsim.engine.ledger import Ledger
from hrsim.errors import StudyError
from hrsim.experiment.design import Experiment, design
from hrsim.experiment.errors import IncompleteRunError, RunFolderError
from hrsim.experiment.evaluate import Measured, RunResult, evaluate, measure, valuer_of
from hrsim.experiment.parameters import Draws, register_of
from hrsim.experiment.plan import Plan, Task
from hrsim.experiment.repricing import simulation_changes
from hrsim.experiment.run_folder import PARAMETERS, RunFolder
from hrsim.study.load import load_study


@dataclass(frozen=True)
class StoredRun:
    """Hold a complete run as its folder tells it; nothing of it is simulated again."""

    folder: RunFolder
    manifest: Mapping[str, Any]
    experiment: Experiment

    def ledgers(self) -> Iterator[tuple[Task, Ledger]]:
        """Read the ledgers one by one, in the order of the plan."""
        for task in self.experiment.plan.tasks():
            yield task, self.folder.ledger(task)

    def measured(self, threads: int = 1) -> tuple[list[Measured], Ledger]:
        """Count and value every ledger, in the order of the plan, and give the first of them as well."""
        valuing = valuer_of(self.experiment)
        tasks = self.experiment.plan.tasks()
        with ThreadPoolExecutor(max_workers=threads) as pool:
            measured = list(
                pool.map(
                    lambda task: measure(self.experiment, valuing, task, self.folder.ledger(task)), tasks
                )
            )
        return measured, self.folder.ledger(tasks[0])

    def evaluated(self, measured: Sequence[Measured], first: Ledger) -> RunResult:
        """Summarise ledgers that were measured."""
        valuing = valuer_of(self.experiment)
        return evaluate(self.experiment, valuing, self.manifest["simulation_evidence"], first, measured)

    def result(self, threads: int = 1) -> RunResult:
        """Price and summarise the stored ledgers: the tables of the run, or of its study with other prices."""
        return self.evaluated(*self.measured(threads))


def open_stored_run(path: Path, overrides: Sequence[str] = (), trusting: bool = False) -> StoredRun:
    """Open the folder of a complete run, its resolved study changed by `overrides` (texts `path=value`).

    The parameters of each draw are those stored; only rows of the register that the overrides replace are drawn anew.
    Inputs and draws are compared with the hashes in the manifest first, unless `trusting`, for who compares them too.
    Raise RunFolderError for a folder that is no run or has another format, IncompleteRunError for a run with draws
    missing, StudyError for overrides that the study cannot take or that would change what was simulated.
    """
    folder = RunFolder(path)
    manifest = folder.readable_manifest()
    if "priced_from" in manifest:
        raise RunFolderError(
            f"{path} holds prices and no draws; they are those of {manifest['priced_from']['run']}: name that folder"
        )
    changed_files = [] if trusting else folder.changed("inputs", "draws")
    if changed_files:
        some = ", ".join(changed_files[:3]) + (", ..." if len(changed_files) > 3 else "")
        raise IncompleteRunError(
            f"{path}: {some} missing or damaged: not what the run wrote. Nothing was changed; run the study again with "
            "--resume, which writes again what is missing or damaged"
        )
    resolved = path / "inputs" / "resolved.yaml"
    written = load_study(resolved)
    asked = load_study(resolved, overrides) if overrides else written
    problems = list(simulation_changes(written, asked, overrides, manifest["simulation_evidence"]))
    if problems:
        raise StudyError(problems)
    changed = design(asked)
    register = register_of(written)
    kept = {name for name in register.ids() if changed.register.get(name) == register[name]}
    stored, plan = _stored_draws(folder), Plan(**manifest["plan"])
    _check_rows(folder, stored, plan, kept)
    draws = {
        number: {
            **changed.draws[number],
            **{name: value for name, value in stored[number].items() if name in kept},
        }
        for number in plan.draw_numbers()
    }
    return StoredRun(folder, manifest, replace(changed, plan=plan, draws=draws))


def _check_rows(folder: RunFolder, stored: Draws, plan: Plan, kept: set[str]) -> None:
    """Raise RunFolderError when the stored draws lack a draw or a row of the register that this hrsim needs."""
    lacking = sorted(kept - set(stored.get(0, {})))
    if lacking or set(plan.draw_numbers()) - set(stored):
        what = f"evidence rows ({', '.join(lacking[:3])}, ...)" if lacking else "draws"
        raise RunFolderError(
            f"{folder.path}: draws/parameters.parquet lacks {what} that this hrsim needs; the run was made with other "
            "evidence or was changed: run its study again, or use the hrsim that wrote it"
        )


def _stored_draws(folder: RunFolder) -> Draws:
    path = folder.path / PARAMETERS
    try:
        with duckdb.connect(config={"threads": 1}) as connection:
            table: dict[str, Any] = connection.execute(
                "SELECT * FROM read_parquet(?)", [str(path)]
            ).fetchnumpy()
        numbers = [int(number) for number in table.pop("draw")]
        return {
            number: {name: float(column[row]) for name, column in table.items()}
            for row, number in enumerate(numbers)
        }
    except Exception as error:  # a damaged file can fail anywhere in the library that reads it
        raise IncompleteRunError(
            f"{path} is missing or damaged: run the study again with --resume"
        ) from error

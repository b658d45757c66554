"""Fix an experiment before its first simulation: plan, register, draws, content hash."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from hrsim.errors import StudyError
from hrsim.evidence import Register, central_parameters
from hrsim.experiment.parameters import Draws, all_draws, check_draws, register_of
from hrsim.experiment.plan import Plan
from hrsim.experiment.run_folder import content_hash
from hrsim.experiment.valuing import check_money
from hrsim.study.load import ResolvedStudy, read_study
from hrsim.study.placed import faults_placed
from hrsim.study.show import resolved_yaml


@dataclass(frozen=True)
class Experiment:
    """Hold a study with everything fixed before its first simulation."""

    resolved: ResolvedStudy
    plan: Plan
    register: Register
    draws: Draws
    content_hash: str

    def first_draws(self, count: int) -> Experiment:
        """Return the experiment that ends after its first draws; study and content hash stay as asked."""
        plan = replace(self.plan, draws=count)
        return replace(self, plan=plan, draws={n: self.draws[n] for n in plan.draw_numbers()})

    def provenance(self) -> pd.DataFrame:
        """List every value of the resolved study with the file and line that set it."""
        return pd.DataFrame(self.resolved.provenance_rows(), columns=["path", "value", "file", "line"])


def load_checked(path: Path, overrides: Sequence[str] = ()) -> ResolvedStudy:
    """Return a study whose money is sound as well; raise StudyError with the faults of both at once.

    The money of a study with faults is looked at where it does not follow from them.
    """
    read = read_study(path, overrides)
    found = list(read.found)
    if read.resolved is not None and read.sound is not None:
        try:
            check_study(read.resolved)
        except StudyError as error:
            found += read.sound.own(error.problems)
    if found or read.resolved is None:
        raise StudyError(found)
    return read.resolved


def check_study(resolved: ResolvedStudy) -> None:
    """Raise StudyError when the money of a study is not sound; a setting without arms has none yet."""
    if resolved.study.arms:
        register = register_of(resolved)
        with faults_placed(resolved):
            check_money(resolved, register, central_parameters(register.values()))


def design(resolved: ResolvedStudy) -> Experiment:
    """Fix the plan, the draws and the content hash of a study; nothing is simulated."""
    analysis = resolved.study.analysis
    plan = Plan(analysis.draws, analysis.replicates, analysis.seed, analysis.uncertainty, analysis.sampling)
    register = register_of(resolved)
    with faults_placed(resolved):
        draws = all_draws(resolved, register, plan)
        check_draws(resolved.study, draws)
        check_money(resolved, register, draws[0])
    numbers = np.array([list(values.values()) for values in draws.values()])
    drawn = hashlib.sha256(numbers.tobytes()).hexdigest()
    return Experiment(
        resolved, plan, register, draws, content_hash(resolved_yaml(resolved), *register.ids(), drawn)
    )

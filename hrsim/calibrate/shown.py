"""What every part of a calibration's page needs: the outcome, what was asked, the language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from hrsim.calibrate.fit import IDENTIFIED
from hrsim.calibrate.outcome import Outcome
from hrsim.calibrate.reading import Assignment
from hrsim.report.language import Language
from hrsim.report.numbers import number, to_three

WIDTH_ERROR = 0.964
"""Relative standard error of the width of a 95 % interval of a normal sample, times the root of its size:
sqrt(2 x 0.975 x 0.025) / (density at 1.96 x width of 3.92)."""


@dataclass(frozen=True)
class Shown:
    """Hold a finished calibration, what it was asked, the language of its page, and whether its inputs `changed`."""

    outcome: Outcome
    assignment: Assignment
    say: Language
    changed: bool = False

    def interval(self, line: Any, middle: str, low: str, high: str) -> str:
        """Write a middle value and its interval."""
        texts = {"mean": line[middle], "low": line[low], "high": line[high]}
        return self.say.form.interval.format(
            **{name: to_three(float(value), self.say.form) for name, value in texts.items()}
        )

    def share(self, value: float) -> str:
        """Write a share in whole per cent."""
        return self.say.form.per_cent.format(number=number(100.0 * value, 0, self.say.form))

    def name(self, line: Any) -> str:
        """Name a published number: its series and year."""
        return f"{self.say.name('series', str(line['series']))} {line['year']}"

    def use(self, use: str) -> pd.DataFrame:
        """Give the numbers of one use, fitted or held out."""
        fit = self.outcome.fit
        return pd.DataFrame(fit[fit["use"] == use])

    def reached(self) -> pd.DataFrame:
        """Give each parameter's expected shrinkage and the one reached: 1 less posterior over prior width."""
        plan = self.outcome.tables["identifiability"]
        ratio = self.outcome.tables["prior_and_posterior"].set_index("evidence")["width_ratio"]
        found = plan.assign(expected=plan["shrinkage"], reached=1.0 - ratio.loc[plan["evidence"]].to_numpy())
        return found.sort_values("reached", ascending=False, kind="stable")

    def least_learnt(self) -> float:
        """Return the shrinkage from which on a parameter counts as learnt: a tenth, more where chance gives more."""
        return max(IDENTIFIED, 2.0 * WIDTH_ERROR / float(np.sqrt(len(self.outcome.posterior))))

    def learnt(self) -> list[str]:
        """List the parameters that the numbers made narrower."""
        found = self.reached()
        return [str(name) for name in found.loc[found["reached"] >= self.least_learnt(), "evidence"]]

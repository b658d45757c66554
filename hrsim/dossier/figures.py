"""The figures of the dossier: each case, all cases, and each shipped calibration, as SVG beside the pages."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from hrsim.report.figures.drawing import svg
from hrsim.report.figures.fit_charts import fit_by_year
from hrsim.report.figures.validation_charts import VERDICTS, forest, overview
from hrsim.report.language import language
from hrsim.validate.running import CaseResult
from hrsim.validate.table import HEADINGS
from hrsim.validate.verdicts import Verdict

FOLDER = "figures"
SURE = 1.96  # standard errors on each side of a 95 % interval
LEGEND = (
    "Point: hrsim, with its Monte Carlo error (95 %) as a thick line. Bar: the band of acceptance. Dashed: the "
    "published interval. All in per cent of the published value, which stands at 0."
)


@dataclass(frozen=True)
class Picture:
    """Hold one figure: its file name without ending, what it shows in words, and its drawing."""

    name: str
    words: str
    drawing: str

    @property
    def path(self) -> str:
        """Give its path from the pages."""
        return f"{FOLDER}/{self.name}.svg"

    def markdown(self) -> str:
        """Refer to it from a page, with its words for those who do not see it."""
        return f"![{self.words}]({self.path})"


def case_picture(result: CaseResult) -> Picture | None:
    """Draw one case; None where no measure has a published value other than 0 to be relative to."""
    data = relative(result)
    if data.empty:
        return None
    words = f"{result.case.title}: {len(data)} measures relative to their published values, {_counts(data)}"
    return Picture(result.name, words.replace("[", "(").replace("]", ")"), svg(forest(data), language("en")))


def overview_picture(results: Sequence[CaseResult]) -> Picture | None:
    """Draw all cases in one figure."""
    ordered = sorted(results, key=lambda result: list(HEADINGS).index(result.case.heading))
    tables = [relative(result).assign(case=result.name, heading=result.case.heading) for result in ordered]
    data = pd.concat(tables) if tables else pd.DataFrame()
    if data.empty:
        return None
    words = f"All cases: {len(data)} measures relative to their published values, {_counts(data)}"
    return Picture(
        "overview", words, svg(overview(data[["case", "heading", "hrsim", "verdict"]]), language("en"))
    )


def fit_picture(name: str, title: str, fit: pd.DataFrame) -> Picture:
    """Draw the fitted and held-out years of a calibration."""
    held_out = fit[fit["use"] == "held_out"]
    words = (
        f"{title}: published numbers beside the median, middle half and 95 % of what the posterior predicts; "
        f"{int(held_out['inside'].sum())} of {len(held_out)} held-out numbers lie inside the 95 %"
    )
    return Picture(f"calibration_{name}", words, svg(fit_by_year(fit, language("en")), language("en")))


def relative(result: CaseResult) -> pd.DataFrame:
    """Lay out a case in per cent of each published value; an open end of a band reaches as far as anything drawn."""
    rows = [found for verdict in result.verdicts if (found := _row(verdict)) is not None]
    if not rows:
        return pd.DataFrame()
    data = pd.DataFrame(rows)
    numbers = data.drop(columns=["measure", "verdict"])
    finite = numbers.where(numbers.abs() < math.inf)
    ends = {-math.inf: finite.min().min(), math.inf: finite.max().max()}
    return data.assign(**{name: data[name].replace(ends) for name in ("band_low", "band_high")})


def not_drawn(result: CaseResult) -> list[str]:
    """Name the measures of a case that no figure can show: nothing was published that they are relative to."""
    return [verdict.measure.name for verdict in result.verdicts if not verdict.measure.value]


def _row(verdict: Verdict) -> dict[str, str | float] | None:
    measure, estimate = verdict.measure, verdict.estimate
    value = measure.value
    if not value:
        return None

    def percent(number: float | None) -> float:
        return math.nan if number is None else 100.0 * (number - value) / abs(value)

    error = SURE * estimate.error
    return {
        "measure": measure.name,
        "verdict": verdict.word,
        "hrsim": percent(estimate.value),
        "error_low": percent(estimate.value - error),
        "error_high": percent(estimate.value + error),
        "band_low": percent(verdict.band.low),
        "band_high": percent(verdict.band.high),
        "low": percent(measure.low),
        "high": percent(measure.high),
    }


def _counts(data: pd.DataFrame) -> str:
    return ", ".join(f"{int((data['verdict'] == word).sum())} {word}" for word in VERDICTS)

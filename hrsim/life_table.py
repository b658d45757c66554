"""A life table: death rates of women and men at any age, from annual probabilities of dying at some ages.

A probability `q` at an age is that of dying within the year of age, so its rate `-ln(1 - q)` stands at the middle of
that year. Between two ages the logarithm of the rate is a straight line. Above the last age that line goes on: by
Gompertz's law mortality rises by the same factor each year, so there is no highest age, and nobody is left in the end.
Below the first age its rate holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import log, log1p

import numpy as np
from numpy.typing import NDArray

from hrsim.errors import Problem, StudyError

Floats = NDArray[np.float64]
SEXES = ("female", "male")
SHIPPED, OWN = "can", "own"
"""The register's table (Canada), and that of a study: who states one uses no row of the other."""
SHIPPED_ROWS = tuple(f"lt.{SHIPPED}_{sex[0]}_{age}" for sex in SEXES for age in range(19, 80, 5))
FEWEST_AGES = 2
MIDDLE = 0.5  # of a year of age
END = 12.0
"""Deaths per person-year at which a continued table rises no further: half of all people die within three weeks."""
_ROW = re.compile(rf"lt\.({SHIPPED}|{OWN})_([{''.join(sex[0] for sex in SEXES)}])_(\d{{1,3}})")


@dataclass(frozen=True)
class LifeTable:
    """Hold for each sex the moments of age (years, rising) at which a rate is known, and the logarithm of each."""

    moments: tuple[Floats, ...]
    logs: tuple[Floats, ...]

    def rates(self, ages: Floats) -> Floats:
        """Give deaths per person-year at exact ages in years, shape (sexes, *ages.shape)."""
        return np.stack([_rates(*known, ages) for known in zip(self.moments, self.logs, strict=True)])


def _rates(moments: Floats, logs: Floats, ages: Floats) -> Floats:
    slope = (logs[-1] - logs[-2]) / (moments[-1] - moments[-2])
    known = np.interp(ages, moments, logs)
    end = max(log(END), float(logs[-1]))
    continued = np.minimum(logs[-1] + slope * (ages - moments[-1]), end)
    return np.asarray(np.exp(np.where(ages > moments[-1], continued, known)), dtype=np.float64)


def row_name(table: str, sex: str, age: int) -> str:
    """Give the id of the evidence row of one sex and age."""
    return f"lt.{table}_{sex[0]}_{age}"


def is_row(name: str) -> bool:
    """Tell whether an evidence id is one of a life table, of whatever age."""
    return _ROW.fullmatch(name) is not None


def neighbour(name: str) -> str:
    """Give the register's row of the same sex that a row of another age is like."""
    found = _ROW.fullmatch(name)
    assert found is not None  # the caller asked
    sex = next(sex for sex in SEXES if sex[0] == found[2])
    return next(row for row in reversed(SHIPPED_ROWS) if row.startswith(f"lt.{SHIPPED}_{sex[0]}_"))


def life_table_rows(names: Iterable[str]) -> tuple[Mapping[int, str], ...]:
    """Give for each sex the evidence ids by age, rising: those of the study's own table where there is one."""
    found = [match for name in names if (match := _ROW.fullmatch(name))]
    table = OWN if any(match[1] == OWN for match in found) else SHIPPED
    return tuple(
        dict(sorted((int(m[3]), m[0]) for m in found if m[1] == table and m[2] == sex[0])) for sex in SEXES
    )


def life_table(draw: Mapping[str, float]) -> LifeTable:
    """Return the life table of a draw; raise StudyError where mortality could not be continued from it."""
    problems = list(life_table_problems(draw))
    if problems:
        raise StudyError(problems)
    rows = life_table_rows(draw)
    moments = tuple(np.array(list(known), dtype=np.float64) + MIDDLE for known in rows)
    return LifeTable(moments, tuple(np.log([_rate(draw[row]) for row in known.values()]) for known in rows))


def _rate(probability: float) -> float:
    return -log1p(-probability)


def life_table_problems(draw: Mapping[str, float]) -> Iterator[Problem]:
    """Name what a draw's life table lacks: two ages for each sex, chances between 0 and 1, no fall at the end."""
    for sex, rows in zip(SEXES, life_table_rows(draw), strict=True):
        if len(rows) < FEWEST_AGES:
            message = (
                f"expected a life table with at least {FEWEST_AGES} ages of each sex, got {len(rows)} ({sex})"
            )
            yield Problem("RANGE", message, "add rows: mortality is continued from the last two.")
            continue
        outside = [row for row in rows.values() if not 0.0 < draw[row] < 1.0]
        for row in outside:
            message = f"expected a probability above 0 and below 1, got {draw[row]:g}"
            yield Problem("RANGE", message, "mend or leave out that age.", path=f"parameters.{row}")
        before, last = list(rows.values())[-FEWEST_AGES:]
        if not outside and draw[last] < draw[before]:
            message = f"expected mortality that does not fall at the last ages, got {draw[before]:g} and {draw[last]:g}"
            fix = f"raise {last}, or leave its age out: mortality at higher ages is continued from the last two."
            yield Problem("RANGE", message, fix, path=f"parameters.{last}")

"""What only the laying out of a study for the engine finds, found before any code is compiled or person simulated."""

from __future__ import annotations

from collections.abc import Mapping

from hrsim.compile import arrange, assemble_draw
from hrsim.services.amounts import amount
from hrsim.study.placed import faults_placed
from hrsim.study.resolved import ResolvedStudy
from hrsim.study.schema import Study

MOST_PEOPLE = 100_000
"""People whose arrays are laid out to look for faults; of more only the rest is examined, to stay quick."""


def examine(resolved: ResolvedStudy) -> None:
    """Raise StudyError for what the engine cannot take of a study; the kernel is not compiled."""
    with faults_placed(resolved):
        arranged = arrange(resolved)
        if _people(resolved.study, arranged.central) <= MOST_PEOPLE:
            assemble_draw(arranged, arranged.central, luck=0)


def _people(study: Study, central: Mapping[str, float]) -> float:
    """Count the people at the start and, at the most in a year, those who enter."""
    people = study.population
    entering = max(
        amount(level, central) for level in (people.entry_per_year, *people.entry_by_year.values())
    )
    return people.size + entering * study.horizon.years

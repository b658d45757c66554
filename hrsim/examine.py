"""What only the laying out of a study for the engine finds, found before any code is compiled or person simulated."""

from __future__ import annotations

from hrsim.compile import arrange, assemble_draw
from hrsim.study.placed import faults_placed
from hrsim.study.resolved import ResolvedStudy

MOST_PEOPLE = 100_000
"""People whose arrays are laid out to look for faults; of more only the rest is examined, to stay quick."""


def examine(resolved: ResolvedStudy) -> None:
    """Raise StudyError for what the engine cannot take of a study; the kernel is not compiled."""
    with faults_placed(resolved):
        arranged = arrange(resolved)
        if resolved.study.population.size <= MOST_PEOPLE:
            assemble_draw(arranged, arranged.central, luck=0)

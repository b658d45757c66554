"""The evidence that every arm of every study rests on, whatever its services."""

from __future__ import annotations

from hrsim.people import PEOPLE_EVIDENCE
from hrsim.processes.full_model import SUBJECTS
from hrsim.processes.supply import EVIDENCE as SUPPLY_EVIDENCE

REFERENCE_EXPOSURE = "exp.od_reference_exposure"


def process_evidence() -> set[str]:
    """List the evidence that processes, people and supply rest on, in every arm."""
    used = {evidence for subject in SUBJECTS for evidence in subject.evidence}
    return used | {*PEOPLE_EVIDENCE, *SUPPLY_EVIDENCE, REFERENCE_EXPOSURE}

"""Tell hrsim's documents apart by their first key, before one is read as another."""

from __future__ import annotations

from hrsim.errors import StudyError
from hrsim.study.tree import MapNode, Problems

VERBS = {
    "hrsim": ("a study", "hrsim run"),
    "hrsim_case": ("a validation case", "hrsim validate"),
    "hrsim_calibration": ("a calibration", "hrsim calibrate"),
    "hrsim_cohort": ("a cohort document", "hrsim cohort"),
    "hrsim_results": ("a document of results", "hrsim cohort"),
}
"""What begins with each key, and the verb that takes it."""

EXAMPLES = {
    "hrsim": "scenarios/demo.yaml",
    "hrsim_case": "scenarios/published/bench_sick_sicker.expected.yaml",
    "hrsim_calibration": "calibration/british_columbia/calibration.yaml",
    "hrsim_cohort": "scenarios/published/sick_sicker.cohort.yaml",
    "hrsim_results": "scenarios/published/herc.results.yaml",
}
"""A shipped file of each kind."""


def refuse_other_kinds(tree: MapNode, kinds: tuple[str, ...], problems: Problems) -> None:
    """Stop where a file says that it is another kind of document than one of `kinds`.

    Raises:
        StudyError: it does; what else would be wrong follows from that.
    """
    other = next((kind for kind in VERBS if kind in tree.entries), None)
    if other is None or any(kind in tree.entries for kind in kinds):
        return
    wanted = " or ".join(VERBS[kind][0] for kind in kinds)
    begins = f"{VERBS[kinds[0]][0]} begins with '{kinds[0]}: 1', as {EXAMPLES[kinds[0]]} does"
    is_it, verb = VERBS[other]
    message = f"expected {wanted}, got {is_it}"
    mark = tree.entries[other].key_mark
    problems.add("DOCUMENT_KIND", message, f"{is_it} is read by '{verb}'; {begins}.", mark, (other,))
    raise StudyError(problems.found)

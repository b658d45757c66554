"""Where an evidence row is used: processes, people, catalogue, prices, utilities, shipped studies."""

from __future__ import annotations

from collections.abc import Iterator

from hrsim.economics import load_price_book, load_utilities
from hrsim.model_evidence import REFERENCE_EXPOSURE
from hrsim.people import PEOPLE_EVIDENCE
from hrsim.processes.full_model import SUBJECTS
from hrsim.processes.supply import EVIDENCE as SUPPLY_EVIDENCE
from hrsim.study.catalogue import read_catalogue
from hrsim.study.parents import packaged_scenarios
from hrsim.study.reader import read_file
from hrsim.study.tree import MapNode, Path, Problems, ScalarNode, leaves

NOWHERE = "nowhere in the shipped model, catalogue, prices, utilities and studies; a study may name it"


def uses_text(row: str) -> str:
    """Write where a row is used, one line for each place, to stand below the description of the row."""
    found = list(dict.fromkeys(uses(row))) or [NOWHERE]
    return "\n".join(f"  {'used in' if n == 0 else '':12} {place}" for n, place in enumerate(found))


def uses(row: str) -> Iterator[str]:
    """Yield the places that use a row: code first, then data, then studies."""
    yield from _in_processes(row)
    yield from _in_prices(row)
    yield from _in_utilities(row)
    for name, service in read_catalogue().items():
        for path in _mentions(service, row):
            yield f"service {name}: {'.'.join(path)}"
    folder = packaged_scenarios()
    for file in sorted(folder.rglob("*.yaml")):
        name = file.relative_to(folder).as_posix()
        for path in _mentions(read_file(file, Problems()), row):
            yield f"study {name}: {'.'.join(path)}"


def _in_processes(row: str) -> Iterator[str]:
    yield from (f"process {subject.name}" for subject in SUBJECTS if row in subject.evidence)
    if row in (*SUPPLY_EVIDENCE, REFERENCE_EXPOSURE):
        yield "process supply"
    if row in PEOPLE_EVIDENCE:
        yield "people at the start and people who enter"


def _in_prices(row: str) -> Iterator[str]:
    book = load_price_book()
    yield from (f"price of {line.name}" for line in book.lines if row in line.price.evidence)
    yield from (
        f"value of a {name.replace('_', '-')}"
        for name, value in book.health_values.items()
        if row in value.price.evidence
    )


def _in_utilities(row: str) -> Iterator[str]:
    utilities = load_utilities()
    for name, rules in {"by use and treatment": utilities.base, **utilities.factors}.items():
        if any(row in figure.evidence for rule in rules for figure in rule.figures):
            yield f"utility: {name.replace('_', ' ')}"
    for event in utilities.events:
        if any(row in figure.evidence for figure in event.figures):
            yield f"utility: {event.event}"


def _mentions(tree: MapNode, row: str) -> Iterator[Path]:
    """Yield the paths at which a file names a row, or replaces it."""
    for path, node in leaves(tree):
        if path[-1:] == ("evidence",) and isinstance(node, ScalarNode) and node.text == row:
            yield path[:-1]
        for section in ("parameters", "prices"):
            if section in path and row in path[path.index(section) :]:
                yield path[: path.index(row) + 1]

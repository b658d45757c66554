"""Read the shipped catalogue of services."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from hrsim.errors import StudyError
from hrsim.study.reader import read_file
from hrsim.study.tree import MapNode, Problems, ScalarNode, describe, plain

CATALOGUE_FOLDER = Path(__file__).resolve().parents[1] / "services" / "catalogue"
ALSO_CALLED = Path(__file__).with_name("also_called.yaml")


def read_catalogue(folder: Path = CATALOGUE_FOLDER) -> dict[str, MapNode]:
    """Return every service of the catalogue's YAML files, by name.

    Raises:
        StudyError: a file is not YAML, or two files define the same service.
    """
    problems = Problems()
    services: dict[str, MapNode] = {}
    for path in sorted(folder.glob("*.yaml")):
        short = f"{folder.name}/{path.name}"
        for name, entry in read_file(
            path, problems, display=f"{folder.parent.name}/{short}", name=short
        ).entries.items():
            if not isinstance(entry.node, MapNode):
                fix = "write a mapping of service names to services."
                problems.add(
                    "TYPE", f"expected a service, got {describe(entry.node)}", fix, entry.key_mark, (name,)
                )
            elif name in services:
                message = f"expected each service once, got '{name}' again"
                problems.add("DUPLICATE", message, "keep one of the two.", entry.key_mark, (name,))
            else:
                services[name] = entry.node
    if problems.found:
        raise StudyError(problems.found)
    return services


@cache
def other_words() -> dict[str, tuple[str, ...]]:
    """Return what else each service of the catalogue is called: its label, and what it is called elsewhere."""
    called = plain(read_file(ALSO_CALLED, Problems()))
    labels = {name: service.get("label") for name, service in read_catalogue().items()}
    return {
        name: (*([label.text] if isinstance(label, ScalarNode) else []), *called.get(name, ()))
        for name, label in labels.items()
    }

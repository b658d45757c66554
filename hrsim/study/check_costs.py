"""Check that what a cost line counts can happen in some arm: a price of kits needs kits, one of places needs places."""

from __future__ import annotations

from collections.abc import Iterator

from hrsim.study.schema import Study
from hrsim.study.services import Service
from hrsim.study.tree import MapNode, Problems, nearest_mark

COUNTED_BY_COSTS = ("delivers", "capacity", "stay", "coverage", "contact_effect")
"""Parts of a service that say whether a unit of cost counts anything; `_lacks` reads them."""


def check_costs(study: Study, tree: MapNode, problems: Problems) -> None:
    """Note every cost line that no arm can ever incur."""
    lacking: dict[tuple[str, str], tuple[str, str, int]] = {}
    for arm, name, number, per, lacks in _lines(study):
        key = (name, per)
        if not lacks:
            lacking[key] = ("", "", 0)
        else:
            lacking.setdefault(key, (arm, lacks, number))
    for (name, per), (arm, lacks, number) in lacking.items():
        if lacks:
            path = ("arms", arm, "services", name, "costs", str(number), "per")
            message = (
                f"expected something that a price per {per} of '{name}' counts, got no {lacks} in any arm"
            )
            fix = "add it, price something else, or leave the cost line out."
            problems.add("UNUSED", message, fix, nearest_mark(tree, path), path)


def _lines(study: Study) -> Iterator[tuple[str, str, int, str, str]]:
    for arm, described in study.arms.items():
        for name, service in described.services.items():
            for number, cost in enumerate(service.costs):
                yield arm, name, number, cost.per, _lacks(service, cost.per)


def _lacks(service: Service, per: str) -> str:
    """Name what a service lacks of what a unit of cost counts; empty where it lacks nothing."""
    stays = service.stay is not None or service.coverage is not None or service.contact_effect is not None
    return {
        "kit": "" if service.delivers.naloxone_kits else "'naloxone_kits'",
        "place_year": "" if service.capacity and service.capacity.places else "'places' in its 'capacity'",
        "client_year": "" if stays else "'stay'",
        "start": "" if stays else "'stay'",
        "contact": "contacts: it has a 'coverage'" if service.coverage is not None else "",
    }.get(per, "")

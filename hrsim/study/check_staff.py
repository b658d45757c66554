"""Check staff: pools that the arm has, and one service for each pool that is not shared."""

from __future__ import annotations

from hrsim.study.tree import MapNode, Problems, ScalarNode, nearest, plain


def check_staff(scope: MapNode, problems: Problems) -> None:
    """Note services of one arm (or of the base) whose staff is unknown, or already taken by another service."""
    pools = scope.mapping("staff_pools")
    taken: dict[str, str] = {}
    for name, entry in scope.mapping("services").entries.items():
        if name.startswith("x-") or not isinstance(entry.node, MapNode):
            continue
        pool = entry.node.get("staffing")
        if not isinstance(pool, ScalarNode) or pool.value is None:
            continue
        path = ("services", name, "staffing")
        if pool.text not in pools.entries:
            message = f"expected a staff pool of this arm, got '{pool.text}'"
            problems.add("STAFF", message, nearest(pool.text, pools.entries, "staff pools"), pool.mark, path)
        elif pool.text in taken and not _is_shared(pools.mapping(pool.text)):
            message = (
                f"expected one service with the staff '{pool.text}', got '{taken[pool.text]}' and '{name}'"
            )
            fix = "give one of them staff of its own, or write 'shared: true' in the pool."
            problems.add("STAFF", message, fix, pool.mark, path)
        taken.setdefault(pool.text, name)


def _is_shared(pool: MapNode) -> bool:
    shared = pool.get("shared")
    return shared is not None and plain(shared) is True

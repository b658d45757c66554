"""One ledger as one Parquet file: a long table of the cells that are not zero, and the layout they fill.

The layout (every name, in order) is stored as key-value metadata of the same file, so that a file explains
itself and reads back to the same ledger bit for bit. So are the stamp (which draw of which run it is) and the digest of
all that is read back, which tells whether it is what was written.
"""

from __future__ import annotations

import errno
import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hrsim.engine.ledger import Ledger
from hrsim.experiment.errors import IncompleteRunError
from hrsim.files import whole

LAYOUT_KEY, STAMP_KEY, DIGEST_KEY = "hrsim_ledger", "hrsim_draw", "hrsim_digest"
PARTS = ("events", "state_ticks", "service_flow")
BUDGET_PART = "budget_book"
NO_GROUP = ""
BY_GROUP = "group_flow"
SURVIVORS = "survivors"
ALL_PARTS = (*PARTS, BY_GROUP, BUDGET_PART, SURVIVORS)


@dataclass(frozen=True)
class Stamp:
    """Say which simulation a ledger is of: draw and replicate, the number of their random streams, and the run."""

    draw: int
    replicate: int
    luck: int
    content_hash: str

    def __str__(self) -> str:
        return f"draw {self.draw}, replicate {self.replicate} of the run {self.content_hash[:8]}"


def write_ledger(ledger: Ledger, path: Path, stamp: Stamp | None = None) -> None:
    """Write a ledger to a Parquet file, whole or not at all; equal ledgers and stamps give equal bytes.

    Columns: `part` (events, state_ticks, service_flow, group_flow where people are told apart, budget_book where there
    are budgets, survivors where they were counted), `arm`, `quarter` (from 0; of a budget the fiscal year), `group`
    (empty for service_flow and budgets), `item` (an event, a state as 'dimension=level/...', 'service:flow' or
    'budget:item'), `cell` (the place in the part's array, in C order) and `value` (a count, person-ticks, or cents x
    TICKS_PER_YEAR).
    """
    table = _cells(ledger)
    texts = [json.dumps(_layout(ledger), sort_keys=True), json.dumps(asdict(stamp) if stamp else None)]
    place = np.array([ALL_PARTS.index(name) for name in table["part"].cat.categories])
    texts.append(_digest(texts, place[table["part"].cat.codes], table["cell"], table["value"]))
    keys = zip((LAYOUT_KEY, STAMP_KEY, DIGEST_KEY), texts, strict=True)
    metadata = ", ".join("{}: '{}'".format(key, text.replace("'", "''")) for key, text in keys)
    write_parquet(table, path, f", KV_METADATA {{{metadata}}}")


def read_ledger(path: Path, stamp: Stamp | None = None) -> Ledger:
    """Read the ledger that `write_ledger` wrote.

    Raise IncompleteRunError when the file is damaged, and when it is not the simulation that the `stamp` names.
    """
    try:
        layout, found, cells = _read(path)
    except Exception as error:  # a damaged file can fail anywhere in the library that reads it
        raise _damaged(path, "it is not what was written") from error
    if stamp is not None and found != stamp:
        raise _damaged(path, f"it holds {found or 'no draw of a run'}; expected {stamp}")
    return _ledger(layout, cells)


def _damaged(path: Path, why: str) -> IncompleteRunError:
    return IncompleteRunError(
        f"draw file {path.name} is damaged ({why}): run the study again with --resume, which computes it again"
    )


def _read(path: Path) -> tuple[dict[str, Any], Stamp | None, dict[str, Any]]:
    """Read layout, stamp and cells; raise ValueError where the digest is another, and whatever the library raises."""
    with duckdb.connect(config={"threads": 1}) as connection:
        metadata = dict(
            connection.execute(
                "SELECT decode(key), decode(value) FROM parquet_kv_metadata(?)", [str(path)]
            ).fetchall()
        )
        cells = connection.execute(
            "SELECT list_position(?, part) - 1 AS part, cell, value FROM read_parquet(?)",
            [list(ALL_PARTS), str(path)],
        ).fetchnumpy()
    layout, stamp = metadata[LAYOUT_KEY], metadata[STAMP_KEY]
    if metadata[DIGEST_KEY] != _digest([layout, stamp], cells["part"], cells["cell"], cells["value"]):
        raise ValueError("the digest is another")
    given = json.loads(stamp)
    return json.loads(layout), Stamp(**given) if given else None, cells


def _digest(texts: Sequence[str], *columns: Any) -> str:
    """Hash texts and columns of integers; an empty cell counts as -1."""
    digest = hashlib.sha256()
    for text in texts:
        digest.update(hashlib.sha256(text.encode()).digest())
    for column in columns:
        digest.update(np.ascontiguousarray(np.ma.filled(column, -1), dtype="<i8").tobytes())
    return digest.hexdigest()


def write_parquet(table: pd.DataFrame, path: Path, options: str = "") -> None:
    """Write a table to a Parquet file whose bytes depend on its content alone, whole or not at all."""
    with whole(path) as unfinished, duckdb.connect(config={"threads": 1}) as connection:
        place = str(unfinished).replace("'", "''")
        connection.register("written", table)
        try:
            connection.execute(
                f"COPY written TO '{place}' (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false{options})"
            )
        except duckdb.IOException as error:
            raise OSError(errno.EIO, f"the file cannot be written: {error}", str(path)) from error


def _cells(ledger: Ledger) -> pd.DataFrame:
    items = _items(ledger)
    parts = _parts(ledger)
    rows = np.concatenate([_coordinates(ledger, part, items) for part in parts], axis=1)
    part, arm, quarter, group, item, cell, value = rows
    return pd.DataFrame(
        {
            "part": _named(part, parts),
            "arm": _named(arm, ledger.arms),
            "quarter": quarter,
            "group": _named(group, [*ledger.groups, NO_GROUP]),
            "item": _named(item, [name for names in items.values() for name in names]),
            "cell": cell,
            "value": value,
        }
    )


def _parts(ledger: Ledger) -> tuple[str, ...]:
    by_group = () if ledger.group_flow is None else (BY_GROUP,)
    survivors = () if ledger.survivors is None else (SURVIVORS,)
    return (*PARTS, *by_group, *((BUDGET_PART,) if ledger.budget_names else ()), *survivors)


def _named(codes: NDArray[np.int64], names: Sequence[str]) -> pd.Categorical[str]:
    """Name numbers; two numbers may have one name."""
    place = {name: number for number, name in enumerate(dict.fromkeys(names))}
    return pd.Categorical.from_codes(np.array([place[name] for name in names])[codes], pd.Index(list(place)))


def _coordinates(ledger: Ledger, part: str, items: dict[str, list[str]]) -> NDArray[np.int64]:
    """Give part, arm, quarter, group, item, cell and value of every cell that is not zero, shape (7, n)."""
    parts = _parts(ledger)
    number = parts.index(part)
    first = sum(len(items[earlier]) for earlier in parts[:number])
    array: NDArray[np.int64] = getattr(ledger, part)
    if part == SURVIVORS:
        cell, value = array.T
        arm, group, _, _, item = np.unravel_index(cell, ledger.survivor_shape)
        last = np.full_like(cell, len(ledger.quarter_edges) - 2)
        return np.stack([np.full_like(cell, number), arm, last, group, first + item, cell, value])
    if part == BUDGET_PART:
        array = np.moveaxis(array, 2, 1)  # arm, fiscal year, budget, item
    cell = np.flatnonzero(array)
    arm, quarter, *rest = np.unravel_index(cell, array.shape)
    if part in ("service_flow", BUDGET_PART):
        group = np.full_like(cell, len(ledger.groups))
        item = np.ravel_multi_index((rest[0], rest[1]), array.shape[2:])
    elif part == BY_GROUP:
        group = rest[1]
        item = np.ravel_multi_index((rest[0], rest[2]), (array.shape[2], array.shape[4]))
    else:
        group, item = rest
    return np.stack(
        [np.full_like(cell, number), arm, quarter, group, first + item, cell, array.reshape(-1)[cell]]
    )


def _items(ledger: Ledger) -> dict[str, list[str]]:
    levels = [[f"{dimension}={name}" for name in names] for dimension, names in ledger.state_dimensions]
    flows = {"service_flow": ledger.flow_names, BY_GROUP: ledger.group_flow_names}
    states = ["/".join(names) for names in product(*levels)]
    return {
        "events": list(ledger.event_names),
        "state_ticks": states,
        **{
            part: [":".join(names) for names in product(ledger.service_names, flows[part])]
            for part in _parts(ledger)
            if part in flows
        },
        BUDGET_PART: [":".join(names) for names in product(ledger.budget_names, ledger.budget_items)],
        SURVIVORS: states,
    }


def _layout(ledger: Ledger) -> dict[str, Any]:
    layout: dict[str, Any] = {
        "arms": ledger.arms,
        "quarter_edges": ledger.quarter_edges.tolist(),
        "groups": ledger.groups,
        "event_names": ledger.event_names,
        "state_dimensions": ledger.state_dimensions,
        "service_names": ledger.service_names,
        "flow_names": ledger.flow_names,
        "group_flow_names": ledger.group_flow_names,
        "shapes": {part: getattr(ledger, part).shape for part in _parts(ledger)},
    }
    if ledger.budget_names:
        book = np.moveaxis(ledger.budget_book, 2, 1).shape
        layout |= {"budget_names": ledger.budget_names, "budget_items": ledger.budget_items}
        layout["shapes"][BUDGET_PART] = book
    return layout


def _ledger(layout: dict[str, Any], cells: dict[str, Any]) -> Ledger:
    arrays = {}
    for part in layout["shapes"]:
        number = ALL_PARTS.index(part)
        if part == SURVIVORS:
            mine = cells["part"] == number
            order = np.argsort(cells["cell"][mine])
            arrays[part] = np.stack([cells["cell"][mine][order], cells["value"][mine][order]], axis=1)
            continue
        array = np.zeros(layout["shapes"][part], dtype=np.int64)
        mine = cells["part"] == number
        array.reshape(-1)[cells["cell"][mine]] = cells["value"][mine]
        arrays[part] = np.moveaxis(array, 2, 1) if part == BUDGET_PART else array
    return Ledger(
        arms=tuple(layout["arms"]),
        quarter_edges=np.array(layout["quarter_edges"], dtype=np.int64),
        groups=tuple(layout["groups"]),
        event_names=tuple(layout["event_names"]),
        state_dimensions=tuple((name, tuple(levels)) for name, levels in layout["state_dimensions"]),
        service_names=tuple(layout["service_names"]),
        flow_names=tuple(layout["flow_names"]),
        group_flow_names=tuple(layout["group_flow_names"]),
        budget_names=tuple(layout.get("budget_names", ())),
        budget_items=tuple(layout.get("budget_items", ())),
        **arrays,
    )

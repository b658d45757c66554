"""Tables by group: totals, change from the comparator, and each group's share of both; services by group."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hrsim.experiment.statistics import describe
from hrsim.experiment.suppression import FLAG, hide, hide_small, small_cells
from hrsim.experiment.tables import OutcomeSamples

Floats = NDArray[np.float64]
SERVICE_KEYS = ["arm", "service", "group", "measure", "unit"]
Values = tuple[dict[str, object], Floats]
MONEY_FOLLOWS = "life_years"
"""Money of a group is hidden where the person-years of the group are."""
WAITED, STARTS, WAIT = "waiting_years", "starts", "wait"


def group_tables(
    samples: OutcomeSamples, economic: Iterable[Values], smallest: int
) -> dict[str, pd.DataFrame]:
    """Build the tables groups and services_by_group; none where all people are one group.

    `economic` holds key columns and values, shape (samples, arms, groups).
    """
    if len(samples.groups) == 1:
        return {}
    rows = [
        row for labels, values in (*_outcomes(samples), *economic) for row in _rows(samples, labels, values)
    ]
    table = pd.DataFrame(rows)
    return {
        "groups": _hide(table, samples.comparator, smallest),
        "services_by_group": _services(samples, smallest),
    }


def _outcomes(samples: OutcomeSamples) -> Iterator[Values]:
    totals = samples.outcomes.sum(axis=2)
    for number, measure in enumerate(samples.measures):
        keys: dict[str, object] = {
            "measure": measure.name,
            "unit": measure.unit,
            "perspective": "",
            "discounted": False,
        }
        yield keys, totals[..., number]


def _rows(samples: OutcomeSamples, labels: dict[str, object], values: Floats) -> Iterator[dict[str, object]]:
    """Yield a row for each arm and group; `values` has shape (samples, arms, groups), all people first."""
    change = values - values[:, [samples.arms.index(samples.comparator)]]
    count = values.shape[0]
    arms, groups = len(samples.arms), len(samples.groups)
    total = describe(values.reshape(count, -1))
    step = describe(change.reshape(count, -1))
    mean, difference = total["mean"].reshape(arms, groups), step["mean"].reshape(arms, groups)
    share, share_of_change = _shares(mean), _shares(difference)
    for place, (arm, group) in enumerate((arm, group) for arm in samples.arms for group in samples.groups):
        if np.isnan(total["mean"][place]):
            continue
        a, g = divmod(place, groups)
        compared = {} if arm == samples.comparator else {
            "change": step["mean"][place],
            **{f"change_{name}": step[name][place] for name in ("mcse", "low", "high")},
            "share_of_change": share_of_change[a, g],
        }  # fmt: skip
        yield {
            "arm": arm, "comparator": samples.comparator, "group": group, **labels,
            **{name: values[place] for name, values in total.items()}, "share": share[a, g], **compared,
        }  # fmt: skip


def _shares(means: Floats) -> Floats:
    """Return each group's mean over that of all people, not a number where that is 0."""
    whole = np.broadcast_to(means[:, :1], means.shape)
    return np.divide(means, whole, out=np.full_like(means, np.nan), where=whole != 0)


def _hide(table: pd.DataFrame, comparator: str, smallest: int) -> pd.DataFrame:
    """Hide a group's row where its total is small in the arm or in the comparator."""
    money = table["perspective"] != ""
    counted = table[~money]
    found = counted[small_cells(counted, smallest)]
    small = set(found[["arm", "group", "measure"]].itertuples(index=False, name=None))
    followed = table["measure"].where(~money, MONEY_FOLLOWS)
    own = zip(table["arm"], table["group"], followed, strict=True)
    return hide(table, [(a, g, m) in small or (comparator, g, m) in small for a, g, m in own])


def _services(samples: OutcomeSamples, smallest: int) -> pd.DataFrame:
    """Describe what each group used of each service over the horizon, and how long people waited for a start.

    The wait is a ratio of means: all time spent waiting over all starts, where anybody waited, hidden with either.
    """
    keys = [
        {"arm": arm, "service": service, "group": group, "measure": name, "unit": unit}
        for arm in samples.arms
        for group in samples.groups
        for service in samples.services
        for name, unit in samples.group_flows_measured
    ]
    flows = samples.group_flows.reshape(len(samples.group_flows), -1)
    table = hide_small(pd.DataFrame(keys, columns=SERVICE_KEYS).assign(**describe(flows)), smallest)
    if table.empty:
        return table
    parts = {
        name: table[table["measure"] == name].set_index(["arm", "service", "group"])[["mean", FLAG]]
        for name in (WAITED, STARTS)
    }
    waited, starts = parts[WAITED], parts[STARTS]
    known = starts["mean"].gt(0) & waited["mean"].gt(0) | starts[FLAG] | waited[FLAG]
    wait = (waited["mean"] / starts["mean"])[known].reset_index().assign(measure=WAIT, unit="years per start")
    wait[FLAG] = (starts[FLAG] | waited[FLAG])[known].to_numpy()
    return pd.concat([table, wait], ignore_index=True)

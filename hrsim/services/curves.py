"""The share of demand that sites with a working day meet, for the kernel: one curve for each arm and service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrsim.operations.curve import LOADS, MetShareCurve, met_share_curve
from hrsim.services.amounts import Draw
from hrsim.services.layout import Layout
from hrsim.services.sites import planned_sites
from hrsim.study.operations import stated_day
from hrsim.study.resolved import ResolvedStudy
from hrsim.study.services import Service

Curves = Mapping[str, Mapping[str, MetShareCurve]]


def site_curves(
    resolved: ResolvedStudy, services: Mapping[str, Mapping[str, Service]], point: Draw
) -> Curves:
    """Return by arm and service the curves of sites whose working day the study describes.

    Supervised sites meet visits, clinics and mobile units contacts.

    At point values: in each draw the load follows the draw's capacity, the shape of the curve does not. Raises
    StudyError at the line of a site that cannot be simulated.
    """
    described = {
        (name, arm): service
        for arm, present in services.items()
        for name, service in present.items()
        if stated_day(service.operations) is not None
        or (service.operations is not None and service.delivers.supervised_use is not None)
    }
    curves: dict[str, dict[str, MetShareCurve]] = {arm: {} for arm in services}
    for (name, arm), plan in planned_sites(resolved, described, point).items():
        site = plan.site if plan.site.wanted_per_day > 0.0 else replace(plan.site, arrivals=plan.profile)
        if plan.sites > 0:
            curves[arm][name] = met_share_curve(site, resolved.study.analysis.seed, name)
    return curves


def curve_arrays(
    layout: Layout, curves: Curves, services: Mapping[str, Mapping[str, Service]], records: NDArray[Any]
) -> dict[str, NDArray[np.float64]]:
    """Return the kernel's curves, `curve_load` (K,) and `curve_share` (1 + curves, K), and note them in the records.

    Row 0 stands for no curve. `records` has shape (arms, services), in the order of `curves` and the layout.
    """
    rows = [np.ones(len(LOADS))]
    for a, (arm, found) in enumerate(curves.items()):
        for name, curve in found.items():
            field = "curve" if stated_day(services[arm][name].operations) is None else "day"
            records[a, layout.number(name)][field] = len(rows)
            rows.append(curve.shares)
    return {"curve_load": np.array(LOADS), "curve_share": np.array(rows)}

"""Which infections people bring along: those at the start, and those who enter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrsim.processes.state import DIAGNOSED_HCV, DIAGNOSED_HIV, F0, F4, HIV_CHRONIC, HIV_LATE, INJECTING
from hrsim.services.amounts import amount
from hrsim.study.population import HcvAtEntry, HcvAtStart, HivAtEntry, HivAtStart

Draw = Mapping[str, float]


def infections(
    hiv: HivAtStart | HivAtEntry | None,
    hcv: HcvAtStart | HcvAtEntry | None,
    draw: Draw,
    use: NDArray[np.int64],
    u: Any,
) -> dict[str, NDArray[Any]]:
    """Return the columns of infection and diagnosis, drawn independently among people who inject.

    HIV is past its acute stage, and late in the share of untreated years spent there. Hepatitis C is chronic:
    cirrhosis by its placeholder share, F0 to F3 equally likely otherwise. `u` names a cohort's uniforms.
    """
    nobody = np.zeros(use.size, np.bool_)
    infected = nobody if hiv is None else (u("hiv") < amount(hiv.prevalence, draw)) & (use == INJECTING)
    viraemic = nobody if hcv is None else (u("hcv") < amount(hcv.prevalence, draw)) & (use == INJECTING)
    late = u("hiv late") < hiv_late_share(draw)
    known_hiv = nobody if hiv is None else infected & (u("hiv diagnosed") < amount(hiv.diagnosed, draw))
    known_hcv = nobody if hcv is None else viraemic & (u("hcv diagnosed") < amount(hcv.diagnosed, draw))
    early = F0 + np.asarray(4 * u("hcv stage"), np.int64)
    stage = np.where(u("hcv cirrhosis") < draw["exp.hcv_f4_share_start"], F4, early)
    return {
        "hiv": np.where(infected, np.where(late, HIV_LATE, HIV_CHRONIC), 0),
        "diagnosed": np.where(known_hiv, DIAGNOSED_HIV, 0) + np.where(known_hcv, DIAGNOSED_HCV, 0),
        "hcv": np.where(viraemic, stage, 0),
        "viraemic": viraemic,
    }


def treated_at_entry(
    hiv: HivAtEntry | None, draw: Draw, diagnosed: NDArray[Any], u: Any
) -> NDArray[np.bool_]:
    """Return who enters on HIV treatment, among people whose HIV is diagnosed."""
    if hiv is None:
        return np.zeros(diagnosed.size, np.bool_)
    return np.asarray((diagnosed & DIAGNOSED_HIV > 0) & (u("hiv treated") < amount(hiv.treated, draw)))


def hiv_late_share(draw: Draw) -> float:
    """Return the share of untreated years after the acute phase that are spent late (CD4 200 or less)."""
    early = draw["inf.hiv_years_gt500"] + draw["inf.hiv_years_350"] + draw["inf.hiv_years_200"]
    return draw["inf.hiv_years_lt200"] / (early + draw["inf.hiv_years_lt200"])

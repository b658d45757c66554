"""Turn a uniform number into a value: quantile functions of the register's distributions.

The quantile functions are those behind `scipy.stats` (`ndtri`, `betaincinv`, `gammaincinv` of
`scipy.special`), called directly because they are an order of magnitude quicker to import and to call; the
tests hold them against `scipy.stats`. Where a kind bounds its values (a probability between 0 and 1, a
cost not below 0) the distribution is truncated to these bounds; one that lies inside them is left exactly
as it is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from scipy import special

Parameters = Mapping[str, float]

PERT_WEIGHT = 4.0
"""Weight of the mode in the mean of a PERT distribution, (min + 4 mode + max) / 6, by definition."""


@dataclass(frozen=True)
class Distribution:
    """Hold a family: its parameter names, quantile function and distribution function."""

    parameter_names: tuple[str, ...]
    quantile: Callable[[Parameters, float], float]
    cumulative: Callable[[Parameters, float], float]
    is_proper: Callable[[Parameters], bool]


def _triangular_quantile(p: Parameters, u: float) -> float:
    low, mode, high = p["min"], p["mode"], p["max"]
    width = high - low
    if u * width < mode - low:
        return low + math.sqrt(u * width * (mode - low))
    return high - math.sqrt((1.0 - u) * width * (high - mode))


def _triangular_cumulative(p: Parameters, x: float) -> float:
    low, mode, high = p["min"], p["mode"], p["max"]
    if x <= low:
        return 0.0
    if x >= high:
        return 1.0
    if x < mode:
        return (x - low) ** 2 / ((high - low) * (mode - low))
    return 1.0 - (high - x) ** 2 / ((high - low) * (high - mode))


def _uniform_cumulative(p: Parameters, x: float) -> float:
    return min(max((x - p["min"]) / (p["max"] - p["min"]), 0.0), 1.0)


def _pert_shapes(p: Parameters) -> tuple[float, float]:
    width = p["max"] - p["min"]
    return (
        1.0 + PERT_WEIGHT * (p["mode"] - p["min"]) / width,
        1.0 + PERT_WEIGHT * (p["max"] - p["mode"]) / width,
    )


def _pert_quantile(p: Parameters, u: float) -> float:
    return p["min"] + (p["max"] - p["min"]) * float(special.betaincinv(*_pert_shapes(p), u))


def _pert_cumulative(p: Parameters, x: float) -> float:
    part = (x - p["min"]) / (p["max"] - p["min"])
    return float(special.betainc(*_pert_shapes(p), min(max(part, 0.0), 1.0)))


def _positive(*names: str) -> Callable[[Parameters], bool]:
    return lambda p: all(p[name] > 0.0 for name in names)


def _ordered(p: Parameters) -> bool:
    return p["min"] <= p["mode"] <= p["max"] and p["min"] < p["max"]


DISTRIBUTIONS: Mapping[str, Distribution] = MappingProxyType(
    {
        "fixed": Distribution(
            ("value",), lambda p, u: p["value"], lambda p, x: float(x >= p["value"]), lambda p: True
        ),
        "normal": Distribution(
            ("mean", "sd"),
            lambda p, u: p["mean"] + p["sd"] * float(special.ndtri(u)),
            lambda p, x: float(special.ndtr((x - p["mean"]) / p["sd"])),
            _positive("sd"),
        ),
        "lognormal": Distribution(
            ("mu", "sigma"),
            lambda p, u: math.exp(p["mu"] + p["sigma"] * float(special.ndtri(u))),
            lambda p, x: float(special.ndtr((math.log(x) - p["mu"]) / p["sigma"])) if x > 0.0 else 0.0,
            _positive("sigma"),
        ),
        "beta": Distribution(
            ("alpha", "beta"),
            lambda p, u: float(special.betaincinv(p["alpha"], p["beta"], u)),
            lambda p, x: float(special.betainc(p["alpha"], p["beta"], min(max(x, 0.0), 1.0))),
            _positive("alpha", "beta"),
        ),
        "gamma": Distribution(
            ("shape", "scale"),
            lambda p, u: p["scale"] * float(special.gammaincinv(p["shape"], u)),
            lambda p, x: float(special.gammainc(p["shape"], max(x, 0.0) / p["scale"])),
            _positive("shape", "scale"),
        ),
        "uniform": Distribution(
            ("min", "max"),
            lambda p, u: p["min"] + (p["max"] - p["min"]) * u,
            _uniform_cumulative,
            lambda p: p["min"] < p["max"],
        ),
        "pert": Distribution(("min", "mode", "max"), _pert_quantile, _pert_cumulative, _ordered),
        "triangular": Distribution(
            ("min", "mode", "max"), _triangular_quantile, _triangular_cumulative, _ordered
        ),
    }
)


def mass_below(name: str, parameters: Parameters, x: float) -> float:
    """Return the probability of a value strictly below `x` (at most `x` for continuous distributions)."""
    if name == "fixed":
        return float(parameters["value"] < x)
    if math.isinf(x):
        return float(x > 0.0)
    return DISTRIBUTIONS[name].cumulative(parameters, x)


def mass_outside(name: str, parameters: Parameters, lowest: float, highest: float) -> float:
    """Return the probability that the untruncated distribution gives a value outside the closed bounds."""
    if name == "fixed":
        return float(not lowest <= parameters["value"] <= highest)
    return mass_below(name, parameters, lowest) + 1.0 - mass_below(name, parameters, highest)


def truncated_quantile(name: str, parameters: Parameters, u: float, lowest: float, highest: float) -> float:
    """Return the quantile at `u` (0 < u < 1) of the distribution truncated to the closed bounds."""
    quantile = DISTRIBUTIONS[name].quantile
    if name == "fixed":
        return quantile(parameters, u)
    below = mass_below(name, parameters, lowest)
    within = mass_below(name, parameters, highest) - below
    return quantile(parameters, below + u * within)

"""The model again, person by person in plain SimPy, written from the specification alone."""

from .parameters import OracleParameters, naloxone_chance_from_kits, weibull_rate_per_year
from .result import OracleResult
from .simulation import replicate, simulate

__all__ = [
    "OracleParameters",
    "OracleResult",
    "naloxone_chance_from_kits",
    "replicate",
    "simulate",
    "weibull_rate_per_year",
]

"""What is known: the evidence register, its distributions and the draws made from them."""

from hrsim.evidence.draws import central_parameters, draw_parameters, stratified_draws
from hrsim.evidence.register import Register, load_register
from hrsim.evidence.rows import EvidenceRow, central, describe

__all__ = [
    "EvidenceRow",
    "Register",
    "central",
    "central_parameters",
    "describe",
    "draw_parameters",
    "load_register",
    "stratified_draws",
]

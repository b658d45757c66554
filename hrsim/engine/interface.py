"""What a model gives the kernel. `engine/build.py` puts the model's own functions in the place of these."""

from typing import Any


def hazard(sim: Any, stream: int, i: int, a: int) -> float:
    """Return the hazard per person-year of a stream's process for person i in arm a."""
    raise NotImplementedError


def apply(sim: Any, stream: int, i: int, a: int, luck: Any) -> None:
    """Carry out an accepted candidate of a stream's process."""
    raise NotImplementedError


def expire(sim: Any, kind: int, i: int, a: int, payload: int) -> None:
    """Carry out a timer of the model's own kinds."""
    raise NotImplementedError


def enter(sim: Any, i: int, a: int) -> None:
    """Let the person in slot i enter arm a, or leave the slot unborn."""
    raise NotImplementedError


def cell(sim: Any, i: int, a: int) -> int:
    """Return the valuation cell of person i in arm a."""
    raise NotImplementedError


def start(sim: Any, i: int, a: int) -> None:
    """Set the timers and counters of person i, who is there at the start of arm a."""
    raise NotImplementedError


def renew(sim: Any, i: int, a: int) -> None:
    """Renew what the model keeps that follows from the state of person i in arm a."""
    raise NotImplementedError


def adjust(sim: Any, a: int, what: int, item: int, value: float) -> None:
    """Carry out a change of arm a's world."""
    raise NotImplementedError


def close(sim: Any) -> None:
    """Count what the model itself keeps, at the end of a quarter."""
    raise NotImplementedError

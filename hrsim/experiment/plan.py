"""The plan of a run: which draws and replicates there are, and the luck of each."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

Uncertainty = Literal["draws", "central"]
Sampling = Literal["random", "stratified"]
LUCK_BITS = 63


@dataclass(frozen=True)
class Task:
    """Name one simulation: a draw of the parameters, a replicate of it, and the luck both receive."""

    draw: int
    replicate: int
    luck: int


@dataclass(frozen=True)
class Plan:
    """Fix the simulations of a run, in the order in which their results are reduced.

    With `uncertainty="central"` every parameter stays at its point value, so there is one draw, and only
    luck differs between its replicates. `sampling` says how the draws cover the distributions of the parameters.
    """

    draws: int
    replicates: int
    seed: int
    uncertainty: Uncertainty
    sampling: Sampling = "random"

    def draw_numbers(self) -> range:
        """Give the numbers of the parameter draws."""
        return range(1 if self.uncertainty == "central" else self.draws)

    def tasks(self) -> tuple[Task, ...]:
        """List every draw and replicate, replicates fastest."""
        return tuple(
            Task(draw, replicate, luck_number(self.seed, draw, replicate))
            for draw in self.draw_numbers()
            for replicate in range(self.replicates)
        )

    def samples(self) -> int:
        """Count the independent samples that statistics rest on.

        A sample is a draw, averaged over its replicates; at central values it is a replicate.
        """
        return self.replicates if self.uncertainty == "central" else self.draws

    def sample_of(self, task: Task) -> int:
        """Give the number of the sample that a task belongs to."""
        return task.replicate if self.uncertainty == "central" else task.draw


def luck_number(seed: int, draw: int, replicate: int) -> int:
    """Derive the luck of one draw and replicate, a whole number of 63 bits, from the seed of the study.

    The same seed, draw and replicate always give the same luck, however many others are run.
    """
    digest = hashlib.blake2b(f"luck:{seed}:{draw}:{replicate}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") >> (64 - LUCK_BITS)

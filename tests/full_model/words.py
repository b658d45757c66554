"""Print which random words answer two questions: `NUMBA_DISABLE_JIT=1 python -m tests.full_model.words`.

Every word of the generator is noted with the line that asked for it while the place of `everything.py` lives a year. A
word that two lines read answers two questions. So does one that a process reads twice for one candidate in one arm.
"""

import sys
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from hrsim.engine import random

PASSED_ON = {"uniform", "personal_uniforms", "contact", "noted", "noted_uniform"}
Word = tuple[int, ...]

words: dict[Word, set[str]] = defaultdict(set)
asked: dict[Word, list[str]] = defaultdict(list)  # by the candidate under way
repeated: set[str] = set()


def line_that_asks() -> str:
    frame = sys._getframe(2)
    while frame.f_code.co_name in PASSED_ON:
        assert frame.f_back is not None
        frame = frame.f_back
    return f"{frame.f_globals['__name__']}:{frame.f_lineno} {frame.f_code.co_name}"


def note_words() -> None:
    """Put noting functions in the place of the generator's: before any other module has taken them."""
    philox, uniform = random.philox, random.uniform

    def noted(key: Any, first: Any, second: Any, third: Any, fourth: Any) -> Any:
        word = tuple(int(part) & 0xFFFFFFFF for part in (first, second, third, fourth))
        words[(int(key), *word)].add(line_that_asks())
        return philox(key, first, second, third, fourth)

    def noted_uniform(luck: Any, question: Any) -> Any:
        asked[(*(int(part) for part in luck), int(question))].append(line_that_asks())
        return uniform(luck, question)

    random.philox, random.uniform = noted, noted_uniform


def one_by_one(function: Callable[..., None]) -> Callable[..., None]:
    """Note the questions that a process or timer asks twice about one candidate in one arm."""

    def carried_out(sim: Any, what: Any, i: int, a: int, last: Any) -> None:
        asked.clear()
        function(sim, what, i, a, last)
        repeated.update(" and ".join(lines) for lines in asked.values() if len(lines) > 1)

    return carried_out


def main() -> None:
    """Live the year; print processes that never acted, words with two questions, and questions asked twice."""
    note_words()
    from hrsim.simulate import run_draw
    from tests.full_model.everything import everything
    from tests.simulation.studies import central, prepared

    study = prepared(everything())
    kernel: Any = study.kernel
    kernel.apply, kernel.expire = one_by_one(kernel.apply), one_by_one(kernel.expire)
    words.clear()
    sim = run_draw(study, central(study), 3)
    acted = {study.model.processes[row["process"]].name for row in sim.stream[sim.tally[:, 1] > 0]}
    print("idle:", *sorted({process.name for process in study.model.processes} - acted))  # noqa: T201
    print("words:", len(words))  # noqa: T201
    shared = {" and ".join(sorted(lines)) for lines in words.values() if len(lines) > 1}
    for what, found in (("shared", shared), ("repeated", repeated)):
        for line in sorted(found):
            print(f"{what}: {line}")  # noqa: T201


if __name__ == "__main__":
    main()

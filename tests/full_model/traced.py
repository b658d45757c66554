"""Follow two people with the compiler off: `NUMBA_DISABLE_JIT=1 python -m tests.full_model.traced`.

NumPy checks every index then. Prints for each of them whether the draw stays the same bit for bit.
"""

from hrsim.experiment.verify import ledger_difference
from hrsim.simulate import ledger_of, run_draw
from hrsim.trace import trace
from tests.full_model.everything import everything
from tests.simulation.studies import central, prepared

PEOPLE, YEARS, LUCK = 24, 0.5, 5


def main() -> None:
    """Run the draw, then follow somebody who is there at the start and somebody who enters."""
    study = prepared(everything(PEOPLE, YEARS))
    sim = run_draw(study, central(study), LUCK)
    entered = int(sim.person.shape[0]) - 1
    for person in (0, entered):
        life = trace(study, central(study), LUCK, person)
        print(ledger_difference(ledger_of(study, sim), life.ledger) or "same")  # noqa: T201


if __name__ == "__main__":
    main()

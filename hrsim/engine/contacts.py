"""Contacts: a candidate fixes an endless keyed sequence of people, the same in every arm.

In each arm the partner is the first of them who is eligible there, so the contact rate does not fall as others die or
leave. Who is eligible is for the process to say; it asks for one place of the sequence after the other.
"""

import numpy as np

from hrsim.engine.compiler import kernel_function
from hrsim.engine.random import philox, to_unit
from hrsim.engine.simulation import SLOTS

_CONTACT = 1 << 30  # marks the fourth counter word of a contact sequence


@kernel_function
def contact(sim, luck, place):
    """Return the slot at one place of the candidate's contact sequence, uniform over the slots that exist now."""
    word, _ = philox(luck[0], luck[1], luck[2], place, luck[3] | np.uint64(_CONTACT))
    slots = sim.clock[SLOTS]
    return min(np.int64(to_unit(word) * slots), slots - 1)

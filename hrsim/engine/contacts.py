"""Contacts: a candidate fixes an endless keyed sequence of people, the same in every arm.

In each arm the partner is the first of them who is eligible there, so the contact rate does not fall as others die or
leave. Who is eligible is for the process to say; it asks for one place of the sequence after the other.
"""

import numpy as np

from hrsim.engine.compiler import kernel_function
from hrsim.engine.random import philox, purpose, set_apart, to_unit

_CONTACTS = purpose("contact sequence of a candidate")


@kernel_function
def contact(sim, a, luck, place):
    """Return the slot at one place of the candidate's contact sequence, uniform over those that exist now in arm a.

    Slots of entrants that only other arms need are left out, so that those arms move nobody's contacts here.
    """
    key, first, second, fourth = set_apart(luck, _CONTACTS)
    word, _ = philox(key, first, second, place, fourth)
    slots = sim.contact_count[a]
    return np.int64(sim.contact_slot[a, min(np.int64(to_unit(word) * slots), slots - 1)])

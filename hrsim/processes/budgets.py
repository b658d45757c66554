"""Money for services: what a budget has free, and what contacts, starts and stays take from it.

Amounts are integers of one cent x TICKS_PER_YEAR, so that a price per year times a time in ticks is exact. A stay and
an open service set their cost aside up to the end of the fiscal year and give the rest back when they end; so what is
free never depends on when it is asked, and granted - free at the end of a year is what was spent.
"""

from hrsim.engine.compiler import kernel_function
from hrsim.engine.simulation import NOW, record
from hrsim.units import TICKS_PER_YEAR

NO_BUDGET = -1
BEFORE_THE_FIRST = -1  # fiscal year of a budget that is not open yet

BUDGET = record(
    [
        ("free", "i8"),  # cent-ticks of this fiscal year that are neither spent nor set aside
        ("yearly", "i8"),  # cents a year set aside: clients and open services
        ("clients", "i8"),  # of these, for clients
        ("ends", "i8"),  # tick at which the fiscal year ends
        ("year", "i8"),
    ]
)
FISCAL_YEAR = record(
    [
        ("begins", "i8"),  # ticks, cut at the study's start and horizon
        ("ends", "i8"),
        ("granted", "i8"),  # cent-ticks
        ("spent", "i8"),
    ]
)


@kernel_function
def affords(sim, a, b, once, yearly):
    """Return whether a budget can take cents at once and cents a year, this fiscal year and the next."""
    w = sim.budget[a, b]
    if once * TICKS_PER_YEAR + yearly * (w.ends - sim.clock[NOW]) > w.free:
        return False
    if yearly <= 0:
        return True
    coming = sim.fiscal_year[a, b, w.year + 1]
    return (w.yearly + yearly) * (coming.ends - coming.begins) <= coming.granted


@kernel_function
def set_aside(sim, a, b, yearly):
    """Set aside cents a year up to the end of the fiscal year; a negative amount gives them back."""
    w = sim.budget[a, b]
    w.yearly += yearly
    w.free -= yearly * (w.ends - sim.clock[NOW])


@kernel_function
def spend(sim, a, b, cents):
    """Spend cents now."""
    sim.budget[a, b].free -= cents * TICKS_PER_YEAR


@kernel_function
def affords_start(sim, a, s):
    """Return whether the service's budget, if it has one, can take one more client."""
    v = sim.service[a, s]
    return v.budget == NO_BUDGET or affords(sim, a, v.budget, v.start_cents, v.client_cents)


@kernel_function
def contact_cents(v, items):
    """Return the price of a contact in which so many items are handed over."""
    return v.contact_cents + items * v.item_cents


@kernel_function
def affords_contact(sim, a, s, starts):
    """Return whether the budget can pay a contact, and a start that must follow at once."""
    v = sim.service[a, s]
    if v.budget == NO_BUDGET:
        return True
    once = contact_cents(v, items_of(v))
    if starts:
        return affords(sim, a, v.budget, once + v.start_cents, v.client_cents)
    return affords(sim, a, v.budget, once, 0)


@kernel_function
def items_of(v):
    """Return how many items a contact hands over: kits and tests."""
    items = max(v.kits, 0)
    if v.hiv_test > 0.0:
        items += 1
    if v.hcv_test > 0.0:
        items += 1
    return items


@kernel_function
def pay_contact(sim, a, s):
    """Charge a contact and what it hands over."""
    v = sim.service[a, s]
    if v.budget != NO_BUDGET:
        spend(sim, a, v.budget, contact_cents(v, items_of(v)))


@kernel_function
def pay_start(sim, i, a, s):
    """Charge a start, and set the client's cost aside."""
    v = sim.service[a, s]
    if v.budget == NO_BUDGET:
        return
    spend(sim, a, v.budget, v.start_cents)
    set_aside(sim, a, v.budget, v.client_cents)
    sim.budget[a, v.budget].clients += v.client_cents
    if v.began >= 0:
        sim.began[i, a, v.began] = sim.clock[NOW]


@kernel_function
def give_back(sim, a, s):
    """Give back what was set aside for a client whose stay ends now."""
    v = sim.service[a, s]
    if v.budget != NO_BUDGET:
        set_aside(sim, a, v.budget, -v.client_cents)
        sim.budget[a, v.budget].clients -= v.client_cents

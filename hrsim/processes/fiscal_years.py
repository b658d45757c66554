"""Fiscal years: a new grant pays open services first, then clients in order of their starts; the rest is for others.

Whoever cannot be paid leaves, the latest to start first. Within a year, money that a shorter rest of the year sets free
lets services open and people in at the monthly review.
"""

from hrsim.engine.accrual import touch
from hrsim.engine.compiler import kernel_function
from hrsim.engine.simulation import ALIVE, NEVER, NOW
from hrsim.processes.budgets import BEFORE_THE_FIRST, NO_BUDGET, set_aside, spend
from hrsim.processes.events import CUT_OFF
from hrsim.processes.opening import end_enrolment, set_open, set_places
from hrsim.processes.service_records import CLOCKED_STAY, NO_LIMIT
from hrsim.processes.stays import admit_funded, count_service, flow
from hrsim.processes.trust import sent_away
from hrsim.units import TICKS_PER_YEAR


@kernel_function
def plan_open(sim, a, s, opened):
    """Open or close a service as the study says; one with a budget opens once there is money for it."""
    v = sim.service[a, s]
    v.planned_open = 1 if opened else 0
    if _has_money_to_ask(sim, a, v):
        _fund(sim, a, s, False)
        admit_funded(sim, a, v.budget)
    else:
        set_open(sim, a, s, opened)


@kernel_function
def plan_places(sim, a, s, places):
    """Change a service's places as the study says, as far as its budget goes."""
    v = sim.service[a, s]
    v.planned_places = places
    if _has_money_to_ask(sim, a, v):
        _fund(sim, a, s, False)
        admit_funded(sim, a, v.budget)
    else:
        set_places(sim, a, s, places)


@kernel_function
def plan_visits(sim, a, s, visits):
    """Change how many supervised visits all planned sites take in a year; the open ones take their part."""
    v = sim.service[a, s]
    count_service(sim, a, s)
    v.planned_visits = visits
    _set_sites(v, v.sites)


@kernel_function
def _set_sites(v, sites):
    v.sites = sites
    if sites < v.planned_sites:
        v.visit_capacity = v.planned_visits * sites / v.planned_sites
    else:
        v.visit_capacity = v.planned_visits


@kernel_function
def _has_money_to_ask(sim, a, v):
    return v.budget != NO_BUDGET and sim.budget[a, v.budget].year != BEFORE_THE_FIRST


@kernel_function
def open_fiscal_year(sim, a, b, year):
    """Close the books of the last fiscal year and share out the grant of the next."""
    w = sim.budget[a, b]
    if w.year != BEFORE_THE_FIRST:
        last = sim.fiscal_year[a, b, w.year]
        last.spent = last.granted - w.free
    w.year = year
    w.ends = sim.fiscal_year[a, b, year].ends
    w.free = sim.fiscal_year[a, b, year].granted
    w.yearly = 0
    w.clients = 0
    for s in range(sim.service.shape[1]):
        v = sim.service[a, s]
        if v.budget == b:
            v.running_cents = 0
            set_aside(sim, a, b, v.occupied * v.client_cents)
            w.clients += v.occupied * v.client_cents
    for s in range(sim.service.shape[1]):
        if sim.service[a, s].budget == b:
            _fund(sim, a, s, True)
    _cut_off(sim, a, b)
    admit_funded(sim, a, b)


@kernel_function
def review_budget(sim, a, b):
    """Use what a shorter rest of the fiscal year sets free: open services, then places, then admit people."""
    for s in range(sim.service.shape[1]):
        v = sim.service[a, s]
        whole = v.open == v.planned_open and v.places == v.planned_places and v.sites == v.planned_sites
        if v.budget == b and not whole:
            _fund(sim, a, s, False)
    admit_funded(sim, a, b)


@kernel_function
def _fund(sim, a, s, first):
    """Bring a service to its plan as far as the money goes; at the `first` moment of a year it comes before clients."""
    v = sim.service[a, s]
    b = v.budget
    set_aside(sim, a, b, -v.running_cents)
    v.running_cents = 0
    paid = v.open and not first  # for this year
    number = _number_paid(sim, a, b, v.set_up_cents, v.open_cents, v.site_cents, first)
    sites = min(v.planned_sites, max(number, v.sites) if paid else number)
    if not v.planned_open or (number == 0 and not paid):
        if v.open:
            if v.planned_open:
                flow(sim, a, s, CUT_OFF, v.occupied)
            set_open(sim, a, s, False)
        return
    running = v.open_cents + v.site_cents * sites
    places = v.planned_places
    if places != NO_LIMIT and v.place_cents > 0:
        number = _number_paid(sim, a, b, v.set_up_cents, running, v.place_cents, first)
        places = min(places, max(number, v.places) if paid else number)
        running += v.place_cents * places
    spend(sim, a, b, v.set_up_cents)
    v.set_up_cents = 0
    v.running_cents = running
    set_aside(sim, a, b, running)
    if places != v.places or sites != v.sites:
        count_service(sim, a, s)
        v.places = places
        _set_sites(v, sites)
    if not v.open:
        set_open(sim, a, s, True)


@kernel_function
def _number_paid(sim, a, b, once, yearly, place, first):
    """Return how many sites or places a budget can pay beside other cents, 0 if not even these; NEVER if free.

    At the first moment of a year this year's money counts, before clients; later also that of the coming year.
    """
    w = sim.budget[a, b]
    left = w.ends - sim.clock[NOW]
    room = w.free - once * TICKS_PER_YEAR - yearly * left
    if first:
        room += w.clients * left
    number = _share(room, place * left)
    if not first and (yearly > 0 or place > 0):
        coming = sim.fiscal_year[a, b, w.year + 1]
        length = coming.ends - coming.begins
        number = min(number, _share(coming.granted - (w.yearly + yearly) * length, place * length))
    return number


@kernel_function
def _share(room, price):
    if room < 0:
        return 0
    return room // price if price > 0 else NEVER


@kernel_function
def _cut_off(sim, a, b):
    """End the stays that the fiscal year cannot pay, the latest to start first."""
    while sim.budget[a, b].free < 0:
        person = -1
        service = -1
        latest = -NEVER
        for i in range(sim.state.shape[0]):
            if sim.state[i, a].status != ALIVE or sim.state[i, a].enrolled == 0:
                continue
            for s in range(sim.service.shape[1]):
                v = sim.service[a, s]
                if v.budget == b and v.client_cents > 0 and (sim.state[i, a].enrolled >> s) & 1:
                    began = _began(sim, i, a, s)
                    if began > latest:
                        person, service, latest = i, s, began
        if person < 0:
            return
        touch(sim, person, a)
        flow(sim, a, service, CUT_OFF, 1)
        end_enrolment(sim, person, a, service)
        sent_away(sim, person, a, service)


@kernel_function
def _began(sim, i, a, s):
    """Return the tick at which a client's stay began."""
    v = sim.service[a, s]
    if v.stay == CLOCKED_STAY:
        return sim.stay[i, a, v.slot].changed
    return sim.began[i, a, v.began]

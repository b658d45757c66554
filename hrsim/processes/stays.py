"""Stays in a service: places, a first-come list, and counting of clients, places and waits.

When a stay ends is told by `stay_clock.py`.
"""

import numpy as np

from hrsim.engine.accrual import touch_aspect
from hrsim.engine.compiler import kernel_function
from hrsim.engine.random import purpose
from hrsim.engine.simulation import NEVER, NOW, QUARTER
from hrsim.processes.budgets import NO_BUDGET, affords_start, give_back, pay_start
from hrsim.processes.by_group import CLIENTS, WAITERS, group_flow, group_present
from hrsim.processes.effects import (
    ENROLLED,
    IDLE,
    WAITING,
    enrolled_multiplier,
    leave_target,
    note_windows,
)
from hrsim.processes.episodes import follow_treatment
from hrsim.processes.events import (
    CLIENT_TICKS,
    COMPLETIONS,
    HCV_CURE,
    LEFT_WAITING,
    OF_STARTS,
    OF_STOPS,
    OPEN_TICKS,
    PLACE_TICKS,
    SITE_TICKS,
    STARTS,
    STOPS,
    VISITS,
    WAITING_TICKS,
)
from hrsim.processes.infection_state import change_suppression, cure_hcv
from hrsim.processes.service_records import CLOCKED_STAY, NO_LIMIT, NOT_KEPT
from hrsim.processes.sites import met_share
from hrsim.processes.standing import stands
from hrsim.processes.status import set_phase
from hrsim.processes.stay_clock import (
    patience_end,
    personal_uniforms,
    renew_clock,
    start_clock,
    start_patience,
)
from hrsim.processes.trust import left_waiting
from hrsim.units import TICKS_PER_YEAR

_CURE = purpose("cure at the end of a course")


@kernel_function
def flow(sim, a, s, what, amount):
    """Add to a service's flow in the current quarter."""
    sim.flow[a, sim.clock[QUARTER], s, what] += amount


@kernel_function
def count_service(sim, a, s):
    """Count clients, waits, places and visits up to now: call before any of them changes."""
    v = sim.service[a, s]
    lapse = sim.clock[NOW] - v.counted
    v.counted = sim.clock[NOW]
    if lapse <= 0 or not v.present:
        return
    flow(sim, a, s, CLIENT_TICKS, v.occupied * lapse)
    flow(sim, a, s, WAITING_TICKS, v.waiting * lapse)
    if stands(sim, a, s):
        flow(sim, a, s, OPEN_TICKS, lapse)
        flow(sim, a, s, SITE_TICKS, v.sites * lapse)
        if v.places != NO_LIMIT:
            flow(sim, a, s, PLACE_TICKS, v.places * lapse)
    if v.visits > 0.0:
        visits = v.occupied * v.visits * met_share(sim, a, s) * lapse / TICKS_PER_YEAR + v.visit_rest
        whole = np.int64(visits)
        v.visit_rest = visits - whole
        flow(sim, a, s, VISITS, whole)


@kernel_function
def has_place(v):
    """Return whether a place is free."""
    return v.open and (v.places == NO_LIMIT or v.occupied < v.places)


@kernel_function
def has_room(sim, a, s):
    """Return whether a place is free and paid for, and nobody waits for it."""
    v = sim.service[a, s]
    return has_place(v) and v.waiting == 0 and affords_start(sim, a, s)


@kernel_function
def ask_for_place(sim, i, a, s):
    """Start the stay if a place is free, else join the list. The person is idle in the service's pool."""
    v = sim.service[a, s]
    if has_room(sim, a, s):
        start_stay(sim, i, a, s, sim.clock[NOW])
        return
    count_service(sim, a, s)
    stay = sim.stay[i, a, v.slot]
    set_phase(sim, i, a, v.slot, WAITING)
    stay.changed = sim.clock[NOW]
    stay.wanted = s
    link = sim.link[i, a, v.queue]
    link.following = -1
    link.previous = v.tail
    if v.waiting > 0:
        sim.link[v.tail, a, v.queue].following = i
    else:
        v.head = i
    v.tail = i
    v.waiting += 1
    group_present(sim, i, a, s, WAITERS, 1)
    start_patience(sim, i, a, v.slot)


@kernel_function
def patience_ends(sim, i, a, slot):
    """Take a person who gives up waiting off the list, if the timer is still that of this wait."""
    stay = sim.stay[i, a, slot]
    if stay.phase == WAITING and patience_end(sim, i, a, slot) == sim.clock[NOW]:
        touch_aspect(sim, i, a, sim.service[a, stay.wanted].aspects)
        flow(sim, a, stay.wanted, LEFT_WAITING, 1)
        leave_list(sim, i, a, stay.wanted)
        left_waiting(sim, i, a, stay.wanted)


@kernel_function
def waits_for(sim, i, a, s):
    """Return whether a person is on a service's list."""
    stay = sim.stay[i, a, sim.service[a, s].slot]
    return stay.phase == WAITING and stay.wanted == s


@kernel_function
def leave_list(sim, i, a, s):
    """Take a person off a service's list."""
    v = sim.service[a, s]
    count_service(sim, a, s)
    link = sim.link[i, a, v.queue]
    if v.head == i:
        v.head = link.following
    else:
        sim.link[link.previous, a, v.queue].following = link.following
    if v.tail == i:
        v.tail = link.previous
    else:
        sim.link[link.following, a, v.queue].previous = link.previous
    v.waiting -= 1
    group_present(sim, i, a, s, WAITERS, -1)
    set_phase(sim, i, a, v.slot, IDLE)


@kernel_function
def start_stay(sim, i, a, s, asked):
    """Give a person the place asked for at tick `asked` and set the clock of the stay."""
    v = sim.service[a, s]
    count_service(sim, a, s)
    v.occupied += 1
    stay = sim.stay[i, a, v.slot]
    set_phase(sim, i, a, v.slot, ENROLLED)
    stay.changed = sim.clock[NOW]
    stay.service = s
    stay.ordinal += 1
    note_windows(sim, i, a, v.slot)
    enrol(sim, i, a, s)
    start_clock(sim, i, a, v.slot, asked)
    if v.oat > 0:
        follow_treatment(sim, i, a)
    flow(sim, a, s, STARTS, 1)
    pay_start(sim, i, a, s)


@kernel_function
def enrol(sim, i, a, s):
    """Set what being enrolled changes, and end again the stays whose hazard of leaving changes with it."""
    _change_enrolment(sim, i, a, s, True)


@kernel_function
def withdraw(sim, i, a, s):
    """Undo what being enrolled changed."""
    _change_enrolment(sim, i, a, s, False)


@kernel_function
def _change_enrolment(sim, i, a, s, enrolled):
    state = sim.state[i, a]
    v = sim.service[a, s]
    old = state.enrolled
    mask = np.int64(1) << s
    new = (old | mask) if enrolled else (old & ~mask)
    for slot in range(sim.pool_key.shape[0] if v.links else 0):
        stay = sim.stay[i, a, slot]
        if stay.phase == ENROLLED and stay.service != s and sim.service_links[s, stay.service]:
            state.enrolled = old
            before = enrolled_multiplier(sim, i, a, leave_target(stay.service))
            state.enrolled = new
            after = enrolled_multiplier(sim, i, a, leave_target(stay.service))
            renew_clock(sim, i, a, slot, before, after)
    state.enrolled = new
    group_present(sim, i, a, s, CLIENTS, 1 if enrolled else -1)
    group_flow(sim, i, a, s, OF_STARTS if enrolled else OF_STOPS, 1)
    if v.oat > 0:
        state.oat = v.oat if enrolled else 0
    if v.hiv_suppression > 0.0:
        change_suppression(sim, i, a, s, enrolled)


@kernel_function
def end_stay(sim, i, a, slot, completed):
    """End a stay, hand over what a completed course delivers, and give the place to the head of the list."""
    stay = sim.stay[i, a, slot]
    s = stay.service
    v = sim.service[a, s]
    count_service(sim, a, s)
    v.occupied -= 1
    set_phase(sim, i, a, slot, IDLE)
    stay.end = sim.clock[NOW]
    if v.left != NOT_KEPT:
        sim.left[i, a, v.left] = sim.clock[NOW]
    note_windows(sim, i, a, slot)
    withdraw(sim, i, a, s)
    flow(sim, a, s, STOPS, 1)
    give_back(sim, a, s)
    if completed:
        flow(sim, a, s, COMPLETIONS, 1)
        if v.hcv_cure > 0.0:
            _cure(sim, i, a, slot)
    admit(sim, a, s)
    if v.budget != NO_BUDGET:
        admit_funded(sim, a, v.budget)


@kernel_function
def _cure(sim, i, a, slot):
    """Cure hepatitis C or not, at the end of a course: keyed by the tick at which it began."""
    stay = sim.stay[i, a, slot]
    luck, _ = personal_uniforms(sim, i, _CURE ^ sim.pool_key[slot], stay.changed, 0)
    if luck < sim.service[a, stay.service].hcv_cure:
        cure_hcv(sim, i, a, HCV_CURE)


@kernel_function
def admit(sim, a, s):
    """Give free places to the people at the head of the list."""
    v = sim.service[a, s]
    while v.waiting > 0 and has_place(v) and affords_start(sim, a, s):
        _admit_head(sim, a, s)


@kernel_function
def _admit_head(sim, a, s):
    v = sim.service[a, s]
    j = v.head
    touch_aspect(sim, j, a, v.aspects)
    asked = sim.stay[j, a, v.slot].changed
    leave_list(sim, j, a, s)
    start_stay(sim, j, a, s, asked)


@kernel_function
def admit_funded(sim, a, b):
    """Give free places that a budget can pay to the heads of its services' lists, the earliest to ask first."""
    while True:
        first = -1
        earliest = NEVER
        for s in range(sim.service.shape[1]):
            v = sim.service[a, s]
            if v.budget == b and v.waiting > 0 and has_place(v) and affords_start(sim, a, s):
                asked = sim.stay[v.head, a, v.slot].changed
                if asked < earliest:
                    first = s
                    earliest = asked
        if first < 0:
            return
        _admit_head(sim, a, first)


@kernel_function
def stay_ends(sim, i, a, slot):
    """Carry out the timer of a stay's end, if it is still the stay's own; return whether it was."""
    stay = sim.stay[i, a, slot]
    if stay.phase != ENROLLED or stay.end != sim.clock[NOW]:
        return False
    touch_aspect(sim, i, a, sim.service[a, stay.service].aspects)
    end_stay(sim, i, a, slot, True)
    return True


@kernel_function
def end_stays_after_overdose(sim, i, a):
    """End the stays of a survivor that an overdose ends."""
    for s in range(sim.service.shape[1]):
        v = sim.service[a, s]
        if v.ends_after_overdose and (sim.state[i, a].enrolled >> s) & 1:
            touch_aspect(sim, i, a, v.aspects)
            if v.stay == CLOCKED_STAY:
                end_stay(sim, i, a, v.slot, False)
            else:
                end_free_stay(sim, i, a, s)


@kernel_function
def end_all_stays(sim, i, a, only_custody):
    """End a person's stays and waits: all of them, or those that custody ends."""
    for slot in range(sim.pool_key.shape[0]):
        stay = sim.stay[i, a, slot]
        if stay.phase == ENROLLED and (not only_custody or sim.service[a, stay.service].ends_in_custody):
            end_stay(sim, i, a, slot, False)
        elif stay.phase == WAITING and (not only_custody or sim.service[a, stay.wanted].ends_in_custody):
            flow(sim, a, stay.wanted, LEFT_WAITING, 1)
            leave_list(sim, i, a, stay.wanted)
    for s in range(sim.service.shape[1]):
        v = sim.service[a, s]
        free = v.stay != CLOCKED_STAY and (sim.state[i, a].enrolled >> s) & 1
        if free and (not only_custody or v.ends_in_custody):
            end_free_stay(sim, i, a, s)


@kernel_function
def start_free_stay(sim, i, a, s):
    """Enrol a person in a service whose stays have no clock and no list."""
    count_service(sim, a, s)
    sim.service[a, s].occupied += 1
    enrol(sim, i, a, s)
    flow(sim, a, s, STARTS, 1)
    pay_start(sim, i, a, s)


@kernel_function
def end_free_stay(sim, i, a, s):
    """End such an enrolment."""
    count_service(sim, a, s)
    sim.service[a, s].occupied -= 1
    withdraw(sim, i, a, s)
    flow(sim, a, s, STOPS, 1)
    give_back(sim, a, s)
    if sim.service[a, s].budget != NO_BUDGET:
        admit_funded(sim, a, sim.service[a, s].budget)

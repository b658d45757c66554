"""Contacts with services: who is eligible, what is handed over, what it leads to. No service has code of its own."""

import numpy as np

from hrsim.engine.accrual import count_event, touch, touch_aspect
from hrsim.engine.compiler import kernel_function
from hrsim.engine.model import Process
from hrsim.engine.random import purpose, questions, set_apart, uniform
from hrsim.engine.simulation import ALIVE, CARRIED, INFECTION, NOW, PERSON
from hrsim.processes.budgets import affords_contact, pay_contact
from hrsim.processes.by_group import close_groups, group_flow
from hrsim.processes.effects import (
    enrolled_multiplier,
    leave_target,
    multiplier,
    start_target,
)
from hrsim.processes.events import (
    CONTACTS,
    DEMAND,
    HCV_DIAGNOSIS,
    HIV_DIAGNOSIS,
    ITEMS,
    OF_CONTACTS,
    OF_DEMAND,
    OF_ITEMS,
    OF_TURNED_AWAY,
    PROMPT_HCV,
    PROMPT_HIV,
    PROMPTS,
    REFERRALS_COMPLETED,
    REFERRALS_MADE,
    TURNED_AWAY,
    UNFUNDED,
)
from hrsim.processes.service_records import ANY_AGE, CLOCKED_STAY, COVERED_STAY, FREE_STAY, NO_STAY
from hrsim.processes.state import DIAGNOSED_HCV, DIAGNOSED_HIV, HIV_NONE, change_kits
from hrsim.processes.status import POOL_BIT, status_word
from hrsim.processes.stay_clock import personal_uniforms
from hrsim.processes.stays import (
    ask_for_place,
    count_service,
    end_free_stay,
    end_stay,
    flow,
    start_free_stay,
    stay_ends,
)
from hrsim.processes.trust import chance_of_coming, good_contact, on_reach, turned_away
from hrsim.processes.wellbeing import count_wellbeing, on_leaving
from hrsim.processes.working_day import lets_through

# What brings a contact about. One candidate leads to a service at most once in each way, so that the service's key and
# the way set the contact's questions apart from those of all others.
_REACHED = purpose("contact by reach")
_REFERRED = purpose("contact after a referral")
_PROMPTED = tuple(purpose(f"contact prompted by {event}") for event in PROMPTS)
_ONWARD = purpose("where a stay's end leads")
_SHARE, _HIV_TEST, _HCV_TEST, _DAY, _COMES, _ARRIVES = questions(6)


@kernel_function
def eligible(sim, i, a, s, word):
    """Return whether a service may take a contact or request from a person whose status word is given."""
    v = sim.service[a, s]
    if not v.open or v.stay == COVERED_STAY:
        return False
    enrolled = sim.state[i, a].enrolled
    if (enrolled >> s) & 1 and not v.aftereffect:
        return False
    if v.takes_over and (word >> (POOL_BIT + np.int64(v.slot))) & 1 and not enrolled & v.takes_over:
        return False
    return meets(sim, i, a, v, word)


@kernel_function
def meets(sim, i, a, conditions, word):
    """Return whether a person, whose status word is given, meets the conditions of a service or an event."""
    if word & conditions.forbidden:
        return False
    enrolled = sim.state[i, a].enrolled
    if (enrolled & conditions.required) != conditions.required or (enrolled & conditions.excluded) != 0:
        return False
    if conditions.youngest > 0 or conditions.oldest < ANY_AGE:
        age = sim.clock[NOW] - sim.person[i].birth
        return conditions.youngest <= age < conditions.oldest
    return True


@kernel_function
def stay_runs_out(sim, i, a, slot):
    """Carry out the timer of a stay's end, and move the person on to where its end leads."""
    stay = sim.stay[i, a, slot]
    s = stay.service
    began = stay.changed
    if not stay_ends(sim, i, a, slot):
        return
    luck, _ = personal_uniforms(sim, i, _ONWARD ^ sim.pool_key[slot], began, 0)
    passed = 0.0
    for k in range(sim.onward.shape[0]):
        if sim.onward[k].service == s:
            passed += sim.onward_chance[a, k]
            if luck < passed:
                begin_with(sim, i, a, sim.onward[k].to)
                return


@kernel_function
def begin_with(sim, i, a, s):
    """Begin a stay in the next service, if it may take the person."""
    if eligible(sim, i, a, s, status_word(sim, i, a)):
        touch_aspect(sim, i, a, sim.service[a, s].aspects)
        if sim.service[a, s].stay == CLOCKED_STAY:
            ask_for_place(sim, i, a, s)
        else:
            start_free_stay(sim, i, a, s)


@kernel_function
def _contact(sim, i, a, s, place):
    """Carry out one contact of an eligible person, keyed at a place of its own, if the service has room for it."""
    v = sim.service[a, s]
    begins = v.stay != NO_STAY and (v.contact_share >= 1.0 or uniform(place, _SHARE) < v.contact_share)
    flow(sim, a, s, DEMAND, 1)
    group_flow(sim, i, a, s, OF_DEMAND, 1)
    through = lets_through(sim, a, s, uniform(place, _DAY)) if v.day > 0 else True
    if not affords_contact(sim, a, s, begins and v.queue < 0):
        flow(sim, a, s, UNFUNDED, 1)
        _turn_away(sim, i, a, s, place)
        return
    if not through or not _take_token(sim, i, a, s):
        _turn_away(sim, i, a, s, place)
        return
    flow(sim, a, s, CONTACTS, 1)
    pay_contact(sim, a, s)
    group_flow(sim, i, a, s, OF_CONTACTS, 1)
    good_contact(sim, i, a, place)
    _deliver(sim, i, a, s, place)
    if not begins:
        return
    touch_aspect(sim, i, a, v.aspects)
    if v.stay == CLOCKED_STAY:
        if v.aftereffect and (sim.state[i, a].enrolled >> s) & 1:
            end_stay(sim, i, a, v.slot, False)
        elif sim.state[i, a].enrolled & v.takes_over:
            touch_aspect(sim, i, a, sim.service[a, sim.stay[i, a, v.slot].service].aspects)
            end_stay(sim, i, a, v.slot, False)
        ask_for_place(sim, i, a, s)
    else:
        start_free_stay(sim, i, a, s)


@kernel_function
def _turn_away(sim, i, a, s, place):
    flow(sim, a, s, TURNED_AWAY, 1)
    group_flow(sim, i, a, s, OF_TURNED_AWAY, 1)
    turned_away(sim, i, a, place)


@kernel_function
def _place_of_contact(sim, s, luck, way):
    """Return the place from which a candidate's contact with a service, brought about in one way, is keyed."""
    return set_apart(luck, sim.service_key[s] ^ way)


@kernel_function
def _take_token(sim, i, a, s):
    """Use up contacts or kits of a limited service; the stock refills steadily and holds a month's worth."""
    v = sim.service[a, s]
    if v.token_rate < 0.0:
        return True
    need = np.float64(v.kits if v.kits > 1 else 1)
    lapse = sim.clock[NOW] - v.token_tick
    v.tokens = min(v.token_depth, v.tokens + lapse * v.token_rate)
    v.token_tick = sim.clock[NOW]
    if v.tokens < need:
        return False
    v.tokens -= need
    return True


@kernel_function
def _deliver(sim, i, a, s, place):
    v = sim.service[a, s]
    if v.kits > 0:
        touch_aspect(sim, i, a, CARRIED)
        change_kits(sim, i, a, np.int64(v.kits))
        flow(sim, a, s, ITEMS, np.int64(v.kits))
        group_flow(sim, i, a, s, OF_ITEMS, np.int64(v.kits))
    if v.hiv_test > 0.0:
        _test_hiv(sim, i, a, s, place)
    if v.hcv_test > 0.0:
        _test_hcv(sim, i, a, s, place)
    if v.refers:
        _refer(sim, i, a, s, place)


@kernel_function
def _refer(sim, i, a, s, place):
    """Note who is referred on at a contact, and who arrives: one uniform, so that a better chance loses nobody."""
    group = sim.person[i].group
    w = sim.world[a]
    for k in range(sim.referral.shape[0]):
        if sim.referral[k].service == s:
            to = sim.referral[k].to
            chance = sim.referral_chance[a, k]
            answer = uniform(set_apart(place, sim.referral_key[k]), _ARRIVES)
            if answer < chance:
                w.referrals |= np.int64(1) << to
            arrives = chance_of_coming(sim, i, a, sim.referral_completion[a, k]) * sim.access[a, to, group]
            if answer < chance * arrives:
                w.arrivals |= np.int64(1) << to


@kernel_function
def _test_hiv(sim, i, a, s, place):
    flow(sim, a, s, ITEMS, 1)
    group_flow(sim, i, a, s, OF_ITEMS, 1)
    state = sim.state[i, a]
    infected = state.hiv != HIV_NONE and not state.diagnosed & DIAGNOSED_HIV
    if infected and uniform(place, _HIV_TEST) < sim.service[a, s].hiv_test:
        touch(sim, i, a)
        state.diagnosed |= DIAGNOSED_HIV
        count_event(sim, i, a, HIV_DIAGNOSIS)
        prompt(sim, a, PROMPT_HIV)


@kernel_function
def _test_hcv(sim, i, a, s, place):
    flow(sim, a, s, ITEMS, 1)
    group_flow(sim, i, a, s, OF_ITEMS, 1)
    state = sim.state[i, a]
    infected = state.viraemic and not state.diagnosed & DIAGNOSED_HCV
    if infected and uniform(place, _HCV_TEST) < sim.service[a, s].hcv_test:
        touch(sim, i, a)
        state.diagnosed |= DIAGNOSED_HCV
        count_event(sim, i, a, HCV_DIAGNOSIS)
        prompt(sim, a, PROMPT_HCV)


@kernel_function
def prompt(sim, a, event):
    """Note that an event of the person under way calls for contacts; `follow_up` makes them."""
    sim.world[a].prompts |= np.int64(1) << event


@kernel_function
def follow_up(sim, i, a, luck):
    """Make the contacts that were prompted or referred to, each at most once for one candidate."""
    w = sim.world[a]
    seen_events = np.int64(0)
    seen_services = np.int64(0)
    while w.prompts != 0 or w.referrals != 0:
        events = w.prompts & ~seen_events
        services = w.referrals & ~seen_services
        arrivals = w.arrivals
        w.prompts = 0
        w.referrals = 0
        w.arrivals = 0
        seen_events |= events
        seen_services |= services
        for s in range(sim.service.shape[1]):
            if (services >> s) & 1:
                _follow_referral(sim, i, a, s, (arrivals >> s) & 1, luck)
        for event in range(len(PROMPTS)):
            if (events >> event) & 1:
                _follow_event(sim, i, a, event, luck)


@kernel_function
def _follow_referral(sim, i, a, s, arrives, luck):
    """Count a referral of a person whom the service may take, and make the contact if the person arrives."""
    if not eligible(sim, i, a, s, status_word(sim, i, a)):
        return
    flow(sim, a, s, REFERRALS_MADE, 1)
    if arrives:
        flow(sim, a, s, REFERRALS_COMPLETED, 1)
        _contact(sim, i, a, s, _place_of_contact(sim, s, luck, _REFERRED))


@kernel_function
def _follow_event(sim, i, a, event, luck):
    for s in range(sim.service.shape[1]):
        prompted = sim.prompt_chance[a, s, event]
        if prompted <= 0.0:
            continue
        chance = chance_of_coming(sim, i, a, prompted) * sim.access[a, s, sim.person[i].group]
        place = _place_of_contact(sim, s, luck, _PROMPTED[event])
        if uniform(place, _COMES) < chance and eligible(sim, i, a, s, status_word(sim, i, a)):
            _contact(sim, i, a, s, place)


@kernel_function
def reach_hazard(sim, s, i, a):
    """Return how fast a service finds a person, 0 for those it may not take."""
    rate = sim.reach_rate[a, s, sim.person[i].group]
    if rate <= 0.0 or not eligible(sim, i, a, s, sim.state[i, a].word):
        return 0.0
    return rate * multiplier(sim, i, a, start_target(s)) * on_reach(sim, i, a)


@kernel_function
def reach_apply(sim, s, i, a, luck):
    """Carry out a contact that reach brought about, and what it leads to."""
    _contact(sim, i, a, s, _place_of_contact(sim, s, luck, _REACHED))
    follow_up(sim, i, a, luck)


@kernel_function
def leave_hazard(sim, s, i, a):
    """Return how fast a person leaves a service whose stays have no clock."""
    if not (sim.state[i, a].enrolled >> s) & 1:
        return 0.0
    v = sim.service[a, s]
    if v.stay != FREE_STAY:
        return 0.0
    effects = enrolled_multiplier(sim, i, a, leave_target(s))
    return v.leave_rate * v.hazard_ratio * effects * on_leaving(sim, i, a)


@kernel_function
def leave_apply(sim, s, i, a, luck):
    """End an enrolment without a clock."""
    touch_aspect(sim, i, a, sim.service[a, s].aspects)
    end_free_stay(sim, i, a, s)


@kernel_function
def count_all_services(sim):
    """Count every service's clients and waits, and everybody's distress and trust, up to now: at quarter ends."""
    for a in range(sim.service.shape[0]):
        for s in range(sim.service.shape[1]):
            count_service(sim, a, s)
        for i in range(sim.state.shape[0]):
            if sim.state[i, a].status == ALIVE:
                count_wellbeing(sim, i, a)
    close_groups(sim)


PROCESSES = (
    Process("reach", reach_hazard, reach_apply, quiet=True, reads=PERSON | INFECTION),
    Process("leave", leave_hazard, leave_apply, quiet=True, reads=PERSON),
)

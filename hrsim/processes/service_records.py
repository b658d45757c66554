"""The records that services are compiled into: what a kernel needs to know of one service in one arm."""

from hrsim.engine.simulation import record

# Contact only; with a clock and perhaps a list; exponential without either; as long as the coverage holds the person.
NO_STAY, CLOCKED_STAY, FREE_STAY, COVERED_STAY = range(4)
NO_LIMIT = -1
NOT_KEPT = -1
ANY_AGE = 2**62  # ticks

SERVICE = record(
    [
        # Read at every candidate: first, so that they share a cache line.
        ("forbidden", "i8"),  # status bits that make a person ineligible
        ("required", "i8"),  # enrolments that a person must have
        ("excluded", "i8"),  # enrolments that a person must not have
        ("takes_over", "i8"),  # services of its pool whose clients may move to it
        ("youngest", "i8"),  # age in ticks
        ("oldest", "i8"),  # ANY_AGE for no limit
        ("open", "i2"),
        ("present", "i2"),
        ("invited", "i2"),  # people come to it without its reach: prompts, referrals, stays at the start
        ("aftereffect", "i2"),  # the stay is the window after a contact; contacts go on meanwhile
        ("stay", "i2"),
        ("slot", "i2"),  # column of the stay's clock, -1 for none
        ("budget", "i2"),  # NO_BUDGET for none
        ("left", "i2"),  # column of the ends of its last stays, NOT_KEPT where no window follows a stay
        ("aspects", "i8"),  # aspects of a person that a stay in the service changes
        ("places", "i8"),  # NO_LIMIT for none
        ("occupied", "i8"),
        ("waiting", "i8"),
        ("counted", "i8"),  # tick up to which client and waiting time is counted
        ("token_rate", "f8"),  # contacts or kits per tick, negative for no limit
        ("token_depth", "f8"),
        ("tokens", "f8"),
        ("token_tick", "i8"),
        ("scale", "f8"),  # ticks: cumulative hazard of leaving = (t / scale) ** weibull_shape
        ("weibull_shape", "f8"),
        ("early", "f8"),  # cumulative hazard of the first weeks, 0 until it is needed
        ("hazard_ratio", "f8"),
        ("fixed", "i8"),  # length of a course in ticks, 0 for a random stay
        ("leave_rate", "f8"),  # per year, for stays without a clock
        ("patience_rate", "f8"),  # per year, 0 for endless patience
        ("first_window", "i8"),  # length in ticks of its longest window after a start, 0 for none
        ("after_window", "i8"),  # likewise after an end
        ("contact_share", "f8"),  # share of contacts that begin the stay
        ("hiv_test", "f8"),
        ("hcv_test", "f8"),
        ("hcv_cure", "f8"),
        ("hiv_suppression", "f8"),
        ("coverage", "f8"),  # covered stays: share of the people it may take that it holds
        ("at_hand", "f8"),  # chance that naloxone is at hand at a client's witnessed overdose
        ("visits", "f8"),  # supervised visits wanted per client-year
        (
            "visit_capacity",
            "f8",
        ),  # supervised visits, or contacts of a day, that fit in a year; negative: no limit
        ("site_risk", "f8"),  # overdose risk of an episode there against the person's other episodes
        ("site_overdoses", "f8"),  # overdoses that it counts at a visit; negative: by `site_risk`
        ("site_elsewhere", "f8"),  # share of those that would be overdoses elsewhere too
        ("visit_rest", "f8"),  # fraction of a visit carried to the next count
        ("curve", "i8"),  # row of the curves of demand met, 0 for none: all that fits is met
        ("day", "i8"),  # the same for contacts with a clinic or mobile unit, 0 for none
        (
            "wishes",
            "f8",
        ),  # contacts wanted of late, and the part of the memory that has passed since it opened
        ("observed", "f8"),
        ("wished", "i8"),  # tick of the last wish
        ("sites", "i8"),
        ("contact_cents", "i8"),  # prices that its budget pays, in whole cents; 0 without a budget
        ("item_cents", "i8"),
        ("start_cents", "i8"),
        ("client_cents", "i8"),  # a client-year
        ("open_cents", "i8"),  # a year open
        ("site_cents", "i8"),  # a site-year
        ("place_cents", "i8"),  # a place-year
        ("set_up_cents", "i8"),  # due at the first opening, then 0
        ("running_cents", "i8"),  # a year, as set aside now for being open and for places
        ("planned_places", "i8"),  # what the study says, whether or not there is money for it
        ("planned_sites", "i8"),
        ("planned_visits", "f8"),  # visit_capacity of the planned sites
        ("head", "i4"),
        ("tail", "i4"),
        ("planned_open", "i2"),  # what the study says, whether or not there is money for it
        ("began", "i2"),  # column of the starts of stays without a clock that a budget pays, -1 for none
        ("queue", "i2"),  # column of the list's links, -1 for none
        ("refers", "i2"),  # it refers people on
        ("links", "i2"),  # being in it changes how fast people leave another service
        ("oat", "i2"),  # level in the opioid agonist treatment dimension, 0 for none
        ("kits", "i2"),
        ("routes", "i2"),  # bit mask of routes that a supervised site takes
        ("ends_in_custody", "i2"),
        ("ends_after_overdose", "i2"),
    ]
)
STAY = record(
    [
        ("changed", "i8"),  # enrolled: tick of the start; waiting: tick of joining the list
        ("end", "i8"),  # enrolled: planned end; else: end of the last stay
        ("target", "f8"),  # value of (t / scale) ** weibull_shape at which the stay ends in its first weeks
        ("service", "i2"),  # of this or the last stay, -1 if there was none
        ("ordinal", "i2"),  # of this or the last stay
        ("phase", "i2"),
        ("wanted", "i2"),  # service waited for
    ]
)
LINK = record([("following", "i4"), ("previous", "i4")])
REFERRAL = record([("service", "i4"), ("to", "i4")])
ONWARD = record([("service", "i4"), ("to", "i4")])  # where people go when a stay runs out
OWN_EVENT = record(
    [
        ("forbidden", "i8"),  # status bits of people whom it cannot befall
        ("required", "i8"),  # enrolments that it takes
        ("excluded", "i8"),  # enrolments that keep it away
        ("youngest", "i8"),
        ("oldest", "i8"),
        ("counted", "i4"),  # place among the events of the ledger
        ("death", "i4"),  # place of deaths of it, -1 if nobody dies of it
    ]
)

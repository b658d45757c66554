"""A programme that nobody foresaw takes YAML alone."""

from typing import Any

from tests.simulation.studies import bare, events, flow, prepared, run

# A boat clinic: a course for people injecting in unstable housing, limited places, a wait, referral from
# outreach at the quay, effects on five hazards in three windows, and a price. No code knows it.
BOAT: dict[str, Any] = {
    "label": "Boat clinic",
    "eligible": {"use": ["injecting"], "housing": ["unstable"]},
    "reach": 2.0,
    "prompted_by": {"overdose_survived": 0.2, "custody_release": 0.5},
    "capacity": {"places": 150},
    "waiting": {"patience": "6 weeks"},
    "stay": {"fixed": "20 weeks"},
    "ends_on": ["custody_entry"],
    "site": "quay",
    "referral_completion": {"same_site": 0.9, "elsewhere": 0.3},
    "effects": [
        {"on": "overdose", "multiplier": 0.3},
        {"on": "overdose", "multiplier": 1.5, "during": {"after": "4 weeks"}},
        {"on": "skin_infection", "multiplier": 0.5},
        {"on": "custody_entry", "multiplier": 0.5},
        {"on": "leave.quay_outreach", "multiplier": 0.5},
    ],
    "delivers": {"naloxone_kits": 2},
    "costs": [
        {
            "per": "place_year", "price": 9000.0, "currency": "CAD", "price_year": 2024, "payer": "harbour_board",
            "sector": "health", "category": "programme",
        }
    ],
}  # fmt: skip
OUTREACH = {
    "label": "Outreach at the quay",
    "reach": 1.0,
    "stay": {"mean": "3 months"},
    "site": "quay",
    "refers_to": [{"service": "boat_clinic", "probability": 0.5}],
}


def test_a_programme_nobody_foresaw_takes_yaml_alone() -> None:
    on = ("overdose", "custody", "housing", "skin_infection", "background_mortality")
    arms = {"without": {"remove": ["services.boat_clinic"], "services": {"quay_outreach": {"refers_to": []}}}}
    tree = bare(
        2000,
        3.0,
        {"boat_clinic": BOAT, "quay_outreach": OUTREACH},
        on,
        {**arms, "with": {}},
        unstable_housing=0.5,
    )
    one = run(prepared(tree), 5)
    overdoses = events(one, "overdose_nonfatal")
    assert overdoses[1] < 0.98 * overdoses[0]
    for name in ("starts", "completions", "turned_away", "items", "referrals_completed"):
        assert flow(one, name, "boat_clinic")[0] == 0
    for name in ("starts", "completions", "items", "waiting_ticks", "referrals_completed"):
        assert flow(one, name, "boat_clinic")[1] > 0, name
    assert flow(one, "client_ticks", "boat_clinic")[1] <= flow(one, "place_ticks", "boat_clinic")[1]

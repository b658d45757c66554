"""Referrals: made with their chance, completed by site; hubs and sites say the same; neutral when nothing is stated."""

from functools import cache
from typing import Any

import numpy as np
import pytest

from hrsim.engine.ledger import Ledger
from tests.full_model.studies import assert_same, by_arm
from tests.simulation.studies import bare, flow, prepared, run

CHANCE, SAME, ELSEWHERE = 0.4, 0.8, 0.3
DOOR = {"label": "Door", "reach": 4.0, "refers_to": [{"service": "clinic", "probability": CHANCE}]}
CLINIC = {"label": "Clinic", "referral_completion": {"same_site": SAME, "elsewhere": ELSEWHERE}}
ARMS: dict[str, dict[str, Any]] = {
    "apart": {},
    "sites": {"services": {"door": {"site": "station"}, "clinic": {"site": "station"}}},
    "hub": {"hubs": {"station": ["door", "clinic"]}},
    "two_hubs": {"hubs": {"station": ["door"], "harbour": ["clinic"]}},
    "said_same": {"services": {"door": {"refers_to": [{**DOOR["refers_to"][0], "site": "same"}]}}},
    "said_elsewhere": {
        "hubs": {"station": ["door", "clinic"]},
        "services": {"door": {"refers_to": [{**DOOR["refers_to"][0], "site": "elsewhere"}]}},
    },
    "nobody_lost": {"services": {"clinic": {"referral_completion": {"same_site": 1.0, "elsewhere": 1.0}}}},
    "nothing_stated": {"remove": ["services.clinic.referral_completion"]},
    "no_referral": {"services": {"door": {"refers_to": []}}},
    "all_lost": {"services": {"clinic": {"referral_completion": {"same_site": 0.0, "elsewhere": 0.0}}}},
}


@cache
def ledger() -> Ledger:
    return run(prepared(bare(2000, 2.0, {"door": DOOR, "clinic": CLINIC}, (), ARMS)), 3)


def total(name: str, arm: str, service: str = "clinic") -> int:
    return int(flow(ledger(), name, service)[ledger().arms.index(arm)])


@pytest.mark.parametrize(
    ("arm", "completion"), [("apart", ELSEWHERE), ("hub", SAME), ("nobody_lost", 1.0), ("all_lost", 0.0)]
)
def test_referrals_are_made_and_completed_with_their_chances(arm: str, completion: float) -> None:
    contacts, made = total("contacts", arm, "door"), total("referrals_made", arm)
    completed = total("referrals_completed", arm)
    assert abs(made - CHANCE * contacts) < 4 * np.sqrt(contacts * CHANCE * (1 - CHANCE))
    assert abs(completed - completion * made) <= 4 * np.sqrt(made * completion * (1 - completion))
    assert total("contacts", arm) == completed


def test_a_roof_changes_who_arrives_and_not_who_is_sent() -> None:
    assert total("referrals_made", "hub") == total("referrals_made", "apart")
    assert total("referrals_completed", "hub") > 2 * total("referrals_completed", "apart")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("sites", "hub"),  # two ways of writing one thing
        ("said_same", "hub"),
        ("two_hubs", "apart"),
        ("said_elsewhere", "apart"),
        ("nothing_stated", "nobody_lost"),  # the default is neutral
    ],
)
def test_different_words_for_one_thing_give_the_same_numbers(one: str, other: str) -> None:
    arms = by_arm(ledger())
    assert_same(arms[one], arms[other])


def test_losing_everybody_is_no_referral_but_for_the_count_of_those_sent() -> None:
    """Where nobody is sent, the clinic has no way in and does not stand; where everybody is lost, it stands empty."""
    arms = by_arm(ledger())
    of_the_arm = {f"clinic:{flow}" for flow in ("referrals_made", "open_ticks", "site_ticks")}
    lost = {k: v for k, v in arms["all_lost"][2].items() if k not in of_the_arm}
    assert total("referrals_made", "all_lost") > 0
    assert_same((*arms["all_lost"][:2], lost), arms["no_referral"])


def test_only_those_whom_the_other_service_may_take_are_referred() -> None:
    """A clinic for people who do not use sees nobody from a town where everybody does."""
    clinic = {**CLINIC, "eligible": {"use": ["not_using"]}}
    one = run(prepared(bare(500, 1.0, {"door": DOOR, "clinic": clinic})), 3)
    assert flow(one, "contacts", "door")[0] > 0
    assert flow(one, "referrals_made", "clinic")[0] == 0


def test_referrals_follow_on_from_each_other() -> None:
    """Door to clinic to ward, all arriving: a ward visit for each clinic visit."""
    clinic = {"label": "Clinic", "refers_to": [{"service": "ward", "probability": 1.0}]}
    services = {"door": DOOR, "clinic": clinic, "ward": {"label": "Ward"}}
    one = run(prepared(bare(500, 1.0, services)), 3)
    assert flow(one, "contacts", "ward")[0] == flow(one, "contacts", "clinic")[0] > 0

"""From a study to its valuer: whose costs, in which arms, at which price."""

import pytest

from hrsim.evidence import load_register
from hrsim.experiment.parameters import all_draws
from hrsim.experiment.plan import Plan
from hrsim.experiment.valuing import NoComparator, comparator_of, service_costs, valuer
from hrsim.study.load import load_study
from hrsim.study.parents import packaged_scenarios

DEMO = packaged_scenarios() / "demo.yaml"


def drawn():
    register = load_register()
    return register, all_draws(register, Plan(1, 1, 1, "central"))[0]


def test_a_price_that_every_arm_shares_is_listed_once_for_all():
    study = load_study(DEMO).study
    listed = list(service_costs(study))
    assert len({(service, cost) for service, cost, _ in listed}) == len(listed)
    naloxone = [arms for service, _, arms in listed if service == "take_home_naloxone"]
    assert naloxone
    assert set(naloxone) == {()}


def test_a_price_of_some_arms_names_them():
    path = "arms.naloxone_x3.services.take_home_naloxone.costs"
    line = "{per: kit, price: 99, currency: CAD, price_year: 2024, payer: p, sector: health, category: c}"
    listed = list(service_costs(load_study(DEMO, [f"{path}=[{line}]"]).study))
    arms = {cost.price.value: arms for service, cost, arms in listed if service == "take_home_naloxone"}
    assert "naloxone_x3" in arms[99]
    assert all("naloxone_x3" not in others for price, others in arms.items() if price != 99)


def test_every_evidence_id_it_rests_on_is_drawn():
    register, parameters = drawn()
    used = valuer(load_study(DEMO).study, register).evidence_ids(parameters)
    assert used
    assert used <= set(register)


def test_several_arms_need_a_comparator():
    study = load_study(DEMO).study
    unnamed = study.model_copy(update={"analysis": study.analysis.model_copy(update={"comparator": None})})
    with pytest.raises(NoComparator, match="status_quo"):
        comparator_of(unnamed)

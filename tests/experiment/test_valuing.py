"""From a study to its valuer: whose costs, in which arms, at which price."""

import pytest

from hrsim.errors import StudyError
from hrsim.evidence import load_register
from hrsim.experiment.design import design
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


LIFE = "analysis.value_of_statistical_life"


def life_value(*overrides, draw=0):
    """Return the value of a statistical life of the demonstration in one draw, in CAD of 2024."""
    experiment = design(load_study(DEMO, ["analysis.draws=2", *overrides]))
    parameters = experiment.draws[draw]
    values = valuer(experiment.resolved.study, experiment.register)
    book = values.book(parameters)
    return book.amount(book.health_values["life"], parameters, values.analysis.money)


def test_a_value_of_life_from_evidence_is_converted_into_the_studys_money():
    """13.1 million USD of 2023 is 15.5 million CAD of 2024; it was taken for 13.1 million CAD."""
    inflated = 13.1e6 * 143.8573 / 139.7358  # consumer prices of the United States, 2023 to 2024
    expected = inflated * 1.150472  # Canadian dollars for one United States dollar at the parity of 2024
    assert expected == pytest.approx(15_515_707, abs=1)
    central = "analysis.uncertainty=central"
    assert life_value(f"{LIFE}={{evidence: vsl.hhs_2024}}", central) == pytest.approx(expected, rel=1e-12)
    half = f"{LIFE}={{evidence: vsl.hhs_2024, times: 0.5}}"
    assert life_value(half, central) == pytest.approx(expected / 2, rel=1e-12)


def test_a_value_of_life_that_is_a_number_is_in_the_studys_money():
    assert life_value(f"{LIFE}=9000000") == 9e6


def test_a_value_of_life_with_an_interval_is_drawn():
    interval = f"{LIFE}={{value: 9000000, low: 6000000, high: 12000000}}"
    assert life_value(interval, draw=0) != life_value(interval, draw=1)
    assert life_value(f"{LIFE}={{evidence: vsl.hhs_2024}}", draw=0) != life_value(
        f"{LIFE}={{evidence: vsl.hhs_2024}}", draw=1
    )


def test_the_value_of_life_in_use_is_listed_as_evidence():
    experiment = design(load_study(DEMO, [f"{LIFE}={{evidence: vsl.hhs_2024}}", "analysis.draws=1"]))
    used = valuer(experiment.resolved.study, experiment.register).evidence_ids(experiment.draws[0])
    assert "vsl.hhs_2024" in used
    assert "vsl.can_2007" not in used


def test_money_without_a_way_into_the_studys_is_refused_before_the_run():
    with pytest.raises(StudyError, match="price index of CAD in 2031"):
        design(load_study(DEMO, ["analysis.price_year=2031"]))

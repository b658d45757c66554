"""From a study to its valuer: whose costs, in which arms, at which price."""

import pytest

from hrsim.errors import StudyError
from hrsim.evidence import load_register
from hrsim.evidence.reference_cases import load_reference_cases
from hrsim.experiment.design import check_study, design
from hrsim.experiment.parameters import independent_draws
from hrsim.experiment.plan import Plan
from hrsim.experiment.price_book import service_costs
from hrsim.experiment.valuing import NoComparator, comparator_of, valuer
from hrsim.study.load import load_study
from hrsim.study.parents import packaged_scenarios

DEMO = packaged_scenarios() / "demo.yaml"


def drawn():
    register = load_register()
    return register, independent_draws(register, Plan(1, 1, 1, "central"))[0]


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


ONE_ARM = """
hrsim: 1
title: One arm
extends: settings/british_columbia.yaml
horizon: {start: 2026-01-01, years: 2}
arms: {now: {}}
analysis: {comparator: now, draws: 1, uncertainty: central}
"""


@pytest.fixture
def problems(tmp_path):
    """Give a function that returns what is wrong with the money of a study under overrides."""
    path = tmp_path / "study.yaml"
    path.write_text(ONE_ARM)

    def find(*overrides):
        with pytest.raises(StudyError) as caught:
            check_study(load_study(path, overrides))
        return {problem.code: problem for problem in caught.value.problems}

    return find


def test_unknown_perspectives_and_price_lines_are_named_at_their_place(problems):
    found = problems("analysis.perspectives=[health_sectr]")["PRICE"]
    assert "health_sectr" in found.message
    assert "health_sector" in found.fix
    assert (found.location.line, found.location.column) == (1, 24)
    found = problems("analysis.releases={admision: cash}")["PRICE"]
    assert "'admission'" in found.fix
    assert found.location is not None


def test_a_cost_in_money_without_a_rate_is_named_at_the_service_that_has_it(problems):
    cost = "{per: kit, price: 3, currency: EUR, price_year: 2020, payer: a, sector: health, category: c}"
    found = problems(f"arms.now.services.take_home_naloxone.costs=[{cost}]")["CURRENCY"]
    assert "take_home_naloxone.kit is in 2020 EUR" in found.message
    assert found.location.file == "<--set>"
    found = problems("analysis.price_year=2031")["CURRENCY"]
    assert found.path == "analysis.price_year"


def test_a_cost_that_would_be_paid_twice_is_refused(problems):
    line = "{per: client_year, price: {evidence: %s, times: 12}, payer: a, sector: health, category: c}"
    found = problems(f"arms.now.services.hiv_treatment.costs=[{line % 'cost.art_month_can'}]")[
        "COUNTED_TWICE"
    ]
    assert "hiv_medicines" in found.message
    twice = f"{line % 'cost.met_month_can'}, {line % 'cost.met_month_can'}".replace(
        "times: 12", "times: 6", 1
    )
    found = problems(f"arms.now.services.oat_methadone.costs=[{twice}]")["COUNTED_TWICE"]
    assert "two cost lines" in found.message
    assert found.location is not None


def test_a_named_payer_is_a_perspective(tmp_path):
    path = tmp_path / "study.yaml"
    path.write_text(ONE_ARM)
    resolved = load_study(path, ["analysis.perspectives=[health_payer, society]"])
    check_study(resolved)
    assert resolved.study.analysis.perspectives == ("health_payer", "society")


def test_a_reference_case_holds_unless_the_study_says_otherwise(tmp_path):
    path = tmp_path / "study.yaml"
    path.write_text(ONE_ARM)
    analysis = load_study(path, ["analysis.reference_case=canada_2017"]).study.analysis
    rate = load_register()["ref.disc_cda_2017"].value
    assert analysis.discount.costs == analysis.discount.effects == ((0.0, rate),)
    assert analysis.thresholds == (load_register()["ref.wtp_can"].value,)
    assert analysis.perspectives == ("health_payer",)
    path.write_text(
        ONE_ARM.replace("draws: 1", "draws: 1, reference_case: second_panel_2016, thresholds: [70000]")
    )
    resolved = load_study(path)
    assert resolved.study.analysis.discount.costs == ((0.0, load_register()["ref.disc_second_panel"].value),)
    assert resolved.study.analysis.thresholds == (70000,)
    register, parameters = drawn()
    assert "ref.disc_second_panel" in valuer(resolved.study, register).evidence_ids(parameters)
    assert resolved.provenance("analysis.discount.costs").line == 7


def test_thresholds_of_a_reference_case_are_not_converted(tmp_path):
    path = tmp_path / "study.yaml"
    path.write_text(ONE_ARM)
    with pytest.raises(StudyError, match="those of nice_2026 are in GBP"):
        load_study(path, ["analysis.reference_case=nice_2026"])
    with pytest.raises(StudyError, match="did you mean 'nice_2026'"):
        load_study(path, ["analysis.reference_case=nice_2027"])


@pytest.mark.parametrize("name", load_reference_cases())
def test_every_reference_case_rests_on_the_register(name):
    case = load_reference_cases()[name]
    assert set(case.evidence) <= set(load_register())
    for row in case.thresholds:
        assert load_register()[row].currency == case.currency

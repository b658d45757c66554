"""What a row of evidence can move, as the shipped demonstration names it: read from the study, not from any draw."""

import pytest

from hrsim.cli.running import Request, run_request
from hrsim.experiment.stored import open_stored_run
from hrsim.sensitivity.possible import Possible, possible_in
from hrsim.study.parents import packaged_scenarios
from tests.cli.conftest import prepare_stand_in, simulate_stand_in


def prepare_with_evidence(resolved):
    """Stand in for the engine, and say that simulations rest on two rows."""
    model = prepare_stand_in(resolved)
    return type(model)(model.arms, model.services, ("od.witnessed", "exp.thn_reach_rate"))


def possible_with(folder, *overrides):
    """Give what rows can move in a run of the demonstration."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hrsim.cli.running.prepare", prepare_with_evidence)
        patch.setattr("hrsim.experiment.run.simulate", simulate_stand_in)
        demo = packaged_scenarios() / "demo.yaml"
        chosen = ("analysis.draws=2", "horizon.years=2", *overrides)
        path = run_request(Request(demo, chosen, folder, 1, "refuse")).path
    return possible_in(open_stored_run(path))


@pytest.fixture(scope="module")
def possible(tmp_path_factory):
    """Of the demonstration's arms some are without consumption sites."""
    return possible_with(tmp_path_factory.mktemp("runs"))


@pytest.mark.parametrize(
    ("row", "moved"),
    [
        ("od.witnessed", {"overdose_death", "qalys", "cost", "net_monetary_benefit"}),
        ("cost.amb_can", {"cost", "net_monetary_benefit"}),
        ("ut.hcv_dc", {"qalys", "net_monetary_benefit"}),
        ("vsl.can_2007", set()),
    ],
)
def test_a_row_moves_what_it_can(possible, row, moved):
    measures = ("overdose_death", "qalys", "cost", "net_monetary_benefit")
    found = {name for name in measures if possible.moves(row, name, "naloxone_x3", "status_quo")}
    assert found == moved


def test_a_cost_of_a_service_moves_only_arms_that_have_it(possible):
    of_sites = [row for row, arms in possible.arms.items() if arms == {"consumption_site", "integrated"}]
    assert of_sites
    for row in of_sites:
        assert not possible.moves(row, "cost", "naloxone_x3", "status_quo")
        assert not possible.moves(row, "net_monetary_benefit", "oat_expansion", "status_quo")
    assert any(possible.moves(row, "cost", "consumption_site", "status_quo") for row in of_sites)


def test_a_row_that_every_arm_rests_on_is_in_no_list_of_arms(possible):
    assert not {"od.witnessed", "cost.amb_can", "ut.hcv_dc"} & set(possible.arms)


def test_with_budgets_prices_of_services_move_who_is_admitted(possible, tmp_path):
    """A share of what another arm spends: what that arm alone rests on moves the arm that follows it as well."""
    budget = "arms.naloxone_x3.budgets={cut: {of: consumption_site, share: 0.9}}"
    bought = possible_with(tmp_path, budget)
    price, bystanders = "cost.met_month_can", ("oat_expansion", "status_quo")
    assert not possible.moves(price, "overdose_death", *bystanders)
    assert bought.moves(price, "overdose_death", *bystanders)
    of_sites = "cost.dcr_setup_au"
    assert possible.arms[of_sites] == {"consumption_site", "integrated"}
    assert bought.arms[of_sites] == {"consumption_site", "integrated", "naloxone_x3"}
    assert bought.moves(of_sites, "cost", "naloxone_x3", "status_quo")


def test_nothing_known_moves_nothing():
    assert not Possible().moves("od.witnessed", "cost", "more", "now")

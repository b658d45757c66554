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


@pytest.fixture(scope="module")
def possible(tmp_path_factory):
    """Give what rows can move in a run of the demonstration's first arms, one of them without consumption sites."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hrsim.cli.running.prepare", prepare_with_evidence)
        patch.setattr("hrsim.experiment.run.simulate", simulate_stand_in)
        demo = packaged_scenarios() / "demo.yaml"
        chosen = ("analysis.draws=2", "horizon.years=2")
        path = run_request(Request(demo, chosen, tmp_path_factory.mktemp("runs"), 1, "refuse")).path
    return possible_in(open_stored_run(path))


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


def test_nothing_known_moves_nothing():
    assert not Possible().moves("od.witnessed", "cost", "more", "now")

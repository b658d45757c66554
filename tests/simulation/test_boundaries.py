"""Evidence at the edge of its kind: every row at 0, at 1 or at its bounds is refused in words, or runs."""

import pytest

from hrsim.compile import assemble_draw, begin_services, prepare
from hrsim.errors import StudyError
from hrsim.evidence.kinds import KINDS
from hrsim.evidence.register import load_register
from hrsim.experiment.parameters import check_draws
from hrsim.experiment.valuing import valuer
from hrsim.simulate import simulate
from hrsim.study.load import load_study
from tests.simulation.studies import TOWN

EXPLODING = {"exp.entry_rate"}  # 1 entry a person a year is a large town, not a fault


@pytest.fixture(scope="module")
def small():
    """Return a small town, compiled, with its valuer and one ledger."""
    resolved = load_study(TOWN, ["population.size=50", "horizon.years=1"])
    study = prepare(resolved)
    return study, valuer(resolved.study, load_register()), simulate(study, study.central, 1)


def edges(row):
    kind = KINDS[row.kind]
    return {edge for edge in (0.0, 1.0, kind.lowest, kind.highest) if kind.lowest <= edge <= kind.highest} - {
        float("inf"),
        float("-inf"),
    }


def outcome(make):
    """Say whether something ran, or was refused in words with exit code 3; any other error goes on."""
    try:
        make()
    except StudyError as error:
        assert all(problem.message and problem.fix and problem.path for problem in error.problems)
        return "refused"
    return "ran"


@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_every_row_in_use_runs_at_its_edges_or_is_refused_in_words(small):
    study, values, ledger = small
    used = {*study.parameter_ids, *values.evidence_ids(study.central)} - EXPLODING
    assert len(used) > 150

    def try_out(draw):
        check_draws(study.study, {0: draw})
        begin_services(study, assemble_draw(study, draw, 1).sim, draw, 1)
        values.value(ledger, draw)

    found = {
        (name, edge): outcome(lambda draw={**study.central, name: edge}: try_out(draw))
        for name in sorted(used)
        for edge in sorted(edges(load_register()[name]))
    }
    refused = {name for name, result in found.items() if result == "refused"}
    assert ("inf.hcv_hcc_death", 0.0) in refused
    assert ("exp.art_stay_years", 0.0) in refused
    assert ("hsu.ed_rate_pwid_melb", 0.0) in refused
    assert len(refused) < len(found) / 4

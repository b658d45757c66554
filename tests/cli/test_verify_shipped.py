"""A run of any shipped study verifies as it was written, and again after it was resumed."""

import pytest

from hrsim.study.parents import packaged_scenarios

STUDIES = sorted(path.name for path in packaged_scenarios().glob("*.yaml"))
FITTED = "british_columbia_calibrated.yaml"
PLANS = (
    (),
    ("--set", "analysis.uncertainty=central", "--set", "analysis.replicates=2"),
    ("--set", "analysis.sampling=stratified"),
    ("--set", "parameters.exp.kit_reach=0.5"),
)


def run_and_verify(hrsim, tmp_path, study, options):
    """Run, verify every draw, lose one, resume, verify again."""
    asked = ("run", str(packaged_scenarios() / study), *options, "--out", str(tmp_path / "runs"))
    shown = hrsim(*asked)
    assert shown.code == 0, shown.err
    (folder,) = (tmp_path / "runs").iterdir()
    for _ in range(2):
        verified = hrsim("verify", str(folder), "--full")
        assert verified.code == 0, verified.out
        min((folder / "draws").glob("draw_*.parquet")).unlink()
        assert hrsim(*asked, "--resume").code == 0


@pytest.mark.usefixtures("stand_in_engine")
@pytest.mark.parametrize("plan", PLANS)
def test_a_study_with_a_posterior_verifies_whatever_its_plan(hrsim, tmp_path, plan):
    run_and_verify(hrsim, tmp_path, FITTED, ("--draws", "2", *plan))


@pytest.mark.slow
@pytest.mark.parametrize("study", STUDIES)
def test_every_shipped_study_verifies(hrsim, tmp_path, study):
    small = ("--draws", "2", "--set", "population.size=100")
    run_and_verify(hrsim, tmp_path, study, small)

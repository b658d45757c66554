"""A posterior in a study: joint draws, the study's own numbers over it, refused when missing, changed or alien."""

import hashlib
import json

import numpy as np
import pandas as pd
import pytest

from hrsim.cli.reporting import limits_of
from hrsim.errors import StudyError
from hrsim.experiment.design import design
from hrsim.experiment.evaluate import RunResult
from hrsim.experiment.ledger_file import write_parquet
from hrsim.experiment.repricing import simulation_changes
from hrsim.study.load import load_study
from hrsim.study.show import resolved_yaml

RATE, WITNESSED = "od.nf_rate_pwid_us_post2016", "od.witnessed"
STUDY = """hrsim: 1
title: Fitted
extends: settings/british_columbia.yaml
parameters: {{posterior: fitted{more}}}
horizon: {{start: 2026-01-01, years: 1}}
population: {{size: 100}}
arms: {{status_quo: {{}}, same: {{}}}}
analysis: {{comparator: status_quo, draws: 30}}
"""


def write_posterior(folder, table, faults=(), warnings=()):
    folder.mkdir()
    write_parquet(table, folder / "posterior.parquet")
    digest = hashlib.sha256((folder / "posterior.parquet").read_bytes()).hexdigest()
    words = {"title": "A fit", "faults": list(faults), "warnings": list(warnings)}
    manifest = {**words, "files": {"posterior.parquet": digest}}
    (folder / "manifest.json").write_text(json.dumps(manifest))


@pytest.fixture
def study(tmp_path):
    """Give a function that writes a study with a posterior of 50 draws in which the two rows are locked together."""
    rate = np.linspace(0.3, 0.6, 50)
    table = pd.DataFrame({"draw": np.arange(50), RATE: rate, WITNESSED: 0.2 + rate})
    write_posterior(tmp_path / "fitted", table)

    def write(more=""):
        (tmp_path / "study.yaml").write_text(STUDY.format(more=more))
        return tmp_path / "study.yaml"

    return write


def test_draws_are_joint_and_more_of_them_change_none(study):
    few = design(load_study(study())).draws
    many = design(load_study(study(), ["analysis.draws=60"])).draws
    assert all(draw[WITNESSED] == pytest.approx(0.2 + draw[RATE]) for draw in few.values())
    assert len({draw[RATE] for draw in few.values()}) > 15
    assert all(many[number] == draw for number, draw in few.items())


def test_rows_that_are_not_fitted_are_drawn_as_ever(study, tmp_path):
    fitted = design(load_study(study())).draws
    (tmp_path / "plain.yaml").write_text(
        STUDY.format(more="").replace("parameters: {posterior: fitted}\n", "")
    )
    plain = design(load_study(tmp_path / "plain.yaml")).draws
    moved = {name for name in plain[0] if fitted[0][name] != plain[0][name]}
    assert moved == {RATE, WITNESSED}


def test_the_studys_own_number_wins(study):
    draws = design(load_study(study(f", {WITNESSED}: 0.5"))).draws
    assert {draw[WITNESSED] for draw in draws.values()} == {0.5}


def test_central_values_are_medians_and_the_register_says_where_they_come_from(study):
    found = design(load_study(study(), ["analysis.uncertainty=central"]))
    assert found.draws[0][RATE] == pytest.approx(0.45)
    assert found.register[RATE].note.startswith("Fitted: A fit.")


def test_the_resolved_form_reads_back_to_the_same_study(study, tmp_path):
    first = load_study(study())
    (tmp_path / "resolved.yaml").write_text(resolved_yaml(first))
    second = load_study(tmp_path / "resolved.yaml")
    assert resolved_yaml(second) == resolved_yaml(first)
    assert design(second).content_hash == design(first).content_hash


@pytest.mark.parametrize("damage", ["changed", "alien", "no manifest", "outside"])
def test_what_cannot_be_used_is_refused_at_its_line(study, tmp_path, damage):
    path = study()
    if damage == "changed":
        data = bytearray((tmp_path / "fitted" / "posterior.parquet").read_bytes())
        data[-20] ^= 1
        (tmp_path / "fitted" / "posterior.parquet").write_bytes(bytes(data))
    elif damage == "alien":
        (tmp_path / "fitted" / "manifest.json").unlink()
        (tmp_path / "fitted" / "posterior.parquet").unlink()
        (tmp_path / "fitted").rmdir()
        write_posterior(tmp_path / "fitted", pd.DataFrame({"draw": [0], "no.such_row": [1.0]}))
    elif damage == "no manifest":
        (tmp_path / "fitted" / "manifest.json").unlink()
    else:
        path.write_text(STUDY.format(more="").replace("posterior: fitted", "posterior: ../fitted"))
    with pytest.raises(StudyError) as caught:
        load_study(path)
    assert [(problem.code, problem.location.line) for problem in caught.value.problems] == [("POSTERIOR", 4)]


@pytest.mark.parametrize(
    ("word", "code"), [("faults", "posterior_faults"), ("warnings", "posterior_warnings")]
)
def test_what_a_calibration_says_of_itself_limits_every_study_that_uses_it(study, tmp_path, word, code):
    path = study()
    manifest = json.loads((tmp_path / "fitted" / "manifest.json").read_text())
    (tmp_path / "fitted" / "manifest.json").write_text(
        json.dumps({**manifest, word: ["deaths of 2024 were missed"]})
    )
    experiment = design(load_study(path, ["analysis.draws=1"]))
    used = (experiment.register[RATE], experiment.register["od.public_share"])
    found = {limit.code: limit.words() for limit in limits_of(RunResult(experiment, "status_quo", {}, used))}
    assert "deaths of 2024 were missed" in found[code]
    assert ("uncalibrated" in found) == (word == "faults")


@pytest.mark.parametrize(
    ("used", "more", "silent"),
    [
        ((RATE, "od.public_share"), "", True),
        (("od.public_share",), "", False),  # the run uses no row that was fitted
        ((WITNESSED,), f", {WITNESSED}: 0.5", False),  # or the study's own number in its place
        ((), "", False),
    ],
)
def test_a_posterior_that_fits_nothing_of_a_run_does_not_make_it_calibrated(study, used, more, silent):
    experiment = design(load_study(study(more), ["analysis.draws=1"]))
    rows = tuple(experiment.register[name] for name in used)
    found = {limit.code for limit in limits_of(RunResult(experiment, "status_quo", {}, rows))}
    assert ("uncalibrated" not in found) == silent


def test_set_names_a_posterior_as_the_file_does_and_the_last_wins(study, tmp_path):
    table = pd.DataFrame({"draw": np.arange(50), WITNESSED: np.linspace(0.6, 0.7, 50)})
    write_posterior(tmp_path / "other", table)
    path = study()
    asked = load_study(
        path, ["parameters.posterior=fitted", "parameters.posterior=other", "analysis.draws=5"]
    )
    path.write_text(STUDY.format(more="").replace("posterior: fitted", "posterior: other"))
    assert design(asked).draws == {n: draw for n, draw in design(load_study(path)).draws.items() if n < 5}
    assert "posterior: other" in resolved_yaml(asked)


def test_set_gives_a_posterior_to_a_study_without_one(study, tmp_path):
    fitted = design(load_study(study())).draws
    (tmp_path / "plain.yaml").write_text(
        STUDY.format(more="").replace("parameters: {posterior: fitted}\n", "")
    )
    assert design(load_study(tmp_path / "plain.yaml", ["parameters.posterior=fitted"])).draws == fitted


@pytest.mark.parametrize(
    ("value", "message", "fix"),
    [
        (
            "nowhere",
            "got 'nowhere', which is neither in the study's folder nor shipped",
            "'hrsim calibrate' wrote",
        ),
        (
            "empty",
            "expected a posterior in 'empty': it has no readable manifest.json",
            "'hrsim calibrate' wrote",
        ),
        (
            "unfitted",
            "has no readable manifest.json and posterior",
            "run 'hrsim calibrate unfitted/calibration.yaml'",
        ),
        ("../fitted", "expected the folder of a posterior", "inside the study's folder"),
        ("[a]", "expected the folder of a posterior", "inside the study's folder"),
    ],
)
def test_what_set_names_is_refused_at_its_place_with_what_to_do(study, tmp_path, value, message, fix):
    (tmp_path / "empty").mkdir()
    (tmp_path / "unfitted").mkdir()
    (tmp_path / "unfitted" / "calibration.yaml").touch()
    with pytest.raises(StudyError) as caught:
        load_study(study(), ["analysis.draws=5", f"parameters.posterior={value}"])
    (problem,) = caught.value.problems
    assert problem.code == "POSTERIOR" and str(problem.location).startswith("<--set>:2:")
    assert message in problem.message and fix in problem.fix


def test_a_posterior_changes_the_simulation_and_so_no_stored_run_takes_another(study, tmp_path):
    path = study()
    write_posterior(tmp_path / "other", pd.DataFrame({"draw": [0], WITNESSED: [0.6]}))
    override = ["parameters.posterior=other"]
    before, after = load_study(path), load_study(path, override)
    (problem,) = simulation_changes(before, after, override, ())
    assert problem.code == "SIMULATED" and problem.path == "parameters.posterior"
    assert list(simulation_changes(before, load_study(path), [], ())) == []

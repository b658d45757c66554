"""The page of a calibration: verdict first, every figure with its table, drawn from the folder alone."""

import json
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from hrsim.calibrate.diagnostics import published_interval
from hrsim.calibrate.outcome import NotFitted, read_outcome
from hrsim.calibrate.page import build_page, write_page
from hrsim.calibrate.page_numbers import score_table
from hrsim.experiment.run_folder import file_hash
from hrsim.report.blocks import Section, Table
from hrsim.report.html import html
from hrsim.report.language import LANGUAGES, language
from tests.calibrate.finished import finish, shown
from tests.calibrate.toy import IDLE, RATE, RATIO


@pytest.fixture(scope="module")
def task(tmp_path_factory):
    return finish(tmp_path_factory.mktemp("toy"))


@pytest.fixture
def copied(task, tmp_path):
    """Give the finished folder as a copy that a test may damage."""
    source = task.path.parent
    (tmp_path / "tables").mkdir()
    for path in (*source.glob("*.*"), *source.glob("tables/*.csv")):
        (tmp_path / path.relative_to(source)).write_bytes(path.read_bytes())
    return replace(task, path=tmp_path / "calibration.yaml")


def sealed(folder):
    """Write the hashes of changed tables into the manifest, as if the fit had written them."""
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"] = {name: file_hash(folder / name) for name in manifest["files"]}
    (folder / "manifest.json").write_text(json.dumps(manifest))


def tables(page):
    blocks = [*page.first_page, *(block for section in page.sections for block in section.blocks)]
    return [block for block in blocks if isinstance(block, Table)]


def test_predictive_intervals_are_nested_and_published_errors_hold_their_number(task):
    fit = read_outcome(task.path.parent).fit
    order = ["low", "low_50", "median", "high_50", "high"]
    assert (np.diff(fit[order], axis=1) > 0).all()
    assert (fit["published_low"] < fit["published"]).all() and (
        fit["published"] < fit["published_high"]
    ).all()


def test_the_published_error_is_that_of_its_likelihood(task):
    count = next(target for target in task.targets if target.series == "counts")
    low, high = published_interval(task.series_of(count).likelihood, count)
    assert np.log(high / count.value) == pytest.approx(1.959964 / np.sqrt(count.value), rel=1e-5)
    assert low * high == pytest.approx(count.value**2)
    share = next(target for target in task.targets if target.series == "shares")
    normal = task.series_of(share).likelihood.model_copy(update={"family": "normal"})
    low, high = published_interval(normal, replace(share, error=2.0))
    assert (low + high) / 2 == pytest.approx(share.value) and (high - low) == pytest.approx(
        4 * 1.959964, rel=1e-5
    )


def test_the_verdict_comes_first_and_names_what_was_learnt(task):
    page = build_page(shown(task))
    first = " ".join(block.text for block in page.first_page if hasattr(block, "text"))
    assert first.startswith("The fit meets every criterion")
    assert "6 of 6 fitted numbers" in first and "2 of 2 do" in first
    assert RATE in first and RATIO in first and IDLE not in first
    assert page.banners == ()


def test_faults_missed_numbers_and_changed_inputs_stand_before_everything(tmp_path):
    task = finish(tmp_path, held_out_times=4.0)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    (tmp_path / "manifest.json").write_text(json.dumps({**manifest, "faults": ["the emulator failed"]}))
    page = build_page(shown(task, changed=True))
    assert page.first_page[0].text.startswith("The fit does not meet the criteria")
    assert [banner.title for banner in page.banners] == [
        "FAULT",
        "HELD-OUT NUMBERS MISSED",
        "CHANGED SINCE THE FIT",
    ]
    assert "1 of 2" in page.banners[1].text and "counts 2023" in page.banners[1].text


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_figure_has_its_table_and_the_page_needs_nothing_else(task, tag):
    page = build_page(shown(task, tag))
    figures = {figure.name: figure for figure in page.figures()}
    assert list(figures) == ["fit", "prior_and_posterior", "shrinkage", "correlations"]
    rows = {
        name: [row for row in figure.table.rows if not row.is_heading] for name, figure in figures.items()
    }
    assert {name: len(found) for name, found in rows.items()} == {
        "fit": 8, "prior_and_posterior": 3, "shrinkage": 3, "correlations": 3,
    }  # fmt: skip
    assert all(figure.description for figure in figures.values())
    text = html(page)
    assert not re.search(r'(?:src|href)="(?!#)', text)
    assert "Toy &lt;i&gt;place" in text and "<i>place" not in text


def test_every_message_of_the_page_is_said(task):
    """Sections in order, and no message left with a place to fill in."""
    page = build_page(shown(task))
    assert [section.key for section in page.sections if isinstance(section, Section)] == [
        "held_out", "parameters", "identifiability", "correlations", "what", "search", "limits",
    ]  # fmt: skip
    assert not re.search(r"{\w+}", html(page))


def test_scores_stand_beside_the_error_of_repeating_the_last_fitted_year():
    line = {
        "series": "deaths", "use": "fitted", "published": 0.0, "median": 100.0, "low": 50.0, "high": 200.0,
        "inside": True, "crps": 0.0,
    }  # fmt: skip
    fit = pd.DataFrame(
        [
            {**line, "year": 2018, "published": 90.0},
            {**line, "year": 2020, "published": 300.0},
            {**line, "year": 2019, "published": 111.5, "use": "held_out", "crps": 12.34},
        ]
    )
    (row,) = score_table(fit, language("en")).rows
    assert [cell.text for cell in row.cells][-2:] == ["12.3", "21.5"]  # not 2020's, which came after


def test_the_same_folder_gives_the_same_bytes_in_every_language(copied):
    first = [path.read_bytes() for path in write_page(copied, LANGUAGES)]
    second = write_page(copied, LANGUAGES)
    assert [path.name for path in second] == ["calibration.html", "calibration.fr.html"]
    assert [path.read_bytes() for path in second] == first


def test_a_folder_that_was_changed_or_holds_no_fit_is_refused(copied, tmp_path):
    with pytest.raises(NotFitted, match="no finished calibration"):
        read_outcome(tmp_path / "tables")
    path = tmp_path / "tables" / "fit.csv"
    path.write_text(path.read_text().replace("inside", "in"))
    with pytest.raises(NotFitted, match="changed or removed"):
        write_page(copied, ("en",))
    path.write_text(path.read_text().replace("median", "middle"))
    sealed(tmp_path)
    with pytest.raises(NotFitted, match="no column 'median'"):
        write_page(copied, ("en",))
    assert not (tmp_path / "calibration.html").exists()


def test_a_file_that_asks_for_another_fit_than_was_made_is_refused(copied):
    with pytest.raises(NotFitted, match="other parameters or holds other numbers"):
        write_page(replace(copied, free=copied.free[:2]), ("en",))
    with pytest.raises(NotFitted, match="other parameters or holds other numbers"):
        write_page(replace(copied, targets=copied.targets[:-1]), ("en",))


def test_a_fit_that_misses_held_out_numbers_is_not_simply_called_good(tmp_path):
    page = build_page(shown(finish(tmp_path, held_out_times=4.0)))
    assert "but it misses 1 of the 2 numbers that were held out" in page.first_page[0].text


def test_levels_that_were_learnt_stand_under_the_parameters(tmp_path):
    task = finish(tmp_path, level=0.5)
    (section,) = [one for one in build_page(shown(task)).sections if one.key == "parameters"]
    (table,) = [block for block in section.blocks if isinstance(block, Table)]
    (row,) = table.rows
    assert [cell.text for cell in row.cells][:2] == [
        "shares",
        "1.00 (0.375 to 2.66)",
    ]  # exp(0.5 x 1.96) = 2.66

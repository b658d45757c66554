"""The dossier: figures on one relative scale, the same bytes from the same verdicts, held-out years beside cases."""

import math
from dataclasses import replace

import numpy as np
import pytest

from hrsim.dossier.figures import case_picture, not_drawn, overview_picture, relative
from hrsim.dossier.held_out import read_held_out
from hrsim.dossier.pages import write_pages
from hrsim.validate.cases import Case, Measured
from hrsim.validate.running import CaseResult
from hrsim.validate.samples import Estimate
from hrsim.validate.verdicts import judge
from tests.calibrate.finished import finish


def measure(name, **changes):
    given = {"name": name, "of": "deaths(a)", "published": 200, "obtained": "seen", "accept": {"within": 0.1}}
    return Measured.model_validate(given | changes)


def result(heading="external", name="one_case"):
    measures = (
        measure("Above", low=150, high=300),
        measure("Saving", published=-50),
        measure("At least", accept={"low": 180}),
        measure("Nothing published", published=None, accept={"low": 0}),
        measure("None at all", published=0, accept={"low": -1, "high": 1}),
    )
    case = Case(
        hrsim_case=1, title="A [case]", heading=heading, tier="A", citation="Somebody 2020",
        obtained_from="abstract", acceptance="10 %",
        studies={"s": {"file": "s.yaml", "replicates": 2, "quick": 2}}, measures=measures,
    )  # fmt: skip
    values = (
        Estimate(210.0, 2.0),
        Estimate(-40.0, 0.5),
        Estimate(500.0, 5.0),
        Estimate(1.0, 0.1),
        Estimate(0.0, 0.1),
    )
    verdicts = tuple(judge(one, value) for one, value in zip(measures, values, strict=True))
    return CaseResult(name, case, verdicts, 4, 1.5)


@pytest.fixture(scope="module")
def calibrations(tmp_path_factory):
    """Give a folder with a calibration that missed its held-out count, and one whose tables were changed."""
    parent = tmp_path_factory.mktemp("calibrations")
    for name in ("missed", "changed"):
        finish(parent / name, held_out_times=4.0)
    (parent / "changed" / "tables" / "fit.csv").write_text("")
    (parent / "unfinished").mkdir()
    return parent


def test_every_measure_stands_in_per_cent_of_its_published_value():
    data = relative(result()).set_index("measure")
    above = data.loc["Above"]
    assert above["hrsim"] == pytest.approx(5.0)
    assert [above["band_low"], above["band_high"]] == pytest.approx([-10.0, 10.0])
    assert [above["low"], above["high"]] == pytest.approx([-25.0, 50.0])
    assert above["error_high"] - above["hrsim"] == pytest.approx(1.96)
    saving = data.loc["Saving"]  # a smaller saving lies to the right, as a larger number
    assert saving["hrsim"] == pytest.approx(20.0) and saving["verdict"] == "outside"


def test_an_open_band_reaches_as_far_as_anything_drawn_and_what_has_no_scale_is_named():
    data = relative(result())
    numbers = data.drop(columns=["measure", "verdict"])
    assert np.isfinite(numbers.to_numpy()[~numbers.isna().to_numpy()]).all()
    at_least = data.set_index("measure").loc["At least"]
    assert at_least["band_low"] == pytest.approx(-10.0)
    assert at_least["band_high"] == pytest.approx(numbers.max().max())
    assert not_drawn(result()) == ["Nothing published", "None at all"]
    assert math.isnan(at_least["low"])


def test_a_picture_says_in_words_what_it_shows_and_keeps_its_bytes():
    picture = case_picture(result())
    assert picture.markdown() == (
        "![A (case): 3 measures relative to their published values, 2 inside, 0 undecided, 1 outside]"
        "(figures/one_case.svg)"
    )
    assert picture == case_picture(result())
    assert ">Above<" in picture.drawing
    long = measure("A measure that is told in so many words that they do not fit into one line of a figure")
    told = case_picture(replace(result(), verdicts=(judge(long, Estimate(200.0, 1.0)),))).drawing
    assert (
        ">A measure that is told in so many words that they do not<" in told
        and ">fit into one line of a figure<" in told
    )
    whole = overview_picture([result("external"), result("internal", "other_case")])
    assert whole.drawing.index(">internal<") < whole.drawing.index(">external<")
    assert overview_picture([]) is None


def test_the_external_page_holds_the_held_out_years(calibrations, tmp_path):
    held_out = read_held_out(calibrations)
    assert [one.name for one in held_out] == ["changed", "missed"]
    written = write_pages([result()], held_out, tmp_path / "dossier")
    text = (tmp_path / "dossier" / "external.md").read_text()
    assert "6 of 6 fitted numbers and 1 of 2 held-out numbers" in text
    assert "| counts 2023 |" in text and "OUTSIDE" in text
    assert "`changed`" in text and "Cannot be shown" in text and str(calibrations) not in text
    assert "`changed`" not in (tmp_path / "dossier" / "cross.md").read_text()
    named = {str(path.relative_to(tmp_path / "dossier")) for path in written}
    for page in (tmp_path / "dossier").glob("*.md"):
        for part in page.read_text().split("](figures/")[1:]:
            assert "figures/" + part.partition(")")[0] in named
    assert {"figures/overview.svg", "figures/one_case.svg", "figures/calibration_missed.svg"} <= named

"""Figures: fixed bytes, data that says what is drawn, nothing drawn where nothing differs."""

import numpy as np
import pandas as pd
import pytest

from hrsim.economics import frontier
from hrsim.report.figures.charts import changes
from hrsim.report.figures.data import changes_data, cloud_data, frontier_line, plane_data, tornado_data
from hrsim.report.figures.drawing import PALETTE, PAPER, png, svg
from hrsim.report.figures.plane import plane
from hrsim.report.language import language

LABELS = {"more": "More", "site": "One site", "now": "As now"}
PLANE_ARMS = ("dear", "now", "best", "some")  # in no order of cost
NO_DRAWS = pd.DataFrame(columns=["arm", "cost", "qalys"])
PNG_SIGNATURE = b"\x89PNG"


def placed(costs=(90e6, 20e6, 70e6, 30e6), qalys=(55.0, 10.0, 60.0, 50.0)):
    """Return what the plane shows of four arms: `dear` is dominated, the others make the frontier."""
    return pd.DataFrame(
        {"arm": place.arm, "perspective": "health_sector", "currency": "CAD", "price_year": 2024,
         "cost": place.cost, "qalys": place.effect, "status": place.status.value, "icer": place.icer,
         "cost_low": place.cost - 1, "cost_high": place.cost + 1, "qalys_low": 0.0, "qalys_high": 99.0}
        for place in frontier(PLANE_ARMS, costs, qalys, "now")
    )  # fmt: skip


def test_the_same_data_gives_the_same_bytes(make_report):
    data = changes_data(make_report().tables["differences"])
    first, second = (svg(changes(data, LABELS, language("en")), language("en")) for _ in range(2))
    assert first == second
    assert first.startswith("<svg")
    assert "aria-" not in first  # the page itself says what the drawing is


def test_a_drawing_becomes_pixels_of_twice_its_size(make_report):
    data = changes_data(make_report().tables["differences"])
    image = png(svg(changes(data, LABELS, language("en")), language("en")))
    assert image.startswith(PNG_SIGNATURE)


def test_axes_are_numbered_in_the_form_of_the_language(make_report):
    data = changes_data(make_report().tables["differences"])
    data[["mean", "low", "high"]] *= 1000.5
    english, french = (svg(changes(data, LABELS, language(tag)), language(tag)) for tag in ("en", "fr"))
    assert ",000<" in english
    assert "\u202f000<" in french


def test_only_headlines_that_differ_are_shown(make_report):
    data = changes_data(make_report().tables["differences"])
    assert set(data["measure"]) == {"overdose_death", "emergency_visit_all", "life_years"}
    assert changes_data(pd.DataFrame()).empty


def test_the_plane_stands_on_the_comparator_and_keeps_the_intervals_of_paired_draws(make_report):
    data = plane_data(make_report().tables).set_index("arm")
    assert data.loc["now", ["cost", "cost_low", "cost_high", "qalys", "qalys_low", "qalys_high"]].eq(0).all()
    assert data.loc["site", "qalys"] == pytest.approx(40.0)
    assert data.loc["site", ["cost", "cost_low", "cost_high"]].tolist() == pytest.approx([8e5, 6e5, 1e6])


def test_the_line_joins_the_arms_of_the_frontier_cheapest_first():
    assert frontier_line(placed())["arm"].tolist() == ["now", "some", "best"]
    twins = placed(costs=(30e6, 20e6, 70e6, 30e6), qalys=(50.0, 10.0, 60.0, 50.0))
    assert len(frontier_line(twins)) == 3


def test_the_plane_writes_every_arm_and_the_ratio_of_each_segment():
    drawn = svg(plane(placed(), {arm: arm for arm in PLANE_ARMS}, language("en"), NO_DRAWS), language("en"))
    for words in (*PLANE_ARMS, "250,000 per QALY", "4,000,000 per QALY"):
        assert f">{words}<" in drawn


def draws(count):
    """Give a table of draws in which `some` costs 10 million more and gains 5 QALYs more than `now`, in every draw."""
    rows = [
        {"draw": draw, "arm": arm, "perspective": "health_sector", "cost": draw * 1e6 + more[0],
         "qalys": draw + more[1]}
        for draw in range(count) for arm, more in (("now", (0.0, 0.0)), ("some", (1e7, 5.0)))
    ]  # fmt: skip
    return {"psa": pd.DataFrame(rows)}


def test_the_cloud_holds_paired_draws_without_the_comparator():
    cloud = cloud_data(draws(30), "health_sector", "now")
    assert set(cloud["arm"]) == {"some"} and len(cloud) == 30
    assert cloud[["cost", "qalys"]].drop_duplicates().to_numpy().tolist() == [[1e7, 5.0]]
    assert 100 <= len(cloud_data(draws(1000), "health_sector", "now")) <= 200
    assert cloud_data({}, "health_sector", "now").empty


def test_the_threshold_line_runs_at_its_slope_and_stays_within_what_is_shown():
    """At 50,000 a QALY the line goes through 0 and leaves the picture where the costs end: at 90 million less 20."""
    data = placed().assign(cost=lambda t: t["cost"] - 20e6)
    chart = plane(data, {arm: arm for arm in PLANE_ARMS}, language("en"), NO_DRAWS, 2e6)
    (line,) = [layer for layer in chart["layer"] if layer["mark"].get("strokeDash")]
    (left, right) = line["data"]["values"]
    assert (left["qalys"], left["cost"]) == (0.0, 0.0)
    assert right["cost"] == pytest.approx(2.0 * right["qalys"]) and right["cost"] == pytest.approx(70.0)
    drawn = svg(chart, language("en"))
    assert ">2,000,000 per QALY<" in drawn


def test_a_tornado_shows_the_widest_bars_first(make_report):
    data = tornado_data(make_report().tables["tornado"], "site")
    width = (data["result_at_high"] - data["result_at_low"]).to_numpy()
    assert (np.diff(width) <= 0).all()
    assert data["label"].iloc[0] == "Input 3"
    assert len(tornado_data(make_report().tables["tornado"], "no such arm")) == len(data)


def contrast(colour, other=PAPER):
    """Give the contrast ratio of WCAG 2.2."""

    def luminance(code):
        parts = np.array([int(code[place : place + 2], 16) / 255 for place in (1, 3, 5)])
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        return linear @ [0.2126, 0.7152, 0.0722]

    light, dark = sorted((luminance(colour), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_every_colour_of_an_arm_can_be_read_on_white():
    assert contrast("#000000") == pytest.approx(21)
    assert min(contrast(colour) for colour in PALETTE) >= 4.5

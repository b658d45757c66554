"""The page of a calibration in a browser: no accessibility violation, nothing asked for, usable on a phone."""

import pytest
from axe_selenium_python import Axe

from hrsim.calibrate.page import write_page
from hrsim.report.language import LANGUAGES
from tests.browser.opening import DESK, PHONE, opened
from tests.calibrate.finished import finish

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Write the pages of a finished calibration that missed a held-out number; give their paths."""
    paths = write_page(finish(tmp_path_factory.mktemp("toy"), held_out_times=4.0), LANGUAGES)
    return dict(zip(LANGUAGES, paths, strict=True))


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("tag", LANGUAGES)
def test_axe_finds_no_violation(browser, written, tag, size):
    axe = Axe(opened(browser, written[tag], size))
    axe.inject()
    results = axe.run()
    assert len(results["passes"]) > 20
    assert results["violations"] == [], axe.report(results["violations"])


@pytest.mark.parametrize("tag", LANGUAGES)
def test_on_a_phone_only_tables_and_figures_scroll_and_nothing_is_asked_for(browser, written, tag):
    opened(browser, written[tag], PHONE)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= PHONE[0]
    assert browser.execute_script("return performance.getEntriesByType('resource').length") == 0

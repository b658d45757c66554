"""The report in a browser: no accessibility violation, no outside request, usable on a phone and on paper."""

import json

import pytest
from axe_selenium_python import Axe

from hrsim.report.content.document import build_document
from hrsim.report.html import html
from hrsim.report.language import LANGUAGES, language
from tests.browser.opening import DESK, PHONE, opened
from tests.report import made
from tests.report.made import make

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Write the page of one report in each language; give their paths."""
    folder = tmp_path_factory.mktemp("pages")
    for tag in LANGUAGES:
        (folder / f"{tag}.html").write_text(html(build_document(make(), language(tag))), encoding="utf-8")
    return {tag: folder / f"{tag}.html" for tag in LANGUAGES}


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("tag", LANGUAGES)
def test_axe_finds_no_violation(browser, written, tag, size):
    axe = Axe(opened(browser, written[tag], size))
    axe.inject()
    results = axe.run()
    assert len(results["passes"]) > 20
    assert results["violations"] == [], axe.report(results["violations"])


def test_axe_would_find_one(browser, written, tmp_path):
    """The check can fail: a page without a language and with a picture without a name is refused."""
    text = written["en"].read_text(encoding="utf-8").replace('<html lang="en">', "<html>")
    spoilt = tmp_path / "spoilt.html"
    spoilt.write_text(text.replace("</main>", '<img src="data:,"></main>'), encoding="utf-8")
    axe = Axe(opened(browser, spoilt))
    axe.inject()
    assert {"html-has-lang", "image-alt"} <= {one["id"] for one in axe.run()["violations"]}


@pytest.mark.parametrize("tag", LANGUAGES)
def test_nothing_is_asked_for_but_the_page_itself(browser, written, tag):
    browser.get_log("performance")
    opened(browser, written[tag])
    assert browser.execute_script("return performance.getEntriesByType('resource').length") == 0
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = [
        one["params"]["request"]["url"] for one in messages if one["method"] == "Network.requestWillBeSent"
    ]
    assert set(asked) == {written[tag].as_uri()}


@pytest.mark.parametrize("tag", LANGUAGES)
def test_on_a_phone_only_tables_and_figures_scroll_sideways(browser, written, tag):
    opened(browser, written[tag], PHONE)
    width = browser.execute_script("return document.documentElement.scrollWidth")
    assert width <= PHONE[0]


SIX = {
    "now": "Situation actuelle", "more": "Trois fois plus de trousses de naloxone",
    "site": "Un grand centre de consommation", "places": "600 places de traitement de plus",
    "fewer": "600 places de traitement de moins", "all": "Tout ensemble, dans chaque quartier",
}  # fmt: skip


@pytest.fixture
def six(tmp_path, monkeypatch):
    """Write the page of a report with six arms of long names in each language; give their paths."""
    monkeypatch.setattr(made, "ARMS", SIX)
    for tag in LANGUAGES:
        page = html(build_document(make(arms=SIX), language(tag)))
        (tmp_path / f"{tag}.html").write_text(page, encoding="utf-8")
    return {tag: tmp_path / f"{tag}.html" for tag in LANGUAGES}


@pytest.mark.parametrize(
    ("size", "kinds"),
    [(PHONE, ".scroll"), ((1024, 900), ".scroll"), ((1400, 900), ".scroll, .drawing")],
    ids=["phone", "tablet", "desk"],
)
def test_of_six_arms_nothing_is_cut(browser, six, size, kinds):
    """Arms are rows; no table needs to be scrolled sideways on any screen, and no figure on a desk."""
    for tag in LANGUAGES:
        opened(browser, six[tag], size)
        cut = browser.execute_script(
            "return [...document.querySelectorAll(arguments[0])]"
            ".filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.getAttribute('aria-label'))",
            kinds,
        )
        assert cut == []


def test_the_first_tab_leads_to_the_answer(browser, written):
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys

    opened(browser, written["en"]).find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    skip = browser.switch_to.active_element
    assert skip.get_attribute("href").endswith("#answer")
    assert skip.is_displayed()


def test_folded_tables_are_printed(browser, written):
    """What is folded on screen stands on paper: every cell has a place."""
    browser.get(written["en"].as_uri())
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    hidden = browser.execute_script(
        "return [...document.querySelectorAll('table')].filter(one => one.getBoundingClientRect().height < 10).length"
    )
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    assert hidden == 0

"""services, evidence WORD, show --brief and diff of an added arm: what a person reads before a run."""

import re
from pathlib import Path

import pytest

from hrsim.cli.service_words import PRICED_BY_STATE
from hrsim.economics import load_price_book
from hrsim.economics.currency import CurrencyYear, load_conversions
from hrsim.evidence import load_register
from hrsim.evidence.search import found
from hrsim.study.catalogue import read_catalogue
from hrsim.study.parents import packaged_scenarios

DEMO = str(packaged_scenarios() / "demo.yaml")
KIT = "cost.nx_kit_ri"


def test_every_service_of_the_catalogue_has_one_line(hrsim):
    shown = hrsim("services")
    assert shown.code == 0
    names = [line.split()[0] for line in shown.out.splitlines()]
    assert names == list(read_catalogue())
    assert all("grades: " in line for line in shown.out.splitlines())


def test_what_is_priced_by_state_names_its_line_of_the_price_book(hrsim):
    lines = {line.name for line in load_price_book().lines}
    assert set(PRICED_BY_STATE.values()) <= lines
    for words in (["services"], ["services", "hiv_treatment"]):
        assert "priced by state: hiv_medicines" in hrsim(*words).out


@pytest.mark.parametrize("name", sorted(read_catalogue()))
def test_every_service_can_be_shown_whole(hrsim, name):
    shown = hrsim("services", name)
    assert shown.code == 0 and shown.out.startswith(f"{name}: ")
    assert all(f"  {part} " in shown.out for part in ("who", "reached", "does", "costs"))


def test_a_service_shows_who_effect_with_interval_cost_and_grade(hrsim):
    row = load_register()["oat.od_ratio_in_vs_out"]
    shown = hrsim("services", "oat_methadone").out
    assert f"overdose x {row.value:.3g} ({row.low:.3g} to {row.high:.3g})" in shown
    assert f"[{row.id}, {row.grade}]" in shown and "people who use drugs, oat none" in shown


def test_services_of_a_study_have_prices_in_its_money_and_say_where_they_are_otherwise(hrsim):
    row = load_register()["cost.met_month_can"]
    factor = load_conversions().factor(CurrencyYear(row.currency, row.price_year), CurrencyYear("CAD", 2024))
    shown = hrsim("services", "oat_methadone", "--study", DEMO).out
    assert f"{12 * row.value * factor:,.0f} CAD of 2024 per client year" in shown
    assert "in oat_expansion, integrated\n  capacity  2,260 places" in shown
    (line,) = [
        line for line in hrsim("services", "--study", DEMO).out.splitlines() if "oat_methadone" in line[:14]
    ]
    assert "otherwise in oat_expansion, integrated" in line


def test_an_unknown_service_is_3_and_names_the_likely_ones(hrsim):
    refused = hrsim("services", "naloxon")
    assert refused.code == 3 and "did you mean 'take_home_naloxone'" in refused.err


def test_a_setting_without_arms_shows_its_services(hrsim):
    shown = hrsim("services", "--study", str(packaged_scenarios() / "settings" / "scotland.yaml"))
    assert shown.code == 0 and "take_home_naloxone" in shown.out


def test_evidence_finds_words_says_how_many_and_ranks_by_where_they_stand(hrsim):
    shown = hrsim("evidence", "naloxone", "kit")
    assert shown.code == 0
    first, *lines = shown.out.splitlines()
    assert re.match(rf"{len(lines)} of {len(load_register())} rows hold 'naloxone' and 'kit'", first)
    assert KIT in [line.split()[0] for line in lines[:4]]
    assert hrsim("evidence", "naloxone", "zzzzzz").out.startswith("0 of ")


def test_a_search_is_the_same_for_plurals_capitals_and_any_order():
    rows = load_register().values()
    ids = [row.id for row in found(["naloxone", "kits"], rows)]
    assert ids and ids == [row.id for row in found(["KIT", "Naloxone"], rows)] == [
        row.id for row in found(["naloxone kit"], rows)
    ]


def test_more_words_never_find_more_rows_and_every_id_finds_itself():
    rows = list(load_register().values())
    one, two = (
        {row.id for row in found(words, rows)} for words in (["vancouver"], ["vancouver", "overdose"])
    )
    assert two and two < one
    assert all(row in found([row.id], rows) for row in rows[::50])


def test_a_price_is_shown_in_a_study_s_money(hrsim, tmp_path):
    row = load_register()[KIT]
    factor = load_conversions().factor(CurrencyYear("USD", row.price_year), CurrencyYear("GBP", 2023))
    (tmp_path / "uk.yaml").write_text(
        "hrsim: 1\ntitle: t\nextends: settings/blank.yaml\narms: {a: {}}\n"
        "analysis: {comparator: a, currency: GBP, price_year: 2023}\n"
    )
    assert f"{row.value * factor:,.2f} (" in hrsim("evidence", KIT, "--study", "uk.yaml").out
    assert "CAD of 2024 per kit" in hrsim("evidence", KIT).out


def test_show_writes_amounts_beside_ids_and_can_be_read_again(hrsim, tmp_path):
    shown = hrsim("show", DEMO).out
    named = [line for line in shown.splitlines() if "evidence: " in line]
    assert named and all("  # " in line for line in named)
    (tmp_path / "again.yaml").write_text(shown, encoding="utf-8")
    assert hrsim("diff", DEMO, "again.yaml").out.strip() == "The two studies are the same."


def test_brief_names_people_services_and_what_arms_change(hrsim):
    lines = hrsim("show", DEMO, "--brief").out.splitlines()
    assert len(lines) <= 40 and all(len(line) <= 200 for line in lines)
    text = "\n".join(lines)
    for words in ("10,000 at the start", "7,200 kits per year", "(comparator)", "places: 1860 becomes 2260"):
        assert words in text
    assert "services.supervised_consumption is added: 1 sites x 12 booths" in text


def test_an_added_arm_is_set_beside_its_comparator(hrsim, tmp_path):
    text = Path(DEMO).read_text(encoding="utf-8")
    more = "\n  fewer_places:\n    services: {oat_methadone: {capacity: {places: 900}}}\n  nothing: {}\n"
    (tmp_path / "more.yaml").write_text(text.replace("\nanalysis:", f"{more}\nanalysis:"), encoding="utf-8")
    said = hrsim("diff", DEMO, "more.yaml").out.splitlines()
    assert said == [
        "arms.fewer_places is added; it differs from status_quo in:",
        "  services.oat_methadone.capacity.places: 1860 becomes 900",
        "arms.nothing is added; it is the same as status_quo",
    ]
    assert (
        "arms.fewer_places is removed; it differed from status_quo in:"
        in hrsim("diff", "more.yaml", DEMO).out
    )

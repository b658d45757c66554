"""Languages: the same messages with the same places to fill in, numbers and dates in each one's form."""

import datetime
import re
from string import Formatter

import pytest

from hrsim.report.language import ENGLISH, LANGUAGES, UnknownLanguage, catalogue, language
from hrsim.report.numbers import per_cent, with_interval

NARROW, NO_BREAK = "\u202f", "\u00a0"


def forms(message):
    return list(message.values()) if isinstance(message, dict) else [message]


def places(message):
    return [{name for _, name, _, _ in Formatter().parse(form) if name} for form in forms(message)]


@pytest.mark.parametrize("tag", LANGUAGES)
def test_no_message_is_missing_and_all_fill_in_the_same(tag):
    english, other = catalogue("en"), catalogue(tag)
    assert set(other) == set(english)
    for key, message in english.items():
        wanted = places(message)[0]
        assert all(found == wanted for found in places(other[key])), key
        assert all(form.strip() for form in forms(other[key])), key


def test_french_is_not_english_left_over():
    words = {key: re.sub(r"{.*?}", "", str(message)) for key, message in catalogue("en").items()}
    same = {key for key, text in words.items() if re.sub(r"{.*?}", "", str(catalogue("fr")[key])) == text}
    assert {key for key in same if len(re.findall("[A-Za-z]{2,}", words[key])) > 1} == set()


def test_english_without_a_library_writes_plain_numbers():
    assert ENGLISH("comparison.total") == "Total"
    assert with_interval(1234.5, 1000.0, 1500.0, 1.0, form=ENGLISH.form) == "1,234 (1,000 to 1,500)"


def test_numbers_take_the_form_of_the_language():
    french, english = language("fr").form, language("en").form
    assert (
        with_interval(1234.5, 1000.0, 1500.0, 1.0, form=french)
        == f"1{NARROW}234 (de 1{NARROW}000 à 1{NARROW}500)"
    )
    assert with_interval(-0.25, -0.5, 0.0, 0.01, form=french) == "−0,25 (de −0,50 à 0,00)"
    assert per_cent(12.3, 0, french) == f"+12{NARROW}%"
    assert per_cent(12.3, 0, english) == "+12%"
    assert language("fr").rate(0.015) == f"1,5{NARROW}%"


def test_dates_and_lists_take_the_form_of_the_language():
    day = datetime.date(2026, 7, 1)
    assert language("en").date(day).replace(NO_BREAK, " ") == "July 1, 2026"
    assert language("fr").date(day).replace(NO_BREAK, " ") == "1er juillet 2026"
    assert language("fr").date(day.replace(day=11)).replace(NO_BREAK, " ") == "11 juillet 2026"
    assert language("fr").listed(["a", "b", "c"]) == "a, b et c"


def test_french_marks_do_not_break_from_their_words():
    for key, message in catalogue("fr").items():
        for form in forms(message):
            assert not re.search(r" [;:!?%»]|« ", form), key


def test_plural_forms_follow_the_language():
    assert language("en")("grade.placeholder", count=1) == "Placeholder (1)"
    assert language("en")("grade.placeholder", count=0) == "Placeholders (0)"
    assert language("fr")("grade.placeholder", count=0) == "Valeur provisoire (0)"


def test_a_name_that_no_catalogue_has_is_its_identifier_in_words():
    assert language("fr").name("payer", "city_of_x") == "city of x"


def test_an_unknown_language_is_refused_by_name():
    with pytest.raises(UnknownLanguage, match="en, fr"):
        language("de")

"""Words that a study gives in several languages: labels, title, notes; a language that it lacks falls back."""

from dataclasses import replace

import pytest

from hrsim.errors import StudyError
from hrsim.plain_words import plain_words
from hrsim.report.content.document import build_document
from hrsim.report.language import LANGUAGES, language
from hrsim.report.notices import Notice
from hrsim.study.load import load_study
from hrsim.words import Words, in_language
from tests.report.made import make

STUDY = """
hrsim: 1
title: {TITLE}
extends: settings/british_columbia.yaml
arms:
  now: {label: {en: As now, fr: Comme maintenant}}
  more: {label: More, extends: [now], services: {take_home_naloxone: {label: {fr: Trousses}}}}
analysis: {comparator: now}
"""


def load(tmp_path, text):
    path = tmp_path / "words.yaml"
    path.write_text(text, encoding="utf-8")
    return load_study(path).study


def test_words_are_the_english_text_to_everybody_who_does_not_ask():
    words = Words({"fr": "Oui", "en": "Yes"})
    assert words == "Yes" and f"{words}!" == "Yes!"
    assert [in_language(words, tag) for tag in LANGUAGES] == ["Yes", "Oui"]
    assert in_language(Words({"fr": "Oui"}), "en") == "Oui"
    assert in_language("Plain", "fr") == "Plain"
    assert plain_words(Words({"en": "a\nb", "fr": "c\u202ed"})).translations == {"en": "a b", "fr": "c d"}


def test_a_study_gives_labels_and_its_title_in_languages(tmp_path):
    study = load(tmp_path, STUDY.replace("{TITLE}", "{en: Which?, fr: Lequel ?}"))
    assert [in_language(study.title, tag) for tag in LANGUAGES] == ["Which?", "Lequel ?"]
    assert in_language(study.arms["now"].label, "fr") == "Comme maintenant"
    assert in_language(study.arms["more"].label, "fr") == "More"


def test_a_childs_text_replaces_its_parents_in_every_language(tmp_path):
    """The setting's English title must not stand beside the French title of the study."""
    study = load(tmp_path, STUDY.replace("{TITLE}", "{fr: Lequel ?}"))
    assert [in_language(study.title, tag) for tag in LANGUAGES] == ["Lequel ?", "Lequel ?"]
    parent = tmp_path / "parent.yaml"
    parent.write_text(STUDY.replace("{TITLE}", "{en: Which?, fr: Lequel ?}"), encoding="utf-8")
    child = load(tmp_path, "hrsim: 1\nextends: parent.yaml\ntitle: {fr: Et maintenant ?}\n")
    assert in_language(child.title, "en") == "Et maintenant ?"


@pytest.mark.parametrize(
    ("title", "code"),
    [("{de: Welche}", "FORM"), ("{}", "TYPE"), ("{en: 3}", "TYPE"), ("[a]", "TYPE"), ("3", "TYPE")],
)
def test_what_is_no_text_is_refused_with_its_place(tmp_path, title, code):
    with pytest.raises(StudyError) as caught:
        load(tmp_path, STUDY.replace("{TITLE}", title))
    (problem,) = caught.value.problems
    assert (problem.code, problem.path.split(".")[0]) == (code, "title")


def test_a_page_speaks_the_studys_words_in_its_language(monkeypatch):
    empty = '<svg width="10" height="10" viewBox="0 0 10 10"></svg>'
    monkeypatch.setattr("hrsim.report.figures.drawn.svg", lambda chart, say: empty)
    site = Words({"en": "One site", "fr": "Un centre"})
    report = make(
        arms={"now": "As now", "more": "More", "site": site}, title=Words({"en": "More?", "fr": "Plus ?"})
    )
    report = replace(report, notices=(Notice("idle", {"arms": (site, "More")}),))
    french, english = (str(build_document(report, language(tag))) for tag in ("fr", "en"))
    assert "Un centre, More a donné" in french and "Plus ?" in french and "One site" not in french
    assert "In every draw One site, More gave" in english and "Un centre" not in english

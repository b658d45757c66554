"""Words that a study gives in one language or in several: labels, titles, notes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Self

LANGUAGES = ("en", "fr")
"""Tags of the languages in which reports are written, the default first."""


class Words(str):
    """Hold a text with its translations; as a text it is the one in the default language, else the first given."""

    translations: Mapping[str, str]

    def __new__(cls, texts: Mapping[str, str]) -> Self:
        """Take texts by tag of language; raise ValueError where there is none."""
        if not texts:
            raise ValueError("words in no language")
        words = super().__new__(cls, texts.get(LANGUAGES[0], next(iter(texts.values()))))
        words.translations = dict(texts)
        return words

    def mapped(self, change: Callable[[str], str]) -> Words:
        """Change the text in every language alike."""
        return Words({tag: change(text) for tag, text in self.translations.items()})


def in_language(text: str, tag: str) -> str:
    """Give a text in a language; where it has none there, as it stands."""
    return text.translations.get(tag, str(text)) if isinstance(text, Words) else text

"""What a report says beside its numbers: an arm that changes nothing, what a table leaves out, why a run ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hrsim.plain_words import plain_words
from hrsim.report.language import ENGLISH, Language
from hrsim.words import in_language

ON_THE_FIRST_PAGE = frozenset(
    {
        "idle",
        "unspent",
        "longer_lives",
        "mostly_longer_lives",
        "shorter_lives",
        "mostly_shorter_lives",
        "mostly_beyond",
        "working_days",
        "targets_met",
        "targets_missed",
    }
)
"""Codes of notices that a page says beside its first table; others have their place or concern no page."""


@dataclass(frozen=True)
class Notice:
    """Name what a report says beside its numbers: a code, and the values in its words.

    A tuple is a list of labels; a function gives the words in a language.
    """

    code: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make texts of the study among the values harmless."""
        object.__setattr__(self, "values", {name: _harmless(value) for name, value in self.values.items()})

    def words(self, say: Language = ENGLISH) -> str:
        """Write the sentence in a language."""
        return say(f"notice.{self.code}", **{name: _said(value, say) for name, value in self.values.items()})


def _harmless(value: object) -> object:
    if isinstance(value, tuple):
        return tuple(map(plain_words, value))
    return plain_words(value) if isinstance(value, str) else value


def _said(value: object, say: Language) -> object:
    """Write several words of a study one after the other, each in the language where it is given in it."""
    if callable(value):
        return value(say)
    if isinstance(value, tuple):
        return ", ".join(in_language(text, say.tag) for text in value)
    return value

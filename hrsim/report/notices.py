"""What a report says beside its numbers: an arm that changes nothing, what a table leaves out, why a run ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hrsim.plain_words import plain_words
from hrsim.report.language import ENGLISH, Language

ON_THE_FIRST_PAGE = frozenset({"idle", "working_days", "targets_met", "targets_missed"})
"""Codes of notices that a page says beside its first table; others have their place or concern no page."""


@dataclass(frozen=True)
class Notice:
    """Name what a report says beside its numbers: a code, and the values in its words."""

    code: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make texts of the study among the values harmless."""
        said = {
            name: plain_words(value) if isinstance(value, str) else value
            for name, value in self.values.items()
        }
        object.__setattr__(self, "values", said)

    def words(self, say: Language = ENGLISH) -> str:
        """Write the sentence in a language."""
        return say(f"notice.{self.code}", **self.values)

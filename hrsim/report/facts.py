"""What a run's report rests on: the facts of the run, its tables, its labels, and what limits its use."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

from hrsim.plain_words import plain_words
from hrsim.report.cells import seen
from hrsim.report.fitness import Limit
from hrsim.report.language import Language
from hrsim.report.notices import Notice
from hrsim.words import in_language


@dataclass(frozen=True)
class Facts:
    """Hold what a run was: whom it followed, how often, from when, and how its results were valued.

    `smallest_cell` is None where people are one group; `fewest_to_rank` draws tell what the ranking rests on; rates
    are per year, each from a year on, `thresholds` money per QALY.
    """

    people: int
    start: datetime.date
    years: float
    draws: int
    replicates: int
    seed: int
    uncertain: bool
    discount_costs: tuple[tuple[float, float], ...]
    discount_effects: tuple[tuple[float, float], ...]
    thresholds: tuple[float, ...]
    perspectives: tuple[str, ...]
    currency: str
    price_year: int
    fewest_to_rank: int
    smallest_cell: int | None
    content_hash: str
    version: str


@dataclass(frozen=True)
class Repriced:
    """Name the run whose draws were priced again, and each value that was set: its path, before and after."""

    run: str
    changes: tuple[tuple[str, str, str], ...]

    def words(self, say: Language) -> str:
        """Write it in a sentence to stand under the title."""
        changed = "; ".join(
            say("repriced.change", path=path, before=before, after=after)
            for path, before, after in self.changes
        )
        return plain_words(say("repriced.said", run=self.run, changes=changed))


@dataclass(frozen=True)
class Report:
    """Hold what a run's report says.

    `about` is whom and what it follows, `banners` what limits its use, `notices` what it says beside its
    numbers. `facts` and `limits` hold the same for programs and for other languages than English.
    """

    title: str
    notes: str
    about: str
    arm_labels: Mapping[str, str]
    comparator: str
    banners: tuple[str, ...]
    tables: Mapping[str, pd.DataFrame]
    notices: tuple[Notice, ...] = ()
    facts: Facts | None = None
    limits: tuple[Limit, ...] = ()
    service_labels: Mapping[str, str] = field(default_factory=dict)
    repriced: Repriced | None = None

    def __post_init__(self) -> None:
        """Make every text that comes from the study harmless, here and for whatever is written of the report."""
        changed: dict[str, object] = {
            "title": plain_words(self.title),
            "notes": plain_words(self.notes),
            "arm_labels": {name: plain_words(label) or name for name, label in self.arm_labels.items()},
            "service_labels": {
                name: plain_words(label) or name for name, label in self.service_labels.items()
            },
            "banners": tuple(map(plain_words, self.banners)),
            "tables": {name: seen(table) for name, table in self.tables.items()},
        }
        for name, value in changed.items():
            object.__setattr__(self, name, value)

    def in_language(self, tag: str) -> Report:
        """Give the report with the study's own words in a language; what has no translation stays as it stands."""
        return replace(
            self,
            title=in_language(self.title, tag),
            notes=in_language(self.notes, tag),
            arm_labels={arm: in_language(label, tag) for arm, label in self.arm_labels.items()},
            service_labels={name: in_language(label, tag) for name, label in self.service_labels.items()},
        )

"""Say things in a language: sentences from its catalogue, numbers and dates in its own form."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from hrsim.errors import HrsimError
from hrsim.report.numbers import PLAIN, NumberForm
from hrsim.words import LANGUAGES as LANGUAGES

SPACED = ("fr",)
"""Languages that set some marks of punctuation apart from their words."""
NO_BREAK = "\u00a0"
NARROW_NO_BREAK = "\u202f"
_BEFORE = re.compile(r" (?=[;!?%»])")
_COLON = re.compile(r" (?=:)")
_AFTER = re.compile(r"(?<=«) ")


class UnknownLanguage(HrsimError):
    """Report a language in which hrsim writes no reports."""

    exit_code = 2


@dataclass(frozen=True)
class Language:
    """Hold one language: its tag and the form of its numbers; calling it says a message of its catalogue."""

    tag: str
    form: NumberForm = PLAIN

    @property
    def messages(self) -> Mapping[str, Any]:
        """Give the messages by dotted key."""
        return catalogue(self.tag)

    def __call__(self, key: str, **values: object) -> str:
        """Say a message; with `count` the form that the language uses for that many."""
        message = self.messages[key]
        if isinstance(message, Mapping):
            message = message[self._plural(int(str(values["count"])))]
        return str(message).format(**values)

    def name(self, kind: str, word: str) -> str:
        """Give the name of a thing of the model, or its identifier in words where the catalogue has none."""
        found = self.messages.get(f"{kind}.{word}")
        return str(found) if found is not None else word.replace("_", " ")

    def knows(self, kind: str, word: str) -> bool:
        """Tell whether the catalogue has a name for a thing of the model."""
        return f"{kind}.{word}" in self.messages

    def date(self, day: datetime.date) -> str:
        """Write a date in full."""
        from babel.dates import format_date

        text = str(format_date(day, "long", locale=self.tag))
        if day.day == 1:
            text = re.sub(r"\b1\b", self("number.first_of_month"), text, count=1)
        return text.replace(" ", NO_BREAK)

    def whole(self, value: int) -> str:
        """Write a whole number."""
        return f"{value:,}".replace(",", self.form.group)

    def rates(self, steps: Sequence[tuple[float, float]]) -> str:
        """Write yearly rates, each with the year from which it holds."""
        later = [
            self("methods.rate_later", rate=self.rate(rate), year=f"{year:g}") for year, rate in steps[1:]
        ]
        return ", ".join([self.rate(steps[0][1]), *later])

    def rate(self, share: float) -> str:
        """Write an exact share as a percentage, to one decimal place."""
        text = f"{100 * share:.1f}".replace(".", self.form.decimal)
        return self.form.per_cent.format(number=text)

    def listed(self, items: list[str]) -> str:
        """Join items in a sentence."""
        *first, last = items or [""]
        if not first:
            return last
        return self(
            f"number.list_of_{'more' if len(first) > 1 else 'two'}", first=", ".join(first), last=last
        )

    def _plural(self, count: int) -> str:
        from babel import Locale

        return str(Locale.parse(self.tag).plural_form(count))


def language(tag: str) -> Language:
    """Load a language; raise UnknownLanguage for one that has no catalogue."""
    check_tags((tag,))
    from babel.numbers import get_decimal_symbol, get_group_symbol

    messages = catalogue(tag)
    form = NumberForm(
        group=get_group_symbol(tag),
        decimal=get_decimal_symbol(tag),
        interval=str(messages["number.interval"]),
        per_cent=_per_cent_pattern(tag),
        unknown=str(messages["number.unknown"]),
    )
    return Language(tag, form)


ENGLISH = Language("en")
"""English with plain numbers: what the texts of a run are written in; it needs no library of languages."""


def check_tags(tags: Iterable[str]) -> None:
    """Raise UnknownLanguage for the first tag that has no catalogue."""
    for tag in tags:
        if tag not in LANGUAGES:
            raise UnknownLanguage(
                f"hrsim writes no reports in '{tag}'; write one or more of {', '.join(LANGUAGES)}"
            )


@cache
def catalogue(tag: str) -> Mapping[str, Any]:
    """Read the messages of a language by dotted key; a message with plural forms is a mapping."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = (files("hrsim.report") / "languages" / f"{tag}.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = {}
    _flatten(yaml.load(text, loader), "", found, _spaced if tag in SPACED else str)
    return found


def _flatten(
    node: Mapping[str, Any], prefix: str, found: dict[str, Any], written: Callable[[str], str]
) -> None:
    for key, value in node.items():
        path = f"{prefix}{key}"
        if isinstance(value, Mapping) and "other" not in value:
            _flatten(value, f"{path}.", found, written)
        elif isinstance(value, Mapping):
            found[path] = {count: written(str(form)) for count, form in value.items()}
        else:
            found[path] = written(str(value))


def _spaced(text: str) -> str:
    """Keep a mark of punctuation that stands apart on the line of the word before it, as French asks for."""
    text = _AFTER.sub(NO_BREAK, _COLON.sub(NO_BREAK, text))
    return _BEFORE.sub(NARROW_NO_BREAK, text)


def _per_cent_pattern(tag: str) -> str:
    """Give the language's pattern of per cent with the place of the number, such as '{number}%'."""
    from babel import Locale

    pattern = Locale.parse(tag).percent_formats[None].pattern
    before, after = re.split(r"[#,.0]+", pattern, maxsplit=1)
    return f"{before}{{number}}{after.replace(NO_BREAK, NARROW_NO_BREAK)}"

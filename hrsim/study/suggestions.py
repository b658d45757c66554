"""Find the known words that an unknown one most likely means."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import PurePosixPath

MOST_SUGGESTED = 4
MOST_LISTED = 40
NEARLY_THE_SAME = 0.8
SIMILAR = 0.6
SHORTEST_WITH_A_SLIP = 4
_LINKING = frozenset({"a", "and", "at", "for", "from", "in", "of", "the", "to", "with"})


def likely(word: str, known: Iterable[str], also: Mapping[str, Sequence[str]] | None = None) -> list[str]:
    """Return the known words that a word most likely means, the likeliest first; none where nothing is near.

    `also` gives other words for a known one: its label, and what it is called elsewhere. The rules, the first that
    finds something counts: the same letters; initials; another word for it; a slip of the pen; words in common; any
    likeness.
    """
    names = list(dict.fromkeys(known))
    others = also or {}
    wanted = _words(word)
    called = [
        name for name in names if any(_same_words(wanted, _words(other)) for other in others.get(name, ()))
    ]
    rules = (
        [name for name in names if _words(name) == wanted],
        [name for name in names if _initials(name, "".join(wanted))],
        list(dict.fromkeys((*called, *_sharing_words(wanted, names, others)))) if called else [],
        _alike(word, names, NEARLY_THE_SAME),
        _sharing_words(wanted, names, others),
        _alike(word, names, SIMILAR),
    )
    return next((found for found in rules if found), [])[:MOST_SUGGESTED]


def _words(text: str) -> tuple[str, ...]:
    """Split a name, a label or the last part of a file's path into its words, in small letters."""
    last = PurePosixPath(text.replace("\\", "/")).name if text.endswith((".yaml", ".yml")) else text
    return tuple(re.findall(r"[^\W_]+", re.sub(r"\.ya?ml$", "", last).lower()))


def _initials(name: str, letters: str) -> bool:
    words = _words(name)
    if len(words) < 2:
        return False
    kept = [word[0] for word in words if word not in _LINKING]
    return letters in ("".join(kept), "".join(word[0] for word in words))


def _alike(word: str, names: list[str], cutoff: float) -> list[str]:
    spelled: dict[str, str] = {}
    for name in names:
        spelled.setdefault("_".join(_words(name)), name)
    close = difflib.get_close_matches("_".join(_words(word)), spelled, n=1, cutoff=cutoff)
    return [spelled[found] for found in close]


def _sharing_words(
    wanted: tuple[str, ...], names: list[str], others: Mapping[str, Sequence[str]]
) -> list[str]:
    """Return the names that hold at least half of the words, those that hold most of them first."""
    shares = {}
    for name in names:
        texts = (_words(name), *(_words(other) for other in others.get(name, ())))
        shares[name] = max(_held(wanted, words) for words in texts)
    best = max(shares.values(), default=0.0)
    return [name for name in names if best >= 0.5 and shares[name] == best]


def _held(wanted: Collection[str], words: Sequence[str]) -> float:
    """Return the share of the wanted words, linking words left out, that stand in some words, slips allowed."""
    telling = [word for word in wanted if word not in _LINKING]
    found = [word for word in telling if any(_same_word(word, other) for other in words)]
    return len(found) / len(telling) if telling else 0.0


def _same_words(words: tuple[str, ...], others: tuple[str, ...]) -> bool:
    return len(words) == len(others) and all(map(_same_word, words, others))


def _same_word(word: str, other: str) -> bool:
    """Tell whether two words are the same, the beginning of one another or nearly the same; short ones the same."""
    if min(len(word), len(other)) < SHORTEST_WITH_A_SLIP:
        return word == other
    return other.startswith(word) or difflib.SequenceMatcher(None, word, other).ratio() >= NEARLY_THE_SAME

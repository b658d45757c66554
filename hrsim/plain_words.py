"""Text from outside made safe to print and to quote: no control characters, nothing that turns it around."""

from __future__ import annotations

import unicodedata

from hrsim.words import Words

UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
"""Unicode categories left out: control, format (direction marks, zero width), surrogate, private, unassigned, break."""
LONGEST_SHOWN = 80


def plain_words(text: str) -> str:
    """Return text as one line of visible characters; every run of white space and control characters is one space.

    Words in several languages stay so.
    """
    if isinstance(text, Words):
        return text.mapped(plain_words)
    seen = (" " if unicodedata.category(character) in UNSEEN else character for character in text)
    return " ".join("".join(seen).split())


def visible(text: str, kept: str = "\n\t") -> str:
    """Return text with each character that cannot be seen written out by its number; those `kept` stay.

    The form is an escape of JSON and of YAML's double quotes. Visible text comes back as it is.
    """
    if text.isprintable():
        return text
    return "".join(
        _written_out(character)
        if character not in kept and unicodedata.category(character) in UNSEEN
        else character
        for character in text
    )


def _written_out(character: str) -> str:
    number = ord(character)
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def shortened(text: str, longest: int = LONGEST_SHOWN) -> str:
    """Return text as plain words, cut where it is too long for a line."""
    words = plain_words(text)
    return words if len(words) <= longest else words[: longest - 1] + "…"

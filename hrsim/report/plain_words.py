"""Text from a study made safe to print and to quote: one line, no control characters, nothing that turns it around."""

from __future__ import annotations

import unicodedata

from hrsim.words import Words

UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
"""Unicode categories left out: control, format (direction marks, zero width), surrogate, private, unassigned, break."""


def plain_words(text: str) -> str:
    """Return text as one line of visible characters; every run of white space and control characters is one space.

    Words in several languages stay so.
    """
    if isinstance(text, Words):
        return text.mapped(plain_words)
    seen = (" " if unicodedata.category(character) in UNSEEN else character for character in text)
    return " ".join("".join(seen).split())

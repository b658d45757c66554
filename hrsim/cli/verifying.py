"""What `hrsim verify` says: one line a check, every difference, and what the versions have to do with it."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from hrsim.experiment.verify import Check
from hrsim.plain_words import plain_words
from hrsim.report.texts import WIDTH

MOST_SHOWN = 20
FOLDER_CHECKS = ("manifest", "files")
PROMISE = (
    "The same bits are promised for the same hrsim, evidence and libraries on the same kind of machine; with others, "
    "draws and tables may differ although nobody changed the run. A changed file or manifest is never due to versions."
)


def show_check(check: Check) -> str:
    """Write the outcome of one check and its differences, of which the first few are named."""
    lines = [f"{'DIFFERS' if check.differences else 'same':8} {check.what}: {check.extent}"]
    lines += [f"         - {plain_words(words)}" for words in check.differences[:MOST_SHOWN]]
    more = len(check.differences) - MOST_SHOWN
    return "\n".join([*lines, *([f"         - and {more} more"] if more > 0 else [])])


def verdict(checks: Sequence[Check], versions: Sequence[str], manifest: Mapping[str, Any]) -> str:
    """Say what the checks come to, which files were added later, and whether versions may explain a difference."""
    lines = [
        f"later    {plain_words(line['verb'])}: {len(line['files'])} files (their hashes are checked, no more)"
        for line in manifest["log"][1:]
    ]
    differing = [check.what for check in checks if check.differences]
    if versions:
        lines += ["versions", *(f"         - {plain_words(words)}" for words in versions)]
    if differing and versions:
        lines.append(textwrap.fill(PROMISE, WIDTH))
    if differing:
        lines.append(f"NOT VERIFIED: {', '.join(differing)}")
    else:
        lines.append(f"verified: everything checked is as {plain_words(manifest['run'])} was written")
    return "\n".join(lines)

"""What can go wrong with a run and its folder that the user can put right."""

from __future__ import annotations

from hrsim.errors import HrsimError


class RunFolderError(HrsimError):
    """Report a run folder that cannot be used as asked: it exists already, or is no run folder."""

    exit_code = 2


class IncompleteRunError(HrsimError):
    """Report a run some of whose draws are missing."""

    exit_code = 8

"""How kernel functions are compiled: one decorator for all of them.

They are called by other kernel functions only, so the wrappers that make them callable from Python are left out, and so
is reference counting, because a kernel never allocates.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import numba

F = TypeVar("F", bound=Callable[..., Any])


def kernel_function(function: F) -> F:
    """Compile a function for use inside kernels; return it unchanged when the compiler is off."""
    compiled: F = numba.njit(no_cpython_wrapper=True, no_cfunc_wrapper=True, _nrt=False)(function)
    return compiled


def entry_point(function: F) -> F:
    """Compile a function that Python calls: cached on disk, releasing the interpreter lock."""
    compiled: F = numba.njit(cache=True, nogil=True, _nrt=False)(function)
    return compiled

"""How kernel functions are compiled: one decorator for all of them, and a short cut through Numba's linking.

Kernel functions are called by other kernel functions only, so the wrappers that make them callable from Python are
left out, and so is reference counting, because a kernel never allocates.

Numba optimises and emits every function together with all that it calls, again and again on every level of the call
tree. For kernel functions it is enough to link: the entry point on top is optimised once, as a whole. That takes the
full model from a minute and a half of compiling to a fraction (docs/decisions/compile-time.md). Should a Numba
release move these internals, functions are compiled the usual way, with the same bits and more patience.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import numba
from numba.core import codegen, types

F = TypeVar("F", bound=Callable[..., Any])
_SUFFIX = "__kernel_function"
_njit: Any = numba.njit
_OPTIONS: Any = {"_nrt": False, "error_model": "numpy", "no_rewrites": True}


def kernel_function(function: F) -> F:
    """Compile a function for use inside kernels; return it unchanged when the compiler is off."""
    function.__qualname__ += _SUFFIX
    compiled: F = _njit(no_cpython_wrapper=True, no_cfunc_wrapper=True, **_OPTIONS)(function)
    return _share_calls(compiled)


def entry_point(function: F) -> F:
    """Compile a function that Python calls: cached on disk, releasing the interpreter lock."""
    compiled: F = _njit(cache=True, nogil=True, **_OPTIONS)(function)
    return compiled


def _share_calls(compiled: F) -> F:
    """Let calls that differ in a constant or in the width of a whole number share one compiled function.

    Numba compiles anew for each constant argument and each width; inlining brings constants back.
    """
    template = getattr(compiled, "get_call_template", None)
    if template is not None:

        def of_plain_types(arguments: Any, keywords: Any) -> Any:
            named = {name: _plain(kind) for name, kind in keywords.items()}
            return template(tuple(_plain(kind) for kind in arguments), named)

        compiled.get_call_template = of_plain_types  # type: ignore[attr-defined]
    return compiled


def _plain(kind: Any) -> Any:
    plain: Any = types.unliteral(kind)
    return types.int64 if plain in types.signed_domain else plain


def _link_kernel_functions_only() -> None:
    """Let libraries of kernel functions be linked without being optimised and emitted on their own."""
    library: Any = codegen.CPUCodeLibrary
    generator: Any = codegen.JITCPUCodegen
    wanted = ("finalize", "_raise_if_finalized", "_optimize_final_module", "_finalize_dynamic_globals")
    if not all(hasattr(library, name) for name in wanted) or not hasattr(generator, "set_env"):
        return
    finalize = library.finalize

    def finalize_or_link(self: Any) -> None:
        if not self.name.endswith(_SUFFIX):
            finalize(self)
            return
        self._raise_if_finalized()
        for inner in dict.fromkeys(self._linking_libraries):
            self._final_module.link_in(inner._get_module_for_linking(), preserve=True)
        self._finalize_dynamic_globals()
        self._finalized = True

    set_environment = generator.set_env

    def set_known_environment(self: Any, name: str, environment: Any) -> None:
        if self._engine.get_global_value_address(name):
            set_environment(self, name, environment)

    library.finalize = finalize_or_link
    generator.set_env = set_known_environment


_link_kernel_functions_only()

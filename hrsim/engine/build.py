"""Write a model's kernel as a readable module in a private cache folder and load it.

The folder is named by a hash of every source that the kernel rests on and of the versions of Python, Numba and NumPy,
because Numba's own cache does not notice a changed import.
"""

import hashlib
import importlib.util
import os
import sys
import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from hrsim.engine.cache_folder import is_private, private_folder
from hrsim.engine.model import Function, Model
from hrsim.engine.timers import FIRST_MODEL_KIND

_INTERFACE = (
    "from hrsim.engine.interface import adjust, apply, cell, close, enter, expire, hazard, renew, start\n"
)
_PACKAGE = Path(__file__).parent
_OPTIONAL = {
    "enter": "sim, i, a",
    "start": "sim, i, a",
    "renew": "sim, i, a",
    "adjust": "sim, a, what, item, value",
    "close": "sim",
}


@cache
def build_kernel(model: Model) -> ModuleType:
    """Return the module with `run`, `sweep`, `begin` and `close_quarter` for a model, written and compiled once."""
    text = kernel_source(model)
    folder = _cache_folder(text, model)
    path = folder / f"kernel_{model.name}.py"
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        _write_atomically(path, text)
    settings: Any = numba.config
    if settings.CACHE_DIR and not is_private(Path(settings.CACHE_DIR)):
        settings.CACHE_DIR = ""  # others could put code there: Numba keeps it beside the module
    name = f"hrsim_kernel_{model.name}_{folder.name}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def compile_kernel(kernel: ModuleType, sim: Any) -> None:
    """Compile a kernel's entry points for arrays like these, or load them from the cache: before threads start."""
    if not compiled():
        return
    arrays, tick = numba.typeof(sim), numba.int64
    kernel.change_world.compile((arrays, tick, tick, tick, tick, numba.float64))
    kernel.begin.compile((arrays, tick))
    kernel.sweep.compile((arrays, tick, tick))
    kernel.run.compile((arrays, tick))
    kernel.close_quarter.compile((arrays, tick))


def kernel_source(model: Model) -> str:
    """Return the text of a model's kernel: the loop of `kernel.py` with the dispatch over its processes."""
    template = (_PACKAGE / "kernel.py").read_text(encoding="utf-8")
    assert _INTERFACE in template
    return template.replace(_INTERFACE, "").replace("HEADROOM = ", _dispatch(model) + "\n\nHEADROOM = ", 1)


def compiled() -> bool:
    """Return whether the compiler is on (`NUMBA_DISABLE_JIT=1` turns it off)."""
    return not bool(getattr(numba.config, "DISABLE_JIT", False))


def record_view(array: NDArray[Any]) -> Any:
    """Return an array of records whose fields are attributes also without the compiler."""
    return array.view(np.recarray) if array.dtype.names and not compiled() else array


def _dispatch(model: Model) -> str:
    lines: list[str] = []
    for number, process in enumerate(model.processes):
        lines += [_import(process.hazard, f"hazard_{number}"), _import(process.apply, f"apply_{number}")]
    for number, timer in enumerate(model.timers):
        lines.append(_import(timer.expire, f"expire_{number}"))
    lines += [_import(model.cell, "cell"), "from hrsim.engine.accrual import touch_aspect"]
    lines.append("")
    for name, arguments in _OPTIONAL.items():
        function = getattr(model, name)
        lines.append(_import(function, name) if function else _nothing(name, arguments))
    hazards = [f"hazard_{n}(sim, argument, i, a)" for n in range(len(model.processes))]
    applies = []
    for n, process in enumerate(model.processes):
        touch = "" if process.quiet else f"touch_aspect(sim, i, a, {process.changes}); "
        applies.append(f"{touch}apply_{n}(sim, argument, i, a, luck)")
    expires = []
    for n, timer in enumerate(model.timers):
        touch = "" if timer.quiet else "touch(sim, i, a); "
        expires.append(f"{touch}expire_{n}(sim, i, a, payload)")
    of_stream = ["process = sim.stream[stream].process", "argument = sim.stream[stream].argument"]
    return "\n".join(
        [
            *lines,
            _switch("hazard(sim, stream, i, a)", "process", hazards, of_stream, "return ", "return 0.0"),
            _switch("apply(sim, stream, i, a, luck)", "process", applies, of_stream, "", "return"),
            _switch("expire(sim, kind, i, a, payload)", "kind", expires, [], "", "return", FIRST_MODEL_KIND),
        ]
    )


def _import(function: Function, name: str) -> str:
    return f"from {function.__module__} import {function.__name__} as {name}"


def _nothing(name: str, arguments: str) -> str:
    return f"\n\n@kernel_function\ndef {name}({arguments}):\n    pass\n"


def _switch(
    head: str, what: str, calls: list[str], before: list[str], lead: str, otherwise: str, first: int = 0
) -> str:
    body = ["", "", "@kernel_function", f"def {head}:", *(f"    {line}" for line in before)]
    for number, call in enumerate(calls):
        body.append(f"    {'if' if number == 0 else 'elif'} {what} == {number + first}:")
        body.append(f"        {lead}{call}")
    return "\n".join([*body, f"    {otherwise}", ""])


def _cache_folder(text: str, model: Model) -> Path:
    digest = hashlib.blake2b(text.encode(), digest_size=10)
    for path in _sources(model):
        digest.update(path.read_bytes())
    for version in (sys.version, numba.__version__, np.__version__, str(compiled())):
        digest.update(version.encode())
    return private_folder(digest.hexdigest())


def _sources(model: Model) -> Iterable[Path]:
    package = _PACKAGE.parent
    paths = {*(package / "engine").glob("*.py"), *(package / "processes").glob("*.py"), package / "units.py"}
    for name in model.sources:
        module: Any = sys.modules[name]
        paths.add(Path(module.__file__))
    return sorted(paths)


def _write_atomically(path: Path, text: str) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(text)
    Path(temporary).replace(path)

"""One handle for all arrays of a draw: compiled functions get a single pointer instead of forty arrays.

`Bundle` is a plain object whose attributes are arrays. To Numba it is a type of its own: a pointer to a table of
addresses, shapes and strides, from which an attribute is read as an array that owns nothing. Passing the arrays one
by one made every call carry some three hundred values and the compiler four times slower.
"""

import hashlib
from typing import Any, Self

import numba
import numpy as np
from llvmlite import ir
from numba.core import types
from numba.core.datamodel import models
from numba.core.typing.templates import AttributeTemplate
from numba.extending import (
    NativeValue,
    infer_getattr,
    lower_getattr_generic,
    register_model,
    typeof_impl,
    unbox,
)
from numba.np.arrayobj import make_array, populate_array

_WORD = ir.IntType(64)


class Bundle:
    """Hold named arrays; attributes are the arrays, `replace` returns a bundle with some exchanged."""

    def __init__(self, **arrays: Any) -> None:
        self.__dict__.update(arrays)
        self.names = tuple(arrays)
        words: list[int] = []
        for array in arrays.values():
            words += [array.ctypes.data, *array.shape, *array.strides]
        self.words = np.array(words, np.int64)
        self.address = int(self.words.ctypes.data)
        self.numba_type: Any = None

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"no array is called {name!r}")

    def replace(self, **arrays: Any) -> Self:
        """Return a bundle that shares all arrays but those given."""
        return type(self)(**{name: arrays.get(name, getattr(self, name)) for name in self.names})


class BundleType(types.Type):
    """The Numba type of a bundle: names and array types in order."""

    def __init__(self, fields: tuple[tuple[str, Any], ...]) -> None:
        self.fields = fields
        inside = ", ".join(f"{name}: {kind}" for name, kind in fields)
        # A short name: Numba puts it into the symbol of every function.
        super().__init__(name=f"Bundle_{hashlib.blake2b(inside.encode(), digest_size=8).hexdigest()}")

    def place(self, attribute: str) -> tuple[Any, int]:
        """Return the array type of an attribute and the first of its words in the table."""
        word = 0
        for name, kind in self.fields:
            if name == attribute:
                return kind, word
            word += 1 + 2 * kind.ndim
        raise AttributeError(attribute)


@typeof_impl.register(Bundle)
def _typeof_bundle(value: Bundle, _context: Any) -> BundleType:
    if value.numba_type is None:
        value.numba_type = BundleType(
            tuple((name, numba.typeof(getattr(value, name))) for name in value.names)
        )
    kind: BundleType = value.numba_type
    return kind


@register_model(BundleType)
class _BundleModel(models.OpaqueModel):
    pass


@infer_getattr
class _BundleAttribute(AttributeTemplate):
    key = BundleType

    def generic_resolve(self, kind: BundleType, attribute: str) -> Any:  # type: ignore[override]
        return dict(kind.fields).get(attribute)


@unbox(BundleType)
def _unbox_bundle(_kind: BundleType, value: Any, c: Any) -> NativeValue:
    address = c.pyapi.object_getattr_string(value, "address")
    number = c.pyapi.long_as_longlong(address)
    c.pyapi.decref(address)
    return NativeValue(c.builder.inttoptr(number, ir.IntType(8).as_pointer()))


@lower_getattr_generic(BundleType)
def _lower_attribute(context: Any, builder: Any, kind: BundleType, value: Any, attribute: str) -> Any:
    array_type, first = kind.place(attribute)
    table = builder.bitcast(value, _WORD.as_pointer())

    def word(number: int) -> Any:
        load = builder.load(builder.gep(table, [ir.Constant(ir.IntType(32), first + number)]))
        load.set_metadata("invariant.load", builder.module.add_metadata([]))
        return load

    array = make_array(array_type)(context, builder)
    data_type = context.get_data_type(array_type.dtype).as_pointer()
    itemsize = context.get_constant(types.intp, context.get_abi_sizeof(data_type.pointee))
    populate_array(
        array,
        data=builder.inttoptr(word(0), data_type),
        shape=[word(1 + n) for n in range(array_type.ndim)],
        strides=[word(1 + array_type.ndim + n) for n in range(array_type.ndim)],
        itemsize=itemsize,
        meminfo=None,
    )
    return array._getvalue()

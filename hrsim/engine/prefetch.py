"""Ask the processor for memory that will be needed soon: speed only, nothing is read or changed."""

from typing import Any

import numba
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic
from numba.np.arrayobj import make_array

_LINE = 64  # bytes in a cache line


def _intrinsic() -> Any:
    """Return the intrinsic that fetches every cache line of one row: all that follows an array's first index."""

    @intrinsic
    def prefetch(typing: Any, array: Any, row: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            source = make_array(signature.args[0])(context, builder, arguments[0])
            word, flag = ir.IntType(64), ir.IntType(32)
            stride = builder.extract_value(source.strides, 0)
            first = builder.gep(
                builder.bitcast(source.data, cgutils.voidptr_t), [builder.mul(arguments[1], stride)]
            )
            kind = ir.FunctionType(ir.VoidType(), [cgutils.voidptr_t, flag, flag, flag])
            function = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
            lines = builder.udiv(builder.add(stride, ir.Constant(word, _LINE - 1)), ir.Constant(word, _LINE))
            to_read, keep, data = (ir.Constant(flag, value) for value in (0, 3, 1))
            with cgutils.for_range(builder, lines) as loop:
                line = builder.gep(first, [builder.mul(loop.index, ir.Constant(word, _LINE))])
                builder.call(function, [line, to_read, keep, data])
            return context.get_dummy_value()

        return types.void(array, types.int64), generate

    return prefetch


def _nothing(array: Any, row: Any) -> None:
    """Stand in for the intrinsic when the compiler is off."""


prefetch = _nothing if getattr(numba.config, "DISABLE_JIT", False) else _intrinsic()

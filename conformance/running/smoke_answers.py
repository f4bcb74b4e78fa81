"""The operands of `conformance smoke`'s questions, and what their answers are held to.

Knows: one call, its arrays and its answer. Must not know: the order of steps (`conformance.running.smoke`), bytes.
"""

from collections.abc import Iterator, Mapping
from itertools import permutations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.errors import LONGEST_TRACEBACK
from conformance.running.conversation import Blame, Stumbled
from conformance.suite.case import Call
from conformance.suite.dtypes import FORMATS
from reference.family import OPERATORS

LAYOUTS = OPERATORS["conv2d_transpose"].data_formats
"""of the operator that smoke asks"""


class LeftOut(Exception):
    """A step that does not make sense for this lane, with the reason."""


def laid_out(layout: str | None, batch: int, height: int, width: int, channels: int) -> tuple[int, ...]:
    """A shape in the order of the layout; None is NHWC."""
    return (batch, channels, height, width) if layout == LAYOUTS[1] else (batch, height, width, channels)


def operands(call: Call, value: NDArray[Any], filter: NDArray[Any]) -> dict[str, NDArray[Any]]:
    """The two arrays as they are sent, in the dtype of the call."""
    dtype = FORMATS[call.dtype].numpy
    return {"value": value.astype(dtype), "filter": filter.astype(dtype)}


def filled(call: Call, value: int, weight: int) -> dict[str, NDArray[Any]]:
    """Operands of one number each."""
    return operands(call, np.full(call.value_shape, value), np.full(call.filter_shape, weight))


def result_of(header: Mapping[str, Any], tensors: Mapping[str, NDArray[Any]], call: Call) -> NDArray[Any]:
    """The result of a right call; raises Stumbled for what is none, LeftOut for what the lane cannot say."""
    match header["type"]:
        case "refusal":
            raise Stumbled(
                f"it refused a right call: {header['error'][:80]}: {header['message'][:300]}", "a reply",
                f"The call was value {list(call.value_shape)}, filter {list(call.filter_shape)}, output_shape "
                f"{list(call.output_shape)}, strides {call.strides}, {call.padding}.",
                Blame.IMPLEMENTATION,
            )  # fmt: skip
        case "unsupported":
            raise LeftOut(header["reason"][:300])
        case "error":
            raise failed(header, "a reply")
        case "misshapen":
            expected = f"the shape of output_shape {list(call.output_shape)}"
            raise Stumbled(header["message"], expected, "The implementation's own result.", Blame.IMPLEMENTATION)
    changed = [name for each in header.get("disturbed", ()) for name in each]
    if changed:
        raise Stumbled(
            f"the call changed {' and '.join(changed)}", "operands that are only read",
            "Its caller still needs them: compute in a copy.", Blame.IMPLEMENTATION,
        )  # fmt: skip
    return tensors["result"]


def failed(header: Mapping[str, Any], expected: str) -> Stumbled:
    """What to say of an error."""
    hint = "The port itself failed: see its standard error."
    trace = (header.get("traceback") or "")[-LONGEST_TRACEBACK:]
    return Stumbled(f"error: {header['message'][:300]}", expected, hint, traceback=trace)


def check_form(result: NDArray[Any], call: Call) -> None:
    """Raises Stumbled for another dtype or shape than that of the call."""
    found, wanted = (result.dtype.name, list(result.shape)), (call.dtype, list(call.output_shape))
    if found != wanted:
        raise Stumbled(
            f"{found[0]} {found[1]}", f"{wanted[0]} {wanted[1]}",
            "dtype is that of the arguments, shape their output_shape, in the order of the call's data_format.",
        )  # fmt: skip


def check_values(result: NDArray[Any], expected: NDArray[Any], lane: str) -> None:
    """Raises Stumbled for wrong values, which are the harness' where bytes or axes explain them."""
    wrong = np.argwhere(result != expected)
    if not len(wrong):
        return
    first = tuple(int(index) for index in wrong[0])
    found = f"{len(wrong)} of {result.size} elements are wrong, first at {list(first)}: {result[first]}"
    wanted = f"{expected[first]}"
    if np.array_equal(result.byteswap(), expected):
        raise Stumbled(found, wanted, "The bytes are big-endian; tensors are little-endian.")
    if any(np.array_equal(result.ravel(), moved.ravel()) for moved in _transposed(expected)):
        hint = "The right numbers in another order of axes: write row-major, in the order of output_shape."
        raise Stumbled(found, wanted, hint)
    hint = (
        f"The harness can be right and the implementation wrong: conformance diagnose --lane {lane!r} names the fault."
    )
    raise Stumbled(found, wanted, hint, Blame.IMPLEMENTATION)


def _transposed(array: NDArray[Any]) -> Iterator[NDArray[Any]]:
    return (array.transpose(axes) for axes in permutations(range(array.ndim)))

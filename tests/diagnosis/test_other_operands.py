"""Edits that two axes of a transposed convolution cannot show: of cotangents, biases, of one and three axes.

Every wrong answer is the oracle's for an operand that was misread here, or for a geometry with another number.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from hashlib import sha256
from itertools import islice, permutations
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from numpy.typing import NDArray

from conformance.judging.arithmetic import required_arithmetic
from conformance.judging.comparison import compare
from conformance.judging.question import Question, make_question
from conformance.operators.convolution.call import ConvolutionTrial, RightConvolution
from conformance.operators.convolution.diagnosis import diagnose, search
from conformance.operators.convolution.oracle import expect_call
from conformance.suite.corpus import select
from reference.family import OPERATORS

Array = NDArray[Any]
Operands = Mapping[str, Array]
Wrong = Callable[[RightConvolution, Operands], Array | None]
"""None where the fault has no object"""
Corpus = list[tuple[ConvolutionTrial, Question]]
ENOUGH = 2


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    """Small cases of all operators, in an order that mixes them."""
    trials = sorted(select(["tests/mutants/cases"]), key=lambda trial: sha256(trial.id.encode()).digest())
    return [(trial, make_question(trial)) for trial in trials if isinstance(trial, ConvolutionTrial)]


def answered(call: RightConvolution, operands: Operands) -> Array:
    return np.asarray(expect_call(call, operands).rounded)


def of_operand(name: str, change: Callable[[Array, RightConvolution], Array | None], *directions: str) -> Wrong:
    def wrong(call: RightConvolution, operands: Operands) -> Array | None:
        if name not in operands or (directions and call.direction not in directions):
            return None
        changed = change(operands[name], call)
        return None if changed is None else answered(call, {**operands, name: changed.astype(operands[name].dtype)})

    return wrong


def of_geometry(change: Callable[[RightConvolution, int], Mapping[str, int] | None], *directions: str) -> Wrong:
    """Other integers of each axis."""

    def wrong(call: RightConvolution, operands: Operands) -> Array | None:
        changes = [change(call, at) for at in range(len(call.geometry.axes))]
        if None in changes or call.direction not in directions:
            return None
        change_axis: Callable[..., Any] = replace
        axes = tuple(change_axis(a, **(c or {})) for a, c in zip(call.geometry.axes, changes, strict=True))
        return answered(replace(call, geometry=replace(call.geometry, axes=axes)), operands)

    return wrong


def narrowed(cast: Callable[[Array], Array]) -> Wrong:
    """A cotangent of real numbers with fewer digits."""
    return of_operand("cotangent", lambda y, call: cast(y) if call.dtype in ("float32", "float64") else None)


def rounded(dtype: Any) -> Callable[[Array], Array]:
    return lambda array: array.astype(dtype)


def cut(bits: int) -> Callable[[Array], Array]:
    def change(array: Array) -> Array:
        fraction, exponent = np.frexp(array.astype(np.float64))
        return np.asarray(np.ldexp(np.trunc(fraction * 2**bits), exponent - bits))

    return change


def to_tf32(array: Array) -> Array:
    fraction, exponent = np.frexp(array.astype(np.float64))
    return np.asarray(np.ldexp(np.rint(fraction * 2**11), exponent - 11))


def fortran(array: Array, _: RightConvolution) -> Array:
    return np.ascontiguousarray(array).ravel().reshape(array.shape, order="F")


def two_axes_exchanged(array: Array, call: RightConvolution) -> Array | None:
    """The last two spatial axes, in memory alone."""
    if call.definition.rank == 1:
        return None
    first = -3 if call.last else -2
    lengths = list(array.shape)
    lengths[first], lengths[first + 1] = lengths[first + 1], lengths[first]
    return np.asarray(np.ascontiguousarray(array).reshape(lengths).swapaxes(first, first + 1))


def mean_over_all(call: RightConvolution, operands: Operands) -> Array | None:
    if call.direction == "forward" or "cotangent" not in operands or call.dtype != "float64":
        return None
    y = operands["cotangent"]
    return np.asarray(answered(call, operands) / (y.size // y.shape[-1 if call.last else 1]))


def conjugated_result(call: RightConvolution, operands: Operands) -> Array | None:
    return answered(call, operands).conj() if call.dtype.startswith("complex") else None


def own_order(call: RightConvolution) -> str:
    channels = "oi" if call.definition.transposed else "im" if call.definition.depthwise else "io"
    return "dhw"[-call.definition.rank :] + channels


def read_in(order: str) -> Callable[[Array, RightConvolution], Array | None]:
    """The flat memory of a filter, indexed as if its axes came in another order."""

    def change(filter: Array, call: RightConvolution) -> Array | None:
        own = own_order(call)
        if sorted(own) != sorted(order) or own == order:
            return None
        lengths = dict(zip(own, filter.shape, strict=True))
        flat, misread = filter.ravel(), np.empty_like(filter)
        for index in np.ndindex(*filter.shape):
            at = dict(zip(own, index, strict=True))
            misread[index] = flat[np.ravel_multi_index([at[c] for c in order], [lengths[c] for c in order])]
        return misread

    return change


def orders() -> Iterator[str]:
    """Those of one axis, of a depthwise filter, and those of three axes whose channels come first or last."""
    yield from map("".join, permutations("wio"))
    yield from map("".join, permutations("hwim"))
    yield from ("oidhw", "iodhw", "dhwio", "dhwoi", "odhwi", "idhwo", "whdio", "whdoi", "oiwhd")


def crop_on(place: int, by: int) -> Wrong:
    def change(call: RightConvolution, at: int) -> Mapping[str, int] | None:
        if call.definition.rank < 3:
            return None
        crop = call.geometry.axes[at].crop_before + by * (at == place)
        output = call.definition.target(call.direction) == "output"
        return {"crop_before": crop} if crop >= 0 or output else None

    return of_geometry(change, "forward", "value_gradient", "filter_gradient")


def dilation_of_other_layout(call: RightConvolution, at: int) -> Mapping[str, int] | None:
    dilations = [axis.dilation for axis in call.geometry.axes]
    return {"dilation": ([*dilations[1:], 1] if call.last else [1, *dilations[:-1]])[at]}


def two_flipped(filter: Array, call: RightConvolution) -> Array | None:
    return np.flip(filter, (0, 1)) if call.definition.rank == 3 else None


def interleaved(bias: Array, call: RightConvolution) -> Array | None:
    groups = call.groups
    return np.array([bias[(c % groups) * (len(bias) // groups) + c // groups] for c in range(len(bias))])


WRONG: Mapping[str, Wrong] = {
    **{f"cotangent_{name}": narrowed(cast) for name, cast in (
        ("bfloat16", rounded(ml_dtypes.bfloat16)), ("bfloat16_truncated", cut(8)), ("tf32", to_tf32),
        ("tf32_truncated", cut(11)), ("float16", rounded(np.float16)),
        ("float16_truncated", lambda y: cut(11)(y).astype(np.float16)), ("float32", rounded(np.float32)),
        ("float32_truncated", cut(24)),
    )},
    "cotangent_column_major": of_operand("cotangent", fortran),
    "transpose_cotangent": of_operand("cotangent", two_axes_exchanged),
    "result_conjugated": conjugated_result,
    "mean_over_all": mean_over_all,
    "bias_interleaved": of_operand("bias", interleaved, "forward"),
    "flip_two": of_operand("filter", two_flipped, "forward", "value_gradient"),
    "flip_depth": of_operand("filter", lambda w, call: np.flip(w, 0) if call.definition.rank == 3 else None,
                             "forward", "value_gradient"),
    "dilations_of_other_layout": of_geometry(dilation_of_other_layout, "forward", "value_gradient", "filter_gradient"),
    **{f"crop_before_depth_{'plus' if by > 0 else 'minus'}_{abs(by)}": crop_on(0, by)
       for by in (1, 2, 3, -1, -2, -3)},
    **{f"filter_as_{order}": of_operand("filter", read_in(order), "forward", "value_gradient")
       for order in orders() if order not in ("hwim",)},
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_misread_operand_is_named(name: str, corpus: Corpus) -> None:
    found = list(islice(explained(WRONG[name], corpus), ENOUGH))

    assert found
    assert all(name in names for names in found)


def explained(wrong: Wrong, corpus: Corpus) -> Iterator[frozenset[str]]:
    for trial, question in corpus:
        with np.errstate(all="ignore"):
            answer = wrong(trial.call, question.operands)
        if answer is None or question.expected is None or not answer.size:
            continue
        if not compare(answer, question.expected, required_arithmetic(trial.call.dtype)).conforms:
            yield diagnose(trial.call, question.operands, answer).names


@pytest.mark.parametrize("direction", ["forward", "value_gradient"])
@pytest.mark.parametrize("operator", sorted(OPERATORS))
def test_a_stride_of_more_than_32_bits_is_diagnosed_as_any(
    family: Callable[..., ConvolutionTrial], monkeypatch: pytest.MonkeyPatch, operator: str, direction: str
) -> None:
    monkeypatch.setattr(search, "MOST_SECONDS", 3.0)
    # Misreadings in which it reaches two pixels would take 32 GiB, and so would an array of its phases.
    lengths = {"size": 1, "output": "smallest"} if OPERATORS[operator].transposed else {"size": 2, "output": None}
    trial = family(operator, kernel=2, strides=2**32 + 1, padding="VALID", direction=direction, **lengths)
    operands = make_question(trial).operands
    spatial = tuple(range(OPERATORS[operator].rank))
    flipped = answered(trial.call, {**operands, "filter": np.flip(operands["filter"], spatial)})
    known = diagnose(trial.call, operands, flipped).names
    assert known & {"flip_all", "flip_width"}
    pairs = operator == "conv2d"
    assert diagnose(trial.call, operands, flipped * 2 + 1, pairs=pairs).names.isdisjoint({"flip_all", "flip_width"})

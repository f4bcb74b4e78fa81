"""The questions of `conformance smoke`, about any subject: operator, direction, dtype and layout.

Knows: small right and wrong calls, and numbers whose sums every dtype holds. Must not know: the order of steps
(`conformance.smoke.steps`).
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.operators.convolution.call import RightConvolution, WrongConvolution
from conformance.operators.convolution.calls import make_call
from conformance.operators.convolution.inputs import Operands, factor_names, with_zeros
from conformance.operators.convolution.oracle import expect_call
from conformance.operators.convolution.parametric import ParametricForm
from conformance.operators.convolution.subject import IN_ORDER, PRODUCTS, ConvolutionSubject, is_defined, subjects
from conformance.operators.subject import said_beside
from conformance.smoke.questions import SmallCall, SmallWrongCall
from conformance.suite.dtypes import FORMATS
from conformance.workers.declared import Declared

__all__ = ["again", "beside", "empty", "first", "large", "ordered", "other_meaning", "subjects", "whole", "wrong"]

# Lengths before and after upsampling, and the other way round of a forward convolution
COARSE, FINE, KERNEL, STRIDE = 4, 8, 3, 2
# Bytes
LARGE = 2**20
# That are tried where values are wrong: as far as the kernels of the questions reach
CROPS = range(4)


def beside(declared: Declared, first: ConvolutionSubject) -> Iterator[tuple[str, ConvolutionSubject]]:
    """What is declared, said without the operator and direction that the first subject has."""
    found = said_beside(IN_ORDER, declared, first, PRODUCTS)
    return ((words, subject) for words, subject in found if is_defined(subject))


def first(subject: ConvolutionSubject) -> SmallCall:
    """3 times 5."""
    return _pixel(subject, 3, 5)


def again(subject: ConvolutionSubject) -> tuple[SmallCall, ...]:
    """2 times 3, and 7 times 11."""
    return _pixel(subject, 2, 3), _pixel(subject, 7, 11)


def ordered(subject: ConvolutionSubject) -> SmallCall:
    """Pixels of different numbers, along axes of different lengths, times two weights: each of the products says where
    it belongs.
    """
    transposed, depthwise = subject.operator.transposed, subject.operator.depthwise
    lengths = tuple(range(2, 2 + subject.operator.rank))
    match subject.direction:
        case "forward":
            call = subject.call(size=lengths, output=lengths, kernel=1, channels=(1, 2))
        case "value_gradient":
            call = subject.call(size=lengths, output=lengths, kernel=1, channels=(2, 2 if depthwise else 1))
        case _:  # one coarse pixel of two channels: each tap of the filter meets one fine pixel
            size, channels = (1, (2, 1)) if transposed else (lengths, (1, 2))
            call = subject.call(size=size, output=lengths, kernel=lengths, channels=channels, padding="VALID")
    counted, weighted = factor_names(call)
    if subject.direction == "filter_gradient" and transposed:
        counted, weighted = weighted, counted
    pixels, weights = _counted(call.operands[counted]), np.array([1, 10]).reshape(call.operands[weighted])
    return _asked(call, with_zeros(call, {counted: pixels, weighted: weights}))


def whole(subject: ConvolutionSubject) -> tuple[str, SmallCall]:
    """4 to 8 along every axis, 8 to 4 of a forward convolution, with numbers that no flip leaves as they are.

    No sum exceeds 27 x 2 x 4, and none over 64 pixels 64 x 2 x 2, so that every order of summation is exact in every
    dtype.
    """
    call = _strided(subject, batch=1)
    first, second = (_counted(call.operands[name]) for name in factor_names(call))
    operands = _named(call, first % 3, second % (3 if subject.direction == "filter_gradient" else 5))
    upwards = subject.operator.transposed
    lengths = f"{COARSE} to {FINE}" if upwards else f"{FINE} to {COARSE}"
    asked = _asked(call, operands, f"{lengths} along every axis, kernel {KERNEL}, stride {STRIDE}, SAME")
    return "upsamples" if upwards else "downsamples", asked


def empty(subject: ConvolutionSubject) -> SmallCall:
    """The same with no image."""
    call = _strided(subject, batch=0)
    return _asked(call, _filled(call, 1, 1))


def large(subject: ConvolutionSubject) -> SmallCall:
    """A tensor of 1 MiB; of a gradient of the filter, which sums all pixels, all but the last meet zeros."""
    elements = LARGE / FORMATS[subject.dtype].numpy.itemsize
    side = round(elements ** (1 / subject.operator.rank))
    call = subject.call(size=side, output=side, kernel=1, channels=1)
    first, second = (call.operands[name] for name in factor_names(call))
    others = np.ones(second)
    if subject.direction == "filter_gradient":
        others.reshape(-1)[:-1] = 0
    return _asked(call, _named(call, _counted(first) % 251, others))


def wrong(subject: ConvolutionSubject) -> SmallWrongCall:
    """A call that the definition refuses: an output_shape that no padding leads to; of a forward convolution, which has
    none, a filter for more channels than there are.
    """
    operator = subject.operator
    given = {"batch": 1, "size": COARSE, "kernel": KERNEL, "channels": 1, "data_format": subject.data_format}
    form = ParametricForm.read(operator, {**given, "output": FINE + 1})
    value, filter, output = form.shapes(form.outputs()[0])
    if not operator.transposed:
        filter = (*filter[:-2], 2, filter[-1])
    cotangent = None
    if subject.direction != "forward":
        cotangent = output or subject.call(size=COARSE, kernel=KERNEL, channels=1, strides=STRIDE).output_shape
    call = make_call(
        operator.name,
        (value, filter, output),
        strides=STRIDE,
        data_format=subject.data_format,
        dtype=subject.dtype,
        direction=subject.direction,
        cotangent_given=cotangent,
    )
    assert isinstance(call, WrongConvolution)
    ones = {name: np.ones(shape, FORMATS[subject.dtype].numpy) for name, shape in call.operands.items()}
    return SmallWrongCall(call, ones, _named_shape(subject))


def other_meaning(asked: SmallCall, result: NDArray[Any]) -> tuple[str, str] | None:
    """The crop before the result, or the pad before the value, under which the answer is right."""
    call = asked.call
    assert isinstance(call, RightConvolution)
    geometry = call.geometry
    for crops in product(CROPS, repeat=len(geometry.axes)):
        axes = tuple(replace(axis, crop_before=crop) for axis, crop in zip(geometry.axes, crops, strict=True))
        moved = replace(call, geometry=replace(geometry, axes=axes))
        if np.array_equal(expect_call(moved, asked.operands).rounded, result):
            word = "crop" if call.definition.transposed else "pad"
            meant = [axis.crop_before for axis in geometry.axes]
            return f"a {word} of {list(crops)} before it instead of {meant}", asked.named or f"padding {call.padding}"
    return None


def _pixel(subject: ConvolutionSubject, value: int, weight: int) -> SmallCall:
    """One pixel of one channel, and a filter of one weight, or a cotangent of one pixel."""
    call = subject.call(size=1, kernel=1, output=1, channels=1)
    return _asked(call, _filled(call, value, weight), f"{value} times {weight}")


def _asked(call: RightConvolution, operands: Operands, words: str = "") -> SmallCall:
    return SmallCall(
        call, operands, expect_call(call, operands).rounded, words, _named_shape(ConvolutionSubject.of(call))
    )


def _named_shape(subject: ConvolutionSubject) -> str:
    return "output_shape" if subject.operator.transposed else ""


def _strided(subject: ConvolutionSubject, batch: int) -> RightConvolution:
    coarse, fine = (COARSE, FINE) if subject.operator.transposed else (FINE, COARSE)
    return subject.call(batch=batch, size=coarse, output=fine, kernel=KERNEL, channels=1, strides=STRIDE)


def _filled(call: RightConvolution, first: int, second: int) -> Operands:
    """Two factors of one number each."""
    shapes = (call.operands[name] for name in factor_names(call))
    return _named(call, *map(np.full, shapes, (first, second)))


def _named(call: RightConvolution, first: NDArray[Any], second: NDArray[Any]) -> Operands:
    return with_zeros(call, dict(zip(factor_names(call), (first, second), strict=True)))


def _counted(shape: tuple[int, ...]) -> NDArray[Any]:
    """1, 2, 3, ... in the order of memory."""
    return np.arange(1, 1 + int(np.prod(shape))).reshape(shape)

"""The questions of `conformance smoke`, about any subject: operator, direction, dtype and layout.

Knows: small right and wrong calls, and numbers whose sums every dtype holds. Must not know: the order of steps
(`conformance.smoke.steps`), what answers are compared with (`conformance.smoke.answers`), who declares what.
"""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from conformance.operators.convolution.call import RightConvolution, WrongConvolution
from conformance.operators.convolution.calls import make_call
from conformance.operators.convolution.inputs import Operands, factor_names, with_zeros
from conformance.operators.convolution.parametric import ParametricForm
from conformance.operators.convolution.subject import Subject
from conformance.suite.dtypes import FORMATS

COARSE, FINE, KERNEL, STRIDE = 4, 8, 3, 2
"""lengths before and after upsampling, and the other way round of a forward convolution"""
LARGE = 2**20
"""bytes"""

Asked: TypeAlias = tuple[RightConvolution, Operands]
"""a call and its operands"""


def pixel(subject: Subject, value: int = 3, weight: int = 5) -> Asked:
    """One pixel of one channel, and a filter of one weight, or a cotangent of one pixel."""
    call = subject.call(size=1, kernel=1, output=1, channels=1)
    return call, _filled(call, value, weight)


def ordered(subject: Subject) -> Asked:
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
    return call, with_zeros(call, {counted: pixels, weighted: weights})


def strided(subject: Subject) -> Asked:
    """4 to 8 along every axis, 8 to 4 of a forward convolution, with numbers that no flip leaves as they are.

    No sum exceeds 27 x 2 x 4, and none over 64 pixels 64 x 2 x 2, so that every order of summation is exact in every
    dtype.
    """
    call = _strided(subject, batch=1)
    first, second = (_counted(call.operands[name]) for name in factor_names(call))
    return call, _named(call, first % 3, second % (3 if subject.direction == "filter_gradient" else 5))


def empty(subject: Subject) -> Asked:
    """The same with no image."""
    call = _strided(subject, batch=0)
    return call, _filled(call, 1, 1)


def large(subject: Subject) -> Asked:
    """A tensor of 1 MiB; of a gradient of the filter, which sums all pixels, all but the last meet zeros."""
    elements = LARGE / FORMATS[subject.dtype].numpy.itemsize
    side = round(elements ** (1 / subject.operator.rank))
    call = subject.call(size=side, output=side, kernel=1, channels=1)
    first, second = (call.operands[name] for name in factor_names(call))
    others = np.ones(second)
    if subject.direction == "filter_gradient":
        others.reshape(-1)[:-1] = 0
    return call, _named(call, _counted(first) % 251, others)


def wrong(subject: Subject) -> tuple[WrongConvolution, Operands]:
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
    return call, {name: np.ones(shape, FORMATS[subject.dtype].numpy) for name, shape in call.operands.items()}


def _strided(subject: Subject, batch: int) -> RightConvolution:
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

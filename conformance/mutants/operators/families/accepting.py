"""Wrong calls of any operator that are answered.

Knows: which error a wrong call is due, and how a careless implementation would understand the call instead. Every legal
call is answered rightly.
"""

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np

from conformance.mutants.operators.fault import FamilyFault, Read
from conformance.mutants.operators.problem import Asked, Problem, read
from reference.arguments import convolution_geometry
from reference.errors import (
    ArgumentError,
    DtypeError,
    FilterChannelsError,
    GroupsError,
    OutputShapeError,
    RankError,
    SizeError,
    StridesError,
)

ANSWERED = "a wrong call has no right answer to compare with"

Understood: TypeAlias = Callable[[Asked], Asked | None]
"""The right call that a wrong one is taken for; None where even this implementation refuses."""


def _fault(
    name: str, summary: str, errors: Collection[type[ArgumentError]], understood: Understood, bug: str | None = None
) -> FamilyFault:
    return FamilyFault(
        name,
        summary,
        "wrong calls",
        ("accepted",),
        bug,
        read=_forgiving(tuple(errors), understood),
        undiagnosed=ANSWERED,
    )


def _forgiving(errors: tuple[type[ArgumentError], ...], understood: Understood) -> Read:
    def forgiving(asked: Asked) -> Problem:
        try:
            return read(asked)
        except errors:
            taken = understood(asked)
            if taken is None:
                raise
            return read(taken)

    return forgiving


def _with(asked: Asked, **keywords: Any) -> Asked:
    return replace(asked, keywords=replace(asked.keywords, **keywords))


def _bias_repeated(asked: Asked) -> Asked | None:
    """A bias of one axis is cut or repeated to the channels."""
    return None if asked.bias is None or asked.bias.ndim != 1 else _fitted_bias(asked)


def _bias_flattened(asked: Asked) -> Asked | None:
    """A bias of other axes is flattened first."""
    return None if asked.bias is None or asked.bias.ndim == 1 else _fitted_bias(asked)


def _fitted_bias(asked: Asked) -> Asked:
    assert asked.bias is not None
    return replace(asked, bias=np.resize(asked.bias, _channels(replace(asked, bias=None))))


def _channels(asked: Asked) -> int:
    return _result_shape(asked)[-1 if asked.last else 1]


def _result_shape(asked: Asked) -> tuple[int, ...]:
    keywords, operator = asked.keywords, asked.operator
    if operator.transposed:
        return keywords.output_shape
    geometry = convolution_geometry(
        operator, asked.value.shape, asked.filter.shape, keywords.strides, keywords.padding, keywords.data_format,
        keywords.dilations, keywords.groups,
    )  # fmt: skip
    batch, *spatial, channels = geometry.value_shape
    return (batch, *spatial, channels) if asked.last else (batch, channels, *spatial)


def _cotangent_fitted(asked: Asked) -> Asked | None:
    """A cotangent is cut to the result's shape, or filled up with zeros; axes that it lacks have length 1."""
    if asked.cotangent is None:
        return None
    shape = _result_shape(asked)
    given = asked.cotangent.reshape((1,) * (len(shape) - asked.cotangent.ndim) + asked.cotangent.shape)
    fitted = np.zeros(shape, dtype=given.dtype)
    common = tuple(slice(min(pair)) for pair in zip(shape, given.shape, strict=True))
    fitted[common] = given[common]
    return replace(asked, cotangent=fitted)


def _promoted(asked: Asked) -> Asked:
    """All operands are taken as the value's dtype."""
    dtype = asked.value.dtype
    taken: dict[str, Any] = {name: operand.astype(dtype) for name, operand in asked.operands.items()}
    return replace(asked, **taken)


def _one_group(asked: Asked) -> Asked | None:
    """Fewer groups than one are one."""
    return _with(asked, groups=1) if asked.keywords.groups < 1 else None


def _filter_completed(asked: Asked) -> Asked | None:
    """A filter of one axis is one tap for the channels that it could have."""
    axes = asked.operator.rank + 2
    if asked.filter.ndim != 1 or asked.value.ndim != axes:
        return None
    channels = asked.value.shape[-1 if asked.last else 1]
    out = asked.keywords.output_shape[-1 if asked.last else 1] if asked.operator.transposed else 1
    pair = (out, channels) if asked.operator.transposed else (channels, out)
    filled = np.resize(asked.filter, (*(1,) * asked.operator.rank, *pair))
    return replace(asked, filter=filled)


def _in_32_bits(asked: Asked) -> Asked | None:
    """What is left of strides and dilations in 32 bits."""
    keywords = asked.keywords
    given = (keywords.strides, keywords.dilations or 1)
    wrapped = [_wrapped(each) for each in given]
    return _with(asked, strides=wrapped[0], dilations=wrapped[1]) if wrapped != list(given) else None


def _wrapped(numbers: int | tuple[int, ...]) -> int | tuple[int, ...]:
    return numbers % 2**32 if isinstance(numbers, int) else tuple(number % 2**32 for number in numbers)


def _pads_clamped(asked: Asked) -> Asked | None:
    """Pads that crop more than there is crop nothing."""
    keywords = asked.keywords
    return _with(asked, padding="SAME") if not isinstance(keywords.padding, str) else None


def _unchecked_gradient(asked: Asked) -> Asked | None:
    """A gradient is not checked: strides below 1 are 1, and the channels are those that both have."""
    if asked.direction == "forward":
        return None
    channels = asked.value.shape[-1 if asked.last else 1]
    strides = asked.keywords.strides
    positive = max(strides, 1) if isinstance(strides, int) else tuple(max(stride, 1) for stride in strides)
    axis = -1 if asked.operator.transposed else -2
    shape = list(asked.filter.shape)
    shape[axis] = channels
    fitted = _with(replace(asked, filter=np.resize(asked.filter, shape)), strides=positive)
    if asked.operator.transposed and positive != strides:
        lengths = asked.value.shape[1:-1] if asked.last else asked.value.shape[2:]
        out = _result_shape(asked)[-1 if asked.last else 1]
        whole = (len(asked.value), *lengths, out) if asked.last else (len(asked.value), out, *lengths)
        fitted = _with(fitted, output_shape=whole, padding="SAME")
    return _cotangent_fitted(fitted)


def _kept_check() -> Read:
    """The outcome of a check is kept for each shape of value and filter; a wrong call after a right one of the same
    shapes is taken for that one.
    """
    right: dict[tuple[Any, ...], Asked] = {}

    def remembering(asked: Asked) -> Problem:
        key = (asked.operator.name, asked.value.shape, asked.filter.shape)
        try:
            problem = read(asked)
        except ArgumentError:
            if key not in right or asked.direction != "forward":
                raise
            return read(replace(right[key], value=asked.value, filter=asked.filter))
        if asked.direction == "forward" and asked.bias is None:
            right[key] = asked
        return problem

    return remembering


FAULTS = (
    _fault("accepts-bias-lengths", "A bias is cut or repeated to the channels.", (SizeError,), _bias_repeated),
    _fault("accepts-bias-ranks", "A bias of any rank is flattened.", (RankError,), _bias_flattened),
    _fault(
        "accepts-cotangent-shapes",
        "A cotangent of another shape is cut or filled up.",
        (SizeError, RankError),
        _cotangent_fitted,
    ),
    _fault("mixes-dtypes", "Operands of two dtypes are taken as the value's.", (DtypeError,), _promoted),
    _fault("clamps-groups", "No groups, and negative ones, are one group.", (GroupsError,), _one_group),
    _fault("completes-filters", "A filter of one axis is completed.", (RankError,), _filter_completed),
    _fault(
        "cuts-to-32-bits",
        "Strides and dilations are cut to 32 bits.",
        (SizeError, OutputShapeError),
        _in_32_bits,
    ),
    _fault("clamps-deep-pads", "Pads that crop all there is crop nothing.", (OutputShapeError,), _pads_clamped),
    _fault(
        "unchecked-gradients",
        "The gradient of a wrong call is answered.",
        (StridesError, FilterChannelsError),
        _unchecked_gradient,
    ),
    FamilyFault(
        "check-kept-by-shape",
        "A wrong call after a right one of the same shapes is taken for that one.",
        "wrong calls",
        ("accepted",),
        read=_kept_check(),
        undiagnosed=ANSWERED,
    ),
)

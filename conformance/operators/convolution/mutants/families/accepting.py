"""Wrong calls that are answered.

Knows: which error a wrong call is due, and how a careless implementation would understand the call instead. Every legal
call is answered rightly.
"""

from collections.abc import Callable
from dataclasses import replace
from math import prod
from typing import Any, TypeAlias

import numpy as np

from conformance.operators.convolution.mutants.fault import Fault, Read, wrong
from conformance.operators.convolution.mutants.problem import GivenCall, Problem, read, read_unchecked, spatial
from reference.arguments import convolution_geometry
from reference.errors import (
    ArgumentError,
    DataFormatError,
    DilationsError,
    DtypeError,
    FilterChannelsError,
    GroupsError,
    OutputShapeError,
    PaddingError,
    RankError,
    SizeError,
    StridesError,
)

ANSWERED = "a wrong call has no right answer to compare with"

Understood: TypeAlias = Callable[[GivenCall], GivenCall | None]
"""The call that a wrong one is taken for; None where even this implementation refuses."""


def _taken(
    error: type[ArgumentError] | tuple[type[ArgumentError], ...],
    known_bug: str | None = None,
    reading: Read = read_unchecked,
) -> Callable[[Understood], Fault]:
    """The fault that is named and described by the function which says what calls of an error are taken for."""

    def made(understood: Understood) -> Fault:
        def forgiving(asked: GivenCall) -> Problem:
            try:
                return read(asked)
            except error:
                taken = understood(asked)
                if taken is None:
                    raise
                return reading(taken)

        name, summary = understood.__name__.replace("_", "-"), understood.__doc__ or ""
        return wrong(name, summary, "", "accepted", known_bug=known_bug, read=forgiving, undiagnosed=ANSWERED)

    return made


def _with(asked: GivenCall, **keywords: Any) -> GivenCall:
    return replace(asked, keywords=replace(asked.keywords, **keywords))


def _channel_axis(asked: GivenCall) -> int:
    return -1 if asked.last else 1


def _filter_axis(asked: GivenCall) -> int:
    """Where the filter has the value's channels."""
    return -1 if asked.operator.transposed else -2


def _is_ranked(asked: GivenCall) -> bool:
    return asked.value.ndim == asked.filter.ndim == asked.operator.rank + 2


def _named_output(asked: GivenCall) -> tuple[int, int, int] | None:
    """Batch and channels of the output as asked for, and the channels that the filter gives; None where not named."""
    shape = asked.keywords.output_shape
    if not _is_ranked(asked) or len(shape) != asked.value.ndim:
        return None
    return shape[0], shape[_channel_axis(asked)], asked.filter.shape[-2] * asked.keywords.groups


@_taken(OutputShapeError)
def accepts_output_lengths(asked: GivenCall) -> GivenCall | None:
    """An illegal output is cropped or filled up."""
    named = _named_output(asked)
    return asked if named is not None and named[0] == len(asked.value) and named[1] == named[2] else None


@_taken(OutputShapeError)
def accepts_output_batch(asked: GivenCall) -> GivenCall | None:
    """output_shape's batch is not looked at."""
    named = _named_output(asked)
    return asked if named is not None and named[0] != len(asked.value) else None


@_taken(OutputShapeError)
def accepts_minus_one(asked: GivenCall) -> GivenCall | None:
    """A batch of -1 is the value's."""
    named = _named_output(asked)
    return asked if named is not None and named[0] == -1 else None


@_taken(OutputShapeError)
def accepts_output_channels(asked: GivenCall) -> GivenCall | None:
    """output_shape's channels are not looked at."""
    named = _named_output(asked)
    return asked if named is not None and named[1] != named[2] else None


@_taken(OutputShapeError, "https://github.com/tensorflow/tfjs/blob/master/tfjs-core/src/ops/conv2d_transpose_test.ts")
def drops_input(asked: GivenCall) -> GivenCall | None:
    """An output_shape too small for the input drops the rest of the input."""
    if asked.keywords.padding != "SAME" or _named_output(asked) is None:
        return None
    strides, lengths = spatial(asked, asked.keywords.strides), spatial(asked, asked.keywords.output_shape)
    if min(lengths) < 1:
        return None
    kept = tuple(slice(0, -(-length // stride)) for length, stride in zip(lengths, strides, strict=True))
    return replace(asked, value=asked.value[:, *kept] if asked.last else asked.value[:, :, *kept])


@_taken(FilterChannelsError)
def accepts_swapped_filter(asked: GivenCall) -> GivenCall | None:
    """A filter whose channel axes are swapped is swapped back."""
    other = -3 - _filter_axis(asked)
    fits = asked.filter.shape[other] == asked.value.shape[_channel_axis(asked)]
    return replace(asked, filter=asked.filter.swapaxes(-1, -2)) if fits else None


@_taken(FilterChannelsError)
def accepts_channel_counts(asked: GivenCall) -> GivenCall | None:
    """Surplus channels are ignored."""
    axis, other = _channel_axis(asked), _filter_axis(asked)
    common = range(min(asked.filter.shape[other], asked.value.shape[axis]))
    return replace(asked, value=asked.value.take(common, axis=axis), filter=asked.filter.take(common, axis=other))


@_taken(StridesError)
def accepts_outer_strides(asked: GivenCall) -> GivenCall | None:
    """Strides of batch and channels are ignored."""
    given = asked.keywords.strides
    if isinstance(given, int) or len(given) != asked.operator.rank + 2 or min(spatial(asked, given)) < 1:
        return None
    return _with(asked, strides=spatial(asked, given))


@_taken(StridesError)
def clamps_strides(asked: GivenCall) -> GivenCall:
    """Strides below 1 are 1."""
    return _with(asked, strides=tuple(max(stride, 1) for stride in spatial(asked, asked.keywords.strides)))


@_taken(DilationsError)
def clamps_dilations(asked: GivenCall) -> GivenCall:
    """Dilations below 1 are 1."""
    given = 1 if asked.keywords.dilations is None else asked.keywords.dilations
    return _with(asked, dilations=tuple(max(dilation, 1) for dilation in spatial(asked, given)))


@_taken(PaddingError)
def accepts_lower_case(asked: GivenCall) -> GivenCall | None:
    """The padding's case does not matter."""
    padding = asked.keywords.padding
    known = isinstance(padding, str) and padding.upper() in ("SAME", "VALID")
    return _with(asked, padding=str(padding).upper()) if known else None


@_taken(PaddingError)
def accepts_any_word(asked: GivenCall) -> GivenCall | None:
    """A padding that is not VALID is SAME."""
    return _with(asked, padding="SAME") if isinstance(asked.keywords.padding, str) else None


@_taken(PaddingError)
def clamps_pads(asked: GivenCall) -> GivenCall | None:
    """Negative pads are 0, those of other axes ignored."""
    padding, rank = asked.keywords.padding, asked.operator.rank
    if isinstance(padding, str) or len(padding) != rank + 2:
        return None
    outer = (0, rank + 1 if asked.last else 1)
    pairs = tuple(
        (0, 0) if axis in outer else (max(before, 0), max(after, 0)) for axis, (before, after) in enumerate(padding)
    )
    return _with(asked, padding=pairs)


@_taken(PaddingError)
def accepts_two_pairs(asked: GivenCall) -> GivenCall | None:
    """Pairs of the spatial axes alone are enough."""
    padding = asked.keywords.padding
    if isinstance(padding, str) or len(padding) != asked.operator.rank:
        return None
    return _with(asked, padding=((0, 0), *padding, (0, 0)) if asked.last else ((0, 0), (0, 0), *padding))


@_taken(RankError)
def accepts_other_ranks(asked: GivenCall) -> GivenCall | None:
    """Other ranks are reshaped to those of the operator."""
    value, axes = asked.value, asked.operator.rank + 2
    if asked.filter.ndim != axes or len(asked.keywords.output_shape) not in (0, axes) or value.ndim < axes - 1:
        return None
    outer = value.shape[: 1 - axes] or (1,)
    return replace(asked, value=value.reshape(prod(outer), *value.shape[1 - axes :]))


@_taken(RankError)
def accepts_output_of_three(asked: GivenCall) -> GivenCall | None:
    """output_shape may omit the batch."""
    shape = asked.keywords.output_shape
    if not _is_ranked(asked) or len(shape) != asked.value.ndim - 1:
        return None
    return _with(asked, output_shape=(len(asked.value), *shape))


@_taken(RankError)
def accepts_short_filters(asked: GivenCall) -> GivenCall | None:
    """A filter may omit its last axes."""
    axes = asked.operator.rank + 2
    missing = axes - asked.filter.ndim
    if asked.value.ndim != axes or len(asked.keywords.output_shape) not in (0, axes) or missing < 1:
        return None
    return replace(asked, filter=asked.filter.reshape(*asked.filter.shape, *[1] * missing))


@_taken(RankError, reading=read)
def completes_filters(asked: GivenCall) -> GivenCall | None:
    """A filter of one axis is completed."""
    axes = asked.operator.rank + 2
    if asked.filter.ndim != 1 or asked.value.ndim != axes:
        return None
    channels = asked.value.shape[_channel_axis(asked)]
    out = asked.keywords.output_shape[_channel_axis(asked)] if asked.operator.transposed else 1
    pair = (out, channels) if asked.operator.transposed else (channels, out)
    return replace(asked, filter=np.resize(asked.filter, (*(1,) * asked.operator.rank, *pair)))


@_taken(SizeError, "https://github.com/tensorflow/tensorflow/issues/61573")
def accepts_nothing_out(asked: GivenCall) -> GivenCall | None:
    """A filter without output channels gives an empty result."""
    return asked if 0 in asked.filter.shape else None


@_taken(SizeError, reading=read)
def accepts_bias_lengths(asked: GivenCall) -> GivenCall | None:
    """A bias is cut or repeated to the channels."""
    return None if asked.bias is None or asked.bias.ndim != 1 else _fitted_bias(asked)


@_taken(RankError, reading=read)
def accepts_bias_ranks(asked: GivenCall) -> GivenCall | None:
    """A bias of any rank is flattened."""
    return None if asked.bias is None or asked.bias.ndim == 1 else _fitted_bias(asked)


def _fitted_bias(asked: GivenCall) -> GivenCall:
    assert asked.bias is not None
    return replace(asked, bias=np.resize(asked.bias, _result_shape(replace(asked, bias=None))[_channel_axis(asked)]))


def _result_shape(asked: GivenCall) -> tuple[int, ...]:
    keywords, operator = asked.keywords, asked.operator
    if operator.transposed:
        return keywords.output_shape
    geometry = convolution_geometry(
        operator, asked.value.shape, asked.filter.shape, keywords.strides, keywords.padding, keywords.data_format,
        keywords.dilations, keywords.groups,
    )  # fmt: skip
    batch, *lengths, channels = geometry.value_shape
    return (batch, *lengths, channels) if asked.last else (batch, channels, *lengths)


def _cotangent_fitted(asked: GivenCall) -> GivenCall | None:
    """A cotangent is cut to the result's shape, or filled up with zeros; axes that it lacks have length 1."""
    if asked.cotangent is None:
        return None
    shape = _result_shape(asked)
    given = asked.cotangent.reshape((1,) * (len(shape) - asked.cotangent.ndim) + asked.cotangent.shape)
    fitted = np.zeros(shape, dtype=given.dtype)
    common = tuple(slice(min(pair)) for pair in zip(shape, given.shape, strict=True))
    fitted[common] = given[common]
    return replace(asked, cotangent=fitted)


@_taken((SizeError, RankError), reading=read)
def accepts_cotangent_shapes(asked: GivenCall) -> GivenCall | None:
    """A cotangent of another shape is cut or filled up."""
    return _cotangent_fitted(asked)


@_taken(DtypeError, reading=read)
def mixes_dtypes(asked: GivenCall) -> GivenCall:
    """Operands of two dtypes are taken as the value's."""
    dtype = asked.value.dtype
    taken: dict[str, Any] = {name: operand.astype(dtype) for name, operand in asked.operands.items()}
    return replace(asked, **taken)


@_taken((SizeError, OutputShapeError), reading=read)
def cuts_to_32_bits(asked: GivenCall) -> GivenCall | None:
    """Strides and dilations are cut to 32 bits."""
    given = {"strides": asked.keywords.strides, "dilations": asked.keywords.dilations or 1}
    wrapped = {
        name: numbers % 2**32 if isinstance(numbers, int) else tuple(number % 2**32 for number in numbers)
        for name, numbers in given.items()
    }
    return _with(asked, **wrapped) if wrapped != given else None


@_taken((StridesError, FilterChannelsError), reading=read)
def unchecked_gradients(asked: GivenCall) -> GivenCall | None:
    """The gradient of a wrong call is answered."""
    if asked.direction == "forward":
        return None
    channels = asked.value.shape[_channel_axis(asked)]
    strides = asked.keywords.strides
    positive = max(strides, 1) if isinstance(strides, int) else tuple(max(stride, 1) for stride in strides)
    shape = list(asked.filter.shape)
    shape[_filter_axis(asked)] = channels
    fitted = _with(replace(asked, filter=np.resize(asked.filter, shape)), strides=positive)
    if asked.operator.transposed and positive != strides:
        lengths = asked.value.shape[1:-1] if asked.last else asked.value.shape[2:]
        out = _result_shape(asked)[_channel_axis(asked)]
        whole = (len(asked.value), *lengths, out) if asked.last else (len(asked.value), out, *lengths)
        fitted = _with(fitted, output_shape=whole, padding="SAME")
    return _cotangent_fitted(fitted)


def _kept_check() -> Read:
    """The outcome of a check is kept for each shape of value and filter; a wrong call after a right one of the same
    shapes is taken for that one.
    """
    right: dict[tuple[Any, ...], GivenCall] = {}

    def remembering(asked: GivenCall) -> Problem:
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


@_taken(DataFormatError)
def accepts_any_format(asked: GivenCall) -> GivenCall | None:
    """An unknown data_format has the channels last."""
    return _with(asked, data_format=None)


@_taken(GroupsError, reading=read)
def clamps_groups(asked: GivenCall) -> GivenCall | None:
    """No groups, and negative ones, are one group."""
    return _with(asked, groups=1) if asked.keywords.groups < 1 else None


@_taken(OutputShapeError, reading=read)
def clamps_deep_pads(asked: GivenCall) -> GivenCall | None:
    """Pads that crop all there is crop nothing."""
    return None if isinstance(asked.keywords.padding, str) else _with(asked, padding="SAME")


FAULTS = (
    accepts_output_lengths, accepts_output_batch, accepts_output_channels, accepts_minus_one, drops_input,
    accepts_swapped_filter, accepts_channel_counts, accepts_outer_strides, clamps_strides, clamps_dilations,
    accepts_lower_case, accepts_any_word, clamps_pads, accepts_two_pairs, accepts_other_ranks,
    accepts_output_of_three, accepts_short_filters, accepts_nothing_out, accepts_bias_lengths, accepts_bias_ranks,
    accepts_cotangent_shapes, mixes_dtypes, completes_filters, cuts_to_32_bits, unchecked_gradients,
    accepts_any_format, clamps_groups, clamps_deep_pads,
    wrong("check-kept-by-shape", "A wrong call after a right one of the same shapes is taken for that one.",
          outcomes="accepted", read=_kept_check(), undiagnosed=ANSWERED),
)  # fmt: skip

"""Wrong calls that are answered.

Knows: which error a wrong call is due, and how a careless implementation would understand the call instead. Every legal
call is answered rightly.
"""

from collections.abc import Callable
from dataclasses import replace
from math import prod
from typing import Any, TypeAlias

import numpy as np

from conformance.mutants.fault import Fault, Read, wrong
from conformance.mutants.problem import Asked, Problem, read, read_unchecked, spatial
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

Understood: TypeAlias = Callable[[Asked], Asked | None]
"""The call that a wrong one is taken for; None where even this implementation refuses."""


def _fault(
    name: str,
    summary: str,
    error: type[ArgumentError] | tuple[type[ArgumentError], ...],
    understood: Understood,
    known_bug: str | None = None,
    reading: Read = read_unchecked,
) -> Fault:
    def forgiving(asked: Asked) -> Problem:
        try:
            return read(asked)
        except error:
            taken = understood(asked)
            if taken is None:
                raise
            return reading(taken)

    return wrong(name, summary, "", "accepted", known_bug=known_bug, read=forgiving, undiagnosed=ANSWERED)


def _with(asked: Asked, **keywords: Any) -> Asked:
    return replace(asked, keywords=replace(asked.keywords, **keywords))


def _channel_axis(asked: Asked) -> int:
    return -1 if asked.last else 1


def _filter_axis(asked: Asked) -> int:
    """Where the filter has the value's channels."""
    return -1 if asked.operator.transposed else -2


def _is_ranked(asked: Asked) -> bool:
    return asked.value.ndim == asked.filter.ndim == asked.operator.rank + 2


def _named_output(asked: Asked) -> tuple[int, int, int] | None:
    """Batch and channels of the output as asked for, and the channels that the filter gives; None where not named."""
    shape = asked.keywords.output_shape
    if not _is_ranked(asked) or len(shape) != asked.value.ndim:
        return None
    return shape[0], shape[_channel_axis(asked)], asked.filter.shape[-2] * asked.keywords.groups


def _any_lengths(asked: Asked) -> Asked | None:
    """The spatial lengths of the output as asked for, cropped or filled up."""
    named = _named_output(asked)
    return asked if named is not None and named[0] == len(asked.value) and named[1] == named[2] else None


def _any_batch(asked: Asked) -> Asked | None:
    named = _named_output(asked)
    return asked if named is not None and named[0] != len(asked.value) else None


def _minus_one(asked: Asked) -> Asked | None:
    named = _named_output(asked)
    return asked if named is not None and named[0] == -1 else None


def _any_channels(asked: Asked) -> Asked | None:
    named = _named_output(asked)
    return asked if named is not None and named[1] != named[2] else None


def _input_dropped(asked: Asked) -> Asked | None:
    """The part of the input from which the output asked for would come; the rest is dropped."""
    if asked.keywords.padding != "SAME" or _named_output(asked) is None:
        return None
    strides, lengths = spatial(asked, asked.keywords.strides), spatial(asked, asked.keywords.output_shape)
    if min(lengths) < 1:
        return None
    kept = tuple(slice(0, -(-length // stride)) for length, stride in zip(lengths, strides, strict=True))
    return replace(asked, value=asked.value[:, *kept] if asked.last else asked.value[:, :, *kept])


def _filter_swapped(asked: Asked) -> Asked | None:
    """The filter's channel axes the other way round, where that fits."""
    other = -3 - _filter_axis(asked)
    fits = asked.filter.shape[other] == asked.value.shape[_channel_axis(asked)]
    return replace(asked, filter=asked.filter.swapaxes(-1, -2)) if fits else None


def _filter_fitted(asked: Asked) -> Asked | None:
    """As many channels as both have."""
    axis, other = _channel_axis(asked), _filter_axis(asked)
    common = range(min(asked.filter.shape[other], asked.value.shape[axis]))
    return replace(asked, value=asked.value.take(common, axis=axis), filter=asked.filter.take(common, axis=other))


def _outer_strides_ignored(asked: Asked) -> Asked | None:
    given = asked.keywords.strides
    if isinstance(given, int) or len(given) != asked.operator.rank + 2 or min(spatial(asked, given)) < 1:
        return None
    return _with(asked, strides=spatial(asked, given))


def _strides_clamped(asked: Asked) -> Asked:
    return _with(asked, strides=tuple(max(stride, 1) for stride in spatial(asked, asked.keywords.strides)))


def _dilations_clamped(asked: Asked) -> Asked:
    given = 1 if asked.keywords.dilations is None else asked.keywords.dilations
    return _with(asked, dilations=tuple(max(dilation, 1) for dilation in spatial(asked, given)))


def _upper_case(asked: Asked) -> Asked | None:
    padding = asked.keywords.padding
    known = isinstance(padding, str) and padding.upper() in ("SAME", "VALID")
    return _with(asked, padding=str(padding).upper()) if known else None


def _unknown_word(asked: Asked) -> Asked | None:
    """Whatever is not VALID is SAME."""
    return _with(asked, padding="SAME") if isinstance(asked.keywords.padding, str) else None


def _pads_clamped(asked: Asked) -> Asked | None:
    """Negative pads are 0, and those of batch and channels are ignored."""
    padding, rank = asked.keywords.padding, asked.operator.rank
    if isinstance(padding, str) or len(padding) != rank + 2:
        return None
    outer = (0, rank + 1 if asked.last else 1)
    pairs = tuple(
        (0, 0) if axis in outer else (max(before, 0), max(after, 0)) for axis, (before, after) in enumerate(padding)
    )
    return _with(asked, padding=pairs)


def _spatial_pairs(asked: Asked) -> Asked | None:
    """The pairs of the spatial axes alone, as most frameworks take them."""
    padding = asked.keywords.padding
    if isinstance(padding, str) or len(padding) != asked.operator.rank:
        return None
    return _with(asked, padding=((0, 0), *padding, (0, 0)) if asked.last else ((0, 0), (0, 0), *padding))


def _axes_added(asked: Asked) -> Asked | None:
    """An image without batch is a batch of one; axes before those of an image are part of the batch."""
    value, axes = asked.value, asked.operator.rank + 2
    if asked.filter.ndim != axes or len(asked.keywords.output_shape) not in (0, axes) or value.ndim < axes - 1:
        return None
    outer = value.shape[: 1 - axes] or (1,)
    return replace(asked, value=value.reshape(prod(outer), *value.shape[1 - axes :]))


def _output_without_batch(asked: Asked) -> Asked | None:
    shape = asked.keywords.output_shape
    if not _is_ranked(asked) or len(shape) != asked.value.ndim - 1:
        return None
    return _with(asked, output_shape=(len(asked.value), *shape))


def _filter_completed(asked: Asked) -> Asked | None:
    """A filter without its last axes has one channel in each; a scalar is a kernel of one tap."""
    axes = asked.operator.rank + 2
    missing = axes - asked.filter.ndim
    if asked.value.ndim != axes or len(asked.keywords.output_shape) not in (0, axes) or missing < 1:
        return None
    return replace(asked, filter=asked.filter.reshape(*asked.filter.shape, *[1] * missing))


def _filter_of_one_tap(asked: Asked) -> Asked | None:
    """A filter of one axis is one tap for the channels that it could have."""
    axes = asked.operator.rank + 2
    if asked.filter.ndim != 1 or asked.value.ndim != axes:
        return None
    channels = asked.value.shape[_channel_axis(asked)]
    out = asked.keywords.output_shape[_channel_axis(asked)] if asked.operator.transposed else 1
    pair = (out, channels) if asked.operator.transposed else (channels, out)
    return replace(asked, filter=np.resize(asked.filter, (*(1,) * asked.operator.rank, *pair)))


def _nothing_out(asked: Asked) -> Asked | None:
    """No output channel, or no tap: an empty result, or zeros."""
    return asked if 0 in asked.filter.shape else None


def _bias_repeated(asked: Asked) -> Asked | None:
    """A bias of one axis is cut or repeated to the channels."""
    return None if asked.bias is None or asked.bias.ndim != 1 else _fitted_bias(asked)


def _bias_flattened(asked: Asked) -> Asked | None:
    """A bias of other axes is flattened first."""
    return None if asked.bias is None or asked.bias.ndim == 1 else _fitted_bias(asked)


def _fitted_bias(asked: Asked) -> Asked:
    assert asked.bias is not None
    return replace(asked, bias=np.resize(asked.bias, _result_shape(replace(asked, bias=None))[_channel_axis(asked)]))


def _result_shape(asked: Asked) -> tuple[int, ...]:
    keywords, operator = asked.keywords, asked.operator
    if operator.transposed:
        return keywords.output_shape
    geometry = convolution_geometry(
        operator, asked.value.shape, asked.filter.shape, keywords.strides, keywords.padding, keywords.data_format,
        keywords.dilations, keywords.groups,
    )  # fmt: skip
    batch, *lengths, channels = geometry.value_shape
    return (batch, *lengths, channels) if asked.last else (batch, channels, *lengths)


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


def _in_32_bits(asked: Asked) -> Asked | None:
    """What is left of strides and dilations in 32 bits."""
    given = {"strides": asked.keywords.strides, "dilations": asked.keywords.dilations or 1}
    wrapped = {
        name: numbers % 2**32 if isinstance(numbers, int) else tuple(number % 2**32 for number in numbers)
        for name, numbers in given.items()
    }
    return _with(asked, **wrapped) if wrapped != given else None


def _unchecked_gradient(asked: Asked) -> Asked | None:
    """A gradient is not checked: strides below 1 are 1, and the channels are those that both have."""
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


def _checked(name: str, summary: str, error: Any, understood: Understood) -> Fault:
    """The call that a wrong one is taken for is a right one."""
    return _fault(name, summary, error, understood, reading=read)


FAULTS = (
    _fault("accepts-output-lengths", "An illegal output is cropped or filled up.", OutputShapeError, _any_lengths),
    _fault("accepts-output-batch", "output_shape's batch is not looked at.", OutputShapeError, _any_batch),
    _fault("accepts-output-channels", "output_shape's channels are not looked at.", OutputShapeError, _any_channels),
    _fault("accepts-minus-one", "A batch of -1 is the value's.", OutputShapeError, _minus_one),
    _fault("drops-input", "An output_shape too small for the input drops the rest of the input.", OutputShapeError,
           _input_dropped,
           "https://github.com/tensorflow/tfjs/blob/master/tfjs-core/src/ops/conv2d_transpose_test.ts"),
    _fault("accepts-swapped-filter", "A filter whose channel axes are swapped is swapped back.", FilterChannelsError,
           _filter_swapped),
    _fault("accepts-channel-counts", "Surplus channels are ignored.", FilterChannelsError, _filter_fitted),
    _fault("accepts-outer-strides", "Strides of batch and channels are ignored.", StridesError, _outer_strides_ignored),
    _fault("clamps-strides", "Strides below 1 are 1.", StridesError, _strides_clamped),
    _fault("clamps-dilations", "Dilations below 1 are 1.", DilationsError, _dilations_clamped),
    _fault("accepts-lower-case", "The padding's case does not matter.", PaddingError, _upper_case),
    _fault("accepts-any-word", "A padding that is not VALID is SAME.", PaddingError, _unknown_word),
    _fault("clamps-pads", "Negative pads are 0, those of other axes ignored.", PaddingError, _pads_clamped),
    _fault("accepts-two-pairs", "Pairs of the spatial axes alone are enough.", PaddingError, _spatial_pairs),
    _fault("accepts-any-format", "An unknown data_format has the channels last.", DataFormatError,
           lambda asked: _with(asked, data_format=None)),
    _fault("accepts-other-ranks", "Other ranks are reshaped to those of the operator.", RankError, _axes_added),
    _fault("accepts-output-of-three", "output_shape may omit the batch.", RankError, _output_without_batch),
    _fault("accepts-short-filters", "A filter may omit its last axes.", RankError, _filter_completed),
    _fault("accepts-nothing-out", "A filter without output channels gives an empty result.", SizeError, _nothing_out,
           "https://github.com/tensorflow/tensorflow/issues/61573"),
    _checked("accepts-bias-lengths", "A bias is cut or repeated to the channels.", SizeError, _bias_repeated),
    _checked("accepts-bias-ranks", "A bias of any rank is flattened.", RankError, _bias_flattened),
    _checked("accepts-cotangent-shapes", "A cotangent of another shape is cut or filled up.", (SizeError, RankError),
             _cotangent_fitted),
    _checked("mixes-dtypes", "Operands of two dtypes are taken as the value's.", DtypeError, _promoted),
    _checked("clamps-groups", "No groups, and negative ones, are one group.", GroupsError,
             lambda asked: _with(asked, groups=1) if asked.keywords.groups < 1 else None),
    _checked("completes-filters", "A filter of one axis is completed.", RankError, _filter_of_one_tap),
    _checked("cuts-to-32-bits", "Strides and dilations are cut to 32 bits.", (SizeError, OutputShapeError),
             _in_32_bits),
    _checked("clamps-deep-pads", "Pads that crop all there is crop nothing.", OutputShapeError,
             lambda asked: None if isinstance(asked.keywords.padding, str) else _with(asked, padding="SAME")),
    _checked("unchecked-gradients", "The gradient of a wrong call is answered.", (StridesError, FilterChannelsError),
             _unchecked_gradient),
    wrong("check-kept-by-shape", "A wrong call after a right one of the same shapes is taken for that one.", "",
          "accepted", read=_kept_check(), undiagnosed=ANSWERED),
)  # fmt: skip

"""Wrong calls that are answered.

Knows: which error a wrong call is due, and how a careless implementation would understand the call instead. Every legal
call is answered rightly.
"""

from collections.abc import Callable
from dataclasses import replace
from math import prod
from typing import Any, TypeAlias

from conformance.mutants.fault import Fault, Read
from conformance.mutants.problem import Asked, Problem, read, read_unchecked, spatial
from reference.errors import (
    ArgumentError,
    DataFormatError,
    DilationsError,
    FilterChannelsError,
    OutputShapeError,
    PaddingError,
    RankError,
    SizeError,
    StridesError,
)

Mend: TypeAlias = Callable[[Asked], Asked | None]
"""The call that a wrong one is taken for; None where even this implementation refuses."""


def _fault(name: str, summary: str, error: type[ArgumentError], mend: Mend, known_bug: str | None = None) -> Fault:
    return Fault(name, summary, "arguments", ("accepted",), (), known_bug, read=_forgiving(error, mend))


def _forgiving(error: type[ArgumentError], mend: Mend) -> Read:
    def forgiving(asked: Asked) -> Problem:
        try:
            return read(asked)
        except error:
            mended = mend(asked)
            if mended is None:
                raise
            return read_unchecked(mended)

    return forgiving


def _with(asked: Asked, **keywords: Any) -> Asked:
    return replace(asked, keywords=replace(asked.keywords, **keywords))


def _channel_axis(asked: Asked) -> int:
    return -1 if asked.keywords.last else 1


def _any_lengths(asked: Asked) -> Asked | None:
    """Height and width of the output as asked for, cropped or filled up."""
    shape = asked.keywords.output_shape
    told = (shape[0], shape[_channel_axis(asked)])
    return asked if told == (len(asked.value), asked.filter.shape[2]) else None


def _any_batch(asked: Asked) -> Asked | None:
    return asked if asked.keywords.output_shape[0] != len(asked.value) else None


def _minus_one(asked: Asked) -> Asked | None:
    return asked if asked.keywords.output_shape[0] == -1 else None


def _any_channels(asked: Asked) -> Asked | None:
    return asked if asked.keywords.output_shape[_channel_axis(asked)] != asked.filter.shape[2] else None


def _input_dropped(asked: Asked) -> Asked | None:
    """The part of the input from which the output asked for would come; the rest is dropped."""
    keywords = asked.keywords
    strides, lengths = spatial(keywords.strides, keywords.last), spatial(keywords.output_shape, keywords.last)
    if keywords.padding != "SAME" or min(lengths) < 1:
        return None
    kept = tuple(slice(0, -(-length // stride)) for length, stride in zip(lengths, strides, strict=True))
    return replace(asked, value=asked.value[:, *kept] if keywords.last else asked.value[:, :, *kept])


def _filter_swapped(asked: Asked) -> Asked | None:
    """The filter's channel axes the other way round, where that fits."""
    fits = asked.filter.shape[2] == asked.value.shape[_channel_axis(asked)]
    return replace(asked, filter=asked.filter.swapaxes(2, 3)) if fits else None


def _filter_fitted(asked: Asked) -> Asked | None:
    """As many channels as both have."""
    axis = _channel_axis(asked)
    common = range(min(asked.filter.shape[3], asked.value.shape[axis]))
    return replace(asked, value=asked.value.take(common, axis=axis), filter=asked.filter.take(common, axis=3))


def _outer_strides_ignored(asked: Asked) -> Asked | None:
    given, last = asked.keywords.strides, asked.keywords.last
    if isinstance(given, int) or len(given) != 4 or min(spatial(given, last)) < 1:
        return None
    return _with(asked, strides=spatial(given, last))


def _strides_clamped(asked: Asked) -> Asked:
    given = spatial(asked.keywords.strides, asked.keywords.last)
    return _with(asked, strides=tuple(max(stride, 1) for stride in given))


def _dilations_clamped(asked: Asked) -> Asked:
    dilations = asked.keywords.dilations
    given = spatial(1 if dilations is None else dilations, asked.keywords.last)
    return _with(asked, dilations=tuple(max(dilation, 1) for dilation in given))


def _upper_case(asked: Asked) -> Asked | None:
    padding = asked.keywords.padding
    known = isinstance(padding, str) and padding.upper() in ("SAME", "VALID")
    return _with(asked, padding=str(padding).upper()) if known else None


def _unknown_word(asked: Asked) -> Asked | None:
    """Whatever is not VALID is SAME."""
    return _with(asked, padding="SAME") if isinstance(asked.keywords.padding, str) else None


def _pads_clamped(asked: Asked) -> Asked | None:
    """Negative pads are 0, and those of batch and channels are ignored."""
    padding = asked.keywords.padding
    if isinstance(padding, str) or len(padding) != 4:
        return None
    outer = (0, 3 if asked.keywords.last else 1)
    pairs = tuple(
        (0, 0) if axis in outer else (max(before, 0), max(after, 0)) for axis, (before, after) in enumerate(padding)
    )
    return _with(asked, padding=pairs)


def _two_pairs(asked: Asked) -> Asked | None:
    """The pairs of height and width alone, as most frameworks take them."""
    padding = asked.keywords.padding
    if isinstance(padding, str) or len(padding) != 2:
        return None
    return _with(asked, padding=((0, 0), *padding, (0, 0)))


def _any_format(asked: Asked) -> Asked:
    return _with(asked, data_format="NHWC")


def _axes_added(asked: Asked) -> Asked | None:
    """An image without batch is a batch of one; axes before the last four are part of the batch."""
    value = asked.value
    if asked.filter.ndim != 4 or len(asked.keywords.output_shape) != 4 or value.ndim < 3:
        return None
    outer = value.shape[:-3] or (1,)
    return replace(asked, value=value.reshape(prod(outer), *value.shape[-3:]))


def _output_without_batch(asked: Asked) -> Asked | None:
    shape = asked.keywords.output_shape
    if asked.value.ndim != 4 or asked.filter.ndim != 4 or len(shape) != 3:
        return None
    return _with(asked, output_shape=(len(asked.value), *shape))


def _filter_completed(asked: Asked) -> Asked | None:
    """A filter without its last axis has one input channel; a scalar is a kernel of one tap."""
    missing = 4 - asked.filter.ndim
    if asked.value.ndim != 4 or len(asked.keywords.output_shape) != 4 or missing < 1:
        return None
    return replace(asked, filter=asked.filter.reshape(*asked.filter.shape, *[1] * missing))


def _nothing_out(asked: Asked) -> Asked | None:
    """No output channel, or no tap: an empty result, or zeros."""
    return asked if 0 in asked.filter.shape else None


FAULTS = (
    _fault("accepts-output-lengths", "An illegal output is cropped or filled up.", OutputShapeError, _any_lengths),
    _fault("accepts-output-batch", "output_shape's batch is not looked at.", OutputShapeError, _any_batch),
    _fault("accepts-output-channels", "output_shape's channels are not looked at.", OutputShapeError, _any_channels),
    _fault("accepts-minus-one", "A batch of -1 is the value's.", OutputShapeError, _minus_one),
    _fault(
        "drops-input",
        "An output_shape too small for the input drops the rest of the input.",
        OutputShapeError,
        _input_dropped,
        "https://github.com/tensorflow/tfjs/blob/master/tfjs-core/src/ops/conv2d_transpose_test.ts",
    ),
    _fault(
        "accepts-swapped-filter",
        "A filter whose channel axes are swapped is swapped back.",
        FilterChannelsError,
        _filter_swapped,
    ),
    _fault("accepts-channel-counts", "Surplus channels are ignored.", FilterChannelsError, _filter_fitted),
    _fault("accepts-outer-strides", "Strides of batch and channels are ignored.", StridesError, _outer_strides_ignored),
    _fault("clamps-strides", "Strides below 1 are 1.", StridesError, _strides_clamped),
    _fault("clamps-dilations", "Dilations below 1 are 1.", DilationsError, _dilations_clamped),
    _fault("accepts-lower-case", "The padding's case does not matter.", PaddingError, _upper_case),
    _fault("accepts-any-word", "A padding that is not VALID is SAME.", PaddingError, _unknown_word),
    _fault("clamps-pads", "Negative pads are 0, those of other axes ignored.", PaddingError, _pads_clamped),
    _fault("accepts-two-pairs", "Two pairs are height's and width's.", PaddingError, _two_pairs),
    _fault("accepts-any-format", "An unknown data_format is NHWC.", DataFormatError, _any_format),
    _fault("accepts-other-ranks", "Other ranks are reshaped to four axes.", RankError, _axes_added),
    _fault("accepts-output-of-three", "output_shape may omit the batch.", RankError, _output_without_batch),
    _fault("accepts-short-filters", "A filter may omit its last axes.", RankError, _filter_completed),
    _fault(
        "accepts-nothing-out",
        "A filter without output channels gives an empty result.",
        SizeError,
        _nothing_out,
        "https://github.com/tensorflow/tensorflow/issues/61573",
    ),
)

"""From a call in TensorFlow's words to its geometry, or to the error that names what is wrong with it.

Knows: the rules of legality. Must not know: arrays (shapes are enough), frameworks. TensorFlow's names where it has the
thing, PyTorch's and ONNX's (`ceil_mode`, `count_include_pad`, `divisor_override`, `norm_type`) where it has not.
"""

from collections.abc import Iterable, Sequence
from operator import index

from reference.errors import (
    DivisorError,
    Faults,
    KsizeError,
    NormError,
    OutputSizeError,
    SizeError,
)
from reference.pooling.family import PoolingOperator
from reference.pooling.geometry import AdaptiveAxis, Pooling, UnpooledAxis, pooling_axis
from reference.spelling import (
    Padding,
    PerAxis,
    channels_last,
    numbers_per_axis,
    shown,
    sliding,
    split_shape,
    whole_numbers,
)


def pooling_geometry(
    operator: PoolingOperator,
    value_shape: Sequence[int],
    ksize: PerAxis,
    strides: PerAxis,
    padding: Padding,
    data_format: str | None = None,
    dilations: PerAxis | None = None,
    *,
    ceil_mode: bool = False,
    count_include_pad: bool = False,
    divisor_override: int | None = None,
    norm_type: int | None = None,
    include_batch_in_index: bool = False,
) -> Pooling:
    """The geometry of `max_pool1d`, `avg_pool2d` and their family.

    value_shape: [batch, *spatial, channels], or [batch, channels, *spatial] where data_format has the channels first
    ksize, strides, dilations: an int, one int or one per spatial axis, or all axes in the order of data_format. Strides
        have no default: TensorFlow has none, and PyTorch's (ksize) is not ONNX's (1).
    padding: SAME, VALID, or one pair [before, after] per axis in the order of data_format
    ceil_mode: a last window may hang over the padded value; of no consequence to SAME
    count_include_pad, divisor_override: by what an average is divided
    norm_type: of a norm which it is, at least 1
    include_batch_in_index: whether the index of a maximum is a place in all images or in its own

    Raises the subclass of ArgumentError whose `reason` names the first thing that is wrong.
    """
    rank, names = operator.rank, operator.spatial_names
    last = channels_last(data_format, rank)
    batch, lengths, channels = _split_value(operator, value_shape, last)
    faults = Faults()
    with faults:
        kernels = numbers_per_axis("ksize", ksize, rank, last, KsizeError)
    stride_of, dilation_of, rules = sliding(faults, strides, padding, data_format, dilations, rank)
    with faults:
        if operator.reduction != "average" and (count_include_pad or divisor_override is not None):
            raise DivisorError(
                f"{operator.name} divides by nothing: count_include_pad and divisor_override are of averages"
            )
        if divisor_override is not None and divisor_override < 1:
            raise DivisorError(f"divisor_override is {divisor_override}; it must be at least 1")
    with faults:
        if (norm_type is not None) != (operator.reduction == "norm"):
            needed = "needs a norm_type" if norm_type is None else "takes no norm_type"
            raise NormError(f"{operator.name} {needed}: a norm has one, and nothing else")
        if norm_type is not None and norm_type < 1:
            raise NormError(f"norm_type is {norm_type}; it must be at least 1")
    faults.check()
    axes = []
    for name, length, kernel, stride, dilation, rule in zip(
        names, lengths, kernels, stride_of, dilation_of, rules, strict=True
    ):
        axis = pooling_axis(length, kernel, stride, dilation, rule, ceil_mode=ceil_mode)
        if axis.output < 0:
            raise SizeError(
                f"the result would have {name} {axis.output}: value {length}, window {kernel}, stride {stride}, "
                f"dilation {dilation}, padding {rule if isinstance(rule, str) else list(rule)}"
            )
        axes.append(axis)
    return Pooling(batch, channels, tuple(axes), count_include_pad, divisor_override, norm_type, include_batch_in_index)


def adaptive_geometry(
    operator: PoolingOperator, value_shape: Sequence[int], output_size: PerAxis, data_format: str | None = None
) -> Pooling:
    """The geometry of `adaptive_avg_pool2d` and its family.

    value_shape: as of `pooling_geometry`, with spatial lengths of at least 1
    output_size: how many windows there are, an int, one int or one per spatial axis

    Raises as `pooling_geometry` does.
    """
    batch, lengths, channels = _split_value(operator, value_shape, channels_last(data_format, operator.rank))
    if 0 in lengths:
        raise SizeError(f"value is {shown(value_shape)}; its windows would be empty: spatial lengths are at least 1")
    accepted = f"it must be 1 or {operator.rank} integers of at least 1"
    try:
        outputs = (
            [index(number) for number in output_size] if isinstance(output_size, Iterable) else [index(output_size)]
        )
    except TypeError as cause:
        raise OutputSizeError(f"output_size is {output_size!r}; {accepted}") from cause
    if len(outputs) not in (1, operator.rank) or min(outputs) < 1:
        raise OutputSizeError(f"output_size is {shown(outputs)}; {accepted}")
    outputs *= operator.rank // len(outputs)
    if operator.reduction != "unpooled":
        return Pooling(batch, channels, tuple(map(AdaptiveAxis, lengths, outputs)))
    if any(output < length for length, output in zip(lengths, outputs, strict=True)):
        raise OutputSizeError(f"output_size is {shown(outputs)}; it must be at least {shown(lengths)}, as the value")
    return Pooling(batch, channels, tuple(map(UnpooledAxis, lengths, outputs)))


def _split_value(operator: PoolingOperator, shape: Sequence[int], last: bool) -> tuple[int, list[int], int]:
    """batch, spatial lengths, channels"""
    names = operator.spatial_names
    layout = ", ".join(("batch", *names, "channels") if last else ("batch", "channels", *names))
    value = whole_numbers("value", shape, layout)
    batch, lengths, channels = split_shape(value, last)
    if batch < 0 or min(lengths) < 0 or channels < 1:
        raise SizeError(f"value is {shown(value)}; batch and spatial lengths are at least 0, channels at least 1")
    return batch, lengths, channels

"""The layers of Keras, whose words are TensorFlow's but for their defaults.

Knows: what `conformance.adapters.dialects.keras` has of their parameters, and how long Keras makes the result of a
transposed convolution. Must not know: keras itself.

A layer computes in three steps, which its own lane is asked for: `keras.ops` of the value and the kernel, the bias in
the shape of one pixel, their sum.
"""

from collections.abc import Mapping

from conformance.adapters.dialects.function import Function
from conformance.adapters.dialects.keras import LAYERS
from conformance.adapters.plan import Argument, Invoke, Pad, Plan, Reshape, Step
from conformance.suite.case import Call
from conformance.translation.arguments import Arguments
from conformance.translation.meaning import Reading, Shape, meaning_of
from conformance.translation.readings.tensorflow import Words
from reference.arguments import channels_last
from reference.errors import ArgumentError
from reference.family import OPERATORS, Operator

FUNCTIONS: tuple[Function, ...] = tuple(LAYERS.values())

DATA_FORMATS: Mapping[Argument, int] = {None: 0, "channels_last": 0, "channels_first": 1}
"""the place among `Operator.data_formats`"""

REMARK = "data_format is left out, and taken for channels_last: Keras reads it from keras.json then"


def read(arguments: Arguments, dtype: str) -> Reading:
    """What the layer computes; raises CallError for one that Keras refuses."""
    operator = OPERATORS[arguments.function.operator]
    value = arguments.shape("value", operator.rank + 2)
    given = arguments.said("data_format")
    if given not in DATA_FORMATS:
        raise arguments.unexpected("data_format", "'channels_last' or 'channels_first'")
    data_format = operator.data_formats[DATA_FORMATS[given]]
    words = _words(arguments, operator, value, data_format)
    try:
        call = words.call(dtype)
    except ArgumentError as error:
        raise arguments.wrong(None, f"in TensorFlow's words, which Keras uses: {error}") from error
    _check_result(arguments, call)
    arguments.check_bias(*call.bias_shape, last=call.last)
    plan = Plan((*_before(call), _invoke(arguments, call)))
    layout = tuple(operator.filter_layout.split(", "))
    remarks = (REMARK,) if given is None else ()
    return Reading(arguments.call.text, "tensorflow", plan, layout, meaning_of(call), remarks)


def _words(arguments: Arguments, operator: Operator, value: Shape, data_format: str) -> Words:
    names = operator.spatial_names
    strides, dilations = arguments.numbers("strides", names), arguments.numbers("dilations", names)
    if max(strides) > 1 and max(dilations) > 1 and not operator.depthwise:
        raise arguments.wrong("strides", "Keras takes no strides above 1 beside a dilation_rate above 1")
    kernels = arguments.numbers("kernel", names)
    last = channels_last(data_format, operator.rank)
    channels = value[-1 if last else 1]
    groups = 1 if operator.depthwise or operator.transposed else arguments.number("groups")
    if channels % groups:
        raise arguments.wrong("groups", f"groups is {groups}, and does not divide the {channels} channels of the value")
    filter: Shape = (*kernels, channels, arguments.number("multiplier" if operator.depthwise else "channels_out"))
    if operator.transposed:
        filter = (*kernels, filter[-1], channels)
    elif groups > 1:
        filter = (*kernels, channels // groups, filter[-1])
    output: Shape = ()
    if operator.transposed:
        lengths = value[1:-1] if last else value[2:]
        results = _results(arguments, operator, lengths, kernels, strides, dilations)
        output = (value[0], *results, filter[-2]) if last else (value[0], filter[-2], *results)
    padding = _padding(arguments, operator, kernels, dilations, last)
    return Words(
        value, filter, output, strides, padding, data_format, dilations, operator.name, groups,
        arguments.has_bias,
    )  # fmt: skip


def _padding(
    arguments: Arguments, operator: Operator, kernels: Shape, dilations: Shape, last: bool
) -> str | tuple[tuple[int, int], ...]:
    word = arguments.said("padding")
    causal = operator.name == "conv1d"
    match word.lower() if isinstance(word, str) else word:
        case "valid":
            return "VALID"
        case "same":
            return "SAME"
        case "causal" if causal:
            before = (dilations[0] * (kernels[0] - 1), 0)
            return ((0, 0), before, (0, 0)) if last else ((0, 0), (0, 0), before)
        case _:
            raise arguments.unexpected("padding", "'valid', 'same' or 'causal'" if causal else "'valid' or 'same'")


def _results(
    arguments: Arguments, operator: Operator, lengths: Shape, kernels: Shape, strides: Shape, dilations: Shape
) -> Shape:
    """How long Keras makes the result; source: `_get_output_shape_given_tf_padding` of its backends' common code."""
    asked: tuple[int | None, ...] = (None,) * operator.rank
    if arguments.said("output_padding") is not None:
        asked = arguments.numbers("output_padding", operator.spatial_names)
    same = str(arguments.said("padding")).lower() == "same"
    found = []
    for name, length, kernel, stride, dilation, more in zip(
        operator.spatial_names, lengths, kernels, strides, dilations, asked, strict=True
    ):
        if more is not None and more >= stride:
            message = f"{name}: output_padding is {more}; Keras wants it less than the stride, {stride}"
            raise arguments.wrong("output_padding", message)
        extent = dilation * (kernel - 1) + 1
        if same:
            found.append(length * stride if more is None else (length - 1) * stride + extent % 2 + more)
        else:
            found.append((length - 1) * stride + extent + (max(stride - extent, 0) if more is None else more))
    return tuple(found)


def _check_result(arguments: Arguments, call: Call) -> None:
    """Raise CallError for a result without elements, which Keras refuses but for an empty batch."""
    lengths = call.output_shape[1:-1] if call.last else call.output_shape[2:]
    if min(lengths) < 1:
        raise arguments.wrong("kernel", f"the result would have spatial lengths {list(lengths)}, and none may be 0")


def _before(call: Call) -> list[Step]:
    """A causal convolution's zeros, and the bias as one pixel."""
    steps: list[Step] = []
    if not isinstance(call.padding, str):
        steps.append(Pad("value", call.padding))
    if call.bias:
        ones = (1,) * call.definition.rank
        channels = call.bias_shape
        steps.append(Reshape("bias", (1, *ones, *channels) if call.last else (1, *channels, *ones)))
    return steps


def _invoke(arguments: Arguments, call: Call) -> Invoke:
    operator = call.definition
    kind = "depthwise_conv" if operator.depthwise else "conv_transpose" if operator.transposed else "conv"
    keywords: list[tuple[str, Argument]] = [
        ("strides", call.strides),
        ("padding", str(call.padding).lower() if isinstance(call.padding, str) else "valid"),
    ]
    if operator.transposed:
        keywords.append(("output_padding", arguments.said("output_padding")))
    keywords.append(("data_format", "channels_last" if call.last else "channels_first"))
    keywords.append(("dilation_rate", call.dilations))
    then = (Invoke("tf.keras.ops.add", (("", "result"), ("", "bias")), ()),) if call.bias else ()
    return Invoke(f"tf.keras.ops.{kind}", (("", "value"), ("", "filter")), tuple(keywords), then)

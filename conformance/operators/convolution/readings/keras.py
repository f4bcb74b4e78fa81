"""The layers and operations of Keras, whose words are TensorFlow's but for their defaults.

Knows: their parameters, and how long they make a transposed result (`conformance.adapters.tensorflow.keras`). Must not
know: keras itself.

A layer computes in three steps, which its own lane is asked for: `keras.ops` of the value and the kernel, the bias in
the shape of one pixel, their sum.
"""

from collections.abc import Mapping

from conformance.adapters.axes import NoAxis, Numbers
from conformance.adapters.function import Function
from conformance.adapters.keras.words import CONV, CONV_TRANSPOSE, DEPTHWISE_CONV, LAYERS, keras_length
from conformance.adapters.plan import Argument, Invoke, Pad, Plan, Reshape, Step
from conformance.operators.convolution.call import Convolution, RightConvolution
from conformance.operators.convolution.calls import right_call
from conformance.operators.convolution.readings.meaning import meaning_of
from conformance.operators.convolution.readings.reading import ConvolutionReading
from conformance.translation.arguments import CallArguments
from conformance.translation.notation import Shape
from reference.arguments import channels_last
from reference.errors import ArgumentError
from reference.family import OPERATORS, Operator
from reference.geometry import transposed_axis

FUNCTIONS: tuple[Function, ...] = (*LAYERS.values(), CONV, DEPTHWISE_CONV, CONV_TRANSPOSE)

# The place among `Operator.data_formats`
DATA_FORMATS: Mapping[Argument, int] = {None: 0, "channels_last": 0, "channels_first": 1}

REMARK = "data_format is left out, and taken for channels_last: Keras reads it from keras.json then"


def read(arguments: CallArguments, dtype: str) -> ConvolutionReading:
    """What the call computes; raises CallError for one that Keras refuses."""
    layer, named = arguments.function.is_layer, arguments.function.operator
    axes = 0 if layer else arguments.value_axes
    if named.format(axes - 2) not in OPERATORS:
        raise arguments.wrong("value", f"the value has {axes} axes; {arguments.function.name} takes others")
    operator = OPERATORS[named.format(axes - 2)]
    value = arguments.shape("value", operator.rank + 2)
    given = arguments.said("data_format")
    if given not in DATA_FORMATS:
        raise arguments.unexpected("data_format", "'channels_last' or 'channels_first'")
    data_format = operator.data_formats[DATA_FORMATS[given]]
    call = _call(arguments, operator, value, data_format, dtype)
    lengths = call.output_shape[1:-1] if call.last else call.output_shape[2:]
    if min(lengths) < 1:  # Keras takes an empty batch, and no other result without elements
        raise arguments.wrong("kernel", f"the result would have spatial lengths {list(lengths)}, and none may be 0")
    arguments.check_bias(*call.bias_shape, rank=operator.rank, last=call.last)
    plan = Plan((*_before(call), _invoke(arguments, call))) if layer else arguments.plan
    layout = tuple(operator.filter_layout.split(", "))
    remarks = (REMARK,) if given is None else ()
    return ConvolutionReading(arguments.call.shown, "keras", plan, layout, meaning_of(call), remarks)


def _call(arguments: CallArguments, operator: Operator, value: Shape, data_format: str, dtype: str) -> RightConvolution:
    """The call in TensorFlow's words; raises CallError for one that Keras or the definition refuses."""
    names = operator.spatial_names
    strides, dilations = arguments.numbers("strides", names), arguments.numbers("dilations", names)
    both = max(strides) > 1 and max(dilations) > 1
    if both and arguments.function.is_layer and not operator.depthwise:
        raise arguments.wrong("strides", "Keras takes no strides above 1 beside a dilation_rate above 1")
    last = channels_last(data_format, operator.rank)
    channels, lengths = (value[-1], value[1:-1]) if last else (value[1], value[2:])
    filter, groups = _filter(arguments, operator, channels)
    kernels = filter[:-2]
    output: Shape = ()
    results: Shape = ()
    if operator.transposed:
        results = _results(arguments, operator, tuple(zip(lengths, kernels, strides, dilations, strict=True)))
        output = (value[0], *results, filter[-2]) if last else (value[0], filter[-2], *results)
    padding = _padding(arguments, operator, kernels, dilations, last)
    if operator.transposed and padding == "SAME" and not arguments.function.is_layer:
        numbers = zip(lengths, kernels, strides, dilations, strict=True)
        axes = [transposed_axis(*each, "SAME", length) for each, length in zip(numbers, results, strict=True)]
        if any(-(-axis.output // axis.stride) != axis.input for axis in axes):
            # Lengths that TensorFlow's word does not have: the crop is what it has for the next ones.
            pads = tuple((axis.crop_before, max(axis.crop_after, 0)) for axis in axes)
            padding = ((0, 0), *pads, (0, 0)) if last else ((0, 0), (0, 0), *pads)
    try:
        return right_call(
            operator.name, (value, filter, output), strides=strides, padding=padding, data_format=data_format,
            dilations=dilations, dtype=dtype, groups=groups, bias=arguments.has_bias,
        )  # fmt: skip
    except ArgumentError as error:
        raise arguments.wrong(None, f"in TensorFlow's words, which Keras uses: {error}") from error


def _filter(arguments: CallArguments, operator: Operator, channels: int) -> tuple[Shape, int]:
    """The shape of the kernel that is given, or that the layer makes, and its groups."""
    if not arguments.function.is_layer:
        filter = arguments.shape("filter", operator.rank + 2)
        whole = not operator.transposed and not operator.depthwise and filter[-2] and channels % filter[-2] == 0
        return filter, channels // filter[-2] if whole and channels else 1
    kernels = arguments.numbers("kernel", operator.spatial_names)
    if operator.depthwise:
        return (*kernels, channels, arguments.number("multiplier")), 1
    out = arguments.number("channels_out")
    if operator.transposed:
        return (*kernels, out, channels), 1
    groups = arguments.number("groups")
    if channels % groups:
        raise arguments.wrong("groups", f"groups is {groups}, and does not divide the {channels} channels of the value")
    return (*kernels, channels // groups, out), groups


def _padding(
    arguments: CallArguments, operator: Operator, kernels: Shape, dilations: Shape, last: bool
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


def _results(arguments: CallArguments, operator: Operator, axes: tuple[Numbers, ...]) -> Shape:
    """How long the layer makes its result."""
    asked: tuple[int | None, ...] = (None,) * operator.rank
    if arguments.said("output_padding") is not None:
        asked = arguments.numbers("output_padding", operator.spatial_names)
    same = str(arguments.said("padding")).lower() == "same"
    found = []
    for name, numbers, more in zip(operator.spatial_names, axes, asked, strict=True):
        try:
            found.append(keras_length(numbers, more, same=same))
        except NoAxis as error:
            raise arguments.wrong(error.says, f"{name}: {error}") from error
    return tuple(found)


def _before(call: Convolution) -> list[Step]:
    """A causal convolution's zeros, and the bias as one pixel."""
    steps: list[Step] = []
    if not isinstance(call.padding, str):
        steps.append(Pad("value", call.padding))
    if call.bias:
        ones = (1,) * call.definition.rank
        channels = call.bias_shape
        steps.append(Reshape("bias", (1, *ones, *channels) if call.last else (1, *channels, *ones)))
    return steps


def _invoke(arguments: CallArguments, call: Convolution) -> Invoke:
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
    then = (Invoke("keras.ops.add", (("", "result"), ("", "bias")), ()),) if call.bias else ()
    return Invoke(f"keras.ops.{kind}", (("", "value"), ("", "filter")), tuple(keywords), then)

"""PyTorch's functions and layers: channels first, the same pad on both sides, averages that count their pads.

Knows: their parameters and what their numbers mean (`conformance.adapters.torch.pooling_words`). Must not know: torch
itself.
"""

from typing import Any

from conformance.adapters.axes import NoAxis
from conformance.adapters.function import Function, Role
from conformance.adapters.plan import Invoke, Plan
from conformance.adapters.torch.pooling_words import ADAPTIVE, ADAPTIVE_LAYERS, FUNCTIONALS, LAYERS, torch_pooled_axis
from conformance.operators.pooling.readings.reading import PoolingReading, read_windows
from conformance.translation.arguments import CallArguments
from reference.pooling.family import OPERATORS, averages

FUNCTIONS: tuple[Function, ...] = (*FUNCTIONALS.values(), *LAYERS.values(), *ADAPTIVE.values(), *ADAPTIVE_LAYERS)
COUNTED = "the divisor counts pads: count_include_pad is True by default"


def read(arguments: CallArguments, dtype: str) -> PoolingReading:
    """What the call means; raises CallError for one that PyTorch refuses."""
    operator = arguments.function.operator
    names = OPERATORS[operator].spatial_names
    if arguments.function in ADAPTIVE_LAYERS:
        value: dict[Role, tuple[int, ...]] = {"value": arguments.shape("value", len(names) + 2)}
        return read(arguments.as_call(ADAPTIVE_LAYERS[arguments.function], value, {}), dtype)
    if OPERATORS[operator].adaptive:
        sizes = arguments.numbers("output_size", names)
        return read_windows(arguments, "torch", operator, last=False, dtype=dtype, output_size=sizes)
    lengths = arguments.shape("value", len(names) + 2)[2:]
    kernels = arguments.numbers("kernel", names)
    strides = kernels if arguments.said("strides") is None else arguments.numbers("strides", names)
    dilations = arguments.numbers("dilations", names) if arguments.has("dilations") else (1,) * len(names)
    paddings = arguments.numbers("padding", names)
    words: dict[str, Any] = {"ceil_mode": arguments.flag("ceil_mode")}
    if averages(operator):
        words["count_include_pad"] = arguments.flag("count_include_pad")
        if arguments.has("divisor_override") and arguments.said("divisor_override") is not None:
            words["divisor_override"] = arguments.number("divisor_override")
    for name, *numbers, padding in zip(names, lengths, kernels, strides, dilations, paddings, strict=True):
        length, kernel, stride, dilation = numbers
        try:
            torch_pooled_axis(operator, (length, kernel, stride, dilation), padding, ceil_mode=words["ceil_mode"])
        except NoAxis as error:
            raise arguments.wrong(error.says, f"{name}: {error}") from error
    silent = averages(operator) and any(paddings) and arguments.name("count_include_pad") not in arguments.parts
    return read_windows(
        arguments, "torch", operator, last=False, plan=Plan((_given(arguments),)), remarks=(COUNTED,) if silent else (),
        dtype=dtype, ksize=kernels, strides=strides, padding=tuple((pad, pad) for pad in paddings),
        dilations=dilations if set(dilations) != {1} else None, **words,
    )  # fmt: skip


def _given(arguments: CallArguments) -> Invoke:
    """The call as its lane is asked for it: a layer as the function that it calls."""
    if not arguments.function.is_layer:
        return arguments.invoke()
    function = FUNCTIONALS[arguments.function.operator]
    roles = [each.says for each in arguments.function.parameters if each.says != "only_default"]
    return function.invoke({role: arguments.said(role) for role in roles}, ("value",))

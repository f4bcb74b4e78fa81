"""TensorFlow's call is the definition's own: its reading keeps the words as they are.

Knows: what `conformance.adapters.tensorflow.words` has of its functions' parameters. The rules are
`reference.arguments`'; those that only TensorFlow has are here.
"""

from dataclasses import replace
from typing import Any

from conformance.adapters.function import Role
from conformance.adapters.plan import Argument, Plan, Unsupported
from conformance.adapters.tensorflow.words import FUNCTIONS as BY_OPERATOR
from conformance.adapters.tensorflow.words import TUTORIAL
from conformance.operators.convolution.call import Convolution, RightConvolution
from conformance.operators.convolution.calls import right_call
from conformance.operators.convolution.readings.meaning import meaning_of
from conformance.operators.convolution.readings.reading import ConvolutionReading
from conformance.operators.convolution.readings.writing import TENSORFLOW, written
from conformance.translation.arguments import CallArguments, integers
from conformance.translation.code import CallError
from conformance.translation.notation import Shape
from reference.arguments import channels_last
from reference.errors import ArgumentError
from reference.family import OPERATORS, Operator

FUNCTIONS = (*BY_OPERATOR.values(), TUTORIAL)

# Of the argument at fault, where the reason of a refusal has another name
_ROLES = {"filter_channels": "filter", "size": "value", "groups": "filter"}


def read(arguments: CallArguments, dtype: str) -> ConvolutionReading:
    """The call as it stands; raises CallError for one that the definition or TensorFlow refuses."""
    operator = OPERATORS[arguments.function.operator]
    value, filter = arguments.shape("value", operator.rank + 2), arguments.shape("filter", operator.rank + 2)
    roles: tuple[Role, ...] = ("output_shape", "strides", "padding", "data_format", "dilations")
    said = {role: arguments.said(role) for role in roles if arguments.has(role)}
    for role in ("output_shape", "strides", "dilations"):
        if _holds_boolean(said.get(role)):
            raise arguments.wrong(role, f"{arguments.name(role)} holds a boolean; expected integers")
    _check_spelling(arguments)
    given: dict[str, Any] = {role: value for role, value in said.items() if arguments.name(role) in arguments.parts}
    output: Any = given.pop("output_shape", ())
    try:
        groups = _groups(operator, output if operator.transposed else value, filter, given.get("data_format"))
        given |= {"dtype": dtype, "groups": groups, "bias": arguments.has_bias}
        call = right_call(operator.name, (value, filter, output), **given)
    except ArgumentError as error:
        role_at_fault: Any = _ROLES.get(error.reason, error.reason)
        raise arguments.wrong(role_at_fault if arguments.has(role_at_fault) else None, str(error)) from error
    # TensorFlow documents these strides as illegal, and answers some of them, wrongly.
    strides = {axis.stride for axis in call.geometry.axes}
    if call.definition.depthwise and strides != {1}:
        if len(strides) > 1:
            raise arguments.wrong("strides", "tf.nn.depthwise_conv2d takes strides of height and width alike only")
        if any(axis.dilation > 1 for axis in call.geometry.axes):
            raise arguments.wrong("strides", "tf.nn.depthwise_conv2d takes strides of 1 only beside a dilation")
    arguments.check_bias(*call.bias_shape, rank=operator.rank, last=call.last)
    return _reading(arguments.call.shown, Plan((arguments.invoke(),)), call)


def read_trial(call: Convolution, dtype: str | None = None) -> ConvolutionReading:
    """The reading of a call of any operator that is there already, as TensorFlow's adapter says it, in another dtype
    where one is named.

    The words do not depend on the dtype: in one that TensorFlow does not take, the call is refused when it is run.
    Raises CallError for one that is wrong on purpose, or that TensorFlow has no words for.
    """
    if not isinstance(call, RightConvolution):
        raise CallError(f"the call is wrong ({call.fault.reason}): {call.fault.message}")
    if dtype is not None:
        call = replace(call, dtype=dtype)
    plan = TENSORFLOW.plan(call)
    if isinstance(plan, Unsupported):
        raise CallError(f"tensorflow has no words for the call: {plan.reason}")
    return _reading(written(call), plan, call)


def _groups(operator: Operator, whole: Argument, filter: Shape, data_format: str | None) -> int:
    """TensorFlow infers them from the shapes; 1 where these do not fit, which the definition then refuses.

    whole: the shape that has all channels
    """
    last, shape = channels_last(data_format, operator.rank), integers(whole)
    if operator.depthwise or shape is None or len(shape) != operator.rank + 2:
        return 1
    channels, share = shape[-1 if last else 1], filter[-2]
    return channels // share if share and channels and channels % share == 0 else 1


def _check_spelling(arguments: CallArguments) -> None:
    """Raise CallError for what the definition takes, and this function of TensorFlow's does not."""
    for parameter in arguments.function.parameters:
        given = arguments.said(parameter.says) if parameter.says in ("strides", "dilations") else None
        if parameter.counts and given is not None and not (isinstance(given, tuple) and len(given) in parameter.counts):
            expected = f"{parameter.counts[0]} integers: {arguments.function.name} takes no other number of them"
            raise arguments.unexpected(parameter.says, expected)
    if not arguments.function.pads and not isinstance(arguments.said("padding"), str):
        raise arguments.unexpected("padding", f"'SAME' or 'VALID': {arguments.function.name} takes no pairs")


def _reading(text: str, plan: Plan, call: RightConvolution) -> ConvolutionReading:
    layout = tuple(call.definition.filter_layout.split(", "))
    return ConvolutionReading(text, "tensorflow", plan, layout, meaning_of(call), in_tensorflow_s_words=True)


def _holds_boolean(argument: Argument) -> bool:
    return isinstance(argument, bool) or (isinstance(argument, tuple) and any(map(_holds_boolean, argument)))

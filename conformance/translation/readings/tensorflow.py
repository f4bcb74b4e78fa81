"""TensorFlow's call is the definition's own: its reading keeps the words as they are.

Knows: `tf.nn.conv2d_transpose`'s signature. The rules are `reference.arguments`'.
"""

from dataclasses import dataclass
from typing import Any

from conformance.adapters.lane import load_adapter, parse_lane
from conformance.adapters.plan import Argument, Invoke, Plan, Unsupported
from conformance.suite.case import Call
from conformance.translation.code import CallError
from conformance.translation.meaning import OPERATOR, Meaning, Reading, no_margins
from conformance.translation.signature import REQUIRED, Arguments, Signature
from reference.arguments import conv2d_transpose_geometry
from reference.errors import ArgumentError

_COMMON = (("output_shape", REQUIRED), ("strides", REQUIRED), ("padding", "SAME"), ("data_format", "NHWC"))

SIGNATURES = (
    Signature(
        "tf.nn.conv2d_transpose",
        ("tensorflow.nn.conv2d_transpose",),
        (("input", REQUIRED), ("filters", REQUIRED), *_COMMON, ("dilations", None), ("name", None)),
    ),
    Signature(
        "tf.compat.v1.nn.conv2d_transpose",
        ("tensorflow.compat.v1.nn.conv2d_transpose",),
        (("value", REQUIRED), ("filter", REQUIRED), *_COMMON, ("name", None), ("dilations", None)),
    ),
)

_NAMES = ("output_shape", "strides", "padding", "data_format", "dilations")

_LETTERS = {"value": "x", "filter": "f", "bias": "b", "cotangent": "c"}
_ADAPTER = load_adapter(parse_lane("tensorflow"))


@dataclass(frozen=True, slots=True)
class Words:
    """TensorFlow's arguments, not checked yet."""

    value: tuple[int, ...]
    filter: tuple[int, ...]
    output_shape: Any
    strides: Any
    padding: Any = "SAME"
    data_format: Any = None
    dilations: Any = None

    def call(self, dtype: str) -> Call:
        """The call; raises ArgumentError for one that the definition refuses."""
        geometry = conv2d_transpose_geometry(
            self.value, self.filter, self.output_shape, self.strides, self.padding, self.data_format, self.dilations
        )
        return Call(
            OPERATOR, self.value, self.filter, self.output_shape, self.strides, self.padding, self.data_format,
            self.dilations, dtype, geometry, None,
        )  # fmt: skip


def read(arguments: Arguments, dtype: str) -> Reading:
    """The call as it stands; raises CallError for one that the definition refuses."""
    given: dict[str, Any] = {name: arguments[name] for name in _NAMES if name in arguments.parts}
    for name in ("output_shape", "strides", "dilations"):
        if _holds_boolean(given.get(name)):
            raise arguments.wrong(name, f"{name} holds a boolean; expected integers")
    try:
        call = Words(arguments.value_shape, arguments.filter_shape, **given).call(dtype)
    except ArgumentError as error:
        raise _illegal(arguments, error) from error
    return _reading(arguments.call.text, Plan((arguments.invoke(),)), call)


def read_words(words: Words, dtype: str) -> Reading:
    """The call that flags name; raises CallError for one that the definition refuses."""
    try:
        return read_trial(words.call(dtype))
    except ArgumentError as error:
        raise CallError(str(error)) from error


def read_trial(call: Call) -> Reading:
    """The reading of a call of any operator that is there already, as TensorFlow's adapter says it.

    The words do not depend on the dtype: in one that TensorFlow does not take, the call is refused when it is run.
    Raises CallError for one that is wrong on purpose, or that TensorFlow has no words for.
    """
    if call.geometry is None:
        assert call.fault is not None
        raise CallError(f"the call is wrong ({call.fault.reason}): {call.fault.message}")
    plan = _ADAPTER.plan(call)
    if isinstance(plan, Unsupported):
        raise CallError(f"tensorflow has no words for the call: {plan.reason}")
    return _reading(written(call), plan, call)


def written(call: Call) -> str:
    """A TensorFlow call as a user would write it here: with a bias, and what it is differentiated for."""
    plan = _ADAPTER.plan(call)
    assert isinstance(plan, Plan)
    invoke = next(step for step in plan.steps if isinstance(step, Invoke))
    text = ""
    for each in (invoke, *invoke.then):
        operands = [text if name == "result" else _tensor(call, name) for _, name in each.operands]
        keywords = [f"{name}={_listed(argument)}" for name, argument in each.keywords]
        text = f"{each.function}({', '.join(operands + keywords)})"
    if invoke.gradient:
        return f"gradient({text}, of {_LETTERS[invoke.gradient]}, with {_tensor(call, 'cotangent')})"
    return text


def _reading(text: str, plan: Plan, call: Call) -> Reading:
    assert call.geometry is not None
    layout = tuple(call.definition.filter_layout.split(", "))
    return Reading(text, "tensorflow", plan, layout, Meaning(call.geometry, call, no_margins(call.definition.rank)))


def _tensor(call: Call, name: str) -> str:
    return f"{_LETTERS[name]}{_listed(call.operands[name])}"


def _listed(argument: Argument) -> str:
    return f"[{', '.join(_listed(each) for each in argument)}]" if isinstance(argument, tuple) else repr(argument)


def _illegal(arguments: Arguments, error: ArgumentError) -> CallError:
    """The reference's message at the argument that its reason names."""
    value, filter = arguments.signature.operands
    places = {"filter_channels": filter, "rank": None, "size": value}
    return arguments.wrong(places.get(error.reason, error.reason), str(error))


def _holds_boolean(argument: Argument) -> bool:
    return isinstance(argument, bool) or (isinstance(argument, tuple) and any(map(_holds_boolean, argument)))

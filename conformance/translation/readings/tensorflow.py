"""TensorFlow's call is the definition's own: its reading keeps the words as they are.

Knows: `tf.nn.conv2d_transpose`'s signature. The rules are `reference.arguments`'.
"""

from dataclasses import dataclass
from typing import Any

from conformance.adapters.notation import given_keywords
from conformance.adapters.plan import Argument, Invoke, Plan
from conformance.suite.case import Call
from conformance.translation.code import CallError
from conformance.translation.meaning import NO_MARGINS, OPERATOR, SPATIAL, Meaning, Reading
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

FILTER_LAYOUT = (*SPATIAL, "out", "in")


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
    return _reading(arguments.call.text, arguments.invoke(), call)


def read_words(words: Words, dtype: str) -> Reading:
    """The call that flags name; raises CallError for one that the definition refuses."""
    try:
        return read_trial(words.call(dtype))
    except ArgumentError as error:
        raise CallError(str(error)) from error


def read_trial(call: Call) -> Reading:
    """The reading of a call that is there already; raises CallError for one that is wrong on purpose."""
    if call.geometry is None:
        assert call.fault is not None
        raise CallError(f"the call is wrong ({call.fault.reason}): {call.fault.message}")
    return _reading(written(call), _invoke(call), call)


def written(call: Call) -> str:
    """A TensorFlow call as a user would write it here."""
    operands = [f"x{_listed(call.value_shape)}", f"f{_listed(call.filter_shape)}"]
    invoke = _invoke(call)
    keywords = [f"{name}={_listed(argument)}" for name, argument in invoke.keywords]
    return f"{invoke.function}({', '.join(operands + keywords)})"


def _reading(text: str, invoke: Invoke, call: Call) -> Reading:
    assert call.geometry is not None
    return Reading(text, "tensorflow", Plan((invoke,)), FILTER_LAYOUT, Meaning(call.geometry, call, NO_MARGINS))


def _invoke(call: Call) -> Invoke:
    return Invoke(SIGNATURES[0].function, (("", "value"), ("", "filter")), given_keywords(call))


def _listed(argument: Argument) -> str:
    return f"[{', '.join(_listed(each) for each in argument)}]" if isinstance(argument, tuple) else repr(argument)


def _illegal(arguments: Arguments, error: ArgumentError) -> CallError:
    """The reference's message at the argument that its reason names."""
    value, filter = arguments.signature.operands
    places = {"filter_channels": filter, "rank": None, "size": value}
    return arguments.wrong(places.get(error.reason, error.reason), str(error))


def _holds_boolean(argument: Argument) -> bool:
    return isinstance(argument, bool) or (isinstance(argument, tuple) and any(map(_holds_boolean, argument)))

"""A written call's arguments, by what they say, whatever their function calls them.

Knows: a function's documented parameters (`conformance.adapters.function`). Must not know: what the numbers
mean (the part `readings` of a kind).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from conformance.adapters.function import Function, Required, Role, Takes
from conformance.adapters.plan import Argument, Invoke, Plan, Reshape
from conformance.translation.addition import AddedBias, read_addition
from conformance.translation.code import CallError, Part, WrittenCall, WrittenTensor

Shape: TypeAlias = tuple[int, ...]

# Of what is said as plain numbers
LEAST: Mapping[Role, int] = {
    "strides": 1, "dilations": 1, "value_dilation": 1, "kernel": 1, "groups": 1, "channels_in": 1, "channels_out": 1,
    "multiplier": 1, "padding": 0, "output_padding": 0, "divisor_override": 1, "block_size": 1, "output_size": 1,
}  # fmt: skip

NO_VALUE = "a layer is read with its value's shape: call it, as in {}(...)(x[{}]), or name the shape by --value"


@dataclass(frozen=True, slots=True)
class CallArguments:
    """A written call's arguments."""

    call: WrittenCall
    function: Function
    parts: Mapping[str, Part] = field(default_factory=dict)
    """what was given, by parameter"""
    applied: Shape | None = None
    """the shape of the value with which a layer is called"""
    beside: Mapping[Role, Shape] = field(default_factory=dict)
    """the shapes of other operands with which it is called"""
    addition: AddedBias | None = None
    """a bias around the call"""

    def said(self, role: Role) -> Argument:
        """What is said, or left to its default."""
        parameter = self.function.saying(role)
        if parameter.name in self.parts:
            value = self.parts[parameter.name].value
            if isinstance(value, WrittenTensor):
                raise self.wrong(role, f"{parameter.name} is the tensor {value.name}; expected numbers or words")
            return value
        assert not isinstance(parameter.default, Required)
        return parameter.default

    def has(self, role: Role) -> bool:
        """Whether the function has a parameter that says it."""
        return any(each.says == role for each in self.function.parameters)

    def wrong(self, role: Role | None, message: str) -> CallError:
        """The error that points at an argument; at the function for None, and for what was not given."""
        given = [each.name for each in self.function.parameters if each.says == role]
        return self.call.wrong(message, next((self.parts[name] for name in given if name in self.parts), None))

    def unexpected(self, role: Role, expected: str) -> CallError:
        """The error of an argument that is something else."""
        return self.wrong(role, f"{self.name(role)} is {self.said(role)!r}; expected {expected}")

    def name(self, role: Role) -> str:
        """The parameter that says it."""
        return self.function.saying(role).name

    def shape(self, role: Role, rank: int) -> Shape:
        """The shape of an operand with a number of axes; of a layer's value, what it is called with."""
        if role == "value" and self.function.is_layer:
            name, shape = "the value", self._applied(rank)
        else:
            name, shape = self.name(role), self._tensor(role).shape
        if len(shape) != rank:
            raise self.wrong(role, f"{name} has shape {list(shape)}; expected {rank} axes, the batch's among them")
        if min(shape) < 0:
            raise self.wrong(role, f"{name} has shape {list(shape)}; no length is negative")
        return shape

    @property
    def value_axes(self) -> int:
        """How many axes the value has."""
        return len(self._tensor("value").shape)

    @property
    def has_bias(self) -> bool:
        """Whether one number is added to each channel of the result, within the call or around it."""
        return self.addition is not None or self._own_bias

    @property
    def _own_bias(self) -> bool:
        if self.function.is_layer:
            return self.has("has_bias") and all(map(self._says_bias, self.function.parameters))
        part = self.parts.get(self.name("bias")) if self.has("bias") else None
        return part is not None and part.value is not None

    def _says_bias(self, parameter: Takes) -> bool:
        """Whether a parameter says nothing against a layer's bias."""
        if parameter.says != "has_bias" or parameter.name not in self.parts:
            return True
        part = self.parts[parameter.name]
        if not isinstance(part.value, bool) and part.value != parameter.default:
            raise self.call.wrong(f"{parameter.name} is {part.value!r}; expected True or False", part)
        return part.value is not False

    def check_bias(self, channels: int, *, rank: int, last: bool) -> None:
        """Raise CallError for a bias of another shape, or one that is added along another axis than the channels'.

        rank: spatial axes of the result. last: whether it has its channels last
        """
        addition = self.addition
        if addition is not None:
            if self._own_bias:
                raise self.call.wrong(f"{self.call.function} has a bias of its own, and {addition.by} adds another")
            axis, there = addition.axis(rank), rank + 1 if last else 1
            if axis != there and channels != 1:
                named = {rank + 1: "last", 1: "second"}
                along = f"the {named[axis]} axis" if axis in named else f"axis {axis}"
                message = f"{addition.by} adds along {along}; the result has its channels on the {named[there]}"
                raise self.call.wrong(message, addition.bias)
            shape, part = addition.shape, addition.bias
        elif self._own_bias and not self.function.is_layer:
            shape, part = self._tensor("bias").shape, self.parts[self.name("bias")]
        else:
            return
        if shape != (channels,):
            message = f"bias has shape {list(shape)}; expected [{channels}], the result's channels"
            raise self.call.wrong(message, part)

    def numbers(self, role: Role, names: Sequence[str]) -> Shape:
        """One number for each spatial axis of these names, as the function takes them."""
        parameter, given = self.function.saying(role), self.said(role)
        numbers = integers(given)
        counts = [each for each in parameter.counts if each in (0, 1, len(names))] or [len(names)]
        count = None if numbers is None else len(numbers) if isinstance(given, tuple) else 0
        if numbers is None or count not in counts:
            words = ["an integer" if each == 0 else f"a tuple of {each} integer{'s' * (each != 1)}" for each in counts]
            raise self.unexpected(role, " or ".join(words))
        numbers = numbers * len(names) if len(numbers) == 1 else numbers
        for name, number in zip(names, numbers, strict=True):
            self.check_least(role, number, name)
        return numbers

    def number(self, role: Role) -> int:
        """One number; True is none."""
        given = self.said(role)
        if type(given) is not int:
            raise self.unexpected(role, "an integer")
        self.check_least(role, given)
        return given

    def flag(self, role: Role) -> bool:
        """True or False."""
        given = self.said(role)
        if not isinstance(given, bool):
            raise self.unexpected(role, "True or False")
        return given

    def is_last(self, formats: Mapping[str, bool], rank: int, *, default: bool) -> bool:
        """Whether the channels of a value with so many spatial axes are last.

        formats: of the data_formats of any number of axes, or of words for all of them, whether channels are last.
        default: where the function takes no data_format, or it is left out and has no default
        """
        word = self.said("data_format") if self.has("data_format") else None
        if word is None:
            return default
        own = [each for each in formats if len(each) == rank + 2 or not each.isupper()]
        if word not in own:
            raise self.unexpected("data_format", " or ".join(map(repr, own)))
        return formats[str(word)]

    def check_least(self, role: Role, number: int, axis: str = "") -> None:
        """Raise CallError for a number below what its role allows."""
        if number < LEAST[role]:
            where = f" on {axis}" if axis else ""
            raise self.wrong(role, f"{self.name(role)} is {number}{where}; it must be at least {LEAST[role]}")

    def invoke(self) -> Invoke:
        """The call of a function as it was given, its operands in their places and the rest by name."""
        operands: list[tuple[str, str]] = []
        keywords: list[tuple[str, Argument]] = []
        for parameter in self.function.parameters:
            given = self.parts[parameter.name].value if parameter.name in self.parts else None
            if given is None and parameter.default is None:
                continue
            if isinstance(given, WrittenTensor):
                operands.append(("", parameter.says))
            elif parameter.name in self.parts and parameter.says != "nothing":
                keywords.append((parameter.name, given))
        if self.function.is_layer:
            called = Invoke("layer", tuple(("", role) for role in self.function.applied), ())
            return Invoke(self.function.name, (), tuple(keywords), (called,), leaves="layer")
        then = () if self.addition is None else (self.addition.invoke(self.function.name.partition(".")[0]),)
        return Invoke(self.function.name, tuple(operands), tuple(keywords), then)

    @property
    def plan(self) -> Plan:
        """The call as it was given, after a bias has the shape in which it is added."""
        shape = self.addition.reshaped if self.addition is not None else ()
        return Plan((*((Reshape("bias", shape),) if shape else ()), self.invoke()))

    def as_call(
        self,
        function: Function,
        operands: Mapping[Role, Shape],
        said: Mapping[Role, Argument],
        addition: AddedBias | None = None,
    ) -> "CallArguments":
        """The call of a function that computes the same: of a layer the function that it calls.

        operands: their shapes. said: what the function is given in other words than this call's; the rest is what both
        have. Errors point at the arguments that were written.
        """
        parts: dict[str, Part] = {}
        for parameter in function.parameters:
            role = parameter.says
            if role in operands:
                parts[parameter.name] = replace(self._place(role), value=WrittenTensor(role, operands[role]))
            elif role in said:
                parts[parameter.name] = replace(self._place(role), value=said[role])
            elif role not in ("nothing", "only_default") and self.has(role):
                parts[parameter.name] = replace(self._place(role), value=self.said(role))
        return CallArguments(self.call, function, parts, addition=addition)

    def _place(self, role: Role) -> Part:
        own = [each.name for each in self.function.parameters if each.says == role and each.name in self.parts]
        return self.parts[own[0]] if own else Part(None, *self.call.place)

    def _applied(self, rank: int) -> Shape:
        if self.applied is None:
            raise self.wrong(None, NO_VALUE.format(self.call.function, ", ".join(["..."] * rank)))
        return self.applied

    def _tensor(self, role: Role) -> WrittenTensor:
        value = self.parts[self.name(role)].value
        if not isinstance(value, WrittenTensor):
            expected = f"a tensor with its shape, such as {'b[8]' if role == 'bias' else 'x[1,4,4,1]'}"
            raise self.wrong(role, f"{self.name(role)} is {value!r}; expected {expected}")
        return value


def bind(call: WrittenCall, function: Function, value: Shape | None = None) -> CallArguments:
    """The call's arguments under the function's names; `value` is the shape with which a bare layer is called.

    Raises CallError as Python would raise TypeError, and for arguments that say what is not part of the operator.
    """
    names = [parameter.name for parameter in function.parameters]
    if len(call.positional) > len(names):
        surplus = call.positional[len(names)]
        raise call.wrong(f"{function.name} takes {len(names)} arguments: {', '.join(names)}", surplus)
    parts = dict(zip(names, call.positional, strict=False))
    for name, part in call.keywords:
        if name not in names:
            raise call.wrong(f"{function.name} has no parameter {name!r}; it has {', '.join(names)}", part)
        if name in parts:
            raise call.wrong(f"{name} is given twice", part)
        parts[name] = part
    required = [each.name for each in function.parameters if isinstance(each.default, Required)]
    missing = [name for name in required if name not in parts]
    if missing:
        raise call.wrong(f"{function.name} needs {', '.join(missing)}")
    for parameter in function.parameters:
        given = parts.get(parameter.name)
        if parameter.says == "only_default" and given is not None and given.value != parameter.default:
            shown = given.value.name if isinstance(given.value, WrittenTensor) else repr(given.value)
            message = f"{parameter.name} is {shown}, and is not read: a translation is of the operator alone"
            raise call.wrong(f"{message}; leave it out", given)
    applied, *rest = _applied(call, function, value)
    beside = dict(zip(function.applied[1:], rest, strict=False))
    return CallArguments(call, function, parts, applied, beside, read_addition(call))


def integers(given: Argument) -> Shape | None:
    """Integers, an integer as one; None where anything else is among them. A boolean is none."""
    candidates = given if isinstance(given, tuple) else (given,)
    numbers = tuple(each for each in candidates if type(each) is int)
    return numbers if len(numbers) == len(candidates) else None


def pairs(given: Argument, count: int) -> tuple[tuple[int, int], ...] | None:
    """That many pairs of integers, None for anything else."""
    if not isinstance(given, tuple) or len(given) != count:
        return None
    numbers = [integers(pair) for pair in given if isinstance(pair, tuple)]
    found = tuple((pair[0], pair[1]) for pair in numbers if pair is not None and len(pair) == 2)
    return found if len(found) == count else None


def _applied(call: WrittenCall, function: Function, value: Shape | None) -> tuple[Shape | None, *tuple[Shape, ...]]:
    """The shapes of what a layer is called with, in the text or beside it, the value's first."""
    if call.mapped and not function.name.startswith("equinox"):
        raise call.wrong(f"jax.vmap is read around the layers of equinox, which take one example, not {function.name}")
    if call.applied is None:
        if value is not None and not function.is_layer:
            raise call.wrong(f"--value is for a layer that is not called; {call.function} has its own value")
        return (value,)
    if not function.is_layer:
        raise call.wrong(f"{function.name} is not a layer: what it returns is not called")
    given = call.applied
    tensors = [part.value for part in given.positional if isinstance(part.value, WrittenTensor)]
    if given.keywords or not len(given.positional) == len(tensors) == len(function.applied):
        first = (given.positional or tuple(part for _, part in given.keywords) or (None,))[0]
        one = "a layer is called with one tensor and its shape, such as (x[1,4,4,1])"
        several = f"it is called with tensors for {' and '.join(function.applied)}, each with its shape"
        raise call.wrong(one if len(function.applied) == 1 else several, first)
    if value is not None:
        raise call.wrong("--value is for a layer that is not called; this one has its own value")
    if function.name.startswith("equinox") and not call.mapped:
        layer, shape = call.function, ", ".join(map(str, (1, *tensors[0].shape)))
        message = "a layer of equinox takes one example, and values without a batch are not read"
        raise call.wrong(f"{message}; write jax.vmap({layer}(...))(x[{shape}])", given.positional[0])
    return tensors[0].shape, *(each.shape for each in tensors[1:])

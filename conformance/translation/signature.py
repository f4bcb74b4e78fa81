"""A framework's documented signature, and a written call's arguments by their names.

Knows: parameters, their order and defaults. Must not know: what they mean (`conformance.translation.readings`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from conformance.adapters.plan import Argument, Invoke
from conformance.translation.code import CallError, Part, Tensor, WrittenCall


class Required:
    """The default of a parameter that has none."""


REQUIRED = Required()
Parameter: TypeAlias = tuple[str, Argument | Required]


@dataclass(frozen=True, slots=True)
class Signature:
    """A function as its documentation has it."""

    function: str
    spellings: tuple[str, ...]
    """other names of it, by the usual aliases of modules"""
    parameters: tuple[Parameter, ...]
    """in their order; the first two are the operands"""

    @property
    def operands(self) -> tuple[str, str]:
        """The parameters of value and filter."""
        return self.parameters[0][0], self.parameters[1][0]


@dataclass(frozen=True, slots=True)
class Arguments:
    """A written call's arguments by name."""

    call: WrittenCall
    signature: Signature
    parts: Mapping[str, Part] = field(default_factory=dict)

    @property
    def value_shape(self) -> tuple[int, ...]:
        return self._tensor(self.signature.operands[0]).shape

    @property
    def filter_shape(self) -> tuple[int, ...]:
        return self._tensor(self.signature.operands[1]).shape

    def __getitem__(self, name: str) -> Argument:
        """What was given for a parameter, or its default."""
        if name in self.parts:
            value = self.parts[name].value
            if isinstance(value, Tensor):
                raise self.wrong(name, f"{name} is the tensor {value.name}; expected numbers or words")
            return value
        default = dict(self.signature.parameters)[name]
        assert not isinstance(default, Required)
        return default

    def wrong(self, name: str | None, message: str) -> CallError:
        """The error that points at an argument, at the function for None and for what was not given."""
        return self.call.wrong(message, self.parts.get(name) if name else None)

    def check_none(self, name: str, why: str) -> None:
        """Raise CallError for a parameter that has a value other than its default."""
        if self[name] != dict(self.signature.parameters)[name]:
            raise self.wrong(name, f"{name} is not read: {why}")

    def invoke(self) -> Invoke:
        """The call as it was given, its operands in their places and the rest by name."""
        names = [name for name, _ in self.signature.parameters if name in self.parts]
        keywords = tuple((name, self[name]) for name in names if name not in self.signature.operands)
        return Invoke(self.signature.function, (("", "value"), ("", "filter")), keywords)

    def _tensor(self, name: str) -> Tensor:
        value = self.parts[name].value
        if not isinstance(value, Tensor):
            raise self.wrong(name, f"{name} is {value!r}; expected a tensor with its shape, such as x[1,4,4,1]")
        return value


def bind(call: WrittenCall, signature: Signature) -> Arguments:
    """The call's arguments under the signature's names; raises CallError as Python would raise TypeError."""
    names = [name for name, _ in signature.parameters]
    if len(call.positional) > len(names):
        surplus = call.positional[len(names)]
        raise call.wrong(f"{signature.function} takes {len(names)} arguments: {', '.join(names)}", surplus)
    parts = dict(zip(names, call.positional, strict=False))
    for name, part in call.keywords:
        if name not in names:
            raise call.wrong(f"{signature.function} has no parameter {name!r}; it has {', '.join(names)}", part)
        if name in parts:
            raise call.wrong(f"{name} is given twice", part)
        parts[name] = part
    missing = [name for name, default in signature.parameters if isinstance(default, Required) and name not in parts]
    if missing:
        raise call.wrong(f"{signature.function} needs {', '.join(missing)}")
    return Arguments(call, signature, parts)

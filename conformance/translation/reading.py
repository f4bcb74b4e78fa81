"""A call as it was read, and who reads it: the part `readings` of each kind.

Knows: how people import modules. Must not know: any kind, the frameworks themselves.
"""

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from typing import Any, Protocol, TypeAlias

from numpy.typing import NDArray

from conformance.adapters.function import Function
from conformance.adapters.plan import Plan, Unsupported
from conformance.adapters.protocol import Adapter
from conformance.errors import UsageError
from conformance.operators.kind import Operands
from conformance.operators.registry import optional_part, parts
from conformance.suite.case import Call, RightCall, RightTrial
from conformance.translation.arguments import CallArguments, Shape, bind
from conformance.translation.code import Written, WrittenCall
from conformance.translation.modules import spellings
from conformance.translation.parser import parse_call


class Reading(Protocol):
    """A call as it was read."""

    @property
    def text(self) -> str: ...

    @property
    def lane(self) -> str:
        """Who is asked to run it as it was given."""

    @property
    def plan(self) -> Plan:
        """The call as it was given, for that lane."""

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a reader of the call may not expect of it."""

    @property
    def given(self) -> Mapping[str, Shape]:
        """The shapes of the given call's operands, by name, in order."""

    @property
    def judged(self) -> RightCall:
        """The call whose oracle is the given call's."""

    def trials(self) -> Sequence[RightTrial]:
        """What proves something about the call that is judged, each of a generator of its own."""

    def given_operands(self, operands: Operands) -> Operands:
        """Operands of the call that is judged in the layouts of the given call."""

    def as_judged(self, result: NDArray[Any]) -> NDArray[Any]:
        """The given call's result in the layout of the one that is judged; one of another rank as it is."""

    def write(self, adapter: Adapter) -> Plan | Unsupported:
        """The call for the adapter's framework, from the operands that the given call has to the result that it has."""

    def remarks_on(self, lane: str, plan: Plan | Unsupported) -> tuple[str, ...]:
        """What a reader of its translation, for an adapter of this name, may not expect of it."""

    def operands_in(self, plan: Plan) -> Mapping[str, str]:
        """What becomes of operands in a translation, by name, in words."""

    def lines(self) -> Sequence[str]:
        """What it means, for a terminal."""

    def document(self) -> Mapping[str, Any]:
        """What it means, as JSON has it."""


Reader: TypeAlias = Callable[[CallArguments, str], Reading]
"""of a call's arguments in a dtype; raises CallError for a call that its framework refuses"""


class Readings(Protocol):
    """The module `readings` of a kind's package."""

    READERS: Sequence[tuple[Sequence[Function], Reader]]
    """functions that are understood, by who reads them"""

    def read_trial(self, call: Call, dtype: str | None) -> Reading:
        """The reading of a call that is there already, in another dtype where one is named; raises CallError for one
        that cannot be said.
        """


def readings_of(operator: str) -> Readings:
    """Those of an operator's kind; raises UsageError where there are none."""
    found: Readings | None = optional_part(operator, "readings")
    if found is None:
        raise UsageError(f"{operator}: calls of its kind are not translated")
    return found


@cache
def readers() -> Mapping[str, tuple[Function, Reader]]:
    """Every function that is understood and its reader, by every name under which it is."""
    known: dict[str, tuple[Function, Reader]] = {}
    for readings in parts("readings"):
        for functions, read in readings.READERS:
            for function in functions:
                for name in spellings(function.name):
                    # Of functions with one name under an import that many have, such as F, the first is meant.
                    known.setdefault(name, (function, read))
    return known


def is_layer(function: str) -> bool:
    """Whether a function that is understood is a layer, under the name that a call has for it."""
    return readers()[function][0].is_layer


def passed_over(function: str, keyword: str) -> bool:
    """Whether what is computed for a keyword of a function that is understood says nothing about the result, such as a
    key or a name, or how the bias of a layer begins that has one unless it is told otherwise.
    """
    known = readers().get(function)
    return known is not None and any(
        each.name == keyword and (each.says == "nothing" or (each.says == "has_bias" and each.default is None))
        for each in known[0].parameters
    )


def read_call(text: str, dtype: str, value: Shape | None = None, names: Mapping[str, Written] | None = None) -> Reading:
    """What the written call means; `value` is the shape of what a bare layer is called with, `names` what names stand
    for.

    Raises CallError for one that cannot be read, or that its framework refuses.
    """
    return read_written(parse_call(text, names, passed_over), dtype, value)


def read_written(call: WrittenCall, dtype: str, value: Shape | None = None) -> Reading:
    """What a call means that is taken apart already; raises CallError."""
    known = readers()
    if call.function not in known:
        # Of the names of one function the closest.
        close: dict[str, str] = {}
        for name in get_close_matches(call.function, known, n=20):
            close.setdefault(known[name][0].name, name)
        if close:
            nearest = list(close.values())[:3]
            raise call.wrong(f"{call.function} is not understood; did you mean {' or '.join(nearest)}?")
        names = ", ".join(sorted({function.name for function, _ in known.values()}))
        raise call.wrong(
            f"{call.function} is not understood; it must be one of {names} (tf., F., nn., lax. and layers. too)"
        )
    function, read = known[call.function]
    return read(bind(call, function, value), dtype)

"""A plan: the few steps by which one framework answers one call, built from integers alone.

Knows: operand names, axes, slices, a function's dotted name and its keywords. Must not know: frameworks (a step's
function is a name), what is true, what is expected.
The same plan is executed, shown in reports and printed as a script; so what is printed is what ran.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from math import isfinite
from typing import Any, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Name:
    """A function or constant of the framework, handed over under its dotted name, such as `jax.lax.max`."""

    dotted: str


Argument: TypeAlias = int | float | str | bool | None | Name | tuple["Argument", ...]
Operands: TypeAlias = Mapping[str, NDArray[Any]]


def written(argument: Argument) -> str:
    """An argument as Python reads it back."""
    match argument:
        case Name(dotted):
            return dotted
        case tuple():
            return f"({', '.join(map(written, argument))}{',' * (len(argument) == 1)})"
        case float() if not isfinite(argument):  # repr has names for these, which a script would not know
            return f"float('{argument}')"
    return repr(argument)


@dataclass(frozen=True, slots=True)
class Transpose:
    """Notation: the operand's axes in another order."""

    operand: str
    axes: tuple[int, ...]

    def apply(self, array: NDArray[Any]) -> NDArray[Any]:
        # Contiguous, since how a framework takes strides is not part of what a trial asks.
        return np.ascontiguousarray(np.transpose(array, self.axes))

    def source(self) -> str:
        return f"{self.operand} = np.ascontiguousarray(np.transpose({self.operand}, {self.axes}))"


@dataclass(frozen=True, slots=True)
class Flip:
    """Notation: the operand reversed along some axes."""

    operand: str
    axes: tuple[int, ...]

    def apply(self, array: NDArray[Any]) -> NDArray[Any]:
        # A copy, since a flipped axis of length 1 counts as contiguous with a negative stride, which torch refuses.
        return np.flip(array, self.axes).copy()

    def source(self) -> str:
        return f"{self.operand} = np.flip({self.operand}, {self.axes}).copy()"


@dataclass(frozen=True, slots=True)
class Reshape:
    """Notation: the operand's elements, in their order, under another shape."""

    operand: str
    shape: tuple[int, ...]

    def apply(self, array: NDArray[Any]) -> NDArray[Any]:
        return array.reshape(self.shape)

    def source(self) -> str:
        return f"{self.operand} = {self.operand}.reshape({self.shape})"


@dataclass(frozen=True, slots=True)
class Crop:
    """Composition: along every axis, `length` elements from `start` on."""

    operand: str
    start: tuple[int, ...]
    length: tuple[int, ...]

    def apply(self, array: NDArray[Any]) -> NDArray[Any]:
        for axis, (start, length) in enumerate(zip(self.start, self.length, strict=True)):
            if start + length > array.shape[axis]:
                raise ValueError(
                    f"the plan crops axis {axis} to [{start}:{start + length}], the array has {array.shape}"
                )
        ranges = tuple(slice(start, start + length) for start, length in zip(self.start, self.length, strict=True))
        return np.ascontiguousarray(array[ranges])

    def source(self) -> str:
        ranges = ", ".join(f"{start}:{start + length}" for start, length in zip(self.start, self.length, strict=True))
        return f"{self.operand} = {self.operand}[{ranges}]"


@dataclass(frozen=True, slots=True)
class Pad:
    """Composition: zeros around the operand, or another constant, (before, after) per axis."""

    operand: str
    width: tuple[tuple[int, int], ...]
    constant: float = 0

    def apply(self, array: NDArray[Any]) -> NDArray[Any]:
        return np.pad(array, self.width, constant_values=self.constant)

    def source(self) -> str:
        constant = f", constant_values={written(self.constant)}" if self.constant != 0 else ""
        return f"{self.operand} = np.pad({self.operand}, {self.width}{constant})"


@dataclass(frozen=True, slots=True)
class Invoke:
    """The framework's own function, called once, and the calls that follow it at once; the last one leaves `result`."""

    function: str
    """dotted name, from the framework's package down"""
    operands: tuple[tuple[str, str], ...]
    """(parameter, operand) pairs; a parameter '' is positional"""
    keywords: tuple[tuple[str, Argument], ...]
    then: tuple["Invoke", ...] = ()
    """further calls, of operands and of what earlier ones leave, such as adding a bias to `result`"""
    gradient: str = ""
    """the operand for which the result is then differentiated: its vector-Jacobian product with `cotangent`"""
    leaves: str = "result"
    """the name of what the call returns, for the calls that follow; of a tuple those of its items: `_, indices`"""

    @property
    def needed(self) -> tuple[str, ...]:
        """The operands that it takes from the plan, in the order in which they are used."""
        names, left = list[str](), set[str]()
        for call in (self, *self.then):
            names += [operand for _, operand in call.operands if operand not in left]
            left.update(call.leaves.split(", "))
        return tuple(dict.fromkeys([*names, *(("cotangent",) if self.gradient else ())]))

    def source(self) -> str:
        """The call alone, without what follows."""
        operands = [f"{parameter}={operand}" if parameter else operand for parameter, operand in self.operands]
        keywords = [f"{name}={written(argument)}" for name, argument in self.keywords]
        return f"{self.leaves} = {self.function}({', '.join(operands + keywords)})"

    def calls(self) -> tuple[str, ...]:
        """A line per call of the framework, before anything is differentiated."""
        return tuple(call.source() for call in (self, *self.then))

    def lines(self) -> tuple[str, ...]:
        """All that happens, a line each."""
        pulled = (f"result = gradient(of=result, for_={self.gradient}, cotangent=cotangent)",) if self.gradient else ()
        return (*self.calls(), *pulled)


NumpyStep: TypeAlias = Transpose | Flip | Reshape | Crop | Pad
Step: TypeAlias = NumpyStep | Invoke
FIELD_NAMES: Mapping[type, tuple[str, ...]] = {
    step: tuple(field.name for field in fields(step)) for step in get_args(Step)
}
"""of each kind of step, in their order"""


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps over the call's operands, exactly one of them an Invoke, that leave `result`."""

    steps: tuple[Step, ...]
    notes: tuple[str, ...] = ()
    """why a step is there that a reader would not expect"""

    @property
    def parts(self) -> tuple[tuple[NumpyStep, ...], Invoke, tuple[NumpyStep, ...]]:
        """What comes before the call, the call, and what follows it; raises ValueError where there is none."""
        for place, step in enumerate(self.steps):
            if isinstance(step, Invoke):
                around = [each for each in self.steps if not isinstance(each, Invoke)]
                return tuple(around[:place]), step, tuple(around[place:])
        raise ValueError("a plan has one call, and this one has none")

    @property
    def native(self) -> bool:
        """Whether the framework's own vocabulary says the call: nothing but notation around it."""
        return not any(isinstance(step, Crop | Pad) for step in self.steps)

    def source(self) -> tuple[str, ...]:
        """The steps as lines of Python."""
        lines = (step.lines() if isinstance(step, Invoke) else (step.source(),) for step in self.steps)
        return tuple(line for each in lines for line in each)


@dataclass(frozen=True, slots=True)
class Unsupported:
    """What the framework's own vocabulary cannot say, and why."""

    reason: str
    undeclared: bool = False
    """the adapter does not declare it, so nobody was asked for words"""


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A plan up to its call: the call, what it needs, and what is left to do with its result."""

    invoke: Invoke
    operands: Operands
    """those that the call needs, in their order"""
    after: tuple[NumpyStep, ...]

    def finish(self, result: NDArray[Any]) -> NDArray[Any]:
        """The plan's result from the call's. Raises WrongShape for one that has not the shape that the plan needs."""
        array = result
        for step in self.after:
            try:
                array = step.apply(array)
            except (ValueError, IndexError) as error:
                why = f"from which the plan cannot go on with `{step.source()}`: {error}"
                raise WrongShape(result, why) from error
        return array


class WrongShape(Exception):
    """The framework's result has a shape from which the plan, or a gradient, cannot go on."""

    def __init__(self, result: NDArray[Any], why: str, refusal: BaseException | None = None) -> None:
        """refusal: what the framework itself raised from there on."""
        shape, dtype = tuple(result.shape), result.dtype.name
        super().__init__(f"the framework returned {list(shape)} {dtype}, {why}")
        self.shape, self.dtype, self.refusal = shape, dtype, refusal


def problem(plan: Plan) -> str | None:
    """Why nobody can execute the plan, for its adapter's author; None where it is one."""
    strange = [step for step in plan.steps if not isinstance(step, Step)]
    if strange:
        names = ", ".join(kind.__name__ for kind in get_args(Step))
        return f"a plan with the step {strange[0]!r}; a step is one of {names}"
    calls = sum(isinstance(step, Invoke) for step in plan.steps)
    if calls != 1:
        return f"a plan with {calls} calls; expected one Invoke, with what follows it at once in its `then`"
    for step in plan.steps:
        for name in FIELD_NAMES[type(step)]:
            found = _not_plain(getattr(step, name))
            if found is not None:
                return (
                    f"a plan whose {type(step).__name__} has {found[0]!r} ({type(found[0]).__name__}) in "
                    f"{name}; a plan is made of int, float, str, bool, None, Name and tuples of them"
                )
    return None


_PLAIN = frozenset({type(None), bool, int, float, str, Name})


def _not_plain(value: Any) -> tuple[Any] | None:
    """The first part of a step that is not an argument, and that no worker could be sent."""
    if type(value) in _PLAIN:  # nearly all of them, of which every call's plan has dozens
        return None
    match value:
        case tuple() | list():
            for each in value:
                found = _not_plain(each)
                if found is not None:
                    return found
            return None
        case Invoke():
            return _not_plain(tuple(getattr(value, name) for name in FIELD_NAMES[Invoke]))
        case bool() | int() | float() | str() | Name():
            return None
    return (value,)


def prepare(plan: Plan, arrays: Operands) -> Prepared:
    """Execute the steps before the plan's call: NumPy does notation and composition."""
    operands = dict(arrays)
    before, invoke, after = plan.parts
    for step in before:
        operands[step.operand] = step.apply(operands[step.operand])
    return Prepared(invoke, {operand: operands[operand] for operand in invoke.needed}, after)


def perform(plan: Plan, arrays: Operands, invoke: Callable[[Invoke, Operands], NDArray[Any]]) -> NDArray[Any]:
    """Execute the plan: NumPy for notation and composition, `invoke` for the framework's call.

    `invoke` receives the step and the arrays that it needs, in their order.
    """
    prepared = prepare(plan, arrays)
    return prepared.finish(invoke(prepared.invoke, prepared.operands))

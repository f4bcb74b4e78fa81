"""What every adapter writes again, once: numbers per axis, layouts, filters, what lies around a call, and limits.

Knows: the integers of calls. Must not know: frameworks, arrays, what is true.

An adapter says what the framework's own function is handed and what it returns (`Said`); `planned` makes the plan of
it: layouts changed there and back, the filter turned, a pad or crop around the call, and the gradient's way back.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Literal, TypeAlias

from conformance.adapters.adjoint import Shape, gradient_plan
from conformance.adapters.notation import (
    depthwise_as_grouped,
    filter_to_channels_first,
    is_channels_last,
    spatial_numbers,
    spatial_of,
    to_channels_first,
    to_channels_last,
)
from conformance.adapters.plan import Crop, Invoke, NumpyStep, Pad, Plan, Reshape, Step, Transpose, Unsupported
from conformance.suite.case import Call, RightCall

__all__ = [
    "Layout",
    "Limit",
    "Said",
    "depthwise_as_grouped",
    "filter_to_channels_first",
    "is_channels_last",
    "limited",
    "planned",
    "spatial_numbers",
    "spatial_of",
    "takes_dtypes",
    "to_channels_first",
    "to_channels_last",
]

Layout: TypeAlias = Literal["channels_first", "channels_last", "as_called"]
"""in which order a framework's function takes a value's axes; `as_called` where it takes both and is handed which"""
ALONG_CHANNELS = ("value", "indices")
"""operands whose axes are those of a value: batch, spatial axes and channels"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a framework's own function is handed for a call, and what it returns.

    Numbers of spatial axes are in their order, whatever the layout.
    """

    invoke: Invoke
    lengths: tuple[int, ...] = ()
    """spatial lengths of what the function returns; empty where they are those of the call's result"""
    skipped: tuple[int, ...] = ()
    """how many of these come before the first that the call wants; empty for none"""
    pads: tuple[tuple[int, int], ...] = ()
    """(before, after) of each spatial axis, put around the value before the call; empty for none"""
    constant: float = 0
    """what these pads hold"""
    before: tuple[Step, ...] = ()
    """notation right before the call, on operands that have their layout already"""
    image: bool = False
    """whether a value of one spatial axis is handed over as an image of height 1, and comes back as one"""
    notes: tuple[str, ...] = ()
    """why a pad or crop is there, for the reader of a report"""


def planned(
    call: Any, said: Said, layout: Layout = "channels_first", *, turned: bool | Sequence[NumpyStep] = True
) -> Plan | Unsupported:
    """The plan of a call of an operator with spatial axes, from what is said to the framework's function.

    layout: of the function's value and result. turned: whether its filter has its axes as torch has them, [out, in /
    groups, *kernel] ([in, out / groups, *kernel] of a transposed convolution), a depthwise one as many groups as
    channels, or the steps that turn it; otherwise it takes filters as cases have them.
    A wrong call is handed over as it stands: its result, where it has one, is nothing to turn back.
    """
    rank, last = call.definition.rank, is_channels_last(call)
    first = layout == "channels_first" or (layout == "as_called" and not last)
    moves, gradient = last == first, call.direction != "forward"
    if gradient and (moves or said.lengths or said.image) and len(call.operands["cotangent"]) != rank + 2:
        return Unsupported(f"the cotangent of {call.operator} has its axes in another order, and this one has others")
    there, back = to_channels_first(rank), to_channels_last(rank)
    if not last:
        there, back = back, there
    steps: list[Step] = [Transpose(name, there) for name in ALONG_CHANNELS if moves and name in call.operands]
    filters: Sequence[NumpyStep] = () if isinstance(turned, bool) else turned
    if turned is True and "filter" in call.operands:
        filters = (*depthwise_as_grouped(call), Transpose("filter", filter_to_channels_first(rank)))
    steps += filters
    if any(any(pair) for pair in said.pads):
        steps.append(Pad("value", _among(said.pads, (0, 0), first), said.constant))
    if said.image:
        steps.append(Reshape("value", _image(_in_layout(call.value_shape, last, first), first)))
    steps += [*said.before, said.invoke]
    right = isinstance(call, RightCall) or bool(call.output_shape)
    after, called = (
        _after(said, _in_layout(call.output_shape, last, first), first) if right else ([], (0,) * (rank + 2))
    )
    steps += after
    if moves and (right or gradient):
        steps.append(Transpose("result", back))
    plan = Plan(tuple(steps), said.notes)
    return gradient_plan(plan, call.gradient, call.operands, called) if gradient else plan


def _after(said: Said, wanted: Shape, first: bool) -> tuple[list[Step], Shape]:
    """What is left to do with the result of a right call, and the shape of what the function returns."""
    called, steps = wanted, list[Step]()
    if said.lengths:
        called = (*wanted[:2], *said.lengths) if first else (wanted[0], *said.lengths, wanted[-1])
    if said.image:
        steps.append(Reshape("result", called))
    if called != wanted:
        steps.append(Crop("result", _among(said.skipped or (0,) * (len(wanted) - 2), 0, first), wanted))
    return steps, _image(called, first) if said.image else called


def _among(numbers: tuple[Any, ...], other: Any, first: bool) -> tuple[Any, ...]:
    """Those of the spatial axes, and the other one for batch and channels."""
    return (other, other, *numbers) if first else (other, *numbers, other)


def _in_layout(shape: Shape, last: bool, first: bool) -> Shape:
    """A shape of the call, whose channels are last or not, with its channels first or not."""
    if last != first:
        return shape
    return (shape[0], shape[-1], *shape[1:-1]) if first else (shape[0], *shape[2:], shape[1])


def _image(shape: Shape, first: bool) -> Shape:
    """The shape with a height of 1 before its spatial axes."""
    place = 2 if first else 1
    return (*shape[:place], 1, *shape[place:])


@dataclass(frozen=True, slots=True)
class Limit:
    """What a framework's own documents say that it does not take: such calls are unsupported, and nobody is asked.

    A limit that they do not state is none: hand the call over, and let the framework refuse it.
    """

    reason: str
    """the sentence, as reports print it"""
    applies: Callable[[Any], bool]
    """to which calls, right or wrong"""


def takes_dtypes(operators: Sequence[str], dtypes: Collection[str], reason: str) -> Limit:
    """The limit of operators that take these dtypes alone; names of operators may have `*` in them."""
    return Limit(
        reason,
        lambda call: any(fnmatchcase(call.operator, each) for each in operators) and call.dtype not in dtypes,
    )


def limited(limits: Sequence[Limit], call: Call) -> Unsupported | None:
    """The first limit that the call is beyond; None where none is."""
    return next((Unsupported(each.reason) for each in limits if each.applies(call)), None)

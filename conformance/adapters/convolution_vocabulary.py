"""Plans of convolutions for frameworks whose functions take a value, a filter, padding and output_padding.

Knows: the integers of calls, what such functions have in common, and by a `Vocabulary` where they differ. Must not
know: frameworks, arrays.

Transposed, these functions compute per axis crop_before = pad_before and
output = s(i-1) + d(k-1) + 1 - pad_before - pad_after + output_padding. Where one number is the pad of both sides, a
call that needs two is said by a larger result, which the plan crops. Forward, the pads are zeros around the value;
where one number would give another number of results, the plan pads the value itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from conformance.adapters.adjoint import gradient_plan
from conformance.adapters.axes import pairwise_arguments, symmetric_arguments, symmetric_padding
from conformance.adapters.function import Function, Role
from conformance.adapters.notation import (
    along_axes,
    depthwise_as_grouped,
    filter_to_channels_first,
    is_channels_last,
    spatial_numbers,
    to_channels_first,
    to_channels_last,
)
from conformance.adapters.plan import Argument, Invoke, NumpyStep, Plan, Transpose, Unsupported
from conformance.adapters.toolkit import Layout, Said, planned
from conformance.operators.convolution.call import Convolution, RightConvolution, WrongConvolution
from conformance.operators.nominal import Nominal
from reference.geometry import Axis, TransposedConvolution

Pairs = tuple[tuple[int, int], ...]
"""pads (before, after) of each spatial axis"""


def last_axis_first(pairs: tuple[tuple[int, ...], ...]) -> tuple[int, ...]:
    """Pads in one row from the last axis on: (left, right, top, bottom)."""
    return tuple(number for pair in reversed(pairs) for number in pair)


def filters_channels_first(call: Convolution) -> tuple[NumpyStep, ...]:
    """A filter [*kernel, in / groups, out] as [out, in / groups, *kernel]; a transposed one alike."""
    return (Transpose("filter", filter_to_channels_first(call.definition.rank)),)


LAYOUTS: Mapping[str, Layout] = {"first": "channels_first", "last": "channels_last", "named": "as_called"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """What one framework's functions take."""

    framework: str
    """as notes call it"""
    module: str
    """as reasons call it"""
    functions: Mapping[str, Function]
    """by operator; a depthwise convolution is said by groups"""
    padding: Literal["numbers", "pairs of all axes", "last axis first"] = "numbers"
    """one number for both sides of an axis, pairs for batch and channels too in the order of the value, or pairs in one
    row from the last axis on
    """
    words: tuple[str, ...] = ()
    """those of SAME and VALID that the padding of a forward convolution takes"""
    output_paddings: Callable[[Axis], range] = lambda axis: range(axis.stride)
    """those that a transposed convolution takes"""
    general: Function | None = None
    """where padding is one number for both sides, a forward convolution that takes all pads before and all after"""
    scalars: bool = False
    """whether of one spatial axis the functions take a number, and no tuple of one"""
    layout: Literal["first", "last", "named"] = "first"
    """where channels are; named: where a data_format says, first without one"""
    formats: Mapping[str, str] = field(default_factory=dict)
    """where named, the suite's data_formats -> the framework's words"""
    filter_steps: Callable[[Convolution], tuple[NumpyStep, ...]] = filters_channels_first
    bias: tuple[Invoke, ...] = ()
    """the calls that add a bias, where the function does not take it"""
    empty: bool = False
    """whether spatial lengths may be 0"""
    any_rank: bool = True
    """whether a value of another rank means something else; otherwise it is refused"""

    def plan(self, call: Convolution) -> Plan | Unsupported:
        """The plan of a call, right or wrong."""
        if isinstance(call, RightConvolution):
            geometry = call.geometry
        elif call.around is None:
            return self._wrong(call)
        else:
            geometry = call.around
        wrong_bias = isinstance(call, WrongConvolution) and (
            call.bias_given is not None or "bias" in dict(call.operand_dtypes)
        )
        if self.bias and wrong_bias:
            return Unsupported(
                f"{self.short_name(call)} takes no bias, and the sum with another shape or dtype is not a mistake"
            )
        if not self.empty and 0 in (call.value_shape[1:]):
            return Unsupported(f"{self.module} has no spatial length 0")
        said = (self._transposed if call.definition.transposed else self._convolution)(call, geometry)
        if isinstance(said, Unsupported):
            return said
        return planned(call, said, LAYOUTS[self.layout], turned=(*depthwise_as_grouped(call), *self.filter_steps(call)))

    def nominal_plan_in_numbers(self, nominal: Nominal) -> Plan | Unsupported:
        """Of a function whose padding takes numbers: without any word for it, or with 0 for VALID."""
        if nominal.word == "SAME":
            return Unsupported("conv_transpose2d has no SAME: its padding takes numbers")
        return self.nominal_plan(nominal, {"padding": 0} if nominal.word == "VALID" else {})

    def nominal_plan(self, nominal: Nominal, said: Mapping[Role, Argument]) -> Plan:
        """A nominal call with these words about padding, from TensorFlow's layouts and back."""
        function = self.functions["conv2d_transpose"]
        first = self.layout != "last"
        words = {**said, "strides": nominal.stride, "dilations": nominal.dilation}
        filter_axes = filter_to_channels_first(2) if first else (2, 0, 1, 3)
        return Plan(
            (
                *((Transpose("value", to_channels_first(2)),) if first else ()),
                Transpose("filter", filter_axes),
                function.invoke(words),
                *((Transpose("result", to_channels_last(2)),) if first else ()),
            )
        )

    def function(self, call: Convolution) -> Function:
        """A depthwise convolution is a convolution with as many groups as channels."""
        return self.functions["conv2d" if call.definition.depthwise else call.operator]

    def short_name(self, call: Convolution) -> str:
        """The function's own name, without its module."""
        return self.function(call).name.rpartition(".")[2]

    def is_last(self, call: Convolution) -> bool:
        """Whether channels are last in what the framework is given."""
        return self.layout == "last" or (self.layout == "named" and is_channels_last(call))

    def notation(self, call: Convolution) -> list[NumpyStep]:
        """Value and filter as the framework lays them out."""
        return [*self._turned(call, "value"), *depthwise_as_grouped(call), *self.filter_steps(call)]

    def back(self, call: Convolution) -> tuple[NumpyStep, ...]:
        """The result as the call has it."""
        return self._turned(call, "result", back=True)

    def _turned(self, call: Convolution, operand: str, *, back: bool = False) -> tuple[NumpyStep, ...]:
        if self.is_last(call) == is_channels_last(call):
            return ()
        turn = to_channels_first if self.is_last(call) == back else to_channels_last
        return (Transpose(operand, turn(call.definition.rank)),)

    def pads(self, call: Convolution, pairs: Pairs) -> Argument:
        """Pads as the functions take them; of one number for both sides that before."""
        if self.padding == "numbers":
            return tuple(before for before, _ in pairs)
        return last_axis_first(pairs) if self.padding == "last axis first" else along_axes(call, pairs, (0, 0))

    def invoke(self, call: Convolution, said: Mapping[Role, Argument]) -> Invoke:
        """The call; of groups and layouts what is not the function's default."""
        given = _without_groups(said)
        if self.scalars and call.definition.rank == 1:
            given = {role: each[0] if isinstance(each, tuple) else each for role, each in given.items()}
        if self.layout == "named" and is_channels_last(call):  # those that do not exist count as such
            written = call.data_format or call.definition.data_formats[0]
            given["data_format"] = self.formats.get(written, written)
        operands = ("value", "filter", "bias") if call.bias and not self.bias else ("value", "filter")
        then = self.bias if call.bias else ()
        return self.function(call).invoke(given, operands, then)

    def _transposed(self, call: Convolution, geometry: TransposedConvolution) -> Said | Unsupported:
        arguments = [
            symmetric_arguments(axis, self.output_paddings(axis))
            if self.padding == "numbers"
            else pairwise_arguments(axis)
            for axis in geometry.axes
        ]
        if not self.empty and any(each.length < 1 for each in arguments):
            return Unsupported(
                f"{self.module} has no result of spatial length 0, and the crop leaves nothing of this one"
            )
        words: dict[Role, Argument] = {
            "padding": self.pads(call, tuple(each.pads for each in arguments)),
            "output_padding": tuple(each.output_padding for each in arguments),
        }
        said = Said(invoke=self.invoke(call, {**words, **_numbers(geometry)}))
        uneven = [axis for each, axis in zip(arguments, geometry.axes, strict=True) if each.length != axis.output]
        if not uneven:
            return said
        before, after = uneven[0].crop_before, max(uneven[0].crop_after, 0)
        note = f"{self.framework} crops both sides alike; this needs {before} before and {after} after: composed"
        lengths, skipped = tuple(each.length for each in arguments), tuple(each.start for each in arguments)
        return replace(said, lengths=lengths, skipped=skipped, notes=(note,))

    def _convolution(self, call: Convolution, geometry: TransposedConvolution) -> Said | Unsupported:
        axes = geometry.axes
        if not self.empty and any(axis.input == 0 for axis in axes):
            return Unsupported(f"{self.module} has no result of spatial length 0")
        pairs = tuple((axis.crop_before, max(axis.crop_after, 0)) for axis in axes)
        numbers = [symmetric_padding(axis) for axis in axes] if self.padding == "numbers" else []
        if call.padding in self.words or not numbers:
            padding = call.padding if call.padding in self.words else self.pads(call, pairs)
            return Said(invoke=self.invoke(call, {"padding": padding, **_numbers(geometry)}))
        if None not in numbers:
            return Said(invoke=self.invoke(call, {"padding": tuple(numbers), **_numbers(geometry)}))
        if self.general is not None:
            sides: dict[Role, Argument] = {"padding": tuple(zip(*pairs, strict=True)), **_numbers(geometry)}
            return Said(invoke=self.general.invoke(_without_groups(sides), then=self.bias if call.bias else ()))
        before, after = pairs[numbers.index(None)]
        note = f"{self.framework} pads both sides alike; this needs {before} before and {after} after: composed"
        bare = self.invoke(call, {"padding": (0,) * len(axes), **_numbers(geometry)})
        return Said(invoke=bare, pads=pairs, notes=(note,))

    def _wrong(self, call: WrongConvolution) -> Plan | Unsupported:
        """The same wrong numbers under the framework's names, where it has a name for them."""
        operator, name = call.definition, self.short_name(call)
        axes, said = operator.rank + 2, self._wrong_words(call)
        if isinstance(said, Unsupported):
            return said
        last = is_channels_last(call)
        strides = spatial_numbers(call.strides, last, operator.rank)
        dilations = spatial_numbers(call.dilations, last, operator.rank)
        if strides is None or dilations is None:
            named = "height and width" if operator.rank == 2 else "the spatial axes"
            return Unsupported(f"{name} takes strides and dilations of {named} only")
        groups = call.groups
        if operator.depthwise and len(call.value_shape) == axes:
            groups = call.value_shape[-1 if last else 1]
        invoke = self.invoke(call, {"strides": strides, "dilations": dilations, **said, "groups": groups})
        # An operand with other axes is handed over as it is: none of them has a place elsewhere.
        steps: list[NumpyStep] = []
        steps += self._turned(call, "value") if len(call.value_shape) == axes else ()
        steps += (*depthwise_as_grouped(call), *self.filter_steps(call)) if len(call.filter_shape) == axes else ()
        if call.direction == "forward":
            return Plan((*steps, invoke))
        # The result of a wrong call has no shape, and none is needed to turn its axes.
        forward = Plan((*steps, invoke, *self.back(call)))
        return gradient_plan(forward, call.gradient, call.operands, (0,) * axes)

    def _wrong_words(self, call: WrongConvolution) -> dict[Role, Argument] | Unsupported:
        """What is said of padding and lengths, unless the framework has no name for what is wrong."""
        operator, name = call.definition, self.short_name(call)
        axes = operator.rank + 2
        match call.fault.reason:
            case "output_shape":
                return self._wrong_output_size(call)
            case "data_format" if self.layout != "named":
                return Unsupported(f"{name} takes no data_format")
            case "padding":
                padding = self._wrong_padding(call)
                return padding if isinstance(padding, Unsupported) else {"padding": padding}
            case "rank" if len(call.value_shape) == axes == len(call.filter_shape):
                return Unsupported(f"{name} takes no output_shape")
            case "rank" if self.any_rank:
                unbatched = {1: "two", 2: "three", 3: "four"}[operator.rank]
                return Unsupported(f"{name} takes {unbatched} axes as an unbatched value, and weights of other ranks")
            case "groups" | "filter_channels" if operator.depthwise:
                return Unsupported(
                    f"{self.module} has no depthwise convolution but by groups, which another shape would say"
                )
        return {"padding": call.padding} if call.padding in self.words and not operator.transposed else {}

    def _wrong_output_size(self, call: WrongConvolution) -> dict[Role, Argument] | Unsupported:
        """The lengths and pads as they are written, where the function takes lengths."""
        name, operator, shape = self.short_name(call), call.definition, call.output_shape
        if all(parameter.says != "output_size" for parameter in self.function(call).parameters):
            return Unsupported(f"{name} takes no output_shape")
        if isinstance(call.padding, str) and call.padding != "VALID":
            return Unsupported(f"{self.framework}'s documents do not say what the word means to {name}")
        last = is_channels_last(call)
        outer = (call.value_shape[0], call.filter_shape[-2] * call.groups)
        if len(shape) != operator.rank + 2 or (shape[0], shape[-1 if last else 1]) != outer:
            return Unsupported(f"{name}'s output_size is of the spatial axes alone")
        padding = along_axes(call, ((0, 0),) * operator.rank, (0, 0)) if call.padding == "VALID" else call.padding
        return {"padding": padding, "output_size": shape[1:-1] if last else shape[2:]}

    def _wrong_padding(self, call: WrongConvolution) -> Argument | Unsupported:
        """The padding as it is written, where the functions take such ones."""
        name, padding = self.short_name(call), call.padding
        if isinstance(padding, str):
            if padding.upper() in self.words:
                return Unsupported(f"{name}'s padding takes this word in small letters, too")
            if self.words:
                return padding
            return Unsupported(f"{name}'s padding takes {'no word' if call.definition.transposed else 'other words'}")
        if self.padding == "pairs of all axes":
            return padding
        if self.padding == "numbers":
            return Unsupported(f"{name}'s padding takes no pairs")
        last = is_channels_last(call)
        outer = (padding[0], padding[-1 if last else 1])
        if len(padding) != call.definition.rank + 2 or any(any(pair) for pair in outer):
            return Unsupported(f"{name}'s padding takes two numbers for each spatial axis")
        return last_axis_first(padding[1:-1] if last else padding[2:])


def _without_groups(said: Mapping[Role, Argument]) -> dict[Role, Argument]:
    """What is said, but for one group, which is the default."""
    return {role: argument for role, argument in said.items() if (role, argument) != ("groups", 1)}


def _numbers(geometry: TransposedConvolution) -> dict[Role, Argument]:
    return {
        "strides": tuple(axis.stride for axis in geometry.axes),
        "dilations": tuple(axis.dilation for axis in geometry.axes),
        "groups": geometry.groups,
    }

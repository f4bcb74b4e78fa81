"""Plans of poolings for frameworks whose functions take a window, strides, padding and ceil_mode, as PyTorch's do.

Knows: the integers of calls, what such functions have in common, and by a `PoolingVocabulary` where they differ. Must
not know: frameworks, arrays.

Where one number is the pad of both sides, a call whose first window begins elsewhere is said where windows that the
framework puts before it can be cut off; otherwise the plan pads the value itself, with what changes no maximum, or with
the zeros that an average counts and a norm does not.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import prod
from typing import Literal

from conformance.adapters.convolution_vocabulary import last_axis_first
from conformance.adapters.function import Function, Role
from conformance.adapters.notation import (
    is_channels_last,
    spatial_of,
)
from conformance.adapters.plan import Argument, Invoke, Plan, Unsupported
from conformance.adapters.pooling import geometry_of, lowest, without_adaptive
from conformance.adapters.toolkit import Layout, Said, planned
from conformance.operators.pooling.call import PoolingCall, WrongPooling
from reference.pooling.geometry import Pooling, WindowAxis, pooling_axis

Words = dict[Role, Argument]
Pairs = tuple[tuple[int, int], ...]
Counting = Callable[[int, int, int], tuple[Invoke, ...]]
"""from an axis, numbers and times the calls that add `numbers` for each element along the axis before one, of `ones` as
many as there are results, to `times` as much as `result` was"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolingVocabulary:
    """What one framework's functions take."""

    framework: str
    """as notes call it"""
    module: str
    """as reasons call it"""
    functions: Mapping[str, Function]
    """by operator; what has no data_format has channels first"""
    padding: Literal["numbers", "pairs of all axes", "last axis first"] = "numbers"
    """one number for both sides of an axis, pairs for batch and channels too in the order of the value, or pairs in one
    row from the last axis on
    """
    most_padding: Callable[[int], int] = lambda kernel: kernel
    """of numbers for both sides the largest, from the length of the window"""
    words: tuple[str, ...] = ()
    """those of SAME and VALID that the padding takes"""
    formats: Mapping[str, str] = field(default_factory=dict)
    """the suite's data_formats -> the framework's words"""
    last: bool = False
    """whether channels are last, whatever is said"""
    layers: bool = False
    """whether the functions are layers, which are made first and called with the value afterwards"""
    exclusive: bool = False
    """whether what says if pads count says the contrary: that they do not"""
    counting: Counting | None = None
    """how indices within a plane are counted anew; None where it has no indices"""
    indices: tuple[tuple[str, Argument], ...] = ()
    """what is said so that a maximum's index is returned beside it"""
    before_counting: tuple[Invoke, ...] = ()
    """what makes an index the number that it is counted in"""
    ones: Invoke | None = None
    empty: bool = False
    """whether spatial lengths may be 0"""
    any_rank: bool = True
    """whether a value of another rank means something else; otherwise it is refused"""

    def plan(self, call: PoolingCall) -> Plan | Unsupported:
        """The plan of a call, right or wrong."""
        if call.operator not in self.functions and call.definition.adaptive and call.definition.reduction != "unpooled":
            return without_adaptive(call, self.framework, self.plan)
        if call.operator not in self.functions:
            return Unsupported(f"{self.module} has no {call.operator}")
        geometry = geometry_of(call)
        if isinstance(call, WrongPooling) and geometry is None:
            if call.definition.reduction == "unpooled":
                return Unsupported(f"{call.operator} takes windows, and an output_size near to what they say")
            return self._wrong(call)
        assert geometry is not None
        found = self._adaptive(call, geometry) if call.definition.adaptive else self._sliding(call, geometry)
        if isinstance(found, Unsupported):
            return found
        invoke = self._invoke(call, found.words)
        anew = call.definition.reduction == "index" and bool(invoke.then)
        counted = f"{self._name(call)} counts within a plane: its indices are counted anew: composed"
        said = Said(
            invoke=invoke, lengths=found.lengths, skipped=found.skipped, pads=found.pads, constant=found.constant,
            notes=(*found.notes, *((counted,) if anew else ())),
        )  # fmt: skip
        return planned(call, said, self._layout(call))

    def _name(self, call: PoolingCall) -> str:
        """The function's own, without its module."""
        return self.functions[call.operator].name.rpartition(".")[2]

    def _takes(self, call: PoolingCall, role: Role) -> bool:
        return any(parameter.says == role for parameter in self.functions[call.operator].parameters)

    def _is_named(self, call: PoolingCall) -> bool:
        """Whether a data_format says where channels are; it says nothing of indices."""
        return self._takes(call, "data_format") and call.definition.reduction != "index"

    def _layout(self, call: PoolingCall) -> Layout:
        return "channels_last" if self.last else "as_called" if self._is_named(call) else "channels_first"

    def _adaptive(self, call: PoolingCall, geometry: Pooling) -> "_WindowWords":
        outputs = tuple(axis.output for axis in geometry.axes)
        words: Words = {"output_size": call.output_size}
        if call.definition.reduction == "unpooled":
            # Of no consequence but that these lengths have to be near the output_size.
            strides = tuple(axis.output // axis.input for axis in geometry.axes)
            kernel = tuple(
                axis.output - stride * (axis.input - 1) for axis, stride in zip(geometry.axes, strides, strict=True)
            )
            words = {"kernel": kernel, "strides": strides, "output_size": outputs}
        return _WindowWords(words, outputs, (0,) * len(outputs))

    def _sliding(self, call: PoolingCall, geometry: Pooling) -> "_WindowWords | Unsupported":
        """What is said of windows that have a length and strides."""
        axes, reduction = geometry.sliding, call.definition.reduction
        if not self.empty and any(0 in (axis.input, axis.output) for axis in axes):
            return Unsupported(f"{self.module} has no spatial length 0")
        if not self._takes(call, "dilations") and any(axis.dilation > 1 for axis in axes):
            return Unsupported(f"{call.operator} has no dilation")
        if call.divisor_override is not None and not self._takes(call, "divisor_override"):
            return Unsupported(f"{self._name(call)} has no divisor_override")
        if not self._takes(call, "padding"):
            said = self._unpadded(call, geometry)
        elif self.padding != "numbers":
            said = self._by_pairs(call, geometry)
        else:
            found = self._by_numbers(call, geometry)
            if found is None and reduction == "index":
                return Unsupported(
                    f"{self._name(call)} pads both sides alike, and counts the places of a value that is padded instead"
                )
            if found is None:
                return Unsupported(
                    f"{call.operator} pads both sides alike and divides by what its windows hold: no pad or crop says "
                    "this"
                )
            said = found
        kernel = tuple(axis.kernel for axis in axes)
        words: Words = {
            **self._window(call, kernel),
            "strides": tuple(axis.stride for axis in axes),
            "dilations": tuple(axis.dilation for axis in axes),
            "count_include_pad": call.count_include_pad != self.exclusive,
            **({"divisor_override": call.divisor_override} if call.divisor_override is not None else {}),
        }
        taken: Words = {role: argument for role, argument in words.items() if self._takes(call, role)}
        ceil_mode = {"ceil_mode"} if not self._takes(call, "ceil_mode") else set()
        return replace(said, words={**taken, **{role: said.words[role] for role in said.words.keys() - ceil_mode}})

    def _window(self, call: PoolingCall, kernel: tuple[int, ...]) -> Words:
        if call.definition.reduction != "norm":
            return {"kernel": kernel}
        # torch's lp_pool1d multiplies by its kernel_size, which therefore has to be a number.
        return {"norm_type": call.norm_type, "kernel": kernel if len(kernel) > 1 else kernel[0]}

    def _invoke(self, call: PoolingCall, words: Words) -> Invoke:
        """The call; that of indices, which are counted within a plane, with what counts them anew."""
        operands = ("value", "indices") if call.definition.reduction == "unpooled" else ("value",)
        given = dict(words)
        if self._is_named(call) and is_channels_last(call):  # those that do not exist count as such
            written = call.data_format or call.definition.data_formats[0]
            given["data_format"] = self.formats.get(written, written)
        function = self.functions[call.operator]
        if self.layers:
            layer = Invoke("layer", (("", "value"),), ())
            return replace(function.invoke(given, (), (layer,)), leaves="layer")
        if call.definition.reduction != "index":
            return function.invoke(given, operands)
        invoke = function.invoke(given, operands, self._counted_anew(call), **dict(self.indices))
        return replace(invoke, leaves="_, result")

    def _counted_anew(self, call: PoolingCall) -> tuple[Invoke, ...]:
        assert self.counting is not None
        assert self.ones is not None
        last, (_, *inner) = is_channels_last(call), call.value_shape
        image, channels = prod(inner), inner[-1 if last else 0]
        then: list[Invoke] = []
        if channels > 1:
            then += self.counting(1, 1, channels) if last else self.counting(1, image // channels, 1)
        if call.include_batch_in_index:
            then += self.counting(0, image, 1)
        return (*self.before_counting, *((self.ones, *then) if then else ()))

    def _unpadded(self, call: PoolingCall, geometry: Pooling) -> "_WindowWords":
        """A norm without pads: zeros around the value, which add nothing to it, also where windows hang over them."""
        axes = geometry.sliding
        none, lengths = (0,) * len(axes), tuple(axis.output for axis in axes)
        if not any(axis.pad_before or axis.pad_after for axis in axes):
            return _WindowWords({"ceil_mode": call.ceil_mode and call.padding != "SAME"}, lengths, none)
        pads = tuple((axis.pad_before, axis.pad_after + axis.overhang) for axis in axes)
        note = f"{call.operator} takes no padding: zeros are put around the value: composed"
        return _WindowWords({"ceil_mode": False}, lengths, none, pads, notes=(note,))

    def _by_pairs(self, call: PoolingCall, geometry: Pooling) -> "_WindowWords":
        """The call's own pads and ceil_mode."""
        axes = geometry.sliding
        lengths = tuple(axis.output for axis in axes)
        ceil_mode = call.ceil_mode and call.padding != "SAME"
        pads = self._pads(call, tuple((axis.pad_before, axis.pad_after) for axis in axes))
        # A word fixes how many windows there are.
        padding = call.padding if call.padding in self.words and not ceil_mode else pads
        return _WindowWords({"padding": padding, "ceil_mode": ceil_mode}, lengths, (0,) * len(axes))

    def _pads(self, call: PoolingCall, pairs: Pairs) -> Argument:
        if self.padding == "last axis first":
            return last_axis_first(pairs)
        none = (0, 0)
        last = self.last or (is_channels_last(call) and self._is_named(call))
        return (none, *pairs, none) if last else (none, none, *pairs)

    def _by_numbers(self, call: PoolingCall, geometry: Pooling) -> "_WindowWords | None":
        found = [
            each for ceil_mode in dict.fromkeys(self._modes(call))
            for each in self._symmetric(call, geometry, ceil_mode)
        ]  # fmt: skip
        for each in found:  # what needs no crop first
            if each.lengths == tuple(axis.output for axis in geometry.sliding):
                return each
        if found:
            return found[0]
        if call.definition.reduction == "index":  # pads around the value would be counted
            return None
        pads = tuple((axis.pad_before, axis.pad_after) for axis in geometry.sliding)
        if not call.averages or call.divisor_override is not None:
            # What hangs over is padded too: then the windows end where the value does.
            pads = tuple((axis.pad_before, axis.pad_after + axis.overhang) for axis in geometry.sliding)
        elif not call.count_include_pad:
            return None
        note = (
            f"{self.framework} pads both sides alike, at most half of a window; the value is padded instead: composed"
        )
        constant = 0 if call.averages else lowest(call)
        inner = Pooling(
            geometry.batch,
            geometry.channels,
            tuple(
                WindowAxis(axis.input + first + last, axis.kernel, axis.stride, axis.dilation, 0, 0, axis.output)
                for axis, (first, last) in zip(geometry.sliding, pads, strict=True)
            ),
            geometry.count_include_pad,
            geometry.divisor_override,
        )
        for ceil_mode in sorted(self._modes(call)):
            for each in self._symmetric(call, inner, ceil_mode):
                return replace(each, pads=pads, constant=constant, notes=(note,))
        return None

    def _modes(self, call: PoolingCall) -> tuple[bool, ...]:
        return (call.ceil_mode, not call.ceil_mode) if self._takes(call, "ceil_mode") else (False,)

    def _symmetric(self, call: PoolingCall, geometry: Pooling, ceil_mode: bool) -> Iterator["_WindowWords"]:
        """How the framework's own padding makes the windows, with the fewest to be cut off, if it does."""
        chosen = [next(self._paddings(call, axis, ceil_mode), None) for axis in geometry.sliding]
        known = [each for each in chosen if each is not None]
        if len(known) == len(chosen):
            skipped = tuple(number for number, _ in known)
            lengths = tuple(axis.output for _, axis in known)
            cut = lengths != tuple(axis.output for axis in geometry.sliding)
            notes = (f"{self.framework} makes more windows than are wanted: composed",) if cut else ()
            padding = tuple(axis.pad_before for _, axis in known)
            yield _WindowWords({"padding": padding, "ceil_mode": ceil_mode}, lengths, skipped, notes=notes)

    def _paddings(self, call: PoolingCall, wanted: WindowAxis, ceil_mode: bool) -> Iterator[tuple[int, WindowAxis]]:
        """The axes that have the wanted windows among theirs, with how many come before them."""
        most = self.most_padding(wanted.kernel)
        for skipped, pad in enumerate(range(wanted.pad_before, most + 1, wanted.stride)):
            theirs = pooling_axis(
                wanted.input, wanted.kernel, wanted.stride, wanted.dilation, (pad, pad), ceil_mode=ceil_mode
            )
            chosen = slice(skipped, skipped + wanted.output)
            # What takes no word for it counts pads.
            counted = call.count_include_pad or not self._takes(call, "count_include_pad")
            places = call.averages and counted and call.divisor_override is None
            divisors = wanted.clipped() if call.count_include_pad else wanted.elements()
            if theirs.output >= chosen.stop and (not places or theirs.clipped()[chosen] == divisors):
                yield skipped, theirs

    def _wrong(self, call: WrongPooling) -> Plan | Unsupported:
        """The same wrong numbers under the framework's names, where it has a name for them."""
        name, rank = call.operator, call.definition.rank
        words: Words = {"output_size": call.output_size}
        match call.fault.reason:
            case "data_format" if not self._is_named(call):
                return Unsupported(f"{name} takes no data_format")
            case "padding" if not self._takes(call, "padding"):
                return Unsupported(f"{name} takes no padding")
            case "rank" if self.any_rank:
                return Unsupported(f"{name} takes a value without its batch, too")
            case "dilations" if not self._takes(call, "dilations"):
                return Unsupported(f"{name} has no dilation")
            case "divisor" if not self._takes(call, "divisor_override"):
                return Unsupported(f"{self._name(call)} has no divisor_override")
        if not call.definition.adaptive:
            kernel, strides, dilations = (spatial_of(call, each) for each in (call.ksize, call.strides, call.dilations))
            if kernel is None or strides is None or dilations is None:
                return Unsupported(f"{name} takes numbers of the spatial axes only")
            padding = self._wrong_padding(call)
            if isinstance(padding, Unsupported):
                return padding
            words = {**self._window(call, kernel), "strides": strides, "dilations": dilations, **padding}
            words |= {"divisor_override": call.divisor_override} if call.divisor_override is not None else {}
        taken: Words = {role: argument for role, argument in words.items() if self._takes(call, role)}
        invoke = self._invoke(call, taken)
        if len(call.value_shape) != rank + 2:  # none of its axes has a place elsewhere
            return Plan((invoke,))
        return planned(call, Said(invoke=invoke), self._layout(call))

    def _wrong_padding(self, call: WrongPooling) -> Words | Unsupported:
        """The padding as it is written, where it is what is wrong or a word that the functions take."""
        padding, at_fault = call.padding, call.fault.reason == "padding"
        assert padding is not None
        if isinstance(padding, str):
            if padding in self.words or (self.words and at_fault and padding.upper() not in self.words):
                return {"padding": padding}
            if at_fault and self.words:
                return Unsupported(f"{call.operator}'s padding takes this word in small letters, too")
            return Unsupported(f"{call.operator}'s padding takes no words") if at_fault else {}
        if self.padding == "numbers":
            return Unsupported(f"{call.operator}'s padding takes no pairs") if at_fault else {}
        if self.padding == "pairs of all axes":
            return {"padding": padding}
        last = is_channels_last(call)
        outer = (padding[0], padding[-1 if last else 1])
        if len(padding) != call.definition.rank + 2 or any(any(pair) for pair in outer):
            return Unsupported(f"{call.operator}'s padding takes two numbers for each spatial axis")
        return {"padding": last_axis_first(padding[1:-1] if last else padding[2:])}


@dataclass(frozen=True, slots=True)
class _WindowWords:
    """What is said to the framework, and what is done around it."""

    words: Words
    lengths: tuple[int, ...]
    """of what the framework returns"""
    skipped: tuple[int, ...]
    """of these the ones before the first that is wanted"""
    pads: Pairs = ()
    constant: float = 0
    """what these pads around the value hold"""
    notes: tuple[str, ...] = ()

"""Plans of index maps for frameworks that have PyTorch's functions: `pad`, `pixel_shuffle`, `unfold` and their like.

Knows: the integers of calls, and by an `IndexMapVocabulary` what such functions differ in. Must not know: frameworks,
arrays.

Pads that are no constants are of the last axes alone. Blocks are CRD and patches CHW: another order is notation.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod

from conformance.adapters.convolution_vocabulary import last_axis_first
from conformance.adapters.index_map import (
    Keywords,
    RowWords,
    Shape,
    channels_before,
    cut_first,
    differentiated,
    exchanged,
    geometry_of,
    places_and_channels,
    places_first,
    said_in_blocks,
    said_in_rows,
)
from conformance.adapters.notation import spatial_of, to_channels_first, to_channels_last
from conformance.adapters.plan import Argument, Invoke, Plan, Reshape, Step, Transpose, Unsupported
from conformance.operators.index_map.call import IndexMapCall, WrongIndexMap
from reference.index_map.geometry import Blocks, IndexGeometry, Padded, Patches

Pads = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexMapVocabulary:
    """What one framework's functions take."""

    module: str
    """as reasons call it"""
    functions: str
    """the module of its functions"""
    modes: Mapping[str, str]
    """the suite's modes of pads -> the framework's"""
    pads: str = "pad"
    """its function's name of the pads"""
    constant: str = "value"
    """and of the number in them"""
    ordered: Callable[[Pads, str], Argument] = lambda pads, mode: last_axis_first(pads)
    """the pads as it takes them, by its mode: as one list from the last axis on where nothing else is said"""
    everywhere: bool = False
    """whether pads that are no constants may be of any axes, too"""
    most_padded: int = 3
    """axes that pads which are no constants may be of"""
    outer: Callable[[Shape], Shape] = lambda before: before if len(before) in (1, 2) else (prod(before),)
    """the axes that come before those, as the framework takes them"""
    blocks: bool = True
    """whether it has pixel_shuffle and pixel_unshuffle"""
    layouts: bool = False
    """whether these take the layout of the call as their data_format; otherwise channels come first"""
    rows: RowWords | None = None
    """the words of its unfold and fold"""
    any_rank: bool = True
    """whether a value of another rank means something else; otherwise it is refused"""
    negative: bool = True
    """whether a pad may be negative"""
    empty: bool = False
    """whether patches may be of empty axes"""

    def plan(self, call: IndexMapCall) -> Plan | Unsupported:
        """The plan of a call, right or wrong."""
        geometry = geometry_of(call)
        if isinstance(call, WrongIndexMap) and geometry is None:
            return self._wrong(call)
        assert geometry is not None
        match geometry.map:
            case Padded() as padded:
                return self._pad(call, padded)
            case Blocks() as blocks:
                return self._blocks(call, geometry, blocks)
            case Patches() if self.rows is None:
                return Unsupported(f"{self.module} has no {call.operator}")
            case Patches() as patches if not self.empty and 0 in (
                *patches.source_shape[1:],
                *patches.target_shape[1:],
            ):
                return Unsupported(f"{self.module} has no patches of empty axes")
            case Patches() as patches:
                return said_in_rows(call, patches, self.functions, self.rows)

    def _pad(self, call: IndexMapCall, padded: Padded) -> Plan | Unsupported:
        if padded.mode not in self.modes:
            return Unsupported(f"{self.functions}.pad has no mode {padded.mode}")
        pads = tuple((axis.pad_before, axis.pad_after) for axis in padded.axes)
        mode = self.modes[padded.mode]
        if padded.mode == "CONSTANT" or self.everywhere:
            return self._at_all_axes(call, padded, pads, mode)
        rank = len(pads)
        moved = [number for number, pair in enumerate(pads) if any(pair)] or [rank - 1]
        if len(moved) > self.most_padded:
            return Unsupported(f"{self.functions}.pad pads at most {self.most_padded} axes by what is not a constant")
        others = [number for number in range(rank) if number not in moved]
        order = (*others, *moved)
        invoke = self._invoke_pad(call, tuple(pads[number] for number in moved), mode)
        # So many axes come before the padded ones: fewer or more are written as these.
        before = tuple(padded.source_shape[number] for number in others)
        outer = self.outer(before)
        here, there = (
            (*outer, *(shape[number] for number in moved)) for shape in (padded.source_shape, padded.target_shape)
        )
        steps: list[Step] = []
        if order != tuple(range(rank)):
            steps.append(Transpose("value", order))
        if outer != before:
            steps.append(Reshape("value", here))
        steps.append(invoke)
        if outer != before:
            steps.append(Reshape("result", tuple(padded.target_shape[number] for number in order)))
        if order != tuple(range(rank)):
            steps.append(Transpose("result", tuple(order.index(number) for number in range(rank))))
        notes = ("only last axes are padded: their order is notation",) if len(steps) > 1 else ()
        return differentiated(Plan(tuple(steps), notes), call, there)

    def _at_all_axes(
        self, call: IndexMapCall, padded: Padded, pads: tuple[tuple[int, int], ...], mode: str
    ) -> Plan | Unsupported:
        cut = ((), pads, ()) if self.negative else cut_first(padded, f"{self.functions}.pad")
        if isinstance(cut, Unsupported):
            return cut
        before, left, notes = cut
        return differentiated(Plan((*before, self._invoke_pad(call, left, mode)), notes), call, call.output_shape)

    def _shuffle(self, call: IndexMapCall, block: int) -> Invoke:
        name, factor = ("shuffle", "up") if call.operator == "depth_to_space" else ("unshuffle", "down")
        layout: Keywords = ()
        if self.layouts and is_last(call):
            layout = (("data_format", call.data_format or "NHWC"),)
        return Invoke(f"{self.functions}.pixel_{name}", (("", "value"),), ((f"{factor}scale_factor", block), *layout))

    def _blocks(self, call: IndexMapCall, geometry: IndexGeometry, blocks: Blocks) -> Plan | Unsupported:
        """Each channel with its places side by side."""
        if not self.blocks:
            return Unsupported(f"{self.module} has no {call.operator}")
        invoke = self._shuffle(call, blocks.block)
        if self.layouts:
            return said_in_blocks(call, geometry, blocks, invoke, places_before=False)
        rank, (places, channels) = len(blocks.size), places_and_channels(blocks)
        deep = channels_before(blocks.source_shape)
        alike = not places_first(blocks) or 1 in (places, channels)
        forward, steps = call.operator == "depth_to_space", list[Step]()
        if call.last:
            steps.append(Transpose("value", to_channels_first(rank)))
        if forward and not alike:
            steps += exchanged("value", deep, 1, places, channels)
        steps.append(invoke)
        if not forward and not alike:
            steps += exchanged("result", deep, 1, channels, places)
        if call.last:
            steps.append(Transpose("result", to_channels_last(rank)))
        name = invoke.function.rpartition(".")[2]
        notes = () if alike else (f"{name} has the places of each channel side by side: their order is notation",)
        return differentiated(
            Plan(tuple(steps), notes), call, channels_before(blocks.target_shape) if forward else deep
        )

    def _invoke_pad(self, call: IndexMapCall, pads: Pads, mode: str) -> Invoke:
        constant: Keywords = ((self.constant, call.constant),) if "constant_values" in call.words else ()
        keywords = ((self.pads, self.ordered(pads, mode)), ("mode", mode), *constant)
        return Invoke(f"{self.functions}.pad", (("", "value"),), keywords)

    def _wrong(self, call: WrongIndexMap) -> Plan | Unsupported:
        """The same wrong numbers under the framework's names, where it has a name for them."""
        reason = call.fault.reason
        if call.operator == "pad":
            return self._wrong_pad(call)
        if reason in ("patch_order", "mode") or (
            reason == "data_format" and not (self.layouts and call.block_size is not None)
        ):
            return Unsupported(f"{self.module} has no {reason} here")
        if reason == "rank" and self.any_rank:
            return Unsupported(f"{self.module} takes a value without its batch, too")
        moved = is_last(call) and len(call.value_shape) == 4
        turned: tuple[Step, ...] = (Transpose("value", to_channels_first(2)),) if moved else ()
        if call.block_size is not None:
            if not self.blocks:
                return Unsupported(f"{self.module} has no {call.operator}")
            turned = () if self.layouts else turned
            return differentiated(Plan((*turned, self._shuffle(call, call.block_size))), call, ())
        return self._wrong_patches(call, turned)

    def _wrong_pad(self, call: WrongIndexMap) -> Plan | Unsupported:
        function = f"{self.functions}.pad"
        if call.chosen_mode in ("SYMMETRIC", "REFLECT", "EDGE", "WRAP") and call.chosen_mode not in self.modes:
            return Unsupported(f"{function} has no mode {call.chosen_mode}")
        pads = call.paddings or ()
        if call.fault.reason == "rank":
            return Unsupported(f"{function} takes pads of the last axes alone")
        if not all(len(pair) == 2 for pair in pads):
            return Unsupported(f"{function} takes numbers, and no pairs")
        mode = self.modes.get(call.chosen_mode, call.chosen_mode)
        if mode != "constant":  # of the last axes alone: those before them are not padded
            padded = min((number for number, pair in enumerate(pads) if any(pair)), default=len(pads) - 1)
            pads = pads[padded:]
        return differentiated(Plan((self._invoke_pad(call, pads, mode),)), call, ())

    def _wrong_patches(self, call: WrongIndexMap, turned: tuple[Step, ...]) -> Plan | Unsupported:
        if self.rows is None:
            return Unsupported(f"{self.module} has no {call.operator}")
        kernel, stride, dilation = (spatial_of(call, each) for each in (call.ksize, call.strides, call.dilations))
        if kernel is None or stride is None or dilation is None:
            return Unsupported(f"{self.module} takes numbers of the spatial axes only")
        if call.padding != "VALID":
            return Unsupported(f"{self.module} takes one number for the pads of both sides, and no words")
        windows = self.rows.windows(kernel, dilation, 0, stride)
        if call.operator == "extract_patches":
            unfold = Invoke(f"{self.functions}.unfold", (("", "value"),), windows)
            return differentiated(Plan((*turned, unfold)), call, ())
        if len(call.value_shape) != 4:
            return Unsupported(f"{self.module} has windows in one row, and these have other axes")
        batch, *size, depth = (
            call.value_shape if is_last(call) else (call.value_shape[0], *call.value_shape[2:], call.value_shape[1])
        )
        sized: Keywords = ((self.rows.size, call.output_size),)
        fold = Invoke(f"{self.functions}.fold", (("", "value"),), (*sized, *windows))
        return differentiated(Plan((*turned, Reshape("value", (batch, depth, prod(size))), fold)), call, ())


def is_last(call: IndexMapCall) -> bool:
    """Whether channels are last; a data_format that does not exist counts as the default."""
    return call.data_format in (None, "NHWC") or call.data_format not in ("NHWC", "NCHW")

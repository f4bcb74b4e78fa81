"""How frameworks say index maps: pads, blocks, patches and their sums, by functions and by layers that call these.

Knows: what such functions have in common, and by `IndexMapFunctions` where they differ (`tables.py`). Must not know:
frameworks.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from conformance.adapters.function import Function, Role
from conformance.adapters.notation import to_channels_first, to_channels_last
from conformance.adapters.plan import Argument, Reshape, Transpose
from conformance.operators.index_map.readings.reading import BACK, FIRST, IndexMapReading, constant, read_map
from conformance.translation.arguments import CallArguments, Shape, integers
from conformance.translation.pads import Padding, Pairs
from reference.family import SPATIAL_NAMES
from reference.pooling.geometry import pooling_axis

NAMES = SPATIAL_NAMES[2]
Widths = Callable[[CallArguments, Shape], Pairs]
"""from a call of `pad` and the value's shape, (before, after) of every axis; raises CallError"""


def pairs_of_all(arguments: CallArguments, shape: Shape) -> Pairs:
    """A pair for each axis, one for all of them, or one number for all sides."""
    given, rank = arguments.said("paddings"), len(shape)
    numbers = integers(given)
    if numbers is not None and len(numbers) in (1, 2):
        return ((numbers[0], numbers[-1]),) * rank
    found = [integers(pair) for pair in given if isinstance(pair, tuple)] if isinstance(given, tuple) else []
    whole = tuple((pair[0], pair[1]) for pair in found if pair is not None and len(pair) == 2)
    if len(whole) not in (1, rank) or not isinstance(given, tuple) or len(whole) != len(given):
        raise arguments.unexpected("paddings", f"{rank} pairs (before, after), one for each axis")
    return whole if len(whole) == rank else whole * rank


def last_axis_first(arguments: CallArguments, shape: Shape) -> Pairs:
    """(before, after) of the last axis, of the one before it, and so on."""
    flat, rank = integers(arguments.said("paddings")), len(shape)
    if flat is None or len(flat) % 2 or len(flat) > 2 * rank:
        raise arguments.unexpected("paddings", f"up to {rank} pairs of integers, the last axis' first")
    named = tuple(zip(flat[::2], flat[1::2], strict=True))[::-1]
    return (*((0, 0),) * (rank - len(named)), *named)


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexMapFunctions:
    """One framework's functions, and what their arguments mean."""

    lane: str
    functions: Sequence[Function]
    layers: Mapping[Function, Callable[[CallArguments], CallArguments]] = field(default_factory=dict)
    """with the call of the function that each calls"""
    last: bool = False
    """whether blocks and patches have their channels last where no data_format says it"""
    formats: Mapping[str, bool] = field(default_factory=dict)
    """words of a data_format: whether channels are last"""
    modes: Mapping[str, str] = field(default_factory=dict)
    """of pads -> the suite's"""
    any_case: bool = False
    """whether case says nothing in modes and orders, whose words are in small letters then"""
    widths: Widths = last_axis_first
    negative: bool = True
    """whether a pad may be negative"""
    check: Callable[[CallArguments, Shape, Pairs], None] = lambda arguments, shape, widths: None
    """raises CallError for pads that the framework refuses"""
    orders: Mapping[str, str] = field(default_factory=dict)
    """of what is said of the order of channels in blocks -> DCR or CRD"""
    order: str = "CRD"
    """of blocks where nothing is said of it"""
    padding: Padding = field(default_factory=Padding)
    """of patches"""
    patches: Sequence[Function] = ()
    """functions whose patches have an axis for each of the value's, the places of a window before its channels"""

    @property
    def reader(self) -> tuple[tuple[Function, ...], Callable[[CallArguments, str], IndexMapReading]]:
        """What is understood, and who reads it."""
        return (*self.functions, *self.layers), self.read

    def read(self, arguments: CallArguments, dtype: str) -> IndexMapReading:
        """What the call means; raises CallError for one that the framework refuses."""
        if arguments.function in self.layers:
            arguments = self.layers[arguments.function](arguments)
        match arguments.function.operator:
            case "pad":
                return self._pad(arguments, dtype)
            case "extract_patches":
                return self._patches(arguments, dtype)
            case "fold":
                return self._fold(arguments, dtype)
        shape, block = arguments.shape("value", 4), arguments.number("block_size")
        order = self._word(arguments, self.orders) if arguments.has("mode") else self.order
        return self._laid_out(arguments, shape, dtype, block_size=block, mode=order)

    def _laid_out(self, arguments: CallArguments, shape: Shape, dtype: str, **words: Any) -> IndexMapReading:
        """Of an image in the layout that is said."""
        if arguments.is_last(self.formats, 2, default=self.last):
            return read_map(arguments, self.lane, shape, dtype, **words)
        return read_map(arguments, self.lane, _last(shape), dtype, value=FIRST, result=BACK, given=shape, **words)

    def _word(self, arguments: CallArguments, words: Mapping[str, str]) -> str:
        given: Argument = arguments.said("mode")
        word = given.lower() if self.any_case and isinstance(given, str) else given
        if word not in words:
            raise arguments.unexpected("mode", ", ".join(map(repr, words)))
        return words[str(word)]

    def _pad(self, arguments: CallArguments, dtype: str) -> IndexMapReading:
        shape = arguments.shape("value", arguments.value_axes)
        mode = self._word(arguments, self.modes)
        widths = self.widths(arguments, shape)
        if not self.negative and any(number < 0 for pair in widths for number in pair):
            raise arguments.wrong("paddings", f"{arguments.function.name} takes no negative pads")
        self.check(arguments, shape, widths)
        words: dict[str, Any] = {"constant_values": constant(arguments)} if mode == "CONSTANT" else {}
        return read_map(arguments, self.lane, shape, dtype, paddings=widths, mode=mode, **words)

    def _patches(self, arguments: CallArguments, dtype: str) -> IndexMapReading:
        shape, windows = arguments.shape("value", 4), self._windows(arguments)
        if arguments.function in self.patches:
            return self._laid_out(arguments, shape, dtype, patch_order="HWC", **windows)
        grid = self._grid(arguments, shape[2:], windows)
        depth = windows["ksize"][0] * windows["ksize"][1] * shape[1]
        row = (Transpose("result", to_channels_first(2)), Reshape("result", (shape[0], depth, grid[0] * grid[1])))
        return read_map(
            arguments, self.lane, _last(shape), dtype, value=FIRST, result=row, given=shape, patch_order="CHW",
            **windows,
        )  # fmt: skip

    def _fold(self, arguments: CallArguments, dtype: str) -> IndexMapReading:
        shape = arguments.shape("value", 3)
        numbers = integers(arguments.said("output_size"))
        if numbers is None or len(numbers) not in (1, 2) or min(numbers) < 1:
            raise arguments.unexpected("output_size", "an integer or two, of at least 1")
        size, windows = numbers * (2 // len(numbers)), self._windows(arguments)
        grid = self._grid(arguments, size, windows)
        if grid[0] * grid[1] != shape[2]:
            name = arguments.name("output_size")
            message = f"{name} {list(size)} has {grid[0]} x {grid[1]} windows; the value has {shape[2]} patches"
            raise arguments.wrong("output_size", message)
        table = (Reshape("value", (*shape[:2], *grid)), Transpose("value", to_channels_last(2)))
        return read_map(
            arguments, self.lane, (shape[0], *grid, shape[1]), dtype, value=table, result=BACK, given=shape,
            output_size=size, patch_order="CHW", **windows,
        )  # fmt: skip

    def _windows(self, arguments: CallArguments) -> dict[str, Any]:
        kernel = arguments.numbers("kernel", NAMES)

        def numbers(role: Role) -> Shape:
            if arguments.said(role) is not None:
                return arguments.numbers(role, NAMES)
            # Where an image is cut into patches, these lie side by side.
            return kernel if role == "strides" and arguments.function in self.patches else (1, 1)

        padding = self.padding.read(arguments, NAMES, last=False)
        pads = padding if isinstance(padding, str) else ((0, 0), *padding, (0, 0))
        return {"ksize": kernel, "strides": numbers("strides"), "dilations": numbers("dilations"), "padding": pads}

    def _grid(self, arguments: CallArguments, lengths: Shape, windows: Mapping[str, Any]) -> tuple[int, int]:
        """How many windows there are; raises CallError where there is none."""
        given = zip(
            NAMES, lengths, *(windows[name] for name in ("ksize", "strides", "dilations")), windows["padding"][1:3],
            strict=True,
        )  # fmt: skip
        found = []
        for name, length, kernel, stride, dilation, pads in given:
            found.append(pooling_axis(length, kernel, stride, dilation, pads).output)
            if found[-1] < 1:
                raise arguments.wrong("kernel", f"no window finds its place along the {name}")
        return found[0], found[1]


def _last(shape: Shape) -> Shape:
    return tuple(shape[axis] for axis in to_channels_last(2))

"""Who is wrong about index maps on purpose, and who is right in another way than the reference.

Knows: the engine, and how a map's integers are changed. Must not know: the judge that must catch them, the words in
which it explains them, the reference's values.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Literal

import numpy as np

from conformance.mutants.kinds import KindMutant
from conformance.operators.index_map.call import RightIndexMap
from conformance.operators.index_map.mutants.engine import Array, Change, IndexMapEngine, IndexMapMutant
from conformance.suite.dtypes import FORMATS
from reference.index_map.geometry import Blocks, IndexMap, Padded, PaddedLength, PadMode, Patches
from reference.pooling.geometry import WindowAxis, pooling_axis

MOST_NAMED_AXES = 5
"""of the values that cases pad"""


def _pads(change: Callable[[list[tuple[int, int]]], list[tuple[int, int]]]) -> Change:
    """Other pads."""

    def changed(of: IndexMap, _: RightIndexMap) -> IndexMap:
        if not isinstance(of, Padded):
            return of
        pairs = change([(axis.pad_before, axis.pad_after) for axis in of.axes])
        axes = tuple(PaddedLength(axis.input, *pair) for axis, pair in zip(of.axes, pairs, strict=True))
        return replace(of, axes=axes) if all(axis.output >= 0 for axis in axes) else of

    return changed


def _mode(wanted: PadMode, mode: PadMode) -> Change:
    """One mode of pads done as another."""
    return lambda of, call: replace(of, mode=mode) if isinstance(of, Padded) and of.mode == wanted else of


def _turned_pads(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    return [*pairs[:-2], *pairs[:-3:-1]] if len(pairs) > 1 else pairs


def _halved(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    flat = [number for pair in pairs for number in pair]
    return list(zip(flat[: len(pairs)], flat[len(pairs) :], strict=True))


def _later(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    return [(before + 1, after - 1) if before or after else (0, 0) for before, after in pairs]


def _other_order(of: IndexMap, _: RightIndexMap) -> IndexMap:
    return replace(of, mode="CRD" if of.mode == "DCR" else "DCR") if isinstance(of, Blocks) else of


def _other_patch_order(of: IndexMap, _: RightIndexMap) -> IndexMap:
    return replace(of, order="CHW" if of.order == "HWC" else "HWC") if isinstance(of, Patches) else of


def _axes(change: Callable[[WindowAxis, Any], WindowAxis]) -> Change:
    """Other windows along each axis, of the axis and the call's padding; nothing where there would be none."""

    def changed(of: IndexMap, call: RightIndexMap) -> IndexMap:
        if not isinstance(of, Patches):
            return of
        axes = tuple(change(axis, call.padding) for axis in of.axes)
        return replace(of, axes=axes) if all(axis.output >= 0 for axis in axes) else of

    return changed


def _again(axis: WindowAxis, padding: Any, **numbers: int) -> WindowAxis:
    axis = replace(axis, **numbers)
    rule: Any = padding if isinstance(padding, str) else (axis.pad_before, axis.pad_after)
    return pooling_axis(axis.input, axis.kernel, axis.stride, axis.dilation, rule)


def _turned(*fields: str) -> Change:
    """Height and width exchange these numbers."""

    def changed(of: IndexMap, call: RightIndexMap) -> IndexMap:
        if not isinstance(of, Patches):
            return of
        first, second = of.axes
        axes = tuple(
            _again(to, call.padding, **{field: getattr(by, field) for field in fields})
            for to, by in ((first, second), (second, first))
        )
        return replace(of, axes=axes) if all(axis.output >= 0 for axis in axes) else of

    return changed


def _flushed(numbers: Array) -> Array:
    if numbers.dtype.kind in "iuc":
        return numbers
    return np.where(np.abs(numbers) < FORMATS[numbers.dtype.name].smallest_normal, 0, numbers).astype(numbers.dtype)


def _without_nan(numbers: Array) -> Array:
    return numbers if numbers.dtype.kind in "iu" else np.where(np.isnan(numbers), 0, numbers).astype(numbers.dtype)


def _of(dtype: str, numbers: Array, changed: Callable[[], Array]) -> Array:
    """What is changed of one dtype's numbers."""
    return changed().astype(dtype) if numbers.dtype == dtype else numbers


def _lowest(_: float, dtype: np.dtype[Any]) -> float:
    return int(np.iinfo(dtype).min) if dtype.kind in "iu" else -np.inf


_SHAPES: tuple[Literal["differs", "wrong_shape"], ...] = ("differs", "wrong_shape")
# Which one is the last depends on whether an engine goes window by window or place by place.
_ONE_OF_SEVERAL = ("copies overwrote one another", "the first copy stayed")
_PAIRS = tuple((one, other) for other in range(MOST_NAMED_AXES) for one in range(other))
_WORDS: Mapping[str, tuple[str, IndexMapEngine, tuple[str, ...]]] = {
    "reflect-with-the-border": (
        "REFLECT repeats the border.", IndexMapEngine(_mode("REFLECT", "SYMMETRIC")), ("mode were SYMMETRIC",),
    ),
    "symmetric-without-the-border": (
        "SYMMETRIC leaves the border out.", IndexMapEngine(_mode("SYMMETRIC", "REFLECT")), ("mode were REFLECT",),
    ),
    "reflect-clamped": ("REFLECT copies the border.", IndexMapEngine(_mode("REFLECT", "EDGE")), ("mode were EDGE",)),
    "wrap-clamped": ("WRAP copies the border.", IndexMapEngine(_mode("WRAP", "EDGE")), ("mode were EDGE",)),
    "edge-wrapped": ("EDGE copies the other end.", IndexMapEngine(_mode("EDGE", "WRAP")), ("mode were WRAP",)),
    "edge-of-zeros": ("EDGE pads with zeros.", IndexMapEngine(_mode("EDGE", "CONSTANT")), ("mode were CONSTANT",)),
    "constant-ignored": (
        "A pad holds 0, whatever is asked.", IndexMapEngine(constant=lambda constant, dtype: 0.0), ("pads held 0",),
    ),
    "constant-lowest": (
        "A pad holds the lowest number.", IndexMapEngine(constant=_lowest), ("pads held the lowest number",),
    ),
    "unsigned-zero": (
        "A constant of -0 is 0.",
        IndexMapEngine(constant=lambda constant, dtype: constant + 0.0 if constant == 0 else constant),
        ("the sign of a zero were lost", "pads held 0"),
    ),
    "sides": (
        "Pads before and after are exchanged.",
        IndexMapEngine(_pads(lambda pairs: [pair[::-1] for pair in pairs])),
        ("pads before and after were exchanged",),
    ),
    "from-the-last-axis": (
        "Pads are named from the last axis on.",
        IndexMapEngine(_pads(lambda pairs: pairs[::-1])),
        ("paddings were named from the last axis on",),
    ),
    "before-then-after": (
        "Pads are listed as all before, then all after.",
        IndexMapEngine(_pads(_halved)),
        ("paddings were listed as all before, then all after",),
    ),
    "pads-turned": (
        "The pads of the last two axes are exchanged.",
        IndexMapEngine(_pads(_turned_pads)),
        tuple(f"axes {one} and {other} were exchanged in paddings" for one, other in _PAIRS),
    ),
    "last-axis-alone": (
        "The last axis is not padded.",
        IndexMapEngine(_pads(lambda pairs: [*pairs[:-1], (0, 0)])),
        tuple(f"axis {number} were not padded" for number in range(MOST_NAMED_AXES)),
    ),
    "pad-later": (
        "The value begins one element later.", IndexMapEngine(_pads(_later)), ("the value began one element later",),
    ),
    "negative-ignored": (
        "Negative pads cut nothing off.",
        IndexMapEngine(_pads(lambda pairs: [(max(before, 0), max(after, 0)) for before, after in pairs])),
        ("negative pads were 0",),
    ),
    "large-frames": (
        "From 65536 elements on, nothing but the constant is there.",
        IndexMapEngine(numbers=np.zeros_like, from_size=65536),
        ("everything were 0",),
    ),
    "blocks-in-the-other-order": (
        "DCR is done as CRD, and CRD as DCR.", IndexMapEngine(_other_order), ("mode were CRD", "mode were DCR"),
    ),
    "places-by-columns": (
        "Blocks and windows are read column by column.",
        IndexMapEngine(places=lambda table: table.T),
        ("a block were read column by column", "a window were read column by column"),
    ),
    "places-from-the-end": (
        "Blocks and windows are read from their end.",
        IndexMapEngine(places=lambda table: table[::-1, ::-1]),
        ("a block were read from its end", "a window were read from its end"),
    ),
    "in-order": (
        "The memory is read in its order.",
        IndexMapEngine(reads="in its order"),
        ("the memory were read in its order",),
    ),
    "other-layout": (
        "The memory is read in the other layout.",
        IndexMapEngine(reads="other layout"),
        (
            "the memory were read with the channels first instead of last",
            "the memory were read with the channels last instead of first",
        ),
    ),
    "patches-in-the-other-order": (
        "HWC is done as CHW, and CHW as HWC.",
        IndexMapEngine(_other_patch_order),
        ("patch_order were CHW", "patch_order were HWC"),
    ),
    "patches-same-lower": (
        "SAME puts the odd element before.",
        IndexMapEngine(
            _axes(
                lambda axis, padding: replace(axis, pad_before=axis.pad_after, pad_after=axis.pad_before)
                if padding == "SAME"
                else axis
            )
        ),
        ("SAME put the odd element before",),
    ),
    "patches-sides": (
        "Pads before and after the image are exchanged.",
        IndexMapEngine(
            _axes(lambda axis, padding: replace(axis, pad_before=axis.pad_after, pad_after=axis.pad_before))
        ),
        ("pads before and after were exchanged", "SAME put the odd element before"),
    ),
    "patches-later": (
        "Windows begin one element later.",
        IndexMapEngine(_axes(lambda axis, padding: replace(axis, pad_before=axis.pad_before - 1))),
        ("windows began one element later",),
    ),
    "patches-undilated": (
        "Dilations are ignored.",
        IndexMapEngine(_axes(lambda axis, padding: _again(axis, padding, dilation=1))),
        ("dilations were 1",),
    ),
    "patches-side-by-side": (
        "Strides are those of the window.",
        IndexMapEngine(_axes(lambda axis, padding: _again(axis, padding, stride=axis.kernel))),
        ("strides were ksize",),
    ),
    "windows-turned": (
        "Height and width are exchanged in ksize.",
        IndexMapEngine(_turned("kernel")),
        ("height and width were exchanged in ksize",),
    ),
    "strides-turned": (
        "Height and width are exchanged in strides.",
        IndexMapEngine(_turned("stride")),
        ("height and width were exchanged in strides",),
    ),
    "dilations-turned": (
        "Height and width are exchanged in dilations.",
        IndexMapEngine(_turned("dilation")),
        ("height and width were exchanged in dilations",),
    ),
    "patch-pads-turned": (
        "Height and width are exchanged in padding.",
        IndexMapEngine(_turned("pad_before", "pad_after")),
        ("height and width were exchanged in padding",),
    ),
    "convolved": (
        "Patches are sums of products with ones and zeros.",
        IndexMapEngine(convolves=True),
        ("patches were sums of products with zeros",),
    ),
    "overwrites": (
        "Of several copies the last one counts.", IndexMapEngine(combine="last"), _ONE_OF_SEVERAL,
    ),
    "first-stays": (
        "Of several copies the first one counts.", IndexMapEngine(combine="first"), _ONE_OF_SEVERAL,
    ),
    "averages": ("Several copies are averaged.", IndexMapEngine(combine="average"), ("copies were averaged",)),
    "gradient-of-constants": (
        "The gradient of copies in pads is lost.",
        IndexMapEngine(
            lambda of, call: replace(of, mode="CONSTANT") if isinstance(of, Padded) else of, only="gradient"
        ),
        ("mode were CONSTANT",),
    ),
    "gradient-overwrites": (
        "Of several cotangents the last one counts.",
        IndexMapEngine(combine="last", only="gradient"),
        _ONE_OF_SEVERAL,
    ),
    "uint8-as-int8": (
        "Numbers of uint8 beyond 127 are 127.",
        IndexMapEngine(
            numbers=lambda numbers: _of("uint8", numbers, lambda: np.minimum(numbers, 127)),
            constant=lambda constant, dtype: min(constant, 127) if dtype == np.uint8 else constant,
        ),
        ("numbers beyond 127 were 127",),
    ),
    "int8-as-uint8": (
        "Negative numbers of int8 are 0.",
        IndexMapEngine(numbers=lambda numbers: _of("int8", numbers, lambda: np.maximum(numbers, 0))),
        ("negative numbers were 0",),
    ),
    "uint8-constant-as-int8": (
        "A constant of uint8 beyond 127 is 127.",
        IndexMapEngine(constant=lambda constant, dtype: min(constant, 127) if dtype == np.uint8 else constant),
        ("pads held 127",),
    ),
    "flushes": ("Subnormal numbers are 0.", IndexMapEngine(numbers=_flushed), ("subnormal numbers were 0",)),
    "nan-lost": ("A NaN is 0.", IndexMapEngine(numbers=_without_nan), ("NaN were 0",)),
}  # fmt: skip
"""name -> what it does, how, and what an answer of its behaves like"""

MUTANTS = (
    KindMutant("index", "Axis by axis, by reshapes, tap by tap.", (), lambda: IndexMapMutant(IndexMapEngine())),
    KindMutant(
        "index-backwards",
        "Sums begin at the last term.",
        (),
        lambda: IndexMapMutant(IndexMapEngine(backwards=True)),
    ),
    *(
        KindMutant(
            f"index-{name}",
            summary,
            _SHAPES,
            lambda engine=engine: IndexMapMutant(engine),  # type: ignore[misc]
            tuple(f"behaves as if {sentence}" for sentence in sentences),
            family="index maps",
        )
        for name, (summary, engine, sentences) in _WORDS.items()
    ),
    KindMutant(
        "index-accepts",
        "Wrong calls are answered.",
        ("accepted",),
        lambda: IndexMapMutant(IndexMapEngine(accepts=True)),
        family="refusals",
    ),
)

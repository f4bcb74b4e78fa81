"""Who is wrong about pooling on purpose, and who is right in another way than the reference.

Knows: engines and their faults. Must not know: the judge that must catch them, the words in which it explains them, the
reference's values.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from conformance.mutants.kinds import KindMutant
from conformance.operators.pooling.mutants import unpooled
from conformance.operators.pooling.mutants.axes import (
    again,
    each,
    kept,
    last_two_exchanged,
    listed_otherwise,
    one_later,
    same_lower,
    sides,
    spans,
    turned,
)
from conformance.operators.pooling.mutants.engine import MaximumAt, PoolingEngine, PoolingMutant, asked_divisor
from conformance.operators.pooling.mutants.unpooled import UnpoolEngine, UnpoolMutant
from reference.pooling.family import PoolingOperator

_SHAPES: tuple[Literal["differs", "wrong_shape"], ...] = ("differs", "wrong_shape")
_Words: TypeAlias = Mapping[str, tuple[str, PoolingEngine, tuple[str, ...]]]
_WORDS: _Words = {
    "zero-pads": ("A pad is compared as 0.", PoolingEngine(pad="zero"), ("pads held 0",)),
    "copied-pads": (
        "Pads are copies of the border, and are averaged.",
        PoolingEngine(pad="copy", divisor=lambda window: window.whole, only="forward"),
        ("pads held copies of the border", "averages were divided by the whole window"),
    ),
    "uint8-compared-as-int8": (
        "Numbers of uint8 beyond 127 are compared as negative ones.",
        PoolingEngine(compared=lambda numbers: numbers.view(np.int8) if numbers.dtype == np.uint8 else numbers),
        ("numbers beyond 127 were compared as negative ones",),
    ),
    "uint8-pads-of-int8": (
        "Pads of uint8 hold 128, the bits of the lowest number of int8.",
        PoolingEngine(held=lambda dtype: 128 if dtype == np.uint8 else None),
        ("pads held 128",),
    ),
    "int8-pads-of-127": (
        "Pads of int8 hold -127, as those of a scale that goes as far down as up.",
        PoolingEngine(held=lambda dtype: -127 if dtype == np.int8 else None),
        ("pads held -127",),
    ),
    "int8-from-zero": (
        "A maximum of int8 begins at 0.",
        PoolingEngine(compared=lambda numbers: np.maximum(numbers, 0) if numbers.dtype == np.int8 else numbers),
        ("negative numbers were 0",),
    ),
    "whole-window": (
        "Every sum is divided by the whole window.",
        PoolingEngine(divisor=lambda window: window.override or window.whole),
        ("averages were divided by the whole window",),
    ),
    "elements": (
        "count_include_pad is ignored.",
        PoolingEngine(divisor=lambda window: window.override or window.elements),
        ("averages were divided by their elements",),
    ),
    "places": (
        "Pads always count.",
        PoolingEngine(divisor=lambda window: window.override or window.places),
        ("averages were divided by their places, pads included",),
    ),
    "pads-behind-left-out": (
        "Pads behind the value count in no divisor.",
        PoolingEngine(
            divisor=lambda window: asked_divisor(replace(window, places=min(window.places, window.front))),
        ),
        ("pads behind the value counted in no divisor",),
    ),
    "no-override": (
        "divisor_override is ignored.",
        PoolingEngine(divisor=lambda window: asked_divisor(replace(window, override=None))),
        ("averages were divided by their elements", "averages were divided by their places, pads included"),
    ),
    "sums": ("Nothing is divided.", PoolingEngine(divisor=lambda window: 1), ("windows were summed and not divided",)),
    "overhang-counts": (
        "A window that hangs over is divided by all of it.",
        PoolingEngine(divisor=lambda window: window.whole if window.places < window.whole else asked_divisor(window)),
        ("windows that hang over were divided by all of them", "averages were divided by the whole window"),
    ),
    "one-later": (
        "Windows begin one element later.", PoolingEngine(each(one_later)), ("windows began one element later",),
    ),
    "same-lower": (
        "SAME puts the odd element before.", PoolingEngine(same_lower), ("SAME put the odd element before",),
    ),
    "sides": (
        "The pads of the two sides are exchanged.",
        PoolingEngine(each(sides)),
        ("pads before and behind were exchanged", "SAME put the odd element before"),
    ),
    "valid": ("Nothing is padded.", PoolingEngine(again(padding="VALID")), ("padding were VALID",)),
    "always-ceil": ("Lengths are rounded up.", PoolingEngine(again(ceil_mode=True)), ("ceil_mode were True",)),
    "never-ceil": ("Lengths are rounded down.", PoolingEngine(again(ceil_mode=False)), ("ceil_mode were False",)),
    "last-window": (
        "A last window that begins behind the value is kept.",
        PoolingEngine(kept),
        ("a last window that begins behind the value were kept",),
    ),
    "window-turned": (
        "The last two axes are exchanged in ksize.",
        PoolingEngine(turned("kernel")),
        ("height and width were exchanged in ksize",),
    ),
    "strides-turned": (
        "The last two axes are exchanged in strides.",
        PoolingEngine(turned("stride")),
        ("height and width were exchanged in strides",),
    ),
    "pads-turned": (
        "The last two axes are exchanged in padding.",
        PoolingEngine(turned("pad_before", "pad_after")),
        ("height and width were exchanged in padding",),
    ),
    "pads-listed-otherwise": (
        "Pads that are listed as all before, then all after, are read as a pair for each axis.",
        PoolingEngine(listed_otherwise),
        ("pads that are all before, then all after, were read in pairs",),
    ),
    "strides-of-one": (
        "Strides are ignored.", PoolingEngine(again(lambda axis: replace(axis, stride=1))), ("strides were 1",),
    ),
    "strides-of-the-window": (
        "Strides are those of the window.",
        PoolingEngine(again(lambda axis: replace(axis, stride=axis.kernel))),
        ("strides were ksize",),
    ),
    "no-dilations": (
        "Dilations are ignored.", PoolingEngine(again(lambda axis: replace(axis, dilation=1))), ("dilations were 1",),
    ),
    "longer-window": (
        "The window is one element longer.",
        PoolingEngine(again(lambda axis: replace(axis, kernel=axis.kernel + 1))),
        ("the window were one element longer",),
    ),
    "minimum": (
        "The smallest is taken.",
        PoolingEngine(compared=lambda numbers: numbers.min(axis=0, keepdims=True), only="forward"),
        ("the minimum were taken",),
    ),
    "absolute": (
        "Absolute values are compared, and returned.",
        PoolingEngine(compared=np.abs, only="forward"),
        ("absolute values were compared",),
    ),
    "nan-dropped": ("A NaN is left out.", PoolingEngine(keeps_nan=False), ("NaN were left out",)),
    "nothing-is-zero": (
        "A window without an element gives 0.", PoolingEngine(of_nothing=0.0), ("windows without an element gave 0",),
    ),
    "gradient-to-the-last": (
        "The last of equal maxima takes the cotangent.",
        PoolingEngine(routed="last"),
        ("the last of equal maxima took the cotangent", "the last of equal maxima were taken"),
    ),
    "gradient-to-all": (
        "Each of equal maxima takes the cotangent.",
        PoolingEngine(routed="all"),
        ("each of equal maxima took the cotangent",),
    ),
    "gradient-shared": (
        "Equal maxima share the cotangent.", PoolingEngine(routed="shared"), ("equal maxima shared the cotangent",),
    ),
    "gradient-undivided": (
        "The gradient of an average is not divided.",
        PoolingEngine(divisor=lambda window: 1, only="gradient"),
        ("windows were summed and not divided",),
    ),
}  # fmt: skip
"""name -> what it does, how, and what an answer of its behaves like"""


def _by_logarithms(sums: NDArray[Any], norm: int) -> NDArray[Any]:
    return sums if norm == 1 else np.asarray(np.exp(np.log(sums) / norm))


_NORMS: _Words = {
    "signed": (
        "Powers keep the signs of their numbers.",
        PoolingEngine(
            power=lambda numbers, norm: numbers**norm, slope=lambda numbers, norm: numbers ** (norm - 1)
        ),
        ("no absolute values were taken",),
    ),
    "rootless": (
        "Powers are summed, and no root is taken.",
        PoolingEngine(
            root=lambda sums, norm: sums,
            slope=lambda numbers, norm: norm * np.sign(numbers) * np.abs(numbers) ** (norm - 1),
        ),
        ("no root were taken",),
    ),
    "partial": (
        "The average of a partial window is multiplied by the whole window.",
        PoolingEngine(scale=lambda window: window.whole / max(window.places, 1)),
        (
            "the sum of a partial window were multiplied by the whole window over the divisor of the partial window",
        ),
    ),
    "mean": (
        "Powers are averaged.",
        PoolingEngine(scale=lambda window: 1 / window.whole),
        ("powers were averaged over the window",),
    ),
    "largest": (
        "The largest absolute value is taken, as of a norm of infinite order.",
        PoolingEngine(
            power=lambda numbers, norm: np.abs(numbers).max(axis=0, keepdims=True, initial=0),
            root=lambda sums, norm: sums,
            only="forward",
        ),
        ("the largest absolute value were taken",),
    ),
    "second": ("norm_type is ignored: it is 2.", PoolingEngine(norm=lambda norm: 2), ("norm_type were 2",)),
    "first": ("norm_type is ignored: it is 1.", PoolingEngine(norm=lambda norm: 1), ("norm_type were 1",)),
}  # fmt: skip
"""the same of norms alone"""

_ADAPTIVE: _Words = {
    "start-rounded": (
        "Windows begin at the nearest place.",
        PoolingEngine(spans=spans(start=lambda j, i, o: (2 * j * i + o) // (2 * o))),
        ("windows began at a rounded place",),
    ),
    "start-ceiling": (
        "Windows begin at a place that is rounded up.",
        PoolingEngine(spans=spans(start=lambda j, i, o: -(-j * i // o))),
        ("windows began at a place rounded up",),
    ),
    "end-floor": (
        "Each window ends where the next one begins.",
        PoolingEngine(spans=spans(stop=lambda j, i, o: (j + 1) * i // o)),
        ("windows ended at a place rounded down",),
    ),
    "ratio-length": (
        "Windows are as long as the ratio of the lengths, rounded up.",
        PoolingEngine(spans=spans(stop=lambda j, i, o: j * i // o - (-i // o))),
        ("windows were as long as the ratio rounded up",),
    ),
    "one-stride": (
        "All windows have one length and one stride, as whoever exports to a pooling writes them.",
        PoolingEngine(
            spans=spans(lambda j, i, o: j * (i // o), lambda j, i, o: j * (i // o) + i - (o - 1) * (i // o))
        ),
        ("windows had one length and one stride, the ratio rounded down",),
    ),
    "ceiling-stride": (
        "Windows lie side by side, as long as the ratio rounded up.",
        PoolingEngine(spans=spans(lambda j, i, o: j * -(-i // o), lambda j, i, o: (j + 1) * -(-i // o))),
        ("windows had one length and one stride, the ratio rounded up",),
    ),
    "in-floats": (
        "Windows begin at a multiple of a ratio in float32.",
        PoolingEngine(spans=spans(start=lambda j, i, o: int(np.float32(j) * (np.float32(i) / np.float32(o))))),
        ("windows began at a multiple of a ratio in float32",),
    ),
    "far-elements": (
        "Windows have elements as far apart as there are windows.",
        PoolingEngine(spans=lambda lengths: tuple(tuple(range(j, i, o) for j in range(o)) for i, o in lengths)),
        ("windows had elements as far apart as there are windows",),
    ),
    "end-later": (
        "Windows end one element later, but at the border.",
        PoolingEngine(spans=spans(stop=lambda j, i, o: -(-(j + 1) * i // o) + 1)),
        ("windows ended one element later",),
    ),
    "sizes-turned": (
        "The last two axes are exchanged in output_size.",
        PoolingEngine(spans=last_two_exchanged),
        ("height and width were exchanged in output_size",),
    ),
    "longest-divides": (
        "Every sum is divided by the longest window.",
        PoolingEngine(divisor=lambda window: window.longest),
        ("averages were divided by the whole window",),
    ),
}  # fmt: skip
"""the same of adaptive windows"""


def _padded(at: MaximumAt) -> NDArray[Any]:
    (top, bottom), (left, right) = at.pads
    height, width, _ = at.lengths
    return at.place(
        at.y + top, at.x + left, height + top + bottom, width + left + right, last=at.last, batch=at.include_batch
    )


_INDICES: _Words = {
    "plane": (
        "Indices are places in the plane of their channel.",
        PoolingEngine(index=lambda at: at.y * at.lengths[1] + at.x),
        ("indices were places in the plane of their channel",),
    ),
    "image": (
        "Indices are places in their image, whatever is asked.",
        PoolingEngine(index=lambda at: at.counted(batch=False)),
        ("indices were places in their image",),
    ),
    "batch": (
        "Indices are places in the whole value, whatever is asked.",
        PoolingEngine(index=lambda at: at.counted(batch=True)),
        ("indices were places in the whole value",),
    ),
    "window": (
        "Indices are places in their window.",
        PoolingEngine(index=lambda at: at.tap),
        ("indices were places in their window",),
    ),
    "padded": ("Pads are counted.", PoolingEngine(index=_padded), ("indices were places in the padded value",)),
    "columns": (
        "Columns are counted before rows.",
        PoolingEngine(
            index=lambda at: at.place(
                at.x, at.y, at.lengths[1], at.lengths[0], last=at.last, batch=at.include_batch
            )
        ),
        ("indices were places in a value whose columns lie first",),
    ),
    "other-layout": (
        "Indices are places in a value of the other layout.",
        PoolingEngine(index=lambda at: at.counted(last=not at.last)),
        (
            "indices were places in a value with its channels first",
            "indices were places in a value with its channels last",
        ),
    ),
    "last": (
        "Of equal maxima the last one is meant.",
        PoolingEngine(routed="last"),
        ("the last of equal maxima were taken",),
    ),
    "clamped": (
        "The index of no element is 0.", PoolingEngine(of_nothing=0.0), ("windows without an element gave 0",),
    ),
}  # fmt: skip
"""the same of indices"""


_UNPOOLED: Mapping[str, tuple[str, UnpoolEngine, str]] = {
    "image": (
        "Indices are taken for places in the image, channels and all.",
        UnpoolEngine(unpooled.in_image),
        "indices were places in their image",
    ),
    "batch": (
        "Indices are taken for places in the whole value.",
        UnpoolEngine(unpooled.in_all),
        "indices were places in the whole value",
    ),
    "columns": (
        "Indices count columns before rows.",
        UnpoolEngine(unpooled.columns_first),
        "indices were places in a value whose columns lie first",
    ),
    "from-one": ("The first place is 1.", UnpoolEngine(unpooled.from_one), "indices were counted from 1"),
    "multiples": (
        "Indices are places in a plane of the largest multiple of the value's width.",
        UnpoolEngine(unpooled.multiples),
        "indices were places in a plane whose width is a multiple of the value's",
    ),
    "beginnings": (
        "Indices are ignored.",
        UnpoolEngine(unpooled.beginnings),
        "values went to the beginning of where they may come from",
    ),
    "first-image": (
        "The indices of the first image are those of all.",
        UnpoolEngine(first_image=True),
        "the indices of the first image were those of all",
    ),
}
"""the same of maxima that are put back"""


def _is_norm(operator: PoolingOperator) -> bool:
    return operator.reduction == "norm"


def _wrong(prefix: str, words: _Words, family: str, has: Callable[[PoolingOperator], bool]) -> Iterator[KindMutant]:
    for name, (summary, engine, sentences) in words.items():
        yield KindMutant(
            f"{prefix}-{name}",
            summary,
            _SHAPES,
            lambda engine=engine: PoolingMutant(engine, has),  # type: ignore[misc]
            tuple(f"behaves as if {sentence}" for sentence in sentences),
            family=family,
        )


MUTANTS = (
    KindMutant("pool", "Each window on its own.", (), lambda: PoolingMutant(PoolingEngine())),
    KindMutant(
        "pool-backwards",
        "Sums begin at the last place.",
        (),
        lambda: PoolingMutant(PoolingEngine(backwards=True, only="forward")),
    ),
    KindMutant(
        "pool-reciprocal",
        "Sums are multiplied by a reciprocal.",
        (),
        lambda: PoolingMutant(PoolingEngine(divides="reciprocal")),
    ),
    KindMutant(
        "norm-by-logarithms",
        "The root of a norm is the exponential of a logarithm.",
        (),
        lambda: PoolingMutant(PoolingEngine(root=_by_logarithms), _is_norm),
    ),
    *_wrong("pool", _WORDS, "pooling", lambda operator: True),
    *_wrong("norm", _NORMS, "norms", _is_norm),
    KindMutant(
        "unpool-backwards",
        "Maxima are put back from the last one on.",
        (),
        lambda: UnpoolMutant(UnpoolEngine(backwards=True)),
    ),
    *(
        KindMutant(
            f"unpool-{name}",
            summary,
            ("differs",),
            lambda engine=engine: UnpoolMutant(engine),  # type: ignore[misc]
            (f"behaves as if {sentence}",),
            family="maxima put back",
        )
        for name, (summary, engine, sentence) in _UNPOOLED.items()
    ),
    *_wrong("argmax", _INDICES, "indices", lambda operator: operator.reduction == "index"),
    KindMutant(
        "argmax-int32",
        "Indices have 32 bits.",
        ("wrong_dtype",),
        lambda: PoolingMutant(PoolingEngine(index_dtype="int32"), lambda operator: operator.reduction == "index"),
        ("behaves as if the result's dtype were int32 instead of int64",),
        family="indices",
    ),
    *_wrong("adaptive", _ADAPTIVE, "adaptive windows", lambda operator: operator.adaptive),
    KindMutant(
        "pool-accepts",
        "Wrong calls are answered.",
        ("accepted",),
        lambda: PoolingMutant(PoolingEngine(accepts=True)),
        family="refusals",
    ),
)

"""Who is wrong about resizing on purpose, and who is right in another way than the reference.

Knows: the engine, and what can be set in it. Must not know: the judge that must catch them, the words in which it
explains them, the reference's values.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Literal

import numpy as np

from conformance.mutants.kinds import KindMutant
from conformance.operators.resize.mutants.engine import Array, AskedAxis, ResizeEngine, ResizeMutant


def _each(**words: Any) -> ResizeEngine:
    """Every axis is read with these words."""
    return ResizeEngine(lambda axes: [replace(axis, **words) for axis in axes])


def _where(method: str, /, **words: Any) -> ResizeEngine:
    """The same of one method."""
    return ResizeEngine(lambda axes: [replace(axis, **words) if axis.method == method else axis for axis in axes])


def _scaled(scale: Callable[[AskedAxis], float]) -> ResizeEngine:
    return ResizeEngine(lambda axes: [replace(axis, scale=scale(axis)) for axis in axes])


def _exchanged(axes: list[AskedAxis]) -> list[AskedAxis]:
    """The last two axes have one another's scales."""
    if len(axes) < 2:
        return axes
    scales = [axis.scale for axis in axes]
    scales[-2:] = scales[:-3:-1]
    return [replace(axis, scale=scale) for axis, scale in zip(axes, scales, strict=True)]


def _whole(axis: AskedAxis) -> float:
    return max(axis.scale // 1, 1.0) if axis.output >= axis.input else 1 / max((1 / axis.scale) // 1, 1.0)


def _last_nearest(axes: list[AskedAxis]) -> list[AskedAxis]:
    if axes[-1].method == "nearest":
        return axes
    return [*axes[:-1], replace(axes[-1], method="nearest", nearest_mode="round_prefer_ceil")]


def _copied(axes: list[AskedAxis]) -> list[AskedAxis]:
    """As torch does where every length stays as it is, but for nearest elements."""
    if axes[0].method == "nearest" or any(axis.input != axis.output for axis in axes):
        return axes
    return [replace(axis, method="nearest", coordinates="half_pixel", scale=1.0) for axis in axes]


def _torch_nearest(axes: list[AskedAxis]) -> list[AskedAxis]:
    return [replace(axis, coordinates="asymmetric", nearest_mode="floor") for axis in axes]


def _in_127ths(numbers: Array) -> Array:
    scale = np.float32(1) / np.float32(127)
    return (numbers * scale * np.float32(127)).astype(numbers.dtype)


_SHAPES: tuple[Literal["differs"], ...] = ("differs",)
_COORDINATES = "coordinate_transformation_mode were {}"
_WORDS: Mapping[str, tuple[str, ResizeEngine, tuple[str, ...]]] = {
    "nearest-without-its-half": (
        "Every nearest element is torch's nearest: the half pixel is left out.",
        ResizeEngine(lambda axes: _torch_nearest(axes) if axes[0].method == "nearest" else axes),
        ("coordinate_transformation_mode were asymmetric and nearest_mode floor",),
    ),
    "nearest-with-a-half": (
        "Every nearest element is that of half pixels.",
        _where("nearest", coordinates="half_pixel", nearest_mode="round_prefer_ceil"),
        ("coordinate_transformation_mode were half_pixel and nearest_mode round_prefer_ceil",),
    ),
    "uint8-as-int8": (
        "Numbers of uint8 beyond 127 are 127.",
        ResizeEngine(held=lambda numbers: np.minimum(numbers, 127) if numbers.dtype == np.uint8 else numbers),
        ("numbers beyond 127 were 127",),
    ),
    "int8-in-127ths": (
        "Numbers of int8 become fractions, and whole again by what is cut off.",
        ResizeEngine(held=lambda numbers: _in_127ths(numbers) if numbers.dtype == np.int8 else numbers),
        ("numbers passed through 127ths in float32, and were cut off",),
    ),
    "always-floor": ("Coordinates are rounded down.", _where("nearest", nearest_mode="floor"),
                     ("nearest_mode were floor",)),
    "always-ceil": ("Coordinates are rounded up.", _where("nearest", nearest_mode="ceil"), ("nearest_mode were ceil",)),
    "ties-up": ("Ties go up.", _where("nearest", nearest_mode="round_prefer_ceil"),
                ("nearest_mode were round_prefer_ceil",)),
    "ties-down": ("Ties go down.", _where("nearest", nearest_mode="round_prefer_floor"),
                  ("nearest_mode were round_prefer_floor",)),
    **{
        f"always-{word.replace('_', '-')}": (
            f"Coordinates are those of {word}.", _each(coordinates=word), (_COORDINATES.format(word),),
        )
        for word in ("half_pixel", "pytorch_half_pixel", "half_pixel_symmetric", "align_corners", "asymmetric")
    },
    "cubic-of-tensorflow": ("The cubic's coefficient is -0.5.", _where("cubic", a=-0.5), ("cubic_coeff_a were -0.5",)),
    "cubic-of-torch": ("The cubic's coefficient is -0.75.", _where("cubic", a=-0.75), ("cubic_coeff_a were -0.75",)),
    "border-repeated": ("The border's element has the weights beyond it.", _each(exclude_outside=False),
                        ("exclude_outside were False",)),
    "outside-excluded": ("Weights beyond the border are dropped, and the others divided by their sum.",
                         _each(exclude_outside=True), ("exclude_outside were True",)),
    "zeros-outside": ("Weights beyond the border are dropped, and nothing is divided.", ResizeEngine(border="zero"),
                      ("zeros lay beyond the border",)),
    "line-outside": (
        "Beyond the border the line through the outermost elements goes on.",
        ResizeEngine(border="line"),
        ("the border were extrapolated",),
    ),
    "never-antialias": ("antialias is ignored.", _each(antialias=False), ("antialias were False",)),
    "always-antialias": ("The kernel is always stretched.", _each(antialias=True), ("antialias were True",)),
    "antialias-of-one-column": (
        "Of a result of one column antialias weighs every row as the first one.",
        ResizeEngine(one_column=True),
        ("every output along the height had the weights of the first one",),
    ),
    "copied-at-its-own-length": (
        "A result as long as the value is a copy of it, whatever the scale.",
        ResizeEngine(_copied),
        ("a result as long as the value were a copy of it",),
    ),
    "scale-recomputed": (
        "Coordinates are scaled by the ratio of the lengths.",
        _scaled(lambda axis: axis.output / axis.input),
        ("scales were recomputed from the lengths",),
    ),
    "scale-as-given": (
        "recompute_scale_factor is ignored.",
        _scaled(lambda axis: axis.given),
        ("scales were used as they are given",),
    ),
    "whole-ratios": ("Ratios are rounded down to whole numbers.", _scaled(_whole),
                     ("the ratio of the lengths were rounded to a whole number",)),
    "scales-turned": ("The last two axes have one another's scales.", ResizeEngine(_exchanged),
                      ("height and width were exchanged in the scales",)),
    "linear-for-cubic": ("Cubic weights are linear ones.", _where("cubic", method="linear"), ("method were linear",)),
    "cubic-for-linear": ("Linear weights are cubic ones.", _where("linear", method="cubic", a=-0.5),
                         ("method were cubic",)),
    "nearest-for-linear": (
        "Linear weights are those of the nearest element.",
        _where("linear", method="nearest", nearest_mode="round_prefer_ceil"),
        ("method were nearest", "coordinates were rounded to whole numbers"),
    ),
    "last-axis-nearest": (
        "The last axis is read by its nearest element.", ResizeEngine(_last_nearest),
        ("width were read by the nearest element",),
    ),
    "table": ("Weights are taken from a table of 1024 steps.", ResizeEngine(steps=1024),
              ("coordinates were rounded to 1024ths, as for a table of weights",)),
    "gradient-of-the-last": ("Cotangents that meet overwrite one another.", ResizeEngine(adds="last"),
                             ("cotangents that meet overwrote one another",)),
    "gradient-averaged": ("Cotangents that meet are averaged.", ResizeEngine(adds="mean"),
                          ("cotangents that meet were averaged",)),
    "channels-last": ("The memory is read with the channels last.", ResizeEngine(first=False),
                      ("the memory were read with the channels last instead of first",)),
}  # fmt: skip
"""name -> what it does, how, and what an answer of its behaves like"""

MUTANTS = (
    KindMutant("resize", "Each output on its own.", (), lambda: ResizeMutant(ResizeEngine())),
    KindMutant(
        "resize-backwards",
        "The last axis first, and sums from their last element on.",
        (),
        lambda: ResizeMutant(ResizeEngine(order="backwards")),
    ),
    KindMutant("resize-lerp", "Two elements are mixed as a + t (b - a).", (),
               lambda: ResizeMutant(ResizeEngine(lerps=True))),
    *(
        KindMutant(
            f"resize-{name}",
            summary,
            _SHAPES,
            lambda engine=engine: ResizeMutant(engine),  # type: ignore[misc]
            tuple(f"behaves as if {sentence}" for sentence in sentences),
            family="resize",
        )
        for name, (summary, engine, sentences) in _WORDS.items()
    ),
    KindMutant(
        "resize-coordinates-in-32-bits",
        "The ratio is rounded to 32 bits before it is multiplied.",
        _SHAPES,
        lambda: ResizeMutant(ResizeEngine(precise=False, dtypes=("float32",))),
        ("behaves as if coordinates were computed in 32 bits",),
        family="resize",
    ),
    KindMutant(
        "resize-accepts",
        "Wrong calls are answered.",
        ("accepted",),
        lambda: ResizeMutant(ResizeEngine(accepts=True)),
        family="refusals",
    ),
)  # fmt: skip

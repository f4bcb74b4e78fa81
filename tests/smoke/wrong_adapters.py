"""Adapters that are wrong as their authors get them wrong, of every kind of operator: one table.

Each is the reference, but for one mistake, and is right where the mistake does not show. Most give their results the
right shape, which is what lets such mistakes pass. `conformance smoke --lane tests.smoke.wrong_adapters:Wrong:NAME`
asks one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import ml_dtypes
import numpy as np
from numpy.typing import NDArray

from conformance.adapters.plan import Argument, Invoke, Operands, Plan
from conformance.adapters.protocol import DTYPES, CallRefused, Description
from conformance.adapters.reference import Reference
from reference.family import DIRECTIONS, Direction

Array: TypeAlias = NDArray[Any]
LEFT_OUT = object()
"""in the place of an argument: the call is made without it"""


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """One call of the reference."""

    step: Invoke
    arrays: Operands
    perform: Callable[[Plan, Operands], Array]

    @property
    def operator(self) -> str:
        """Which one."""
        return str(self.given("operator") or self.step.function.rpartition(".")[2])

    @property
    def forward(self) -> bool:
        """Whether the result is asked for, and no gradient."""
        return "cotangent" not in self.arrays

    @property
    def first(self) -> bool:
        """Whether the channels come first."""
        return str(self.given("data_format") or "").startswith("NC")

    @property
    def spatial(self) -> tuple[int, ...]:
        """The value's axes that are neither batch nor channels."""
        rank = self.arrays["value"].ndim - 2
        return tuple(range(2, 2 + rank)) if self.first else tuple(range(1, 1 + rank))

    @property
    def right(self) -> Array:
        """What is due."""
        return self.perform(Plan((self.step,)), dict(self.arrays))

    def given(self, name: str) -> Any:
        """An argument; None where it is left out."""
        return dict(self.step.keywords).get(name)

    def with_operands(self, **arrays: Array) -> Array:
        """The result of other operands."""
        return self.perform(Plan((self.step,)), {**self.arrays, **arrays})

    def said(self, **arguments: Any) -> Array:
        """The result of other arguments; what is due where these are refused, or give another shape."""
        try:
            found = self.loudly(**arguments)
        except CallRefused:
            return self.right
        right = self.right
        return found if found.shape == right.shape else right

    def loudly(self, **arguments: Any) -> Array:
        """The result of other arguments, whatever its shape is."""
        keywords: dict[str, Argument] = {**dict(self.step.keywords), **arguments}
        kept = tuple((name, argument) for name, argument in keywords.items() if argument is not LEFT_OUT)
        return self.perform(Plan((replace(self.step, keywords=kept),)), dict(self.arrays))


@dataclass(frozen=True, slots=True)
class Mistake:
    """One way to be wrong."""

    summary: str
    operators: tuple[str, ...]
    answer: Callable[[Asked], Array]
    dtypes: tuple[str, ...] = ("float32",)
    directions: tuple[Direction, ...] = ("forward",)


class Wrong(Reference):
    """The reference, but for one mistake, in the operators that this is about."""

    features: tuple[str, ...] = ("groups", "bias")  # type: ignore[assignment]

    def __init__(self, modes: tuple[str, ...], device: str | None = None) -> None:
        (self.name,) = modes
        self.mistake = MISTAKES[self.name]
        self.operators, self.dtypes, self.directions = (
            self.mistake.operators, self.mistake.dtypes, self.mistake.directions
        )  # fmt: skip

    def describe(self) -> Description:
        return Description("wrong-on-purpose", "1.0", {"numpy": np.__version__}, {"mistake": self.name})

    def execute(self, plan: Plan, arrays: Operands) -> Array:
        (step,) = plan.steps
        assert isinstance(step, Invoke)
        return self.mistake.answer(Asked(step, arrays, super().execute))


def _bias_on_the_last_axis(asked: Asked) -> Array:
    if not asked.step.then or not asked.first:
        return asked.right
    plain = asked.perform(Plan((replace(asked.step, then=()),)), dict(asked.arrays))
    bias = asked.arrays["bias"]
    return plain + bias if plain.shape[-1] == len(bias) else asked.right


def _groups_interleaved(asked: Asked) -> Array:
    groups, value = asked.given("groups") or 1, asked.arrays["value"]
    axis = 1 if asked.first else value.ndim - 1
    if groups == 1 or asked.operator == "depthwise_conv2d":
        return asked.right
    order = np.arange(value.shape[axis]).reshape(groups, -1).T.reshape(-1)
    return asked.with_operands(value=np.ascontiguousarray(np.take(value, order, axis)))


def _filter_exchanged(asked: Asked) -> Array:
    filter = asked.arrays["filter"]
    if filter.shape[-1] != filter.shape[-2]:
        return asked.right
    return asked.with_operands(filter=np.ascontiguousarray(np.swapaxes(filter, -1, -2)))


def _multipliers_first(asked: Asked) -> Array:
    *_, channels, multiplier = asked.arrays["filter"].shape
    right = asked.right
    axis = 1 if asked.first else right.ndim - 1
    order = np.arange(channels * multiplier).reshape(channels, multiplier).T.reshape(-1)
    return np.ascontiguousarray(np.take(right, order, axis))


def _flipped(asked: Asked) -> Array:
    filter = asked.arrays["filter"]
    return asked.with_operands(filter=np.flip(filter, tuple(range(filter.ndim - 2))).copy())


def _through(wide: Any) -> Callable[[Asked], Array]:
    """Computed in another dtype, and cast."""

    def answer(asked: Asked) -> Array:
        dtype = asked.arrays["value"].dtype
        return asked.with_operands(**{name: each.astype(wide) for name, each in asked.arrays.items()}).astype(dtype)

    return answer


def _cut(asked: Asked) -> Array:
    arrays = {name: array.astype(np.float32) for name, array in asked.arrays.items()}
    bits = np.ascontiguousarray(asked.with_operands(**arrays)).view(np.uint32)
    return (bits >> 16).astype(np.uint16).view(ml_dtypes.bfloat16)


def _unrounded(asked: Asked) -> Array:
    return asked.with_operands(**{name: array.astype(np.float32) for name, array in asked.arrays.items()})


def _real(asked: Asked) -> Array:
    right = asked.right
    return right.real.astype(right.dtype)


def _square_transposed(asked: Asked) -> Array:
    """NCHW to N W H C, which no shape shows where height and width are equal."""
    value = asked.arrays["value"]
    if not asked.first or value.shape[2] != value.shape[3]:
        return asked.right
    return asked.with_operands(value=np.ascontiguousarray(value.swapaxes(2, 3)))


def _pads_exchanged(name: str) -> Callable[[Asked], Array]:
    def answer(asked: Asked) -> Array:
        pads = asked.given(name)
        if not isinstance(pads, tuple):
            return asked.right
        return asked.said(**{name: tuple((after, before) for before, after in pads)})

    return answer


def _same_in_front(asked: Asked) -> Array:
    """SAME with the larger pad before the value, as another word of other frameworks has it."""
    value, filter = asked.arrays["value"], asked.arrays["filter"]
    if asked.given("padding") != "SAME":
        return asked.right
    rank = value.ndim - 2

    def numbers(name: str) -> tuple[int, ...]:
        given = asked.given(name) or 1
        if isinstance(given, int):
            return (given,) * rank
        of_axes = (given[2:] if asked.first else given[1:-1]) if len(given) == rank + 2 else given
        return tuple(of_axes) * (rank if len(of_axes) == 1 else 1)

    pads = []
    rows = zip(asked.spatial, filter.shape, numbers("strides"), numbers("dilations"), strict=False)
    for axis, kernel, stride, dilation in rows:
        length = value.shape[axis]
        total = max(0, (-(-length // stride) - 1) * stride + dilation * (kernel - 1) + 1 - length)
        pads.append((total - total // 2, total // 2))
    none = ((0, 0),)
    return asked.said(padding=(*none * 2, *pads) if asked.first else (*none, *pads, *none))


def _reversed(name: str) -> Callable[[Asked], Array]:
    """An argument with its numbers per axis the other way round."""

    def answer(asked: Asked) -> Array:
        given = asked.given(name)
        return asked.loudly(**{name: tuple(reversed(given))}) if isinstance(given, tuple) else asked.right

    return answer


def _one_pixel_off(asked: Asked) -> Array:
    right = asked.right
    if asked.given("strides") in (None, 1) or asked.given("padding") != "SAME":
        return right
    return np.roll(right, 1, asked.spatial[0])


def _gradient(operand: str, wrong: Callable[[Asked], Array]) -> Callable[[Asked], Array]:
    """One gradient wrong, all else right."""
    return lambda asked: wrong(asked) if asked.step.gradient == operand else asked.right


def _zero_pads(asked: Asked) -> Array:
    if asked.given("padding") == "VALID":
        return asked.right
    return np.maximum(asked.right, 0)


def _overlaps_twice(asked: Asked) -> Array:
    strides = asked.given("strides")
    return asked.right if asked.forward or strides not in (1, None) else 2 * asked.right


def _saying(**arguments: Any) -> Callable[[Asked], Array]:
    """An argument is fixed, whatever the call says."""
    return lambda asked: asked.said(**{name: each for name, each in arguments.items() if asked.given(name) != each})


def _toggled(name: str, first: Any, second: Any) -> Callable[[Asked], Array]:
    """One of two words in the place of the other."""

    def answer(asked: Asked) -> Array:
        other: Mapping[Any, Any] = {first: second, second: first}
        return asked.said(**{name: other[asked.given(name)]}) if asked.given(name) in other else asked.right

    return answer


CONVOLUTIONS = ("conv1d", "conv2d")
AVERAGES = ("avg_pool1d", "avg_pool2d")

MISTAKES: Mapping[str, Mistake] = {
    "bias-on-last-axis": Mistake(
        "A bias in channels first is added along the last axis where that is as long.",
        (*CONVOLUTIONS, "conv2d_transpose"),
        _bias_on_the_last_axis,
    ),
    "groups-interleaved": Mistake(
        "Channels are dealt to groups in turn instead of in blocks.", ("conv2d", "conv3d"), _groups_interleaved
    ),
    "dilation-ignored": Mistake(
        "Dilation is left out where the result's shape does not show it.", ("conv2d",), _saying(dilations=LEFT_OUT)
    ),
    "dilations-reversed": Mistake("Dilations are of the other axes.", ("conv2d", "conv3d"), _reversed("dilations")),
    "strides-reversed": Mistake("Strides are of the other axes.", ("conv2d",), _reversed("strides")),
    "filter-exchanged": Mistake(
        "The filter's channels in and out are exchanged where there are as many.",
        ("conv2d", "conv2d_transpose"),
        _filter_exchanged,
    ),
    "multipliers-first": Mistake(
        "Depthwise results are ordered by multiplier, then by channel.", ("depthwise_conv2d",), _multipliers_first
    ),
    "kernel-flipped": Mistake("The kernel is flipped.", ("conv1d",), _flipped),
    "bfloat16-cut": Mistake("bfloat16 is cut, not rounded.", ("conv2d",), _cut, ("float32", "bfloat16")),
    "bfloat16-unrounded": Mistake(
        "bfloat16 is computed in float32, which is what is returned.", ("conv2d",), _unrounded, ("float32", "bfloat16")
    ),
    "int64-through-float64": Mistake(
        "Integers of 64 bits are computed in float64.", ("conv2d", "max_pool2d"), _through(np.float64), ("int64",)
    ),
    "int32-through-float32": Mistake(
        "Integers of 32 bits are computed in float32.", ("conv2d", "max_pool2d"), _through(np.float32), ("int32",)
    ),
    "float64-through-float32": Mistake(
        "float64 is computed in float32.", ("conv1d", "avg_pool1d", "resize1d"), _through(np.float32), ("float64",)
    ),
    "imaginary-dropped": Mistake(
        "The imaginary part of complex results is dropped.", ("conv1d",), _real, ("float32", "complex64")
    ),
    "square-transposed": Mistake(
        "Channels first are taken with height and width exchanged where these are equal.",
        ("conv2d", "conv2d_transpose"),
        _square_transposed,
    ),
    "pads-exchanged": Mistake("Uneven pads are exchanged.", CONVOLUTIONS, _pads_exchanged("padding")),
    "same-in-front": Mistake("The larger pad of SAME comes first.", CONVOLUTIONS, _same_in_front),
    "one-pixel-off": Mistake(
        "A transposed convolution with strides is one pixel off.", ("conv1d_transpose", "conv2d_transpose"),
        _one_pixel_off,
    ),
    "filter-gradient-flipped": Mistake(
        "The gradient of the filter is flipped.", ("conv2d",),
        _gradient("filter", lambda asked: np.flip(asked.right, (0, 1)).copy()), directions=DIRECTIONS,
    ),
    "bias-gradient-averaged": Mistake(
        "The gradient of the bias is a mean over the images.", ("conv2d",),
        _gradient("bias", lambda asked: asked.right / np.float32(max(len(asked.arrays["cotangent"]), 1))),
        directions=DIRECTIONS,
    ),
    "value-gradient-of-another-layout": Mistake(
        "The gradient of a square value in channels first has height and width exchanged.", ("conv2d",),
        _gradient(
            "value",
            lambda asked: (
                np.ascontiguousarray(asked.right.swapaxes(2, 3))
                if asked.first and len({*asked.right.shape[2:]}) == 1
                else asked.right
            ),
        ),
        directions=DIRECTIONS,
    ),
    "zero-pads": Mistake("A maximum takes pads for zeros.", ("max_pool1d", "max_pool2d"), _zero_pads),
    "pads-counted": Mistake("Averages count pads.", AVERAGES, _saying(count_include_pad=True)),
    "pads-not-counted": Mistake("Averages never count pads.", AVERAGES, _saying(count_include_pad=LEFT_OUT)),
    "divisor-ignored": Mistake("An average's own divisor is ignored.", AVERAGES, _saying(divisor_override=LEFT_OUT)),
    "ceil-ignored": Mistake(
        "ceil_mode is ignored.", ("max_pool2d", "avg_pool1d"), lambda asked: asked.loudly(ceil_mode=LEFT_OUT)
    ),
    "pooled-pads-exchanged": Mistake("Uneven pads are exchanged.", ("max_pool2d",), _pads_exchanged("padding")),
    "overlaps-twice": Mistake(
        "The gradient of an average counts windows twice.", AVERAGES, _overlaps_twice,
        directions=("forward", "value_gradient"),
    ),
    "index-of-the-batch": Mistake(
        "Indices of maxima count the images where they should not, and the other way round.",
        ("max_pool_with_argmax",),
        lambda asked: asked.said(include_batch_in_index=not asked.given("include_batch_in_index")),
        dtypes=("float32", "int64"),
    ),
    "norm-of-two": Mistake("Each norm is that of 2.", ("lp_pool1d", "lp_pool2d"), _saying(norm_type=2)),
    "blocks-in-another-order": Mistake(
        "DCR and CRD are exchanged.", ("depth_to_space",),
        lambda asked: asked.said(mode="DCR" if asked.given("mode") == "CRD" else "CRD"),
    ),
    "reflect-as-symmetric": Mistake(
        "A reflection repeats the border.", ("pad",), _toggled("mode", "REFLECT", "SYMMETRIC")
    ),
    "constant-ignored": Mistake("A pad's constant is 0.", ("pad",), _saying(constant_values=LEFT_OUT)),
    "pads-of-pad-exchanged": Mistake("Pads before and after are exchanged.", ("pad",), _pads_exchanged("paddings")),
    "patches-in-another-order": Mistake(
        "The channels of patches come first.", ("extract_patches", "fold"),
        lambda asked: asked.said(patch_order="HWC" if asked.given("patch_order") == "CHW" else "CHW"),
    ),
    "corners-aligned": Mistake(
        "align_corners in the place of half_pixel.", ("resize1d", "resize2d"),
        lambda asked: (
            asked.said(coordinate_transformation_mode="align_corners")
            if asked.given("coordinate_transformation_mode") is None
            else asked.right
        ),
    ),
    "nearest-by-floor": Mistake(
        "The nearest element is that below.", ("resize1d", "resize2d"),
        lambda asked: asked.said(nearest_mode="floor") if asked.given("method") == "nearest" else asked.right,
    ),
    "antialias-ignored": Mistake("antialias is ignored.", ("resize1d", "resize2d"), _saying(antialias=LEFT_OUT)),
    "cubic-of-torch": Mistake(
        "Cubic weights are those of -0.75 whatever the call says.", ("resize2d",),
        lambda asked: asked.said(cubic_coeff_a=-0.75) if asked.given("method") == "cubic" else asked.right,
    ),
    "resize-gradient-asymmetric": Mistake(
        "The gradient is that of other coordinates.", ("resize2d",),
        lambda asked: asked.right if asked.forward else asked.said(coordinate_transformation_mode="asymmetric"),
        directions=("forward", "value_gradient"),
    ),
}  # fmt: skip
"""by name"""

assert {word for mistake in MISTAKES.values() for word in mistake.dtypes} <= set(DTYPES)

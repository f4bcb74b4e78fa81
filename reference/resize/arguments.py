"""From a call's words to its geometry, or to the error that names what is wrong with it.

Knows: the rules of legality. Must not know: arrays (shapes are enough), frameworks. TensorFlow's names where it has the
thing (`method`, `antialias`), ONNX's and PyTorch's where it has not; what is left out is as in `tf.image.resize`.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import floor, isfinite
from numbers import Real
from operator import index
from typing import TypeAlias

from reference.errors import CoordinatesError, Faults, MethodError, OutputSizeError, ScalesError, SizeError
from reference.family import Operator
from reference.resize.family import COORDINATES, METHODS, NEAREST_MODES
from reference.resize.geometry import Resize, ResizeAxis, ResizeRule
from reference.spelling import PerAxis, channels_last, check_word, shown, split_shape, whole_numbers

Scales: TypeAlias = float | Sequence[float]


def resize_geometry(
    operator: Operator,
    value_shape: Sequence[int],
    output_size: PerAxis | None = None,
    method: str = "linear",
    data_format: str | None = None,
    *,
    scales: Scales | None = None,
    recompute_scale_factor: bool = False,
    coordinate_transformation_mode: str = "half_pixel",
    nearest_mode: str | None = None,
    cubic_coeff_a: float | None = None,
    exclude_outside: bool | None = None,
    antialias: bool = False,
) -> Resize:
    """The geometry of `resize1d`, `resize2d` and `resize3d`.

    value_shape: [batch, *spatial, channels], or [batch, channels, *spatial] where data_format has the channels first
    output_size: the result's spatial lengths: one for all axes, or one per axis
    scales: instead of output_size, from which the lengths follow, floor(length * scale); the number that is written in
        decimals, exactly. Coordinates are scaled by it, with recompute_scale_factor by what the lengths have become.
    coordinate_transformation_mode: ONNX's words (`reference.resize.family.COORDINATES`)
    nearest_mode: of the method nearest alone; round_prefer_ceil where it is left out
    cubic_coeff_a: of the method cubic alone; -0.5 where it is left out
    exclude_outside: of linear and cubic; true where it is left out
    antialias: of linear and cubic

    Raises the subclass of ArgumentError whose `reason` names the first thing that is wrong.
    """
    last = channels_last(data_format, operator.rank)
    names = operator.spatial_names
    layout = ", ".join(("batch", *names, "channels") if last else ("batch", "channels", *names))
    value = whole_numbers("value", value_shape, layout)
    batch, lengths, channels = split_shape(value, last)
    if batch < 0 or min(lengths) < 1 or channels < 1:
        raise SizeError(f"value is {shown(value)}; batch is at least 0, spatial lengths and channels at least 1")
    faults = Faults()
    with faults:
        rule = resize_rule(
            method, coordinate_transformation_mode, nearest_mode, cubic_coeff_a, exclude_outside, antialias
        )
    with faults:
        if (output_size is None) == (scales is None):
            raise OutputSizeError(
                f"{'neither output_size nor' if scales is None else 'both output_size and'} scales are given; give one"
            )
    faults.check()
    if scales is None:
        if recompute_scale_factor:
            raise ScalesError("recompute_scale_factor needs scales: from output_size they are computed in any case")
        assert output_size is not None
        outputs = _lengths(output_size, operator.rank)
        factors = [Fraction(output, length) for output, length in zip(outputs, lengths, strict=True)]
    else:
        factors = _factors(scales, operator.rank)
        outputs = [floor(length * factor) for length, factor in zip(lengths, factors, strict=True)]
        if min(outputs) < 1:
            raise ScalesError(f"scales are {scales}: the result would have the lengths {outputs}")
        if recompute_scale_factor:
            factors = [Fraction(output, length) for output, length in zip(outputs, lengths, strict=True)]
    axes = map(ResizeAxis, lengths, outputs, factors)
    return Resize(batch, channels, tuple(axes), rule)


def exactly(number: float) -> Fraction:
    """A number as it is written in decimals: 0.1 is a tenth."""
    return Fraction(repr(float(number)))


def resize_rule(
    method: str,
    coordinates: str = "half_pixel",
    nearest_mode: str | None = None,
    cubic_coeff_a: float | None = None,
    exclude_outside: bool | None = None,
    antialias: bool = False,
) -> ResizeRule:
    """What these words say of every axis; raises as `resize_geometry` does."""
    faults = Faults()
    with faults:
        check_word("method", method, METHODS, MethodError)
    with faults:
        check_word("coordinate_transformation_mode", coordinates, COORDINATES, CoordinatesError)
    with faults:
        if nearest_mode is not None:
            check_word("nearest_mode", nearest_mode, NEAREST_MODES, CoordinatesError)
    nearest = method == "nearest"
    strays = {
        "nearest_mode": nearest_mode is not None and not nearest,
        "cubic_coeff_a": cubic_coeff_a is not None and method != "cubic",
        "exclude_outside": exclude_outside is not None and nearest,
        "antialias": antialias and nearest,
    }
    for name, stray in strays.items():
        with faults:
            if stray and method in METHODS:
                raise MethodError(f"{name} is not an argument of the method {method}")
    with faults:
        if cubic_coeff_a is not None and not (isinstance(cubic_coeff_a, Real) and -2 < cubic_coeff_a <= 0):
            raise MethodError(f"cubic_coeff_a is {cubic_coeff_a!r}; it must be a number above -2 and at most 0")
    faults.check()
    return ResizeRule(
        method,
        coordinates,
        nearest_mode or NEAREST_MODES[0],
        exactly(-0.5 if cubic_coeff_a is None else cubic_coeff_a),
        True if exclude_outside is None else exclude_outside,
        antialias,
    )


def _lengths(output_size: PerAxis, rank: int) -> list[int]:
    try:
        written = [index(length) for length in (output_size if isinstance(output_size, Sequence) else [output_size])]
    except TypeError as cause:
        raise OutputSizeError(f"output_size is {output_size!r}; it must be 1 or {rank} integers") from cause
    if len(written) not in (1, rank):
        raise OutputSizeError(f"output_size is {written}; it must be 1 or {rank} integers")
    if min(written) < 1:
        raise OutputSizeError(f"output_size is {written}; each must be at least 1")
    return written if len(written) == rank else written * rank


def _factors(scales: Scales, rank: int) -> list[Fraction]:
    written = list(scales) if isinstance(scales, Sequence) else [scales]
    if len(written) not in (1, rank):
        raise ScalesError(f"scales are {written}; they must be 1 or {rank} numbers")
    for scale in written:
        if not isinstance(scale, Real) or not isfinite(scale) or scale <= 0:
            raise ScalesError(f"scales are {written}; each must be a number above 0")
    return [exactly(scale) for scale in written] * (1 if len(written) == rank else rank)

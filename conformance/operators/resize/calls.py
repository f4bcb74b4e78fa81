"""The one place where calls are made from their arguments, right or wrong.

Knows: which geometry and result a call has, which dtypes the operators are defined for. Must not know: YAML, arrays,
frameworks.
"""

from functools import partial
from typing import TypedDict, Unpack

from conformance.operators.resize.call import ResizeCall, RightResize, WrongResize
from conformance.operators.unary import call_of
from conformance.suite.dtypes import FORMATS
from reference.arguments import channels_last, check_cotangent
from reference.errors import DtypeError
from reference.family import Direction
from reference.resize.arguments import resize_geometry
from reference.resize.family import OPERATORS


class ResizeWords(TypedDict, total=False):
    """The arguments of a call beside its value, under the names and with the defaults of `SpelledResize`."""

    output_size: int | tuple[int, ...] | None
    scales: float | tuple[float, ...] | None
    recompute_scale_factor: bool
    method: str
    coordinate_transformation_mode: str
    nearest_mode: str | None
    cubic_coeff_a: float | None
    exclude_outside: bool | None
    antialias: bool
    data_format: str | None
    dtype: str
    direction: Direction
    cotangent_given: tuple[int, ...] | None


def make_call(operator: str, value: tuple[int, ...], **words: Unpack[ResizeWords]) -> ResizeCall:
    """The call of a value of this shape; wrong where the definition refuses it."""
    wrong = partial(WrongResize, operator=operator, value_shape=value, **words)
    return call_of(lambda: _of_its_geometry(operator, value, words), _check_operands, wrong)


def right_call(operator: str, value: tuple[int, ...], **words: Unpack[ResizeWords]) -> RightResize:
    """The same for a call that the definition allows; raises the reference's ArgumentError where it refuses it."""
    right = _of_its_geometry(operator, value, words)
    _check_operands(right)
    return right


def _of_its_geometry(operator: str, value: tuple[int, ...], words: ResizeWords) -> RightResize:
    """The call, if its dtype and cotangent are left out of account."""
    definition, data_format = OPERATORS[operator], words.get("data_format")
    geometry = resize_geometry(
        definition,
        value,
        words.get("output_size"),
        words.get("method", "linear"),
        data_format,
        scales=words.get("scales"),
        recompute_scale_factor=words.get("recompute_scale_factor", False),
        coordinate_transformation_mode=words.get("coordinate_transformation_mode", "half_pixel"),
        nearest_mode=words.get("nearest_mode"),
        cubic_coeff_a=words.get("cubic_coeff_a"),
        exclude_outside=words.get("exclude_outside"),
        antialias=words.get("antialias", False),
    )
    batch, *spatial, channels = geometry.result_shape
    last = channels_last(data_format, definition.rank)
    output = (batch, *spatial, channels) if last else (batch, channels, *spatial)
    return RightResize(operator=operator, value_shape=value, output_shape=output, geometry=geometry, **words)


def _check_operands(call: RightResize) -> None:
    legal = ("real", "integer") if call.method == "nearest" else ("real",)
    if FORMATS[call.dtype].kind not in legal:
        raise DtypeError(
            f"value is {call.dtype}; {call.operator} of the method {call.method} is defined for "
            f"{' and '.join(legal)} numbers"
        )
    if call.cotangent_given is not None:
        check_cotangent(call.cotangent_given, call.output_shape)

"""The one place where calls are made from their arguments, right or wrong.

Knows: which geometry and result a call has, which dtypes the operators are defined for. Must not know: YAML, arrays,
frameworks.
"""

from functools import partial
from typing import TypedDict, Unpack

from conformance.operators.pooling.call import Pads, PoolingCall, RightPooling, WrongPooling
from conformance.operators.unary import call_of
from conformance.suite.dtypes import FORMATS
from reference.arguments import channels_last, check_cotangent
from reference.errors import DtypeError
from reference.family import Direction
from reference.pooling.arguments import adaptive_geometry, pooling_geometry
from reference.pooling.family import OPERATORS


class WindowWords(TypedDict, total=False):
    """What a call says of its windows, under the names of `SpelledPooling`."""

    ksize: int | tuple[int, ...]
    strides: int | tuple[int, ...]
    padding: str | Pads
    output_size: int | tuple[int, ...]


class PoolingWords(WindowWords, total=False):
    """The arguments of a call beside its value, under the names and with the defaults of `SpelledPooling`."""

    data_format: str | None
    dilations: int | tuple[int, ...] | None
    ceil_mode: bool
    count_include_pad: bool
    divisor_override: int | None
    norm_type: int | None
    include_batch_in_index: bool
    dtype: str
    direction: Direction
    cotangent_given: tuple[int, ...] | None


def make_call(operator: str, value: tuple[int, ...], **words: Unpack[PoolingWords]) -> PoolingCall:
    """The call of a value of this shape; wrong where the definition refuses it."""
    wrong = partial(WrongPooling, operator=operator, value_shape=value, **words)
    return call_of(lambda: _of_its_geometry(operator, value, words), _check_operands, wrong)


def right_call(operator: str, value: tuple[int, ...], **words: Unpack[PoolingWords]) -> RightPooling:
    """The same for a call that the definition allows; raises the reference's ArgumentError where it refuses it."""
    right = _of_its_geometry(operator, value, words)
    _check_operands(right)
    return right


def _of_its_geometry(operator: str, value: tuple[int, ...], words: PoolingWords) -> RightPooling:
    """The call, if its dtype and cotangent are left out of account."""
    definition, data_format = OPERATORS[operator], words.get("data_format")
    if definition.adaptive:
        geometry = adaptive_geometry(definition, value, words["output_size"], data_format)
    else:
        geometry = pooling_geometry(
            definition,
            value,
            words["ksize"],
            words["strides"],
            words["padding"],
            data_format,
            words.get("dilations"),
            ceil_mode=words.get("ceil_mode", False),
            count_include_pad=words.get("count_include_pad", False),
            divisor_override=words.get("divisor_override"),
            norm_type=words.get("norm_type"),
            include_batch_in_index=words.get("include_batch_in_index", False),
        )
    batch, *spatial, channels = geometry.result_shape
    last = channels_last(data_format, definition.rank)
    output = (batch, *spatial, channels) if last else (batch, channels, *spatial)
    return RightPooling(operator=operator, value_shape=value, output_shape=output, geometry=geometry, **words)


def _check_operands(call: RightPooling) -> None:
    legal = ("real", "integer") if call.definition.reduction in ("maximum", "index", "unpooled") else ("real",)
    if FORMATS[call.dtype].kind not in legal:
        raise DtypeError(f"value is {call.dtype}; {call.operator} is defined for {' and '.join(legal)} numbers")
    if call.cotangent_given is not None:
        check_cotangent(call.cotangent_given, call.output_shape)

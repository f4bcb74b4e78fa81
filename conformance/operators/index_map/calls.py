"""The one place where calls are made from their arguments, right or wrong.

Knows: which geometry and result a call has. Must not know: YAML, arrays, frameworks.
"""

from functools import partial
from typing import Any

from conformance.operators.index_map.call import IndexMapCall, RightIndexMap, WrongIndexMap
from conformance.operators.unary import call_of
from reference.arguments import check_cotangent
from reference.index_map.arguments import index_geometry
from reference.index_map.family import OPERATORS, PARAMETERS
from reference.spelling import channels_last


def make_call(operator: str, value: tuple[int, ...], **words: Any) -> IndexMapCall:
    """The call of a value of this shape; wrong where the definition refuses it.

    words: under the names of `SpelledIndexMap`
    """
    wrong = partial(WrongIndexMap, operator=operator, value_shape=value, **words)
    return call_of(lambda: _of_its_geometry(operator, value, words), _check_cotangent, wrong)


def right_call(operator: str, value: tuple[int, ...], **words: Any) -> RightIndexMap:
    """The same for a call that the definition allows; raises the reference's ArgumentError where it refuses it."""
    right = _of_its_geometry(operator, value, words)
    _check_cotangent(right)
    return right


def _of_its_geometry(operator: str, value: tuple[int, ...], words: dict[str, Any]) -> RightIndexMap:
    """The call, if its cotangent is left out of account."""
    geometry = index_geometry(
        operator, value, **{name: words[name] for name in PARAMETERS[operator] if words.get(name) is not None}
    )
    output = geometry.result_shape
    if operator != "pad" and not channels_last(words.get("data_format"), OPERATORS[operator].rank):
        output = (output[0], output[-1], *output[1:-1])
    return RightIndexMap(operator=operator, value_shape=value, output_shape=output, geometry=geometry, **words)


def _check_cotangent(call: RightIndexMap) -> None:
    if call.cotangent_given is not None:
        check_cotangent(call.cotangent_given, call.output_shape)

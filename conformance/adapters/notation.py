"""Notation shared by planners: layouts as axis orders, keywords as an author wrote them.

Knows: integers and names. Must not know: frameworks, arrays.
"""

from conformance.adapters.plan import Argument
from conformance.suite.case import Call
from conformance.suite.nominal import Nominal
from reference.arguments import channels_last
from reference.errors import ArgumentError

TO_CHANNELS_FIRST = (0, 3, 1, 2)
TO_CHANNELS_LAST = (0, 2, 3, 1)
FILTER_TO_IN_OUT = (3, 2, 0, 1)
"""[height, width, out, in] -> [in, out, height, width]"""


def is_channels_last(call: Call) -> bool:
    """As `reference.arguments.channels_last`; a data_format that does not exist counts as the default."""
    try:
        return channels_last(call.data_format)
    except ArgumentError:
        return True


def given_keywords(call: Call) -> tuple[tuple[str, Argument], ...]:
    """The keywords of a TensorFlow call as the author wrote them; what was left out stays out."""
    keywords: list[tuple[str, Argument]] = [
        ("output_shape", call.output_shape),
        ("strides", call.strides),
        ("padding", call.padding),
    ]
    if call.data_format is not None:
        keywords.append(("data_format", call.data_format))
    if call.dilations is not None:
        keywords.append(("dilations", call.dilations))
    return tuple(keywords)


def nominal_keywords(nominal: Nominal, output: int | None) -> tuple[tuple[str, Argument], ...]:
    """The keywords of a TensorFlow call that says a nominal one, with the output length asked for."""
    return (
        ("output_shape", (1, output, output, 1)),
        ("strides", nominal.stride),
        ("padding", nominal.word),
        ("dilations", nominal.dilation),
    )


def spatial_numbers(numbers: int | tuple[int, ...] | None, last: bool) -> tuple[int, ...] | None:
    """The two spatial numbers of strides or dilations of a wrong call, None when its mistake is about others."""
    if numbers is None:
        return (1, 1)
    if isinstance(numbers, int):
        return (numbers, numbers)
    match len(numbers):
        case 1:
            return (numbers[0], numbers[0])
        case 2:
            return numbers
        case 4:
            outer = (numbers[0], numbers[3] if last else numbers[1])
            return (numbers[1:3] if last else numbers[2:]) if outer == (1, 1) else None
        case _:
            return None

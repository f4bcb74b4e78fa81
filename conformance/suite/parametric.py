"""The parametric form of a case: `batch, size, channels, kernel, output` in place of shapes.

Knows: which output lengths are legal. Must not know: sweeps and ids (`conformance.suite.expansion`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, TypeAlias

from reference.arguments import channels_last
from reference.geometry import AxisPadding, legal_output_lengths

Parameters: TypeAlias = Mapping[str, Any]
"""parameter name -> plain value, as written"""


MOST_OUTPUTS = 1024
"""legal output shapes that one combination may ask for at once"""


class Unusable(ValueError):
    """A combination of parameters that is no trial; the message says why and what is accepted."""


def frozen(written: Any) -> Any:
    """Lists to tuples, all the way down."""
    return tuple(frozen(each) for each in written) if isinstance(written, list | tuple) else written


@dataclass(frozen=True, slots=True)
class ParametricForm:
    """The parametric form of one combination, every number per axis."""

    batch: int
    size: tuple[int, int]
    channels: tuple[int, int]
    kernel: tuple[int, int]
    strides: tuple[int, int]
    dilations: tuple[int, int]
    padding: str | tuple[tuple[int, int], ...]
    rules: tuple[AxisPadding, AxisPadding]
    output: Any
    last: bool

    @classmethod
    def read(cls, given: Parameters) -> "ParametricForm":
        last = channels_last(given.get("data_format"))
        padding, rules = _parametric_padding(given.get("padding", "SAME"), last)
        return cls(
            given["batch"],
            _pair("size", given["size"]),
            _pair("channels", given["channels"]),
            _pair("kernel", given["kernel"]),
            _pair("strides", given.get("strides", 1)),
            _pair("dilations", given.get("dilations") or 1),
            padding,
            rules,
            given["output"],
            last,
        )

    def outputs(self) -> list[tuple[int, int]]:
        """The output lengths that `output` asks for."""
        if not isinstance(self.output, str):
            return [_pair("output", self.output)]
        if min(self.strides) < 1:
            raise Unusable(f"output: {self.output} needs positive strides; they are {list(self.strides)}")
        legal = [
            legal_output_lengths(*axis)
            for axis in zip(self.size, self.kernel, self.strides, self.dilations, self.rules, strict=True)
        ]
        if not all(legal):
            raise Unusable("no output length is legal: the padding crops more than there is")
        height, width = legal
        match self.output:
            case "smallest":
                return [(height[0], width[0])]
            case "largest":
                return [(height[-1], width[-1])]
            case _:
                if len(height) * len(width) > MOST_OUTPUTS:
                    raise Unusable(
                        f"output: all means {len(height) * len(width)} trials; at most {MOST_OUTPUTS} are accepted"
                    )
                return list(product(height, width))

    def shapes(self, output: tuple[int, int]) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
        """value, filter and output_shape in the order of data_format."""
        channels_in, channels_out = self.channels
        return (
            self._laid_out(self.size, channels_in),
            (*self.kernel, channels_out, channels_in),
            self._laid_out(output, channels_out),
        )

    def _laid_out(self, lengths: tuple[int, int], channels: int) -> tuple[int, ...]:
        return (self.batch, *lengths, channels) if self.last else (self.batch, channels, *lengths)


def _parametric_padding(
    written: Any, last: bool
) -> tuple[str | tuple[tuple[int, int], ...], tuple[AxisPadding, AxisPadding]]:
    """The padding as a call spells it, and the rule per axis; two pairs are those of height and width."""
    if written == "SAME" or written == "VALID":
        return written, (written, written)
    if isinstance(written, str):
        raise Unusable(f"padding {written!r}: the parametric form takes SAME, VALID or pairs")
    whole = tuple(tuple(pair) for pair in written)
    pairs = whole if len(whole) != 4 else whole[1:3] if last else whole[2:]
    if len(pairs) != 2 or any(len(pair) != 2 for pair in whole):
        raise Unusable(f"padding {written}: the parametric form takes two or four pairs [before, after]")
    height, width = ((pair[0], pair[1]) for pair in pairs)
    if len(whole) == 2:
        whole = ((0, 0), *whole, (0, 0)) if last else ((0, 0), (0, 0), *whole)
    return whole, (height, width)


def _pair(name: str, written: int | Sequence[int]) -> tuple[int, int]:
    numbers = [written] * 2 if isinstance(written, int) else list(written)
    if name in ("strides", "dilations") and len(numbers) == 1:
        numbers *= 2
    if len(numbers) != 2:
        raise Unusable(f"{name} is {written}; the parametric form takes one number or two")
    return numbers[0], numbers[1]

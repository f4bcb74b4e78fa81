"""The parametric form of a case: `batch, size, channels, kernel, output` in place of shapes.

Knows: which output lengths are legal. Must not know: sweeps and ids (`conformance.suite.expansion`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any, TypeAlias

from conformance.operators.kind import Parameters, Unusable
from reference.arguments import channels_last
from reference.family import Operator
from reference.geometry import AxisPadding, legal_output_lengths

Shapes: TypeAlias = tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]
"""value, filter and output_shape, the last empty for a forward convolution"""

# Legal output shapes that one combination may ask for at once
MOST_OUTPUTS = 1024


@dataclass(frozen=True, slots=True)
class ParametricForm:
    """The parametric form of one combination, every number per spatial axis."""

    operator: Operator
    batch: int
    size: tuple[int, ...]
    channels: tuple[int, int]
    kernel: tuple[int, ...]
    strides: tuple[int, ...]
    dilations: tuple[int, ...]
    padding: str | tuple[tuple[int, int], ...]
    rules: tuple[AxisPadding, ...]
    output: Any
    groups: int
    last: bool

    @classmethod
    def read(cls, operator: Operator, given: Parameters) -> "ParametricForm":
        last = channels_last(given.get("data_format"), operator.rank)
        padding, rules = _parametric_padding(given.get("padding", "SAME"), operator.rank, last)
        channels_in, channels_out = _numbers("channels", given["channels"], 2)
        return cls(
            operator,
            given["batch"],
            _numbers("size", given["size"], operator.rank),
            (channels_in, channels_out),
            _numbers("kernel", given["kernel"], operator.rank),
            _numbers("strides", given.get("strides", 1), operator.rank),
            _numbers("dilations", given.get("dilations") or 1, operator.rank),
            padding,
            rules,
            given.get("output"),
            given.get("groups", 1),
            last,
        )

    def outputs(self) -> list[tuple[int, ...]]:
        """The output lengths that `output` asks for; one empty tuple for a forward convolution, which has one."""
        if not self.operator.transposed:
            return [()]
        if not isinstance(self.output, str):
            return [_numbers("output", self.output, self.operator.rank)]
        if min(self.strides) < 1:
            raise Unusable(f"output: {self.output} needs positive strides; they are {list(self.strides)}")
        legal = [
            legal_output_lengths(*axis)
            for axis in zip(self.size, self.kernel, self.strides, self.dilations, self.rules, strict=True)
        ]
        if not all(legal):
            raise Unusable("no output length is legal: the padding crops more than there is")
        match self.output:
            case "smallest":
                return [tuple(lengths[0] for lengths in legal)]
            case "largest":
                return [tuple(lengths[-1] for lengths in legal)]
            case _:
                number = prod(len(lengths) for lengths in legal)
                if number > MOST_OUTPUTS:
                    raise Unusable(f"output: all means {number} trials; at most {MOST_OUTPUTS} are accepted")
                return list(product(*legal))

    def shapes(self, output: tuple[int, ...]) -> Shapes:
        """The shapes of the call, in the order of data_format."""
        channels_in, channels_out = self.channels
        value = self._laid_out(self.size, channels_in)
        if self.operator.transposed:
            filter = (*self.kernel, self._share(channels_out, "out"), channels_in)
            return value, filter, self._laid_out(output, channels_out)
        if self.operator.depthwise:
            if channels_in < 1 or channels_out % channels_in:
                wrong = f"channels {[channels_in, channels_out]}: out must be a multiple of in, channel by channel"
                raise Unusable(wrong)
            return value, (*self.kernel, channels_in, channels_out // channels_in), ()
        return value, (*self.kernel, self._share(channels_in, "in"), channels_out), ()

    def _share(self, channels: int, which: str) -> int:
        if self.groups < 1 or channels % self.groups:
            raise Unusable(f"groups is {self.groups}; it must be a divisor of the {channels} channels {which}")
        return channels // self.groups

    def _laid_out(self, lengths: tuple[int, ...], channels: int) -> tuple[int, ...]:
        return (self.batch, *lengths, channels) if self.last else (self.batch, channels, *lengths)


def _parametric_padding(
    written: Any, rank: int, last: bool
) -> tuple[str | tuple[tuple[int, int], ...], tuple[AxisPadding, ...]]:
    """The padding as a call spells it, and the rule per axis; as many pairs as spatial axes are those'."""
    if written == "SAME" or written == "VALID":
        return written, (written,) * rank
    if isinstance(written, str):
        raise Unusable(f"padding {written!r}: the parametric form takes SAME, VALID or pairs")
    whole = tuple(tuple(pair) for pair in written)
    pairs = whole if len(whole) != rank + 2 else whole[1:-1] if last else whole[2:]
    if len(pairs) != rank or any(len(pair) != 2 for pair in whole):
        raise Unusable(f"padding {written}: the parametric form takes {rank} or {rank + 2} pairs [before, after]")
    if len(whole) == rank:
        whole = ((0, 0), *whole, (0, 0)) if last else ((0, 0), (0, 0), *whole)
    return whole, tuple((pair[0], pair[1]) for pair in pairs)


def _numbers(name: str, written: int | Sequence[int], count: int) -> tuple[int, ...]:
    numbers = [written] * count if isinstance(written, int) else list(written)
    if name in ("strides", "dilations") and len(numbers) == 1:
        numbers *= count
    if len(numbers) != count:
        accepted = "one number" if count == 1 else "one number or two" if count == 2 else f"one number or {count}"
        raise Unusable(f"{name} is {written}; the parametric form takes {accepted}")
    return tuple(numbers)

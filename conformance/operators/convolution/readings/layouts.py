"""Which axis of an operand is which: a letter for each, and from there to TensorFlow's layouts.

Knows: N and C of value and result, O and I of the filter (the channels of result and value), any other letters as
spatial, in the filter's order. Must not know: frameworks.
"""

from dataclasses import dataclass, replace

from conformance.adapters.plan import Flip, Reshape, Transpose
from conformance.translation.notation import Notation, Shape
from reference.family import DATA_FORMATS, Operator


@dataclass(frozen=True, slots=True)
class AxisLetters:
    """The axes of value, filter and result."""

    value: str
    filter: str
    result: str

    @property
    def spatial(self) -> str:
        """The spatial letters in the filter's order, which strides and pads follow."""
        return "".join(letter for letter in self.filter if letter not in "OI")

    @property
    def exchanged(self) -> "AxisLetters":
        """The same with the meaning of O and I exchanged."""
        return replace(self, filter=self.filter.translate(str.maketrans("IO", "OI")))

    def value_shape(self, shape: Shape) -> Shape:
        """(batch, *spatial, in)"""
        return tuple(shape[axis] for axis in self._value)

    def filter_shape(self, shape: Shape) -> Shape:
        """(*kernel, in, out): what the given filter's axes I and O have"""
        return tuple(shape[axis] for axis in _order(self.filter, f"{self.spatial}IO"))

    @property
    def value_notation(self) -> Notation:
        """From the given value to (batch, *spatial, in)."""
        return (Transpose("value", self._value),)

    @property
    def result_notation(self) -> Notation:
        """From (batch, *spatial, out) to the given layout of the result."""
        return (Transpose("result", _order(f"N{self.spatial}C", self.result)),)

    def filter_notation(self, operator: Operator) -> Notation:
        """From the given filter to TensorFlow's: (*kernel, in, out), transposed (*kernel, out, in)."""
        return (Transpose("filter", _order(self.filter, self.spatial + ("OI" if operator.transposed else "IO"))),)

    def filter_names(self, operator: Operator) -> tuple[str, ...]:
        """What each axis of the given filter is."""
        names = {"O": "out", "I": "in", **dict(zip(self.spatial, operator.spatial_names, strict=True))}
        return tuple(names[letter] for letter in self.filter)

    @property
    def _value(self) -> tuple[int, ...]:
        return _order(self.value, f"N{self.spatial}C")


def channels_first(rank: int, filter: str) -> AxisLetters:
    """Value and result with their channels first; the filter's channels as `OI` or `IO`, before its kernel."""
    both = DATA_FORMATS[rank][1]
    return AxisLetters(both, filter + both[2:], both)


def flipped(kernels: Shape) -> Notation:
    """The filter back to front along its first axes; one of length 1 is the same either way."""
    # A kernel of length 1 needs no step, and a translation without steps is easier to read.
    axes = tuple(axis for axis, kernel in enumerate(kernels) if kernel > 1)
    return (Flip("filter", axes),) if axes else ()


def regrouped(kernels: Shape, share_in: int, share_out: int, groups: int) -> Notation:
    """From (*kernel, out, in / groups), the groups one after the other in `out`, to (*kernel, out / groups, in)."""
    if groups == 1:
        return ()
    rank = len(kernels)
    return (
        Reshape("filter", (*kernels, groups, share_out, share_in)),
        Transpose("filter", (*range(rank), rank + 1, rank, rank + 2)),
        Reshape("filter", (*kernels, share_out, groups * share_in)),
    )


def _order(given: str, wanted: str) -> tuple[int, ...]:
    return tuple(given.index(letter) for letter in wanted)

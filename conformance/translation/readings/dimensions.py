"""JAX's dimension_numbers: three words that name the axes of value, kernel and result, letter by letter.

Knows: N and C of value and result, O and I of the kernel, any other letters as spatial, in the kernel's order (the one
that strides and pads follow). Must not know: what a kernel means (`conformance.translation.readings.jax`).
"""

from dataclasses import dataclass

from conformance.adapters.plan import Argument, Transpose
from conformance.translation.meaning import SPATIAL, Notation
from conformance.translation.signature import Arguments

DEFAULT = ("NHWC", "HWIO", "NHWC")


@dataclass(frozen=True, slots=True)
class Dimensions:
    """The three words, checked."""

    lhs: str
    rhs: str
    out: str

    @property
    def spatial(self) -> str:
        """The spatial letters in the kernel's order."""
        return "".join(letter for letter in self.rhs if letter not in "OI")

    @property
    def value(self) -> Notation:
        """From the given value to (batch, *spatial, in)."""
        return (Transpose("value", _order(self.lhs, f"N{self.spatial}C")),)

    @property
    def result(self) -> Notation:
        """From (batch, *spatial, out) to the given layout of the result."""
        return (Transpose("result", _order(f"N{self.spatial}C", self.out)),)

    def filter_order(self, transposes: bool) -> tuple[int, ...]:
        """The kernel's axes as (*spatial, out, in); what is called I is the output's when the kernel is transposed."""
        return _order(self.rhs, self.spatial + ("IO" if transposes else "OI"))

    def value_shape(self, shape: tuple[int, ...]) -> list[int]:
        """(batch, *spatial, in)"""
        return [shape[axis] for axis in _order(self.lhs, f"N{self.spatial}C")]

    def filter_shape(self, shape: tuple[int, ...], transposes: bool) -> list[int]:
        """(*kernel, out, in)"""
        return [shape[axis] for axis in self.filter_order(transposes)]

    def filter_layout(self, transposes: bool) -> tuple[str, ...]:
        """What each axis of the given kernel is."""
        canonical = (*SPATIAL, "out", "in")
        return tuple(canonical[self.filter_order(transposes).index(axis)] for axis in range(4))


def read_dimensions(arguments: Arguments) -> Dimensions:
    """The call's dimension_numbers, or JAX's default; raises CallError for words that do not name four axes each."""
    given = arguments["dimension_numbers"]
    words = _words(DEFAULT if given is None else given)
    if words is None or not _fit(*words):
        message = f"dimension_numbers are {given!r}; expected three words of four axes, such as {DEFAULT!r}"
        raise arguments.wrong("dimension_numbers", message)
    return Dimensions(*words)


def _words(given: Argument) -> tuple[str, str, str] | None:
    if not isinstance(given, tuple) or len(given) != 3:
        return None
    lhs, rhs, out = given
    if isinstance(lhs, str) and isinstance(rhs, str) and isinstance(out, str):
        return lhs, rhs, out
    return None


def _fit(lhs: str, rhs: str, out: str) -> bool:
    """Whether each word has four different letters, its two of channels and batch, and all the same spatial ones."""
    if any(len(word) != 4 or len(set(word)) != 4 for word in (lhs, rhs, out)):
        return False
    return (
        set("NC") <= set(lhs)
        and set("OI") <= set(rhs)
        and set(lhs) == set(out)
        and (set(lhs) - set("NC") == set(rhs) - set("OI"))
    )


def _order(given: str, wanted: str) -> tuple[int, ...]:
    return tuple(given.index(letter) for letter in wanted)

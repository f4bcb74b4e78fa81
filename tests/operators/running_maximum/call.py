"""Its calls."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conformance.suite.case import CallFault, RightCall, SpelledCall, WrongCall
from reference.family import Direction


@dataclass(frozen=True, slots=True, kw_only=True)
class Words(SpelledCall):
    """A length and a window."""

    operator: str
    length: int
    window: int
    dtype: str = "float32"
    direction: Direction = "forward"

    @property
    def operands(self) -> Mapping[str, tuple[int, ...]]:
        return {"value": (self.length,)}

    @property
    def result_shape(self) -> tuple[int, ...]:
        return (self.length,)

    def arguments(self) -> dict[str, Any]:
        return {"value": (self.length,), "window": self.window, "dtype": self.dtype}


@dataclass(frozen=True, slots=True, kw_only=True)
class RightMaximum(Words, RightCall):
    """A window of one element at least."""

    @property
    def work(self) -> int:
        return self.length * self.window

    @property
    def products(self) -> int | None:
        return None

    @property
    def axes(self) -> tuple[Mapping[str, int], ...]:
        return ()

    @property
    def longest(self) -> int:
        return self.length


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongMaximum(Words, WrongCall):
    """A window of nothing."""

    fault: CallFault

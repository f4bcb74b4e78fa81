"""What a question about an index map is about, and how its right calls are made.

Must not know: arrays, which subjects a lane takes (`conformance.operators.subject`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.operators import subject
from conformance.operators.index_map.call import IndexMapCall, RightIndexMap
from conformance.operators.index_map.calls import make_call, right_call
from conformance.suite.dtypes import FORMATS
from conformance.workers.declared import PREFERRED, Declared
from reference.family import Direction
from reference.index_map.family import OPERATORS, PARAMETERS

IN_ORDER = tuple(OPERATORS.values())
DIRECTIONS: tuple[Direction, ...] = ("forward", "value_gradient")


@dataclass(frozen=True, slots=True)
class IndexMapSubject(subject.Subject):
    """One of the family of index maps."""

    def value_shape(self, batch: int, height: int, width: int, channels: int) -> tuple[int, ...]:
        """In the subject's layout; a pad has its axes in this order."""
        return (batch, height, width, channels) if self.last else (batch, channels, height, width)

    def call(self, value: tuple[int, ...], **words: Any) -> RightIndexMap:
        """A right call by those words that the operator takes; raises the reference's ArgumentError for none."""
        return right_call(self.operator.name, value, **self._given(words))

    def any_call(self, value: tuple[int, ...], **words: Any) -> IndexMapCall:
        """The same, wrong where the definition refuses it."""
        return make_call(self.operator.name, value, **self._given(words))

    def _given(self, words: dict[str, Any]) -> Any:
        taken = (*PARAMETERS[self.operator.name], "cotangent_given")
        ours = {"data_format": self.data_format} if self.data_format else {}
        given = {name: word for name, word in {**ours, **words}.items() if name in taken}
        return {**given, "dtype": self.dtype, "direction": self.direction}


def subjects(
    declared: Declared, dtypes: Sequence[str] = PREFERRED, directions: Sequence[Direction] = DIRECTIONS
) -> Iterator[IndexMapSubject]:
    """All that may be asked in one of the dtypes, the simplest first; gradients of real numbers alone."""
    found = subject.subjects(IndexMapSubject, IN_ORDER, declared, dtypes, directions)
    return (each for each in found if is_defined(each))


def is_defined(asked: IndexMapSubject) -> bool:
    """Whether there are right calls of it."""
    form = FORMATS[asked.dtype]
    return form.kind == "real" or (asked.direction == "forward" and not (form.narrow and asked.operator.name == "fold"))

"""What a question about a pooling is about, and how its right calls are made.

Knows: what each operator of the family is told of its windows. Must not know: arrays, which subjects a lane takes
(`conformance.operators.subject`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.operators import subject
from conformance.operators.pooling.call import PoolingCall, RightPooling
from conformance.operators.pooling.calls import make_call, right_call
from conformance.suite.dtypes import FORMATS
from conformance.workers.declared import PREFERRED, Declared
from reference.family import Direction
from reference.pooling.family import OPERATORS, PoolingOperator, averages

# Of a maximum's place, and of maxima that are put back, no convention or portrait is asked: those of maxima tell.
IN_ORDER = tuple(
    sorted(
        (operator for operator in OPERATORS.values() if operator.reduction not in ("index", "unpooled")),
        key=lambda each: (each.adaptive, each.rank != 2),
    )
)
"""windows of a given length before those that follow from their number, two axes first"""
ALL = (*IN_ORDER, *(operator for operator in OPERATORS.values() if operator not in IN_ORDER))
DIRECTIONS: tuple[Direction, ...] = ("forward", "value_gradient")


@dataclass(frozen=True, slots=True)
class PoolingSubject(subject.Subject):
    """One of the family of poolings."""

    operator: PoolingOperator

    @classmethod
    def of(cls, call: PoolingCall) -> "PoolingSubject":
        """That of a call."""
        return cls(call.definition, call.dtype, call.data_format, call.direction)

    @property
    def averages(self) -> bool:
        """Whether each window is averaged."""
        return averages(self.operator.name)

    def value_shape(self, batch: int, lengths: Sequence[int], channels: int = 1) -> tuple[int, ...]:
        """In the subject's layout."""
        return (batch, *lengths, channels) if self.last else (batch, channels, *lengths)

    def padding(self, pairs: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
        """The pads of the spatial axes as a call names them."""
        return ((0, 0), *pairs, (0, 0)) if self.last else ((0, 0), (0, 0), *pairs)

    def call(self, value: tuple[int, ...], **words: Any) -> RightPooling:
        """A right call by its words; raises the reference's ArgumentError for what is none. An adaptive pooling takes
        `output_size` of them, others the rest.
        """
        return right_call(self.operator.name, value, **self._given(words))

    def any_call(self, value: tuple[int, ...], **words: Any) -> PoolingCall:
        """The same, wrong where the definition refuses it."""
        return make_call(self.operator.name, value, **self._given(words))

    def _given(self, words: dict[str, Any]) -> Any:
        ours = {"data_format": self.data_format, "dtype": self.dtype, "direction": self.direction}
        if self.operator.adaptive:
            return {**ours, "output_size": words.get("output_size", 1)}
        windows = {name: given for name, given in words.items() if name != "output_size"}
        # Of sums of first powers every number that they are asked about is whole.
        norm = {"norm_type": 1} if self.operator.reduction == "norm" else {}
        return {"strides": 1, "padding": "VALID", **norm, **ours, **windows}


def subjects(
    declared: Declared,
    dtypes: Sequence[str] = PREFERRED,
    directions: Sequence[Direction] = DIRECTIONS,
    operators: Sequence[PoolingOperator] = IN_ORDER,
) -> Iterator[PoolingSubject]:
    """All that may be asked in one of the dtypes, the simplest first; no average of integers."""
    found = subject.subjects(PoolingSubject, operators, declared, dtypes, directions)
    return (each for each in found if is_defined(each))


def is_defined(asked: PoolingSubject) -> bool:
    """Whether there are right calls of it: of integers what chooses elements, and no gradient; of a place neither;
    nothing of complex numbers.
    """
    kind, reduction, forward = FORMATS[asked.dtype].kind, asked.operator.reduction, asked.direction == "forward"
    if kind == "integer":
        return forward and reduction not in ("average", "norm")
    return kind == "real" and (forward or reduction != "index")

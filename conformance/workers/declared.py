"""What a lane declares that it takes, and the simplest subject of a question for which it has words.

Whatever the suite asks of its own accord goes through here: smoke, portrait, grade, conventions. No operator,
direction, dtype or layout is taken for granted, and what is not answered is passed over and told, never taken for a
wrong answer.

Knows: names of operators and what is declared of them. Must not know: any kind; what a subject is, and in which order
subjects are asked, is the kind's.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from conformance.adapters.protocol import Adapter, directions_asked
from conformance.operators.registry import operators, optional_part
from conformance.protocol.hello import Hello
from reference.family import Direction

PREFERRED = ("float32", "float64", "bfloat16", "float16", "int32", "int64", "complex64", "complex128", "int8", "uint8")
"""dtypes, in the order in which they are tried"""

Subject = TypeVar("Subject")
"""what a question is about: of one operator, what is computed, in which dtype and layout; `str` of it is for readers"""
Given = TypeVar("Given")


class NoAnswer(Exception):
    """The lane did not answer; the message says what came instead."""


class NoWords(NoAnswer):
    """The lane has no words for the question, or refuses it: it may have some for another subject."""


class NothingAnswered(NoAnswer):
    """The lane has words for none of the subjects; the message is empty where there are none."""

    def __init__(self, passed_over: Sequence[str]) -> None:
        """`passed_over`: each subject that was tried, and why it was not answered."""
        more = f"; and {len(passed_over) - 1} more" if len(passed_over) > 1 else ""
        super().__init__(f"{passed_over[0]}{more}" if passed_over else "")
        self.passed_over = tuple(passed_over)


@dataclass(frozen=True, slots=True)
class FirstAnswer(Generic[Subject, Given]):
    """The first subject for which a lane has words."""

    subject: Subject
    answer: Given
    passed_over: tuple[str, ...]
    """what was tried before, and why it was not answered"""


def first_answered(subjects: Iterable[Subject], ask: Callable[[Subject], Given]) -> FirstAnswer[Subject, Given]:
    """Ask about one subject after the other, until one gets something other than NoWords.

    Raises NothingAnswered where none does; whatever else `ask` raises ends the search.
    """
    passed_over: list[str] = []
    for subject in subjects:
        try:
            return FirstAnswer(subject, ask(subject), tuple(passed_over))
        except NoWords as reason:
            passed_over.append(f"{subject}: {reason}")
    raise NothingAnswered(passed_over)


@dataclass(frozen=True, slots=True)
class Declared:
    """What a lane says that it takes, an adapter as its attributes, a port in its hello; None where it does not say."""

    operators: tuple[str, ...] | None = None
    dtypes: tuple[str, ...] | None = None
    layouts: tuple[str, ...] | None = None
    directions: tuple[Direction, ...] = ("forward",)

    @classmethod
    def of(cls, adapter: Adapter | None, hello: Hello) -> "Declared":
        """That of an adapter, or of a port, which has none."""
        if adapter is None:
            directions = directions_asked(hello.directions, hello.features or ())
            return cls(hello.operators, hello.dtypes, hello.layouts, directions)
        return cls(adapter.operators, adapter.dtypes, None, adapter.directions)

    def words(self) -> str:
        """What is declared."""
        parts = {"operators": self.operators, "dtypes": self.dtypes, "layouts": self.layouts}
        if self.directions != ("forward",):
            parts["directions"] = self.directions
        return "; ".join(f"{name} {', '.join(said) or 'none'}" for name, said in parts.items() if said is not None)

    def takes(self, operator: str, direction: Direction) -> bool:
        """Whether nothing that is declared leaves it out."""
        return direction in self.directions and (self.operators is None or operator in self.operators)

    def known_operators(self) -> Sequence[str]:
        """Those of every kind, in the order of kinds."""
        return [name for name in operators() if self.operators is None or name in self.operators]

    def known_dtypes(self) -> Sequence[str]:
        """Those of the suite, in the order in which they are tried."""
        return [name for name in PREFERRED if self.dtypes is None or name in self.dtypes]

    def parts(self, name: str) -> Sequence[Any]:
        """The part of this name of each kind of which it takes an operator, where the kind has it."""
        found = (optional_part(operator, name) for operator in self.known_operators())
        return list(dict.fromkeys(part for part in found if part is not None))

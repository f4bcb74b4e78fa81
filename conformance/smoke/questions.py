"""What `conformance smoke` asks: the part `smoke` of a kind's package.

Knows: what a question has. Must not know: any kind, the order of steps (`conformance.smoke.steps`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from numpy.typing import NDArray

from conformance.operators.kind import Operands
from conformance.suite.case import RightCall, WrongCall
from conformance.workers.declared import Declared


@dataclass(frozen=True, slots=True, eq=False)
class SmallCall:
    """A small right call with numbers that every dtype holds, as does everything that is computed of them."""

    call: RightCall
    operands: Operands
    expected: NDArray[Any]
    """exactly; stays in this process"""
    words: str = ""
    """what is asked, for a reader"""
    named: str = ""
    """the argument that names the shape of the result; empty where it follows from the others"""


@dataclass(frozen=True, slots=True, eq=False)
class SmallWrongCall:
    """A small call that must be refused."""

    call: WrongCall
    operands: Operands
    named: str = ""
    """the argument at fault, where an implementation's own documents may give it another meaning"""


Subject: TypeAlias = Any
"""the kind's own: of one operator, what is computed, in which dtype and layout; `str` of it is for readers"""


class Questions(Protocol):
    """The module `smoke` of a kind's package. What it leaves to None is left out."""

    def subjects(self, declared: Declared) -> Iterator[Subject]:
        """All that may be asked, the simplest first."""

    def beside(self, declared: Declared, first: Subject) -> Iterator[tuple[str, Subject]]:
        """What is declared, once each, beside what was asked first; with what is said of it where it is answered."""

    def first(self, subject: Subject) -> SmallCall:
        """One element, computed from as few as there can be."""

    def again(self, subject: Subject) -> Sequence[SmallCall]:
        """The same twice, with other numbers."""

    def ordered(self, subject: Subject) -> SmallCall:
        """Elements of which each says where it belongs."""

    def whole(self, subject: Subject) -> tuple[str, SmallCall]:
        """What the operator is there for, and the name of the step that asks it."""

    def wrong(self, subject: Subject) -> SmallWrongCall | None:
        """A call that the definition refuses."""

    def empty(self, subject: Subject) -> SmallCall | None:
        """A call with no image."""

    def large(self, subject: Subject) -> SmallCall:
        """A tensor of 1 MiB."""

    def other_meaning(self, asked: SmallCall, result: NDArray[Any]) -> tuple[str, str] | None:
        """Under which other reading of its words a wrong result is right, and which argument that reads."""

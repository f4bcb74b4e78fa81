"""The nouns of the suite: call, inputs, expectation, trial.

Knows: what an author can ask. Must not know: YAML (`conformance.suite.loading` makes these), arrays, frameworks.
All are frozen: they cross thread and process boundaries.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self, TypeAlias

from reference.errors import ArgumentError
from reference.family import Direction

Nested: TypeAlias = float | tuple["Nested", ...]
"""Numbers nested as deeply as an array has axes."""


class SpelledCall(ABC):
    """One call of an operator, exactly as its author spelled it. What else a call has, its kind of operator says."""

    __slots__ = ()
    operator: str
    dtype: str
    direction: Direction
    """the result, or its vector-Jacobian product with a cotangent for one operand"""

    @property
    @abstractmethod
    def operands(self) -> Mapping[str, tuple[int, ...]]:
        """The shapes of the arrays that the call takes, by name, in order."""

    @property
    @abstractmethod
    def result_shape(self) -> tuple[int, ...]:
        """The shape of what is asked for: the operator's result, or an operand's where its gradient is."""

    @abstractmethod
    def arguments(self) -> dict[str, Any]:
        """The arguments under the names that cases use, as the author spelled them."""

    def dtype_of(self, operand: str) -> str:
        """The dtype of an operand: the call's, but for operands that are wrong on purpose."""
        return self.dtype

    @property
    def gradient(self) -> str:
        """The operand for which the result is differentiated; empty where the result itself is asked for."""
        return "" if self.direction == "forward" else self.direction.removesuffix("_gradient")


class RightCall(SpelledCall):
    """A call that the definition allows."""

    __slots__ = ()

    @property
    @abstractmethod
    def work(self) -> int:
        """About how many elementary operations a result takes; decides what is asked in samples only."""

    @property
    @abstractmethod
    def products(self) -> int | None:
        """The largest number of terms that are summed into one element (K); None where nothing is summed."""

    @property
    @abstractmethod
    def axes(self) -> tuple[Mapping[str, int], ...]:
        """The geometry of each axis, as journals, ports and pages have it; empty where a kind has none."""

    @property
    @abstractmethod
    def longest(self) -> int:
        """The longest axis of anything that takes part."""


@dataclass(frozen=True, slots=True)
class CallFault:
    """Why the definition refuses a call: a reason of the closed list, and the reference's message."""

    reason: str
    message: str
    about: str = ""
    """which part of what the reason names is wrong, such as batch, channels or length of an output_shape; empty where
    the reason says all"""

    @classmethod
    def of(cls, error: ArgumentError) -> Self:
        """The reference's error."""
        return cls(error.reason, str(error), error.about)

    @property
    def spelled(self) -> str:
        """The reason with its part, `output_shape: batch`."""
        return f"{self.reason}: {self.about}" if self.about else self.reason


class WrongCall(SpelledCall):
    """A call that the definition refuses."""

    __slots__ = ()
    fault: CallFault


Call: TypeAlias = RightCall | WrongCall


@dataclass(frozen=True, slots=True)
class Generated:
    """Inputs from a named generator, seeded by the trial's id."""

    generator: str


@dataclass(frozen=True, slots=True)
class Literal:
    """Inputs written in the case, in the layouts of the call; None for an operand that it does not take."""

    value: Nested
    filter: Nested | None = None
    bias: Nested | None = None
    cotangent: Nested | None = None


@dataclass(frozen=True, slots=True)
class FromReference:
    """The reference's result is the expected one."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """Values recorded in the case, in the layout of the call; the reference is held to them."""

    values: Nested


@dataclass(frozen=True, slots=True)
class Checksum:
    """The digest of the expected values; the reference is held to it."""

    digest: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """The call is wrong, and an implementation must say so. `reason` is of `reference.errors.REASONS`."""

    reason: str


Inputs: TypeAlias = Generated | Literal
Expectation: TypeAlias = FromReference | Recorded | Checksum | Refusal


@dataclass(frozen=True, slots=True)
class Trial:
    """One concrete question with a stable id, `operator/file/case[swept parameter=value,...]`: a RightTrial or a
    WrongTrial.
    """

    id: str
    call: Call
    inputs: Inputs
    expectation: Expectation
    why: str
    url: str | None
    location: str
    """file:line of the case"""
    calls: int = 1
    """how often one process is asked it, each time with other content"""
    at_once: int = 1
    """how many of these calls are made at the same time"""
    seed: str = ""
    """of other content than the shipped one; empty for that"""

    @property
    def content_id(self) -> str:
        """What its content is made from: its id, and its seed, unless the case has recorded what is expected."""
        if not self.seed or isinstance(self.expectation, Recorded | Checksum):
            return self.id
        return f"{self.id}#seed={self.seed}"

    def each_call(self) -> tuple[Self, ...]:
        """Its calls in their order, each a trial with content of its own; the first has that of the trial's id."""
        alone = replace(self, calls=1, at_once=1)
        return (alone, *(replace(alone, id=f"{self.id}#{number}") for number in range(2, self.calls + 1)))

    def arguments(self) -> dict[str, Any]:
        """Those of the call, and how often it is made where that is more than once."""
        given = {"calls": self.calls, "at_once": self.at_once}
        return {**self.call.arguments(), **{name: number for name, number in given.items() if number != 1}}


@dataclass(frozen=True, slots=True)
class RightTrial(Trial):
    """A trial whose call has a result."""

    call: RightCall
    expectation: FromReference | Recorded | Checksum


@dataclass(frozen=True, slots=True)
class WrongTrial(Trial):
    """A trial whose call an implementation must refuse."""

    call: WrongCall
    expectation: Refusal

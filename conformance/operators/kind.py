"""What can be asked of a kind of operator: the first part of its package.

Knows: calls, trials and arrays, whatever the operator. Must not know: any kind.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

from numpy.typing import NDArray

from conformance.suite.case import Call, Expectation, Inputs, RightTrial
from conformance.suite.source import InputsListing
from reference.family import Operator

if TYPE_CHECKING:
    from pydantic import BaseModel

Parameters: TypeAlias = Mapping[str, Any]
"""parameter name -> plain value, as written"""
Operands: TypeAlias = Mapping[str, NDArray[Any]]
"""a call's arrays by name, in the call's dtype and layouts, contiguous"""
FactValue: TypeAlias = bool | int | str
Facts: TypeAlias = Mapping[str, Any]
"""what is known of a call, by name: a FactValue, or None where it has no such thing"""


@dataclass(frozen=True, slots=True)
class PlainCall:
    """A call as a journal has it, which is all that facts are told from."""

    operator: str
    arguments: Parameters
    axes: tuple[Mapping[str, int], ...]
    """in the operator's own names; none of a wrong call"""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that can be said of a call, by a name that waivers, coverage, journals and queries share."""

    name: str
    of: Callable[[PlainCall], FactValue | None]
    otherwise: Literal[False] | None = None
    """what it is where journals do not say it: no of a yes or no, or what a call does not have"""


class Unusable(ValueError):
    """A combination of parameters that is not a trial; the message says why and what is accepted."""


def frozen(written: Any) -> Any:
    """Lists to tuples, all the way down."""
    return tuple(frozen(each) for each in written) if isinstance(written, list | tuple) else written


class Signature(Protocol):
    """The module `signature` of a kind's package."""

    OPERATORS: Mapping[str, Operator]
    """Its operators by name."""

    RIGHT_TRIAL: type[RightTrial]
    """The class of trials of right calls."""

    FACTS: tuple[Fact, ...]
    """What is known of its calls by name."""

    def parameters(self) -> "type[BaseModel]":
        """The keys of a case: a model with `conformance.suite.schema.Parameters` among its bases."""

    def calls(self, operator: str, given: Parameters) -> Iterator[tuple[Parameters, Call]]:
        """The call of these parameters, or several with what names each; raises Unusable and the reference's
        ArgumentError for parameters of which none can be made.
        """

    def check(self, call: Call, inputs: Inputs, expectation: Expectation) -> None:
        """Raise Unusable for a call that cannot be asked with these inputs and this expectation."""

    def generate(self, trial_id: str, call: Call, inputs: Inputs) -> Operands:
        """The trial's operands, the same bytes on every machine; of a wrong call anything that has their shapes."""

    def list_inputs(self, trial_id: str, call: Call, inputs: Inputs) -> InputsListing:
        """Lines of Python that make the same operands."""

    def features(self, call: Call) -> tuple[str, ...]:
        """What the call has beyond the operator itself, of `conformance.adapters.protocol.FEATURES`."""

    def own_axes(self, operator: str, axes: tuple[Mapping[str, int], ...]) -> tuple[Mapping[str, int], ...]:
        """A right call's `axes` in the names that its operator has for them: what is input is called input."""

"""The nouns of the suite: call, inputs, expectation, trial.

Knows: what an author can ask. Must not know: YAML (`conformance.suite.loading` makes these), arrays, frameworks.
All are frozen: they cross thread and process boundaries.
"""

from dataclasses import dataclass
from typing import Any, TypeAlias

from reference.geometry import TransposedConvolution

Nested: TypeAlias = float | tuple["Nested", ...]
"""Numbers nested as deeply as an array has axes."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of an operator in TensorFlow's words, exactly as the author spelled it.

    Shapes follow data_format, but for the filter's, which is [height, width, out, in] always.
    """

    operator: str
    value_shape: tuple[int, ...]
    filter_shape: tuple[int, ...]
    output_shape: tuple[int, ...]
    strides: int | tuple[int, ...]
    padding: str | tuple[tuple[int, int], ...]
    data_format: str | None
    dilations: int | tuple[int, ...] | None
    dtype: str
    geometry: TransposedConvolution | None
    """None for a call that the definition refuses"""
    fault: "Fault | None"

    def arguments(self) -> dict[str, Any]:
        """The arguments under the names that cases use, as the author spelled them."""
        return {
            "value": self.value_shape,
            "filter": self.filter_shape,
            "output_shape": self.output_shape,
            "strides": self.strides,
            "padding": self.padding,
            "data_format": self.data_format,
            "dilations": self.dilations,
            "dtype": self.dtype,
        }


@dataclass(frozen=True, slots=True)
class Fault:
    """Why the definition refuses a call: a reason of the closed list, and the reference's message."""

    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Generated:
    """Inputs from a named generator, seeded by the trial's id."""

    generator: str


@dataclass(frozen=True, slots=True)
class Literal:
    """Inputs written in the case, in the layouts of the call."""

    value: Nested
    filter: Nested


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
    """One concrete question with a stable id: `operator/file/case[swept parameter=value,...]`."""

    id: str
    call: Call
    inputs: Inputs
    expectation: Expectation
    why: str
    url: str | None
    location: str
    """file:line of the case"""

"""What a question of the suite's own is about: one operator and direction, in one dtype and layout.

Knows: how its right calls are made. Must not know: who declares what (`conformance.workers.declared`), arrays.
"""

from dataclasses import dataclass
from typing import Any

from conformance.operators.convolution.call import Convolution, RightConvolution
from conformance.operators.convolution.calls import right_call
from conformance.operators.convolution.parametric import ParametricForm
from reference.family import Direction, Operator


@dataclass(frozen=True, slots=True)
class Subject:
    """Of one operator, what is computed, in which dtype and layout."""

    operator: Operator
    dtype: str
    data_format: str | None = None
    """None is channels last, as a call says it that leaves it out"""
    direction: Direction = "forward"

    @classmethod
    def of(cls, call: Convolution) -> "Subject":
        """That of a call."""
        return cls(call.definition, call.dtype, call.data_format, call.direction)

    def __str__(self) -> str:
        direction = "" if self.direction == "forward" else f", {self.direction}"
        return f"{self.operator.name} {self.dtype} {self.data_format or self.operator.data_formats[0]}{direction}"

    @property
    def computed(self) -> str:
        """What is computed, without dtype and layout."""
        name = self.operator.name
        return name if self.direction == "forward" else f"{self.direction} of {name}"

    @property
    def last(self) -> bool:
        """Whether the channels come last."""
        return self.data_format != self.operator.data_formats[1]

    @property
    def scatters(self) -> bool:
        """Whether each pixel given is spread by the kernel over many: a transposed convolution, and the gradient of a
        forward one for its value. Otherwise many are gathered into one.
        """
        return self.operator.target(self.direction) == "output"

    def call(self, **parameters: Any) -> RightConvolution:
        """A right call by the parameters of the parametric form, in the operator's own words whatever the direction.

        `size`, `channels` and `kernel` have to be there, and of a transposed convolution `output`; the batch is 1 where
        none is named. Raises Unusable and the reference's ArgumentError for what is no right call.
        """
        given = {"batch": 1, "strides": 1, "padding": "SAME", "data_format": self.data_format, **parameters}
        form = ParametricForm.read(self.operator, given)
        return right_call(
            self.operator.name,
            form.shapes(form.outputs()[0]),
            strides=given["strides"],
            padding=form.padding,
            data_format=self.data_format,
            dilations=given.get("dilations"),
            dtype=self.dtype,
            groups=form.groups,
            bias=self.direction == "bias_gradient",
            direction=self.direction,
        )

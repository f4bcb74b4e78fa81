"""What a question about a convolution is about, and how its right calls are made.

Knows: which operators are asked first. Must not know: arrays, which subjects a lane takes
(`conformance.operators.subject`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.operators import subject
from conformance.operators.convolution.call import Convolution, RightConvolution
from conformance.operators.convolution.calls import right_call
from conformance.operators.convolution.parametric import ParametricForm
from conformance.suite.dtypes import SUMMED
from conformance.workers.declared import PREFERRED, Declared
from reference.family import OPERATORS, Direction

# What is asked of a lane that takes it
FIRST = "conv2d_transpose"
IN_ORDER = tuple(sorted(OPERATORS.values(), key=lambda operator: operator.name != FIRST))
"""conv2d_transpose first"""
# Directions that sum products; the gradient of a bias sums one array
PRODUCTS: tuple[Direction, ...] = ("forward", "value_gradient", "filter_gradient")
# Directions in which a kernel leads from pixels to pixels, as the questions about taps need it
PIXELS: tuple[Direction, ...] = ("forward", "value_gradient")


@dataclass(frozen=True, slots=True)
class ConvolutionSubject(subject.Subject):
    """One of the family of convolutions."""

    @classmethod
    def of(cls, call: Convolution) -> "ConvolutionSubject":
        """That of a call."""
        return cls(call.definition, call.dtype, call.data_format, call.direction)

    @property
    def scatters(self) -> bool:
        """Whether each pixel given is spread by the kernel over many: a transposed convolution, and the gradient of a
        forward one for its value. Otherwise many are gathered into one.
        """
        return self.operator.target(self.direction) == "output"

    def call(self, **parameters: Any) -> RightConvolution:
        """A right call by the parameters of the parametric form, in the operator's own words whatever the direction.

        `size`, `channels` and `kernel` have to be there, and of a transposed convolution `output`; the batch is 1 where
        none is named. Raises Unusable and the reference's ArgumentError for what is not a right call.
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


def subjects(
    declared: Declared, dtypes: Sequence[str] = PREFERRED, directions: Sequence[Direction] = PRODUCTS
) -> Iterator[ConvolutionSubject]:
    """All that may be asked in one of the dtypes, the simplest first."""
    found = subject.subjects(ConvolutionSubject, IN_ORDER, declared, dtypes, directions)
    return (each for each in found if is_defined(each))


def is_defined(asked: ConvolutionSubject) -> bool:
    """Whether the suite asks it: no sums in a dtype that soon cannot hold them."""
    return asked.dtype in SUMMED

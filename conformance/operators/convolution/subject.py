"""What a question of the suite's own is about: one operator and direction, in one dtype and layout.

Knows: how its right calls are made, and which subjects a lane may be asked about. Must not know: arrays.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from conformance.operators.convolution.call import Convolution, RightConvolution
from conformance.operators.convolution.calls import right_call
from conformance.operators.convolution.parametric import ParametricForm
from conformance.workers.declared import PREFERRED, Declared
from reference.family import OPERATORS, Direction, Operator

# What is asked of a lane that takes it
FIRST = "conv2d_transpose"
# Directions that sum products; the gradient of a bias sums one array
PRODUCTS: tuple[Direction, ...] = ("forward", "value_gradient", "filter_gradient")
# Directions in which a kernel leads from pixels to pixels, as the questions about taps need it
PIXELS: tuple[Direction, ...] = ("forward", "value_gradient")


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


def subjects(
    declared: Declared, dtypes: Sequence[str] = PREFERRED, directions: Sequence[Direction] = PRODUCTS
) -> Iterator[Subject]:
    """All that may be asked in one of the dtypes, the simplest first: the result before a gradient, conv2d_transpose
    before other operators, channels last before first. Dtypes and layouts that are not declared are tried.
    """
    taken = dtypes if declared.dtypes is None else [each for each in dtypes if each in declared.dtypes]
    for direction in directions:
        if direction in declared.directions:
            for operator in _operators(declared):
                for data_format in _layouts(declared, operator):
                    for dtype in taken:
                        yield Subject(operator, dtype, data_format, direction)


def beside(declared: Declared, first: Subject) -> Iterator[Subject]:
    """What is declared: all dtypes and layouts of the subject that was asked first, each other operator and direction
    once.
    """
    for operator in _operators(declared) if declared.operators is not None else [first.operator]:
        alone = operator is first.operator
        layouts = sorted(_layouts(declared, operator), key=lambda said: (said is None) != first.last)
        for data_format in layouts if alone and declared.layouts is not None else layouts[:1]:
            for dtype in declared.known_dtypes() if alone and declared.dtypes is not None else [first.dtype]:
                yield Subject(operator, dtype, data_format, first.direction)
    for direction in PRODUCTS:
        if direction in declared.directions and direction != first.direction:
            yield replace(first, direction=direction)


def _operators(declared: Declared) -> Sequence[Operator]:
    """Those of the family that a lane takes, conv2d_transpose first."""
    names = sorted(OPERATORS, key=lambda name: name != FIRST)
    return [OPERATORS[name] for name in names if declared.operators is None or name in declared.operators]


def _layouts(declared: Declared, operator: Operator) -> Sequence[str | None]:
    """Channels last as a call says it that leaves data_format out."""
    last, first = operator.data_formats
    layouts = {last: None, first: first}
    return [said for name, said in layouts.items() if declared.layouts is None or name in declared.layouts]

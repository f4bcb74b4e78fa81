"""The operators: TensorFlow's names, how many spatial axes they have, and which way they go.

Knows: names and integers. Must not know: arrays. `reference.arguments` reads their calls, `reference.maps` computes.

All are maps of one geometry, that of a transposed convolution: a forward convolution is its adjoint, a depthwise one a
convolution with as many groups as channels.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from reference.geometry import Target

Direction: TypeAlias = Literal["forward", "value_gradient", "filter_gradient", "bias_gradient"]
"""What is computed: the result, or a vector-Jacobian product of it for one operand."""
DIRECTIONS: tuple[Direction, ...] = ("forward", "value_gradient", "filter_gradient", "bias_gradient")

SPATIAL_NAMES = {1: ("width",), 2: ("height", "width"), 3: ("depth", "height", "width")}
DATA_FORMATS = {1: ("NWC", "NCW"), 2: ("NHWC", "NCHW"), 3: ("NDHWC", "NCDHW")}


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator of the family."""

    name: str
    rank: int
    """number of spatial axes; 0 where no axis differs from the others"""
    transposed: bool
    """its caller names the output's shape, and the filter is [*kernel, out, in]; otherwise [*kernel, in, out]"""
    depthwise: bool = False
    """each channel has its own group, and the filter is [*kernel, in, multiplier]"""

    @property
    def spatial_names(self) -> tuple[str, ...]:
        """Names of the spatial axes."""
        return SPATIAL_NAMES[self.rank]

    @property
    def data_formats(self) -> tuple[str, ...]:
        """Channels last, TensorFlow's default, and channels first; none of an operator without spatial axes."""
        return DATA_FORMATS.get(self.rank, ())

    @property
    def filter_layout(self) -> str:
        """Names of the filter's axes."""
        channels = ("out", "in") if self.transposed else ("in", "multiplier") if self.depthwise else ("in", "out")
        return ", ".join((*self.spatial_names, *channels))

    def target(self, direction: Direction) -> Target | None:
        """Which map of the geometry a direction is; None for the gradient of a bias, which sums one array alone."""
        match direction:
            case "forward":
                return "output" if self.transposed else "input"
            case "value_gradient":
                return "input" if self.transposed else "output"
            case "filter_gradient":
                return "filter"
            case "bias_gradient":
                return None


OPERATORS: Mapping[str, Operator] = {
    operator.name: operator
    for operator in (
        Operator("conv1d_transpose", 1, transposed=True),
        Operator("conv2d_transpose", 2, transposed=True),
        Operator("conv3d_transpose", 3, transposed=True),
        Operator("conv1d", 1, transposed=False),
        Operator("conv2d", 2, transposed=False),
        Operator("conv3d", 3, transposed=False),
        Operator("depthwise_conv2d", 2, transposed=False, depthwise=True),
    )
}

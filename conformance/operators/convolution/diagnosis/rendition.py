"""A rendition: one way to read a call of any operator and carry it out, the specification's own or an edited one.

Knows: canonical arrays, geometry, the maps of `engine`. Must not know: which edits there are, the answer that is
to be explained, frameworks. Next stage: `renderer`.

Every operator and every gradient is one map of one geometry, so that an edit of axes, of a filter or of pixels is
written once: `value` and `cotangent` are pixels, and what is asked for is a third of the three that a product joins.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from conformance.operators.convolution.call import RightConvolution
from conformance.suite.dtypes import FORMATS, FloatFormat
from reference.family import Direction, Operator
from reference.geometry import Axis, AxisPadding, Target
from reference.spelling import axis_paddings

Array: TypeAlias = NDArray[Any]
Change: TypeAlias = Callable[[Array], Array]
Finish: TypeAlias = Callable[[Array, "Rendition"], Array]
"""what is done to the canonical result"""
Free: TypeAlias = Callable[[Array, "Rendition"], NDArray[np.bool_]]
"""which elements of the canonical result nothing is said about"""
Meeting: TypeAlias = Literal["added", "last stays", "first stays"]
"""what becomes of products that meet"""
Parts: TypeAlias = Literal["multiplied", "apart", "without minus"]
"""what becomes of the parts of complex factors"""


@dataclass(frozen=True, slots=True, eq=False)
class Rendition:
    """One reading of a call; arrays are canonical, in the dtype that the reference sums in."""

    operator: Operator
    direction: Direction
    form: FloatFormat
    operands: Mapping[str, Array]
    """those that are given: value, cotangent (batch, *spatial, channels), filter (*kernel, out / groups, in), bias"""
    axes: tuple[Axis, ...]
    rules: tuple[AxisPadding, ...]
    """the padding of each axis as the call says it"""
    groups: int
    last: bool
    """the call has its channels last"""
    meeting: Meeting = "added"
    parts: Parts = "multiplied"
    finish: tuple[Finish, ...] = ()
    bias_times: Callable[["Rendition"], Array] | None = None
    """how often the bias is added to each pixel of the result, (*spatial) or (batch, *spatial); once if it is None"""
    accumulator: FloatFormat | None = None
    """the format in which sums are rounded, where it is not the call's own"""
    stored: FloatFormat | None = None
    """the format through which the result passes"""
    free: Free | None = None
    """where the result may hold anything"""
    memory: Change | None = None
    """what is done to the result once it has the layout of the call"""
    said: str = ""
    """words for the edit's clause"""

    @property
    def target(self) -> Target | None:
        """Which of the three is asked for; None for the gradient of a bias."""
        return self.operator.target(self.direction)

    @property
    def forward(self) -> bool:
        """Whether the operator's result is asked for."""
        return self.direction == "forward"

    @property
    def of_pixels(self) -> bool:
        """Whether what is asked for has images and pixels."""
        return self.target in ("input", "output")

    @property
    def pixel_operands(self) -> tuple[str, ...]:
        """The operands that have pixels and count."""
        match self.direction:
            case "forward":
                return ("value",)
            case "filter_gradient":
                return ("value", "cotangent")
            case _:
                return ("cotangent",)

    @property
    def has_filter(self) -> bool:
        """Whether the filter is an operand that counts."""
        return self.direction in ("forward", "value_gradient")

    @property
    def filter(self) -> Array:
        """(*kernel, out / groups, in)"""
        return self.operands["filter"]

    @property
    def filter_shape(self) -> tuple[int, ...]:
        """The filter's shape in the call: that of a depthwise one is [*kernel, in, multiplier]."""
        *kernel, out, channels = self.filter.shape
        return (*kernel, self.groups, channels // self.groups) if self.operator.depthwise else (*kernel, out, channels)

    @property
    def short(self) -> Array:
        """x, where it is given."""
        return self.operands["value" if self.operator.transposed else "cotangent"]

    @property
    def long(self) -> Array:
        """y, where it is given."""
        return self.operands["cotangent" if self.operator.transposed else "value"]

    @property
    def names(self) -> tuple[str, ...]:
        """The spatial axes' names."""
        return self.operator.spatial_names

    @property
    def all_names(self) -> str:
        """The spatial axes' names in a row."""
        return " and ".join(self.names)

    @property
    def crop(self) -> str:
        """What `crop_before` is called: a forward convolution pads."""
        return "crop_before" if self.operator.transposed else "the padding before"

    @property
    def crops(self) -> list[int]:
        """crop_before of each axis."""
        return [axis.crop_before for axis in self.axes]

    @property
    def strides(self) -> list[int]:
        """The strides of the axes."""
        return [axis.stride for axis in self.axes]

    @property
    def dilations(self) -> list[int]:
        """The dilations of the axes."""
        return [axis.dilation for axis in self.axes]

    @property
    def lengths(self) -> list[int]:
        """The spatial lengths of the operator's result."""
        return [axis.output if self.operator.transposed else axis.input for axis in self.axes]

    @property
    def asked_lengths(self) -> list[int]:
        """The spatial lengths of what is asked for, where it has pixels."""
        return [axis.output if self.target == "output" else axis.input for axis in self.axes]

    @property
    def padding(self) -> str:
        """The padding, in words or as pairs."""
        return str(self.rules[0]) if isinstance(self.rules[0], str) else str([list(rule) for rule in self.rules])

    @property
    def layout(self) -> str:
        """The call's data format."""
        return self.operator.data_formats[0 if self.last else 1]

    @property
    def other_layout(self) -> str:
        """The data format that the call does not have."""
        return self.operator.data_formats[1 if self.last else 0]

    def with_axes(self, axes: Sequence[Axis]) -> "Rendition":
        """The same with other axes."""
        return replace(self, axes=tuple(axes))

    def with_lengths(self, lengths: Sequence[int]) -> "Rendition":
        """The same with another length of the operator's result on each axis."""
        field = "output" if self.operator.transposed else "input"
        return self.with_axes([_changed(axis, field, length) for axis, length in zip(self.axes, lengths, strict=True)])

    def with_numbers(self, field: str, numbers: Sequence[int]) -> "Rendition":
        """The same with another stride, dilation or crop_before on each axis."""
        return self.with_axes([_changed(axis, field, number) for axis, number in zip(self.axes, numbers, strict=True)])

    def with_operand(self, name: str, array: Array) -> "Rendition":
        """The same with another operand, and the axes' lengths with it."""
        changed = replace(self, operands={**self.operands, name: array})
        match name:
            case "filter":
                return changed.with_numbers("kernel", array.shape[:-2])
            case "value" | "cotangent":
                is_short = (name == "value") == self.operator.transposed
                return changed.with_numbers("input" if is_short else "output", array.shape[1:-1])
            case _:
                return changed

    def with_operands(self, names: Sequence[str], change: Change) -> "Rendition":
        """The same with some operands changed; their shapes stay."""
        changed = {name: change(array) if name in names else array for name, array in self.operands.items()}
        return replace(self, operands=changed)

    def rewritten(self, change: Change) -> "Rendition":
        """The same with something more done to the result in the layout of the call."""
        earlier = self.memory
        return replace(self, memory=change if earlier is None else lambda memory: change(earlier(memory)))

    def then(self, finish: Finish) -> "Rendition":
        """The same with something more done to the result."""
        return replace(self, finish=(*self.finish, finish))

    def changed(self, change: Change) -> "Rendition":
        """The same with the canonical result changed."""
        return self.then(lambda result, _: change(result))

    def saying(self, said: str) -> "Rendition":
        """The same with words for the clause."""
        return replace(self, said=said)

    def written(self, result: Array) -> Array:
        """The canonical result in the layout of the call, and what is done to it there."""
        if self.target == "filter":
            result = result.reshape(self.filter_shape)
        elif self.of_pixels and not self.last:
            result = np.moveaxis(result, -1, 1)
        return result if self.memory is None else self.memory(result)


def faithful(call: RightConvolution, operands: Mapping[str, Array]) -> Rendition:
    """The specification's own rendition of a right call with these operands, which have the layouts of the call."""
    geometry, form = call.geometry, FORMATS[call.dtype]
    canonical = {}
    for name, array in operands.items():
        wide = array.astype(form.wide)
        if name == "filter":
            canonical[name] = wide.reshape(geometry.filter_shape)
        else:
            canonical[name] = wide if name == "bias" or call.last else np.moveaxis(wide, 1, -1)
    rules = tuple(axis_paddings(call.padding, call.data_format, call.definition.rank))
    return Rendition(call.definition, call.direction, form, canonical, geometry.axes, rules, geometry.groups, call.last)


def _changed(axis: Axis, field: str, number: int) -> Axis:
    change: Callable[..., Axis] = replace
    return change(axis, **{field: int(number)})

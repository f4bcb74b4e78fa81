"""One function of a framework as its documentation has it: its parameters in their order, and what each of them says.

Knows: names, defaults, how many numbers an argument may have. Must not know: frameworks, what the numbers mean.
Both directions use it: planners spell calls by it (`Function.keywords`), and `conformance.translation` reads written
calls by it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from conformance.adapters.plan import Argument, Invoke


class Required:
    """The default of a parameter that has none."""


REQUIRED = Required()

Role: TypeAlias = Literal[
    "value", "filter", "bias", "indices",
    "channels_in", "channels_out", "multiplier", "kernel", "has_bias",
    "strides", "padding", "pads_after", "auto_pad", "dilations", "groups", "output_shape", "output_padding",
    "data_format",
    "dimension_numbers", "value_dilation", "transpose_kernel", "consistent_padding",
    "ceil_mode", "count_include_pad", "divisor_override", "norm_type", "reduction", "return_indices",
    "include_batch_in_index",
    "initial",
    "paddings", "mode", "constant_values", "block_size", "output_size",
    "scales", "recompute_scale_factor", "method", "antialias", "align_corners", "align_mode", "half_pixel_centers",
    "coordinates", "nearest_mode", "cubic_coeff_a", "exclude_outside", "axes", "counted_by",
    "nothing", "only_default",
]  # fmt: skip
"""What a parameter says. `nothing`: nothing about the result, such as a name. `only_default`: something that no other
framework says with another value than its default, such as an activation."""


@dataclass(frozen=True, slots=True)
class Takes:
    """One parameter of a function, and what it says."""

    name: str
    default: Argument | Required
    says: Role
    counts: tuple[int, ...] = ()
    """how many numbers may be given, 0 for one that stands alone; empty for whatever the definition takes"""


@dataclass(frozen=True, slots=True)
class Function:
    """A function, or a layer, whose arguments say all but the value."""

    name: str
    """dotted, from the framework's package down"""
    operator: str
    """one of its kind's; empty where the arguments decide"""
    parameters: tuple[Takes, ...]
    pads: bool = True
    """whether its padding takes pairs beside words"""
    applied: tuple[Role, ...] = ("value",)
    """of a layer the operands with which it is called"""

    @property
    def is_layer(self) -> bool:
        """Whether it is made first and called with the value alone afterwards."""
        return all(parameter.says != "value" for parameter in self.parameters)

    def saying(self, role: Role) -> Takes:
        """The parameter that says something; raises KeyError where none does."""
        for parameter in self.parameters:
            if parameter.says == role:
                return parameter
        raise KeyError(role)

    def keywords(self, said: Mapping[Role, Argument]) -> tuple[tuple[str, Argument], ...]:
        """What is said under the function's own names, in its own order."""
        assert said.keys() <= {parameter.says for parameter in self.parameters}, (self.name, said)
        return tuple((each.name, said[each.says]) for each in self.parameters if each.says in said)

    def invoke(
        self,
        said: Mapping[Role, Argument],
        operands: tuple[str, ...] = ("value", "filter"),
        then: tuple[Invoke, ...] = (),
        **unknown: Argument,
    ) -> Invoke:
        """The call of operands in their places, and of what is said by name; last what the function does not know."""
        keywords = (*self.keywords(said), *unknown.items())
        return Invoke(self.name, tuple(("", operand) for operand in operands), keywords, then)

"""An index map's calls: right ones with their geometry, wrong ones with their fault, and the trials that ask them.

Knows: TensorFlow's words and the reference's integers. Must not know: YAML, arrays, frameworks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any, TypeAlias

from conformance.operators.unary import SpelledUnary
from conformance.suite.case import Call, CallFault, RightCall, RightTrial, WrongCall
from reference.family import Operator
from reference.index_map.family import DEFAULTS, MODES, OPERATORS, PARAMETERS
from reference.index_map.geometry import Blocks, IndexGeometry, Padded, Patches
from reference.spelling import channels_last

PerAxis: TypeAlias = int | tuple[int, ...]
Pads: TypeAlias = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpelledIndexMap(SpelledUnary):
    """A call of an index map, exactly as its author spelled it; None of arguments that are left out, and of those that
    the operator does not take.
    """

    paddings: Pads | None = None
    mode: str | None = None
    constant_values: float | str = 0
    """a number, or one of the words nan, inf, -inf and -0.0"""
    block_size: int | None = None
    output_size: tuple[int, ...] | None = None
    ksize: PerAxis | None = None
    strides: PerAxis | None = None
    padding: str | Pads | None = None
    dilations: PerAxis | None = None
    patch_order: str | None = None

    @property
    def definition(self) -> Operator:
        return OPERATORS[self.operator]

    @property
    def last(self) -> bool:
        return self.operator == "pad" or channels_last(self.data_format, self.definition.rank)

    @property
    def chosen_mode(self) -> str:
        """The mode, or the operator's default."""
        return self.mode or MODES[self.operator][0]

    @property
    def constant(self) -> float:
        """What a pad of constants holds, as a number."""
        return float(self.constant_values) if isinstance(self.constant_values, str) else self.constant_values

    @property
    def words(self) -> dict[str, Any]:
        """The arguments beside the value, as the author spelled them; those that are left out are not there."""
        given = {name: getattr(self, name) for name in PARAMETERS[self.operator]}
        return {name: word for name, word in given.items() if word is not None and word != DEFAULTS.get(name)}

    def arguments(self) -> dict[str, Any]:
        others: dict[str, tuple[Any, Any]] = {
            "direction": (self.direction, "forward"),
            "cotangent_shape": (self.cotangent_given, None),
        }
        return {
            "value": self.value_shape,
            **self.words,
            "dtype": self.dtype,
            **{name: given for name, (given, default) in others.items() if given != default},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class RightIndexMap(SpelledIndexMap, RightCall):
    """A call that the definition allows."""

    geometry: IndexGeometry

    @property
    def work(self) -> int:
        return prod(self.geometry.map.target_shape)

    @property
    def terms(self) -> int:
        """How many elements an element of what is asked for sums at most."""
        return self.geometry.terms(backwards=self.direction != "forward")

    @property
    def products(self) -> int | None:
        return self.terms if self.terms > 1 else None

    @property
    def axes(self) -> tuple[Mapping[str, int], ...]:
        match self.geometry.map:
            case Padded(axes):
                return tuple(_named(axis, "input", "pad_before", "pad_after", "output") for axis in axes)
            case Blocks(size=size, block=block):
                lengths = [(length, length * block)[:: -1 if self.geometry.adjoint else 1] for length in size]
                return tuple({"input": first, "block": block, "output": second} for first, second in lengths)
            case Patches(axes=axes) if not self.geometry.adjoint:
                names = ("input", "kernel", "stride", "dilation", "pad_before", "pad_after", "output")
                return tuple(_named(axis, *names) for axis in axes)
            case Patches(axes=axes):
                return tuple(
                    {
                        "input": axis.output,
                        **_named(axis, "kernel", "stride", "dilation"),
                        "crop_before": axis.pad_before,
                        "crop_after": axis.pad_after,
                        "output": axis.input,
                    }
                    for axis in axes
                )

    @property
    def longest(self) -> int:
        return max(*self.value_shape, *self.output_shape)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongIndexMap(SpelledIndexMap, WrongCall):
    """A call that the definition refuses."""

    fault: CallFault
    around: IndexGeometry | None = None
    """the geometry that it has but for a cotangent that does not fit it; None where that is not all"""


IndexMapCall: TypeAlias = RightIndexMap | WrongIndexMap
"""made by `conformance.operators.index_map.calls`"""


@dataclass(frozen=True, slots=True)
class IndexMapTrial(RightTrial):
    """A trial of a right call of an index map."""

    call: RightIndexMap


def index_map(call: Call) -> IndexMapCall:
    """The call as one of an index map; raises TypeError for one of another kind."""
    if not isinstance(call, RightIndexMap | WrongIndexMap):
        raise TypeError(f"{call.operator} is not an index map")
    return call


def right_index_map(call: RightCall) -> RightIndexMap:
    """The same of a right call."""
    if not isinstance(call, RightIndexMap):
        raise TypeError(f"{call.operator} is not an index map")
    return call


def _named(axis: object, *names: str) -> dict[str, int]:
    return {name: getattr(axis, name) for name in names}

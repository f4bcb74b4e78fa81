"""How a lane adds up: the profile under which its values are judged. Measured by probes, never declared.

Knows: what an accumulator can be. `conformance.judging.probes` makes the questions that tell them apart.
"""

from dataclasses import dataclass
from enum import StrEnum


class Accumulation(StrEnum):
    """Where the sum of an output's products is kept."""

    CLASSICAL = "classical"
    """in the operands' own dtype, float64 or float32"""
    WIDE = "wide"
    """16-bit operands, float32 accumulator, one rounding at the end"""
    TAP = "tap"
    """16-bit operands, channels summed in float32, taps in the operands' dtype"""
    NATIVE = "native"
    """16-bit operands and accumulator"""


SIXTEEN_BIT = ("float16", "bfloat16")

REQUIRED: dict[str, tuple[Accumulation, ...]] = {
    "float64": (Accumulation.CLASSICAL,),
    "float32": (Accumulation.CLASSICAL,),
    "bfloat16": (Accumulation.WIDE,),
    "float16": (Accumulation.WIDE, Accumulation.TAP),
}


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """The profile of one lane for one kind of call."""

    accumulation: Accumulation
    flushes: bool = False
    """subnormal numbers become zero"""


CLASSICAL = Arithmetic(Accumulation.CLASSICAL)


def required_arithmetic(dtype: str) -> Arithmetic:
    """The weakest profile that a lane may have: what a result is held to where no probe can tell."""
    return Arithmetic(REQUIRED[dtype][-1])

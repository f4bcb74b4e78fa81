"""How a lane adds up: the profile under which its values are judged. Measured by probes, never declared.

Knows: what an accumulator can be. `conformance.operators.convolution.probes` makes the questions that tell them apart.
"""

from dataclasses import dataclass
from enum import StrEnum


class Accumulation(StrEnum):
    """Where the sum of an output's products is kept."""

    CLASSICAL = "classical"
    """in the operands' own dtype: of 32 bits or more"""
    WIDE = "wide"
    """16-bit operands, float32 accumulator, one rounding at the end"""
    TAP = "tap"
    """16-bit operands, channels summed in float32, taps in the operands' dtype"""
    NATIVE = "native"
    """16-bit operands and accumulator"""


SIXTEEN_BIT = ("float16", "bfloat16")

REQUIRED: dict[str, tuple[Accumulation, ...]] = {
    **dict.fromkeys(("float64", "float32", "complex64", "complex128"), (Accumulation.CLASSICAL,)),
    **dict.fromkeys(("int32", "int64", "int8", "uint8"), (Accumulation.CLASSICAL,)),
    "bfloat16": (Accumulation.WIDE,),
    "float16": (Accumulation.WIDE, Accumulation.TAP),
}


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """The profile of one lane for one kind of call."""

    accumulation: Accumulation
    flushes: bool = False
    """subnormal numbers become zero"""
    operand_roundoff: float = 0.0
    """u of the format that float32 operands are declared to be rounded to; 0 for none"""
    fast: bool = False
    """a fast algorithm is declared (Winograd, FFT), whose errors are not bounded element by element"""

    @property
    def declared(self) -> bool:
        """Whether the lane declares less than its dtype's own arithmetic."""
        return self.fast or self.operand_roundoff > 0.0


DECLARED_OPERANDS = {"tf32": 2.0**-11, "bfloat16x1": 2.0**-8}
"""what a lane may declare of its float32 products, in the flag `operands`: a name, and `truncated` behind it"""


def declared_roundoff(declaration: str | None) -> float:
    """The unit roundoff of declared operands, doubled where they are truncated; raises ValueError for no such name."""
    if not declaration:
        return 0.0
    name, *truncated = declaration.split()
    if name not in DECLARED_OPERANDS or truncated not in ([], ["truncated"]):
        accepted = ", ".join(DECLARED_OPERANDS)
        raise ValueError(
            f"flag operands: {declaration!r}; it must be one of {accepted}, each also followed by 'truncated'"
        )
    return DECLARED_OPERANDS[name] * (2.0 if truncated else 1.0)


FAST_ALGORITHMS = ("winograd", "fft")
"""what a lane may declare in the flag `algorithm`"""


def declared_fast(declaration: str | None) -> bool:
    """Whether a fast algorithm is declared; raises ValueError for one that is not known."""
    if declaration and declaration not in FAST_ALGORITHMS:
        raise ValueError(f"flag algorithm: {declaration!r}; it must be one of {', '.join(FAST_ALGORITHMS)}")
    return bool(declaration)


def declared_values(declaration: str | None) -> bool:
    """Whether the lane computes values: `none` declares shapes alone; raises ValueError for another word."""
    if declaration not in (None, "none"):
        raise ValueError(f"flag values: {declaration!r}; it must be none, for a lane that knows shapes alone")
    return declaration is None


CLASSICAL = Arithmetic(Accumulation.CLASSICAL)


def required_arithmetic(dtype: str) -> Arithmetic:
    """The weakest profile that a lane may have: what a result is held to where no probe can tell."""
    return Arithmetic(REQUIRED[dtype][-1])

"""What the models of requests are made of: those of every kind of operator share it.

Must not know: any kind. A kind's part `messages` has ARGUMENTS and AXIS, the models of its calls' arguments and axes.
"""

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

Dtype: TypeAlias = Literal[
    "float64", "float32", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool", "complex64",
    "complex128",
]  # fmt: skip
Count: TypeAlias = Annotated[int, Field(ge=0)]
PerAxis: TypeAlias = int | list[int]
CotangentShape: TypeAlias = Annotated[
    list[int] | None, Field(description="there where the cotangent is wrong, or belongs to a wrong call")
]


class AskedPart(BaseModel):
    """What the suite sends: later suites may add keys, which a port ignores."""

    model_config = ConfigDict(strict=True, extra="allow")


class SpatialAxis(AskedPart):
    """What every kind says of a spatial axis of a right call."""

    input: Count
    kernel: Annotated[int, Field(ge=1)]
    stride: Annotated[int, Field(ge=1)]
    dilation: Annotated[int, Field(ge=1)]
    output: Count

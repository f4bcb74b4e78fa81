"""What a port is asked about a pooling: the models of docs/protocol.md."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from conformance.protocol.asked import AskedPart, CotangentShape, Count, Dtype, PerAxis, SpatialAxis


class PoolingAxis(SpatialAxis):
    """One spatial axis of a right pooling."""

    pad_before: Count
    pad_after: Count


class AdaptivePoolingAxis(AskedPart):
    """One spatial axis of a right adaptive pooling: the window of output j has the places from j*input/output, rounded
    down, to (j+1)*input/output, rounded up, which it leaves out.
    """

    input: Count
    output: Count


class PoolingArguments(AskedPart):
    """The call in TensorFlow's words, and torch's where it has none, spelled as its author did, wrong ones included."""

    value: list[int]
    ksize: PerAxis | None = None
    strides: PerAxis | None = None
    padding: str | list[list[int]] | None = None
    output_size: Annotated[
        PerAxis | None,
        Field(description="there of an adaptive pooling, which has no ksize, strides, padding and dilations"),
    ] = None
    data_format: str | None
    dilations: PerAxis | None = None
    dtype: Dtype
    ceil_mode: Annotated[
        bool, Field(description="there where it is true: a last window may reach beyond the padded value")
    ] = False
    count_include_pad: Annotated[
        bool, Field(description="there where it is true: an average is divided by its places, pads included")
    ] = False
    divisor_override: Annotated[
        int | None, Field(description="there where sums are divided by it, whatever their windows hold")
    ] = None
    norm_type: Annotated[int | None, Field(description="there of a norm: its p")] = None
    include_batch_in_index: Annotated[
        bool, Field(description="there where it is true: indices are places in the whole value, and not in their image")
    ] = False
    direction: Annotated[
        Literal["forward", "value_gradient"],
        Field(description="there where it is a gradient: the vector-Jacobian product of `cotangent` for the value"),
    ] = "forward"
    cotangent_shape: CotangentShape = None


ARGUMENTS = PoolingArguments
AXIS: TypeAlias = PoolingAxis | AdaptivePoolingAxis

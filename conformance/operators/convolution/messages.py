"""What a port is asked about a convolution: the models of docs/protocol.md."""

from typing import Annotated, Literal

from pydantic import Field

from conformance.protocol.asked import AskedPart, CotangentShape, Count, Dtype, PerAxis, SpatialAxis


class ConvolutionAxis(SpatialAxis):
    """One spatial axis of a right convolution; of a forward one, that of its adjoint."""

    crop_before: Count


class ConvolutionArguments(AskedPart):
    """The call in TensorFlow's words, spelled as its author did, wrong ones included."""

    value: list[int]
    filter: list[int]
    output_shape: Annotated[
        list[int] | None, Field(description="of a transposed convolution; a forward one has none")
    ] = None
    strides: PerAxis
    padding: str | list[list[int]]
    data_format: str | None
    dilations: PerAxis | None
    dtype: Dtype
    groups: Annotated[int, Field(description="there where it is not 1")] = 1
    bias: Annotated[bool, Field(description="there where it is true: add `bias` to the channels of the result")] = False
    direction: Annotated[
        Literal["forward", "value_gradient", "filter_gradient", "bias_gradient"],
        Field(description="there where it is a gradient: the vector-Jacobian product of `cotangent` for that operand"),
    ] = "forward"
    bias_shape: Annotated[
        list[int] | None, Field(description="there where the bias is wrong on purpose: the shape that it has")
    ] = None
    cotangent_shape: CotangentShape = None
    operand_dtypes: Annotated[
        dict[str, Dtype] | None, Field(description="there where operands have other dtypes on purpose")
    ] = None


ARGUMENTS, AXIS = ConvolutionArguments, ConvolutionAxis

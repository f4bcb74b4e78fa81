"""What a port is asked about a resize: the models of docs/protocol.md."""

from typing import Annotated, Literal

from pydantic import Field

from conformance.protocol.asked import AskedPart, CotangentShape, Count, Dtype, PerAxis

Positive = Annotated[int, Field(ge=1)]


class ResizeAxisMessage(AskedPart):
    """One spatial axis of a right resize."""

    input: Count
    output: Count
    scale_numerator: Annotated[int, Field(ge=1, description="by the scale, a fraction, coordinates are divided")]
    scale_denominator: Positive


class ResizeArguments(AskedPart):
    """The call in TensorFlow's words, and ONNX's where it has none, spelled as its author did, wrong ones included."""

    value: list[int]
    method: Annotated[str, Field(description="nearest, linear or cubic")]
    data_format: str | None
    dtype: Dtype
    output_size: PerAxis | None = None
    scales: Annotated[
        float | list[float] | None, Field(description="there instead of output_size, which is floor(length * scale)")
    ] = None
    recompute_scale_factor: Annotated[
        bool, Field(description="there where it is true: coordinates are scaled by the ratio of the lengths")
    ] = False
    coordinate_transformation_mode: Annotated[
        str, Field(description="there where it is another: ONNX's word for how an output finds its coordinate")
    ] = "half_pixel"
    nearest_mode: Annotated[
        str | None, Field(description="ONNX's word for how nearest rounds; round_prefer_ceil where it is not there")
    ] = None
    cubic_coeff_a: Annotated[
        float | None, Field(description="Keys' parameter of cubic; -0.5 where it is not there")
    ] = None
    exclude_outside: Annotated[
        bool | None,
        Field(description="there where it is false: weights beyond the border are those of the border's element"),
    ] = None
    antialias: Annotated[bool, Field(description="there where it is true: the kernel is stretched")] = False
    direction: Annotated[
        Literal["forward", "value_gradient"],
        Field(description="there where it is a gradient: the vector-Jacobian product of `cotangent` for the value"),
    ] = "forward"
    cotangent_shape: CotangentShape = None


ARGUMENTS, AXIS = ResizeArguments, ResizeAxisMessage

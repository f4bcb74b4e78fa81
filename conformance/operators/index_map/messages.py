"""What a port is asked about an index map: the models of docs/protocol.md."""

from typing import Annotated, Literal

from pydantic import Field

from conformance.protocol.asked import AskedPart, CotangentShape, Count, Dtype, PerAxis


class IndexMapAxis(AskedPart):
    """One axis of a right index map, of pad every one, else a spatial one; what it has not is not there."""

    input: Count
    pad_before: Annotated[
        int | None, Field(description="of pad and extract_patches; of constants it may be negative")
    ] = None
    pad_after: int | None = None
    block: Annotated[int | None, Field(ge=1, description="of depth_to_space and space_to_depth")] = None
    kernel: Annotated[int | None, Field(ge=1, description="of extract_patches and fold")] = None
    stride: Annotated[int | None, Field(ge=1)] = None
    dilation: Annotated[int | None, Field(ge=1)] = None
    crop_before: Annotated[int | None, Field(ge=0, description="of fold")] = None
    crop_after: Annotated[int | None, Field(ge=0)] = None
    output: Count


class IndexMapArguments(AskedPart):
    """The call, spelled as its author did, wrong ones included; what the operator does not take, or its author left
    out, is not there.
    """

    value: list[int]
    paddings: Annotated[list[list[int]] | None, Field(description="of pad: a pair for each axis")] = None
    mode: Annotated[
        str | None,
        Field(description="of pad CONSTANT (default), REFLECT, SYMMETRIC, EDGE, WRAP; of blocks DCR (default), CRD"),
    ] = None
    constant_values: Annotated[
        float | str, Field(description="what pads of constants hold: a number, or nan, inf, -inf, -0.0")
    ] = 0
    block_size: int | None = None
    output_size: Annotated[list[int] | None, Field(description="of fold: height and width of the result")] = None
    ksize: PerAxis | None = None
    strides: PerAxis | None = None
    padding: str | list[list[int]] | None = None
    data_format: str | None = None
    dilations: PerAxis | None = None
    patch_order: Annotated[str | None, Field(description="of what a patch holds: HWC (default), CHW")] = None
    dtype: Dtype
    direction: Annotated[
        Literal["forward", "value_gradient"],
        Field(description="there where it is a gradient: the vector-Jacobian product of `cotangent` for the value"),
    ] = "forward"
    cotangent_shape: CotangentShape = None


ARGUMENTS, AXIS = IndexMapArguments, IndexMapAxis

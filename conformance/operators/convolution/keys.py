"""The keys of a convolution's cases."""

from typing import Any, Literal

from pydantic import Field

from conformance.operators.convolution.generators import GENERATORS
from conformance.suite.dtypes import FORMATS
from conformance.suite.schema import Integer, Integers, LiteralInputs, Pairs, Parameters, Strict


class ConvolutionInputs(LiteralInputs):
    """The same with a filter, and a bias where the call has one."""

    filter: list[Any] = Field(description="as nested lists of numbers")
    bias: list[Any] | None = Field(None, description="as a list of numbers, where the call has a bias")


class ConvolutionKeys(Strict):
    """Those that other kinds do not have."""

    value: Integers | None = Field(None, description="shape, in the order of data_format")
    filter: Integers | None = Field(
        None, description="shape: [*kernel, out, in], forward [*kernel, in, out], depthwise [*kernel, in, multiplier]"
    )
    output_shape: Integers | None = Field(None, description="in the order of data_format")
    batch: Integer | None = None
    size: Integer | Integers | None = Field(None, description="the value's spatial lengths; one number for all")
    channels: Integer | Integers | None = Field(None, description="[in, out]; one number for both")
    kernel: Integer | Integers | None = Field(None, description="its lengths; one number for all")
    output: Literal["smallest", "largest", "all"] | Integer | Integers | None = Field(
        None, description="which of the legal output lengths: a word, or the length itself"
    )
    strides: Integer | Integers | None = Field(
        None, description="1, one per spatial axis, or all axes'; parametric default 1"
    )
    padding: str | Pairs | None = Field(
        None,
        description="SAME (default), VALID, or pairs [before, after]: of all axes, parametric also of the spatial ones",
    )
    data_format: str | None = Field(None, description="NWC, NHWC, NDHWC (default), or NCW, NCHW, NCDHW")
    dilations: Integer | Integers | None = Field(None, description="as strides")
    groups: Integer | None = Field(None, description="default 1; a depthwise convolution has none")
    bias: bool | None = Field(None, description="whether one number is added to each channel of the result")
    bias_shape: Integers | None = Field(None, description="of a bias that is wrong on purpose; with bias: true")
    cotangent_shape: Integers | None = Field(
        None, description="of a cotangent that is wrong on purpose, or of a wrong call that has no result"
    )
    operand_dtypes: dict[Literal["value", "filter", "bias", "cotangent"], Literal[tuple(FORMATS)]] | None = Field(  # type: ignore[valid-type]
        None, description="operand -> dtype, of operands whose dtype is wrong on purpose"
    )


class ConvolutionParameters(Parameters, ConvolutionKeys):
    """What a trial is made of. Each may stand in the case itself or be swept.

    A case is concrete (`value`, `filter`, `output_shape`) or parametric (`batch`, `size`, `channels`, `kernel`,
    `output`). Forward convolutions have neither `output_shape` nor `output`.
    """

    inputs: Literal[tuple(GENERATORS)] | ConvolutionInputs | None = Field(  # type: ignore[valid-type]
        None, description="a generator's name (default mix), or literal values"
    )

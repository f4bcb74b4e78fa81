"""The keys of a pooling's cases."""

from typing import Literal

from pydantic import Field

from conformance.operators.pooling.generators import GENERATORS
from conformance.suite.schema import Integer, Integers, LiteralInputs, Pairs, Parameters, Strict


class PoolingKeys(Strict):
    """Those that other kinds do not have."""

    value: Integers | None = Field(None, description="shape, in the order of data_format")
    batch: Integer | None = None
    size: Integer | Integers | None = Field(None, description="the value's spatial lengths; one number for all")
    channels: Integer | None = None
    ksize: Integer | Integers | None = Field(
        None, description="lengths of the window: one for all spatial axes, one per axis, or all axes'"
    )
    strides: Integer | Integers | None = Field(None, description="as ksize; there is no default")
    padding: str | Pairs | None = Field(
        None,
        description="SAME, VALID, or pairs [before, after]: of all axes, with size also of the spatial ones",
    )
    data_format: str | None = Field(None, description="NWC, NHWC, NDHWC (default), or NCW, NCHW, NCDHW")
    dilations: Integer | Integers | None = Field(None, description="as ksize; default 1")
    ceil_mode: bool | None = Field(None, description="whether a last window may hang over the padded value")
    count_include_pad: bool | None = Field(None, description="whether pads count in the divisor of an average")
    divisor_override: Integer | None = Field(None, description="what the sums of an average are divided by")
    output_size: Integer | Integers | None = Field(
        None, description="how many windows an adaptive pooling has: for all spatial axes, or one per axis"
    )
    norm_type: Integer | None = Field(None, description="p of a norm, the p-th root of a sum of powers")
    include_batch_in_index: bool | None = Field(
        None, description="whether the index of a maximum is a place in all images; default: in its own"
    )
    cotangent_shape: Integers | None = Field(
        None, description="of a cotangent that is wrong on purpose, or of a wrong call that has no result"
    )


class PoolingParameters(Parameters, PoolingKeys):
    """What a trial is made of. Each may stand in the case itself or be swept.

    The value is given by its shape (`value`) or by `batch`, `size` and `channels`.
    """

    inputs: Literal[tuple(GENERATORS)] | LiteralInputs | None = Field(  # type: ignore[valid-type]
        None, description="a generator's name (default mix), or literal values"
    )

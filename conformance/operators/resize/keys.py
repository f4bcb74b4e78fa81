"""The keys of a resize's cases."""

from typing import Annotated, Literal

from pydantic import Field

from conformance.operators.resize.generators import GENERATORS
from conformance.suite.schema import Integer, Integers, LiteralInputs, Parameters, Strict

Number = Annotated[float, Field(allow_inf_nan=False)]
Numbers = Annotated[list[Number], Field(max_length=16)]


class ResizeKeys(Strict):
    """Those that other kinds do not have."""

    value: Integers | None = Field(None, description="shape, in the order of data_format")
    batch: Integer | None = None
    size: Integer | Integers | None = Field(None, description="the value's spatial lengths; one number for all")
    channels: Integer | None = None
    output_size: Integer | Integers | None = Field(
        None, description="the result's spatial lengths: one for all, or one per axis"
    )
    scales: Number | Numbers | None = Field(
        None, description="instead of output_size: the result's lengths are floor(length * scale)"
    )
    recompute_scale_factor: bool | None = Field(
        None, description="whether coordinates are scaled by what the lengths have become, instead of scales"
    )
    method: str | None = Field(None, description="nearest, linear (default) or cubic")
    coordinate_transformation_mode: str | None = Field(
        None, description="half_pixel (default), pytorch_half_pixel, half_pixel_symmetric, align_corners or asymmetric"
    )
    nearest_mode: str | None = Field(
        None, description="of nearest: round_prefer_ceil (default), round_prefer_floor, floor or ceil"
    )
    cubic_coeff_a: Number | None = Field(None, description="of cubic: Keys' parameter, default -0.5")
    exclude_outside: bool | None = Field(
        None,
        description="of linear and cubic: whether weights beyond the border are dropped (default), "
        "or those of the border's element",
    )
    antialias: bool | None = Field(None, description="of linear and cubic: whether the kernel is stretched")
    data_format: str | None = Field(None, description="NWC, NHWC, NDHWC (default), or NCW, NCHW, NCDHW")
    cotangent_shape: Integers | None = Field(
        None, description="of a cotangent that is wrong on purpose, or of a wrong call that has no result"
    )


class ResizeParameters(Parameters, ResizeKeys):
    """What a trial is made of. Each may stand in the case itself or be swept.

    The value is given by its shape (`value`) or by `batch`, `size` and `channels`.
    """

    inputs: Literal[tuple(GENERATORS)] | LiteralInputs | None = Field(  # type: ignore[valid-type]
        None, description="a generator's name (default mix), or literal values"
    )

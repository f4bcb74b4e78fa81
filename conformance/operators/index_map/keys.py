"""The keys of an index map's cases."""

from typing import Literal

from pydantic import Field

from conformance.operators.index_map.generators import GENERATORS
from conformance.suite.schema import Integer, Integers, LiteralInputs, Pairs, Parameters, Strict


class IndexMapKeys(Strict):
    """Those that other kinds do not have; which of them an operator takes, `reference.index_map.family` says."""

    value: Integers | None = Field(None, description="shape, in the order of data_format")
    batch: Integer | None = None
    size: Integer | Integers | None = Field(
        None, description="the value's spatial lengths, of fold the result's; one number for all"
    )
    channels: Integer | None = None
    paddings: Pairs | None = Field(None, description="of pad: one pair [before, after] per axis of the value")
    mode: str | None = Field(
        None,
        description="of pad: CONSTANT (default), REFLECT, SYMMETRIC, EDGE, WRAP; of blocks: DCR (default), CRD",
    )
    constant_values: int | float | Literal["nan", "inf", "-inf", "-0.0"] | None = Field(
        None, description="what pads of constants hold (default 0)"
    )
    block_size: Integer | None = Field(None, description="of blocks: their height and width")
    output_size: Integers | None = Field(None, description="of fold: height and width of the result")
    ksize: Integer | Integers | None = Field(
        None, description="lengths of the window: one for both spatial axes, one per axis, or all axes'"
    )
    strides: Integer | Integers | None = Field(None, description="as ksize; there is no default")
    padding: str | Pairs | None = Field(
        None,
        description="SAME, VALID, or pairs [before, after]: of all axes, with size also of the spatial ones",
    )
    data_format: str | None = Field(None, description="NHWC (default) or NCHW; pad takes none")
    dilations: Integer | Integers | None = Field(None, description="as ksize; default 1")
    patch_order: str | None = Field(None, description="of what a patch holds: HWC (default) or CHW")
    cotangent_shape: Integers | None = Field(
        None, description="of a cotangent that is wrong on purpose, or of a wrong call that has no result"
    )


class IndexMapParameters(Parameters, IndexMapKeys):
    """What a trial is made of. Each may stand in the case itself or be swept.

    The value is given by its shape (`value`) or, but for pad, by `batch`, `size` and `channels`; of fold these are the
    result's, from which the value's shape and `output_size` follow.
    """

    inputs: Literal[tuple(GENERATORS)] | LiteralInputs | None = Field(  # type: ignore[valid-type]
        None, description="a generator's name (default mix), or literal values"
    )

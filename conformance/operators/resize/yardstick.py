"""ONNX's published node cases of Resize as calls of ours.

Knows: ONNX's inputs and attributes. Must not know: mutants. Cases that crop (tf_crop_and_resize), or keep the aspect
ratio, are no calls of ours.
"""

from typing import Any

from conformance.operators.resize.calls import right_call
from conformance.scoring.yardstick import PublishedCase, YardstickCase, asked
from conformance.suite.dtypes import FORMATS
from reference.errors import ArgumentError
from reference.resize.family import OPERATORS


def read_case(published: PublishedCase) -> YardstickCase | None:
    """The case as a call of ours; None for what is none."""
    value, roi, scales, sizes = (*published.operands, None, None, None)[:4]
    assert value is not None
    attributes, rank = published.attributes, value.ndim - 2
    operator = OPERATORS.get(f"resize{rank}d")
    given = sizes if sizes is not None else scales
    policy = attributes.get("keep_aspect_ratio_policy", b"stretch")
    if operator is None or given is None or roi is not None or policy != b"stretch" or value.dtype.name not in FORMATS:
        return None
    named = [int(axis) % value.ndim for axis in attributes.get("axes", range(value.ndim))]
    of_axis = dict(zip(named, given.tolist(), strict=True))
    numbers: tuple[Any, ...] = tuple(
        of_axis.get(axis + 2, 1.0 if sizes is None else value.shape[axis + 2]) for axis in range(rank)
    )
    words: dict[str, Any] = {"output_size" if sizes is not None else "scales": numbers}
    method = attributes.get("mode", b"nearest").decode()
    coordinates = attributes.get("coordinate_transformation_mode", b"half_pixel").decode()
    # ONNX aligns corners by the scaled length before it is rounded, and antialiases with the edges repeated.
    unrounded = sizes is None and any(
        scale * length % 1 for scale, length in zip(numbers, value.shape[2:], strict=True)
    )
    if (coordinates == "align_corners" and unrounded) or (method == "linear" and attributes.get("antialias", 0)):
        return None
    if method == "nearest":
        words["nearest_mode"] = attributes.get("nearest_mode", b"round_prefer_floor").decode()
    if method == "cubic":
        words["cubic_coeff_a"] = attributes.get("cubic_coeff_a", -0.75)
        words["exclude_outside"] = bool(attributes.get("exclude_outside", 0))
    try:
        call = right_call(
            operator.name,
            value.shape,
            method=method,
            coordinate_transformation_mode=coordinates,
            antialias=bool(attributes.get("antialias", 0)),
            data_format=operator.data_formats[1],
            dtype=value.dtype.name,
            **words,
        )
    except ArgumentError:
        return None
    return asked(published, call, value=value)


READERS = {"Resize": read_case}

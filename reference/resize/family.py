"""The operators of resizing, and the words that say how: TensorFlow's, and ONNX's where TensorFlow has none."""

from collections.abc import Mapping

from reference.family import Operator

OPERATORS: Mapping[str, Operator] = {f"resize{rank}d": Operator(f"resize{rank}d", rank, False) for rank in (1, 2, 3)}

METHODS = ("nearest", "linear", "cubic")
COORDINATES = ("half_pixel", "pytorch_half_pixel", "half_pixel_symmetric", "align_corners", "asymmetric")
"""ONNX's words but for `tf_crop_and_resize`, which takes boxes and what lies outside of them: another operator"""
NEAREST_MODES = ("round_prefer_ceil", "round_prefer_floor", "floor", "ceil")

"""How each framework is asked an index map: in its own words, with notation around them, or not at all."""

from typing import Any

import pytest

from conformance.adapters.lane import load_adapter, parse_lane
from conformance.adapters.plan import Plan, Unsupported
from conformance.operators.index_map.calls import make_call
from tests.operators.index_map.calls import WORDS, index_call

WINDOWS: dict[str, Any] = {"ksize": 2, "strides": 1, "padding": "VALID"}


def plan(lane: str, operator: str, **words: Any) -> Plan | Unsupported:
    given = {**WORDS[operator], **words}
    return load_adapter(parse_lane(lane)).plan(make_call(operator, given.pop("value"), **given))


def source(lane: str, operator: str, **words: Any) -> list[str]:
    found = plan(lane, operator, **words)
    assert isinstance(found, Plan), found
    return list(found.source())


def test_pads_are_named_from_the_last_axis_on_in_torch() -> None:
    assert source("torch", "pad", value=(1, 2, 4, 5), paddings=((0, 0), (0, 0), (1, 2), (3, 0)), mode="EDGE") == [
        "result = torch.nn.functional.pad(value, pad=(3, 0, 1, 2), mode='replicate')"
    ]
    constant = source("torch", "pad", mode="CONSTANT", constant_values=-7, paddings=((1, -2), (3, 0)))
    assert constant == ["result = torch.nn.functional.pad(value, pad=(3, 0, 1, -2), mode='constant', value=-7)"]


def test_padded_axes_of_torch_are_moved_to_the_end_and_back() -> None:
    assert source("torch", "pad", value=(2, 4, 5, 3), paddings=((0, 0), (1, 2), (3, 0), (0, 0))) == [
        "value = np.ascontiguousarray(np.transpose(value, (0, 3, 1, 2)))",
        "result = torch.nn.functional.pad(value, pad=(3, 0, 1, 2), mode='reflect')",
        "result = np.ascontiguousarray(np.transpose(result, (0, 2, 3, 1)))",
    ]
    assert source("torch", "pad")[0] == "value = value.reshape((1, 4, 5))"


def test_negative_pads_are_cut_off_before_in_tensorflow_and_said_in_jax() -> None:
    words: dict[str, Any] = {"mode": "CONSTANT", "paddings": ((-1, 2), (0, -3))}
    assert source("tensorflow", "pad", **words) == [
        "value = value[1:4, 0:2]",
        "result = tf.pad(value, paddings=((0, 2), (0, 0)), mode='CONSTANT')",
    ]
    found = plan("tensorflow", "pad", **words)
    assert isinstance(found, Plan)
    assert not found.native
    assert source("jax", "pad", **words) == [
        "constant = jax.numpy.full(shape=(), fill_value=0, dtype='float32')",
        "result = jax.lax.pad(value, constant, padding_config=((-1, 2, 0), (0, -3, 0)))",
    ]


def test_a_constant_that_is_no_number_is_one_in_a_framework_s_words() -> None:
    words: dict[str, Any] = {"mode": "CONSTANT", "value": (2,), "paddings": ((1, 0),)}
    assert source("jax", "pad", constant_values="nan", **words) == [
        "result = jax.numpy.pad(value, pad_width=((1, 0),), mode='constant', constant_values=float('nan'))"
    ]
    assert "constant_values=-0.0" in source("tensorflow", "pad", constant_values="-0.0", **words)[0]


def test_blocks_of_jax_are_two_reshapes_around_a_transposition() -> None:
    found = plan("jax", "space_to_depth", mode="CRD")
    assert isinstance(found, Plan)
    assert found.notes == ("JAX has no space_to_depth: two reshapes around a transposition: composed",)
    assert source("jax", "space_to_depth", mode="CRD") == [
        "blocks = jax.numpy.reshape(value, shape=(1, 2, 2, 3, 2, 2))",
        "moved = jax.numpy.transpose(blocks, axes=(0, 1, 3, 5, 2, 4))",
        "result = jax.numpy.reshape(moved, shape=(1, 2, 3, 8))",
    ]


def test_uneven_pads_of_patches_are_put_around_the_value_and_cut_off_the_sum_in_torch() -> None:
    words: dict[str, Any] = {"padding": ((0, 0), (1, 0), (0, 2), (0, 0)), "patch_order": "CHW"}
    unfolded = source("torch", "extract_patches", **words)
    assert unfolded[1] == "value = np.pad(value, ((0, 0), (0, 0), (1, 0), (0, 2)))"
    folded = source("torch", "fold", value=(1, 4, 5, 12), **words)
    assert "output_size=(5, 7)" in folded[2]
    assert folded[3] == "result = result[0:1, 0:2, 1:5, 0:5]"


@pytest.mark.parametrize(
    ("lane", "operator", "words", "reason"),
    [
        ("tensorflow", "pad", {"mode": "EDGE"}, "tf.pad has no mode EDGE"),
        ("tensorflow", "pad", {"mode": "WRAP", "paddings": ((-1, 0), (0, 0))}, "tf.pad has no mode WRAP"),
        ("tensorflow", "pad", {"mode": "CONSTANT", "paddings": ((-5, 3), (0, 0))},
         "tf.pad takes no negative pads, and more is cut off here than there is"),
        ("tensorflow", "depth_to_space", {"block_size": 1}, "tf.nn.depth_to_space takes a block_size of 2 and more"),
        ("tensorflow", "depth_to_space", {"mode": "CDR"}, "tf.nn.depth_to_space has no mode"),
        ("tensorflow", "fold", {}, "TensorFlow has no fold"),
        ("tensorflow", "extract_patches", {"patch_order": "WHC"}, "tf.image.extract_patches has no patch_order"),
        ("tensorflow", "extract_patches", {"ksize": (1, 2, 2, 2)},
         "the windows of tf.image.extract_patches are those of the spatial axes"),
        ("tensorflow", "extract_patches", {"padding": ((0, 0), (-1, 0), (0, 0), (0, 0))},
         "tf.image.extract_patches takes no pairs"),
        ("torch", "pad", {"mode": "SYMMETRIC"}, "torch.nn.functional.pad has no mode SYMMETRIC"),
        ("torch", "pad", {"mode": "SYMMETRIC", "paddings": ((9, 0), (0, 0))},
         "torch.nn.functional.pad has no mode SYMMETRIC"),
        ("torch", "pad", {"value": (2, 2, 2, 2), "paddings": ((1, 1),) * 4},
         "torch.nn.functional.pad pads at most 3 axes by what is not a constant"),
        ("torch", "pad", {"paddings": ((1, 1),)}, "torch.nn.functional.pad takes pads of the last axes alone"),
        ("torch", "pad", {"paddings": ((1,), (1,))}, "torch.nn.functional.pad takes numbers, and no pairs"),
        ("torch", "extract_patches", {"value": (1, 0, 5, 2)}, "torch has no patches of empty axes"),
        ("torch", "depth_to_space", {"value": (4, 4, 4)}, "torch takes a value without its batch, too"),
        ("torch", "depth_to_space", {"data_format": "NHCW"}, "torch has no data_format here"),
        ("torch", "extract_patches", {"ksize": (1, 2, 2, 2)}, "torch takes numbers of the spatial axes only"),
        ("torch", "extract_patches", {"padding": "EDGE"},
         "torch takes one number for the pads of both sides, and no words"),
        ("torch", "depth_to_space", {"direction": "value_gradient", "cotangent_given": (1, 4, 6)},
         "the cotangent is written in another way, and a wrong one has other axes"),
        ("jax", "fold", {}, "JAX has no fold"),
        ("jax", "depth_to_space", {"block_size": 0}, "JAX has no depth_to_space"),
        ("jax", "extract_patches", {"patch_order": "WHC"}, "jax.lax.conv_general_dilated_patches has no patch_order"),
        ("jax", "extract_patches", {"ksize": (1, 2, 2, 2)},
         "jax.lax.conv_general_dilated_patches takes numbers of the spatial axes only"),
        ("jax", "extract_patches", {"padding": ((0, 0), (-1, 0), (0, 0), (0, 0))},
         "pads of jax.lax.conv_general_dilated_patches are of the spatial axes, and may be negative"),
        ("jax", "extract_patches", {"strides": 0, "padding": ((0, 0), (1, 0), (0, 0), (0, 0))},
         "pads of jax.lax.conv_general_dilated_patches are of the spatial axes"),
    ],
)  # fmt: skip
def test_what_a_framework_has_no_words_for_is_said(
    lane: str, operator: str, words: dict[str, Any], reason: str
) -> None:
    assert plan(lane, operator, **words) == Unsupported(reason)


@pytest.mark.parametrize(
    ("lane", "operator", "words", "call"),
    [
        ("tensorflow", "pad", {"paddings": ((4, 0), (0, 0))},
         "tf.pad(value, paddings=((4, 0), (0, 0)), mode='REFLECT')"),
        ("torch", "pad", {"paddings": ((0, 0), (0, 5))}, "torch.nn.functional.pad(value, pad=(0, 5), mode='reflect')"),
        ("jax", "pad", {"mode": "CONSTANT", "paddings": ((-9, 0), (0, 0))},
         "jax.lax.pad(value, constant, padding_config=((-9, 0, 0), (0, 0, 0)))"),
        ("jax", "pad", {"mode": "MIRROR"},
         "jax.numpy.pad(value, pad_width=((1, 2), (3, 0)), mode='mirror')"),
        ("tensorflow", "space_to_depth", {"block_size": 3}, "tf.nn.space_to_depth(value, block_size=3)"),
        ("torch", "space_to_depth", {"block_size": 0},
         "torch.nn.functional.pixel_unshuffle(value, downscale_factor=0)"),
        ("torch", "fold", {"output_size": (9, 9)},
         "torch.nn.functional.fold(value, output_size=(9, 9), kernel_size=(2, 3), dilation=(1, 1), padding=0, "
         "stride=(1, 1))"),
        ("jax", "extract_patches", {"ksize": 0},
         "jax.lax.conv_general_dilated_patches(value, filter_shape=(0, 0), window_strides=(1, 1), padding='SAME', "
         "rhs_dilation=(1, 1), dimension_numbers=('NHWC', 'HWIO', 'NHWC'))"),
    ],
)  # fmt: skip
def test_a_wrong_call_is_handed_over_as_it_is(lane: str, operator: str, words: dict[str, Any], call: str) -> None:
    assert f"result = {call}" in source(lane, operator, **words)


@pytest.mark.parametrize("lane", ["tensorflow", "torch", "jax"])
@pytest.mark.parametrize("operator", WORDS)
def test_a_gradient_leaves_the_shape_of_the_value(lane: str, operator: str) -> None:
    for data_format in ("NHWC", "NCHW") if operator != "pad" else (None,):
        words: dict[str, Any] = {"data_format": data_format} if data_format else {}
        if data_format == "NCHW":
            value = WORDS[operator]["value"]
            words["value"] = (value[0], value[3], *value[1:3])
        found = plan(lane, operator, direction="value_gradient", **words)
        if isinstance(found, Plan):
            _, invoke, _ = found.parts
            assert invoke.gradient == "value"


def test_the_reference_is_asked_as_the_call_stands() -> None:
    assert source("reference", "pad") == [
        "result = reference.index_map.pad(value, paddings=((1, 2), (3, 0)), mode='REFLECT')"
    ]
    assert index_call("fold").result_shape == (1, 4, 5, 2)

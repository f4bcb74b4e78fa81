"""Calls of index maps as they are read: what they mean, what is refused and where, what is said of their translation.

That pasted and printed code have the reference's bits is in tests/translation/test_printed_code.py.
"""

from typing import Any

import pytest

from conformance.adapters.lane import load_adapter, parse_lane
from conformance.adapters.plan import Plan, Unsupported
from conformance.operators.index_map.readings.reading import IndexMapReading, read_trial
from conformance.suite.case import Trial, WrongTrial
from conformance.suite.corpus import select
from conformance.translation.code import CallError
from conformance.translation.reading import read_call
from reference.index_map.family import OPERATORS
from tests.operators.index_map.calls import index_call


def read(text: str) -> IndexMapReading:
    found = read_call(text, "float32")
    assert isinstance(found, IndexMapReading)
    return found


def planned(reading: IndexMapReading, lane: str) -> Plan | Unsupported:
    return reading.write(load_adapter(parse_lane(lane)))


@pytest.mark.parametrize(
    ("text", "operator", "words"),
    [
        ("tf.pad(x[4,5], [[1,2],[3,0]], 'reflect')", "pad", {}),
        ("tf.pad(x[4,5], [[1,2],[3,0]], constant_values=7)", "pad", {"mode": "CONSTANT", "constant_values": 7}),
        ("F.pad(x[2,4,5], (3,0,1,2), 'replicate')", "pad",
         {"value": (2, 4, 5), "paddings": ((0, 0), (1, 2), (3, 0)), "mode": "EDGE"}),
        ("F.pad(x[4,5], [-1,2])", "pad", {"paddings": ((0, 0), (-1, 2)), "mode": "CONSTANT"}),
        ("jnp.pad(x[4,5], [(1,2),(3,0)], mode='wrap')", "pad", {"mode": "WRAP"}),
        ("tf.nn.depth_to_space(x[1,2,3,8], 2)", "depth_to_space", {}),
        ("tf.nn.space_to_depth(x[1,2,4,6], 2, 'NCHW')", "space_to_depth", {}),
        ("F.pixel_shuffle(x[1,8,2,3], 2)", "depth_to_space", {"mode": "CRD"}),
        ("F.pixel_unshuffle(x[1,2,4,6], 2)", "space_to_depth", {"mode": "CRD"}),
        ("tf.image.extract_patches(x[1,4,5,2], [1,2,3,1], [1,1,1,1], [1,1,1,1], 'SAME')", "extract_patches", {}),
        ("F.unfold(x[1,2,4,5], (2,3), padding=1)", "extract_patches",
         {"padding": ((0, 0), (1, 1), (1, 1), (0, 0)), "patch_order": "CHW"}),
        ("F.fold(x[1,12,9], (4,5), (2,3))", "fold", {"patch_order": "CHW"}),
        ("jax.lax.conv_general_dilated_patches(x[1,2,4,5], (2,3), (1,1), 'SAME')", "extract_patches",
         {"patch_order": "CHW"}),
    ],
)  # fmt: skip
def test_a_call_means_its_map(text: str, operator: str, words: dict[str, Any]) -> None:
    expected, found = index_call(operator, **words), read(text).judged
    assert (found.operator, found.geometry, found.constant) == (operator, expected.geometry, expected.constant)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tf.pad(x[4], [[4,0]], 'REFLECT')", "REFLECT takes at most 3"),
        ("tf.pad(x[4], [[-1,0]])", "TensorFlow takes no negative pads"),
        ("tf.pad(x[4], [[1,0]], 'EDGE')", "mode is 'EDGE'; expected 'CONSTANT', 'REFLECT', 'SYMMETRIC'"),
        ("tf.pad(x[4], [1,0])", "expected 1 pairs (before, after), one for each axis"),
        ("tf.pad(x[4], [[1,0]], constant_values='a')", "constant_values is 'a'; expected a number"),
        ("tf.pad(x[0,4], [[0,0],[1,0]]) + b[5]", "not part of an index map"),
        ("tf.pad(x[1,0], [[0,0],[1,0]])", "a length 0 is read for the first axis only"),
        ("tf.nn.depth_to_space(x[1,2,2,4], 1)", "block_size is 1; TensorFlow takes 2 and more"),
        ("tf.nn.depth_to_space(x[1,2,2,6], 2)", "block_size 2 needs a multiple of 4"),
        ("tf.nn.depth_to_space(x[1,2,2,4], 2, 'NHCW')", "data_format is 'NHCW'; expected 'NHWC' or 'NCHW'"),
        ("tf.image.extract_patches(x[1,4,4,1], [2,2], [1,1,1,1], [1,1,1,1], 'SAME')", "expected [1, height, width, 1]"),
        ("tf.image.extract_patches(x[1,4,4,1], [1,2,2,1], [1,1,1,1], [1,1,1,1], 1)", "expected 'SAME' or 'VALID'"),
        ("F.pad(x[4,5], [1])", "expected up to 2 pairs of integers, the last axis' first"),
        ("F.pad(x[4,5], [1,1], 'symmetric')", "mode is 'symmetric'; expected 'constant', 'reflect', 'replicate'"),
        ("F.pad(x[4,5], [1,1,1,1], 'reflect')", "pads of the mode reflect are of 1 to 3 last axes"),
        ("F.pad(x[2,4,5], [1,1], 'reflect', 3)", "a value goes with the mode constant alone, not with reflect"),
        ("F.unfold(x[1,1,2,2], 3)", "no window finds its place along the height"),
        ("F.fold(x[1,4,5], (3,3), 2)", "output_size [3, 3] has 2 x 2 windows; the value has 5 patches"),
        ("F.fold(x[1,4,4], 0, 2)", "output_size is 0; expected an integer or two, of at least 1"),
        ("jnp.pad(x[4], [(-1,0)])", "jnp.pad takes no negative pads; lax.pad does"),
        ("jnp.pad(x[4], 1)", "expected 1 pairs (before, after), one for each axis"),
        ("jnp.pad(x[4], [(1,0)], 'mean')", "mode is 'mean'; expected 'constant', 'reflect', 'symmetric'"),
        ("jax.lax.conv_general_dilated_patches(x[1,4,4], (2,), (1,), 'SAME')", "expected 4 axes"),
        ("jax.lax.conv_general_dilated_patches(x[1,1,4,4], (2,), (1,1), 'SAME')", "expected two integers"),
        ("jax.lax.conv_general_dilated_patches(x[1,1,4,4], (2,2), (1,1), [(-1,0),(0,0)])", "that are not negative"),
        ("jax.lax.conv_general_dilated_patches(x[1,1,4,4], (2,2), (1,1), 'SAME', dimension_numbers='NHWC')",
         "dimension_numbers is 'NHWC'; expected"),
    ],
)  # fmt: skip
def test_a_call_that_is_refused_says_why(text: str, message: str) -> None:
    with pytest.raises(CallError) as error:
        read(text)
    assert message in str(error.value)


def test_a_shuffle_becomes_depth_to_space_with_its_channels_in_another_order() -> None:
    """The bug of exports: CRD was said as DCR."""
    reading = read("F.pixel_shuffle(x[1,8,2,3], 2)")
    plan = planned(reading, "tensorflow")
    assert isinstance(plan, Plan)
    assert plan.native
    before, invoke, after = plan.parts
    assert [step.source() for step in before] == [
        "value = np.ascontiguousarray(np.transpose(value, (0, 2, 3, 1)))",
        "value = value.reshape((1, 2, 3, 2, 4))",
        "value = np.ascontiguousarray(np.transpose(value, (0, 1, 2, 4, 3)))",
        "value = value.reshape((1, 2, 3, 8))",
    ]
    assert invoke.source() == "result = tf.nn.depth_to_space(value, block_size=2)"
    assert [step.source() for step in after] == ["result = np.ascontiguousarray(np.transpose(result, (0, 3, 1, 2)))"]
    assert reading.remarks_on("tensorflow", plan) == ("the order of channels is CRD, and that of tensorflow is DCR",)
    assert reading.lines() == [
        "depth_to_space, float32, CRD", "height: 2 -> 4, blocks of 2", "width: 3 -> 6, blocks of 2",
    ]  # fmt: skip
    assert reading.document() == {
        "operator": "depth_to_space", "dtype": "float32", "direction": "forward", "order": "CRD",
        "axes": [
            {"name": "height", "input": 2, "block": 2, "output": 4},
            {"name": "width", "input": 3, "block": 2, "output": 6},
        ],
    }  # fmt: skip


def test_a_translation_into_its_own_order_has_nothing_to_be_said_of() -> None:
    for text, lane in (
        ("F.pixel_shuffle(x[1,8,2,3], 2)", "torch"), ("F.pixel_shuffle(x[1,8,2,3], 2)", "jax"),
        ("F.unfold(x[1,2,4,5], 2)", "jax"), ("tf.pad(x[4], [[1,2]])", "torch"),
    ):  # fmt: skip
        reading = read(text)
        assert reading.remarks_on(lane, planned(reading, lane)) == ()


def test_what_a_framework_has_no_word_for_is_unsupported() -> None:
    assert planned(read("tf.pad(x[4], [[1,2]], 'SYMMETRIC')"), "torch") == Unsupported(
        "torch.nn.functional.pad has no mode SYMMETRIC"
    )
    assert planned(read("F.fold(x[1,4,4], (3,3), 2)"), "jax") == Unsupported("JAX has no fold")


def test_lines_say_what_pads_hold_and_windows_do() -> None:
    assert read("F.pad(x[2,4], [1,0], value=3)").lines() == [
        "pad, float32, CONSTANT 3",
        "axis 0: 2 -> 2; pads: 0 before, 0 after",
        "axis 1: 4 -> 5; pads: 1 before, 0 after",
    ]  # fmt: skip
    assert read("jnp.pad(x[4], [(1,0)], 'edge')").lines()[0] == "pad, float32, EDGE"
    assert read("F.fold(x[1,4,4], (4,4), 2, dilation=2, padding=1, stride=2)").lines()[1] == (
        "height: 2 -> 4, window 2, stride 2, dilation 2; crops: 1 before, 1 after"
    )


def test_a_trial_is_shown_in_the_words_of_the_first_framework_that_says_it() -> None:
    shown = read_trial(index_call("pad", mode="EDGE", value=(2, 3, 4), paddings=((0, 0), (0, 0), (1, 2))), "float64")
    assert (shown.lane, shown.judged.dtype) == ("torch", "float64")
    assert shown.text == "torch.nn.functional.pad(x[2, 3, 4], pad=[1, 2], mode='replicate')"


def test_every_right_trial_of_the_corpus_can_be_read_and_no_wrong_one(corpus_of_maps: list[Trial]) -> None:
    for trial in corpus_of_maps:
        if isinstance(trial, WrongTrial):
            with pytest.raises(CallError, match="the call is wrong"):
                read_trial(trial.call)
        else:
            assert read_trial(trial.call).judged == trial.call


@pytest.fixture(scope="module")
def corpus_of_maps() -> list[Trial]:
    return select([f"{name}/*" for name in OPERATORS])

"""Keras: what its lanes are told, worked by hand; and a trial of each kind on each of its backends."""

import os
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from conformance.adapters.keras.adapter import BACKENDS, Keras
from conformance.adapters.keras.words import keras_transposed_axis, output_padding
from conformance.adapters.lane import load_adapter, missing_framework, parse_lane
from conformance.adapters.plan import Plan, Unsupported
from conformance.adapters.protocol import Nominal, plan_call
from conformance.judging.verdict import Outcome
from conformance.operators.convolution.call import ConvolutionTrial
from conformance.running.examination import Examination
from conformance.running.session import LaneSession
from conformance.suite.case import Trial, WrongTrial
from conformance.suite.corpus import select
from reference.geometry import AxisPadding, legal_output_lengths, transposed_axis

Family = Callable[..., ConvolutionTrial]
LANES = tuple(f"keras:{backend}" for backend in BACKENDS)


OF_EACH_KIND = (
    "conv2d/bias/groups[strides=2,data_format=NHWC]",
    "conv3d_transpose/bias/every[kernel=2,strides=1,data_format=NDHWC]",
    "conv2d_transpose/tutorial/example-2-corrected[inputs=wide_w,dtype=float32]",
    "conv2d_transpose/bias/gradients-beside[direction=filter_gradient,data_format=NHWC]",
    "depthwise_conv2d/bias/gradient[strides=1,data_format=NHWC,dtype=float32]",
    "max_pool2d/refusals/cotangent-shape",
    "max_pool2d/padding/same-odd-and-even[size=7x6,ksize=3,strides=2]",
    "extract_patches/patches/windows[strides=2x1,padding=SAME,patch_order=HWC]",
    "pad/modes/each-mode[value=5,paddings=2:1,mode=REFLECT]",
    "resize2d/linear/words[size=5x7,output_size=7x5,coordinate_transformation_mode=half_pixel,inputs=mix]",
)
OTHERS = (
    "avg_pool1d/divisors/same[ksize=3,strides=2,count_include_pad=False]",
    "max_pool1d/padding/explicit[strides=1,padding=2:1]",
    "lp_pool1d/norms/classes[ksize=3,strides=2,padding=SAME,norm_type=2,direction=forward,dtype=float32]",
    "pad/modes/each-mode[value=5,paddings=2:1,mode=WRAP]",
    "extract_patches/patches/dilations[strides=3x2,padding=VALID,dilations=2,patch_order=CHW]",
    "resize2d/linear/words[size=5x7,output_size=7x5,coordinate_transformation_mode=asymmetric,inputs=mix]",
    "conv2d/refusals/padding-word[padding=FULL]",
    "conv2d/refusals/padding-word[padding=same]",
    "conv2d/refusals/data-format-unknown[data_format=nhwc]",
    "conv2d/refusals/stride-over-batch-or-channels[strides=2x1x1x1]",
    "conv2d/refusals/padding-of-too-few-pairs",
)


@cache
def asked() -> dict[str, Trial]:
    """The shipped trials that these tests ask, read once."""
    return {trial.id: trial for trial in select([*OF_EACH_KIND, *OTHERS])}


def shipped(name: str) -> Trial:
    return asked()[name]


def planned(trial: Trial, lane: str = "keras") -> Plan | Unsupported:
    return plan_call(load_adapter(parse_lane(lane)), trial.call)


def told(trial: Trial, lane: str = "keras") -> tuple[str, ...]:
    plan = planned(trial, lane)
    assert isinstance(plan, Plan), plan
    return plan.source()


def reason(trial: Trial, lane: str = "keras") -> str:
    plan = planned(trial, lane)
    assert isinstance(plan, Unsupported), plan
    return plan.reason


def test_a_bias_is_added_as_layers_add_it_along_the_axis_of_the_channels(family: Family) -> None:
    assert told(family("conv2d", bias=True, data_format="NCHW")) == (
        "result = keras.ops.conv(value, filter, strides=(2, 2), padding='same', data_format='channels_first', "
        "dilation_rate=(1, 1))",
        "pixel = keras.ops.reshape(bias, newshape=(1, 4, 1, 1))",
        "result = keras.ops.add(result, pixel)",
    )


def test_pads_that_no_word_means_are_zeros_around_the_value(family: Family) -> None:
    uneven = family("conv2d", padding=[[0, 0], [2, 0], [0, 1], [0, 0]], strides=1)
    assert told(uneven) == (
        "value = np.pad(value, ((0, 0), (2, 0), (0, 1), (0, 0)))",
        "result = keras.ops.conv(value, filter, strides=(1, 1), padding='valid', data_format='channels_last', "
        "dilation_rate=(1, 1))",
    )
    # kernel 3 x 2, stride 1: one zero on both sides of the height, and one behind the width, are those of SAME
    same = planned(family("conv2d", padding=[[0, 0], [1, 1], [0, 1], [0, 0]], strides=1))
    assert isinstance(same, Plan)
    assert same.native
    assert same.notes == ("Keras pads by words alone; 'same' means the same pads here",)


def test_a_depthwise_convolution_has_a_function_of_its_own(family: Family) -> None:
    (line,) = told(family("depthwise_conv2d", strides=1))
    assert line.startswith("result = keras.ops.depthwise_conv(value, filter, strides=(1, 1), padding='same'")


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        # height 4 to 8 and width 5 to 10: a stride times the length, which is the default
        ({"padding": "SAME", "output": [8, 10]}, "padding='same', data_format"),
        # kernel 3: a length of 7 has no output_padding, one of 10 has one
        ({"padding": "SAME", "output": [7, 10]}, "padding='same', output_padding=(0, 1), data_format"),
        ({"padding": "VALID", "output": [9, 12]}, "padding='valid', output_padding=(0, 1), data_format"),
        # nothing is cropped in front, and as much behind as SAME crops
        ({"padding": [[0, 0], [0, 1], [0, 1], [0, 0]], "output": [8, 10]}, "padding='same', data_format"),
    ],
)
def test_output_padding_says_the_length_of_a_transposed_convolution(
    family: Family, keys: dict[str, Any], words: str
) -> None:
    (line,) = told(family("conv2d_transpose", size=[4, 5], kernel=3, strides=2, **keys))
    assert words in line


def test_a_crop_that_no_word_means_is_cut_off_the_result_of_valid(family: Family) -> None:
    plan = planned(family("conv1d_transpose", size=4, kernel=3, strides=2, padding=[[0, 0], [1, 0], [0, 0]], output=9))
    assert isinstance(plan, Plan)
    # full is 9: from 1 on, one more than that is needed
    assert plan.source() == (
        "result = keras.ops.conv_transpose(value, filter, strides=(2,), padding='valid', output_padding=(1,), "
        "data_format='channels_last', dilation_rate=(1,))",
        "result = result[0:2, 1:10, 0:4]",
    )
    assert not plan.native


def test_what_output_padding_says_has_the_length_that_is_asked_for() -> None:
    for length, kernel, stride, dilation, same in product(range(1, 5), range(1, 5), (1, 2, 3), (1, 2), (True, False)):
        word: AxisPadding = "SAME" if same else "VALID"
        for output in legal_output_lengths(length, kernel, stride, dilation, word):
            axis = transposed_axis(length, kernel, stride, dilation, word, output)
            more = output_padding(axis, same=same)
            if 0 <= more < stride:
                assert keras_transposed_axis((length, kernel, stride, dilation), more, same=same) == axis


def test_a_transposed_convolution_has_no_groups(family: Family) -> None:
    grouped = family("conv2d_transpose", channels=[4, 6], groups=2)
    assert reason(grouped) == "keras.ops.conv_transpose has no groups"


def test_wrong_calls_are_handed_over_where_keras_has_a_name_for_what_is_wrong(
    wrong_family: Callable[..., WrongTrial],
) -> None:
    zero = wrong_family("conv2d", strides=0, expect={"refusal": "strides"})
    assert "strides=(0, 0)" in told(zero)[0]
    short = wrong_family("conv2d", bias=True, bias_shape=[1], expect={"refusal": "size"})
    assert reason(short).startswith("keras.ops.conv has no bias; keras.ops.add takes whatever broadcasts")
    assert reason(shipped("conv2d/refusals/stride-over-batch-or-channels[strides=2x1x1x1]")) == (
        "keras.ops.conv takes strides and dilations of the spatial axes only"
    )
    assert reason(shipped("conv2d/refusals/padding-of-too-few-pairs")) == "keras.ops.conv's padding takes no pairs"


def test_words_are_handed_over_but_for_those_that_keras_takes_in_any_case() -> None:
    """FULL is as wrong in Keras; 'same' is not."""
    assert "padding='full'" in told(shipped("conv2d/refusals/padding-word[padding=FULL]"))[0]
    assert "data_format='nhwc'" in told(shipped("conv2d/refusals/data-format-unknown[data_format=nhwc]"))[0]
    assert reason(shipped("conv2d/refusals/padding-word[padding=same]")) == "keras.ops.conv takes its words in any case"


def test_poolings_pad_by_words_and_by_the_lowest_number() -> None:
    (line,) = told(shipped("avg_pool1d/divisors/same[ksize=3,strides=2,count_include_pad=False]"))
    assert line == (
        "result = keras.ops.average_pool(value, pool_size=(3,), strides=(2,), padding='same', "
        "data_format='channels_last')"
    )
    pad, line = told(shipped("max_pool1d/padding/explicit[strides=1,padding=2:1]"))
    assert pad == "value = np.pad(value, ((0, 0), (2, 1), (0, 0)), constant_values=float('-inf'))"
    assert "padding='valid'" in line
    assert (
        reason(
            shipped(
                "lp_pool1d/norms/classes[ksize=3,strides=2,padding=SAME,norm_type=2,direction=forward,dtype=float32]"
            )
        )
        == "Keras has no lp_pool1d"
    )


def test_modes_of_pads_are_those_that_the_documents_name_for_a_backend() -> None:
    wrap = shipped("pad/modes/each-mode[value=5,paddings=2:1,mode=WRAP]")
    assert reason(wrap, "keras:tensorflow") == "keras.ops.pad has no mode WRAP on tensorflow, say its documents"
    assert told(wrap, "keras:torch") == ("result = keras.ops.pad(value, pad_width=((2, 1),), mode='circular')",)
    assert told(wrap, "keras:jax") == ("result = keras.ops.pad(value, pad_width=((2, 1),), mode='wrap')",)


def test_patches_with_strides_and_dilations_are_unfolded() -> None:
    source = told(shipped("extract_patches/patches/dilations[strides=3x2,padding=VALID,dilations=2,patch_order=CHW]"))
    assert any("keras.ops.unfold(value, kernel_size=" in line for line in source)


def test_a_resize_by_other_coordinates_is_a_scale_and_a_translation() -> None:
    (same,) = told(
        shipped("resize2d/linear/words[size=5x7,output_size=7x5,coordinate_transformation_mode=half_pixel,inputs=mix]")
    )
    assert "keras.ops.image.resize(value, size=" in same
    assert "interpolation='bilinear', antialias=False, data_format='channels_last'" in same
    scale, translation, line = told(
        shipped("resize2d/linear/words[size=5x7,output_size=7x5,coordinate_transformation_mode=asymmetric,inputs=mix]")
    )
    assert (scale[:26], translation[:32]) == ("scale = keras.ops.array(x=", "translation = keras.ops.array(x=")
    assert "keras.ops.image.scale_and_translate(value, scale=scale, translation=translation" in line


def test_nominal_words_are_keras_s_own() -> None:
    words = Nominal("SAME", 4, 3, 2, 1), Nominal("default", 4, 3, 2, 1)
    same, default = (Keras().plan_nominal(each, None) for each in words)
    assert isinstance(same, Plan)
    assert isinstance(default, Plan)
    assert "padding='same'" in same.source()[0]
    assert "padding" not in default.source()[0]


@pytest.mark.parametrize(
    ("modes", "device", "message"),
    [
        (("torch", "jax"), None, "modes torch\\+jax exclude one another: Keras has one backend"),
        ((), "cuda", "device 'cuda'; the lanes of Keras compute on the cpu"),
    ],
)
def test_modes_and_devices_that_make_no_sense_are_refused(
    modes: tuple[str, ...], device: str | None, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        Keras(modes, device)


@pytest.mark.frameworks
@pytest.mark.parametrize("lane", LANES)
def test_a_trial_of_each_kind_agrees_on_each_backend(lane: str) -> None:
    spoken = parse_lane(lane)
    if (hint := missing_framework(spoken)) is not None:
        pytest.skip(hint)
    session = LaneSession(spoken, Examination(), 180.0, 1)
    try:
        entry = session.start()
        if entry.status == "missing":
            pytest.skip(f"{lane}'s backend is not installed")
        assert entry.framework == "keras"
        backend = lane.partition(":")[2]
        assert entry.flags["backend"] == backend
        assert entry.runs_on == {"jax:jit" if backend == "jax" else backend: entry.versions[backend]}
        for record in session.ask_all([shipped(name) for name in OF_EACH_KIND]):
            assert record.outcome == (Outcome.REFUSED if "refusals" in record.trial else Outcome.AGREES), record
            assert record.conforms
    finally:
        session.close()


@pytest.mark.frameworks
def test_a_script_chooses_the_backend_before_it_imports_keras(inside: Callable[..., int], tmp_path: Path) -> None:
    if missing_framework(parse_lane("keras:torch")) is not None:
        pytest.skip("keras is not installed")
    script = tmp_path / "script.py"
    name = "conv2d_transpose/tutorial/example-1[inputs=mix,dtype=float32]"
    assert inside("explain", name, "--lane", "keras:torch", "--as-asked", "--output", str(script)) == 0
    environment = {name: text for name, text in os.environ.items() if name != "KERAS_BACKEND"}
    ran = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, env=environment, check=False)
    assert ran.stdout.startswith("answered [1,8,8,1] float32"), ran.stdout + ran.stderr

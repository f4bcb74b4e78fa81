"""`conformance translate`: what it prints, and its exit status. No framework is needed."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from conformance.adapters import lane as lanes
from conformance.judging.verdict import Outcome, Verdict
from conformance.translation.experiment import Attempt
from conformance.translation.telling import Story, exit_status
from tests.translation.conftest import Inside
from tests.translation.reading import read_call

EXAMPLE_1 = 'tf.nn.conv2d_transpose(x[1,4,4,1], f[3,3,1,1], [1,8,8,1], strides=2, padding="SAME")'
FOLK = "F.conv_transpose2d(x[1,1,4,4], w[1,1,3,3], stride=2, padding=1, output_padding=1)"
UNFLIPPED = 'lax.conv_transpose(x[1,4,4,2], k[3,3,2,5], (2, 2), "SAME")'
STAND_INS = "tests.translation.stand_ins"
Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def no_frameworks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "find_spec", lambda name: None)


def told(inside: Inside, capsys: Captured, *words: str, status: int = 0) -> dict[str, Any]:
    assert inside(*words, "--format", "json") == status
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert document["exit_status"] == status
    return document


def test_the_tutorial_s_first_example_becomes_a_crop_in_torch(inside: Inside, capsys: Captured) -> None:
    assert inside(EXAMPLE_1, "--to", "torch", "--no-run") == 0
    assert capsys.readouterr().out.splitlines() == [
        f"given: {EXAMPLE_1}",
        "  conv2d_transpose, float32, NHWC",
        "  height: 4 -> 8, kernel 3, stride 2; the full result has 9: 0 cropped before, 1 cropped after",
        "  width: 4 -> 8, kernel 3, stride 2; the full result has 9: 0 cropped before, 1 cropped after",
        "",
        "torch: composed",
        "  PyTorch crops both sides alike; this needs 0 before and 1 after: composed",
        "  filter: [height, width, out, in] -> [in, out, height, width]",
        "    import numpy as np",
        "    import torch",
        "    value = np.ones((1, 4, 4, 1), np.float32)  # yours here",
        "    filter = np.ones((3, 3, 1, 1), np.float32)  # yours here",
        "    value = np.ascontiguousarray(np.transpose(value, (0, 3, 1, 2)))",
        "    filter = np.ascontiguousarray(np.transpose(filter, (3, 2, 0, 1)))",
        "    value = torch.from_numpy(value)",
        "    filter = torch.from_numpy(filter)",
        "    with torch.no_grad():",
        "        result = torch.nn.functional.conv_transpose2d(value, filter, stride=(2, 2), padding=(0, 0), "
        "output_padding=(0, 0), dilation=(1, 1))",
        "    result = result.numpy()",
        "    result = result[0:1, 0:1, 0:8, 0:8]",
        "    result = np.ascontiguousarray(np.transpose(result, (0, 2, 3, 1)))",
        "  to convert what is stored:",
        "    def convert_filter(filter):",
        '        """[height, width, out, in] -> [in, out, height, width]."""',
        "        filter = np.ascontiguousarray(np.transpose(filter, (3, 2, 0, 1)))",
        "        return filter",
        "  the folk recipe padding=(1, 1), output_padding=(1, 1) has the right shape and is shifted by 1 pixel on "
        "height and width",
    ]


def test_a_folk_call_is_answered_with_what_it_computes(inside: Inside, capsys: Captured) -> None:
    document = told(inside, capsys, FOLK, "--to", "tensorflow", "--no-run")
    given, (target,) = document["given"], document["targets"]
    (remark,) = given["remarks"]
    assert remark.endswith("which has the shape of TensorFlow's SAME and is shifted by 1 pixel on height and width")
    assert "padding=[[0, 0], [1, 0], [1, 0], [0, 0]]" in given["tensorflow"]
    assert (target["kind"], target["filter"]) == ("native", "[in, out, height, width] -> [height, width, out, in]")


def test_jax_s_unflipped_kernel_is_recognised(inside: Inside, capsys: Captured) -> None:
    document = told(inside, capsys, UNFLIPPED, "--no-run")
    assert "the kernel is not flipped" in document["given"]["remarks"][0]
    assert [(target["lane"], target["kind"]) for target in document["targets"]] == [
        ("tensorflow", "native"),
        ("torch", "composed"),
    ]
    for target in document["targets"]:
        assert target["filter"].endswith("flipped along height and width")
        assert "filter = np.flip(filter, (0, 1)).copy()" in target["code"]


def test_without_to_the_call_goes_to_the_other_frameworks(inside: Inside, capsys: Captured) -> None:
    for text, others in ((EXAMPLE_1, ["torch", "jax"]), (FOLK, ["tensorflow", "jax"])):
        document = told(inside, capsys, text, "--no-run")
        assert [target["lane"] for target in document["targets"]] == others


def test_a_missing_framework_is_a_note(inside: Inside, capsys: Captured) -> None:
    document = told(inside, capsys, EXAMPLE_1, "--to", "torch", "--to", "reference")
    hint = "not run: torch is not installed; pip install 'nn-conformance[torch]' installs it"
    torch, reference = document["targets"]
    assert torch["run"]["note"] == hint
    assert document["given"]["run"]["note"].startswith("not run: tensorflow is not installed")
    assert [verdict["text"] for verdict in reference["run"]["verdicts"]] == [
        "agrees bitwise: 64 elements",
        "agrees within the error bound: 64 elements",
    ]


def test_the_lane_in_which_a_call_is_run_can_be_named(inside: Inside, capsys: Captured) -> None:
    document = told(inside, capsys, EXAMPLE_1, "--from", "tensorflow:xla", "--to", "torch")
    assert document["given"]["run"]["lane"] == "tensorflow:xla"


def test_a_lane_of_another_framework_is_not_asked_for_the_call(inside: Inside, capsys: Captured) -> None:
    assert inside(EXAMPLE_1, "--from", "jax:jit", "--to", "torch", "--no-run") == 2
    assert "--from jax:jit: the call is in the words of tensorflow: tf.nn.conv2d_transp" in capsys.readouterr().err


def test_a_call_of_torch_is_judged_in_its_own_layout(inside: Inside, capsys: Captured) -> None:
    text = "F.conv_transpose2d(x[2,3,4,5], w[3,2,3,2], dilation=(3,1), output_padding=(2,0))"
    (target,) = told(inside, capsys, text, "--to", "reference")["targets"]
    assert target["kind"] == "composed"
    assert target["notes"] == [
        "the result reaches beyond what the value alone gives; zeros are put around the value, before and after per "
        "axis: 0 and 2, 0 and 0: composed"
    ]
    assert [verdict["conforms"] for verdict in target["run"]["verdicts"]] == [True, True]


@pytest.mark.parametrize(
    "text",
    [
        'lax.conv_general_dilated(x[4,7,2,6], k[3,4,2,5], (1,2), "SAME", None, (2,1), ("CWNH","HOIW","WCHN"), 2)',
        'lax.conv_general_dilated(x[2,4,5,4], k[3,2,2,6], (1,1), ((5,2),(0,3)), (2,1), None, ("NHWC","HWIO","NCHW"),2)',
        "lax.conv(x[1,2,8,9], k[3,2,3,3], (1, 2), ((-1, 0), (1, -3)))",
        "nn.ConvTranspose3d(4, 2, (1,2,3), stride=2, output_padding=1, groups=2, dilation=(3,1,2))(x[2,4,2,3,2])",
        'keras.layers.Conv1D(3, 2, padding="causal", dilation_rate=2, data_format="channels_first")(x[2,2,7])',
    ],
)
def test_a_call_is_judged_in_whatever_layout_it_has(inside: Inside, capsys: Captured, text: str) -> None:
    (target,) = told(inside, capsys, text, "--to", "reference")["targets"]
    verdicts = target["run"]["verdicts"]
    assert [verdict["outcome"] for verdict in verdicts] == ["agrees", "agrees"], verdicts


def test_an_adapter_that_writes_no_scripts_is_shown_by_its_plan(inside: Inside, capsys: Captured) -> None:
    (target,) = told(inside, capsys, EXAMPLE_1, "--to", f"{STAND_INS}:Plain")["targets"]
    assert target["code"] == [
        "result = reference.conv2d_transpose(value, filter, output_shape=(1, 8, 8, 1), strides=2, padding='SAME')"
    ]
    assert target["run"]["framework"] == "plain 1.0"


def test_a_run_that_disagrees_is_told_and_exits_with_one(inside: Inside, capsys: Captured) -> None:
    assert inside(EXAMPLE_1, "--to", f"{STAND_INS}:Shifted") == 1
    assert "plain 1.0 on mix: differs: " in capsys.readouterr().out


def test_a_target_whose_framework_refuses_the_call_is_told_and_exits_with_three(
    inside: Inside, capsys: Captured
) -> None:
    assert inside(EXAMPLE_1, "--to", f"{STAND_INS}:Refusing") == 3
    assert "plain 1.0 on mix: refused: " in capsys.readouterr().out


def test_a_call_that_its_own_framework_refuses_exits_with_two() -> None:
    refused = Verdict(Outcome.REFUSED, False, "InvalidArgumentError: only supports NHWC")
    given = Attempt("tensorflow", "tensorflow 2.21", (("mix", refused),))
    assert exit_status(Story(read_call(EXAMPLE_1, "float32"), given, [])) == 2


def test_a_layer_is_given_its_value_in_the_text_or_beside_it(inside: Inside, capsys: Captured) -> None:
    layer = "nn.Conv2d(2, 4, 3, padding=1)"
    within = told(inside, capsys, f"{layer}(x[1,2,5,5])", "--no-run")
    beside = told(inside, capsys, layer, "--value", "1x2x5x5", "--no-run")
    assert within["targets"] == beside["targets"]
    assert (within["given"]["bias"], within["given"]["operator"]) == (True, "conv2d")


def test_flags_say_calls_of_every_operator(inside: Inside, capsys: Captured) -> None:
    flags = ("--operator", "conv3d", "--value", "1x4x4x4x4", "--filter", "3x3x3x2x2", "--groups", "2")
    given = told(inside, capsys, *flags, "--to", "jax", "--no-run")["given"]
    assert given["text"] == (
        "tf.nn.conv3d(x[1, 4, 4, 4, 4], f[3, 3, 3, 2, 2], strides=[1, 1, 1, 1, 1], padding='SAME')"
    )
    assert (given["groups"], [axis["output"] for axis in given["axes"]]) == (2, [4, 4, 4])


def test_what_tensorflow_s_function_does_not_take_is_said_around_it(inside: Inside, capsys: Captured) -> None:
    assert inside("F.conv1d(x[1,1,6], w[1,1,3], padding=1, stride=2)", "--to", "tensorflow", "--no-run") == 0
    told = [line.strip() for line in capsys.readouterr().out.splitlines()]
    why = "tf.nn.conv1d takes no such pads; zeros are put around the value: composed"
    words = "tf.nn.conv1d(x[1, 7, 1], f[3, 1, 1], stride=2, padding='VALID')"
    assert f"in TensorFlow's words: {words}; {why}" in told
    assert told[told.index("tensorflow: composed") + 1] == why
    assert "value = np.pad(value, ((0, 0), (1, 0), (0, 0)))" in told


def test_what_a_target_cannot_say_is_refused_with_its_reason(inside: Inside, capsys: Captured) -> None:
    assert inside(EXAMPLE_1, "--to", f"{STAND_INS}:Mute") == 3
    assert f"{STAND_INS}:Mute: refused: this framework has no words" in capsys.readouterr().out
    document = told(inside, capsys, EXAMPLE_1, "--to", f"{STAND_INS}:Mute", "--no-run", status=3)
    assert document["targets"][0] == {
        "lane": f"{STAND_INS}:Mute",
        "remarks": [],
        "kind": "refused",
        "reason": "this framework has no words",
    }


def test_a_worker_that_does_not_start_is_told_and_exits_with_three(inside: Inside, capsys: Captured) -> None:
    assert inside(EXAMPLE_1, "--to", f"{STAND_INS}:Dead") == 3
    assert "not run: RuntimeError: no device" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "note"),
    [
        (
            "F.conv_transpose2d(x[64,64,256,256], w[64,1,1,1])",
            "the arrays would take 2,181,038,592 bytes; at most 1,073,741,824 are accepted",
        ),
        ("F.conv_transpose2d(x[1,1,2000,2000], w[1,1,300,300])", "3.6e+11 multiply-adds; at most 2e+11 are accepted"),
        (
            "F.conv_transpose2d(x[1,1,10000001,1], w[1,1,1,1])",
            "an axis of length 10,000,001; at most 10,000,000 are accepted",
        ),
        ("F.conv_transpose2d(x[1,1,4,4], w[1,1,3,3], stride=9223372036854775807)", "the arrays would take "),
    ],
)
def test_a_call_that_is_too_large_is_translated_and_not_run(
    inside: Inside, capsys: Captured, text: str, note: str
) -> None:
    document = told(inside, capsys, text, "--to", "reference")
    assert document["targets"][0]["run"]["note"].startswith(f"not run: {note}")
    assert document["targets"][0]["kind"] == "native"


def test_data_that_prove_nothing_are_not_run(inside: Inside, capsys: Captured) -> None:
    text = "F.conv_transpose2d(x[1,4096,2,2], w[4096,1,2,2])"
    document = told(inside, capsys, text, "--to", "reference", "--dtype", "bfloat16")
    assert document["targets"][0]["run"]["note"] == "not run: no data prove anything about 16384 products"


def test_flags_say_the_same_as_code(inside: Inside, capsys: Captured) -> None:
    flags = ("--value", "1x4x4x1", "--filter", "3x3x1x1", "--output-shape", "1x8x8x1", "--strides", "2")
    by_flags = told(inside, capsys, *flags, "--to", "torch", "--no-run")
    by_code = told(inside, capsys, EXAMPLE_1, "--to", "torch", "--no-run")
    assert by_flags["targets"] == by_code["targets"]
    assert by_flags["given"]["text"] == (
        "tf.nn.conv2d_transpose(x[1, 4, 4, 1], f[3, 3, 1, 1], output_shape=[1, 8, 8, 1], strides=2, padding='SAME')"
    )


def test_flags_take_pairs_and_a_number_for_each_axis(inside: Inside, capsys: Captured) -> None:
    document = told(
        inside, capsys, "--value", "1x1x4x4", "--filter", "3x3x1x1", "--output-shape", "1x1x8x7", "--strides",
        "1x1x2x2", "--dilations", "1", "--padding", "0:0x0:0x1:0x1:1", "--data-format", "NCHW", "--no-run",
    )  # fmt: skip
    crops = [(axis["crop_before"], axis["crop_after"]) for axis in document["given"]["axes"]]
    assert crops == [(1, 0), (1, 1)]


def test_a_trial_of_the_corpus_is_translated_in_its_dtype(inside: Inside, capsys: Captured) -> None:
    trial = "conv2d_transpose/tutorial/example-2-corrected[inputs=mix,dtype=float64]"
    assert told(inside, capsys, trial, "--no-run")["given"]["dtype"] == "float64"
    assert told(inside, capsys, trial, "--no-run", "--dtype", "float32")["given"]["dtype"] == "float32"


def test_options_name_a_call_of_any_kind_that_is_read(inside: Inside, capsys: Captured) -> None:
    words = ("--operator", "avg_pool1d", "--value", "1x6x3", "--ksize", "3", "--strides", "2", "--padding", "SAME")
    shown = told(inside, capsys, *words, "--count-include-pad", "true", "--to", "jax", "--no-run")
    assert shown["given"]["divisor"] == "its places, pads included"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ('__import__("os").system("true")',),
            '__import__("os") is not the name of a function, and nothing is evaluated',
        ),
        (
            (FOLK.replace("output_padding=1", "output_padding=2"),),
            "height: output_padding is 2; it must be at least 0",
        ),
        (("keras.layers.Conv2DTranspose(3, 3)",), "call it, as in keras.layers.Conv2DTranspose(...)(x["),
        (("onyx.ConvTranspose(3, 3)",), "is not understood; did you mean"),
        (
            (FOLK, "--value", "1x1x4x4"),
            "--value is for a layer that is not called; F.conv_tr",
        ),
        (("nn.Conv2d(1, 1, 1)(x[1,1,4,4])", "--value", "1x1x4x4"), "this one has its own value"),
        (("conv2d_transpose/tutorial/example-2-as-printed",), "the call is wrong (filter_channels): filter is"),
        (("conv2d_transpose/tutorial/*",), "trials; `translate` takes one"),
        (("no/such/trial",), "matches no trial"),
        ((), "no call: give code, a trial's id, or --value, --filter and --output-shape"),
        (("--value", "1x4x4x1"), "conv2d_transpose: filter, output_shape missing"),
        ((FOLK, "--strides", "2"), "--strides and a written call are two calls; give one"),
        (("--value", "1,4"), "'1,4' is not a list of numbers; expected numbers joined by x, such as 1x4x4x1"),
        (("--padding", "1:x2"), "'1:x2' is not a list of pairs; expected pairs joined by x"),
        (("--value", "1x4x4x1", "--filter", "3x3x1x1", "--output-shape", "1x9x9x1"), "output_shape has height 9"),
        ((FOLK, "--to", "exec:port"), "a port behind exec: plans for itself; translate needs an adapter"),
        ((FOLK, "--to", "caffe"), "no adapter is called 'caffe'"),
    ],
)
def test_what_cannot_be_read_exits_with_two(
    inside: Inside, capsys: Captured, words: tuple[str, ...], message: str
) -> None:
    assert inside(*words, "--no-run") == 2
    captured = capsys.readouterr()
    assert message in captured.err
    assert captured.out == ""


@pytest.mark.parametrize("shape", ["x[1,3,8,8]", "1x3x8x8"])
def test_names_in_a_call_are_bound_by_let(inside: Inside, capsys: Captured, shape: str) -> None:
    text = "F.conv2d(x, w[8,3,k,k], None, s, (k - 1) // 2)"
    bound = ("--let", "k=3", "--let", "s=(2, 1)", "--let", f"x={shape}")
    document = told(inside, capsys, text, *bound, "--to", "tensorflow", "--no-run")
    assert [axis["output"] for axis in document["given"]["axes"]] == [4, 8]


@pytest.mark.parametrize(
    ("binding", "message"),
    [
        ("k", "'k' binds no name; expected NAME=VALUE, such as s=2 or x=1x4x4x1"),
        ("2=k", "'2=k' binds no name"),
        ("k=open('x')", "open('x') is not read: nothing is evaluated"),
    ],
)
def test_a_binding_that_says_nothing_is_refused(inside: Inside, capsys: Captured, binding: str, message: str) -> None:
    assert inside(UNFLIPPED, "--let", binding) == 2
    assert message in capsys.readouterr().err


MODEL = """import torch.nn as nn
import torch.nn.functional as F

WIDTH = 8


class Model(nn.Module):
    def __init__(self, classes):
        self.first = nn.Conv2d(3, WIDTH, 3, padding=1)
        self.last = nn.Conv2d(WIDTH, classes, 1)

    def forward(self, x):
        return F.max_pool2d(torch.zeros(1, 3, 4, 4), 2)
"""


def test_each_call_of_a_file_has_its_verdict(
    inside: Inside, capsys: Captured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("model.py").write_text(MODEL, encoding="utf-8")
    assert inside("model.py", "--to", "tensorflow", "--value", "1x3x6x6") == 2
    assert capsys.readouterr().out.splitlines() == [
        "model.py:9: nn.Conv2d(3, WIDTH, 3, padding=1)",
        "  tensorflow: native: tf.nn.conv2d",
        "model.py:10: nn.Conv2d(WIDTH, classes, 1)",
        "  not read: line 10, column 38: classes is a name without a shape; a tensor is written as classes[1,4,4,1], "
        "and a number is bound by --let classes=2",
        "model.py:13: F.max_pool2d(torch.zeros(1, 3, 4, 4), 2)",
        "  tensorflow: native: tf.nn.max_pool2d",
        "2 of 3 calls are read; --run runs them",
    ]


def test_calls_of_a_file_as_json(inside: Inside, capsys: Captured, tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_text(MODEL, encoding="utf-8")
    document = told(inside, capsys, str(path), "--to", "tensorflow", "--let", "classes=5", status=2)
    first, second, third = document["calls"]
    assert "a layer is read with its value's shape" in first["error"]
    assert "a layer is read with its value's shape" in second["error"]
    assert (third["line"], third["given"]["operator"], third["given"]["run"]) == (13, "max_pool2d", None)


def test_calls_of_a_file_are_run_where_that_is_asked(inside: Inside, capsys: Captured, tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_text("y = tf.nn.max_pool2d(tf.zeros([1, 4, 4, 3]), 2, 2, 'VALID')", encoding="utf-8")
    document = told(inside, capsys, str(path), "--to", f"{STAND_INS}:Shifted", "--run", status=1)
    (call,) = document["calls"]
    assert call["targets"][0]["run"]["verdicts"][0]["outcome"] == "differs"


@pytest.mark.parametrize(
    ("text", "words", "message"),
    [
        ("x = 1", (), "no call of a function or a layer that is understood"),
        ("def", (), "not a Python file"),
        (None, (), "not read: "),
        ("x = 1", ("--groups", "2"), "--groups and a file are two things; give one"),
    ],
)
def test_a_file_without_calls_says_so(
    inside: Inside, capsys: Captured, tmp_path: Path, text: str | None, words: tuple[str, ...], message: str
) -> None:
    path = tmp_path / "model.py"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    assert inside(str(path), *words) == 2
    captured = capsys.readouterr()
    assert message in captured.out + captured.err


def test_jax_is_set_to_64_bits_where_they_are_asked_for(inside: Inside, capsys: Captured) -> None:
    for dtype, asked in (("float64", True), ("float32", False), ("bfloat16", False)):
        document = told(inside, capsys, FOLK, "--to", "jax", "--dtype", dtype, "--no-run")
        assert any("jax_enable_x64" in line for line in document["targets"][0]["code"]) == asked


def test_where_code_runs_is_said_for_a_device_or_a_mode_alone(inside: Inside, capsys: Captured) -> None:
    for lane, said in (("jax", False), ("jax@cuda", True), ("tensorflow", False), ("tensorflow:eigen", True)):
        document = told(inside, capsys, UNFLIPPED, "--to", lane, "--no-run")
        assert any("os.environ" in line for line in document["targets"][0]["code"]) == said


@pytest.mark.parametrize(("lane", "runs"), [("onnxruntime", "session.run"), ("litert", "model.invoke()")])
def test_how_many_threads_compute_is_left_to_the_reader(inside: Inside, capsys: Captured, lane: str, runs: str) -> None:
    code = told(inside, capsys, EXAMPLE_1, "--to", lane, "--no-run")["targets"][0]["code"]
    assert any(runs in line for line in code)
    assert not any("threads" in line.lower() or line == "import os" for line in code)


def test_operands_have_the_dtypes_of_the_call(inside: Inside, capsys: Captured) -> None:
    trial = "max_unpool2d/regressions/unpooled-by-another-width"
    code = told(inside, capsys, trial, "--to", "torch", "--no-run")["targets"][0]["code"]
    assert [line for line in code if line.endswith("# yours here")] == [
        "value = np.ones((1, 2, 2, 1), np.float32)  # yours here",
        "indices = np.ones((1, 2, 2, 1), np.int64)  # yours here",
    ]


def test_the_conversion_of_a_filter_is_a_function_to_copy(inside: Inside, capsys: Captured) -> None:
    document = told(inside, capsys, FOLK, "--to", "tensorflow", "--no-run")
    names: dict[str, Any] = {"np": np}
    exec(document["targets"][0]["conversions"]["filter"], names)
    stored = np.arange(9).reshape(1, 1, 3, 3)
    assert names["convert_filter"](stored).tolist() == stored.transpose(2, 3, 1, 0).tolist()

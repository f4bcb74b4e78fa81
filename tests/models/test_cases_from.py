"""`conformance cases from`: calls of architectures as cases that run."""

import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

from conformance.models.cases import case_text, of_nodes, of_occurrences
from conformance.models.occurrence import Occurrence
from conformance.models.onnx_calls import node_calls
from conformance.suite.loading import load_file
from tests.models import nets

Program = Callable[..., subprocess.CompletedProcess[str]]
Inside = Callable[..., int]
NETS = "tests/models/nets.py"
needs_frameworks = pytest.mark.frameworks


def written(program: Program, tmp_path: Path, model: str, *words: str) -> tuple[Path, str, str]:
    path = tmp_path / "model.yaml"
    done = program("cases", "from", model, "--output", str(path), *words)
    assert done.returncode == 0, done.stderr
    return path, done.stdout, done.stderr


def skip_without(framework: str) -> None:
    """What importorskip does, without the import: two frameworks in one process have ended each other's import."""
    if find_spec(framework) is None:
        pytest.skip(f"{framework} is not installed")


@needs_frameworks
def test_a_torch_module_is_recorded_on_its_example_inputs(program: Program, tmp_path: Path) -> None:
    skip_without("torch")
    path, out, err = written(program, tmp_path, f"{NETS}:resnet18")
    assert out == f"{path}: 22 calls of nets.py:resnet18, 13 cases, 13 trials\n"
    assert "left out: 17 times torch.nn.functional.batch_norm\n" in err
    trials = load_file(path)
    first = trials[0].call.arguments()
    assert (first["value"], first["filter"], first["strides"]) == ((1, 64, 64, 3), (7, 7, 3, 64), 2)
    # Of the three pads behind, the last is beyond what the last window reaches.
    assert first["padding"] == ((0, 0), (3, 2), (3, 2), (0, 0))
    assert any(trial.why == "Occurs 4 times in nets.py:resnet18." for trial in trials)
    assert {trial.call.operator for trial in trials} == {"conv2d", "max_pool2d", "adaptive_avg_pool2d"}


@needs_frameworks
def test_gradients_are_asked_where_training_is_meant(program: Program, tmp_path: Path) -> None:
    skip_without("torch")
    path, out, _ = written(program, tmp_path, f"{NETS}:unet", "--gradients")
    trials = load_file(path)
    assert out.endswith(f", 14 cases, {len(trials)} trials\n")
    asked = {(trial.call.operator, trial.call.direction) for trial in trials}
    assert ("conv2d_transpose", "bias_gradient") in asked
    assert ("resize2d", "value_gradient") in asked
    assert ("max_pool2d", "filter_gradient") not in asked


@needs_frameworks
def test_an_exported_program_has_the_calls_of_its_module(program: Program, tmp_path: Path) -> None:
    skip_without("torch")
    model = tmp_path / "unet.pt2"
    lines = f"""
import sys
sys.path.insert(0, {str(Path(NETS).parent)!r})
import nets, torch
module, inputs = nets.unet()
torch.export.save(torch.export.export(module, inputs), {str(model)!r})
"""
    subprocess.run([sys.executable, "-c", lines], check=True, capture_output=True, timeout=300)
    exported, out, _ = written(program, tmp_path, str(model))
    assert out == f"{exported}: 16 calls of unet.pt2, 14 cases, 14 trials\n"
    operators = [trial.call.operator for trial in load_file(exported)]
    assert [operators.count(name) for name in ("conv2d", "max_pool2d", "conv2d_transpose", "resize2d")] == [9, 2, 2, 1]


@needs_frameworks
def test_a_jax_function_is_read_from_its_jaxpr(program: Program, tmp_path: Path) -> None:
    skip_without("jax")
    path, out, err = written(program, tmp_path, f"{NETS}:dcgan")
    assert out == f"{path}: 5 calls of nets.py:dcgan, 5 cases, 5 trials\n"
    assert err == "left out: 4 times jax.lax.max\n"
    assert {trial.call.operator for trial in load_file(path)} == {"conv2d_transpose", "max_pool2d"}


@needs_frameworks
def test_a_keras_model_is_read_layer_by_layer(program: Program, tmp_path: Path) -> None:
    skip_without("keras")
    path, out, err = written(program, tmp_path, f"{NETS}:mobilenet", "--batch", "2")
    assert out == f"{path}: 52 calls of nets.py:mobilenet, 30 cases, 30 trials\n"
    assert "left out: 34 times keras.layers.ReLU\n" in err
    trials = load_file(path)
    assert {trial.call.arguments()["value"][0] for trial in trials} == {2}
    assert {trial.call.operator for trial in trials} == {"conv2d", "depthwise_conv2d"}


def test_onnx_nodes_are_read_by_who_reads_onnx_s_cases(
    inside: Inside, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    onnx = pytest.importorskip("onnx")
    model = tmp_path / "vgg11.onnx"
    onnx.save(nets.vgg11(), model)
    path = tmp_path / "vgg11.yaml"
    assert inside("cases", "from", str(model), "--output", str(path)) == 0
    out, err = capsys.readouterr()
    assert out == f"{path}: 10 calls of vgg11.onnx, 10 cases, 10 trials\n"
    assert err == "left out: 10 times Relu\n"
    trials = load_file(path)
    assert all(trial.call.arguments()["bias"] for trial in trials if trial.call.operator == "conv2d")
    assert trials[0].why == "Occurs once in vgg11.onnx: conv0."
    assert inside("run", str(path), "--lane", "reference", "--output", str(tmp_path / "out"), "--quiet") == 0


def test_a_call_that_occurs_again_is_one_case() -> None:
    text = "F.max_pool2d(x[1,3,8,8], 2)"
    found = of_occurrences([Occurrence("F.max_pool2d", text, "float32", place) for place in ("a", "b", "c", "d")])
    assert list(found.drafts.values()) == [4]
    assert 'why: "Occurs 4 times in net: a, b, c, ...."' in case_text("net", found, "a test", ())


def test_what_is_refused_or_no_operator_is_left_out_with_its_reason() -> None:
    found = of_occurrences(
        [
            Occurrence("torch.nn.functional.relu", "torch.nn.functional.relu(x[1])", "float32"),
            Occurrence("F.max_pool2d", "F.max_pool2d(x[1,3,8,8], 2, padding=2)", "float32"),
            Occurrence("jax.lax.max", "", "float32"),
        ]
    )
    assert not found.drafts
    assert list(found.left_out) == [
        "torch.nn.functional.relu",
        "F.max_pool2d: height: padding is 2; it must be at least 0 and at most 1, half of the window",
        "jax.lax.max",
    ]


def test_a_node_of_open_shapes_is_left_out(tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    model = nets.vgg11()
    model.graph.input[0].type.tensor_type.shape.dim[0].dim_param = "batch"
    onnx.save(model, tmp_path / "open.onnx")
    found = of_nodes(node_calls(tmp_path / "open.onnx"))
    assert not found.drafts
    assert found.left_out["Conv"] == 6


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("gone.onnx", "gone.onnx: no such file; a model is a file (.onnx, .pt2, .keras, .py:NAME)"),
        (
            "README.md",
            "README.md: .md is not a kind of model that is read; it must be one of .onnx, .pt2, .keras, .py:NAME",
        ),
        (NETS, f"{NETS}: name what is meant in the file, as in {NETS}:model"),
        (f"{NETS}:absent", f"{NETS}:absent: AttributeError: module"),
        (f"{NETS}:nothing", f"{NETS}:nothing: expected a function that returns a model and its example inputs"),
    ],
)
def test_what_is_no_model_is_told(inside: Inside, capsys: pytest.CaptureFixture[str], model: str, message: str) -> None:
    assert inside("cases", "from", model) == 2
    assert message in capsys.readouterr().err


def test_a_file_that_is_no_onnx_model_is_told(
    inside: Inside, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("onnx")
    (tmp_path / "not.onnx").write_bytes(b"\x00no")
    assert inside("cases", "from", str(tmp_path / "not.onnx")) == 2
    assert "not.onnx: no ONNX model: " in capsys.readouterr().err

"""`conformance diagnose --output y.npy ...`: a result computed elsewhere."""

import json
import resource
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from click.testing import CliRunner, Result

from conformance.cli.diagnose import command
from conformance.errors import UsageError
from conformance.operators.convolution.call import RightConvolution
from conformance.operators.convolution.generators import GENERATORS
from conformance.operators.convolution.inputs import Operands, fill
from conformance.operators.convolution.oracle import expect_call
from conformance.operators.convolution.subject import ConvolutionSubject
from reference.family import OPERATORS, Direction
from tests.diagnosis.configuration import ONE, SAME, Configuration, configure
from tests.diagnosis.wrong_results import WRONG, scattered

Explain = Callable[..., Result]
WITNESS = configure((4, 5), (3, 4), (2, 1), ONE, SAME, (8, 5))


@pytest.fixture
def explain(tmp_path: Path) -> Explain:
    """Save value, filter and answer, and ask for an explanation."""

    def run(c: Configuration, answer: Any, *words: str) -> Result:
        files = {"input": c.value, "filter": c.filter, "output": answer}
        for name, array in files.items():
            np.save(tmp_path / f"{name}.npy", array)
        paths = [word for name in files for word in (f"--{name}", str(tmp_path / f"{name}.npy"))]
        shape = "x".join(map(str, c.call.output_shape))
        strides = ["--strides", "x".join(map(str, c.s))]
        return CliRunner().invoke(command, [*paths, "--output-shape", shape, *strides, *words], standalone_mode=False)

    return run


def test_a_right_result_agrees(explain: Explain) -> None:
    result = explain(WITNESS, WITNESS.written(scattered(WITNESS)))
    assert (result.return_value, result.output) == (0, "agrees: all 240 elements are bitwise right\n")


def test_a_wrong_result_is_explained(explain: Explain) -> None:
    result = explain(WITNESS, WRONG["crop_before_height_plus_1"](WITNESS))
    assert result.return_value == 1
    assert result.output.startswith("differs: ")
    assert "  behaves as if crop_before on height were 1 instead of 0  [crop_before_height_plus_1]\n" in result.output


def test_explanations_that_cannot_be_told_apart_are_said_to_be(explain: Explain) -> None:
    result = explain(WITNESS, WRONG["crop_before_all_plus_1"](WITNESS))
    assert "These cannot be told apart on this data." in result.output


def test_the_explanations_are_there_as_json(explain: Explain) -> None:
    result = explain(WITNESS, WRONG["flip_all"](WITNESS), "--format", "json")
    found = json.loads(result.output)
    assert found["outcome"] == "differs"
    assert found["explanations"] == [
        {
            "edits": ["flip_all"],
            "sentence": "behaves as if the kernel were flipped along height and width",
            "closeness": "bitwise",
        }
    ]


def test_explicit_pads_dilations_and_data_format_are_those_of_the_call(explain: Explain) -> None:
    c = configure((4, 3), (2, 3), (3, 2), (1, 3), ((2, 0), (3, 1)), (9, 8), last=False)
    words = ["--padding", "[[2,0],[3,1]]", "--data-format", "NCHW", "--dilations", "1x3"]
    assert explain(c, c.written(scattered(c)), *words).return_value == 0
    assert "[flip_height]" in explain(c, WRONG["flip_height"](c), *words).output


def test_bfloat16_is_read_back(explain: Explain) -> None:
    c = configure((4, 5), (3, 4), (2, 1), ONE, SAME, (8, 5), dtype="bfloat16")
    assert c.value.dtype == ml_dtypes.bfloat16
    assert explain(c, c.written(scattered(c))).return_value == 0


def test_a_pair_is_offered_and_found_on_request(explain: Explain) -> None:
    c = configure((3, 4), (3, 2), (2, 1), ONE, SAME, (6, 4))
    answer = c.written(scattered(c, w=c.w[::-1], b=(1, 0)))
    assert "no single edit of the specification explains it; --pairs tries two at a time" in explain(c, answer).output
    assert "[flip_height + crop_before_height_plus_1]" in explain(c, answer, "--pairs").output


def test_a_result_that_nothing_explains_is_wrong_all_the_same(
    explain: Explain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conformance.operators.convolution.diagnosis.search.MOST_SECONDS", 0.0)
    answer = np.full(WITNESS.call.output_shape, 0.125, np.float32)
    result = explain(WITNESS, answer, "--pairs")
    assert result.return_value == 1
    assert "no edit of the specification, and no pair of edits explains it\n" in result.output


def test_a_wrong_call_has_no_result(explain: Explain) -> None:
    result = explain(WITNESS, WITNESS.value, "--padding", "VALID")
    assert isinstance(result.exception, UsageError)
    assert "the call is wrong (output_shape), so that it has no result: " in str(result.exception)


def test_what_is_missing_is_named() -> None:
    result = CliRunner().invoke(command, ["--input", "x.npy"], standalone_mode=False)
    assert isinstance(result.exception, UsageError)
    assert str(result.exception).startswith("--output, --filter, --output-shape, --strides missing; give --lane")


def test_options_of_a_lane_mean_nothing_without_one(explain: Explain) -> None:
    result = explain(WITNESS, WITNESS.value, "--kernel", "3")
    assert str(result.exception) == "--kernel means nothing without --lane"


def test_operands_of_two_dtypes_are_refused(explain: Explain, tmp_path: Path) -> None:
    np.save(tmp_path / "wide.npy", WITNESS.filter.astype(np.float64))
    result = explain(WITNESS, WITNESS.value, "--filter", str(tmp_path / "wide.npy"))
    assert "wide.npy: float64; " in str(result.exception)


@pytest.mark.parametrize("dtype", ["int32", "complex64"])
def test_results_of_other_than_real_numbers_are_not_explained(explain: Explain, dtype: str) -> None:
    c = replace(WITNESS, value=WITNESS.value.astype(dtype), filter=WITNESS.filter.astype(dtype))
    result = explain(c, c.value)
    assert isinstance(result.exception, UsageError)
    assert f"input.npy: {dtype}; results are explained in float64, float32, float16, bfloat16" in str(result.exception)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is not an .npy file of numbers"),
        (b"not numpy", "is not an .npy file of numbers"),
        (None, "cannot be read: No such file or directory"),
        (np.arange(3, dtype=np.int16), "holds int16; expected float64, float32, float16, bfloat16, int32, int64"),
    ],
)
def test_unreadable_files_are_told(explain: Explain, tmp_path: Path, content: Any, message: str) -> None:
    path = tmp_path / "given.npy"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content is not None:
        np.save(path, content)
    result = explain(WITNESS, WITNESS.value, "--filter", str(path))
    assert isinstance(result.exception, UsageError)
    assert f"given.npy: {message}" in str(result.exception)


def _npy(shape: str, body: bytes = b"") -> bytes:
    """A `.npy` file with this text as its header's shape."""
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}}}\n".encode()
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + body


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ("(5000000000,)", "its header promises [5000000000] float32, 20,000,000,000 bytes, and 64 are there"),
        ("(10**9,)", "its header cannot be read: malformed node or string"),
        (f"({'9' * 400},)", "its header promises [999999"),
        ("(-1,)", "its header promises [-1] float32"),
        (f"({'-' * 9000}1,)", "its header cannot be read: "),
        ("(" * 4000, "its header cannot be read: "),
    ],
    ids=["5e9 elements", "an expression", "digits", "negative", "signs", "parentheses"],
)
def test_a_file_that_promises_more_than_it_holds_is_refused_without_making_room(
    explain: Explain, tmp_path: Path, shape: str, message: str
) -> None:
    path = tmp_path / "given.npy"
    path.write_bytes(_npy(shape, b"\0" * 64))
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + 2**30, hard))
    try:
        result = explain(WITNESS, WITNESS.value, "--filter", str(path))
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
    assert isinstance(result.exception, UsageError)
    assert f"given.npy: is not an .npy file of numbers: {message}" in str(result.exception)


def test_a_file_larger_than_any_call_s_arrays_is_not_read(explain: Explain, tmp_path: Path) -> None:
    path = tmp_path / "given.npy"
    with path.open("wb") as file:
        file.truncate(5 * 10**9)
    result = explain(WITNESS, WITNESS.value, "--filter", str(path))
    assert "given.npy: cannot be read: has 5,000,000,000 bytes; at most 1,073,741,824 are read" in str(result.exception)


def test_arrays_of_any_order_and_without_elements_are_read(explain: Explain, tmp_path: Path) -> None:
    path = tmp_path / "given.npy"
    np.save(path, np.asfortranarray(WITNESS.filter))
    assert explain(WITNESS, WITNESS.written(scattered(WITNESS)), "--filter", str(path)).return_value == 0
    np.save(path, np.zeros((0, 3, 4), np.float32))
    assert "the call is wrong (rank)" in str(explain(WITNESS, WITNESS.value, "--filter", str(path)).exception)


def test_several_arrays_in_a_file_are_refused(explain: Explain, tmp_path: Path) -> None:
    path = tmp_path / "given.npy"
    with path.open("wb") as file:
        np.savez(file, a=WITNESS.filter)
    result = explain(WITNESS, WITNESS.value, "--filter", str(path))
    assert "holds several arrays; expected a .npy file of one" in str(result.exception)


def test_small_files_that_ask_for_a_large_result_are_refused(explain: Explain) -> None:
    result = explain(WITNESS, WITNESS.value, "--output-shape", "2x100000x100000x3", "--strides", "25000x20000")
    assert isinstance(result.exception, UsageError)
    assert "the arrays would take 480,000,001,216 bytes; at most 1,073,741,824 are accepted" in str(result.exception)


@pytest.fixture
def explain_any(tmp_path: Path) -> Callable[..., Result]:
    """Save the reference's result for what it makes of the operands, and ask for an explanation with them as given."""

    def run(call: RightConvolution, change: Callable[[Operands], Operands], *words: str) -> Result:
        operands = fill(GENERATORS["mix"], call, "offline")
        answer = expect_call(call, {**operands, **change(operands)}).rounded
        names = {"value": "input", "filter": "filter", "cotangent": "cotangent"}
        files = {**{names[name]: array for name, array in operands.items()}, "output": answer}
        for name, array in files.items():
            np.save(tmp_path / f"{name}.npy", array)
        paths = [word for name in files for word in (f"--{name}", str(tmp_path / f"{name}.npy"))]
        shape = ["--output-shape", "x".join(map(str, call.output_shape))] if call.definition.transposed else []
        asked = ["--operator", call.operator, "--direction", call.direction, "--strides", "2", *shape, *words]
        return CliRunner().invoke(command, [*paths, *asked], standalone_mode=False)

    return run


@pytest.mark.parametrize("name", OPERATORS)
@pytest.mark.parametrize("direction", ["forward", "value_gradient", "filter_gradient"])
def test_every_operator_and_gradient_is_explained(
    explain_any: Callable[..., Result], name: str, direction: Direction
) -> None:
    operator = OPERATORS[name]
    subject = ConvolutionSubject(operator, "float32", None, direction)
    lengths = {"size": (4, 5, 3)[: operator.rank], "output": (8, 9, 5)[: operator.rank]}
    call = subject.call(batch=2, channels=(4, 4), kernel=3, strides=2, **lengths)

    right = explain_any(call, lambda operands: operands)
    assert (right.return_value, right.exception) == (0, None)
    flipped = "filter" if direction != "filter_gradient" else "value"
    axes = tuple(range(operator.rank)) if flipped == "filter" else tuple(range(1, operator.rank + 1))
    wrong = explain_any(call, lambda operands: {flipped: np.flip(operands[flipped], axes)})
    assert wrong.return_value == 1
    assert flipped == "value" or "[flip_all]" in wrong.output or "[flip_width]" in wrong.output


def test_groups_are_those_of_the_call(explain_any: Callable[..., Result]) -> None:
    call = ConvolutionSubject(OPERATORS["conv1d"], "float32").call(
        batch=2, size=5, channels=(4, 6), kernel=3, strides=2, groups=2
    )
    assert explain_any(call, lambda operands: operands, "--groups", "2").return_value == 0
    without = explain_any(call, lambda operands: operands)
    assert isinstance(without.exception, UsageError)
    assert str(without.exception).startswith("the call is wrong (filter_channels), so that it has no result: ")


def test_what_a_forward_convolution_does_not_name_is_refused(explain: Explain) -> None:
    result = explain(WITNESS, WITNESS.written(scattered(WITNESS)), "--operator", "conv2d")
    assert isinstance(result.exception, UsageError)
    assert str(result.exception) == "--output-shape means nothing for conv2d, forward"


def test_a_gradient_needs_its_cotangent(explain: Explain) -> None:
    result = explain(WITNESS, WITNESS.written(scattered(WITNESS)), "--direction", "value_gradient")
    assert isinstance(result.exception, UsageError)
    assert str(result.exception).startswith("--cotangent missing; give --lane, or a result by --output, --input, ")


@pytest.mark.parametrize("padding", ["[]", "[[1]]", "SAM", "[[0,0],[0,0],[0,0],[0,0],[0,0],[0,0]]"])
def test_pads_are_pairs_of_the_spatial_axes_or_of_all(padding: str) -> None:
    result = CliRunner().invoke(command, ["--lane", "reference", "--padding", padding])
    assert result.exit_code == 2
    expected = "expected SAME, VALID, or a pair [before,after] for each spatial axis such as [[1,0],[0,2]], or for each"
    assert expected in " ".join(result.output.split())

"""Scripts: the steps that are in the record, and nothing of the suite."""

import ast
import subprocess
from collections.abc import Callable
from dataclasses import replace

import pytest

from conformance.adapters.lane import load_adapter, parse_lane
from conformance.adapters.plan import Plan
from conformance.judging.judge import digest
from conformance.judging.question import make_question
from conformance.operators.convolution.call import ConvolutionTrial, convolution
from conformance.operators.convolution.generators import GENERATORS
from conformance.suite.case import Trial
from conformance.workers.process import THREAD_VARIABLES
from reference import conv2d_transpose

Make = Callable[..., ConvolutionTrial]
ScriptOf = Callable[[Trial, str], str]
Perform = Callable[[str], subprocess.CompletedProcess[str]]
EXAMPLE = "conv2d_transpose/tutorial/example-1[inputs=mix,dtype=float32]"
SWAPPED = "conv2d_transpose/tutorial/example-2-as-printed"
LANES = ("reference", "tensorflow", "tensorflow:function", "tensorflow:session", "torch", "jax")
PACKAGES = {"reference": "reference", "tensorflow": "tensorflow", "torch": "torch", "jax": "jax"}


def answered(trial: Trial) -> str:
    """The line that the reference's script prints."""
    question, call = make_question(trial), trial.call
    result = conv2d_transpose(
        question.value,
        question.filter,
        convolution(call).output_shape,
        convolution(call).strides,
        convolution(call).padding,
        convolution(call).data_format,
    )
    shape = str(list(result.shape)).replace(" ", "")
    return f"answered {shape} {result.dtype.name} {digest(result)}\n"


@pytest.mark.parametrize("name", [name for name, generator in GENERATORS.items() if not generator.needs_bias])
def test_the_reference_s_script_gives_the_record_s_bits(
    trial: Make, script_of: ScriptOf, perform: Perform, name: str
) -> None:
    dtype = "float16" if name in ("acc24", "masking") else "float32"
    asked = trial(inputs=name, dtype=dtype)
    done = perform(script_of(asked, "reference"))
    assert (done.stdout, done.returncode) == (answered(asked), 0), done.stderr


def test_a_refusal_is_an_outcome_as_an_answer_is(
    shipped: dict[str, Trial], script_of: ScriptOf, perform: Perform
) -> None:
    done = perform(script_of(shipped[SWAPPED], "reference"))
    assert (done.stdout, done.returncode) == ("refused FilterChannelsError\n", 0)
    assert "the two channel axes are swapped" in done.stderr


@pytest.mark.parametrize("lane", LANES)
@pytest.mark.parametrize("identity", [EXAMPLE, SWAPPED, "conv2d_transpose/layouts/written-out"])
def test_the_steps_are_those_of_the_plan(
    shipped: dict[str, Trial], script_of: ScriptOf, lane: str, identity: str
) -> None:
    plan = load_adapter(parse_lane(lane)).plan(shipped[identity].call)
    assert isinstance(plan, Plan)
    lines = iter(line.strip() for line in script_of(shipped[identity], lane).splitlines())
    assert [step for step in plan.source() if step in lines] == list(plan.source())


@pytest.mark.parametrize("lane", LANES)
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_nothing_but_the_framework_and_numpy_is_imported(
    trial: Make, script_of: ScriptOf, lane: str, dtype: str
) -> None:
    tree = ast.parse(script_of(trial(inputs="codes", dtype=dtype), lane))
    modules = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    modules |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    own = {"numpy", PACKAGES[lane.partition(":")[0]], *(["ml_dtypes"] if dtype == "bfloat16" else [])}
    assert modules - {"__future__", "os", "sys", "hashlib", "math", "types"} == own


@pytest.mark.parametrize("lane", LANES)
def test_the_worker_s_environment_is_set_before_anything_is_imported(
    shipped: dict[str, Trial], script_of: ScriptOf, lane: str
) -> None:
    text = script_of(shipped[EXAMPLE], lane)
    first = text.index("import numpy")
    assert all(0 < text.index(f"{name!r}: '1',") < first for name in THREAD_VARIABLES)
    assert ("'JAX_PLATFORMS': 'cpu'" in text) == (lane == "jax")


def test_the_head_says_what_is_asked_and_why_a_step_is_there(shipped: dict[str, Trial], script_of: ScriptOf) -> None:
    lines = script_of(shipped[EXAMPLE], "torch").splitlines()
    assert lines[:2] == [f"# {EXAMPLE} in torch", "#"]
    assert lines[2].startswith("# Upsampling 4x4 to 8x8 with SAME crops 0 before and 1 after")
    assert "# PyTorch crops both sides alike; this needs 0 before and 1 after: composed" in lines
    assert any(line.startswith("# Written by `conformance explain` of nn-conformance ") for line in lines)
    fault = script_of(shipped[SWAPPED], "torch")
    assert "# Wrong on purpose: filter is [3, 3, 4, 8], layout [height, width, out, in]" in fault


def test_no_text_of_a_case_can_leave_the_head(shipped: dict[str, Trial], script_of: ScriptOf, perform: Perform) -> None:
    hostile = replace(shipped[EXAMPLE], why="a\nimport no_such\r\x0cprint(1)\x00 \u2028 \ud800", url="x\nraise\n")
    done = perform(script_of(hostile, "reference"))
    assert done.stdout.startswith("answered [1,8,8,1] float32 "), done.stderr

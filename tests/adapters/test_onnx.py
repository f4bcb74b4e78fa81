"""Calls as ONNX nodes: the three spellings of padding, what is unsupported, and the reference evaluator's answers."""

from typing import Any

import pytest

from conformance.adapters.lane import load_adapter, parse_lane
from conformance.adapters.onnx.limits import EIGHT_BITS, FLOATS, STANDARD
from conformance.adapters.onnx.spelling import OPSET
from conformance.adapters.plan import Invoke, Plan, Unsupported
from conformance.adapters.protocol import Adapter, plan_call
from conformance.adapters.reply import Answer
from conformance.errors import UsageError
from conformance.judging.judge import judge
from conformance.judging.question import make_question
from conformance.judging.verdict import Outcome
from conformance.operators.convolution.calls import right_call
from conformance.operators.pooling.calls import right_call as right_pooling
from conformance.operators.resize.calls import right_call as right_resize
from conformance.suite.corpus import select
from conformance.suite.dtypes import FORMATS

onnx = pytest.importorskip("onnx")


def adapter(lane: str = "onnx") -> Adapter:
    return load_adapter(parse_lane(lane))


def said(lane: str, call: Any) -> dict[str, Any]:
    plan = plan_call(adapter(lane), call)
    assert isinstance(plan, Plan), plan
    (invoke,) = (step for step in plan.steps if isinstance(step, Invoke))
    return {"": invoke.function, **dict(invoke.keywords)}


def transposed(padding: Any, output: int, value: int = 2) -> Any:
    shapes = ((1, value, value, 1), (3, 3, 1, 1), (1, output, output, 1))
    return right_call("conv2d_transpose", shapes, strides=2, padding=padding)


def test_pads_are_all_that_come_before_and_then_all_that_come_after() -> None:
    explicit = ((0, 0), (1, 0), (0, 1), (0, 0))
    words = said("onnx", transposed(explicit, 4))
    assert (words[""], words["pads"]) == ("onnx.ConvTranspose", (1, 0, 0, 1))
    assert "output_padding" not in words


def test_a_result_that_runs_on_beyond_its_products_is_output_padding() -> None:
    words = said("onnx", transposed("VALID", 6))
    assert (words["pads"], words["output_padding"]) == ((0, 0, 0, 0), (1, 1))


def test_auto_pad_names_the_result_where_it_is_not_the_strides_multiple() -> None:
    assert said("onnx:auto_pad", transposed("SAME", 4))["auto_pad"] == "SAME_UPPER"
    assert "output_shape" not in said("onnx:auto_pad", transposed("SAME", 4))
    assert said("onnx:auto_pad", transposed("SAME", 3))["output_shape"] == (3, 3)


def test_pads_whose_odd_one_comes_first_are_auto_pad_s_other_word() -> None:
    lower, upper, wide = (((0, 0), pair, pair, (0, 0)) for pair in ((1, 0), (0, 1), (2, 1)))
    assert said("onnx:auto_pad", transposed(lower, 4))["auto_pad"] == "SAME_LOWER"
    for padding in (upper, wide):
        refused = plan_call(adapter("onnx:auto_pad"), transposed(padding, 3 if padding == wide else 4))
        assert isinstance(refused, Unsupported)
        assert "no word for these pads" in refused.reason
    windows: Any = {"ksize": 2, "strides": 1}
    asked = [right_pooling("max_pool2d", (1, 4, 4, 1), padding=padding, **windows) for padding in (lower, upper)]
    assert [said("onnx:auto_pad", each).get("auto_pad") for each in asked] == ["SAME_LOWER", None]
    rounded = right_pooling("max_pool2d", (1, 4, 4, 1), padding=lower, ceil_mode=True, **windows)
    assert "auto_pad" not in said("onnx:auto_pad", rounded)


def test_output_shape_says_what_its_formula_means_and_nothing_else() -> None:
    assert said("onnx:output_shape", transposed("SAME", 4))["auto_pad"] == "SAME_UPPER"
    # The larger half of what is cut is cut in front.
    assert said("onnx:output_shape", transposed(((0, 0), (1, 0), (1, 0), (0, 0)), 4))["output_shape"] == (4, 4)
    refused = plan_call(adapter("onnx:output_shape"), transposed(((0, 0), (0, 1), (0, 1), (0, 0)), 4))
    assert isinstance(refused, Unsupported)
    assert "spreads the pads evenly" in refused.reason


def test_both_spellings_at_once_are_refused() -> None:
    with pytest.raises(UsageError, match="exclude one another"):
        adapter("onnx:auto_pad+output_shape")


def test_indices_are_supported_where_they_are_those_of_onnx() -> None:
    windows: Any = {"ksize": 2, "strides": 2, "padding": "VALID"}
    first = right_pooling("max_pool_with_argmax", (1, 2, 4, 4), data_format="NCHW", **windows)
    assert said("onnx", first)[""] == "onnx.MaxPool"
    last = plan_call(adapter(), right_pooling("max_pool_with_argmax", (1, 4, 4, 2), **windows))
    assert isinstance(last, Unsupported)
    assert "channels first" in last.reason


def test_scales_that_float32_does_not_have_are_unsupported() -> None:
    exact, rounded = (right_resize("resize1d", (1, 5, 1), scales=scale) for scale in (1.5, 1.7))
    assert said("onnx", exact)["scales"] == (1.0, 1.0, 1.5)
    unsupported = plan_call(adapter(), rounded)
    assert isinstance(unsupported, Unsupported)
    assert "float32" in unsupported.reason


def test_a_resize_of_one_axis_goes_to_onnx_runtime_as_an_image() -> None:
    call = right_resize("resize1d", (1, 5, 1), output_size=7)
    assert said("onnx", call)["sizes"] == (1, 1, 7)
    assert said("onnxruntime", call)["sizes"] == (1, 1, 1, 7)


def test_the_limits_are_those_of_the_standards_own_table() -> None:
    """STANDARD says that nodes of windows take floating-point numbers, and one of them 8 bits: so do their schemas."""
    for kind in ("Conv", "ConvTranspose", "MaxPool", "GlobalMaxPool", "AveragePool", "LpPool", "MaxUnpool"):
        allowed = next(iter(onnx.defs.get_schema(kind, OPSET).type_constraints)).allowed_type_strs
        named = {each.removeprefix("tensor(").removesuffix(")") for each in allowed}
        taken = {{"float": "float32", "double": "float64"}.get(each, each) for each in named} & set(FORMATS)
        assert taken == {*FLOATS, *(EIGHT_BITS if kind == "MaxPool" else ())}, kind
    assert STANDARD


# One or two of each node, without what the evaluator gets wrong.
ANSWERED = [
    "conv2d_transpose/tutorial/example-1*",
    "conv2d/layouts/channels-first*",
    "avg_pool2d/layouts/both*",
    "resize2d/layouts/both*",
    "depth_to_space/blocks/*",
    "pad/constants/*",
]


@pytest.mark.frameworks
@pytest.mark.parametrize("pattern", ANSWERED)
def test_the_reference_evaluator_agrees(pattern: str) -> None:
    lane, judged = adapter(), 0
    lane.describe()
    for trial in select([pattern])[:3]:
        plan = plan_call(lane, trial.call)
        if not isinstance(plan, Unsupported):
            question = make_question(trial)
            answer = Answer(lane.execute(plan, question.operands), None)
            verdict = judge(trial, answer, question.expected)
            assert verdict.outcome is Outcome.AGREES, (trial.id, verdict.detail)
            judged += 1
    assert judged

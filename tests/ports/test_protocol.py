"""docs/protocol.md and its schema say what the code does."""

import json
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter

from conformance.adapters.lane import parse_lane
from conformance.adapters.protocol import FEATURES
from conformance.adapters.reply import Answer, CannotSay
from conformance.operators.convolution.call import ConvolutionTrial
from conformance.operators.convolution.calls import right_call
from conformance.protocol import frames, hello, messages
from conformance.protocol.hello import FILL, Hello, NoWorker, read_hello
from conformance.protocol.messages import json_schema, message_of_any_kind
from conformance.protocol.requests import port_question
from conformance.suite.corpus import select
from conformance.workers import process
from conformance.workers.process import Worker
from reference.family import DIRECTIONS, OPERATORS
from tests.corpus import shipped_trials

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "protocol.md").read_text(encoding="utf-8")
ONE = (1, 1, 1, 1)


def filled(number: float) -> Any:
    return np.full(ONE, number, np.float32)


def written(block: str) -> bytes:
    """The bytes that a block of the page stands for."""
    length, *rest = block.splitlines()
    header = "".join(line for line in rest if re.fullmatch(r"([0-9a-f]{2} ?)+", line) is None)
    tensors = "".join(line for line in rest if re.fullmatch(r"([0-9a-f]{2} ?)+", line))
    return bytes.fromhex(length) + header.encode() + bytes.fromhex(tensors)


def test_the_worked_example_is_what_crosses() -> None:
    hello = {
        "type": "hello", "protocol": 1, "framework": "my_port", "version": "0.1", "language": "C",
        "operators": ["conv2d_transpose"], "dtypes": ["float32"], "layouts": ["NHWC"],
    }  # fmt: skip
    question = port_question(right_call("conv2d_transpose", (ONE, ONE, ONE)))
    message = "output_shape has height 9; it must be 7 or 8"
    sent: list[tuple[dict[str, Any], dict[str, Any]]] = [
        (hello, {}),
        ({"type": "request", "seq": 1, **question}, {"value": filled(3), "filter": filled(5)}),
        ({"type": "reply", "seq": 1}, {"result": filled(15)}),
        ({"type": "refusal", "seq": 2, "error": "shape", "message": message}, {}),
    ]
    blocks = re.findall(r"```frame\n(.*?)```", PAGE, re.DOTALL)
    assert [written(block) for block in blocks] == [b"".join(map(bytes, frames.frame(*each))) for each in sent]


def test_every_message_that_the_page_shows_fits_the_schema() -> None:
    shown = [json.loads(text) for text in re.findall(r'^    (\{"type".*?\})$', PAGE, re.DOTALL | re.MULTILINE)]
    assert {message["type"] for message in shown} == {"hello", "request", "reply", "refusal", "unsupported", "error"}
    for message in shown:
        TypeAdapter(message_of_any_kind()).validate_python(message)


def test_the_page_lists_every_dtype_with_its_size() -> None:
    sizes = {}
    table = PAGE[PAGE.index("| dtype | bytes |") : PAGE.index("Limits of a frame")]
    for names, size in re.findall(r"\| ((?:`\w+`(?:, )?)+) \| (\d+) (?=\|)", table):
        sizes.update(dict.fromkeys(re.findall(r"\w+", names), int(size)))
    assert sizes == {name: dtype.itemsize for name, dtype in frames.DTYPES.items()}


def test_the_page_names_the_limits() -> None:
    assert (frames.LONGEST_HEADER, frames.MOST_TENSOR_BYTES) == (16 * 2**20, 2 * 2**30)
    limits = f"16 MiB of header, {frames.MOST_TENSORS} tensors, {frames.MOST_AXES} axes each, 2 GiB of tensors"
    page = " ".join(PAGE.split())
    assert limits in page
    assert (process.LONGEST_ANSWER_HEADER, process.HEADROOM, process.UNKNOWN_RESULT) == (2**20, 2**24, 2**28)
    assert f"1 MiB of header; no tensors but in a reply; and of a reply's tensors {process.WIDEST} bytes" in page
    assert "and 16 MiB beyond that (256 MiB in all for a wrong call" in page
    assert f"at most {hello.LONGEST_NAME} characters" in page
    assert f"{hello.LONGEST_TEXT:,}, each object and each list {hello.MOST_ENTRIES} entries" in page
    assert f"{process.WARM_UP_SECONDS:g} seconds for its hello" in PAGE


def test_the_published_schema_is_that_of_the_code() -> None:
    """conformance smoke --schema > docs/protocol.schema.json"""
    assert json.loads((DOCS / "protocol.schema.json").read_text(encoding="utf-8")) == json_schema()


def test_all_agree_on_the_version() -> None:
    assert json_schema()["$defs"]["Hello"]["properties"]["protocol"]["const"] == hello.PROTOCOL


def test_the_schemas_dtypes_are_those_of_frames() -> None:
    assert set(json_schema()["$defs"]["Tensor"]["properties"]["dtype"]["enum"]) == set(frames.DTYPES)


def test_every_trial_is_a_request_that_fits_the_schema() -> None:
    for trial in shipped_trials():
        call = trial.call
        tensors = [{"name": name, "dtype": call.dtype, "shape": list(shape)} for name, shape in call.operands.items()]
        header = {"type": "request", "seq": 1, **port_question(call), "tensors": tensors}
        messages.request_message().model_validate(json.loads(json.dumps(header)))


def test_requests_say_nothing_of_what_is_expected() -> None:
    for trial in select(["conv2d_transpose/refusals/*"]):
        assert set(port_question(trial.call)) == {"operator", "arguments", "axes"}


def test_a_tensor_without_elements_is_limited_by_its_other_lengths() -> None:
    text = json.dumps({"tensors": [{"name": "result", "dtype": "float32", "shape": [0, 2**39, 2**39]}]}).encode()
    with pytest.raises(frames.FrameError, match="bytes of tensors; at most"):
        frames.read_frame(BytesIO(frames.LENGTH.pack(len(text)) + text).read)


@pytest.mark.parametrize(
    ("header", "problem"),
    [
        ([], "Input should be a valid dictionary or object to extract fields from"),
        ({}, "Unable to extract tag using discriminator 'type'"),
        ({"type": "hello", "protocol": 1, "framework": "", "version": "1"}, "framework: String should have at least"),
        ({"type": "hello", "protocol": "1", "framework": "p", "version": "1"}, "protocol: Input should be 1"),
    ],
)
def test_problems_of_a_greeting_name_the_key(header: Any, problem: str) -> None:
    assert messages.greeting_problems(header)[0].startswith(problem)


@pytest.fixture
def declaring(lane_of: Callable[[str], str]) -> Worker:
    return Worker(parse_lane(lane_of("declares")))


@pytest.mark.parametrize(
    ("layout", "dtype", "reason"),
    [
        ("NCHW", "float32", "float32 is not among the dtypes of the port's hello: float64"),
        ("NHWC", "float64", "NHWC is not among the layouts of the port's hello: NCHW"),
        (None, "float64", "NHWC is not among the layouts of the port's hello: NCHW"),
        ("NCHW", "float64", None),
    ],
)
def test_a_call_outside_of_what_hello_declares_is_not_sent(
    layout: str | None, dtype: str, reason: str | None, declaring: Worker
) -> None:
    call = right_call("conv2d_transpose", (ONE, ONE, ONE), data_format=layout, dtype=dtype)
    operand = np.ones(ONE, dtype)
    try:
        reply = declaring.ask(port_question(call), {"value": operand, "filter": operand}, 20.0)
    finally:
        declaring.kill()
    assert isinstance(reply, Answer) if reason is None else reply == CannotSay(reason, undeclared=True)


def test_a_call_with_an_operand_of_an_undeclared_dtype_is_not_sent() -> None:
    arguments = {"dtype": "float32", "operand_dtypes": {"filter": "float16"}}
    question = {"operator": "conv2d", "arguments": arguments}
    said = Hello("port", "1", dtypes=("float32",)).leaves_out(question)
    assert said == "float16 is not among the dtypes of the port's hello: float32"


@pytest.mark.parametrize(
    ("argument", "feature"), [({"groups": 2}, "groups"), ({"bias": True}, "bias"), ({"direction": "f"}, "gradients")]
)
def test_a_call_with_a_feature_that_hello_does_not_declare_is_not_sent(argument: dict[str, Any], feature: str) -> None:
    question = {"operator": "conv2d_transpose", "arguments": argument}
    missing = f"{feature} is not among the features of the port's hello: "
    assert Hello("port", "1").leaves_out(question) == f"{missing}none"
    other = next(name for name in FEATURES if name != feature)
    assert Hello("port", "1", features=(other,)).leaves_out(question) == f"{missing}{other}"
    assert Hello("port", "1", features=FEATURES).leaves_out(question) is None


def test_a_direction_that_hello_does_not_declare_is_not_sent() -> None:
    hello = Hello("port", "1", directions=("value_gradient",))
    forward, gradient = ({"operator": "conv1d", "arguments": each} for each in ({}, {"direction": "value_gradient"}))
    assert hello.leaves_out(forward) == "forward is not among the directions of the port's hello: value_gradient"
    assert hello.leaves_out(gradient) is None


def test_the_layout_of_a_call_that_names_none_is_its_operator_s_first() -> None:
    hello = Hello("port", "1", layouts=("NHWC", "NCDHW"))
    questions = ({"operator": f"conv{rank}d", "arguments": {"data_format": None}} for rank in (1, 2, 3))
    assert [hello.leaves_out(question) for question in questions] == [
        "NWC is not among the layouts of the port's hello: NHWC, NCDHW",
        None,
        "NDHWC is not among the layouts of the port's hello: NHWC, NCDHW",
    ]


def test_the_page_names_every_operator_layout_and_feature() -> None:
    layouts = {layout for operator in OPERATORS.values() for layout in operator.data_formats}
    assert [name for name in (*OPERATORS, *layouts) if f"`{name}`" not in PAGE] == []
    assert [name for name in FEATURES if f'`"{name}"`' not in PAGE] == []
    assert [name for name in DIRECTIONS[1:] if f'`"{name}"`' not in PAGE] == []


def test_the_schema_names_every_layout_and_feature() -> None:
    hello = messages.HelloMessage.model_json_schema()["properties"]
    layouts = {layout for operator in OPERATORS.values() for layout in operator.data_formats}
    assert set(hello["layouts"]["anyOf"][0]["items"]["enum"]) == layouts
    assert set(hello["features"]["anyOf"][0]["items"]["enum"]) == {*FEATURES, FILL}
    assert set(hello["directions"]["anyOf"][0]["items"]["enum"]) == set(DIRECTIONS)


@pytest.mark.parametrize("operator", OPERATORS)
def test_a_question_has_what_the_call_has_and_no_more(family: Callable[..., ConvolutionTrial], operator: str) -> None:
    plain = port_question(family(operator).call)["arguments"]
    assert {"groups", "bias", "direction"}.isdisjoint(plain)
    assert ("output_shape" in plain) is OPERATORS[operator].transposed
    asked = port_question(family(operator, bias=True, direction="filter_gradient").call)
    assert (asked["arguments"]["bias"], asked["arguments"]["direction"]) == (True, "filter_gradient")
    assert len(asked["axes"]) == OPERATORS[operator].rank


def test_a_layout_that_is_none_is_a_wrong_call_and_is_sent() -> None:
    hello = Hello("port", "1", layouts=("NHWC",))
    assert hello.leaves_out({"operator": "conv2d_transpose", "arguments": {"data_format": "NWHC"}}) is None


def test_a_hello_of_another_protocol_is_no_worker() -> None:
    said = read_hello({"type": "hello", "protocol": 2, "framework": "port", "version": "1"})
    assert said == NoWorker(False, "it speaks protocol 2; this suite speaks 1")


def test_a_hello_with_odd_lists_still_starts(lane_of: Callable[[str], str]) -> None:
    worker = Worker(parse_lane(lane_of("declares-a-word")))
    try:
        assert worker.start() == Hello("port", "1.0", {}, {"language": "Python", "threads": "1"})
    finally:
        worker.kill()

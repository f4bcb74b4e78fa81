"""`conformance smoke` names each mistake of a port at the step that it belongs to, and whose it is."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.adapters.lane import load_adapter, parse_lane
from conformance.smoke import conversation
from conformance.smoke.conversation import Conversation, Keeper
from conformance.smoke.steps import Smoke, Step
from conformance.workers.process import worker_command
from reference.errors import FilterChannelsError, OutputShapeError
from reference.family import OPERATORS, Operator

LaneOf = Callable[[str], str]
Process = Callable[..., subprocess.CompletedProcess[str]]

STARTS, HELLO, ANSWERS = "starts", "says hello", "answers a call of one pixel"
FORM, VALUE, ORDER = "gives it the right dtype and shape", "gives it the right value", "sends the elements in order"
TWO, DECLARED, UPSAMPLES = "answers two calls in a row", "takes the dtypes and layouts of its hello", "upsamples"
AXES, REFUSES, UNSUPPORTED = "does not need axes, or says so", "refuses a wrong call", "says what it does not support"
EMPTY, LARGE, EXITS = "takes an empty batch", "takes a tensor of 1 MiB", "exits at the end of its input"


@pytest.fixture
def smoked(lane_of: LaneOf, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Step]]:
    """The steps of a port with a mistake, by name."""
    monkeypatch.setattr(conversation, "LAST_SECONDS", 1.0)

    def steps(mistake: str, timeout: float = 20.0) -> dict[str, Step]:
        lane = parse_lane(lane_of(mistake))
        talk = Conversation(lane.command, os.environ, Keeper(None), timeout)
        return {step.name: step for step in Smoke(lane.text, talk, None).steps()}

    return steps


def failed(steps: dict[str, Step]) -> list[str]:
    return [name for name, step in steps.items() if step.status == "failed"]


def test_a_right_port_passes_every_step(smoked: Callable[..., dict[str, Step]]) -> None:
    steps = smoked("none")
    assert {name: step.status for name, step in steps.items() if step.status != "ok"} == {DECLARED: "left out"}
    assert steps[HELLO].detail == "port 1.0, Python"


@pytest.mark.parametrize(
    ("mistake", "step", "found", "hint"),
    [
        ("greets-in-words", HELLO, "is not the length of a frame", "is text. Standard output belongs to frames"),
        ("length-of-4", HELLO, "is not the length of a frame", "The length has 4 bytes; write 8"),
        ("length-big-endian", HELLO, "is not the length of a frame", "The length is big-endian"),
        ("no-length", HELLO, "is not the length of a frame", "There is no length before the header"),
        ("misspelt-hello", HELLO, "dtype: Extra inputs are not permitted", "docs/protocol.md has a table"),
        ("protocol-2", HELLO, "protocol: Input should be 1", "docs/protocol.md has a table"),
        ("missing", HELLO, "libfoo is not installed", "Fix what it says"),
        ("answers-twice", ANSWERS, "came after the answer", "as long as its shape says"),
        ("prints-behind", ANSWERS, r"b'done.\n' came after the answer", "is text"),
        ("unknown-type", ANSWERS, "Input tag 'success'", "docs/protocol.md has a table"),
        ("unknown-tensor", ANSWERS, "tensors.0.name: Input should be 'result'", "docs/protocol.md has a table"),
        ("huge", ANSWERS, "1,152,921,504,606,846,975 bytes of header", "--keep DIR keeps what came"),
        ("never", ANSWERS, "unsupported: conv2d_transpose float32 NHWC: not yet", "Declare the operators"),
        ("fails", ANSWERS, "error: out of memory", "see its standard error"),
        (
            "declares-nothing-known",
            ANSWERS,
            "nothing that it declares is asked: operators fft",
            "Declare the operators",
        ),
        ("float64", FORM, "float64 [1, 1, 1, 1]", "dtype is that of the arguments"),
        ("flat", FORM, "float32 [1]", "shape their output_shape"),
        ("big-endian", VALUE, "1 of 1 elements are wrong", "The bytes are big-endian"),
        ("refuses-without-axes", AXES, "refused a right call that came without axes: no axes", "Judge calls by their"),
        (
            "refuses-the-foreign",
            UNSUPPORTED,
            "to no_such_operator it answered: refused: ValueError: no",
            "nothing else is sent",
        ),
        ("ends-on-empty", EMPTY, "exit status 1; its standard error ends: division by zero", "Run it by hand"),
        ("reads-once", LARGE, "did not read a frame of 1,049,102 bytes within 3 s", "read until the frame is whole"),
        ("lives-on", EXITS, "still runs 1 s after its input has ended", "leave the loop"),
        ("fails-at-the-end", EXITS, "exit status 1", "is not an error"),
    ],
)
def test_a_mistake_is_named_at_its_step(
    mistake: str, step: str, found: str, hint: str, smoked: Callable[..., dict[str, Step]]
) -> None:
    steps = smoked(mistake, 3.0)
    assert failed(steps) == [step]
    assert found in steps[step].found
    assert hint in steps[step].hint
    assert steps[step].blame == "harness"


def test_a_harness_that_counts_for_itself_is_found_by_a_seq_that_jumps(
    smoked: Callable[..., dict[str, Step]],
) -> None:
    found = smoked("counts-itself")[TWO]
    assert (found.found, found.expected) == ("the answer has seq 3", "seq 1000, that of the request")


def test_the_order_of_elements_is_the_harness_business(smoked: Callable[..., dict[str, Step]]) -> None:
    step = smoked("swaps-axes")[ORDER]
    assert (step.status, step.blame) == ("failed", "harness")
    assert "another order of axes" in step.hint


@pytest.mark.parametrize(
    ("mistake", "step", "found"),
    [
        ("flips", UPSAMPLES, "of 64 elements are wrong, first at [0, 0, 0, 0]"),
        ("refuses-all", ANSWERS, "refused a right call: ValueError: not today"),
    ],
)
def test_a_wrong_implementation_is_not_the_harness(
    mistake: str, step: str, found: str, smoked: Callable[..., dict[str, Step]]
) -> None:
    steps = smoked(mistake)
    assert failed(steps) == [step]
    assert found in steps[step].found
    assert steps[step].blame == "implementation"


@pytest.mark.parametrize(("mistake", "step"), [("silent", ANSWERS), ("half-a-hello", HELLO)])
def test_a_port_that_keeps_silent_is_told_how_long(
    mistake: str, step: str, smoked: Callable[..., dict[str, Step]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "WARM_UP_SECONDS", 3.0)
    (name,) = failed(steps := smoked(mistake, 1.0))
    assert name == step
    assert "within" in steps[step].found
    assert "Flush standard output" in steps[step].hint


def test_a_port_that_plans_from_axes_alone_may_say_so(smoked: Callable[..., dict[str, Step]]) -> None:
    steps = smoked("unsupported-without-axes")
    assert not failed(steps)
    assert "nothing is claimed about wrong calls" in steps[AXES].detail
    assert steps[REFUSES].detail == "unsupported: plans from axes"


def test_what_hello_declares_is_asked_and_nothing_else(smoked: Callable[..., dict[str, Step]]) -> None:
    steps = smoked("declares")
    assert not failed(steps)
    assert steps[DECLARED].detail == "float64 NCHW"
    assert steps[UNSUPPORTED].status == "left out"


@pytest.mark.parametrize(
    ("mistake", "status", "conclusion"),
    [
        ("none", 0, "The harness is in order, and so is what it answered."),
        ("flips", 1, "The harness is in order; the implementation is wrong: upsamples."),
        ("big-endian", 1, "The harness is broken: gives it the right value."),
        ("huge", 1, "The harness is broken: answers a call of one pixel."),
        ("never", 3, "The harness is broken: answers a call of one pixel."),
        ("no-length", 3, "The harness is broken: says hello."),
    ],
)
def test_the_exit_status_tells_nonconformance_from_nothing_judged(
    mistake: str, status: int, conclusion: str, inside: Process, lane_of: LaneOf
) -> None:
    done = inside("smoke", "--lane", lane_of(mistake))
    assert done.returncode == status, done.stderr
    assert conclusion in done.stdout


def test_a_command_that_does_not_exist_never_started(inside: Process) -> None:
    done = inside("smoke", "--lane", "exec:./no_such_port")
    assert done.returncode == 3
    assert "./no_such_port: No such file or directory" in done.stdout
    assert "not reached  14 more" in done.stdout


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--lane", "exec:"),
        ("--lane", "no_such_framework"),
        ("--lane", "tests.running.stand_ins:DeclaresTooLittle"),
    ],
)
def test_wrong_usage_exits_with_2(words: tuple[str, ...], inside: Process) -> None:
    assert inside("smoke", *words).returncode == 2


def test_adapters_are_smoked_through_their_worker(program: Process) -> None:
    done = program("smoke", "--lane", "reference")
    assert done.returncode == 0
    assert "a port's business" in done.stdout
    wrong = program("smoke", "--lane", "tests.running.stand_ins:OffByOne")
    assert wrong.returncode == 1
    assert "the implementation is wrong" in wrong.stdout


def test_what_a_port_says_cannot_move_the_cursor(inside: Process, lane_of: LaneOf) -> None:
    done = inside("smoke", "--lane", lane_of("refuses-in-control-characters"))
    assert done.returncode == 1, done.stderr
    assert r"half a character ?, \x1b[31mred\r\n and \x00" in done.stdout


def test_kept_frames_are_what_crossed_and_replay(inside: Process, lane_of: LaneOf, tmp_path: Path) -> None:
    (tmp_path / "900-sent.frame").write_bytes(b"of an earlier call")
    done = inside("smoke", "--lane", lane_of("none"), "--keep", str(tmp_path))
    assert done.returncode == 0, done.stdout
    sent = b"".join(path.read_bytes() for path in sorted(tmp_path.glob("*-sent.frame")))
    received = b"".join(path.read_bytes() for path in sorted(tmp_path.glob("*-received.frame")))
    replayed = subprocess.run(parse_lane(lane_of("none")).command, input=sent, capture_output=True, timeout=60)
    assert replayed.stdout == received


def test_what_is_no_frame_is_kept_too(inside: Process, lane_of: LaneOf, tmp_path: Path) -> None:
    inside("smoke", "--lane", lane_of("greets-in-words"), "--keep", str(tmp_path))
    assert (tmp_path / "001-received.frame").read_bytes().startswith(b"my_port 1.0 is ready\n")


def test_programs_read_json(inside: Process, lane_of: LaneOf) -> None:
    told = json.loads(inside("smoke", "--lane", lane_of("flips"), "--format", "json").stdout)
    assert [step["name"] for step in told["steps"] if step["status"] == "failed"] == ["upsamples"]
    assert told["conclusion"].startswith("The harness is in order")


def test_start_up_does_without_the_messages_models() -> None:
    code = "import sys, conformance.cli.run; sys.exit('conformance.protocol.messages' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_an_adapter_whose_plan_fails_is_told_with_its_traceback(inside: Process) -> None:
    done = inside("smoke", "--lane", "tests.running.stand_ins:PlanFails")
    assert done.returncode == 1
    assert "found     the adapter's plan failed: KeyError: " in done.stdout
    assert "in plan\n" in done.stdout
    assert "\x1b" not in done.stdout
    assert "The adapter is broken: refuses a wrong call." in done.stdout


def test_an_adapter_that_changes_its_operands_is_told_so(inside: Process) -> None:
    done = inside("smoke", "--lane", "tests.running.stand_ins:ChangesItsOperand")
    assert done.returncode == 1
    assert "found     the call changed the operand value" in done.stdout
    assert "the implementation is wrong: answers a call of one pixel" in done.stdout


def of_adapter(lane_name: str) -> dict[str, Step]:
    lane = parse_lane(lane_name)
    talk = Conversation(worker_command(lane), os.environ, Keeper(None), 20.0)
    return {step.name: step for step in Smoke(lane.text, talk, load_adapter(lane)).steps()}


@pytest.mark.parametrize("operator", OPERATORS.values(), ids=lambda operator: operator.name)
def test_any_operator_in_any_one_dtype_and_layout_is_enough(operator: Operator) -> None:
    number = list(OPERATORS).index(operator.name)
    dtype = ("float64", "float16", "bfloat16", "int32")[number % 4]
    layout = operator.data_formats[number % 2]
    steps = of_adapter(f"tests.running.stand_ins:DeclaresOne:{operator.name}+{dtype}+{layout}")
    assert not failed(steps), steps
    assert steps[ANSWERS].detail == f"3 times 5, {operator.name} {dtype} {layout}"
    assert steps[DECLARED].detail == f"{dtype} {layout}, value_gradient, filter_gradient"
    assert steps[UPSAMPLES if operator.transposed else "downsamples"].status == "ok"
    assert (OutputShapeError if operator.transposed else FilterChannelsError).__name__ in steps[REFUSES].detail


def test_a_port_that_declares_nothing_is_asked_until_it_has_words(smoked: Callable[..., dict[str, Step]]) -> None:
    steps = smoked("conv1d-alone")
    assert not failed(steps)
    assert steps[ANSWERS].detail == "3 times 5, conv1d float64 NCW"


def test_the_operators_and_dtypes_of_an_adapter_are_each_asked(inside: Process) -> None:
    done = inside("smoke", "--lane", "reference")
    assert "conv3d float32 NDHWC" in done.stdout
    assert "complex128 NHWC" in done.stdout


@pytest.mark.parametrize(("operator", "word"), [("conv2d_transpose", "crop"), ("conv2d", "pad")])
def test_another_meaning_of_words_is_told_as_that(operator: str, word: str) -> None:
    steps = of_adapter(f"tests.running.stand_ins:CropsAtTheFront:{operator}+float32+NHWC")
    (name,) = failed(steps)
    assert name == (UPSAMPLES if operator.endswith("transpose") else "downsamples")
    assert f"right is it with a {word} of [1, 1] before it instead of [0, 0]" in steps[name].found
    assert "an adapter's plan returns Unsupported(reason), a port answers unsupported" in steps[name].hint
    assert steps[name].blame == "words"


def test_an_output_shape_that_is_taken_otherwise_is_no_wrong_implementation(
    inside: Process, lane_of: LaneOf, smoked: Callable[..., dict[str, Step]]
) -> None:
    step = smoked("accepts")[REFUSES]
    assert (step.status, step.blame) == ("failed", "words")
    assert "answered [1, 9, 9, 1] to a wrong call" in step.found
    assert "say that there are no words for it" in step.hint
    done = inside("smoke", "--lane", lane_of("accepts"))
    assert done.returncode == 1
    assert "the implementation is wrong" not in done.stdout
    assert "it takes a call's words otherwise, which is wrong unless its documents say so: refuses" in done.stdout


def test_what_an_adapter_raises_is_the_adapter_s(inside: Process) -> None:
    done = inside("smoke", "--lane", "tests.running.stand_ins:RaisesAlways")
    assert done.returncode == 1
    assert "found     the adapter raised: KeyError: 'no such kernel'" in done.stdout
    assert "in execute\n" in done.stdout
    assert "The adapter is broken: answers a call of one pixel." in done.stdout
    assert "the implementation is wrong" not in done.stdout


def test_a_keyword_that_the_framework_does_not_know_is_the_adapter_s() -> None:
    step = of_adapter("tests.running.stand_ins:Misspells")[ANSWERS]
    assert step.found.startswith("the adapter's call of its framework raised: TypeError: zeros() ")
    assert (step.status, step.blame) == ("failed", "adapter")
    assert "The call was conv2d_transpose: value [1, 1, 1, 1]" in step.hint


def test_words_that_an_empty_batch_alone_makes_a_type_error_are_not_misspelt() -> None:
    step = of_adapter("tests.running.stand_ins:NeedsABatch")[EMPTY]
    assert step.found.startswith("it refused a right call: TypeError: zeros() ")
    assert (step.status, step.blame) == ("failed", "implementation")

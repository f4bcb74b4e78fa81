"""Readings and translations against the installed frameworks, each in its own worker."""

import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import product
from pathlib import Path

import pytest

from conformance.adapters.lane import missing_framework, parse_lane
from conformance.adapters.plan import Invoke, Plan
from conformance.adapters.reply import Answer, Refused
from conformance.judging.verdict import Outcome
from conformance.running.hello import Hello
from conformance.running.plan_codec import encode_plan
from conformance.running.process import Worker
from conformance.translation.code import CallError
from conformance.translation.experiment import Experiment
from conformance.translation.meaning import Reading
from conformance.translation.readings import read_call
from conformance.translation.translating import translate
from tests.translation.conftest import planned
from tests.translation.test_translate import EXAMPLE_1

pytestmark = pytest.mark.frameworks

TIMEOUT = 120.0
SAMPLE = 60
LANES = ("tensorflow", "torch", "jax")


@pytest.fixture(scope="module")
def workers() -> Iterator[dict[str, Worker]]:
    started = {}
    for name in LANES:
        lane = parse_lane(name)
        hint = missing_framework(lane)
        if hint is not None:
            pytest.skip(hint)
        started[name] = Worker(lane)
        assert isinstance(started[name].start(), Hello)
    yield started
    for worker in started.values():
        worker.kill()


def torch_call(draw: random.Random) -> str:
    """Any call, now and then one that is not legal."""
    kernel, stride, dilation = ([draw.randint(1, most) for _ in range(2)] for most in (4, 4, 3))
    padding = [draw.randint(0, 3) for _ in range(2)]
    output_padding = [draw.randint(0, max(s, d) - (draw.random() < 0.9)) for s, d in zip(stride, dilation, strict=True)]
    channels, out = draw.randint(1, 3), draw.randint(1, 3)
    return (
        f"F.conv_transpose2d(x[{draw.randint(1, 2)},{channels},{draw.randint(1, 5)},{draw.randint(1, 5)}], "
        f"w[{channels},{out},{kernel[0]},{kernel[1]}], stride={stride}, padding={padding}, "
        f"output_padding={output_padding}, dilation={dilation})"
    )


def jax_call(draw: random.Random) -> str:
    """Any call: words and pads, orders of axes, flipped or not."""
    spatial = draw.choice(("HW", "WH"))
    lhs, out = ("".join(draw.sample("NHWC", 4)) for _ in range(2))
    rhs = "".join(draw.sample(f"{spatial}IO", 4))
    transposes = draw.random() < 0.5
    channels, produced = draw.randint(1, 3), draw.randint(1, 3)
    value = {"N": draw.randint(1, 2), "H": draw.randint(1, 5), "W": draw.randint(1, 5), "C": channels}
    kernel = {"H": draw.randint(1, 4), "W": draw.randint(1, 4)}
    kernel |= {"O": channels, "I": produced} if transposes else {"I": channels, "O": produced}
    padding = draw.choice(("'SAME'", "'VALID'", str([(draw.randint(-2, 6), draw.randint(-2, 6)) for _ in range(2)])))
    numbers = [(draw.randint(1, 3), draw.randint(1, 3)) for _ in range(2)]
    consistent = draw.random() < 0.2 and "(" not in padding
    return (
        f"lax.conv_transpose(x{[value[letter] for letter in lhs]}, k{[kernel[letter] for letter in rhs]}, "
        f"{numbers[0]}, {padding}, {numbers[1]}, {(lhs, rhs, out)}, transpose_kernel={transposes}, "
        f"use_consistent_padding={consistent})"
    )


def readings(written: Callable[[random.Random], str], seed: int) -> Iterator[Reading]:
    """SAMPLE calls that can be read."""
    draw, read = random.Random(seed), 0
    while read < SAMPLE:
        with suppress(CallError):
            yield read_call(written(draw), "float32")
            read += 1


def right(workers: dict[str, Worker], lane: str, reading: Reading, plan: Plan) -> None:
    verdicts = Experiment(reading, TIMEOUT).verdicts(workers[lane], plan)
    assert verdicts
    for inputs, verdict in verdicts:
        assert verdict.outcome is Outcome.AGREES, (reading.text, lane, inputs, verdict.detail)


@pytest.mark.parametrize("written", [torch_call, jax_call])
def test_a_reading_has_the_shape_and_values_of_its_own_framework(
    workers: dict[str, Worker], written: Callable[[random.Random], str]
) -> None:
    for reading in readings(written, seed=4):
        right(workers, reading.lane, reading, reading.plan)


@pytest.mark.parametrize("written", [torch_call, jax_call])
def test_a_translation_has_the_values_of_the_given_call(
    workers: dict[str, Worker], written: Callable[[random.Random], str]
) -> None:
    for reading in readings(written, seed=5):
        if 0 in reading.meaning.geometry.output_shape:
            continue  # which PyTorch does not have, and TensorFlow refuses in some kernels
        for lane in LANES:
            # TensorFlow's CPU kernels have no dilation beside explicit pads; FACTS and the waivers say so.
            call = reading.meaning.call
            if lane != "tensorflow" or isinstance(call.padding, str) or call.dilations is None:
                plan = planned(reading, lane)
                assert isinstance(plan, Plan)
                right(workers, lane, reading, plan)


def test_torch_refuses_the_calls_that_its_reading_refuses(workers: dict[str, Worker]) -> None:
    import numpy as np

    arrays = {"value": np.ones((1, 2, 4, 4), np.float32), "filter": np.ones((2, 3, 3, 3), np.float32)}
    refused = 0
    for stride, padding, output_padding, dilation in product((1, 2), (0, 2, 4), (0, 1, 2, 3), (1, 3)):
        keywords = {"stride": stride, "padding": padding, "output_padding": output_padding, "dilation": dilation}
        invoke = Invoke(
            "torch.nn.functional.conv_transpose2d", (("", "value"), ("", "filter")), tuple(keywords.items())
        )
        reply = workers["torch"].ask({"plan": encode_plan(Plan((invoke,)))}, arrays, TIMEOUT)
        text = ", ".join(f"{name}={number}" for name, number in keywords.items())
        try:
            reading = read_call(f"F.conv_transpose2d(x[1,2,4,4], w[2,3,3,3], {text})", "float32")
        except CallError:
            refused += 1
            assert isinstance(reply, Refused), text
        else:
            assert isinstance(reply, Answer), text
            assert reply.array.shape[2:] == reading.meaning.geometry.output_shape[1:3]
    assert refused


@pytest.mark.parametrize("lane", LANES)
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_the_printed_code_of_the_tutorial_s_first_example_runs_and_agrees(
    lane: str, dtype: str, tmp_path: Path
) -> None:
    if missing_framework(parse_lane(lane)):
        pytest.skip(f"{lane} is not installed")
    import numpy as np

    code = translate(read_call(EXAMPLE_1, dtype), parse_lane(lane)).code
    own = {
        "value": f"value = np.arange(1, 17).reshape(1, 4, 4, 1).astype('{dtype}')",
        "filter": f"filter = np.arange(1, 10).reshape(3, 3, 1, 1).astype('{dtype}')",
    }
    lines = [own[line.split()[0]] if line.endswith("# yours here") else line for line in code]
    assert all(line in lines for line in own.values())
    last = f"np.save({str(tmp_path / 'result.npy')!r}, result.astype('float64'))"
    ran = subprocess.run(
        [sys.executable, "-c", "\n".join(["import ml_dtypes", *lines, last])], capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    result = np.load(tmp_path / "result.npy")[0, :, :, 0]
    assert result.shape == (8, 8)
    assert result[:3, :3].tolist() == [[1.0, 2.0, 5.0], [4.0, 5.0, 14.0], [12.0, 18.0, 44.0]]

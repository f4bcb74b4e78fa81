"""What torch refuses, and the tutorial's first example as it is printed; `test_printed_code` has every function."""

import subprocess
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from conformance.adapters.lane import missing_framework, parse_lane
from conformance.adapters.plan import Invoke, Plan
from conformance.adapters.reply import Answer, Refused
from conformance.protocol.hello import Hello
from conformance.protocol.requests import encode_plan
from conformance.translation.code import CallError
from conformance.translation.translating import translate
from conformance.workers.process import Worker
from tests.translation.reading import read_call
from tests.translation.test_translate import EXAMPLE_1

pytestmark = pytest.mark.frameworks

TIMEOUT = 120.0
LANES = ("tensorflow", "torch", "jax")


@pytest.fixture(scope="module")
def torch() -> Iterator[Worker]:
    lane = parse_lane("torch")
    hint = missing_framework(lane)
    if hint is not None:
        pytest.skip(hint)
    worker = Worker(lane)
    assert isinstance(worker.start(), Hello)
    yield worker
    worker.kill()


def test_torch_refuses_the_calls_that_its_reading_refuses(torch: Worker) -> None:
    import numpy as np

    arrays = {"value": np.ones((1, 2, 4, 4), np.float32), "filter": np.ones((2, 3, 3, 3), np.float32)}
    refused = 0
    for stride, padding, output_padding, dilation in product((1, 2), (0, 2, 4), (0, 1, 2, 3), (1, 3)):
        keywords = {"stride": stride, "padding": padding, "output_padding": output_padding, "dilation": dilation}
        invoke = Invoke(
            "torch.nn.functional.conv_transpose2d", (("", "value"), ("", "filter")), tuple(keywords.items())
        )
        reply = torch.ask({"plan": encode_plan(Plan((invoke,)))}, arrays, TIMEOUT)
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

"""docs/vectors.md says what the code does, and its examples run."""

import re
import subprocess
import sys
from collections.abc import Callable
from ctypes import CDLL, POINTER, c_char_p, c_float, c_long
from pathlib import Path

import numpy as np
import pytest

from conformance.journal import read_journal
from conformance.operators.convolution.call import ConvolutionTrial
from conformance.suite.case import Trial
from conformance.vectors.consistency import COUNTS, WHOLE
from conformance.vectors.layout import FORMAT, KIND
from conformance.vectors.tensors import read_tensors

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "vectors.md").read_text(encoding="utf-8")
PORT = """\
import numpy as np, reference

def conv2d_transpose(value, filter, call):
    return reference.conv2d_transpose(value, filter, **{
        name: call[name] for name in ("output_shape", "strides", "padding", "data_format", "dilations")})
"""


def example(language: str) -> str:
    (found,) = re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    return str(found)


def test_the_page_is_of_the_format_that_is_written() -> None:
    assert PAGE.startswith(f"# Test vectors: format {FORMAT}\n")
    assert f'"kind": "{KIND}"' in PAGE


@pytest.mark.parametrize("name", [*WHOLE, *COUNTS])
def test_the_page_explains_every_tensor(name: str) -> None:
    assert f"`{name}`" in PAGE


def test_the_python_example_answers_the_vectors(
    inside: Callable[..., int], exported: Path, trials: list[Trial], tmp_path: Path
) -> None:
    (tmp_path / "my_port.py").write_text(PORT, encoding="utf-8")
    (tmp_path / "answer.py").write_text(example("python"), encoding="utf-8")
    (tmp_path / "answers").mkdir()
    environment = {"PYTHONPATH": f"{tmp_path}:{ROOT}"}
    command = [sys.executable, str(tmp_path / "answer.py"), str(exported), str(tmp_path / "answers")]
    subprocess.run(command, check=True, timeout=60, env=environment)
    assert inside("judge", str(exported), str(tmp_path / "answers"), "--output", str(tmp_path / "out")) == 0
    outcomes = {record.trial: record.outcome for record in read_journal(tmp_path / "out" / "journal.jsonl").records}
    wanted = {
        trial.id: "unsupported"
        if trial.call.dtype != "float32"
        else "agrees"
        if isinstance(trial, ConvolutionTrial)
        else "refused"
        for trial in trials
    }
    assert outcomes == wanted
    assert set(wanted.values()) == {"agrees", "refused", "unsupported"}


@pytest.mark.ports
def test_the_example_in_c_writes_a_file_that_is_read(tmp_path: Path) -> None:
    (tmp_path / "write.c").write_text(example("c"), encoding="utf-8")
    library = tmp_path / "write.so"
    flags = ("-std=c99", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC")
    subprocess.run(["cc", *flags, "-o", str(library), str(tmp_path / "write.c")], check=True)
    write = CDLL(str(library)).write_result
    write.argtypes = [c_char_p, POINTER(c_float), POINTER(c_long)]
    result = np.arange(24, dtype=np.float32).reshape(1, 2, 3, 4)
    shape = (c_long * 4)(*result.shape)
    path = tmp_path / "answer.safetensors"
    assert write(str(path).encode(), result.ctypes.data_as(POINTER(c_float)), shape) == 0
    assert np.array_equal(read_tensors(path.read_bytes())["result"], result)

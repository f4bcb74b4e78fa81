"""Held against the frameworks: what users paste, and what `conformance translate` prints for it, both run for real.

Operands are small integers, of which every sum is exact in every order: all answers to one text must have the same
bits, those of NumPy's reference among them.
"""

import pickle
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from math import prod
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.adapters.lane import load_adapter, parse_lane
from conformance.adapters.plan import Plan
from conformance.adapters.tensorflow.composition import taken
from conformance.operators.convolution.readings.reading import ConvolutionReading
from conformance.suite.dtypes import FORMATS
from conformance.translation.code import CallError
from conformance.translation.reading import Reading
from conformance.translation.translating import translate
from tests.translation.reading import read_any

RUNNER = Path(__file__).parent / "code_runner.py"
TARGETS = {"tensorflow": ("tensorflow", "tensorflow:xla"), "torch": ("torch",), "jax": ("jax",)}
"""the lanes whose code is printed; TensorFlow's compiled one where its eager kernels refuse"""

Arrays = dict[str, NDArray[Any]]


@dataclass(slots=True)
class Examination:
    """What is to be run in each framework, and what all of it must answer."""

    readings: dict[str, Reading] = field(default_factory=dict)
    expected: dict[str, NDArray[Any]] = field(default_factory=dict)
    jobs: dict[str, list[tuple[str, tuple[str, list[str], Arrays]]]] = field(
        default_factory=lambda: {name: [] for name in TARGETS}
    )
    """by framework: whose expectation, and the job of `code_runner`"""
    refused: dict[str, str] = field(default_factory=dict)
    """texts that are not read, and why"""

    def add(self, framework: str, text: str, dtype: str) -> None:
        """The text in its own framework, and its translations to all of them."""
        try:
            reading = read_any(text, dtype)
        except CallError as error:
            self.refused[text] = str(error).splitlines()[0]
            return
        arrays = self.add_reading(text, reading)
        if not _is_at_fault(text, reading):
            self.jobs[framework].append((text, ("pasted", [text], arrays)))

    def add_reading(self, name: str, reading: Reading) -> Arrays:
        """The translations of a reading; the operands that all are given."""
        self.readings[name] = reading
        arrays = operands(name, reading)
        reference = load_adapter(parse_lane("reference"))
        plan = reading.write(reference)
        assert isinstance(plan, Plan), plan
        self.expected[name] = reference.execute(plan, arrays)
        for framework, lanes in TARGETS.items():
            told = [translate(reading, parse_lane(lane)) for lane in lanes]
            codes = ["\n".join(each.code) for each in told if isinstance(each.plan, Plan)]
            if codes:
                self.jobs[framework].append((name, ("printed", codes, arrays)))
        return arrays

    def problems(self, framework: str) -> list[str]:
        """Every answer of the framework that differs from the reference's, with its code."""
        jobs, found = self.jobs[framework], []
        for (name, (kind, codes, _)), answer in zip(jobs, run(framework, [job for _, job in jobs]), strict=True):
            refused = isinstance(answer, str)
            allowed = refused and any(refusal in answer for refusal in REFUSALS)
            problem = "" if allowed else answer if refused else difference(answer, self.expected[name])
            if problem:
                found.append(f"{kind}: {name}: {problem}\n{codes[0] if kind == 'printed' else ''}")
        return found


def operands(name: str, reading: Reading) -> Arrays:
    """Integers from -3 to 3, none of them 0, in the shapes of the given call; where indices are asked for, all of them
    others, so that each maximum has one place, and where they are given, other places of each plane.
    """
    drawn = np.random.default_rng(list(name.encode()))
    dtype = FORMATS[reading.judged.dtype].numpy
    signs = (-1, 1)
    if "indices" in reading.given:
        batch, channels, *plane = reading.given["indices"]
        places = prod(reading.judged.result_shape[1:-1])
        chosen = [drawn.permutation(places)[: prod(plane)] for _ in range(batch * channels)]
        value = drawn.integers(1, 4, reading.given["value"]).astype(dtype)
        return {"value": value, "indices": np.reshape(chosen, reading.given["indices"])}
    if reading.judged.operator == "max_pool_with_argmax":
        shape = reading.given["value"]
        return {"value": drawn.permutation(prod(shape)).reshape(shape).astype(dtype)}
    return {
        operand: (drawn.integers(1, 4, shape) * drawn.choice(signs, shape)).astype(dtype)
        for operand, shape in reading.given.items()
    }


def run(framework: str, jobs: Sequence[Any], python: str = sys.executable) -> list[Any]:
    """The answers to all jobs: arrays, or the words of an error; of a job that ends its process, how it ended."""
    answers: list[Any] = []
    while len(answers) < len(jobs):
        found, problem = _run(framework, jobs[len(answers) :], python)
        answers += found
        if problem:
            answers.append(problem)
    return answers


def _run(framework: str, jobs: Sequence[Any], python: str) -> tuple[list[Any], str]:
    """What one process answers, and how it ended, if not at the end."""
    with TemporaryDirectory() as folder:
        asked, answered = Path(folder) / "jobs", Path(folder) / "results"
        asked.write_bytes(pickle.dumps(list(jobs)))
        command = [python, str(RUNNER), framework, str(asked), str(answered)]
        done = subprocess.run(command, capture_output=True, text=True, cwd=folder)
        assert answered.exists(), done.stderr[-4000:]
        answers = []
        with answered.open("rb") as results, suppress(EOFError, pickle.UnpicklingError):
            while True:
                answers.append(pickle.load(results))
    return answers, f"the process ended with {done.returncode}: {done.stderr[:400]}" if done.returncode else ""


def _is_at_fault(text: str, reading: Reading) -> bool:
    """Whether the text's own framework is known to answer it wrongly (KNOWN_BUGS; waivers of conv3d, stride-beyond)."""
    if not isinstance(reading, ConvolutionReading):
        return False
    call = reading.meaning.call
    if "keras" in text or "layers." in text:
        # Keras on TensorFlow adds a bias of the last axis' length along that axis.
        first_bias = call.bias and not call.last and call.bias_shape[0] == call.output_shape[-1]
        return first_bias or (call.operator == "conv3d" and bool(taken(call).notes))
    return text.startswith("tf.nn.conv3d(") and bool(taken(call).notes)


REFUSALS = ("CPU implementation of Conv3D currently only supports dilated rates of 1",)
"""of TensorFlow's kernels for the CPU, which XLA's shape inference repeats: such code is right elsewhere"""


def difference(answer: NDArray[Any], expected: NDArray[Any]) -> str:
    """What is wrong with an answer; empty for the reference's bits."""
    if answer.dtype != expected.dtype or answer.shape != expected.shape:
        return f"{answer.dtype} {answer.shape} instead of {expected.dtype} {expected.shape}"
    wrong = int(np.count_nonzero(answer != expected))
    return f"{wrong} of {expected.size} elements differ" if wrong else ""

"""What is printed runs in its framework and has the bits of what was pasted, for every function that is read.

A larger sample, and every trial of the corpus: `python -m benchmarks.translations`.
"""

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from conformance.adapters.lane import missing_framework, parse_lane
from conformance.adapters.tensorflow.words import TUTORIAL
from conformance.operators.convolution.readings.reading import ConvolutionReading
from conformance.translation.code import CallError
from conformance.translation.parser import parse_call
from tests.translation import pasted_index_maps, pasted_layers, pasted_poolings, pasted_resizes
from tests.translation.pasted import functions, texts
from tests.translation.proof import TARGETS, Examination, run
from tests.translation.reading import READERS, read_any

SAMPLE = (("float32", 2, 1), ("float64", 1, 2))
"""dtype, calls of each function, seed"""
ONCE = {
    name
    for module in (pasted_poolings, pasted_index_maps, pasted_resizes, pasted_layers)
    for name in module.functions()
}
"""functions of which one call is drawn, in the dtype that all of TensorFlow's kernels take"""


@pytest.fixture(scope="module")
def examination() -> Examination:
    examined = Examination()
    for dtype, number, seed in SAMPLE:
        drawn = set[str]()
        for name, framework, text in texts(number, seed):
            if name not in ONCE or (dtype == "float32" and name not in drawn):
                examined.add(framework, text, dtype)
            drawn.add(name)
    return examined


@pytest.mark.frameworks
@pytest.mark.parametrize("framework", sorted(TARGETS))
def test_pasted_and_printed_code_have_the_bits_of_the_reference(examination: Examination, framework: str) -> None:
    hint = missing_framework(parse_lane(framework))
    if hint is not None:
        pytest.skip(hint)
    assert examination.problems(framework) == []
    kinds = {kind for _, (kind, _, _) in examination.jobs[framework]}
    assert kinds == {"pasted", "printed"}


@pytest.mark.frameworks
def test_code_that_ends_its_process_costs_that_code_alone() -> None:
    hint = missing_framework(parse_lane("torch"))
    if hint is not None:
        pytest.skip(hint)
    codes = ["result = np.ones(2)", "import os; os._exit(3)", "result = np.ones(1)"]
    jobs: list[Any] = [("printed", [f"import numpy as np\n{code}"], {}) for code in codes]
    first, ended, last = run("torch", jobs)
    assert (first.tolist(), last.tolist()) == ([1.0, 1.0], [1.0])
    assert ended.startswith("the process ended with 3: ")


def test_the_sample_holds_every_operator_in_both_layouts_with_groups_and_bias(examination: Examination) -> None:
    readings = examination.readings.values()
    calls = [reading.meaning.call for reading in readings if isinstance(reading, ConvolutionReading)]
    for operator in {call.operator for call in calls}:
        own = [call for call in calls if call.operator == operator]
        assert {call.dtype for call in own} == {"float32", "float64"}
        assert {call.bias for call in own} == {True, False}
        assert any(call.groups > 1 for call in own) or own[0].definition.depthwise
        assert {isinstance(call.padding, str) for call in own} == {True, False} or own[0].definition.depthwise
    assert len({call.operator for call in calls}) == 7
    assert {call.last for call in calls} == {True, False}


def understood() -> Iterator[str]:
    """The functions of which a text was read."""
    for name, (_, text) in functions().items():
        draw = Random(name)
        for _ in range(60):
            drawn = text(draw)
            try:
                read_any(drawn, "float32")
            except CallError:
                continue
            written, _ = READERS[parse_call(drawn).function]
            yield written.name


def test_every_function_that_is_understood_is_drawn() -> None:
    """But for TensorFlow 1's own, which the tutorial's tests have, and functions of packages that are not installed: of
    those `jax_layers.py` runs layers where they are, and `test_round_trips.py` reads functions.
    """
    names = {function.name for function, _ in READERS.values()}
    elsewhere = {name for name in names if not name.startswith(("tf.", "torch.", "jax.", "keras.layers."))}
    assert {*understood(), TUTORIAL.name} == names - elsewhere

"""What holds for any text, any value and any sweep."""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.errors import CaseFileError
from conformance.operators.convolution.keys import ConvolutionParameters as Parameters
from conformance.suite.case import Trial
from conformance.suite.document import read_document
from conformance.suite.expansion import Case, expand, id_text
from conformance.suite.loading import load

numbers = st.integers(-(2**63), 2**63 - 1)
lists = st.lists(numbers, min_size=2, max_size=4)
pads = st.lists(st.lists(numbers, min_size=2, max_size=2), min_size=2, max_size=4)
words = st.sampled_from(["SAME", "VALID", "NHWC", "NCHW", "float32", "mix", "smallest", "largest"])

SCRAPS = (
    """operator: conv2d_transpose|cases:|  - name: a|why: w|&a |*a|!!int |[|]|{|}|: |\n|  |\t|- |? |'|"|>|#|---|..."""
)
yaml_scraps = st.lists(
    st.sampled_from([*SCRAPS.split("|"), "|", "1e5", "null", ", ", "sweep: ", "%YAML 1.2"]), max_size=30
).map("".join)

parameters = st.sampled_from([*Parameters.model_fields, "expect", "sweep", "url"])
written = st.recursive(
    st.sampled_from(
        ["1", "0", "-3", "2.5", "null", "true", "SAME", "mix", "all", "NCHW", "float16", "9223372036854775807"]
    ),
    lambda inner: (
        st.lists(inner, max_size=4).map(lambda each: "[" + ", ".join(each) + "]")
        | st.dictionaries(parameters, inner, max_size=3).map(
            lambda each: "{" + ", ".join(f"{key}: {value}" for key, value in each.items()) + "}"
        )
    ),
    max_leaves=8,
)


def _file(folder: str, text: str) -> Path:
    path = Path(folder) / "example.yaml"
    path.write_text(text, encoding="utf-8", newline="")
    return path


def _problems(read: Callable[[], object]) -> Sequence[str]:
    """What is wrong with a file; any other exception than the one for it passes through."""
    try:
        read()
    except CaseFileError as error:
        return error.problems
    return ()


@settings(max_examples=400, deadline=None)
@given(text=st.text(st.characters(codec="utf-8"), max_size=60) | yaml_scraps)
def test_any_text_is_a_document_or_a_case_file_error(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = _file(folder, text)
        problems = _problems(lambda: read_document(path))
        assert [problem for problem in problems if not problem.startswith(f"{path}:")] == []


@settings(max_examples=400, deadline=None)
@given(entries=st.dictionaries(parameters, written, max_size=12))
def test_any_case_is_trials_or_a_case_file_error(entries: Mapping[str, str]) -> None:
    base = {"batch": "1", "size": "2", "channels": "1", "kernel": "1", "output": "smallest"}
    case = "".join(f"    {key}: {value}\n" for key, value in {**base, **entries}.items())
    with tempfile.TemporaryDirectory() as folder:
        path = _file(folder, f"operator: conv2d_transpose\ncases:\n  - name: a\n    why: w\n{case}")
        problems = _problems(lambda: load([path]))
        assert [problem for problem in problems if not problem.startswith(f"{path}:")] == []


per_operator = st.recursive(
    st.sampled_from(
        ["1", "2", "null", "SAME", "4+", "-1*", "[2+]", "[1*, 3]", "[[1+, 0+]]", "[[1*, 2]]", "NC+", "mix"]
    ),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda each: "[" + ", ".join(each) + "]")
        | st.dictionaries(
            st.sampled_from(["1d", "2d", "3d", "conv1d", "conv3d", "others", "operators", "dtype", "kernel"]), inner
        ).map(lambda each: "{" + ", ".join(f"{key}: {value}" for key, value in each.items()) + "}")
    ),
    max_leaves=6,
)


@settings(max_examples=200, deadline=None)
@given(
    operators=st.lists(st.sampled_from(["conv1d", "conv2d", "depthwise_conv2d", "conv3d_transpose"]), max_size=3),
    entries=st.dictionaries(parameters | st.just("operators"), per_operator, max_size=6),
    swept=st.dictionaries(st.sampled_from(["kernel", "padding", "together", "exclude", "sample"]), per_operator),
)
def test_any_case_of_several_operators_is_trials_or_a_case_file_error(
    operators: Sequence[str], entries: Mapping[str, str], swept: Mapping[str, str]
) -> None:
    base = {"batch": "1", "size": "{1d: 2, others: [1*, 2]}", "channels": "2", "kernel": "[1+]"}
    sweep = {"sweep": "{" + ", ".join(f"{key}: {value}" for key, value in swept.items()) + "}"} if swept else {}
    case = "".join(f"    {key}: {value}\n" for key, value in {**base, **sweep, **entries}.items())
    with tempfile.TemporaryDirectory() as folder:
        path = _file(folder, f"operators: [{', '.join(operators)}]\ncases:\n  - name: a\n    why: w\n{case}")
        problems = _problems(lambda: load([path]))
        assert [problem for problem in problems if not problem.startswith(f"{path}:")] == []
        assert len(problems) == len(set(problems))


def _read_back(text: str) -> Any:
    """An id's spelling to its value: pairs have colons, lists have an x between digits."""
    if ":" in text:
        return [[int(number) for number in pair.split(":")] for pair in text.split("x")]
    if "x" in text and text[-1].isdecimal():
        return [int(number) for number in text.split("x")]
    return int(text) if text.lstrip("-").isdecimal() else text


@given(value=numbers | lists | pads | words)
def test_the_spelling_of_a_value_in_an_id_tells_the_value(value: Any) -> None:
    assert _read_back(id_text(value)) == value


@given(value=numbers | lists | pads | words)
def test_the_spelling_of_a_value_leaves_the_ids_own_signs_alone(value: Any) -> None:
    assert set(id_text(value)).isdisjoint("[]=,/* ")


distinct_sizes = st.lists(st.integers(1, 9) | st.tuples(st.integers(1, 9), st.integers(1, 9)), min_size=1, max_size=4)
sweeps = st.fixed_dictionaries(
    {
        "size": distinct_sizes.map(lambda sizes: list(dict.fromkeys(sizes))),
        "kernel": st.lists(st.integers(1, 5), min_size=1, max_size=3, unique=True),
        "strides": st.lists(st.integers(1, 4), min_size=1, max_size=3, unique=True),
        "padding": st.lists(st.sampled_from(["SAME", "VALID"]), min_size=1, unique=True),
        "output": st.sampled_from([["smallest"], ["largest"], ["all"], ["smallest", "largest"]]),
    }
)


def _expanded(sweep: Mapping[str, Sequence[Any]], sample: int | None) -> list[Trial]:
    fixed = {"batch": 1, "channels": (2, 3)}
    case = Case("op/file", "a", "w", None, "file:1", "conv2d_transpose", fixed, "reference", sweep, (), (), sample)
    return [each for each in expand(case) if isinstance(each, Trial)]


@pytest.mark.parametrize("sample", [None, 5])
@settings(max_examples=40, deadline=None)
@given(sweep=sweeps)
def test_the_trials_of_a_sweep_have_ids_of_their_own(sample: int | None, sweep: Mapping[str, Sequence[Any]]) -> None:
    trials = _expanded(sweep, sample)
    assert trials != []
    assert len({trial.id for trial in trials}) == len(trials)


@pytest.mark.parametrize("sample", [None, 5])
@settings(max_examples=40, deadline=None)
@given(sweep=sweeps)
def test_a_sweep_expands_alike_every_time(sample: int | None, sweep: Mapping[str, Sequence[Any]]) -> None:
    assert _expanded(sweep, sample) == _expanded(sweep, sample)


@settings(max_examples=40, deadline=None)
@given(sweep=sweeps)
def test_the_order_of_a_parameters_values_changes_no_id(sweep: Mapping[str, Sequence[Any]]) -> None:
    backwards = {name: list(reversed(values)) for name, values in sweep.items()}
    assert {trial.id for trial in _expanded(sweep, 5)} == {trial.id for trial in _expanded(backwards, 5)}

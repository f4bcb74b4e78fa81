"""Files of several operators: what each of them is asked, under which ids, and what is said of a wrong use."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance.operators.registry import operators
from conformance.suite.case import Trial
from conformance.suite.document import parse_document
from conformance.suite.loading import load
from conformance.suite.per_operator import choosers, documents

ProblemsOf = Callable[[str], list[str]]
Write = Callable[[str], Path]

CASE = "    why: w\n    batch: 1\n    channels: [2, 3]\n    kernel: 2\n"


@pytest.fixture
def content_of() -> Callable[[str], dict[str, dict[str, Any]]]:
    """operator -> the only case, `size: 1` and what is given, as a file of that operator alone would have it."""

    def read(keys: str, operators: str = "conv1d, conv2d, conv3d") -> dict[str, dict[str, Any]]:
        text = f"operators: [{operators}]\ncases:\n  - {{name: a, why: w, size: 1, {keys}}}\n"
        found, problems = documents(parse_document(text, Path("example.yaml")))
        assert problems == []
        contents: list[Any] = [document.content for document in found]
        return {content["operator"]: content["cases"][0] for content in contents}

    return read


ContentOf = Callable[..., dict[str, dict[str, Any]]]


def test_every_operator_is_asked_each_case_under_its_own_name(write: Write) -> None:
    trials = load([write(f"operators: [conv2d, conv1d]\ncases:\n  - name: a\n    size: 4\n{CASE}")])
    assert [(trial.id, trial.call.operator) for trial in trials] == [
        ("conv2d/example/a", "conv2d"),
        ("conv1d/example/a", "conv1d"),
    ]


def test_trials_are_those_of_a_file_for_each_operator(write: Write) -> None:
    several = """\
operators: [conv1d, conv2d, depthwise_conv2d]
cases:
  - name: plain
    why: w
    batch: 2
    size: {1d: 8, 2d: [6, 7]}
    channels: {depthwise_conv2d: [3, 6], others: [3, 2]}
    data_format: NC+
    sweep:
      kernel: [2, {1d: 3, 2d: [3, 2]}]
      padding: [SAME, [[1+, 0+]]]
      dtype: {conv2d: [float32, float64], others: null}
  - name: wrong
    why: w
    operators: [conv1d, conv2d]
    value: [1, 4+, 2]
    filter: [0, 3*, 2, 2]
    strides: 1
    expect: {refusal: size}
"""
    alone = {
        "conv1d": """\
operator: conv1d
cases:
  - {name: plain, why: w, batch: 2, size: 8, channels: [3, 2], data_format: NCW,
     sweep: {kernel: [2, 3], padding: [SAME, [[1, 0]]]}}
  - {name: wrong, why: w, value: [1, 4, 2], filter: [0, 2, 2], strides: 1, expect: {refusal: size}}
""",
        "conv2d": """\
operator: conv2d
cases:
  - {name: plain, why: w, batch: 2, size: [6, 7], channels: [3, 2], data_format: NCHW,
     sweep: {kernel: [2, [3, 2]], padding: [SAME, [[1, 0], [1, 0]]], dtype: [float32, float64]}}
  - {name: wrong, why: w, value: [1, 4, 4, 2], filter: [0, 3, 2, 2], strides: 1, expect: {refusal: size}}
""",
        "depthwise_conv2d": """\
operator: depthwise_conv2d
cases:
  - {name: plain, why: w, batch: 2, size: [6, 7], channels: [3, 6], data_format: NCHW,
     sweep: {kernel: [2, [3, 2]], padding: [SAME, [[1, 0], [1, 0]]]}}
""",
    }

    def elsewhere(trials: list[Trial]) -> list[Trial]:
        return [replace(trial, location="") for trial in trials]

    expected = [trial for text in alone.values() for trial in load([write(text)])]
    assert elsewhere(load([write(several)])) == elsewhere(expected)
    assert len(expected) == 5 + 9 + 4


def test_trials_of_all_operators_say_the_line_of_their_case(write: Write) -> None:
    path = write(
        "operators: [conv1d, conv2d]\ncases:\n"
        f"  - name: first\n    operators: [conv2d]\n    size: 4\n{CASE}"
        f"  - name: second\n    size: 4\n{CASE}"
    )
    assert [(trial.id, trial.location) for trial in load([path])] == [
        ("conv1d/example/second", f"{path}:10"),
        ("conv2d/example/first", f"{path}:3"),
        ("conv2d/example/second", f"{path}:10"),
    ]


def test_the_trials_of_some_operators_alone_can_be_loaded(write: Write) -> None:
    path = write(f"operators: [conv1d, conv2d, conv3d]\ncases:\n  - name: a\n    size: 4\n{CASE}")
    trials = load([path], lambda case: case.operator != "conv2d")
    assert [trial.id for trial in trials] == ["conv1d/example/a", "conv3d/example/a"]


def test_an_operator_in_the_list_adds_trials_and_changes_none(write: Write) -> None:
    cases = f"cases:\n  - name: a\n    size: {{3d: [3, 4, 5], others: 6}}\n{CASE}    sweep: {{strides: [1, 2]}}\n"
    fewer = load([write(f"operators: [conv1d, conv3d]\n{cases}")])
    more = load([write(f"operators: [depthwise_conv2d, conv1d, conv2d, conv3d]\n{cases}".replace("[2, 3]", "[2, 4]"))])
    assert {trial.id for trial in fewer} < {trial.id for trial in more}
    again = load([write(f"operators: [conv2d, conv3d, conv1d]\n{cases}")])
    assert [trial for trial in again if trial.call.operator != "conv2d"] == sorted(
        fewer, key=lambda trial: trial.call.operator, reverse=True
    )


@pytest.mark.parametrize(
    ("written", "per_rank"),
    [
        ("[1, 4+, 2]", ([1, 4, 2], [1, 4, 4, 2], [1, 4, 4, 4, 2])),
        ("[1*, 2]", ([2], [1, 2], [1, 1, 2])),
        ("[4+, 2]", ([4, 2], [4, 4, 2], [4, 4, 4, 2])),
        ("[0, 3*, 2, 2]", ([0, 2, 2], [0, 3, 2, 2], [0, 3, 3, 2, 2])),
        ("[1, -1, 1*, 1]", ([1, -1, 1], [1, -1, 1, 1], [1, -1, 1, 1, 1])),
        ("[-2+]", ([-2], [-2, -2], [-2, -2, -2])),
        ("[5, 6]", ([5, 6], [5, 6], [5, 6])),
        ("[]", ([], [], [])),
    ],
)
def test_a_number_per_axis_stands_for_every_spatial_axis_or_for_every_one_but_one(
    content_of: ContentOf, written: str, per_rank: tuple[list[int], ...]
) -> None:
    assert [case["value"] for case in content_of(f"value: {written}").values()] == list(per_rank)


def test_a_pair_is_repeated_as_a_whole(content_of: ContentOf) -> None:
    found = content_of("padding: [[0, 0], [-1, 1], [2*, 3*], [0, 0]]")
    assert [case["padding"] for case in found.values()] == [
        [[0, 0], [-1, 1], [0, 0]],
        [[0, 0], [-1, 1], [2, 3], [0, 0]],
        [[0, 0], [-1, 1], [2, 3], [2, 3], [0, 0]],
    ]


def test_values_of_a_sweep_are_not_repeated_but_what_is_in_them(content_of: ContentOf) -> None:
    found = content_of("sweep: {kernel: [[2+], 3], padding: [SAME, [[0+, 1+]]]}")
    assert found["conv2d"]["sweep"] == {"kernel": [[2, 2], 3], "padding": ["SAME", [[0, 1], [0, 1]]]}


def test_the_two_data_formats_are_spelled_as_each_operator_spells_them(content_of: ContentOf) -> None:
    found = content_of("data_format: N+C, sweep: {data_format: [N+C, NC+], together: [{data_format: NC+}]}", "conv1d")
    assert found["conv1d"]["data_format"] == "NWC"
    assert found["conv1d"]["sweep"] == {"data_format": ["NWC", "NCW"], "together": [{"data_format": "NCW"}]}
    assert content_of("data_format: NC+")["conv3d"]["data_format"] == "NCDHW"


def test_an_operators_own_name_goes_before_its_number_of_axes_and_that_before_the_others(
    content_of: ContentOf,
) -> None:
    found = content_of("batch: {others: 1, 2d: 2, depthwise_conv2d: 3}", "conv1d, conv2d, depthwise_conv2d")
    assert {operator: case["batch"] for operator, case in found.items()} == {
        "conv1d": 1, "conv2d": 2, "depthwise_conv2d": 3,
    }  # fmt: skip


def test_null_for_an_operator_is_as_good_as_not_written(content_of: ContentOf) -> None:
    found = content_of(
        "groups: {conv2d: null, others: 2}, "
        "sweep: {dtype: {conv2d: null, others: [float64]}, kernel: [1, {conv2d: null, others: 2}],"
        " together: [{bias: {conv2d: null, others: true}}]}"
    )
    assert found["conv2d"] == {"name": "a", "why": "w", "size": 1, "sweep": {"kernel": [1], "together": [{}]}}
    assert found["conv1d"]["groups"] == 2
    assert found["conv1d"]["sweep"] == {"dtype": ["float64"], "kernel": [1, 2], "together": [{"bias": True}]}


def test_rows_may_be_of_some_operators_alone(content_of: ContentOf) -> None:
    found = content_of(
        "sweep: {together: [{batch: 1}, {operators: [conv3d], batch: 2}], exclude: [{operators: [conv1d], batch: 1}]}"
    )
    assert {operator: case["sweep"] for operator, case in found.items()} == {
        "conv1d": {"together": [{"batch": 1}], "exclude": [{"batch": 1}]},
        "conv2d": {"together": [{"batch": 1}], "exclude": []},
        "conv3d": {"together": [{"batch": 1}, {"batch": 2}], "exclude": []},
    }


def test_inputs_and_expectations_may_differ_per_operator(content_of: ContentOf) -> None:
    found = content_of(
        "inputs: {value: {1d: [[[2]]], 2d: [[[[3]]]]}, filter: [[[1]]]}, expect: {1d: {refusal: size}, 2d: reference}",
        "conv1d, conv2d",
    )
    assert [case["inputs"]["value"] for case in found.values()] == [[[[2]]], [[[[3]]]]]
    assert [case["expect"] for case in found.values()] == [{"refusal": "size"}, "reference"]


def test_a_file_of_one_operator_may_say_it_either_way(write: Write) -> None:
    case = f"cases:\n  - name: a\n    size: [4+]\n{CASE}"
    assert load([write(f"operator: conv2d\n{case}")]) == load([write(f"operators: [conv2d]\n{case}")])


def test_a_file_with_operator_and_operators_is_refused(problems_of: ProblemsOf) -> None:
    assert problems_of("operator: conv1d\noperators: [conv2d]\ncases:\n  - {name: a, why: w}\n") == [
        "example.yaml:2: operators: a file has operator or operators, not both; remove one of them"
    ]


def test_an_operator_that_is_listed_twice_is_refused(problems_of: ProblemsOf) -> None:
    text = f"operators:\n  - conv1d\n  - conv2d\n  - conv1d\ncases:\n  - name: a\n    size: 4\n{CASE}"
    assert problems_of(text) == ["example.yaml:4: operators[2]: 'conv1d' is in the list twice; name an operator once"]


def test_an_unknown_operator_in_the_list_gets_those_there_are(problems_of: ProblemsOf) -> None:
    (problem,) = problems_of(f"operators: [conv1d, conv4d]\ncases:\n  - name: a\n    size: 4\n{CASE}")
    assert problem == f"example.yaml:1: operators[1]: found 'conv4d'; it must be one of {', '.join(operators())}"


def test_a_file_without_operators_is_told_of_both_keys(problems_of: ProblemsOf) -> None:
    assert problems_of(f"cases:\n  - name: a\n    size: 4\n{CASE}") == [
        "example.yaml:1: missing: operator (or operators)"
    ]


def test_a_file_of_several_operators_without_cases_is_told_so(problems_of: ProblemsOf) -> None:
    assert problems_of("operators: [conv1d, conv2d]\n") == ["example.yaml:1: missing: cases"]
    (problem,) = problems_of("operators: [conv1d, conv2d]\ncases: []\n")
    assert problem.startswith("example.yaml:2: cases: found []")


@pytest.mark.parametrize("written", ["conv1d", "[]", "{conv1d: 1}", "null"])
def test_operators_that_are_no_list_of_them_are_refused(problems_of: ProblemsOf, written: str) -> None:
    (problem,) = problems_of(f"operators: {written}\ncases:\n  - name: a\n    size: 4\n{CASE}")
    assert problem.startswith("example.yaml:1: operators: found ")
    assert problem.endswith("; it must be a list of operators, of " + ", ".join(operators()))


def test_a_case_of_an_operator_that_is_not_the_files_is_refused(problems_of: ProblemsOf) -> None:
    text = f"operators: [conv1d, conv2d]\ncases:\n  - name: a\n    size: 4\n    operators: [conv1d, conv3d]\n{CASE}"
    assert problems_of(f"{text}  - name: b\n    size: 4\n{CASE}") == [
        "example.yaml:5: cases[0].operators[1]: found 'conv3d'; it must be one of conv1d, conv2d"
    ]


def test_an_operator_that_no_case_is_of_is_refused(problems_of: ProblemsOf) -> None:
    text = f"operators: [conv1d, conv2d]\ncases:\n  - name: a\n    operators: [conv1d]\n    size: 4\n{CASE}"
    assert problems_of(text) == ["example.yaml:1: operators: no case of this file is of conv2d"]


def test_a_value_per_operator_has_one_for_each(problems_of: ProblemsOf) -> None:
    text = f"operators: [conv1d, conv2d, conv3d]\ncases:\n  - name: a\n    size: {{1d: 4}}\n{CASE}"
    assert problems_of(text) == [
        "example.yaml:4: cases[0].size: no value for conv2d, conv3d; add it, or others",
    ]


@pytest.mark.parametrize(
    ("size", "problem"),
    [
        ("{1d: 4, 2d: 3, conv3: 5}", "size.conv3: 'conv3' chooses no operator; did you mean 'conv3d'?"),
        ("{others: 4, zzz: 5}", f"size.zzz: 'zzz' chooses no operator; it must be one of {', '.join(choosers())}"),
        ("{others: 4, 3d: 5}", "size.3d: 3d chooses none of the operators here, which are conv1d, conv2d"),
        (
            "{1d: 4, 2d: 5, others: 6}",
            "size.others: others chooses none of the operators here, which are conv1d, conv2d",
        ),
    ],
)
def test_a_key_that_chooses_no_operator_is_refused(problems_of: ProblemsOf, size: str, problem: str) -> None:
    text = f"operators: [conv1d, conv2d]\ncases:\n  - name: a\n    size: {size}\n{CASE}"
    assert problems_of(text) == [f"example.yaml:4: cases[0].{problem}"]


def test_a_wrong_value_for_an_operator_is_told_where_it_stands(problems_of: ProblemsOf) -> None:
    text = f"operators: [conv1d, conv2d]\ncases:\n  - name: a\n    size:\n      1d: 4\n      2d: four\n{CASE}"
    (problem,) = problems_of(text)
    assert problem.startswith("example.yaml:6: cases[0].size.2d: found 'four'; expected a valid integer")


@pytest.mark.parametrize(
    ("sweep", "problem"),
    [
        ("together: [{operators: [conv2d], strides: 2}]", "together: nothing of it is left for conv1d"),
        ("strides: [{1d: null, 2d: 2}]", "strides: nothing of it is left for conv1d"),
    ],
)
def test_a_sweep_of_which_an_operator_has_nothing_is_refused(problems_of: ProblemsOf, sweep: str, problem: str) -> None:
    text = f"operators: [conv1d, conv2d]\ncases:\n  - name: a\n    size: 4\n    sweep: {{{sweep}}}\n{CASE}"
    assert problems_of(text) == [f"example.yaml:5: cases[0].sweep.{problem}"]


def test_a_pair_of_which_one_number_is_repeated_is_refused(problems_of: ProblemsOf) -> None:
    text = f"operators: [conv1d, conv2d]\ncases:\n  - name: a\n    size: 4\n    padding: [[1+, 0]]\n{CASE}"
    assert problems_of(text) == [
        "example.yaml:5: cases[0].padding[0]: found ['1+', 0]; a pair is repeated as a whole: "
        "each of its numbers ends in +, or each in *, or none does"
    ]


def test_a_length_list_that_does_not_fit_an_operator_names_the_trial_and_what_fits(problems_of: ProblemsOf) -> None:
    text = f"operators: [conv1d, conv2d, conv3d]\ncases:\n  - name: a\n    size: [4, 5]\n{CASE}"
    assert problems_of(text) == [
        "example.yaml:3: conv1d/example/a: size is [4, 5]; the parametric form takes one number",
        "example.yaml:3: conv3d/example/a: size is [4, 5]; the parametric form takes one number or 3",
    ]


def test_a_number_per_axis_outside_of_a_list_is_refused(problems_of: ProblemsOf) -> None:
    (problem,) = problems_of(f"operators: [conv1d, conv2d]\ncases:\n  - name: a\n    size: 4+\n{CASE}")
    assert problem.startswith("example.yaml:4: cases[0].size: found '4+'; expected a valid integer")


@pytest.mark.parametrize("key", ["name", "why"])
def test_name_and_why_are_the_same_for_all_operators(problems_of: ProblemsOf, key: str) -> None:
    case = {"name": "a", "why": "w", key: "{1d: x, 2d: y}"}
    text = ", ".join(f"{name}: {written}" for name, written in case.items())
    (problem,) = problems_of(f"operators: [conv1d, conv2d]\ncases:\n  - {{{text}}}\n")
    assert problem.startswith(f"example.yaml:3: cases[0].{key}: found {{'1d': 'x', '2d': 'y'}}; expected ")


def test_what_is_wrong_for_every_operator_is_told_once(problems_of: ProblemsOf) -> None:
    text = f"operators: [conv1d, conv2d]\ncases:\n  - name: a\n    sizes: 4\n{CASE}"
    assert problems_of(text) == ["example.yaml:4: cases[0].sizes: unknown key 'sizes'; did you mean 'size'?"]


def test_a_problem_after_a_case_that_is_left_out_names_the_case_as_the_file_counts_it(problems_of: ProblemsOf) -> None:
    text = f"""\
operators: [conv1d, conv2d]
cases:
  - name: a
    operators: [conv2d]
    size: 4
{CASE}  - name: b
    operators: [conv1d]
    sizes: 4
    sweep: {{together: [{{operators: [conv1d], strides: [1, two]}}]}}
{CASE}  - name: b
    operators: [conv1d]
    size: 4
{CASE}"""
    assert sorted(problems_of(text)) == [
        "example.yaml:12: cases[1].sizes: unknown key 'sizes'; did you mean 'size'?",
        "example.yaml:13: cases[1].sweep.together[0].strides[1]: found 'two'; expected a valid integer",
    ]
    assert problems_of(text.replace("sizes", "size").replace("[1, two]", "2")) == [
        "example.yaml:18: 'b' is the name of the case in line 10 already; names make ids, give another"
    ]


def test_two_cases_of_one_name_may_be_of_different_operators(write: Write) -> None:
    text = "operators: [conv1d, conv2d]\ncases:\n" + "".join(
        f"  - name: a\n    operators: [{operator}]\n    size: 4\n{CASE}" for operator in ("conv1d", "conv2d")
    )
    assert [trial.id for trial in load([write(text)])] == ["conv1d/example/a", "conv2d/example/a"]

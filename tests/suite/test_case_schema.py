"""What a case file may say: every problem of a file at once, each at its line."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conformance.errors import CaseFileError
from conformance.operators.convolution.generators import GENERATORS
from conformance.operators.convolution.keys import ConvolutionParameters as Parameters
from conformance.operators.registry import operators
from conformance.suite.dtypes import FORMATS
from conformance.suite.file_schema import json_schema
from conformance.suite.loading import load
from conformance.suite.per_operator import choosers
from reference.errors import REASONS
from reference.family import OPERATORS

ProblemsOf = Callable[[str], list[str]]

HEAD = "operator: conv2d_transpose\ncases:\n"
CASE = HEAD + "  - {name: a, why: w, value: [1, 2, 2, 1], filter: [1, 1, 1, 1], output_shape: [1, 2, 2, 1], strides: 1"


def test_an_unknown_key_gets_the_key_it_may_have_meant(problems_of: ProblemsOf) -> None:
    assert problems_of(CASE + ",\n     stride: 2}\n") == [
        "example.yaml:4: cases[0].stride: unknown key 'stride'; did you mean 'strides'?"
    ]


def test_an_unknown_key_like_no_other_gets_the_accepted_ones(problems_of: ProblemsOf) -> None:
    (problem,) = problems_of("operator: conv2d_transpose\nzzz: 1\ncases:\n  - {name: a, why: w}\n")
    assert problem == "example.yaml:2: zzz: unknown key 'zzz'; it must be one of operator, operators, cases"


def test_an_unknown_key_of_a_sweep_gets_the_parameter_it_may_have_meant(problems_of: ProblemsOf) -> None:
    assert problems_of(CASE + ",\n     sweep: {dtypes: [float32]}}\n") == [
        "example.yaml:4: cases[0].sweep.dtypes: unknown key 'dtypes'; did you mean 'dtype'?"
    ]


def test_a_wrong_type_shows_what_was_found_and_what_is_accepted(problems_of: ProblemsOf) -> None:
    (problem,) = problems_of(CASE + ",\n     dilations: two}\n")
    assert problem.startswith("example.yaml:4: cases[0].dilations: found 'two'; expected a valid integer")


def test_a_number_with_a_point_is_no_integer(problems_of: ProblemsOf) -> None:
    (problem,) = problems_of(CASE + ",\n     dilations: 2.0}\n")
    assert problem.startswith("example.yaml:4: cases[0].dilations: found 2.0")


def test_an_unknown_generator_gets_the_names_of_those_there_are(problems_of: ProblemsOf) -> None:
    (problem,) = problems_of(CASE + ",\n     inputs: gauss}\n")
    assert problem.startswith("example.yaml:4: cases[0].inputs: found 'gauss'")
    assert [name for name in GENERATORS if repr(name) not in problem] == []


def test_an_unknown_reason_gets_the_closed_list(problems_of: ProblemsOf) -> None:
    (problem,) = problems_of(CASE + ",\n     expect: {refusal: shape}}\n")
    assert "found 'shape'" in problem
    assert [reason for reason in REASONS if repr(reason) not in problem] == []


def test_missing_keys_are_named_together(problems_of: ProblemsOf) -> None:
    assert problems_of(HEAD + "  - value: [1, 2, 2, 1]\n") == ["example.yaml:3: cases[0]: missing: name, why"]


def test_a_file_without_cases_is_told_so(problems_of: ProblemsOf) -> None:
    assert problems_of("operator: conv2d_transpose\n") == ["example.yaml:1: missing: cases"]


def test_an_empty_list_of_cases_is_refused(problems_of: ProblemsOf) -> None:
    (problem,) = problems_of("operator: conv2d_transpose\ncases: []\n")
    assert problem.startswith("example.yaml:2: cases: found []")


def test_an_unknown_operator_is_refused(problems_of: ProblemsOf) -> None:
    (problem,) = problems_of("operator: conv4d\ncases:\n  - {name: a, why: w}\n")
    *others, last = map(repr, operators())
    assert problem == f"example.yaml:1: operator: found 'conv4d'; expected {', '.join(others)} or {last}"


def test_a_case_name_with_brackets_is_refused(problems_of: ProblemsOf) -> None:
    (problem,) = problems_of(HEAD + "  - {name: 'a[b]', why: w}\n")
    assert problem.startswith("example.yaml:3: cases[0].name: found 'a[b]'")


def test_a_repeated_case_name_is_refused_with_the_first_one(problems_of: ProblemsOf) -> None:
    case = "    why: w\n    batch: 1\n    size: 2\n    channels: 1\n    kernel: 1\n    output: smallest\n"
    assert problems_of(f"{HEAD}  - name: twice\n{case}  - name: twice\n{case}") == [
        "example.yaml:10: 'twice' is the name of the case in line 3 already; names make ids, give another"
    ]


def test_all_problems_of_a_file_are_told_at_once(problems_of: ProblemsOf) -> None:
    problems = problems_of(
        HEAD + "  - name: a\n    whi: w\n    strides: two\n  - name: b\n    why: w\n    kernels: 3\n"
    )
    places = [":".join(problem.split(":")[:2]) for problem in problems]
    assert sorted(places) == ["example.yaml:3", "example.yaml:4", "example.yaml:5", "example.yaml:8"]


def test_the_problems_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("one.yaml", "two.yaml")]
    for path in paths:
        path.write_text("operator: conv2d_transpose\n", encoding="utf-8")
    with pytest.raises(CaseFileError) as refusal:
        load(paths)
    assert refusal.value.problems == tuple(f"{path}:1: missing: cases" for path in paths)


def test_a_key_whose_value_is_null_counts_as_not_given(trials_of: Callable[[str], list[Any]]) -> None:
    (trial,) = trials_of(
        "  - {name: a, why: w, batch: 1, size: 2, channels: 1, kernel: 1, output: 2, strides: null, dtype: null}\n"
    )
    assert (trial.call.strides, trial.call.dtype) == (1, "float32")


def _schema_of_convolutions() -> dict[str, Any]:
    """That of the first kind of operator."""
    kinds: list[dict[str, Any]] = json_schema()["oneOf"]
    return kinds[0]


def test_the_json_schema_describes_every_parameter_of_a_case() -> None:
    schema = _schema_of_convolutions()
    assert set(Parameters.model_fields) < set(schema["$defs"]["CaseEntry"]["properties"])


def test_the_json_schema_lets_every_parameter_be_swept() -> None:
    swept = set(_schema_of_convolutions()["$defs"]["Sweep"]["properties"])
    assert swept == {*Parameters.model_fields, "together", "exclude", "sample"}


def _per_operator(alternatives: list[dict[str, Any]]) -> dict[str, Any]:
    """What a value per operator takes, of a property's alternatives."""
    (mapping,) = (each for each in alternatives if each.get("propertyNames") == {"enum": list(choosers())})
    values: dict[str, Any] = mapping["additionalProperties"]
    return values


def test_the_json_schema_lists_the_dtypes_for_all_operators_and_for_each() -> None:
    alternatives = _schema_of_convolutions()["$defs"]["CaseEntry"]["properties"]["dtype"]["anyOf"]
    for each in (alternatives, _per_operator(alternatives)["anyOf"]):
        assert list(FORMATS) in [alternative.get("enum") for alternative in each]


@pytest.mark.parametrize("definition", ["CaseEntry", "ConvolutionParameters"])
def test_the_json_schema_takes_every_parameter_per_operator(definition: str) -> None:
    properties = _schema_of_convolutions()["$defs"][definition]["properties"]
    for parameter in Parameters.model_fields:
        assert {"type": "null"} in _per_operator(properties[parameter]["anyOf"])["anyOf"]
    assert properties["operators"]["items"] == {"enum": list(OPERATORS)}


def test_the_json_schema_takes_swept_values_per_operator_each_and_together() -> None:
    lists, *others = _schema_of_convolutions()["$defs"]["Sweep"]["properties"]["kernel"]["anyOf"]
    assert _per_operator(lists["items"]["anyOf"])["anyOf"][0]["type"] == "integer"
    assert lists in _per_operator(others)["anyOf"]


def test_the_json_schema_takes_numbers_per_axis_in_lists_and_in_pairs_alone() -> None:
    properties = _schema_of_convolutions()["$defs"]["CaseEntry"]["properties"]

    def items(parameter: str) -> dict[str, Any]:
        found: dict[str, Any]
        (found,) = (each["items"] for each in properties[parameter]["anyOf"] if each.get("type") == "array")
        return found

    for numbers in (items("value"), items("kernel"), items("padding")["items"]):
        (marked,) = (each["pattern"] for each in numbers["anyOf"] if each["type"] == "string")
        texts = ("4+", "-1*", "0+", "4", "+", "4-", "4++", "4.0+")
        assert [text for text in texts if re.search(marked, text)] == ["4+", "-1*", "0+"]
    assert [each for each in properties["kernel"]["anyOf"] if each.get("type") == "string"] == []


def test_the_json_schema_wants_operator_or_operators() -> None:
    schema = _schema_of_convolutions()
    assert schema["oneOf"] == [{"required": ["operator"]}, {"required": ["operators"]}]
    assert schema["required"] == ["cases"]


def test_the_json_schema_forbids_unknown_keys() -> None:
    schema = _schema_of_convolutions()
    assert schema["additionalProperties"] is schema["$defs"]["CaseEntry"]["additionalProperties"] is False


def test_ids_name_a_kind_s_own_parameters_first_and_those_of_every_kind_last() -> None:
    """Ids of rows of `together` follow the order of the fields: another order is another id, with other data."""
    names = list(Parameters.model_fields)
    assert names[:3] == ["value", "filter", "output_shape"]
    assert names[-5:] == ["direction", "dtype", "inputs", "calls", "at_once"]

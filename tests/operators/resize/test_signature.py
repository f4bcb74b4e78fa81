"""What a case of a resize may say, what is told of one that cannot be asked, and what is known of one that can."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from conformance.errors import CaseFileError
from conformance.operators.facts import facts
from conformance.operators.kind import PlainCall
from conformance.operators.resize.facts import FACTS
from conformance.operators.resize.generators import GENERATORS, steps_of
from conformance.operators.resize.signature import generate, list_inputs
from conformance.operators.resize.witness import blind_cases
from conformance.suite.case import Generated, RightTrial, Trial, WrongTrial
from conformance.suite.loading import load, load_file
from tests.operators.resize.calls import resize_call

CASES = Path(__file__).parents[3] / "cases" / "resize"
RIGHT: dict[str, Any] = {"value": [1, 5, 5, 1], "output_size": 7}


def _trials(path: Path, operator: str = "resize2d", **keys: Any) -> list[Trial]:
    case = {"name": "a", "why": "w", **RIGHT, **keys}
    path.write_text(yaml.safe_dump({"operator": operator, "cases": [{k: v for k, v in case.items() if v is not None}]}))
    return load_file(path)


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"value": None}, "value missing; a case gives value, or batch, size, channels"),
        ({"batch": 1}, "value and batch both say what the value's shape is; give one form"),
        ({"value": None, "batch": 1, "channels": 1, "size": [4, 4, 4]}, "resize2d has 2 spatial axes"),
        ({"output_size": None}, "neither output_size nor scales are given; give one"),
        ({"nearest_mode": "floor"}, "nearest_mode is not an argument of the method linear"),
        ({"direction": "filter_gradient"}, "direction filter_gradient: a resize has no such operand"),
        ({"direction": "value_gradient", "dtype": "int32", "method": "nearest"}, "integers have no derivative"),
        ({"inputs": "special", "dtype": "int32", "method": "nearest"}, "special numbers do not fill int32"),
        ({"inputs": "special", "direction": "value_gradient"}, "special numbers go with the direction forward alone"),
        ({"inputs": "normal", "dtype": "int64", "method": "nearest"}, "normal numbers do not fill int64"),
        ({"inputs": {"value": [[1]]}}, "literal numbers have shape"),
        ({"dtype": "int32"}, "value is int32; resize2d of the method linear is defined for real numbers"),
        (
            {"dtype": "complex64", "method": "nearest"},
            "value is complex64; resize2d of the method nearest is defined for real and integer numbers",
        ),
    ],
)
def test_what_cannot_be_asked_is_told(tmp_path: Path, keys: dict[str, Any], message: str) -> None:
    with pytest.raises(CaseFileError) as error:
        _trials(tmp_path / "a.yaml", **keys)
    assert message in str(error.value)


def test_a_shape_is_laid_out_as_data_format_has_it(tmp_path: Path) -> None:
    keys: dict[str, Any] = {"value": None, "batch": 2, "channels": 3, "size": [4, 5], "data_format": "NCHW"}
    (trial,) = _trials(tmp_path / "a.yaml", **keys)
    assert isinstance(trial, RightTrial)
    assert trial.call.operands == {"value": (2, 3, 4, 5)}
    assert trial.call.result_shape == (2, 3, 7, 7)


def test_numbers_with_fractions_stand_in_ids(tmp_path: Path) -> None:
    trials = _trials(tmp_path / "a.yaml", output_size=None, sweep={"scales": [1.5, [0.7, 2]]})
    assert [trial.id for trial in trials] == ["resize2d/a/a[scales=1.5]", "resize2d/a/a[scales=0.7x2.0]"]


def test_a_wrong_call_is_a_trial_of_its_refusal(tmp_path: Path) -> None:
    (trial,) = _trials(tmp_path / "a.yaml", output_size=0, expect={"refusal": "output_size"})
    assert isinstance(trial, WrongTrial)
    assert generate(trial.id, trial.call, trial.inputs)["value"].shape == (1, 5, 5, 1)
    assert facts(trial)["method"] == "linear"
    assert facts(trial)["coordinates"] is None


def _facts(operator: str = "resize2d", **words: Any) -> dict[str, Any]:
    call = resize_call(operator, **words)
    plain = PlainCall(operator, call.arguments(), call.axes)
    return {fact.name: fact.of(plain) for fact in FACTS}


@pytest.mark.parametrize(
    ("words", "known"),
    [
        ({}, {"method": "linear", "coordinates": "half_pixel", "nearest_mode": None, "cubic_coeff_a": None}),
        ({"method": "nearest"}, {"nearest_mode": "round_prefer_ceil", "exclude_outside": False}),
        ({"method": "cubic"}, {"cubic_coeff_a": "-0.5", "exclude_outside": True}),
        ({"method": "cubic", "cubic_coeff_a": -0.75, "exclude_outside": False}, {"cubic_coeff_a": "-0.75"}),
        ({}, {"scale": "lengths", "lengths": "longer", "whole_ratios": False, "input": "5x7", "output": 7}),
        ({"output_size": (3, 9)}, {"lengths": "both"}),
        ({"output_size": (5, 7)}, {"lengths": "alike", "whole_ratios": True}),
        ({"output_size": (10, 14)}, {"whole_ratios": True, "coordinate_bits": 2}),
        ({"output_size": (8, 8)}, {"whole_ratios": False, "coordinate_bits": 4}),
        ({"output_size": (8, 9)}, {"coordinate_bits": None}),
        ({"scales": 1.5}, {"scale": "given"}),
        ({"scales": 1.5, "recompute_scale_factor": True}, {"scale": "recomputed"}),
        ({"antialias": True}, {"antialias": True, "stretched": False}),
        ({"antialias": True, "output_size": 3}, {"antialias": True, "stretched": True}),
        ({"method": "nearest", "nearest_mode": "floor"}, {"near_tie": True}),
        ({"method": "nearest"}, {"near_tie": False}),
        ({}, {"beyond_border": True}),
        ({"coordinate_transformation_mode": "align_corners"}, {"beyond_border": False}),
    ],
)
def test_what_is_known_of_a_call(words: dict[str, Any], known: dict[str, Any]) -> None:
    found = _facts(**words)
    assert {name: found[name] for name in known} == known


@pytest.mark.parametrize("name", list(GENERATORS))
@pytest.mark.parametrize("method", ["nearest", "linear"])
def test_the_listed_lines_make_the_same_numbers(name: str, method: str) -> None:
    call = resize_call(method=method)
    listing = list_inputs("t", call, Generated(name))
    names: dict[str, Any] = {}
    exec(
        "\n".join(("from __future__ import annotations", *listing.imports, *listing.definitions, *listing.lines)), names
    )
    made = generate("t", call, Generated(name))["value"]
    assert names["value"].tobytes() == made.tobytes()
    assert names["value"].dtype == made.dtype


def test_whole_numbers_have_as_many_bits_as_their_sums_leave() -> None:
    """Of 24 bits: weights of a 2x linear have 2 on each axis, and their sums 0; cubic ones of -0.75 have 8 each."""
    cubic = {"method": "cubic", "cubic_coeff_a": -0.75, "exclude_outside": False}
    calls = [resize_call(value=(1, 4, 4, 1), output_size=8, **words) for words in ({}, cubic, {"method": "nearest"})]
    assert [steps_of("mix", call)["value"].keywords["bits"] for call in calls] == [8, 7, 16]


def test_a_ramp_is_the_place_of_each_element() -> None:
    made = generate("t", resize_call(value=(1, 2, 3, 1)), Generated("ramp"))["value"]
    assert made[0, ..., 0].tolist() == [[0, 1, 2], [100, 101, 102]]


def test_what_32_bits_cannot_tell_is_judged_strictly_where_that_is_asked_alone() -> None:
    """And no gradient is asked there: a cotangent on a tie goes to either element."""
    for trial in load(sorted(CASES.glob("*.yaml"))):
        known = facts(trial)
        if known["near_tie"]:
            assert known["direction"] == "forward", trial.id
        if known["inputs"] == "ties":
            assert trial.id.split("/")[1] in ("ties", "regressions"), trial.id


def test_a_case_is_blind_to_a_mistake_that_changes_none_of_its_numbers(tmp_path: Path) -> None:
    blind = _trials(tmp_path / "a.yaml", inputs="ones")
    seeing = _trials(tmp_path / "b.yaml")
    assert [sorted(each.mistakes) for each in blind_cases(blind)] == [["another method", "other coordinates"]]
    assert blind_cases(seeing) == []

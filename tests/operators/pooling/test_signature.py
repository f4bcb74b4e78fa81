"""What a case of a pooling may say, and what is told of one that cannot be asked."""

from pathlib import Path
from typing import Any

import pytest

from conformance.errors import CaseFileError
from conformance.operators.facts import facts
from conformance.suite.case import RightTrial, Trial, WrongTrial
from conformance.suite.loading import load_file

RIGHT: dict[str, Any] = {"value": [1, 4, 4, 1], "ksize": 2, "strides": 2, "padding": "VALID"}


def _trials(path: Path, operator: str = "max_pool2d", **keys: Any) -> list[Trial]:
    import yaml

    case = {"name": "a", "why": "w", **RIGHT, **keys}
    path.write_text(yaml.safe_dump({"operator": operator, "cases": [{k: v for k, v in case.items() if v is not None}]}))
    return load_file(path)


@pytest.mark.parametrize(
    ("operator", "keys", "message"),
    [
        (
            "max_pool2d",
            {"ksize": None},
            "ksize missing; a case gives value, or batch, size, channels, and ksize, strides, padding",
        ),
        ("max_pool2d", {"strides": None, "padding": None}, "strides, padding missing; "),
        ("max_pool2d", {"batch": 1}, "value and batch both say what the value's shape is; give one form"),
        ("max_pool2d", {"value": None, "batch": 1}, "size, channels missing; "),
        ("max_pool2d", {"value": None, "batch": 1, "channels": 1, "size": [4, 4, 4]}, "max_pool2d has 2 spatial axes"),
        (
            "max_pool2d",
            {"divisor_override": 2},
            "max_pool2d takes no divisor_override, which is of operators that return the average of a window",
        ),
        ("max_pool2d", {"count_include_pad": True}, "max_pool2d takes no count_include_pad, which is of"),
        (
            "avg_pool2d",
            {"norm_type": 2},
            "avg_pool2d takes no norm_type, which is of operators that return the norm of a",
        ),
        (
            "lp_pool2d",
            {},
            "norm_type missing; a case gives value, or batch, size, channels, and ksize, strides, padding, ",
        ),
        ("lp_pool2d", {"norm_type": 2, "dtype": "int64"}, "lp_pool2d is defined for real numbers"),
        ("max_pool2d", {"output_size": 2}, "max_pool2d takes no output_size: only adaptive poolings have one"),
        (
            "adaptive_max_pool2d",
            {"output_size": 2},
            "adaptive_max_pool2d takes no ksize, strides, padding: its windows follow from output_size",
        ),
        (
            "adaptive_avg_pool2d",
            {"ksize": None, "strides": None, "padding": None},
            "output_size missing; a case gives value, or batch, size, channels, and output_size",
        ),
        (
            "max_pool2d",
            {"include_batch_in_index": True},
            "max_pool2d takes no include_batch_in_index, which is of operators that return the index of a maximum",
        ),
        (
            "max_pool_with_argmax",
            {"direction": "value_gradient"},
            "direction value_gradient: indices are whole numbers, which have no derivative",
        ),
        ("max_pool2d", {"direction": "filter_gradient"}, "direction filter_gradient: a pooling has no such operand"),
        ("max_pool2d", {"direction": "value_gradient", "dtype": "int32"}, "integers have no derivative"),
        ("max_pool2d", {"cotangent_shape": [1, 2, 2, 1]}, "cotangent_shape needs direction value_gradient"),
        (
            "max_pool2d",
            {"ksize": 0, "direction": "value_gradient", "expect": {"refusal": "ksize"}},
            "a wrong call has no result: its gradient needs cotangent_shape",
        ),
        ("max_pool2d", {"inputs": "special", "dtype": "int32"}, "special numbers do not fill int32"),
        ("max_pool2d", {"inputs": {"value": [[1]]}}, "literal numbers have shape"),
        ("avg_pool2d", {"dtype": "int32"}, "value is int32; avg_pool2d is defined for real numbers"),
        (
            "max_pool2d",
            {"dtype": "complex64"},
            "value is complex64; max_pool2d is defined for real and integer numbers",
        ),
    ],
)
def test_what_cannot_be_asked_is_told(tmp_path: Path, operator: str, keys: dict[str, Any], message: str) -> None:
    with pytest.raises(CaseFileError) as error:
        _trials(tmp_path / "a.yaml", operator, **keys)
    assert message in str(error.value)


def test_pairs_of_the_spatial_axes_are_those_of_all_axes(tmp_path: Path) -> None:
    form: dict[str, Any] = {"value": None, "batch": 1, "channels": 3, "size": [4, 5], "padding": [[1, 0], [0, 1]]}
    (last,), (first,) = (_trials(tmp_path / "a.yaml", **form, data_format=name) for name in ("NHWC", "NCHW"))
    assert last.arguments()["padding"] == ((0, 0), (1, 0), (0, 1), (0, 0))
    assert first.arguments()["padding"] == ((0, 0), (0, 0), (1, 0), (0, 1))
    assert first.arguments()["value"] == (1, 3, 4, 5)


def test_arguments_that_are_left_out_are_not_told(tmp_path: Path) -> None:
    (trial,) = _trials(tmp_path / "a.yaml")
    assert list(trial.arguments()) == ["value", "ksize", "strides", "padding", "data_format", "dilations", "dtype"]


def test_facts_of_a_call_follow_from_its_windows(tmp_path: Path) -> None:
    (trial,) = _trials(
        tmp_path / "a.yaml", "avg_pool2d", value=[1, 6, 7, 1], ksize=3, ceil_mode=True, divisor_override=None,
        padding=[[0, 0], [0, 1], [0, 0], [0, 0]], count_include_pad=True,
    )  # fmt: skip
    assert isinstance(trial, RightTrial)
    known = facts(trial)
    told = {name: known[name] for name in ("ceil_mode", "overhang", "padded", "uneven_pads", "overlapping", "divisor")}
    assert told == {
        "ceil_mode": True, "overhang": False, "padded": True, "uneven_pads": True, "overlapping": True,
        "divisor": "places",
    }  # fmt: skip
    assert not known["empty_window"]


def test_a_wrong_call_has_facts_without_axes(tmp_path: Path) -> None:
    (trial,) = _trials(tmp_path / "a.yaml", ksize=0, expect={"refusal": "ksize"})
    assert isinstance(trial, WrongTrial)
    known = facts(trial)
    assert (known["refusal"], known["padding"], known["stride"], known["overhang"]) == ("ksize", "VALID", None, False)


def test_an_axis_of_a_call_names_what_is_padded(tmp_path: Path) -> None:
    (trial,) = _trials(tmp_path / "a.yaml", value=[1, 5, 4, 1], padding="SAME", ksize=3)
    assert isinstance(trial, RightTrial)
    assert dict(trial.call.axes[0]) == {
        "input": 5, "kernel": 3, "stride": 2, "dilation": 1, "pad_before": 1, "pad_after": 1, "output": 3,
    }  # fmt: skip


def test_an_adaptive_call_has_as_many_windows_as_it_says_and_facts_of_its_own(tmp_path: Path) -> None:
    given = {"value": [1, 5, 4, 1], "ksize": None, "strides": None, "padding": None, "output_size": [3, 6]}
    (trial,) = _trials(tmp_path / "a.yaml", "adaptive_max_pool2d", **given)
    assert isinstance(trial, RightTrial)
    assert trial.arguments() == {
        "value": (1, 5, 4, 1), "output_size": (3, 6), "data_format": None, "dtype": "float32",
    }  # fmt: skip
    assert [dict(axis) for axis in trial.call.axes] == [{"input": 5, "output": 3}, {"input": 4, "output": 6}]
    known = facts(trial)
    told = {name: known[name] for name in ("uneven_windows", "upsampled", "overlapping", "stride", "padding", "output")}
    assert told == {
        "uneven_windows": True, "upsampled": True, "overlapping": True, "stride": None, "padding": None,
        "output": "3x6",
    }  # fmt: skip

"""int8 and uint8, whatever the kind of operator: what they are filled with, who is asked them, and what is told."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from conformance.cli.diagnose import command as diagnose
from conformance.errors import CaseFileError
from conformance.operators.narrow import MISTAKES
from conformance.operators.registry import part, signature
from conformance.suite.case import Generated
from conformance.suite.corpus import select
from conformance.suite.dtypes import FORMATS, SUMMED
from conformance.suite.generating import Unfit
from conformance.suite.lattice import coverage
from conformance.suite.loading import load
from tests.operators.index_map.calls import index_call
from tests.operators.pooling.calls import pooling_call
from tests.operators.resize.calls import resize_call

EIGHT_BITS = ("int8", "uint8")


def call_of(operator: str, dtype: str) -> Any:
    """One in which every number comes out."""
    if operator == "pad":
        return index_call("pad", dtype=dtype, value=(9, 9), mode="CONSTANT")
    if operator == "max_pool2d":
        return pooling_call(operator, dtype=dtype, ksize=1, strides=1)
    return resize_call(operator, dtype=dtype, method="nearest", output_size=(9, 9))


@pytest.mark.parametrize("operator", ["pad", "max_pool2d", "resize2d"])
@pytest.mark.parametrize("dtype", EIGHT_BITS)
@pytest.mark.parametrize("sentence", MISTAKES)
def test_what_becomes_of_8_bits_is_named(operator: str, dtype: str, sentence: str) -> None:
    call, mix = call_of(operator, dtype), Generated("mix")
    operands = signature(operator).generate("a/b/c", call, mix)
    expectation = part(operator, "expectation")
    held = MISTAKES[sentence](operands["value"].astype(np.int64)).astype(FORMATS[dtype].numpy)
    answer = expectation.expect(call, mix, {"value": held}).rounded
    told = [each.sentence for each in expectation.diagnose(call, operands, answer)]
    changes = not np.array_equal(held, operands["value"])
    assert changes is (
        (dtype, sentence) not in (("int8", "numbers beyond 127 were 127"), ("uint8", "negative numbers were 0"))
    )
    assert (f"behaves as if {sentence}" in told) is changes


@pytest.mark.parametrize("dtype", EIGHT_BITS)
@pytest.mark.parametrize("operator", ["pad", "depth_to_space", "extract_patches", "max_pool1d", "max_unpool2d"])
def test_numbers_reach_both_ends(operator: str, dtype: str) -> None:
    form = FORMATS[dtype]
    called = pooling_call if operator.startswith("max") else index_call
    value = signature(operator).generate("a/b/c", called(operator, dtype=dtype), Generated("mix"))["value"]
    lowest = (
        1
        if (operator, dtype) in (("pad", "uint8"), ("depth_to_space", "uint8"), ("extract_patches", "uint8"))
        else form.lowest
    )
    assert (value.dtype, value.min(), value.max()) == (form.numpy, lowest, form.largest)


@pytest.mark.parametrize(("dtype", "numbers"), [("int8", {-128, -127}), ("uint8", {0, 1}), ("int32", {-2, -1})])
def test_equal_maxima_of_8_bits_are_the_lowest_numbers(dtype: str, numbers: set[int]) -> None:
    value = signature("max_pool2d").generate("a", pooling_call(dtype=dtype), Generated("tied"))["value"]
    assert set(value.ravel().tolist()) == numbers


def test_places_beyond_8_bits_fill_no_resize() -> None:
    call = resize_call("resize2d", dtype="int8", method="nearest", value=(1, 2, 30, 1))
    with pytest.raises(Unfit, match="places are numbered up to 129; int8 ends at 127"):
        signature("resize2d").generate("a", call, Generated("ramp"))


def test_8_bits_are_asked_where_nothing_is_summed_alone() -> None:
    asked = {trial.call.operator for trial in select([]) if trial.call.dtype in EIGHT_BITS}
    cells = {
        each.operator for each in coverage([]) for row in each.rows for _, dtype in row.counts if dtype in EIGHT_BITS
    }
    assert asked == cells
    assert not any(name.startswith(("conv", "depthwise", "avg", "lp", "fold", "adaptive_avg")) for name in asked)
    assert {"pad", "space_to_depth", "max_pool3d", "adaptive_max_pool1d", "max_unpool2d", "resize2d"} <= asked
    assert {*SUMMED, *EIGHT_BITS} == {*FORMATS}


def test_a_convolution_in_8_bits_is_refused_as_it_is_read(tmp_path: Path) -> None:
    file = tmp_path / "case.yaml"
    file.write_text(
        "operator: conv2d\ncases:\n"
        "  - {name: a, why: b, value: [1, 4, 4, 1], filter: [3, 3, 1, 1], strides: 1, dtype: uint8}\n"
    )
    with pytest.raises(CaseFileError) as raised:
        load([file])
    assert (
        "dtype is uint8, which does not hold the sums of a convolution: it is asked of copies and maxima alone"
        in str(raised.value)
    )


def test_the_windows_of_maxima_of_uint8_are_measured() -> None:
    given = ["--lane", "reference", "--operator", "max_pool2d", "--dtype", "uint8"]
    found = CliRunner().invoke(diagnose, given)
    assert found.exit_code == 0
    assert "height: 3 windows, elements [0, 1, 2] [2, 3, 4] [4, 5]" in found.output
    assert "agrees with the definition" in found.output

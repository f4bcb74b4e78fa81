"""A lane that takes one operator, direction, dtype or layout alone has its words measured, by the suite's calls."""

from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import numpy as np
import pytest
from numpy.typing import NDArray

from conformance.adapters.plan import Operands, Plan, Unsupported
from conformance.adapters.protocol import Adapter, Call, Description
from conformance.adapters.reference import Reference
from conformance.conventions.lane import Depth, measure_lane
from conformance.journal import Convention, ConventionFact
from conformance.operators.convolution.call import convolution
from conformance.operators.convolution.conventions import nominal
from conformance.operators.nominal import Nominal
from conformance.report.convention_table import convention_table
from conformance.workers.client import Client
from reference.family import OPERATORS, Direction

Made = Callable[[Adapter], Client]
SWEPT = {"SAME", "VALID", "explicit (before, after)"}


class Narrow:
    """Right, and without words of its own."""

    operators: ClassVar[tuple[str, ...]] = ()
    features: ClassVar[tuple[str, ...]] = ()
    directions: ClassVar[tuple[Direction, ...]] = ("forward",)
    dtypes: ClassVar[tuple[str, ...]] = ("float32",)
    layouts: ClassVar[tuple[str, ...]] = ()

    def describe(self) -> Description:
        return Description("narrow", "1")

    def plan(self, call: Call) -> Plan | Unsupported:
        layout = convolution(call).data_format or convolution(call).definition.data_formats[0]
        if self.layouts and layout not in self.layouts:
            return Unsupported(f"no {layout}")
        return Reference().plan(call)

    def execute(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        return Reference().execute(plan, arrays)


class Shifted(Narrow):
    """A pixel late on the last spatial axis."""

    def execute(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        right = super().execute(plan, arrays)
        late = np.zeros_like(right)
        late[..., 1:, :] = right[..., :-1, :]
        return late


class Flipped(Narrow):
    def execute(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        axes = tuple(range(arrays["filter"].ndim - 2))
        return super().execute(plan, {**arrays, "filter": np.flip(arrays["filter"], axes)})


class Zeros(Narrow):
    def execute(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        return np.zeros_like(super().execute(plan, arrays))


GRADIENT: tuple[Direction, ...] = ("value_gradient",)
TAKES: dict[str, dict[str, Any]] = {
    **{name: {"operators": (name,)} for name in OPERATORS},
    "gradient of conv1d": {"operators": ("conv1d",), "directions": GRADIENT},
    "gradient of conv2d_transpose": {"operators": ("conv2d_transpose",), "directions": GRADIENT},
    "bfloat16": {"operators": ("conv1d",), "dtypes": ("bfloat16",)},
    "int32": {"operators": ("conv1d_transpose",), "dtypes": ("int32",)},
    "complex64": {"operators": ("depthwise_conv2d",), "dtypes": ("complex64",)},
    "channels first": {"operators": ("conv2d",), "layouts": ("NCHW",)},
}
every_narrow_lane = pytest.mark.parametrize("takes", TAKES.values(), ids=TAKES)


NOMINAL = [
    Nominal(word, 4, *numbers)
    for word in ("SAME", "VALID", "default")
    for numbers in ((1, 2, 1), (2, 3, 1), (3, 2, 1), (2, 1, 2), (5, 1, 1))
]


@pytest.fixture(autouse=True)
def _few_nominal_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nominal, "nominal_calls", lambda: NOMINAL)


def measured(
    client: Made, kind: type[Narrow], takes: dict[str, Any], *, wrong_calls: bool = False
) -> Iterator[Convention | ConventionFact]:
    adapter = type(kind.__name__, (kind,), takes)()
    return measure_lane(client(adapter), Depth(12, wrong_calls), lambda part, done: None)


def swept(entries: list[Convention | ConventionFact]) -> dict[str, ConventionFact]:
    return {entry.name: entry for entry in entries if isinstance(entry, ConventionFact) and entry.unit == "geometries"}


@every_narrow_lane
def test_the_formulas_are_held_against_what_the_lane_takes(client: Made, takes: dict[str, Any]) -> None:
    entries = list(measured(client, Narrow, takes))
    facts = swept(entries)
    assert {name: (fact.agrees, fact.checked, fact.unanswered) for name, fact in facts.items()} == dict.fromkeys(
        SWEPT, (True, 12, 0)
    )
    computed = takes["operators"][0] if "directions" not in takes else f"value_gradient of {takes['operators'][0]}"
    assert {fact.operator for fact in facts.values()} == {computed}


@every_narrow_lane
def test_every_row_of_a_right_lane_is_yes(client: Made, takes: dict[str, Any]) -> None:
    entries = [entry for entry in measured(client, Narrow, takes) if isinstance(entry, Convention)]
    rows = [row for row in convention_table(entries, ["mine"]).rows if not row.word.startswith("default")]
    # A kernel of 5 is longer than the value of 4, so that a forward convolution without pads has no result.
    short = [row for row in rows if row.word.startswith("VALID") and row.kernel == 5]
    long = [row for row in rows if row not in short]
    if "directions" in takes:
        assert {row.agreement for row in rows} == {"not answered"}
        assert "the length of a gradient is its operand's" in rows[0].cells[0].text
        return
    assert {row.agreement for row in long} == {"yes"}
    assert {row.agreement for row in short} == {"yes" if "transpose" in takes["operators"][0] else "not answered"}


@every_narrow_lane
@pytest.mark.parametrize("wrong", [Shifted, Flipped, Zeros])
def test_no_formula_of_a_wrong_lane_agrees(client: Made, takes: dict[str, Any], wrong: type[Narrow]) -> None:
    entries = list(measured(client, wrong, takes))
    assert {fact.agrees for fact in swept(entries).values()} == {False}
    pictures = [entry for entry in entries if isinstance(entry, Convention)]
    rows = [row for row in convention_table(pictures, ["mine"]).rows if row.kernel > 1]
    assert {row.agreement for row in rows if row.agreement != "not answered"} <= {"no", "shape only"}


def test_a_forward_convolution_is_told_in_its_own_words(client: Made) -> None:
    facts = swept(list(measured(client, Narrow, {"operators": ("conv1d",)})))
    assert [facts[name].measured for name in ("SAME", "VALID", "explicit (before, after)")] == [
        "result length = ceil(o / s); pad_before = max(full - o, 0) // 2; kernel as the adjoint has it",
        "result length = ceil((o - d(k-1)) / s); pad_before = 0; kernel as the adjoint has it",
        "result length = floor((o + before + after - d(k-1) - 1) / s) + 1; pad_before = before; "
        "kernel as the adjoint has it; pads lie around the value",
    ]
    assert facts["SAME"].formula == (
        "result length = ceil(o / s); pad_before = max(full - o, 0) // 2; kernel as the adjoint has it"
    )
    assert facts["SAME"].example == (
        "conv1d(value=(2, 2, 1), filter=(1, 1, 1), strides=(1,), padding='SAME', dilations=(1,), dtype='float32')",
    )


def test_a_shifted_forward_convolution_is_told_with_its_smallest_geometry(client: Made) -> None:
    smallest = swept(list(measured(client, Shifted, {"operators": ("conv1d",)})))["VALID"].smallest
    assert smallest.startswith("result ")
    assert ", value " in smallest
    assert "pad_before" in smallest


@pytest.mark.parametrize("operator", OPERATORS)
def test_numbers_that_16_bits_hold_show_the_same(client: Made, operator: str) -> None:
    takes = {"operators": (operator,), "dtypes": ("bfloat16",)}
    pictures = [
        [
            picture
            for entry in measured(client, wrong, takes)
            if isinstance(entry, Convention)
            for picture in entry.pictures
        ]
        for wrong in (Narrow, Shifted)
    ]
    assert all(picture.same for picture in pictures[0])
    assert sum(not picture.same for picture in pictures[1]) > len(pictures[1]) * 0.9


def test_wrong_calls_are_those_of_the_operators_that_the_lane_takes(client: Made) -> None:
    (fact,) = (
        entry
        for entry in measured(client, Narrow, {"operators": ("conv1d",)}, wrong_calls=True)
        if isinstance(entry, ConventionFact) and entry.topic == "validation"
    )
    assert fact.agrees
    assert fact.checked > 20


def test_a_lane_that_answers_no_subject_is_told_why(client: Made) -> None:
    takes = {"operators": ("conv1d",), "layouts": ("NHWC",)}
    fact = swept(list(measured(client, Narrow, takes)))["SAME"]
    assert (fact.agrees, fact.checked, fact.unanswered) == (None, 0, 12)
    assert "no NWC" in fact.measured

"""The covering array: classes of calls, rules that exclude combinations, what is witnessed and what is missing."""

from collections.abc import Callable
from itertools import product

import pytest

from conformance.operators.convolution.call import ConvolutionTrial
from conformance.operators.convolution.covering.array import Array, Rows, classes_of
from conformance.operators.convolution.covering.completion import complete, trial_of, without_the_needless
from conformance.operators.convolution.covering.rules import RULES
from reference.family import OPERATORS

CONV2D = OPERATORS["conv2d"]
PLAIN = "name: case, why: because, batch: 1, size: 6, channels: [2, 3], kernel: 3, strides: 2, padding: SAME"
GIVEN = {
    "batch: 1": "batch", "size: 6": "size", "channels: [2, 3]": "channels", "kernel: 3": "kernel",
    "strides: 2": "strides", "padding: SAME": "padding",
}  # fmt: skip


def _classes(trial: ConvolutionTrial) -> list[set[tuple[str, str]]]:
    """The classes of each axis."""
    classes = classes_of(trial.call.definition)
    return [{classes.named[number] for number in row} for row in classes.rows(trial.call).pairs]


@pytest.fixture
def classified(
    trials_of_operator: Callable[[str, str], list[ConvolutionTrial]],
) -> Callable[..., list[set[tuple[str, str]]]]:
    """The classes of the axes of a call that differs from the plain one in these parameters."""

    def of(changed: str = "", operator: str = "conv2d") -> list[set[tuple[str, str]]]:
        kept = [text for text, name in GIVEN.items() if f"{name}:" not in changed]
        text = ", ".join(["name: case", "why: because", *kept, *([changed] if changed else [])])
        (trial,) = trials_of_operator(operator, text)
        return _classes(trial)

    return of


@pytest.mark.parametrize(
    ("changed", "relation", "expected"),
    [
        ("padding: [[1, 1], [1, 1]]", "pads over axes", "the same at all ends"),
        ("padding: [[1, 0], [1, 0]]", "pads over axes", "the same on all axes"),
        ("padding: [[1, 0], [0, 0]]", "pads over axes", "a bare axis"),
        ("padding: [[1, 0], [0, 1]]", "pads over axes", "different"),
        ("padding: VALID", "pads over axes", "none"),
        ("padding: [[1, 0], [1, 0]]", "pad before", "< ke-1"),
        ("padding: [[2, 0], [2, 0]]", "pad before", "= ke-1"),
        ("padding: [[3, 0], [3, 0]]", "pad before", "> ke-1"),
        ("padding: [[3, 0], [3, 0]]", "pad behind", "none"),
        ("", "pad behind", "< ke-1"),
        ("", "pads at both ends", "different"),
        ("padding: [[1, 1], [1, 1]]", "pads at both ends", "equal"),
        ("strides: 3, padding: VALID", "kernel against stride", "k = s, exact fit"),
        ("strides: 3, padding: VALID, size: 7", "kernel against stride", "k = s, inexact"),
        ("strides: 4", "kernel against stride", "k < s"),
        ("", "kernel against stride", "k > s"),
        ("size: 3", "dilated kernel against value", "ke = value"),
        ("size: 4, dilations: 2, strides: 1", "dilated kernel against value", "ke > value"),
        ("padding: VALID, size: 7", "length in its legal range", "shortest"),
        ("padding: VALID, size: 8", "length in its legal range", "longest"),
        ("padding: VALID, size: 8, strides: 3", "length in its legal range", "longest"),
        ("padding: VALID, size: 7, strides: 3", "length in its legal range", "between"),
        ("strides: 1", "length in its legal range", "only"),
        ("padding: VALID, size: 8", "end", "beyond the last tap"),
        ("padding: VALID, size: 7", "end", "within the taps"),
        ("size: [1, 5]", "lengths over axes", "one row or column"),
        ("size: 1", "lengths over axes", "a point"),
        ("size: 17", "length", "17 to 32"),
        ("size: 65", "length", "65+"),
        ("kernel: 6", "kernel", "6+"),
        ("batch: 16", "batch", "16+"),
        ("batch: 3", "batch", "odd"),
        ("channels: 65", "channels in against out", "in = out"),
        ("channels: [16, 8], groups: 8", "groups", "8+"),
        ("channels: [8, 8], groups: 8", "groups", "as many as channels in"),
        ("channels: [4, 6], groups: 2", "groups", "2 to 7"),
    ],
)
def test_a_call_is_of_the_class(
    classified: Callable[..., list[set[tuple[str, str]]]], changed: str, relation: str, expected: str
) -> None:
    assert all((relation, expected) in axis for axis in classified(changed))


def test_each_axis_has_classes_of_its_own(classified: Callable[..., list[set[tuple[str, str]]]]) -> None:
    first, second = classified("strides: [1, 4]")
    assert ("kernel against stride", "k > s") in first
    assert ("kernel against stride", "k < s") in second


def test_the_pads_of_a_transposed_convolution_are_what_is_cut_off(
    classified: Callable[..., list[set[tuple[str, str]]]],
) -> None:
    for axis in classified("padding: [[2, 1], [2, 1]], output: smallest", "conv2d_transpose"):
        assert {("pad before", "= ke-1"), ("pad behind", "< ke-1")} <= axis


def test_an_empty_result_shows_padding_and_kernel_alone(
    classified: Callable[..., list[set[tuple[str, str]]]],
) -> None:
    for axis in classified("padding: VALID, size: 2, strides: 1"):
        assert axis == {("padding", "VALID"), ("dilated kernel against value", "ke > value")}


def test_a_call_without_images_is_no_witness(classified: Callable[..., list[set[tuple[str, str]]]]) -> None:
    assert classified("batch: 0") == []


def test_a_pair_has_to_meet_on_one_axis(trials_of_operator: Callable[[str, str], list[ConvolutionTrial]]) -> None:
    (trial,) = trials_of_operator("conv2d", PLAIN.replace("kernel: 3", "kernel: [1, 4]").replace("s: 2", "s: [1, 2]"))
    array = Array(CONV2D)
    array.add(array.classes.rows(trial.call))
    missing = set(array.missing)
    assert (("stride", "1"), ("kernel", "even")) in missing
    assert (("stride", "2"), ("kernel", "even")) not in missing


def test_triples_are_witnessed_in_float32_alone(
    trials_of_operator: Callable[[str, str], list[ConvolutionTrial]],
) -> None:
    witnessed = []
    for dtype in ("float32", "float64"):
        (trial,) = trials_of_operator("conv2d", f"{PLAIN}, dtype: {dtype}")
        array = Array(CONV2D)
        array.add(array.classes.rows(trial.call))
        witnessed.append(array.numbers[1][0])
    assert witnessed == [56, 0]  # the ways to take three of the eight relations; both axes are the same


def test_a_gradient_witnesses_pairs_of_the_geometry_with_itself(
    trials_of_operator: Callable[[str, str], list[ConvolutionTrial]],
) -> None:
    (trial,) = trials_of_operator("conv2d", f"{PLAIN}, direction: value_gradient")
    array = Array(CONV2D)
    array.add(array.classes.rows(trial.call))
    assert array.numbers[1][0] == 28  # two of the eight


def test_taking_a_call_off_again_leaves_nothing(
    trials_of_operator: Callable[[str, str], list[ConvolutionTrial]],
) -> None:
    (trial,) = trials_of_operator("conv2d", PLAIN)
    array = Array(CONV2D)
    rows = array.classes.rows(trial.call)
    array.add(rows)
    assert array.needs(rows)
    assert array.gain(rows) == 0
    array.add(rows, -1)
    assert array.numbers[0][0] == 0
    assert array.gain(rows) > 0


def test_every_rule_has_a_sentence_and_two_or_three_relations() -> None:
    assert all(rule.sentence and len(rule.excluded) in (2, 3) for rule in RULES)


@pytest.mark.parametrize("operator", OPERATORS.values(), ids=OPERATORS)
def test_every_rule_that_holds_excludes_classes_that_exist(operator: object) -> None:
    assert isinstance(operator, type(CONV2D))
    names = {relation.name: set(relation.classes(operator)) for relation in classes_of(operator).relations}
    for rule in RULES:
        if rule.holds_for(operator):
            assert all(set(excluded) & names[relation] for relation, excluded in rule.excluded.items()), rule


@pytest.mark.parametrize("name", ["conv1d", "conv1d_transpose", "conv2d", "depthwise_conv2d"])
def test_no_call_is_of_classes_that_a_rule_excludes(name: str) -> None:
    operator = OPERATORS[name]
    array = Array(operator)
    asked = 0
    for length, kernel, stride, dilation in product((1, 2, 3, 5), (1, 2, 3, 4), (1, 2, 3, 4), (1, 2)):
        extent = dilation * (kernel - 1) + 1
        pads = sorted({0, 1, extent - 1, extent})
        spatial = ("SAME", "VALID", *([[[a, b]] * operator.rank for a, b in product(pads, pads)]))
        for number, padding in enumerate(spatial):
            row = {
                "batch": 1, "size": length, "channels": [[1, 1], [2, 2], [2, 4], [3, 9]][number % 4], "kernel": kernel,
                "strides": stride, "dilations": dilation, "padding": padding,
            }  # fmt: skip
            trial = trial_of(operator, row | ({"output": "largest"} if operator.transposed else {}))
            if trial is not None:
                array.add(array.classes.rows(trial.call))
                asked += 1
    assert asked > 1000
    assert list(array.contradictions) == []


def test_a_wrong_rule_is_contradicted_by_a_call(
    trials_of_operator: Callable[[str, str], list[ConvolutionTrial]],
) -> None:
    (trial,) = trials_of_operator("conv2d", PLAIN)
    array = Array(CONV2D)
    array.add(array.classes.rows(trial.call))
    number = array.classes.number
    legal = array.classes.legal_pairs
    place = number["padding", "SAME"], number["stride", "2"]
    legal[place] = False
    try:
        assert list(array.contradictions) == [(("padding", "SAME"), ("stride", "2"))]
    finally:
        legal[place] = True


def test_what_is_found_witnesses_what_was_missing_and_none_of_it_is_needless() -> None:
    operator = OPERATORS["conv1d"]
    array = Array(operator)
    missing = len(list(array.missing))
    search = complete(operator, array)
    rows = [next(search) for _ in range(6)]
    assert len(list(array.missing)) < missing - 1000
    kept = without_the_needless([*rows, rows[0]], operator, array_of(operator, [*rows, rows[0]]))
    assert len(kept) == 6
    assert all(trial_of(operator, row) for row in kept)


def array_of(operator: object, rows: list[dict[str, object]]) -> Array:
    assert isinstance(operator, type(CONV2D))
    array = Array(operator)
    for row in rows:
        trial = trial_of(operator, row)
        assert trial is not None
        array.add(array.classes.rows(trial.call))
    return array


def test_a_search_is_the_same_every_time() -> None:
    operator = OPERATORS["conv1d"]
    found = [[next(search) for _ in range(3)] for search in (complete(operator, Array(operator)) for _ in range(2))]
    assert found[0] == found[1]


def test_rows_of_no_axis_are_rows_of_nothing() -> None:
    array = Array(CONV2D)
    array.add(Rows())
    assert array.numbers[0][0] == 0

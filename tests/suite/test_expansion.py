"""A case and its sweep to trials: ids, combinations, output lengths."""

from collections.abc import Callable

import pytest

from conformance.operators.convolution.call import convolution
from conformance.suite.case import FromReference, Generated, Trial
from conformance.suite.expansion import id_text

TrialsOf = Callable[[str], list[Trial]]

PARAMETRIC = "  - {name: a, why: w, batch: 1, size: [4, 5], channels: [2, 3], kernel: 3, output: %s%s}\n"
CONCRETE = (
    "  - {name: a, why: w, value: [1, 4, 4, 2], filter: [3, 3, 3, 2], output_shape: [1, 8, 8, 3], strides: 2%s}\n"
)


def _brackets(trials: list[Trial]) -> list[str]:
    return [trial.id.removeprefix("conv2d_transpose/example/a") for trial in trials]


def test_a_case_without_a_sweep_is_one_trial_named_by_operator_file_and_case(trials_of: TrialsOf) -> None:
    assert [trial.id for trial in trials_of(CONCRETE % "")] == ["conv2d_transpose/example/a"]


def test_what_a_case_leaves_out_has_the_documented_defaults(trials_of: TrialsOf) -> None:
    (trial,) = trials_of(CONCRETE % "")
    assert (convolution(trial.call).padding, trial.call.dtype, trial.inputs, trial.expectation) == (
        "SAME",
        "float32",
        Generated("mix"),
        FromReference(),
    )


def test_ids_name_the_swept_values_in_the_order_the_author_wrote_them(trials_of: TrialsOf) -> None:
    trials = trials_of(CONCRETE % ", sweep: {inputs: [mix, ones], dtype: [float64, float32]}")
    assert _brackets(trials) == [
        "[inputs=mix,dtype=float64]",
        "[inputs=mix,dtype=float32]",
        "[inputs=ones,dtype=float64]",
        "[inputs=ones,dtype=float32]",
    ]


def test_another_authored_order_makes_other_ids(trials_of: TrialsOf) -> None:
    trials = trials_of(CONCRETE % ", sweep: {dtype: [float64], inputs: [mix]}")
    assert _brackets(trials) == ["[dtype=float64,inputs=mix]"]


def test_a_sweep_taken_from_an_anchor_is_swept(trials_of: TrialsOf) -> None:
    case = "  - name: %s\n    why: w\n    batch: 1\n    size: 4\n    channels: 1\n    output: smallest\n    sweep: %s\n"
    trials = trials_of(case % ("b", "&kernels {kernel: [1, 2]}") + case % ("a", "*kernels"))
    assert _brackets(trials[2:]) == ["[kernel=1]", "[kernel=2]"]


def test_lists_and_pairs_are_spelled_without_commas_in_ids(trials_of: TrialsOf) -> None:
    trials = trials_of(PARAMETRIC % ("smallest", ", sweep: {strides: [[1, 2]], padding: [[[1, 0], [0, 2]]]}"))
    assert _brackets(trials) == ["[strides=1x2,padding=1:0x0:2]"]


def test_rows_that_go_together_are_crossed_with_the_rest(trials_of: TrialsOf) -> None:
    sweep = (
        ", sweep: {dtype: [float32, float64], together: [{strides: 2, padding: SAME}, {strides: 3, padding: VALID}]}"
    )
    assert _brackets(trials_of(PARAMETRIC % ("smallest", sweep))) == [
        "[strides=2,padding=SAME,dtype=float32]",
        "[strides=2,padding=SAME,dtype=float64]",
        "[strides=3,padding=VALID,dtype=float32]",
        "[strides=3,padding=VALID,dtype=float64]",
    ]


def test_a_combination_that_equals_an_excluded_row_is_dropped(trials_of: TrialsOf) -> None:
    sweep = ", sweep: {strides: [1, 2], padding: [SAME, VALID], exclude: [{strides: 2, padding: VALID}]}"
    assert _brackets(trials_of(PARAMETRIC % ("smallest", sweep))) == [
        "[strides=1,padding=SAME]",
        "[strides=1,padding=VALID]",
        "[strides=2,padding=SAME]",
    ]


def test_an_excluded_row_may_name_what_the_case_fixes(trials_of: TrialsOf) -> None:
    trials = trials_of(PARAMETRIC % ("smallest", ", sweep: {strides: [1, 2], exclude: [{strides: 1, kernel: 3}]}"))
    assert _brackets(trials) == ["[strides=2]"]


SAMPLED = ", sweep: {strides: %s, padding: [SAME, VALID], dtype: [float32, float64], sample: 6}"


def test_a_sample_has_the_size_asked_for(trials_of: TrialsOf) -> None:
    assert len(trials_of(PARAMETRIC % ("smallest", SAMPLED % "[1, 2, 3, 4, 5]"))) == 6


def test_a_sample_is_the_same_every_time(trials_of: TrialsOf) -> None:
    cases = PARAMETRIC % ("smallest", SAMPLED % "[1, 2, 3, 4, 5]")
    assert trials_of(cases) == trials_of(cases)


def test_a_sample_keeps_the_order_of_the_sweep(trials_of: TrialsOf) -> None:
    whole = _brackets(trials_of(PARAMETRIC % ("smallest", SAMPLED.replace(", sample: 6", "") % "[1, 2, 3, 4, 5]")))
    sample = _brackets(trials_of(PARAMETRIC % ("smallest", SAMPLED % "[1, 2, 3, 4, 5]")))
    assert sample == [bracket for bracket in whole if bracket in sample]


def test_a_value_added_to_the_sweep_brings_in_no_other_old_trial(trials_of: TrialsOf) -> None:
    before = set(_brackets(trials_of(PARAMETRIC % ("smallest", SAMPLED % "[1, 2, 3, 4]"))))
    after = set(_brackets(trials_of(PARAMETRIC % ("smallest", SAMPLED % "[1, 2, 3, 4, 5]"))))
    assert all(bracket.startswith("[strides=5") for bracket in after - before)


def test_a_sample_larger_than_the_sweep_is_the_sweep(trials_of: TrialsOf) -> None:
    assert len(trials_of(PARAMETRIC % ("smallest", ", sweep: {strides: [1, 2], sample: 9}"))) == 2


@pytest.mark.parametrize(
    ("output", "lengths"), [("smallest", (7, 9)), ("largest", (8, 10)), ("[8, 9]", (8, 9)), ("[7, 10]", (7, 10))]
)
def test_an_output_word_chooses_among_the_legal_lengths(
    trials_of: TrialsOf, output: str, lengths: tuple[int, int]
) -> None:
    (trial,) = trials_of(PARAMETRIC % (output, ", strides: 2"))
    assert convolution(trial.call).output_shape == (1, *lengths, 3)


def test_one_output_number_is_meant_for_both_axes(trials_of: TrialsOf) -> None:
    (trial,) = trials_of((PARAMETRIC % ("8", ", strides: 2")).replace("[4, 5]", "4"))
    assert convolution(trial.call).output_shape == (1, 8, 8, 3)


def test_all_outputs_are_trials_of_their_own_named_by_their_length(trials_of: TrialsOf) -> None:
    trials = trials_of(PARAMETRIC % ("all", ", strides: 2"))
    assert _brackets(trials) == ["[output=7x9]", "[output=7x10]", "[output=8x9]", "[output=8x10]"]


def test_the_parametric_form_lays_its_shapes_out_in_the_data_format(trials_of: TrialsOf) -> None:
    (trial,) = trials_of(PARAMETRIC % ("largest", ", strides: 2, data_format: NCHW"))
    assert (
        convolution(trial.call).value_shape,
        convolution(trial.call).filter_shape,
        convolution(trial.call).output_shape,
    ) == (
        (1, 2, 4, 5),
        (3, 3, 3, 2),
        (1, 3, 8, 10),
    )


@pytest.mark.parametrize(
    ("data_format", "padding"), [("NHWC", ((0, 0), (1, 0), (0, 2), (0, 0))), ("NCHW", ((0, 0), (0, 0), (1, 0), (0, 2)))]
)
def test_two_pairs_of_padding_become_the_four_of_the_data_format(
    trials_of: TrialsOf, data_format: str, padding: tuple[tuple[int, int], ...]
) -> None:
    (trial,) = trials_of(PARAMETRIC % ("smallest", f", data_format: {data_format}, padding: [[1, 0], [0, 2]]"))
    assert convolution(trial.call).padding == padding


def test_a_trial_carries_its_why_url_and_place(trials_of: TrialsOf) -> None:
    (trial,) = trials_of(CONCRETE % ", url: 'https://example.org/bug'")
    assert (trial.why, trial.url, trial.location.rpartition("/")[2]) == (
        "w",
        "https://example.org/bug",
        "example.yaml:3",
    )


@pytest.mark.parametrize(
    ("value", "text"), [(3, "3"), ("SAME", "SAME"), ([2, 3], "2x3"), ([[1, 0], [0, 2]], "1:0x0:2"), ({}, "literal")]
)
def test_a_value_is_spelled_in_an_id(value: object, text: str) -> None:
    assert id_text(value) == text

"""Combinations that are no trials: told at the case's line, before anything is allocated."""

from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.errors import CaseFileError
from conformance.operators.convolution.parametric import MOST_OUTPUTS
from conformance.suite.case import FromReference, Refusal, Trial, WrongTrial
from conformance.suite.expansion import MOST_COMBINATIONS
from conformance.suite.loading import MOST_PROBLEMS_OF_A_CASE, load
from conformance.suite.size import MOST_BYTES

ProblemOf = Callable[[str], str]
TrialsOf = Callable[[str], list[Trial]]

PARAMETRIC = "{name: a, why: w, batch: 1, size: 4, channels: 2, kernel: 3, output: smallest%s}"
CONCRETE = "{name: a, why: w, value: [1, 4, 4, 2], filter: [3, 3, 3, 2], output_shape: [1, 8, 8, 3]%s}"
WRONG = "{name: a, why: w, value: [1, 4, 4, 2], filter: [3, 3, 3, 2], output_shape: [1, 9, 8, 3], strides: 2%s}"


@pytest.fixture
def problem_of(problems_of: Callable[[str], list[str]]) -> ProblemOf:
    """The one problem of a file with this case, without its place, which is always the case's line and id."""

    def found(case: str) -> str:
        (problem,) = problems_of(f"operator: conv2d_transpose\ncases:\n  - {case}\n")
        place, _, message = problem.partition(": ")
        assert place == "example.yaml:3"
        return message.partition(": ")[2]

    return found


def test_the_two_forms_are_not_mixed(problem_of: ProblemOf) -> None:
    message = problem_of(CONCRETE % ", strides: 2, kernel: 3")
    assert message == "filter belongs to the concrete form, kernel to the parametric; give one form".replace(
        "filter", "value"
    )


def test_what_the_concrete_form_lacks_is_named(problem_of: ProblemOf) -> None:
    message = problem_of("{name: a, why: w, value: [1, 4, 4, 2], strides: 2}")
    assert message.startswith("filter, output_shape missing")


def test_what_the_parametric_form_lacks_is_named(problem_of: ProblemOf) -> None:
    assert problem_of("{name: a, why: w, batch: 1, size: 4, kernel: 3}").startswith("channels, output missing")


def test_a_concrete_case_without_strides_is_refused(problem_of: ProblemOf) -> None:
    assert problem_of(CONCRETE % "") == "strides missing; a concrete case gives them"


def test_a_wrong_call_is_refused_with_the_expectation_that_would_make_it_a_case(problem_of: ProblemOf) -> None:
    message = problem_of(WRONG % "")
    assert "for input 4, kernel 3, stride 2" in message
    assert message.endswith("it says expect: {refusal: output_shape})")


def test_a_wrong_call_that_expects_its_refusal_is_a_trial_without_geometry(trials_of: TrialsOf) -> None:
    (trial,) = trials_of(f"  - {WRONG % ', expect: {refusal: output_shape}'}\n")
    assert isinstance(trial, WrongTrial)
    assert trial.expectation == Refusal("output_shape")


def test_a_refusal_for_another_reason_than_the_definitions_is_refused(problem_of: ProblemOf) -> None:
    message = problem_of(WRONG % ", expect: {refusal: strides}")
    assert message.startswith("expects the refusal 'strides', and the definition refuses it for 'output_shape'")


def test_a_refusal_of_a_right_call_is_refused(problem_of: ProblemOf) -> None:
    message = problem_of(CONCRETE % ", strides: 2, expect: {refusal: output_shape}")
    assert message == "expects the refusal 'output_shape', and the definition allows the call"


def test_ten_terabytes_are_refused_from_the_numbers_alone(problem_of: ProblemOf) -> None:
    message = problem_of(PARAMETRIC.replace("size: 4", "size: 800000") % "")
    assert (
        message == f"the arrays would take {2 * 8 * 2 * 800000**2 + 288:,} bytes; at most {MOST_BYTES:,} are accepted"
    )


def test_a_huge_length_beside_an_empty_batch_is_refused(problem_of: ProblemOf) -> None:
    message = problem_of(PARAMETRIC.replace("size: 4", "size: 1000000000000").replace("batch: 1", "batch: 0") % "")
    assert message.endswith(f"bytes; at most {MOST_BYTES:,} are accepted")


def test_small_arrays_that_take_too_long_are_refused(problem_of: ProblemOf) -> None:
    message = problem_of(PARAMETRIC.replace("size: 4, channels: 2", "size: 200, channels: 1000") % "")
    assert message == "3.6e+11 multiply-adds; at most 2e+11 are accepted"


def test_an_axis_that_takes_too_long_to_count_is_refused(problem_of: ProblemOf) -> None:
    message = problem_of(
        "{name: a, why: w, value: [1, 10000001, 1, 1], filter: [1, 1, 1, 1], "
        "output_shape: [1, 10000001, 1, 1], strides: 1}"
    )
    assert message == "an axis of length 10,000,001; at most 10,000,000 are accepted"


def test_too_many_combinations_are_refused_before_they_are_made(problems_of: Callable[[str], list[str]]) -> None:
    lists = ", ".join(f"{name}: {list(range(1, 101))}" for name in ("size", "kernel", "strides"))
    problems = problems_of(
        f"operator: conv2d_transpose\ncases:\n"
        f"  - {{name: a, why: w, batch: 1, channels: 1, output: smallest, sweep: {{{lists}}}}}\n"
    )
    assert problems == [
        f"example.yaml:3: a: the sweep has 1000000 combinations; at most {MOST_COMBINATIONS} are accepted"
    ]


def test_all_outputs_of_a_huge_stride_are_refused_before_they_are_made(problem_of: ProblemOf) -> None:
    message = problem_of(PARAMETRIC.replace("smallest", "all") % ", strides: 1000000")
    assert message == f"output: all means 1000000000000 trials; at most {MOST_OUTPUTS} are accepted"


def test_a_sweep_that_excludes_everything_is_refused(problem_of: ProblemOf) -> None:
    message = problem_of(PARAMETRIC % ", sweep: {strides: [1, 2], exclude: [{strides: 1}, {strides: 2}]}")
    assert message == "no trial is left; `exclude` drops every combination"


def test_a_case_with_many_wrong_combinations_shows_a_few_and_counts_the_rest(
    problems_of: Callable[[str], list[str]],
) -> None:
    case = PARAMETRIC % ", padding: lower, sweep: {strides: [1, 2, 3, 4, 5, 6, 7, 8]}"
    problems = problems_of(f"operator: conv2d_transpose\ncases:\n  - {case}\n")
    assert len(problems) == MOST_PROBLEMS_OF_A_CASE + 1
    assert problems[-1] == "example.yaml:3: a: and 3 more combinations like these"


def test_two_values_spelled_alike_would_make_one_id_and_are_refused(problems_of: Callable[[str], list[str]]) -> None:
    case = PARAMETRIC % ", sweep: {strides: [2, [2]]}"
    (problem,) = problems_of(f"operator: conv2d_transpose\ncases:\n  - {case}\n")
    assert "the id conv2d_transpose/example/a[strides=2] is taken already, at " in problem


def test_recorded_values_of_real_numbers_are_refused(problem_of: ProblemOf) -> None:
    digest = "sha256:" + "0" * 64
    message = problem_of(CONCRETE % f", strides: 2, inputs: normal64, expect: {{checksum: '{digest}'}}")
    assert message.startswith("recorded values need exact inputs")


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        (", padding: same", "padding 'same': the parametric form takes SAME, VALID or pairs"),
        (", padding: [[1, 0]]", "padding [[1, 0]]: the parametric form takes 2 or 4 pairs [before, after]"),
        (", strides: [1, 2, 2, 1]", "strides is [1, 2, 2, 1]; the parametric form takes one number or two"),
        (", strides: 0", "output: smallest needs positive strides; they are [0, 0]"),
        (", padding: [[9, 9], [0, 0]]", "no output length is legal: the padding crops more than there is"),
        (", data_format: NCWH", "data_format is 'NCWH'; it must be 'NHWC' or 'NCHW'"),
    ],
)
def test_the_parametric_form_says_what_it_takes(problem_of: ProblemOf, parameters: str, message: str) -> None:
    assert problem_of(PARAMETRIC % parameters) == message


def test_pads_of_batch_and_channels_are_not_dropped_from_the_parametric_form(problem_of: ProblemOf) -> None:
    message = problem_of(PARAMETRIC % ", padding: [[1, 1], [0, 0], [0, 0], [0, 0]]")
    assert "batch and channels must have [0, 0], axis 0 has [1, 1]" in message


@pytest.mark.parametrize("inputs", ["mix", "wide_x", "wide_w"])
def test_exact_inputs_of_more_products_than_the_dtype_holds_are_refused(problem_of: ProblemOf, inputs: str) -> None:
    many = PARAMETRIC.replace("channels: 2", "channels: [300, 1]") % f", dtype: bfloat16, inputs: {inputs}"
    assert problem_of(many) == "2700 products per output do not fit into 8 bits exactly; at most 256 do"


def test_codes_that_the_dtype_cannot_tell_apart_are_refused(problem_of: ProblemOf) -> None:
    message = problem_of(PARAMETRIC.replace("channels: 2", "channels: [40, 9]") % ", dtype: float16, inputs: codes")
    assert message == "a filter of 3240 elements has more codes than 11 bits can tell apart"


def test_normal_inputs_of_more_products_than_their_bound_is_made_for_are_refused(problem_of: ProblemOf) -> None:
    message = problem_of(PARAMETRIC.replace("channels: 2", "channels: [8, 1]") % ", inputs: normal64")
    assert message == "72 products per output; this generator takes at most 64"


def test_a_trial_that_is_right_expects_the_reference(trials_of: TrialsOf) -> None:
    (trial,) = trials_of(f"  - {CONCRETE % ', strides: 2'}\n")
    assert trial.expectation == FromReference()


def test_exclusions_that_would_be_compared_for_minutes_are_refused_before_any_is(
    problem_of: ProblemOf,
) -> None:
    rows = ", ".join(f"{{kernel: {number}}}" for number in range(1, 2001))
    batches, kernels = (list(range(1, count + 1)) for count in (50, 60))
    sweep = f"{{batch: {batches}, kernel: {kernels}, exclude: [{rows}]}}"
    message = problem_of(f"{{name: a, why: w, size: 3, channels: 1, output: smallest, sweep: {sweep}}}")
    assert message.startswith(
        "`exclude` has 2000 entries for 3000 combinations; at most 5000000 comparisons are accepted"
    )


def test_files_are_loaded_together_up_to_a_stated_number_of_combinations(tmp_path: Path) -> None:
    lists = ", ".join(map(str, range(1, 401)))
    text = (
        "operator: conv2d\ncases:\n  - {name: a, why: w, size: 3, channels: 1, kernel: 1, "
        f"sweep: {{batch: [{lists}], strides: [{lists}], exclude: [{{batch: 1}}], sample: 3}}}}\n"
    )
    paths = [tmp_path / "one.yaml", tmp_path / "two.yaml"]
    for path in paths:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(CaseFileError) as caught:
        load(paths)
    assert list(caught.value.problems) == [
        f"the 2 files have 320000 combinations, of which {paths[1]} has 160000; "
        "at most 200000 are accepted at once: name fewer files"
    ]


def test_rounds_of_calls_are_whole(problem_of: ProblemOf) -> None:
    message = problem_of(PARAMETRIC % ", calls: 10, at_once: 4")
    assert message == "at_once is 4; it must be a divisor of calls, which is 10"


def test_several_calls_need_content_that_can_differ(problem_of: ProblemOf) -> None:
    message = problem_of(WRONG % ", calls: 2, expect: {refusal: output_shape}")
    assert message.startswith("calls above 1 need inputs from a generator and expect: reference")


def test_what_is_wrong_with_one_case_hides_nothing_of_the_others(problems_of: Callable[[str], list[str]]) -> None:
    found = problems_of(
        "operator: resize2d\ncases:\n"
        "  - {name: a, why: w, value: [1, 4, 4, 1], output_size: 7, antialais: true}\n"
        "  - {name: b, why: w, value: [1, 4, 4, 1], output_size: 7, scales: 2, method: liner, nearest_mode: flor}\n"
        "  - {name: c, why: w, size: 4, value: [1, 2, 3]}\n"
    )
    assert found == [
        "example.yaml:3: cases[0].antialais: unknown key 'antialais'; did you mean 'antialias'?",
        "example.yaml:4: resize2d/example/b: method is 'liner'; it must be one of nearest, linear, cubic "
        "(did you mean 'linear'?); and nearest_mode is 'flor'; it must be one of round_prefer_ceil, "
        "round_prefer_floor, floor, ceil (did you mean 'floor'?); and both output_size and scales are given; give one "
        "(if the case is about that, it says expect: {refusal: method})",
        "example.yaml:5: resize2d/example/c: value and size both say what the value's shape is; give one form",
    ]


@pytest.mark.parametrize(
    ("operator", "keys", "told"),
    [
        (
            "avg_pool2d",
            "value: [1, 4, 4, 1], ksize: 2, output_size: 3, norm_type: 2",
            [
                "strides, padding missing; a case gives value, or batch, size, channels, and ksize, strides, padding",
                "avg_pool2d takes no norm_type, which is of operators that return the norm of a window",
                "avg_pool2d takes no output_size: only adaptive poolings have one",
            ],
        ),
        (
            "pad",
            "value: [4, 4], block_size: 2, strides: 1",
            [
                "block_size, strides are not arguments of pad, which takes value, paddings, mode, constant_values",
                "paddings missing; a case gives value, or batch, size, channels, and paddings",
            ],
        ),
        (
            "pad",
            "value: [4, 4], paddings: [[1, 1]], mode: REFLCT",
            [
                "paddings are [[1, 1]]; it must be 2 pairs [before, after], one for each axis of value [4, 4]",
                "mode is 'REFLCT'; it must be one of CONSTANT, REFLECT, SYMMETRIC, EDGE, WRAP (did you mean 'REFLECT'?)"
                " (if the case is about that, it says expect: {refusal: rank})",
            ],
        ),
        (
            "max_pool1d",
            "value: [1, 4, 1], ksize: 0, strides: 0, padding: SAMEE, dilations: 0",
            [
                "ksize are 0; each must be at least 1",
                "strides are 0; each must be at least 1",
                "dilations are 0; each must be at least 1",
                "padding is 'SAMEE'; it must be 'SAME', 'VALID' (upper case), or 3 pairs "
                "(if the case is about that, it says expect: {refusal: ksize})",
            ],
        ),
        (
            "extract_patches",
            "value: [1, 4, 4, 1], ksize: 0, strides: 1, padding: SAME, patch_order: HCW",
            [
                "ksize are 0; each must be at least 1",
                "patch_order is 'HCW'; it must be one of HWC, CHW (did you mean 'HWC'?) "
                "(if the case is about that, it says expect: {refusal: ksize})",
            ],
        ),
    ],
)
def test_everything_that_is_wrong_with_a_case_is_told(
    problems_of: Callable[[str], list[str]], operator: str, keys: str, told: list[str]
) -> None:
    (problem,) = problems_of(f"operator: {operator}\ncases:\n  - {{name: a, why: w, {keys}}}\n")
    assert problem == f"example.yaml:3: {operator}/example/a: {'; and '.join(told)}"

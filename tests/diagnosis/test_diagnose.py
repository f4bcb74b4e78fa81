"""What a diagnosis says: nothing of right answers, one sentence an explanation, shapes and pairs where asked."""

import numpy as np
import pytest

from conformance.judging.arithmetic import Accumulation, Arithmetic
from conformance.operators.convolution.diagnosis import Diagnosis, diagnose
from reference import conv2d_transpose
from tests.diagnosis.configuration import (
    ONE,
    SAME,
    VALID,
    Configuration,
    configure,
    random_configurations,
    witnesses,
)
from tests.diagnosis.wrong_results import WRONG, scattered

UPSAMPLING = configure((4, 4), (3, 3), (2, 2), ONE, SAME, (8, 8), batch=1, channels=(1, 2))
WITNESS = configure((4, 5), (3, 4), (2, 1), ONE, SAME, (8, 5))


def _of(name: str, c: Configuration) -> Diagnosis:
    answer = WRONG[name](c)
    assert answer is not None
    return diagnose(c.call, {"value": c.value, "filter": c.filter}, answer)


def _sentence(name: str, c: Configuration) -> str:
    (sentence,) = [each.sentence for each in _of(name, c).explanations if each.edits == (name,)]
    return sentence


@pytest.mark.parametrize("c", [*witnesses(), *random_configurations(20, 3)])
def test_a_right_answer_has_no_explanation(c: Configuration) -> None:
    keywords = {"data_format": c.call.data_format, "dilations": c.d}
    answer = conv2d_transpose(c.value, c.filter, c.call.output_shape, c.s, c.call.padding, **keywords)  # type: ignore[arg-type]
    assert diagnose(c.call, {"value": c.value, "filter": c.filter}, answer) == Diagnosis(())


def test_an_answer_that_nothing_explains_has_no_explanation() -> None:
    noise = WITNESS.written(np.random.default_rng(1).normal(size=scattered(WITNESS).shape) * 1e6)
    assert diagnose(WITNESS.call, {"value": WITNESS.value, "filter": WITNESS.filter}, noise) == Diagnosis(())


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("crop_before_height_plus_1", "behaves as if crop_before on height were 1 instead of 0"),
        ("crop_before_width_minus_1", "behaves as if crop_before on width were 0 instead of 1"),
        ("crop_before_all_plus_1", "behaves as if crop_before were [1, 2] instead of [0, 1]"),
        ("flip_height", "behaves as if the kernel were flipped along height"),
        ("swap_strides", "behaves as if strides were read in the other order: [1, 2] instead of [2, 1]"),
        ("filter_as_iohw", "behaves as if the filter were laid out [in, out, height, width] "
         "instead of [height, width, out, in]"),
        ("result_in_other_layout", "behaves as if the result were left in NCHW instead of NHWC"),
        ("smallest_output", "behaves as if output_shape were ignored, for the smallest legal one: "
         "[7, 5] instead of [8, 5]"),
        ("first_image_everywhere", "behaves as if every image were the first"),
        ("last_element_nan", "behaves as if the last element were NaN"),
    ],
)  # fmt: skip
def test_the_sentence_says_what_and_instead_of_what(name: str, sentence: str) -> None:
    assert _sentence(name, WITNESS) == sentence


def test_padding_is_told_in_the_words_of_the_call() -> None:
    assert _sentence("padding_as_valid", WITNESS) == "behaves as if padding were VALID instead of SAME"
    explicit = configure((4, 5), (3, 4), (2, 1), ONE, ((1, 0), (0, 2)), (8, 6))
    assert _sentence("padding_as_same", explicit) == "behaves as if padding were SAME instead of [[1, 0], [0, 2]]"


def test_the_tutorials_upsampling_one_pixel_off_has_all_the_names_it_can_have() -> None:
    names = _of("crop_before_all_plus_1", UPSAMPLING).names
    assert {"crop_before_all_plus_1", "swap_crop_sides", "symmetric_crop", "half_kernel_crop"} <= names
    assert "flip_all" not in names


@pytest.mark.parametrize("name", ["smallest_output", "largest_output", "uncropped_output"])
def test_a_wrong_shape_is_explained_by_what_gives_it(name: str) -> None:
    c = configure((4, 5), (3, 4), (3, 2), (1, 2), ((1, 1), (2, 0)), (11, 14))
    assert name in _of(name, c).names


def test_a_wrong_shape_with_unknown_values_is_explained_by_shape_alone() -> None:
    answer = np.full((2, 7, 5, 3), 12345.5, np.float32)
    explanations = diagnose(WITNESS.call, {"value": WITNESS.value, "filter": WITNESS.filter}, answer).explanations
    assert {each.edits for each in explanations} >= {("smallest_output",)}
    assert all(each.sentence.startswith("has the shape, not the values, as if ") for each in explanations)


def test_an_answer_of_another_rank_is_no_accident() -> None:
    answer = np.zeros((3,), np.float32)
    assert diagnose(WITNESS.call, {"value": WITNESS.value, "filter": WITNESS.filter}, answer) == Diagnosis(())


def test_a_right_answer_of_another_dtype_is_explained_by_that() -> None:
    answer = scattered(WITNESS)
    (only,) = diagnose(WITNESS.call, {"value": WITNESS.value, "filter": WITNESS.filter}, answer).explanations
    assert only.edits == ("result_dtype",)
    assert only.sentence == "behaves as if the result's dtype were float64 instead of float32"


def test_narrow_sums_are_right_in_a_lane_that_is_known_to_have_them() -> None:
    c = configure((4, 5), (3, 4), (2, 1), ONE, SAME, (8, 5), dtype="bfloat16", generator="normal64")
    answer = WRONG["accumulate_bfloat16"](c)
    assert answer is not None
    native = Arithmetic(Accumulation.NATIVE)
    assert diagnose(c.call, {"value": c.value, "filter": c.filter}, answer).explanations
    assert not diagnose(c.call, {"value": c.value, "filter": c.filter}, answer, arithmetic=native).explanations


def test_two_faults_at_once_are_found_as_a_pair_on_request() -> None:
    c = configure((3, 4), (3, 2), (2, 1), ONE, SAME, (6, 4), batch=2, channels=(2, 3))
    crop = (c.b[0] + 1, c.b[1])
    answer = c.written(scattered(c, w=c.w[::-1], b=crop))
    assert diagnose(c.call, {"value": c.value, "filter": c.filter}, answer) == Diagnosis(())
    pairs = diagnose(c.call, {"value": c.value, "filter": c.filter}, answer, pairs=True)
    assert ("flip_height", "crop_before_height_plus_1") in {each.edits for each in pairs.explanations}
    sentence = "behaves as if the kernel were flipped along height, and crop_before on height were 1 instead of 0"
    assert sentence in {each.sentence for each in pairs.explanations}


def test_pairs_are_not_sought_where_one_edit_explains() -> None:
    c = configure((3, 3), (3, 2), (1, 2), ONE, VALID, (5, 6))
    answer = WRONG["flip_height"](c)
    assert answer is not None
    found = diagnose(c.call, {"value": c.value, "filter": c.filter}, answer, pairs=True)
    assert {len(each.edits) for each in found.explanations} == {1}


def test_an_empty_call_has_no_explanation() -> None:
    c = configure((3, 3), (3, 3), (1, 1), ONE, SAME, (3, 3), batch=0)
    assert diagnose(c.call, {"value": c.value, "filter": c.filter}, np.ones((0, 3, 3, 3), np.float32)) == Diagnosis(())

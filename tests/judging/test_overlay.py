"""What the call would answer if a diagnosis were true, laid over what came back."""

import numpy as np

from conformance.judging.excerpt import Errors, excerpt
from conformance.judging.overlay import Explanation, Overlay, overlay

RIGHT = np.arange(16.0).reshape(1, 4, 4, 1)
SHIFTED = np.roll(RIGHT, 1, axis=1)
SAYS_NOTHING = Explanation("behaves as if the result's dtype were float32 instead of float64")


def test_the_first_explanation_that_says_what_would_be_answered_is_laid_over() -> None:
    found = overlay([SAYS_NOTHING, Explanation("shifted", SHIFTED)], SHIFTED, None)
    assert found is not None
    assert (found.sentence, found.compared, found.agreeing, found.equal) == (1, 16, 16, 16)
    assert overlay([SAYS_NOTHING], SHIFTED, None) is None
    assert overlay([Explanation("of another shape", SHIFTED[:, 1:])], SHIFTED, None) is None


def test_rows_that_the_record_has_are_not_kept_again() -> None:
    window = excerpt(SHIFTED, RIGHT, Errors(abs(SHIFTED - RIGHT), "bound", SHIFTED != RIGHT), (1, 2))
    assert overlay([Explanation("shifted", SHIFTED)], SHIFTED, window, (1, 2)) == Overlay(0, 16, 16, 16)
    answer = SHIFTED.copy()
    answer[0, 0, 0, 0] = 99
    found = overlay([Explanation("shifted", SHIFTED)], answer, window, (1, 2))
    assert found is not None
    assert (found.agreeing, found.explained[0], found.observed) == (15, "12 13 14 15", ())


def test_an_answer_of_another_shape_has_rows_of_its_own() -> None:
    longer = np.arange(60.0).reshape(1, 30, 2, 1)
    found = overlay([Explanation("longer", longer)], longer, None, (1, 2))
    assert found is not None
    assert (len(found.observed), found.observed[1], found.explained) == (24, "2 3", ())


def test_a_vector_is_counted_and_has_no_rows() -> None:
    assert overlay([Explanation("more", np.ones(3))], np.ones(3), None) == Overlay(0, 3, 3, 3)


def test_what_is_within_the_explanation_s_bound_agrees_and_is_not_equal() -> None:
    near = SHIFTED.astype(np.float32)
    near[0, 0, 0, 0] = np.nextafter(near[0, 0, 0, 0], np.float32(99))
    found = overlay([Explanation("shifted", SHIFTED, 1e-5)], near, None)
    assert found is not None
    assert (found.compared, found.agreeing, found.equal) == (16, 16, 15)
    assert found.explained == ()  # seven digits tell no difference


def test_nan_and_infinity_are_where_they_are_explained() -> None:
    answer = np.array([[np.nan, np.inf, 1 + 1e-9]])
    found = overlay([Explanation("so", np.array([[np.nan, np.inf, 1.0]]), 1e-6)], answer, None)
    assert found is not None
    assert (found.agreeing, found.equal) == (3, 2)


def test_of_complex_numbers_the_larger_part_s_error_counts() -> None:
    answer = np.array([[1 + 0.5j, 2 + 0j]])
    found = overlay([Explanation("so", np.array([[1 + 0.4j, 2 + 0j]]), 0.2)], answer, None)
    assert found is not None
    assert (found.agreeing, found.equal) == (2, 1)

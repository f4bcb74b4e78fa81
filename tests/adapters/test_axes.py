"""Each formula is the inverse of its other direction, over all small axes; a few are worked by hand."""

from itertools import product

import pytest

from conformance.adapters.axes import NoAxis, convolved_axis, same_pads, symmetric_arguments, symmetric_padding
from conformance.adapters.jax.words import jax_padded_axis, jax_pads, jax_word_axis
from conformance.adapters.keras.words import keras_length
from conformance.adapters.torch.words import output_paddings, torch_transposed_axis
from reference.geometry import Axis, convolved_length, transposed_axis

NUMBERS = list(product((1, 2, 5), (1, 2, 3), (1, 2, 4), (1, 3)))
"""length, kernel, stride, dilation"""


def test_what_torch_is_told_of_a_transposed_axis_means_it() -> None:
    for numbers, padding, more in product(NUMBERS, range(3), range(4)):
        try:
            axis = torch_transposed_axis(numbers, padding, more)
        except NoAxis:
            continue
        told = symmetric_arguments(axis, output_paddings(axis))
        assert (told.pads[0], told.output_padding, told.start) == (padding, more, 0)


def test_what_jax_is_told_of_a_transposed_axis_means_it() -> None:
    for numbers, before, after in product(NUMBERS, range(-2, 9), range(-2, 9)):
        length, kernel, stride, dilation = numbers
        if stride * (length - 1) + 1 + before + after >= dilation * (kernel - 1):
            assert jax_pads(jax_padded_axis(numbers, (before, after))) == (before, after)


def test_torch_s_padding_of_a_convolution_means_it() -> None:
    for numbers, padding in product(NUMBERS, range(3)):
        try:
            axis = convolved_axis(numbers, (padding, padding))
        except NoAxis:
            continue
        assert symmetric_padding(axis) == padding


def test_the_pads_of_same_give_tensorflow_s_axis() -> None:
    for numbers in NUMBERS:
        length, kernel, stride, dilation = numbers
        result = convolved_length(*numbers, "SAME")
        wanted = transposed_axis(result, kernel, stride, dilation, "SAME", length)
        assert convolved_axis(numbers, same_pads(numbers)) == wanted


def test_the_odd_zero_of_same_lies_behind_and_of_same_lower_in_front() -> None:
    """6 with kernel 3 and stride 2: three windows from 0, 2 and 4 end at 7: one zero."""
    assert (same_pads((6, 3, 2, 1)), same_pads((6, 3, 2, 1), lower=True)) == ((0, 1), (1, 0))


def test_jax_s_words_of_a_transposed_axis() -> None:
    """4 with kernel 3 and stride 2: full 9; SAME crops one of 9 to 8, behind; VALID keeps all."""
    assert jax_word_axis((4, 3, 2, 1), "SAME") == Axis(4, 3, 2, 1, 0, 8)
    assert jax_word_axis((4, 3, 2, 1), "VALID") == Axis(4, 3, 2, 1, 0, 9)
    assert jax_word_axis((4, 1, 3, 1), "VALID") == Axis(4, 1, 3, 1, 0, 12)


def test_keras_lengths_by_hand() -> None:
    """4 with kernel 3 and stride 2: 8 and 9; with output_padding 1 SAME is 6 + 1 + 1 and VALID 6 + 3 + 1."""
    assert [keras_length((4, 3, 2, 1), None, same=same) for same in (True, False)] == [8, 9]
    assert [keras_length((4, 3, 2, 1), 1, same=same) for same in (True, False)] == [8, 10]
    assert keras_length((4, 1, 3, 1), None, same=False) == 12


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: torch_transposed_axis((4, 3, 2, 1), -1, 0), "padding is -1; it must be at least 0"),
        (lambda: torch_transposed_axis((4, 3, 2, 1), 0, 2), "output_padding is 2; it must be at least 0 and less than"),
        (lambda: torch_transposed_axis((1, 1, 1, 1), 1, 0), "padding 1 leaves a result of length -1"),
        (lambda: convolved_axis((2, 4, 1, 1), (0, 1)), "the dilated kernel has 4 elements, and the value with"),
        (lambda: jax_padded_axis((2, 1, 2, 1), (-2, -2)), "pads (-2, -2) crop more than the 3 elements"),
        (lambda: keras_length((4, 3, 2, 1), 2, same=True), "output_padding is 2; it must be less than the stride, 2"),
    ],
)  # fmt: skip
def test_numbers_that_mean_no_axis_are_an_error_with_what_is_accepted(call: object, message: str) -> None:
    assert callable(call)
    with pytest.raises(NoAxis) as error:
        call()
    assert message in str(error.value)

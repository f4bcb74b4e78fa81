"""Formulas against simulated frameworks whose conventions are known."""

from collections.abc import Callable

import pytest

from conformance.adapters.dialect import AxisWords, Dialect, Phrasing
from conformance.adapters.protocol import Adapter
from conformance.adapters.reference import Reference
from conformance.conventions.asking import Ask, Trouble
from conformance.conventions.validation import validation_fact
from conformance.operators.convolution.conventions.axis_map import predicted_map
from conformance.operators.convolution.conventions.facts import default_length_fact, layout_facts, sweep_facts
from conformance.operators.convolution.conventions.hypotheses import added_elements, measured_sentence, odd_element
from conformance.operators.convolution.conventions.layouts import find_layout
from conformance.operators.convolution.conventions.probe import observe
from conformance.operators.convolution.conventions.spellings import try_spellings
from conformance.operators.convolution.conventions.sweep import Sweep, boundary, sweep
from reference.geometry import Axis
from tests.conventions import simulated

Asked = Callable[[Adapter], Ask]
DIALECT: Dialect = Reference().dialect


def phrasing(name: str) -> Phrasing:
    return next(each for each in DIALECT.phrasings if each.name == name)


def swept(asked: Asked, adapter: Adapter, name: str, limit: int | None = 300) -> Sweep:
    return sweep(asked(adapter), DIALECT, phrasing(name), limit, lambda done: None)


def test_a_map_holds_every_product_of_an_axis() -> None:
    seen = predicted_map(Axis(2, 2, 2, 1, 1, 3), flipped=False)
    assert seen.products == {(0, 1, 0), (1, 0, 1), (1, 1, 2)}
    assert seen.output == 3


def test_a_flipped_map_counts_taps_from_the_other_end() -> None:
    words = AxisWords(2, 3, 2, 1, "VALID", 5)
    seen = predicted_map(words.axis(1, 4), flipped=True)
    assert (seen.crop_before(words), seen.flipped(words)) == (1, True)


def test_a_kernel_of_one_tap_tells_no_orientation() -> None:
    words = AxisWords(3, 1, 2, 1, "VALID", 5)
    seen = predicted_map(words.axis(0, 5), flipped=False)
    assert (seen.crop_before(words), seen.flipped(words)) == (0, None)


def test_one_call_shows_the_maps_of_two_axes(asked: Asked) -> None:
    height, width = AxisWords(4, 3, 2, 1, "SAME", 8), AxisWords(3, 4, 1, 2, "SAME", 3)
    maps = observe(asked(Reference()), DIALECT, phrasing("SAME"), height, width)
    assert not isinstance(maps, Trouble)
    assert maps[0] == predicted_map(height.axis(0, 8), flipped=False)
    assert maps[1] == predicted_map(width.axis(3, 3), flipped=False)


@pytest.mark.parametrize("name", ["SAME", "VALID", "explicit (before, after)"])
def test_a_framework_that_means_what_is_held_agrees_everywhere(asked: Asked, name: str) -> None:
    found = swept(asked, Reference(), name)
    assert (len(found.answered), found.differing, found.unanswered) == (300, [], [])


def test_a_deviation_is_found_with_its_smallest_geometry(asked: Asked) -> None:
    found = swept(asked, simulated.OddBefore(), "SAME", None)
    assert len(found.answered) == 900
    assert found.smallest is not None
    # The smallest odd crop that is seen: one of two taps; of the full length 2, one is kept.
    assert found.smallest.words == AxisWords(1, 2, 1, 1, "SAME", 1)
    assert found.smallest.text == (
        "formula: output length 1, crop_before 0, 1 products; measured: output length 1, crop_before 1, 1 products"
    )


def test_a_deviation_in_a_corner_is_found_too(asked: Asked) -> None:
    found = swept(asked, simulated.StrideFour(), "VALID", None)
    assert found.smallest is not None
    assert found.smallest.words == AxisWords(1, 1, 4, 1, "VALID", 1)
    assert {parting.words.stride for parting in found.differing} == {4}


def test_what_was_measured_is_told_without_the_formula(asked: Asked) -> None:
    assert measured_sentence(swept(asked, simulated.OddBefore(), "SAME").answered, "output") == (
        "output length = as asked; crop_before = (max(full - o, 0) + 1) // 2; kernel as the adjoint has it"
    )
    assert measured_sentence(swept(asked, simulated.Flipped(), "VALID").answered, "output") == (
        "output length = as asked; crop_before = 0; kernel back to front"
    )
    assert measured_sentence(swept(asked, simulated.StrideFour(), "VALID").answered, "output") == (
        "output length = as asked; crop_before fits no formula; kernel as the adjoint has it"
    )
    assert measured_sentence([], "output") == "nothing was answered"


def test_where_the_odd_element_goes_is_counted(asked: Asked) -> None:
    after = odd_element(swept(asked, Reference(), "SAME").answered)
    before = odd_element(swept(asked, simulated.OddBefore(), "SAME").answered)
    assert after.after == after.cases > 0
    assert before.before == before.cases > 0
    assert before.sentence("cropped") == f"the odd element is cropped before in {before.cases} of {before.cases}"


def test_a_fact_carries_both_sides_and_its_smallest_geometry(asked: Asked) -> None:
    meaning, odd = sweep_facts("mine", swept(asked, simulated.OddBefore(), "SAME", None))
    assert (meaning.topic, meaning.agrees, meaning.checked) == ("SAME", False, 900)
    assert meaning.smallest.startswith("input 1, kernel 2, stride 1, dilation 1, padding SAME, output 1: formula:")
    assert (odd.topic, odd.agrees) == ("odd element of SAME", False)


def test_a_flipped_kernel_is_seen_in_the_layout_probe(asked: Asked) -> None:
    (layout,) = DIALECT.layouts
    assert find_layout(asked(Reference()), DIALECT, layout).flipped == (False,)
    found = find_layout(asked(simulated.Flipped()), DIALECT, layout)
    assert (found.layouts, found.flipped) == (("HWOI",), (True,))


def test_the_limits_of_what_may_be_asked_are_measured(asked: Asked) -> None:
    found = boundary(asked(Reference()), DIALECT, phrasing("VALID"), 400, lambda done: None)
    assert (len(found.answered) + len(found.unanswered), found.differing) == (400, [])
    assert found.answered
    assert found.unanswered


@pytest.mark.parametrize(
    ("wrong", "measured"),
    [
        (simulated.Zeros, "crop_before not seen, nothing reaches the results; orientation not settled"),
        (simulated.Noise, "fits no formula in 60 of 60: outputs that no single weight explains"),
        (simulated.NotANumber, "fits no formula in 60 of 60: outputs that no single weight explains"),
        (simulated.ShiftedWidth, "crop_before fits no formula"),
        (simulated.DilationIgnored, "; kernel as the adjoint has it; dilation ignored"),
    ],
)
def test_what_a_wrong_framework_shows_is_no_formula(asked: Asked, wrong: type[Reference], measured: str) -> None:
    meaning, *_ = sweep_facts("mine", swept(asked, wrong(), "SAME", 60))
    assert meaning.agrees is False
    assert measured in meaning.measured
    assert meaning.smallest
    assert meaning.checked == 60


@pytest.mark.parametrize("geometries", [1, 2, 3])
def test_a_shift_in_width_alone_is_seen_in_few_geometries_too(asked: Asked, geometries: int) -> None:
    found = swept(asked, simulated.ShiftedWidth(), "VALID", geometries)
    assert found.differing


@pytest.mark.parametrize("wrong", [simulated.Zeros, simulated.Noise, simulated.NotANumber, simulated.ShiftedWidth])
def test_a_spelling_is_understood_where_it_means_what_the_definition_means(
    asked: Asked, wrong: type[Reference]
) -> None:
    assert not any(each.understood for each in try_spellings(asked(wrong()), DIALECT))
    assert any(each.understood for each in try_spellings(asked(Reference()), DIALECT))


@pytest.mark.parametrize("wrong", [simulated.Zeros, simulated.Noise, simulated.NotANumber])
def test_answers_that_show_no_order_of_axes_are_counted(asked: Asked, wrong: type[Reference]) -> None:
    (layout,) = DIALECT.layouts
    order, orientation = layout_facts("mine", layout, find_layout(asked(wrong()), DIALECT, layout))
    assert (order.agrees, orientation.agrees, order.differing) == (False, False, 1)
    assert order.measured == "no order of axes was understood; 1 of the answers fit no order of axes"


def test_a_length_other_than_the_one_asked_for_is_beyond_the_limits(asked: Asked) -> None:
    found = boundary(asked(simulated.OwnLength()), DIALECT, phrasing("VALID"), 60, lambda done: None)
    assert found.differing
    assert "formula: legal, output length" in found.differing[0].text


def test_what_no_geometry_shows_is_not_asked(asked: Asked) -> None:
    found = swept(asked, Reference(), "SAME", 2)
    odd = sweep_facts("mine", found)
    assert [fact.agrees for fact in odd] == [True, None]
    assert added_elements([]) == "no geometry with an output_padding was answered"
    assert validation_fact("mine", []).agrees is None
    assert default_length_fact("mine", [], []).measured == "nothing was asked"


def shown(
    crop: Callable[[AxisWords, int], int], length: Callable[[AxisWords], int], asks: str, *words: AxisWords
) -> str:
    """The sentence for a framework with these formulas."""
    lengths = [length(each) for each in words]
    maps = [predicted_map(each.axis(crop(each, output), output), flipped=False)
            for each, output in zip(words, lengths, strict=True)]  # fmt: skip
    return measured_sentence(list(zip(words, maps, strict=True)), asks).rpartition(";")[0]


def test_lengths_and_crops_that_frameworks_have_are_named() -> None:
    longer, shorter = AxisWords(3, 1, 2, 1, "SAME"), AxisWords(4, 4, 1, 1, "SAME")
    shorter_of_two = shown(
        lambda words, output: (words.full - output) // 2,
        lambda words: min(words.stride * words.length, words.full), "output", longer, shorter,
    )  # fmt: skip
    assert shorter_of_two == "output length = min(s i, full); crop_before = max(full - o, 0) // 2"
    below_zero = shown(
        lambda words, output: (words.full - output) // 2, lambda words: words.stride * words.length, "output",
        longer, shorter,
    )  # fmt: skip
    assert below_zero == "output length = s i; crop_before = floor((full - o) / 2)"


def test_a_padding_is_named_as_one_number_where_it_is_that_of_both_sides() -> None:
    def length(words: AxisWords) -> int:
        return words.full - words.before - words.after + (words.asked or 0)

    def crop(words: AxisWords, output: int) -> int:
        return words.before

    alike = (AxisWords(4, 3, 3, 1, (2, 2), 0), AxisWords(4, 3, 3, 1, (2, 2), 2))
    assert shown(crop, length, "output_padding", *alike) == (
        "output length = full - 2 padding + output_padding; crop_before = padding"
    )
    assert shown(crop, length, "output_padding", *alike, AxisWords(4, 3, 2, 1, (1, 0), 1)) == (
        "output length = full - before - after + output_padding; crop_before = before"
    )

"""Pictures beside the reference's: deliberately wrong frameworks, none of which gets a yes for another picture."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
import pytest

from conformance.adapters.dialect import AxisWords
from conformance.adapters.protocol import Adapter, SpeaksNominally
from conformance.adapters.reference import Reference
from conformance.adapters.reply import Answer
from conformance.conventions.asking import Ask
from conformance.journal import Convention, Picture
from conformance.operators.convolution.conventions.calls import CallWords
from conformance.operators.convolution.conventions.nominal import measure_nominal, measure_nominal_calls
from conformance.operators.convolution.conventions.pictures import Canvas, picture
from conformance.operators.convolution.subject import ConvolutionSubject
from conformance.operators.nominal import Nominal
from conformance.report.convention_table import ConventionRow, convention_table
from reference.family import OPERATORS
from tests.conventions import simulated

Asked = Callable[[Adapter], Ask]

WRONG = (
    simulated.OddBefore, simulated.Flipped, simulated.StrideFour, simulated.ShiftedHeight, simulated.ShiftedWidth,
    simulated.ShiftedBoth, simulated.DilationIgnored, simulated.StrideIgnored, simulated.FilterExchanged,
    simulated.ValueExchanged, simulated.Zeros, simulated.Noise, simulated.Counting, simulated.NotANumber,
)  # fmt: skip


def measured(asked: Asked, framework: Any) -> list[Convention]:
    assert isinstance(framework, SpeaksNominally)
    return list(measure_nominal("mine", framework, asked(framework)))  # type: ignore[arg-type]


def rows(conventions: Iterable[Convention]) -> tuple[ConventionRow, ...]:
    return convention_table(list(conventions), ["mine"]).rows


def answers(asked: Asked, framework: Any, entry: Convention) -> Iterator[np.ndarray[Any, Any]]:
    """Its answers to the mixed operands of an entry's call, of each length that was answered."""
    words = AxisWords(entry.length, entry.kernel, entry.stride, entry.dilation, entry.word)
    for output in entry.outputs:
        nominal = Nominal(entry.word, entry.length, entry.kernel, entry.stride, entry.dilation)
        reply = asked(framework)(framework.plan_nominal(nominal, output), Canvas(words).mixed())
        assert isinstance(reply, Answer)
        yield reply.array


@pytest.mark.parametrize("wrong", [*WRONG, Reference], ids=lambda each: each.__name__)
def test_a_row_is_yes_exactly_where_the_answers_are_the_reference_s(asked: Asked, wrong: type[Any]) -> None:
    marked, entries = 0, measured(asked, wrong())
    for entry, row in zip(sorted_as_rows(entries), rows(entries), strict=True):
        pairs = zip(answers(asked, wrong(), entry), answers(asked, Reference(), entry), strict=True)
        same = all(np.array_equal(ours, theirs) for ours, theirs in pairs)
        expected = "yes" if same and entry.outputs else "not answered" if not entry.outputs else "another"
        assert (row.agreement if row.agreement in ("yes", "not answered") else "another") == expected
        marked += expected == "another"
    assert bool(marked) == (wrong is not Reference)


def sorted_as_rows(conventions: list[Convention]) -> list[Convention]:
    words = list(dict.fromkeys(each.word for each in conventions))
    return sorted(
        conventions, key=lambda each: (words.index(each.word), each.kernel, each.stride, each.dilation, each.length)
    )


@pytest.mark.parametrize(
    ("wrong", "picture"),
    [
        (Reference, Picture((0, 0))),
        (simulated.ShiftedHeight, Picture((-1, 0))),
        (simulated.ShiftedWidth, Picture((0, -1))),
        (simulated.ShiftedBoth, Picture((-1, -1))),
        (simulated.Flipped, Picture((0, 0), ("kernel back to front",), flipped=True)),
        (simulated.FilterExchanged, Picture((0, 0), ("height and width of the filter exchanged",))),
        (simulated.ValueExchanged, Picture((0, 0), ("height and width of the value exchanged",))),
        (simulated.StrideIgnored, Picture((0, 0), ("stride ignored",))),
        (simulated.Zeros, Picture(None, ("fits no formula: nothing but zeros",))),
        (simulated.NotANumber, Picture(None, ("fits no formula: it holds infinities or NaN",))),
        (simulated.Noise, Picture(None, ("fits no formula",))),
        (simulated.Counting, Picture(None, ("fits no formula",))),
    ],
    ids=lambda each: getattr(each, "__name__", ""),
)
def test_a_picture_is_told_by_its_formula_or_that_none_fits(asked: Asked, wrong: type[Any], picture: Picture) -> None:
    entry = next(each for each in measured(asked, wrong()) if (each.word, each.kernel, each.stride) == ("VALID", 3, 2))
    assert set(entry.pictures) == {picture}


def test_a_dilation_that_is_ignored_is_named_under_every_word(asked: Asked) -> None:
    entries = [each for each in measured(asked, simulated.DilationIgnored()) if each.outputs]
    for entry in entries:
        named = any("dilation ignored" in picture.departures for picture in entry.pictures)
        assert named == (entry.dilation > 1), entry
    assert {entry.word for entry in entries if entry.dilation > 1} == {"SAME", "VALID"}


def test_a_shift_is_told_without_anybody_beside_it(asked: Asked) -> None:
    row = next(row for row in rows(measured(asked, simulated.ShiftedWidth())) if (row.kernel, row.stride) == (3, 2))
    assert row.agreement == "shape only"
    assert row.cells[0].text == "≠ 7\N{EN DASH}8 (caller chooses), offset 0 on height and -1 on width"


@pytest.mark.parametrize("wrong", [simulated.Zeros, simulated.Noise, simulated.NotANumber])
def test_what_fits_no_formula_is_a_no(asked: Asked, wrong: type[Any]) -> None:
    answered = [row for row in rows(measured(asked, wrong())) if row.cells[0].answered]
    assert {row.agreement for row in answered} == {"no"}
    assert all("fits no formula" in row.cells[0].text for row in answered)


def test_lengths_that_the_definition_refuses_are_not_passed_over(asked: Asked) -> None:
    rows_ = rows(measured(asked, simulated.AcceptsAnyLength()))
    row = next(row for row in rows_ if (row.word, row.kernel, row.stride) == ("SAME", 3, 2))
    assert row.agreement == "no"
    assert row.cells[0].text.startswith(
        "≠ 1\N{EN DASH}11 (caller chooses), 1\N{EN DASH}6, 9\N{EN DASH}11 not of the def"
    )
    assert "not of the definition's 7\N{EN DASH}8" in row.cells[0].full


def test_a_second_question_without_an_answer_is_no_picture_that_fits_nothing() -> None:
    canvas = Canvas(AxisWords(4, 3, 2, 1, "SAME"))
    another = np.ones((1, 8, 8, 1), np.float32)
    assert picture(canvas, another, lambda: None) == Picture(
        None, ("another picture, and the question that would explain it was not answered",)
    )
    assert picture(canvas, another, lambda: another).departures == ("fits no formula",)


def test_a_length_that_was_not_asked_for_is_told(asked: Asked) -> None:
    entry = next(each for each in measured(asked, simulated.OwnLength()) if (each.word, each.kernel) == ("SAME", 3))
    assert "length 5 where 4 was asked for" in entry.pictures[0].departures


@pytest.mark.parametrize(
    ("framework", "agreements"),
    [
        (simulated.AskedCalls, {"yes"}),
        (simulated.AskedShifted, {"shape only"}),
        (simulated.AskedZeros, {"no"}),
        (simulated.AskedNoise, {"no"}),
    ],
)
def test_an_adapter_without_words_is_measured_by_calls(
    asked: Asked, framework: type[Any], agreements: set[str]
) -> None:
    entries = list(measure_nominal_calls("mine", CallWords(), asked(framework())))
    assert {row.agreement for row in rows(entries) if row.word != "default"} == agreements
    assert {entry.message for entry in entries if entry.word == "default"} == {
        "not asked: a call of the suite always names its padding"
    }


def test_channels_first_calls_show_the_same_pictures(asked: Asked) -> None:
    words = CallWords(ConvolutionSubject(OPERATORS["conv2d_transpose"], "float64", "NCHW"))
    entries = list(measure_nominal_calls("mine", words, asked(simulated.AskedCalls())))
    assert {row.agreement for row in rows(entries) if row.word != "default"} == {"yes"}

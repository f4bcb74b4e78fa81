"""The tables of conventions: pictures beside the reference's, topics, marks."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from conformance.journal import Convention, ConventionFact, LaneEntry, Picture
from conformance.report.convention_facts import fact_topics, lane_figures
from conformance.report.convention_report import convention_markdown, convention_report
from conformance.report.convention_table import ConventionRow, convention_table


def nominal(
    lane: str, outputs: Sequence[int], offset: tuple[int, int] | None = (0, 0), *departures: str,
    word: str = "SAME", variant: str = "", defined: tuple[int, ...] = (7, 8), chosen: bool = False,
) -> Convention:  # fmt: skip
    pictures = tuple(Picture(offset, departures) for _ in outputs)
    return Convention(
        lane, word, 4, 3, 2, 1, tuple(outputs), chosen, "", (), variant, pictures=pictures, defined=defined
    )  # fmt: skip


def fact(topic: str, *, smallest: str = "", **changes: Any) -> ConventionFact:
    plain = ConventionFact("torch", topic, "words", "measured", "formula", True, 7, differing=2 if smallest else 0,
                           smallest=smallest)  # fmt: skip
    return replace(plain, **changes)


TENSORFLOW = nominal("tensorflow", (7, 8), chosen=True)


def only_row(*entries: Convention) -> ConventionRow:
    (row,) = convention_table(entries, dict.fromkeys(entry.lane for entry in entries)).rows
    return row


def test_the_reference_s_picture_has_offset_0() -> None:
    row = only_row(TENSORFLOW, nominal("jax", (8,)))
    assert [cell.text for cell in row.cells] == ["7\N{EN DASH}8 (caller chooses)", "8, offset 0"]
    assert row.agreement == "yes"


@pytest.mark.parametrize(
    ("offset", "text"),
    [
        ((-1, -1), "≠ 8, offset -1"),
        ((0, 1), "≠ 8, offset 0 on height and +1 on width"),
        ((2, 0), "≠ 8, offset +2 on height and 0 on width"),
    ],
)
def test_pixels_apart_are_another_picture_whoever_else_was_asked(offset: tuple[int, int], text: str) -> None:
    alone, beside = only_row(nominal("torch", (8,), offset)), only_row(TENSORFLOW, nominal("torch", (8,), offset))
    assert (alone.cells[0].text, alone.agreement) == (beside.cells[1].text, beside.agreement) == (text, "shape only")


def test_a_kernel_back_to_front_is_another_picture() -> None:
    row = only_row(nominal("jax", (8,), (0, 0), "kernel back to front"))
    assert (row.cells[0].text, row.agreement) == ("≠ 8, offset 0, kernel back to front", "shape only")


def test_a_picture_that_fits_no_formula_is_a_no() -> None:
    row = only_row(nominal("mine", (8,), None, "fits no formula"))
    assert (row.cells[0].text, row.agreement) == ("≠ 8, fits no formula", "no")


def test_a_length_that_the_definition_does_not_have_says_so() -> None:
    row = only_row(nominal("torch", (9,)))
    assert (row.cells[0].text, row.agreement) == ("≠ 9, no length of the definition's", "no")


def test_lengths_that_are_chosen_beyond_the_definition_s_say_so() -> None:
    row = only_row(nominal("mine", (7, 8, 9), chosen=True))
    assert row.cells[0].text == "≠ 7\N{EN DASH}9 (caller chooses), 9 not of the definition's 7\N{EN DASH}8"
    assert row.agreement == "shape only"


def test_folklore_has_a_column_and_no_vote() -> None:
    folk = nominal("torch", (8,), (-1, -1), variant="padding=(k-1)//2")
    table = convention_table([TENSORFLOW, folk], ["tensorflow", "torch"])
    assert table.lanes == ("tensorflow", "torch: padding=(k-1)//2")
    assert (table.rows[0].cells[1].text, table.rows[0].agreement) == ("≠ 8, offset -1", "yes")


def test_rows_that_nobody_answered_are_no_agreement() -> None:
    silent = Convention("tensorflow", "default", 4, 3, 2, 1, (), False, "defaults to SAME", ())
    table = convention_table([silent], ["tensorflow"])
    assert table.rows[0].agreement == "not answered"
    assert "not answered: no lane has such words, or all refused: 1 row." in table.legend


def test_a_journal_without_pictures_is_no_agreement() -> None:
    table = convention_table([Convention("jax", "SAME", 4, 3, 2, 1, (8,), False, "", ())], ["jax"])
    assert (table.rows[0].cells[0].text, table.rows[0].agreement) == ("8", "not compared")
    assert "not compared: a journal of an earlier version, which measured lengths alone: 1 row." in table.legend


def test_the_legend_counts_its_rows() -> None:
    entries = [
        TENSORFLOW,
        nominal("torch", (8,), (-1, -1)),
        nominal("mine", (8,), None, "fits no formula", word="VALID"),
    ]
    legend = convention_table(entries, ["tensorflow", "torch", "mine"]).legend
    assert any(sentence.endswith("fits no formula: 1 of 2 rows.") for sentence in legend)
    assert any(sentence.startswith("shape only: ") and sentence.endswith(": 1 row.") for sentence in legend)
    assert "for conv2d_transpose where no other operator is named" in legend[0]


def test_topics_come_in_the_order_of_a_reader_s_questions() -> None:
    topics = fact_topics([fact("dtypes"), fact("mine"), fact("filter layout")], ["torch"])
    assert [topic.title for topic in topics] == [
        "Which axis of the filter is height, width, out, in", "Dtypes", "mine"
    ]  # fmt: skip


def test_a_row_says_whether_they_agree_and_over_how_much() -> None:
    facts = [fact("SAME", smallest="input 1"), fact("VALID"), fact("padding", agrees=None, measured="")]
    facts += [fact("dtypes", agrees=None), fact("mine", agrees=None, checked=0, unanswered=4)]
    facts[0] = ConventionFact("torch", "SAME", "words", "m", "f", False, 7, differing=2, unanswered=1, smallest="s")
    rows = [topic.rows[0] for topic in fact_topics(facts, ["torch"])]
    assert [(row.mark, row.over) for row in rows] == [
        ("differs", "7 geometries, 2 differ, 1 more not answered"),
        ("agrees", "7 geometries"),
        ("no words", "-"),
        ("not asked", "-"),
        ("not answered", "0 geometries, 4 not answered"),
    ]
    figures = lane_figures(facts, "torch")
    assert (figures.geometries, figures.differing, figures.agreeing, figures.stated) == (14, 2, 1, 2)


def test_the_page_names_its_command_and_what_did_not_start() -> None:
    lanes = [LaneEntry("torch", "ready", "torch", "2.0"), LaneEntry("jax", "failed", "jax", "", message="no licence")]
    text = convention_markdown(convention_report("conformance conventions", lanes, [fact("SAME"), TENSORFLOW]))
    assert text.startswith("# Conventions, as measured\n\nWritten by `conformance conventions`.")
    assert "**jax is failed: no licence**" in text
    assert "| `torch` | torch 2.0 | 7 | 0 | 1 of 1 |" in text
    assert "### What SAME means" in text

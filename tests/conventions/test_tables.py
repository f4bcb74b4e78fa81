"""The tables of conventions: offsets against TensorFlow, topics, marks."""

from collections.abc import Sequence

from conformance.report.convention_facts import fact_topics, lane_figures
from conformance.report.convention_report import convention_markdown, convention_report
from conformance.report.convention_table import ConventionRow, convention_table
from conformance.running.journal import Convention, ConventionFact, LaneEntry


def nominal(
    lane: str, outputs: Sequence[int], crops: Sequence[int], word: str = "SAME", variant: str = "", *,
    flipped: bool = False,
) -> Convention:  # fmt: skip
    return Convention(
        lane, word, 4, 3, 2, 1, tuple(outputs), len(outputs) > 1, "", (), variant, tuple(crops), flipped
    )  # fmt: skip


def fact(topic: str, *, agrees: bool | None = True, lane: str = "torch", smallest: str = "") -> ConventionFact:
    return ConventionFact(lane, topic, "words", "measured", "formula", agrees, 7, differing=2 if smallest else 0,
                          smallest=smallest)  # fmt: skip


TENSORFLOW = nominal("tensorflow", (7, 8), (1, 0))


def only_row(*entries: Convention) -> ConventionRow:
    (row,) = convention_table(entries, dict.fromkeys(entry.lane for entry in entries)).rows
    return row


def test_the_same_picture_has_offset_0() -> None:
    row = only_row(TENSORFLOW, nominal("jax", (8,), (0,)))
    assert (row.cells[1].text, row.agreement) == ("8, offset 0", "yes")


def test_one_pixel_more_cropped_before_is_one_pixel_earlier() -> None:
    row = only_row(TENSORFLOW, nominal("torch", (8,), (1,)))
    assert (row.cells[1].text, row.agreement) == ("≠ 8, offset -1", "shape only")


def test_a_kernel_back_to_front_is_another_picture() -> None:
    row = only_row(TENSORFLOW, nominal("jax", (8,), (0,), flipped=True))
    assert (row.cells[1].text, row.agreement) == ("≠ 8, offset 0, kernel back to front", "shape only")


def test_a_length_that_tensorflow_does_not_have_says_so() -> None:
    row = only_row(TENSORFLOW, nominal("torch", (9,), (0,)))
    assert (row.cells[1].text, row.agreement) == ("≠ 9, no length of TensorFlow's", "no")


def test_folklore_has_a_column_and_no_vote() -> None:
    folk = nominal("torch", (8,), (1,), variant="padding=(k-1)//2")
    table = convention_table([TENSORFLOW, folk], ["tensorflow", "torch"])
    assert table.lanes == ("tensorflow", "torch: padding=(k-1)//2")
    assert (table.rows[0].cells[1].text, table.rows[0].agreement) == ("≠ 8, offset -1", "yes")


def test_a_default_is_held_against_tensorflow_s_same() -> None:
    silent = Convention("tensorflow", "default", 4, 3, 2, 1, (), False, "defaults to SAME", ())
    torch = nominal("torch", (9,), (0,), "default")
    row = convention_table([TENSORFLOW, silent, torch], ["tensorflow", "torch"]).rows[1]
    assert (row.cells[1].text, row.agreement) == ("≠ 9, no length of TensorFlow's", "no")


def test_topics_come_in_the_order_of_a_reader_s_questions() -> None:
    topics = fact_topics([fact("dtypes"), fact("mine"), fact("filter layout")], ["torch"])
    assert [topic.title for topic in topics] == [
        "Which axis of the filter is height, width, out, in", "Dtypes", "mine"
    ]  # fmt: skip


def test_a_row_says_whether_they_agree_and_over_how_much() -> None:
    facts = [fact("SAME", smallest="input 1"), fact("VALID"), fact("padding", agrees=None)]
    facts[0] = ConventionFact("torch", "SAME", "words", "m", "f", False, 7, differing=2, unanswered=1, smallest="s")
    rows = [topic.rows[0] for topic in fact_topics(facts, ["torch"])]
    assert [(row.mark, row.over) for row in rows] == [
        ("differs", "7 geometries, 2 differ, 1 more not answered"),
        ("agrees", "7 geometries"),
        ("no words", "-"),
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

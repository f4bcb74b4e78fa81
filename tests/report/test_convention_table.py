"""The table of output-shape conventions."""

from conformance.journal import Convention
from conformance.report.convention_table import LONGEST_CELL, convention_table


def entry(
    lane: str, outputs: tuple[int, ...], *, kernel: int = 3, chosen: bool = False, message: str = ""
) -> Convention:
    return Convention(lane, "SAME", 4, kernel, 2, 1, outputs, chosen, message, ())


def cells(*conventions: Convention) -> list[str]:
    table = convention_table(conventions, [convention.lane for convention in conventions])
    return [cell.text for cell in table.rows[0].cells]


def test_one_length_is_shown_as_it_is() -> None:
    assert cells(entry("jax", (8,))) == ["8"]


def test_lengths_that_the_caller_chooses_are_a_range_and_say_so() -> None:
    assert cells(entry("tensorflow", (8, 7), chosen=True)) == ["7\N{EN DASH}8 (caller chooses)"]


def test_lengths_that_are_no_neighbours_are_no_range() -> None:
    assert cells(entry("odd", (7, 9, 10))) == ["7, 9\N{EN DASH}10"]


def test_a_lane_without_an_answer_shows_its_message_and_keeps_the_whole_of_it() -> None:
    message = "refused: " + "x" * 200
    table = convention_table([entry("torch", (), message=message)], ["torch"])
    cell = table.rows[0].cells[0]
    assert len(cell.text) == LONGEST_CELL
    assert cell.text.startswith("refused: xxx")
    assert cell.full == message
    assert not cell.answered


def test_a_lane_that_was_not_asked_says_so() -> None:
    conventions = [entry("jax", (8,)), entry("jax", (9,), kernel=4), entry("torch", (9,), kernel=4)]
    table = convention_table(conventions, ["jax", "torch"])
    assert [[cell.text for cell in row.cells] for row in table.rows] == [["8", "not asked"], ["9", "9"]]


def test_lanes_disagree_when_no_length_suits_all_that_answered() -> None:
    chosen = entry("tensorflow", (7, 8), chosen=True)
    silent = entry("torch", (), message="cannot say")
    rows = [
        convention_table([chosen, entry("jax", (length,)), silent], ["tensorflow", "jax", "torch"]).rows[0]
        for length in (8, 9)
    ]
    assert [row.disagree for row in rows] == [False, True]


def test_rows_where_nobody_answers_are_no_disagreement() -> None:
    table = convention_table([entry("torch", (), message="refused"), entry("jax", ())], ["torch", "jax"])
    assert [row.disagree for row in table.rows] == [False]
    assert table.rows[0].cells[1].text == "no answer"


def test_columns_keep_the_given_order_and_leave_out_lanes_that_measured_nothing() -> None:
    conventions = [entry("jax", (8,)), entry("torch", (8,))]
    assert convention_table(conventions, ["torch", "reference", "jax"]).lanes == ("torch", "jax")

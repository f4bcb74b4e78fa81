"""The table of output-shape conventions: the same words, and the output lengths that each framework made of them.

Knows: the convention entries of a journal. Must not know: formulas (what is shown was measured), formats.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from conformance.report import wording
from conformance.running.journal import Convention

LONGEST_CELL = 60


@dataclass(frozen=True, slots=True)
class ConventionCell:
    """What one lane made of the words. `full` is the whole message where `text` had to be cut."""

    text: str
    full: str
    answered: bool


@dataclass(frozen=True, slots=True)
class ConventionRow:
    """One geometry, with a cell per lane of the table."""

    word: str
    kernel: int
    stride: int
    dilation: int
    length: int
    cells: tuple[ConventionCell, ...]
    disagree: bool
    """no output length is given or accepted by all the lanes that answered"""


@dataclass(frozen=True, slots=True)
class ConventionTable:
    """Empty of rows when the run measured no conventions."""

    lanes: tuple[str, ...]
    rows: tuple[ConventionRow, ...]

    @property
    def disagreements(self) -> int:
        """Rows where frameworks disagree."""
        return sum(row.disagree for row in self.rows)


def convention_table(conventions: Sequence[Convention], lanes: Iterable[str]) -> ConventionTable:
    """Rows by word, in the order in which the words were first asked, then by geometry; lanes in the given order."""
    asked = {convention.lane for convention in conventions}
    columns = tuple(lane for lane in lanes if lane in asked)
    words = list(dict.fromkeys(convention.word for convention in conventions))
    rows: dict[tuple[int, ...], dict[str, Convention]] = {}
    for entry in conventions:
        key = (words.index(entry.word), entry.kernel, entry.stride, entry.dilation, entry.length)
        rows.setdefault(key, {})[entry.lane] = entry
    return ConventionTable(columns, tuple(_row(rows[key], columns) for key in sorted(rows)))


def _row(entries: dict[str, Convention], lanes: tuple[str, ...]) -> ConventionRow:
    first = next(iter(entries.values()))
    cells = tuple(_cell(entries.get(lane)) for lane in lanes)
    answers = [set(entry.outputs) for entry in entries.values() if entry.outputs]
    disagree = bool(answers) and not set.intersection(*answers)
    return ConventionRow(first.word, first.kernel, first.stride, first.dilation, first.length, cells, disagree)


def _cell(entry: Convention | None) -> ConventionCell:
    if entry is None:
        return ConventionCell("not asked", "", answered=False)
    if not entry.outputs:
        message = wording.one_line(entry.message) or "no answer"
        text = wording.clipped(message, LONGEST_CELL)
        return ConventionCell(text, message if text != message else "", answered=False)
    lengths = _lengths(sorted(set(entry.outputs)))
    return ConventionCell(f"{lengths} (caller chooses)" if entry.chosen else lengths, "", answered=True)


def _lengths(outputs: Sequence[int]) -> str:
    """Neighbouring lengths as a range."""
    runs: list[list[int]] = []
    for output in outputs:
        if runs and output == runs[-1][-1] + 1:
            runs[-1].append(output)
        else:
            runs.append([output])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}\N{EN DASH}{run[-1]}" for run in runs)

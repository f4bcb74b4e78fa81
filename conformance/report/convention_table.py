"""The table of output-shape conventions: the same words, and what each framework made of them.

Knows: the convention entries of a journal. Must not know: formulas (each entry holds how its pictures compare with the
reference's), formats.

An offset is in pixels, against the reference's picture of the same length: what it has at p stands at p + offset.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from conformance.journal import Convention, ConventionFact
from conformance.report import wording
from conformance.report.convention_facts import FactTopic, fact_topics

# A column is as wide as its longest cell: a whole message would push the others off the page.
LONGEST_CELL = 60
AXES = ("depth", "height", "width")
"""spatial ones, of which the last are there"""

Agreement: TypeAlias = Literal["yes", "shape only", "no", "not compared", "not answered"]
_Key: TypeAlias = tuple[str, str]
"""lane and variant: one column"""


_SELDOM: Mapping[Agreement, str] = {
    "not answered": "no lane has such words, or all refused",
    "not compared": "a journal of an earlier version, which measured lengths alone",
}


@dataclass(frozen=True, slots=True)
class ConventionCell:
    """What one lane made of the words. `full` is the whole message where `text` had to be cut."""

    text: str
    full: str
    answered: bool
    moved: bool = False
    """not the reference's picture: pixels apart, another kernel, or a length that the definition does not have"""
    fits: bool = True
    """some formula predicts the picture"""
    compared: bool = True
    """the picture was compared with the reference's"""


@dataclass(frozen=True, slots=True)
class ConventionRow:
    """One geometry, with a cell per column of the table."""

    word: str
    """with the operator, where it is another than conv2d_transpose"""
    kernel: int
    stride: int
    dilation: int
    length: int
    cells: tuple[ConventionCell, ...]
    disagree: bool
    """no output length of the definition's is given or accepted by all the lanes that answered"""
    plain: tuple[ConventionCell, ...] = ()
    """the cells of lanes' own plain ways; folklore and defaults do not count for the agreement"""

    @property
    def agreement(self) -> Agreement:
        """Whether the lanes that answered give the definition's shape, and the reference's picture."""
        answers = [cell for cell in self.plain if cell.answered]
        if self.disagree or not all(cell.fits for cell in answers):
            return "no"
        if any(cell.moved for cell in answers):
            return "shape only"
        if not all(cell.compared for cell in answers):
            return "not compared"
        return "yes" if answers else "not answered"


@dataclass(frozen=True, slots=True)
class ConventionTable:
    """Empty of rows when the run measured no conventions."""

    lanes: tuple[str, ...]
    """the columns: lanes, and their other ways to say the words"""
    rows: tuple[ConventionRow, ...]
    topics: tuple[FactTopic, ...] = ()

    def rows_that(self, agreement: Agreement) -> int:
        """How many rows are marked so."""
        return sum(row.agreement == agreement for row in self.rows)

    @property
    def legend(self) -> tuple[str, ...]:
        """What the marks and the cells say, a sentence each."""
        total = len(self.rows)
        return (
            "The same words handed to each framework's own API, for conv2d_transpose where no other operator is named, "
            "and the lengths of results that came back, each with its picture: which input and which weight reached "
            "each element, on every axis. Every picture is compared with the reference's of the same length, whoever "
            "else was asked; where no padding is named, with that of TensorFlow's default, SAME.",
            f"no: no length of the definition's suits all the lanes that answered, or a picture fits no formula: "
            f"{self.rows_that('no'):,} of {total:,} rows.",
            f"shape only: the lengths agree, and a picture fits another formula than the reference's: "
            f"{wording.count(self.rows_that('shape only'), 'row')}.",
            *(
                f"{mark}: {meaning}: {wording.count(self.rows_that(mark), 'row')}."
                for mark, meaning in _SELDOM.items()
                if self.rows_that(mark)
            ),
            "Columns with a colon are other ways to say the words, which do not count; nor do lanes that refused or "
            "have no such words. What the reference has at pixel p stands at p + offset (of a forward convolution in "
            "pixels of its value); ≠ marks what is not its picture.",
        )


def convention_table(
    conventions: Sequence[Convention], lanes: Iterable[str], facts: Sequence[ConventionFact] = ()
) -> ConventionTable:
    """Rows by word, in the order in which the words were first asked, then by geometry; lanes in the given order."""
    order = list(lanes)
    asked = dict.fromkeys((convention.lane, convention.variant) for convention in conventions)
    columns = tuple(key for lane in order for key in asked if key[0] == lane)
    words = list(dict.fromkeys(map(_named, conventions)))
    rows: dict[tuple[int, ...], dict[_Key, Convention]] = {}
    for entry in conventions:
        place = (words.index(_named(entry)), entry.kernel, entry.stride, entry.dilation, entry.length)
        rows.setdefault(place, {})[entry.lane, entry.variant] = entry
    table = tuple(_row(rows[key], columns) for key in sorted(rows))
    names = tuple(f"{lane}: {variant}" if variant else lane for lane, variant in columns)
    return ConventionTable(names, table, fact_topics(facts, order))


def _named(entry: Convention) -> str:
    return wording.of_operator(entry.word, entry.operator)


def _row(entries: dict[_Key, Convention], columns: tuple[_Key, ...]) -> ConventionRow:
    first = next(iter(entries.values()))
    cells = tuple(_cell(entries.get(key)) for key in columns)
    plain = tuple(cell for cell, (_, variant) in zip(cells, columns, strict=True) if not variant)
    answers = [set(entry.outputs) for entry in entries.values() if entry.outputs and not entry.variant]
    defined = [set(entry.defined) for entry in entries.values() if entry.defined]
    disagree = bool(answers) and not set.intersection(*answers, *defined)
    return ConventionRow(
        _named(first), first.kernel, first.stride, first.dilation, first.length, cells, disagree, plain
    )


def _cell(entry: Convention | None) -> ConventionCell:
    if entry is None:
        return ConventionCell("not asked", "", answered=False)
    if not entry.outputs:
        return _clipped(wording.one_line(entry.message) or "no answer", answered=False)
    lengths = _lengths(sorted(set(entry.outputs)))
    parts = [f"{lengths} (caller chooses)" if entry.chosen else lengths]
    strange = sorted(set(entry.outputs) - set(entry.defined)) if entry.defined else []
    if strange and entry.chosen:
        parts.append(f"{_lengths(strange)} not of the definition's {_lengths(entry.defined)}")
    elif strange:
        parts.append("no length of the definition's")
    else:
        parts += _offsets(entry)
    parts += dict.fromkeys(text for picture in entry.pictures for text in picture.departures)
    moved = bool(strange) or not all(picture.same for picture in entry.pictures)
    return _clipped(
        f"{'≠ ' if moved else ''}{', '.join(parts)}",
        answered=True,
        moved=moved,
        fits=all(picture.offset is not None for picture in entry.pictures),
        compared=len(entry.pictures) == len(entry.outputs),
    )


def _clipped(
    message: str, *, answered: bool, moved: bool = False, fits: bool = True, compared: bool = True
) -> ConventionCell:
    text = wording.clipped(message, LONGEST_CELL)
    return ConventionCell(text, message if text != message else "", answered, moved, fits, compared)


def _offsets(entry: Convention) -> list[str]:
    """The distinct offsets; none where the caller chooses and there is none, which is what everybody expects."""
    found = sorted({picture.offset for picture in entry.pictures if picture.offset is not None})
    if not any(map(any, found)) and (entry.chosen or not found):
        return []
    texts = []
    for offset in found:
        shown = [f"{pixels:+d}" if pixels else "0" for pixels in offset]
        by_axis = (f"{pixels} on {axis}" for pixels, axis in zip(shown, AXES[-len(shown) :], strict=True))
        texts.append(shown[0] if len(set(shown)) == 1 else " and ".join(by_axis))
    return [f"offset {', '.join(texts)}"]


def _lengths(outputs: Sequence[int]) -> str:
    """Neighbouring lengths as a range."""
    runs: list[list[int]] = []
    for output in outputs:
        if runs and output == runs[-1][-1] + 1:
            runs[-1].append(output)
        else:
            runs.append([output])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}\N{EN DASH}{run[-1]}" for run in runs)

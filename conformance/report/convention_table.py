"""The table of output-shape conventions: the same words, and what each framework made of them.

Knows: the convention entries of a journal. Must not know: formulas (what is shown was measured), formats.

An offset is in pixels, against TensorFlow's answer of the same length: what TensorFlow has at p stands at p + offset.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from conformance.report import wording
from conformance.report.convention_facts import FactTopic, fact_topics
from conformance.running.journal import Convention, ConventionFact

LONGEST_CELL = 60
BASE = "tensorflow"
"""the lane against which offsets are counted"""

Agreement: TypeAlias = Literal["yes", "shape only", "no"]
_Key: TypeAlias = tuple[str, str]
"""lane and variant: one column"""


@dataclass(frozen=True, slots=True)
class ConventionCell:
    """What one lane made of the words. `full` is the whole message where `text` had to be cut."""

    text: str
    full: str
    answered: bool
    moved: bool = False
    """not TensorFlow's picture: pixels apart, the kernel back to front, or a length that TensorFlow does not have"""


@dataclass(frozen=True, slots=True)
class ConventionRow:
    """One geometry, with a cell per column of the table."""

    word: str
    kernel: int
    stride: int
    dilation: int
    length: int
    cells: tuple[ConventionCell, ...]
    disagree: bool
    """no output length is given or accepted by all the lanes that answered"""
    plain: tuple[ConventionCell, ...] = ()
    """the cells of lanes' own plain ways; folklore and defaults do not count for the agreement"""

    @property
    def agreement(self) -> Agreement:
        """Whether the lanes give one shape, and one picture."""
        if self.disagree:
            return "no"
        return "shape only" if any(cell.moved for cell in self.plain) else "yes"


@dataclass(frozen=True, slots=True)
class ConventionTable:
    """Empty of rows when the run measured no conventions."""

    lanes: tuple[str, ...]
    """the columns: lanes, and their other ways to say the words"""
    rows: tuple[ConventionRow, ...]
    topics: tuple[FactTopic, ...] = ()

    @property
    def disagreements(self) -> int:
        """Rows where frameworks disagree."""
        return sum(row.disagree for row in self.rows)

    @property
    def moved(self) -> int:
        """Rows where the shapes agree and the pictures do not."""
        return sum(row.agreement == "shape only" for row in self.rows)


def convention_table(
    conventions: Sequence[Convention], lanes: Iterable[str], facts: Sequence[ConventionFact] = ()
) -> ConventionTable:
    """Rows by word, in the order in which the words were first asked, then by geometry; lanes in the given order."""
    order = list(lanes)
    asked = dict.fromkeys((convention.lane, convention.variant) for convention in conventions)
    columns = tuple(key for lane in order for key in asked if key[0] == lane)
    words = list(dict.fromkeys(convention.word for convention in conventions))
    rows: dict[tuple[int, ...], dict[_Key, Convention]] = {}
    for entry in conventions:
        place = (words.index(entry.word), entry.kernel, entry.stride, entry.dilation, entry.length)
        rows.setdefault(place, {})[entry.lane, entry.variant] = entry
    bases = {key: entries.get((BASE, "")) for key, entries in rows.items()}
    table = []
    for key in sorted(rows):
        base = bases[key]
        if base is not None and not base.outputs and "SAME" in words:  # TensorFlow's default is SAME
            base = bases.get((words.index("SAME"), *key[1:]))
        table.append(_row(rows[key], columns, base))
    names = tuple(f"{lane}: {variant}" if variant else lane for lane, variant in columns)
    return ConventionTable(names, tuple(table), fact_topics(facts, order))


def _row(entries: dict[_Key, Convention], columns: tuple[_Key, ...], base: Convention | None) -> ConventionRow:
    first = next(iter(entries.values()))
    cells = tuple(_cell(entries.get(key), base) for key in columns)
    plain = tuple(cell for cell, (_, variant) in zip(cells, columns, strict=True) if not variant)
    answers = [set(entry.outputs) for entry in entries.values() if entry.outputs and not entry.variant]
    if base is not None and base.word != first.word:
        answers.append(set(base.outputs))
    disagree = bool(answers) and not set.intersection(*answers)
    return ConventionRow(first.word, first.kernel, first.stride, first.dilation, first.length, cells, disagree, plain)


def _cell(entry: Convention | None, base: Convention | None) -> ConventionCell:
    if entry is None:
        return ConventionCell("not asked", "", answered=False)
    if not entry.outputs:
        message = wording.one_line(entry.message) or "no answer"
        text = wording.clipped(message, LONGEST_CELL)
        return ConventionCell(text, message if text != message else "", answered=False)
    lengths = _lengths(sorted(set(entry.outputs)))
    parts = [f"{lengths} (caller chooses)" if entry.chosen else lengths]
    offsets = _offsets(entry, base)
    if any(offsets) or (offsets and not entry.chosen):
        parts.append(f"offset {', '.join(f'{offset:+d}' if offset else '0' for offset in offsets)}")
    if entry.flipped:
        parts.append("kernel back to front")
    strange = bool(entry.crops) and base is not None and not set(entry.outputs) & set(base.outputs)
    if strange:
        parts.append("no length of TensorFlow's")
    moved = any(offsets) or entry.flipped is True or strange
    return ConventionCell(f"{'≠ ' if moved else ''}{', '.join(parts)}", "", answered=True, moved=moved)


def _offsets(entry: Convention, base: Convention | None) -> list[int]:
    """The distinct offsets over the lengths that both have; none for TensorFlow itself."""
    if base is None or entry.lane == BASE:
        return []
    theirs = dict(zip(base.outputs, base.crops, strict=False))
    found = []
    for output, crop in zip(entry.outputs, entry.crops, strict=False):
        other = theirs.get(output)
        if crop is not None and other is not None:
            found.append(other - crop)
    return sorted(set(found))


def _lengths(outputs: Sequence[int]) -> str:
    """Neighbouring lengths as a range."""
    runs: list[list[int]] = []
    for output in outputs:
        if runs and output == runs[-1][-1] + 1:
            runs[-1].append(output)
        else:
            runs.append([output])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}\N{EN DASH}{run[-1]}" for run in runs)

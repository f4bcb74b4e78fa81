"""What a record's page tells, in parts of so many trials, each with a phrase book of its own and templates of all.

Knows: a document's findings. Must not know: HTML. `templates/scripts/journal.js` reads a part when one of its
trials is opened. Agreeing answers are told by their integers; whatever is not as expected is told in full.
"""

import json
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import asdict, astuple, dataclass
from itertools import accumulate
from typing import Any, TypeVar

from conformance.journal import Record
from conformance.judging.verdict import Metrics
from conformance.report import wording
from conformance.report.document import Report, TrialStory
from conformance.report.findings import LONGEST_FACT, Finding, explain_around
from conformance.report.inputs import Inputs, OperandTable
from conformance.report.page.matrix import answered, shortened
from conformance.report.page.phrases import PhraseBook, Templates
from conformance.report.script_files import Scripts

# Few, since a part is parsed when the first of its trials is opened.
TRIALS_A_PART = 100
# Of heat maps in one file; the folder form keeps all of them.
EXCERPT_CHARACTERS = 1_500_000
# The same of inputs.
INPUT_CHARACTERS = 500_000
ROWS = ("explained", "observed")
"""of an overlay"""


_Key = TypeVar("_Key")


@dataclass(frozen=True, slots=True)
class HeatMaps:
    """Which windows are told: of all records whose windows are no larger than so many characters."""

    largest: int

    def told(self, record: Record) -> dict[str, Any] | None:
        """The record's window, a note that it is left out, or None where it has none."""
        window = record.metrics.excerpt if record.metrics else None
        if window is None:
            return None
        return asdict(window) if _size(record) <= self.largest else {"omitted": True}

    def overlay(self, record: Record) -> dict[str, Any] | None:
        """What proves the record's diagnosis, its rows likewise."""
        if record.overlay is None:
            return None
        told = {name: each for name, each in asdict(record.overlay).items() if name not in ROWS}
        rows = {name: getattr(record.overlay, name) for name in ROWS if getattr(record.overlay, name)}
        return told | (rows if _size(record) <= self.largest else {"omitted": True})


# More numbers than a journal has: a report in a folder has room for all.
ALL_HEAT_MAPS = HeatMaps(10**9)


def heat_maps_within(document: Report, characters: int) -> HeatMaps:
    """The smallest windows that together have no more characters."""
    return HeatMaps(_largest_within([_size(found.record) for found in document.findings], characters))


def _largest_within(sizes: Sequence[int], characters: int) -> int:
    """The size up to which all together have no more characters."""
    ordered = sorted(sizes)
    totals = zip(ordered, accumulate(ordered), strict=True)
    return max((size for size, total in totals if total <= characters), default=0)


def _written(operands: Sequence[OperandTable]) -> int:
    return sum(len(each.numbers or "") for each in operands)


def _size(record: Record) -> int:
    window = record.metrics.excerpt if record.metrics else None
    rows = [] if window is None else [window.expected, window.observed, window.error]
    overlaid = [getattr(record.overlay, name) for name in ROWS] if record.overlay else []
    return sum(len(row) for each in (*rows, *overlaid) for row in each)


def parts(document: Report, heat_maps: HeatMaps, templates: Templates) -> Iterator[dict[str, Any]]:
    """The details of all trials, part by part, in the matrix's order; the templates of their texts are added."""
    told = answered(document)
    inputs = document.inputs
    if heat_maps is not ALL_HEAT_MAPS:
        largest = _largest_within(list(map(_written, inputs.values())), INPUT_CHARACTERS)
        inputs = {name: each for name, each in inputs.items() if _written(each) <= largest}
    for start in range(0, len(told), TRIALS_A_PART):
        lanes = [lane.lane for lane in document.summary.lanes]
        part = _TrialsPart(lanes, heat_maps, document.scripts, inputs, PhraseBook(templates))
        for story in told[start : start + TRIALS_A_PART]:
            part.add(story)
        yield part.content()


class _TrialsPart:
    """Trials with their records; what several records have in common is kept once and told by its number."""

    def __init__(
        self, lanes: Sequence[str], heat_maps: HeatMaps, scripts: Scripts, inputs: Inputs, book: PhraseBook
    ) -> None:
        self._lanes = lanes
        self._heat_maps = heat_maps
        self._scripts = scripts
        self._inputs = inputs
        self._book = book
        self._answers: list[dict[str, Any]] = []
        self._answer_places: dict[str, int] = {}
        self._plans: dict[tuple[int, ...], int] = {}
        self._trials: list[dict[str, Any]] = []

    def content(self) -> dict[str, Any]:
        """As `journal.js` reads it."""
        return {
            "texts": self._book.texts,
            "answers": self._answers,
            "plans": list(self._plans),
            "trials": self._trials,
        }

    def add(self, story: TrialStory) -> None:
        """The trial with what every lane made of it."""
        number, trial = self._book.number, story.trial
        records = {each.record.lane: each for each in story.answers}
        # Without labels, which `journal.js` has: there are thousands of trials.
        facts = (trial.inputs, trial.expectation, trial.location, trial.fault, trial.url)
        self._trials.append(
            {
                "call": number(story.call),
                "why": number(trial.why),
                "facts": [number(text or "") for text in facts],
                "axes": number(json.dumps(trial.own_axes or trial.axes)),
                # Without the id, which makes each command a template of its own.
                "explain": [
                    list(map(number, text.split(shlex.quote(trial.id))))
                    for text in explain_around(story.answers[0].header, trial)
                ],
                "records": [self._record(records.get(lane)) for lane in self._lanes],
                **({"operands": list(map(astuple, self._inputs[trial.id]))} if trial.id in self._inputs else {}),
            }
        )

    def _record(self, found: Finding | None) -> list[Any] | None:
        if found is None:
            return None
        record = found.record
        answer = self._answer(found)
        place = _place(self._answer_places, repr(answer))
        if place == len(self._answers):
            self._answers.append(answer)
        plan = tuple(self._book.number(step) for step in record.plan)
        seconds = None if record.seconds is None else shortened(record.seconds)
        return [place, _place(self._plans, plan), seconds]

    def _answer(self, found: Finding) -> dict[str, Any]:
        record, number = found.record, self._book.number
        told = {
            "detail": number(wording.clipped(record.detail, LONGEST_FACT)),
            "notes": [number(note) for note in record.notes],
            "shape": record.observed_shape,
            "dtype": record.observed_dtype,
            "flags": record.flags,
            "sums": record.accumulation,
            "digest": None if found.standing == "as expected" else record.digest,
            "diagnosis": [number(sentence) for sentence in record.diagnosis],
            "overlay": self._heat_maps.overlay(record),
            "numbers": None if record.metrics is None else _numbers(record.metrics),
            "differences": [
                [list(each.index), each.expected, each.observed, each.region] for each in found.differences
            ],
            "traceback": [number(line) for line in (record.traceback or "").splitlines()],
            "script": [number(line) for line in self._scripts.get((record.trial, record.lane), "").splitlines()],
            "excerpt": self._heat_maps.told(record),
            "waived": None if record.waived is None else asdict(record.waived),
        }
        return {name: entry for name, entry in told.items() if entry not in (None, [], ())}


def _place(known: dict[_Key, int], key: _Key) -> int:
    return known.setdefault(key, len(known))


def _numbers(metrics: Metrics) -> list[Any]:
    """In the order in which `journal.js` names them."""
    quality = metrics.quality
    figures = (
        metrics.worst_error_over_bound,
        metrics.bitwise_equal,
        metrics.max_abs,
        metrics.max_ulp,
        quality.largest if quality else None,
        quality.root_mean_square if quality else None,
        quality.bias if quality else None,
    )
    short = [None if figure is None else shortened(figure) for figure in figures]
    while short and short[-1] is None:
        short.pop()
    return [metrics.compared, metrics.wrong, int(metrics.exact), *short]

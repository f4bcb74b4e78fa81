"""Answers against test vectors, into a journal like a run's.

Knows: vectors, answers, verdicts, waivers. Must not know: the reference. What is expected comes from the folder, and
the suite's own comparison judges it, so that a verdict is the one that a run gives to the same answer. Next stage:
`conformance.report`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from numpy.typing import NDArray

from conformance import __version__
from conformance.adapters.reply import Answer, Reply
from conformance.errors import UsageError
from conformance.journal import VECTORS, Footer, Header, JournalWriter, LaneEntry, content_hash
from conformance.journal.records import record
from conformance.judging.arithmetic import SIXTEEN_BIT, Arithmetic
from conformance.judging.comparison import compare
from conformance.judging.expectation import diagnosed
from conformance.judging.judge import digest, judge
from conformance.judging.question import Question
from conformance.judging.verdict import Flag, Verdict
from conformance.judging.waivers import Waiver, WaiverBook
from conformance.running.assignment import Listener
from conformance.running.progress import now
from conformance.suite.case import RightTrial, Trial
from conformance.vectors.answering import Answers
from conformance.vectors.layout import Manifest, StatedValues
from conformance.vectors.reading import ExpectedAnswer, Vector, Vectors
from conformance.vectors.recalling import recalled
from conformance.workers.process import UNKNOWN_RESULT, most_result_bytes

DEFAULT_LANE = "answers"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What has to be judged, under which name, and what excuses it."""

    vectors: Vectors
    answers: Answers
    lane: str
    trials: Mapping[str, Trial]
    waivers: Sequence[Waiver]


def prepare(vectors: Vectors, answers: Answers, lane: str | None, waivers: Sequence[Waiver]) -> Judgement:
    """Raises UsageError for answers to other vectors, a lane without a name, and calls that cannot be read here."""
    answered, asked = answers.about.content_hash, vectors.manifest.content_hash
    if answered and answered != asked:
        raise UsageError(
            f"{answers.folder}: answers other vectors: its content_hash is {answered[:16]}..., that of "
            f"{vectors.folder} {asked[:16]}..."
        )
    name = lane if lane is not None else answers.about.name or DEFAULT_LANE
    if not (name.strip() and name.isprintable()):
        raise UsageError(f"lane {name!r}: expected a name that can be printed, of --lane or of `name` in answers.json")
    trials = recalled([vector.description.trial for vector in vectors.vectors], vectors.manifest.suite_version)
    return Judgement(vectors, answers, name, trials, waivers)


def judge_answers(judgement: Judgement, command: Sequence[str], writer: JournalWriter, listener: Listener) -> None:
    """Write the journal of all answers, its footer included."""
    vectors, about, lane = judgement.vectors.vectors, judgement.answers.about, judgement.lane
    writer.write(_header(judgement, command))
    for vector in vectors:
        writer.write(vector.description.trial)
    language = {"language": about.language} if about.language else {}
    name, version = about.name or lane, about.version or "(no version told)"
    entry = LaneEntry(lane, "ready", name, version, about.versions, {**language, **about.flags})
    writer.write(entry)
    listener.lane_ready(entry)
    judging = _Judging(judgement, writer, listener)
    interrupted = judging.interrupted()
    writer.write(judging.footer(interrupted))


class _Judging:
    """The answers judged so far."""

    def __init__(self, judgement: Judgement, writer: JournalWriter, listener: Listener) -> None:
        self._judgement = judgement
        self._writer = writer
        self._listener = listener
        self._book = WaiverBook(judgement.waivers)
        about = judgement.answers.about
        self._book.answers(judgement.lane, about.version or "", {**about.flags, **about.versions})
        self._unanswered: list[str] = []

    def interrupted(self) -> bool:
        """Judge all answers; True when the user interrupted it."""
        try:
            for vector in self._judgement.vectors.vectors:
                self._take(vector)
        except KeyboardInterrupt:
            return True
        return False

    def footer(self, interrupted: bool) -> Footer:
        incomplete = ["interrupted; judge the same answers again"] if interrupted else []
        if self._unanswered:
            total = len(self._judgement.vectors.vectors)
            incomplete.append(
                f"lane {self._judgement.lane}: {len(self._unanswered)} of {total} trials have no answer, "
                f"first {self._unanswered[0]}"
            )
        whole = not incomplete and not self._judgement.vectors.manifest.selection
        problems = self._book.problems([self._judgement.lane] if whole else ())
        return Footer(
            now(),
            not incomplete,
            tuple(problems),
            tuple(incomplete),
            notes=tuple(self._book.notes()),
            asked={self._judgement.lane: len(self._judgement.vectors.vectors)},
        )

    def _take(self, vector: Vector) -> None:
        trial = self._judgement.trials[vector.listed.id]
        expected = vector.description.expected
        # As much of an answer's file is read as of a worker's reply.
        most, dtype = UNKNOWN_RESULT, trial.call.dtype
        if isinstance(expected, StatedValues):
            most, dtype = most_result_bytes(expected.shape), expected.dtype
        reply = self._judgement.answers.reply(vector.listed.name, dtype, most)
        if reply is None:
            self._unanswered.append(vector.listed.name)
            return
        verdict = self._verdict(trial, vector, reply)
        waived = self._book.excuse(trial, self._judgement.lane, verdict)
        kept = record(trial, self._judgement.lane, None, verdict, waived, None)
        self._writer.write(kept)
        self._listener.recorded(kept)

    def _verdict(self, trial: Trial, vector: Vector, reply: Reply) -> Verdict:
        demand, values = self._judgement.vectors.demand(vector), vector.description.expected
        if not isinstance(reply, Answer) or demand is None or not isinstance(values, StatedValues):
            return judge(trial, reply, None)
        arithmetic = Arithmetic(values.arithmetic)
        verdict = verdict_on(reply.array, demand, arithmetic)
        if trial.call.dtype in SIXTEEN_BIT:
            # Nobody could be asked for another profile than the required one.
            verdict = replace(verdict, flags=(*verdict.flags, Flag.UNPROBED))
        if verdict.conforms or not isinstance(trial, RightTrial):
            return verdict
        question = Question(self._judgement.vectors.operands(vector), demand.expected)
        return diagnosed(verdict, trial, question, reply.array, arithmetic)


def verdict_on(array: NDArray[Any], demand: ExpectedAnswer, arithmetic: Arithmetic) -> Verdict:
    """The verdict on an answer to a right call, under the allowed error that the vectors state."""
    verdict = compare(array, demand.expected, arithmetic, lambda expected, arithmetic: demand.allowed)
    return replace(verdict, digest=digest(array))


def _header(judgement: Judgement, command: Sequence[str]) -> Header:
    manifest: Manifest = judgement.vectors.manifest
    return Header(
        suite_version=__version__,
        content_hash=content_hash(vector.description.trial for vector in judgement.vectors.vectors),
        started=now(),
        command=tuple(command),
        machine=judgement.answers.about.machine,
        flags={VECTORS: f"format {manifest.format}, exported by {manifest.suite_version}", "profile": "required"},
        lanes=(judgement.lane,),
        selection=manifest.selection,
        trials=len(manifest.trials),
    )

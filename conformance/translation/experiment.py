"""The given call and its translations, run in workers on the same data and judged by the same oracle.

Knows: workers, questions, verdicts. Must not know: frameworks, what the call looks like in words.

Operands go from the layouts of the call that is judged to those of the given call before they are sent, and results the
other way before they are judged.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from conformance.adapters.lane import Lane, missing_framework
from conformance.adapters.plan import Plan
from conformance.adapters.reply import Answer
from conformance.judging.judge import judge
from conformance.judging.question import Question, make_question
from conformance.judging.verdict import Verdict
from conformance.protocol.hello import Hello, NoWorker
from conformance.protocol.requests import encode_plan
from conformance.suite.case import Generated, Trial
from conformance.suite.size import excess
from conformance.translation.reading import Reading
from conformance.workers.process import Worker


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of running one plan in one lane."""

    lane: str
    framework: str = ""
    """name and version"""
    verdicts: tuple[tuple[str, Verdict], ...] = ()
    """by the generator of the inputs"""
    note: str = ""
    """why there are no verdicts"""
    failed: bool = False
    """the worker did not start although the framework is there"""


class Experiment:
    """The questions of one reading."""

    def __init__(self, reading: Reading, timeout: float) -> None:
        self._reading = reading
        self._timeout = timeout
        self._obstacle = excess(reading.judged)
        self._questions: list[tuple[Trial, Question]] = []
        if not self._obstacle:
            trials = reading.trials()
            self._questions = [(trial, make_question(trial)) for trial in trials]
            if not trials:
                self._obstacle = f"no data prove anything about {reading.judged.products} products"

    def attempts(self, plans: Iterable[tuple[Lane, Plan]]) -> list[Attempt]:
        """The attempts of all plans, each in a worker of its own, in their order."""
        plans = list(plans)
        with ThreadPoolExecutor(max_workers=max(len(plans), 1)) as pool:
            return list(pool.map(lambda each: self._attempt(*each), plans))

    def verdicts(self, worker: Worker, plan: Plan) -> tuple[tuple[str, Verdict], ...]:
        """What a worker's answers to all questions are worth, by the generator of the inputs."""
        found = []
        for trial, question in self._questions:
            operands = self._reading.given_operands(question.operands)
            reply = worker.ask({"plan": encode_plan(plan)}, operands, self._timeout)
            if isinstance(reply, Answer):
                reply = replace(reply, array=self._reading.as_judged(reply.array))
            assert isinstance(trial.inputs, Generated)
            found.append((trial.inputs.generator, judge(trial, reply, question.expected)))
        return tuple(found)

    def _attempt(self, lane: Lane, plan: Plan) -> Attempt:
        obstacle = self._obstacle or missing_framework(lane)
        if obstacle:
            return Attempt(lane.text, note=f"not run: {obstacle}")
        worker = Worker(lane)
        try:
            match worker.start():
                case NoWorker(missing, message):
                    return Attempt(lane.text, note=f"not run: {message}", failed=not missing)
                case Hello(framework, version):
                    return Attempt(lane.text, f"{framework} {version}", self.verdicts(worker, plan))
        finally:
            worker.kill()

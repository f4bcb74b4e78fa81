"""The given call and its translations, run in workers on the same data and judged by the same oracle.

Knows: workers, questions, verdicts. Must not know: frameworks, what the call looks like in words.

The oracle speaks TensorFlow's layout: operands go from there to the given call's layout before they are sent, and
results the other way before they are judged.
"""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from numpy.typing import NDArray

from conformance.adapters.adjoint import backwards
from conformance.adapters.lane import Lane, missing_framework
from conformance.adapters.plan import Plan
from conformance.adapters.reply import Answer, Reply
from conformance.judging.judge import judge
from conformance.judging.question import Question, make_question
from conformance.judging.verdict import Verdict
from conformance.operators.convolution.call import ConvolutionTrial
from conformance.operators.convolution.inputs import check_fit
from conformance.protocol.hello import Hello, NoWorker
from conformance.protocol.requests import encode_plan
from conformance.suite.case import FromReference, Generated, Trial
from conformance.suite.generators import GENERATORS, Unfit
from conformance.suite.size import excess
from conformance.translation.meaning import Meaning, Notation, Reading, Shape
from conformance.workers.process import Worker

INPUTS = ("mix", "normal64")
"""exact data, which prove which products were summed, and real ones where the bound is sharp"""


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
        self._meaning = reading.meaning
        self._timeout = timeout
        self._obstacle = excess(reading.meaning.judged)
        self._questions: list[tuple[Trial, Question]] = []
        if not self._obstacle:
            trials = _trials(reading)
            self._questions = [(trial, make_question(trial)) for trial in trials]
            if not trials:
                self._obstacle = f"no data prove anything about {reading.meaning.geometry.most_products} products"

    def attempts(self, plans: Iterable[tuple[Lane, Plan]]) -> list[Attempt]:
        """The attempts of all plans, each in a worker of its own, in their order."""
        plans = list(plans)
        with ThreadPoolExecutor(max_workers=max(len(plans), 1)) as pool:
            return list(pool.map(lambda each: self._attempt(*each), plans))

    def verdicts(self, worker: Worker, plan: Plan) -> tuple[tuple[str, Verdict], ...]:
        """What a worker's answers to all questions are worth, by the generator of the inputs."""
        return tuple(self._verdict(worker, plan, *asked) for asked in self._questions)

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

    def _verdict(self, worker: Worker, plan: Plan, trial: Trial, question: Question) -> tuple[str, Verdict]:
        arrays = given_operands(self._meaning, question)
        reply = worker.ask({"plan": encode_plan(plan)}, arrays, self._timeout)
        assert isinstance(trial.inputs, Generated)
        return trial.inputs.generator, judge(trial, _as_judged(self._meaning, reply), question.expected)


def given_operands(meaning: Meaning, question: Question) -> Mapping[str, NDArray[Any]]:
    """The question's operands in the layouts of the given call; a bias and a cotangent have the oracle's."""
    notation = {"value": meaning.value, "filter": meaning.filter}
    shapes = {**meaning.judged.operands, **meaning.given}
    return {name: _undone(notation.get(name, ()), shapes[name], array) for name, array in question.operands.items()}


def _as_judged(meaning: Meaning, reply: Reply) -> Reply:
    """The reply's result in the oracle's layout; one of another rank is left to the judge as it is."""
    if not isinstance(reply, Answer) or reply.array.ndim != len(meaning.judged.result_shape):
        return reply
    return replace(reply, array=_undone(meaning.result, meaning.judged.result_shape, reply.array))


def _undone(notation: Notation, shape: Shape, array: NDArray[Any]) -> NDArray[Any]:
    """What the notation would have made the array of, from the shape that it starts from."""
    for step in backwards(notation, shape, ""):
        array = step.apply(array)
    return array


def _trials(reading: Reading) -> list[ConvolutionTrial]:
    call = reading.meaning.judged
    trials = []
    for name in INPUTS:
        try:
            check_fit(GENERATORS[name], call)
        except Unfit:
            continue
        inputs = Generated(name)
        trials.append(
            ConvolutionTrial(f"translate/{reading.text}", call, inputs, FromReference(), "", None, "command line")
        )
    return trials

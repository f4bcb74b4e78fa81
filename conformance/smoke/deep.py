"""`conformance smoke --deep`: a question for each operator, feature, layout, dtype and direction that a lane declares,
and for each value of each parameter; what those that go wrong have in common, and what the lane should declare.

Knows: trials of the corpus, records of their answers, what is declared. Must not know: any kind, how a lane is asked.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from heapq import heapify, heappop, heappush
from itertools import combinations
from math import prod

import numpy as np

from conformance.adapters.plan import Plan, Unsupported
from conformance.adapters.protocol import DECLARATIONS, Adapter, features_of, needs, plan_whatever
from conformance.adapters.reply import Answer, Reply
from conformance.errors import AdapterError
from conformance.journal import Record
from conformance.judging.explanation import by_explanation, explanations
from conformance.judging.judge import judge
from conformance.judging.question import make_question
from conformance.judging.verdict import Outcome
from conformance.operators.facts import facts
from conformance.operators.kind import Operands
from conformance.operators.registry import operators, optional_part, part
from conformance.smoke.answers import MISSPELT, SAY_UNSUPPORTED, words_hint, written
from conformance.smoke.conversation import Blame
from conformance.smoke.questions import Questions, SmallCall
from conformance.smoke.steps import Step
from conformance.suite.case import Call, Generated, RightTrial, Trial
from conformance.suite.lattice import Parameter
from reference.family import DIRECTIONS, Direction

# Elements of a result that show a mistake; more of them show no more.
TELLING = 64
# Questions of each thing that is asked: one may hide a mistake by what else it asks.
OFTEN = 3
# Causes of one operator and direction that are told; the others are counted.
MOST_CAUSES = 3
# Wrong answers of one cause for which another meaning of the call's words is looked for, the smallest first.
LOOKED_AT = 2
# Multiply-adds of a call for which every other meaning of its words is computed.
MOST_WORK = 2**14
# Questions of which each is refused before a limit is advised: a single one may be refused for something else.
SAID_BY = 2
# Questions about what is not declared, all of which have to be right before it is advised.
ASKED_BEYOND = 3

WITHOUT_ANSWER = (Outcome.REFUSED, Outcome.UNSUPPORTED)


@dataclass(frozen=True, slots=True)
class LaneClient:
    """How the lane is asked."""

    lane: str
    adapter: Adapter | None
    """None of a port"""
    declared: Mapping[str, Sequence[str] | None]
    """operators, features, dtypes and directions; None for what it does not say"""
    records: Callable[[Sequence[Trial]], Mapping[str, Record]]
    """the records by trial, each with the waiver that excuses it"""
    answer: Callable[[Call, Operands], Reply]
    perform: Callable[[Plan, Operands], Reply]
    """what comes back for a plan, whether its call is declared or not"""


SubjectKey = tuple[str, str, str, str, tuple[str, ...]]


def subject(trial: Trial) -> SubjectKey:
    """Operator, direction, dtype, layout and features."""
    call = trial.call
    features = tuple(feature for feature in features_of(call) if feature != "gradients")
    return call.operator, call.direction, call.dtype, _layout(call), features


def chosen(trials: Iterable[Trial], declared: Mapping[str, Sequence[str] | None]) -> list[RightTrial]:
    """What a lane is asked, of what it declares: as few right calls as are found that ask each subject, each kind of
    numbers in each dtype, axes of equal lengths in each layout, which no shape tells apart, and, OFTEN, each value of
    each parameter in each direction.

    Greedily, as `conformance.scoring.tiers` says; of calls that add as much the one that shows most.
    """
    right = [
        trial
        for trial in trials
        if isinstance(trial, RightTrial) and trial.calls == 1 and not _beyond(trial.call, declared)
    ]
    usual = _usual(right)
    telling, others = ([trial for trial in right if _tells(trial, usual) is tells] for tells in (True, False))
    found: list[RightTrial] = []
    known: set[Hashable] = set()
    # What a call of numbers that tell nothing would add is asked of those that tell something, where there are any.
    for group in (telling, others):
        adds = {trial.id: {need: often for need, often in _adds(trial).items() if need not in known} for trial in group}
        left = {need: often for needs in adds.values() for need, often in needs.items()}
        heap = [(-len(adds[trial.id]), *_rank(trial), place) for place, trial in enumerate(group)]
        heapify(heap)
        while heap:
            most, *rank, place = heappop(heap)
            trial = group[place]
            new = [need for need in adds[trial.id] if left[need]]
            if -len(new) > most and new:
                heappush(heap, (-len(new), *rank, place))  # type: ignore[misc]
            elif new:
                found.append(trial)
                left.update({need: left[need] - 1 for need in new})
        known.update(left)
    return found


def _adds(trial: RightTrial) -> dict[Hashable, int]:
    """What a question asks, and how often that is wanted."""
    call = trial.call
    operator, direction, dtype, layout, _ = subject(trial)
    known = facts(trial)
    parameters: Sequence[Parameter] = part(operator, "coverage").PARAMETERS
    shapes = {**call.operands, "result": call.result_shape}
    equal = [
        (operator, direction, layout, name, first, second)
        for name, shape in shapes.items()
        for (first, length), (second, other) in combinations(enumerate(shape), 2)
        if length == other > 1
    ]
    values = [(operator, direction, each.name, value) for each in parameters for value in each.of(known)]
    once: list[Hashable] = [subject(trial), (operator, dtype, getattr(trial.inputs, "generator", "")), *equal]
    return {**dict.fromkeys(once, 1), **dict.fromkeys(values, OFTEN)}


def deep(client: LaneClient, trials: Sequence[Trial]) -> Iterator[Step]:
    """A step for each operator and direction, a step for each cause of what is wrong in it; at the end what to declare.

    `trials`: of the corpus, declared or not.
    """
    by_topic: dict[tuple[str, Direction], list[Trial]] = {}
    for trial in chosen(trials, client.declared):
        by_topic.setdefault((trial.call.operator, trial.call.direction), []).append(trial)
    order = {name: place for place, name in enumerate(operators())}
    answered: list[tuple[Trial, Record]] = []
    for topic in sorted(by_topic, key=lambda topic: (order[topic[0]], DIRECTIONS.index(topic[1]))):
        records = client.records(by_topic[topic])
        of_topic = [(trial, records[trial.id]) for trial in by_topic[topic]]
        yield from _of_topic(client, topic, of_topic)
        answered += of_topic
    yield from advice(client, trials, answered)


def _of_topic(
    client: LaneClient, topic: tuple[str, Direction], asked_of: Sequence[tuple[Trial, Record]]
) -> Iterator[Step]:
    name = topic[0] if topic[1] == "forward" else f"{topic[1]} of {topic[0]}"
    wrong = [(trial, record) for trial, record in asked_of if _is_wrong(record)]
    right = [trial for trial, record in asked_of if not _is_wrong(record)]
    if not wrong:
        yield _right_step(name, asked_of)
        return
    causes = list(by_explanation(wrong, lambda each: explanations(each[1])))
    for _, of_cause in causes[:MOST_CAUSES]:
        yield _wrong_step(client, name, of_cause, right, len(asked_of))
    if len(causes) > MOST_CAUSES:
        more = sum(len(of_cause) for _, of_cause in causes[MOST_CAUSES:])
        yield Step(
            name, "failed", found=f"{more} more questions are wrong in {len(causes) - MOST_CAUSES} other ways",
            expected="", hint="Correct what is named above first.", blame=Blame.IMPLEMENTATION,
        )  # fmt: skip


def _right_step(name: str, asked_of: Sequence[tuple[Trial, Record]]) -> Step:
    outcomes = Counter(
        "waived" if record.waived else "unsupported" if record.outcome == Outcome.UNSUPPORTED else "right"
        for _, record in asked_of
    )
    told = ", ".join(f"{count} {word}" for word, count in outcomes.items())
    if outcomes["unsupported"] == len(asked_of):
        return Step(name, "left out", f"{told}: {asked_of[0][1].detail[:200]}")
    answered = [trial for trial, record in asked_of if record.outcome != Outcome.UNSUPPORTED]
    dtypes, layouts = (
        dict.fromkeys(each(trial.call) for trial in answered) for each in (lambda call: call.dtype, _layout)
    )
    return Step(name, "ok", f"{told}; {', '.join([*dtypes, *filter(None, layouts)])}")


def _wrong_step(
    client: LaneClient, name: str, wrong: Sequence[tuple[Trial, Record]], right: Sequence[Trial], total: int
) -> Step:
    wrong = sorted(wrong, key=lambda each: _work(each[0]))
    trial, record = wrong[0]
    common = shared([each for each, _ in wrong], right)
    found = f"{record.outcome} of {len(wrong)} of {total} questions{common}: {record.detail}"
    expected = f"as the definition says: {written(trial.call)}"
    explained = f"It {record.diagnosis[0]}. " if record.diagnosis else ""
    shown = f"{explained}One of them: conformance explain {trial.id!r} --lane {client.lane!r}"
    if record.outcome == Outcome.ERRORED:
        blame = Blame.HARNESS if client.adapter is None else Blame.ADAPTER
        return Step(name, "failed", "", found, expected, shown, blame, record.traceback or "")
    if record.outcome == Outcome.REFUSED:
        raised = record.detail.partition("refused: ")[2].partition(":")[0]
        misspelt = client.adapter is not None and raised in MISSPELT
        hint = f"If the implementation has no words for them, say so: {SAY_UNSUPPORTED}. {shown}"
        return Step(name, "failed", "", found, expected, hint, Blame.ADAPTER if misspelt else Blame.IMPLEMENTATION)
    meaning = _other_meaning(client, [each for each, _ in wrong])
    if meaning is not None:
        hint = f"{words_hint(meaning[1])} {shown}"
        return Step(name, "failed", "", f"{found}; right is it with {meaning[0]}", expected, hint, Blame.WORDS)
    return Step(name, "failed", "", found, expected, shown, Blame.IMPLEMENTATION)


def shared(wrong: Sequence[Trial], right: Sequence[Trial]) -> str:
    """What all wrong questions have and as few right ones as can be, in words; empty where nothing sets them apart."""
    common = set.intersection(*(set(facets(trial)) for trial in wrong))
    among = Counter(facet for trial in right for facet in set(facets(trial)))
    apart = sorted((facet for facet in common if among[facet] < len(right)), key=lambda each: (among[each], each))
    if not apart:
        return ""
    if not among[apart[0]]:
        return f", those and no others with {apart[0]}"
    return f", all with {' and '.join(apart[:2])}"


def facets(trial: Trial) -> tuple[str, ...]:
    """What can be said of a right call: dtype, layout, features, and the values of its parameters."""
    _, _, dtype, layout, features = subject(trial)
    known = facts(trial)
    parameters: Sequence[Parameter] = part(trial.call.operator, "coverage").PARAMETERS
    return (
        f"dtype {dtype}",
        *((f"data_format {layout}",) if layout else ()),
        *features,
        *(f"{parameter.name} {value}" for parameter in parameters for value in parameter.of(known)),
    )


def _other_meaning(client: LaneClient, wrong: Sequence[Trial]) -> tuple[str, str] | None:
    """Under which other reading of their words the answers are right, and which argument that reads; None where some
    of those that are looked at are wrong under any.
    """
    found = None
    for trial in wrong[:LOOKED_AT]:
        kind: Questions | None = optional_part(trial.call.operator, "smoke")
        question = make_question(trial)
        if kind is None or question.expected is None or _work(trial) > MOST_WORK:
            return None
        assert isinstance(trial, RightTrial)
        reply = client.answer(trial.call, question.operands)
        if not isinstance(reply, Answer) or reply.array.shape != tuple(trial.call.result_shape):
            return None
        if len(np.unique(reply.array)) < 2:  # zeros, say, which many readings give that read nothing
            return None
        small = SmallCall(trial.call, question.operands, question.expected.rounded)
        with np.errstate(all="ignore"):
            found = kind.other_meaning(small, reply.array)
        if found is None:
            return None
    return found


def advice(client: LaneClient, trials: Sequence[Trial], answered: Sequence[tuple[Trial, Record]]) -> Iterator[Step]:
    """A step for each declaration that says other than what was seen: the line as it should be, and why."""
    left = [(trial, record) for trial, record in answered if not record.waived]
    lines = []
    for name in DECLARATIONS:
        declared = client.declared[name]
        if declared is None:
            continue
        remove = _never_answered(name, declared, left)
        left = [each for each in left if not remove.keys() & set(_needed(name, each[0].call))]
        add = _answered_beyond(client, name, trials)
        if remove or add:
            words = tuple(word for word in (*declared, *add) if word not in remove)
            why = [*(f"without {word}: {reason}" for word, reason in remove.items()),
                   *(f"with {word}: {reason}" for word, reason in add.items())]  # fmt: skip
            lines.append(f"{name} = {words!r}  # {'; '.join(why)}")
    lines += _never_together(left)
    yield from (Step("declares what it takes", "ok", line) for line in lines or ["as it was seen to"])


def _never_answered(name: str, declared: Sequence[str], answered: Sequence[tuple[Trial, Record]]) -> dict[str, str]:
    """What is declared and was refused in every question that its plan has words for, with an example of why."""
    found = {}
    for word in declared:
        records = [record for trial, record in answered if word in _needed(name, trial.call)]
        refused = [record for record in records if record.outcome == Outcome.REFUSED]
        if refused and all(record.outcome in WITHOUT_ANSWER for record in records):
            found[word] = f"none of {len(records)} questions was answered: {refused[0].detail[:120]}"
    return found


def _never_together(answered: Sequence[tuple[Trial, Record]]) -> list[str]:
    """Of an operator, what was refused in every question, though not of all operators: a limit of its own."""
    found = []
    by_operator: dict[str, list[tuple[Trial, Record]]] = {}
    for trial, record in answered:
        by_operator.setdefault(trial.call.operator, []).append((trial, record))
    for operator, of_operator in by_operator.items():
        for name in ("dtypes", "features", "directions"):
            words = dict.fromkeys(word for trial, _ in of_operator for word in _needed(name, trial.call))
            refused: dict[str, list[Record]] = {}
            for word in words:
                records = [record for trial, record in of_operator if word in _needed(name, trial.call)]
                enough = SAID_BY <= len(records) < len(of_operator)
                if enough and all(record.outcome == Outcome.REFUSED for record in records):
                    refused[word] = records
            if refused:
                taken = tuple(word for word in words if word not in refused)
                limit = f"takes_dtypes(({operator!r},), {taken!r}, ...)" if name == "dtypes" else "Limit(...)"
                reasons = "; ".join(
                    f"{operator} with {word} was refused in each of {len(records)} questions: {records[0].detail[:120]}"
                    for word, records in refused.items()
                )
                found.append(f"limits = ({limit},)  # if its documents say so, otherwise a waiver: {reasons}")
    return found


def _answered_beyond(client: LaneClient, name: str, trials: Sequence[Trial]) -> dict[str, str]:
    """What is not declared, and was answered rightly whenever it was asked: an adapter's plan may have words for it."""
    adapter, declared = client.adapter, client.declared[name]
    if adapter is None or declared is None:
        return {}
    candidates: dict[str, list[RightTrial]] = {}
    for trial in trials:
        if isinstance(trial, RightTrial) and trial.calls == 1:
            beyond = _beyond(trial.call, client.declared)
            if len(beyond) == 1 and beyond[0][0] == name:
                candidates.setdefault(beyond[0][1], []).append(trial)
    usual = _usual([trial for of_word in candidates.values() for trial in of_word])
    found = {}
    for word, of_word in candidates.items():
        best = sorted(of_word, key=lambda trial: (not _tells(trial, usual), *_rank(trial)))[:ASKED_BEYOND]
        if all(_is_answered(client, adapter, trial) for trial in best):
            found[word] = f"not declared, and right in {len(best)} of {len(best)} questions"
    return found


def _is_answered(client: LaneClient, adapter: Adapter, trial: RightTrial) -> bool:
    question = make_question(trial)
    try:
        plan = plan_whatever(adapter, trial.call)
    except AdapterError:
        return False
    if isinstance(plan, Unsupported):
        return False
    return judge(trial, client.perform(plan, question.operands), question.expected).outcome == Outcome.AGREES


def _beyond(call: Call, declared: Mapping[str, Sequence[str] | None]) -> list[tuple[str, str]]:
    """What a call needs and the lane does not declare: names of declarations, each with a word."""
    return [
        (name, word)
        for name, words in needs(call).items()
        if (said := declared[name]) is not None
        for word in dict.fromkeys(words)
        if word not in said
    ]


def _needed(name: str, call: Call) -> Sequence[str]:
    return needs(call)[name]


def _is_wrong(record: Record) -> bool:
    return not record.conforms and record.waived is None


def _layout(call: Call) -> str:
    layouts = operators()[call.operator].data_formats
    return str(call.arguments().get("data_format") or next(iter(layouts), ""))


def _work(trial: Trial) -> int:
    return trial.call.work if isinstance(trial, RightTrial) else 0


def _usual(trials: Iterable[Trial]) -> Mapping[str, str]:
    """By operator, the numbers that most of its trials have: those that tell most mistakes apart."""
    counts: dict[str, Counter[str]] = {}
    for trial in trials:
        if isinstance(trial.inputs, Generated):
            counts.setdefault(trial.call.operator, Counter())[trial.inputs.generator] += 1
    return {operator: of_operator.most_common(1)[0][0] for operator, of_operator in counts.items()}


def _tells(trial: RightTrial, usual: Mapping[str, str]) -> bool:
    """Whether its numbers tell mistakes apart, and there are any."""
    sizes = [prod(shape) for shape in (trial.call.result_shape, *trial.call.operands.values())]
    inputs = trial.inputs
    return min(sizes) > 0 and isinstance(inputs, Generated) and inputs.generator == usual.get(trial.call.operator)


def _rank(trial: RightTrial) -> tuple[int, int, str]:
    """Smallest for what shows most: enough elements of a result, for little work."""
    shown = min(prod(trial.call.result_shape), TELLING)
    return -shown, trial.call.work, sha256(trial.id.encode()).hexdigest()

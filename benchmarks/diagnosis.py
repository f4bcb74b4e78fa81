"""What the diagnosis says first of each mutant's wrong answers: the true fault, another one, or nothing.

    python benchmarks/diagnosis.py [--each 2] [--of FAULT ...] [--operators conv2d ...] [--misses 40]

Every mutant that has expected words is asked shipped trials of every operator and direction until some answers of
each are wrong, and these are diagnosed. *Right*: the first explanation is a true one, or one of those that this data
does not tell apart from it. *Misleading*: the first is none of these. *None*: no explanation. Also printed: the
confusions, and how long one diagnosis takes.
"""

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from statistics import median
from time import process_time
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from conformance.adapters.plan import Plan
from conformance.adapters.protocol import CallRefused, plan_call
from conformance.adapters.reply import Answer
from conformance.judging.judge import judge
from conformance.judging.question import Question, make_question
from conformance.mutants import Mutant
from conformance.operators.convolution.diagnosis import Diagnosis, diagnose
from conformance.operators.convolution.mutants import FAULTS
from conformance.operators.convolution.mutants.fault import Fault
from conformance.suite.case import Trial
from conformance.suite.corpus import select

MOST_MULTIPLY_ADDS = 20_000
"""small calls: the engine of all operators is literal, and slow"""
MOST_ASKED = 60
"""trials of one operator and direction, so that a fault which has no object there does not take for ever"""
Said = Literal["right", "misleading", "none"]
Cell = tuple[str, str]
"""operator and direction"""


@dataclass(frozen=True, slots=True)
class Case:
    """One wrong answer and what was said of it."""

    fault: str
    trial: str
    cell: Cell
    said: Said
    first: str
    seconds: float


def main() -> None:
    """Ask, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--each", type=int, default=2, help="wrong answers of each fault, operator and direction")
    parser.add_argument("--of", nargs="*", default=[], help="these faults only")
    parser.add_argument("--operators", nargs="*", default=[], help="these operators only")
    parser.add_argument("--misses", type=int, default=40, help="how many misleading or unexplained answers to print")
    given = parser.parse_args()
    corpus = _corpus(given.operators)
    cases = [case for fault in _faults(given.of) for case in _of_fault(fault, corpus, given.each)]
    _print(cases, given.misses)


def _faults(names: Sequence[str]) -> list[Fault]:
    chosen = (fault for fault in FAULTS.values() if not names or fault.name in names)
    return [fault for fault in chosen if fault.diagnosis and not fault.alone]


def _corpus(operators: Sequence[str]) -> dict[Cell, list[tuple[Trial, Question]]]:
    """Small trials by operator and direction, in the order of their ids' digests."""
    trials = sorted(select([]), key=lambda trial: sha256(trial.id.encode()).digest())
    found: dict[Cell, list[tuple[Trial, Question]]] = defaultdict(list)
    for trial in trials:
        call = trial.call
        cell = (call.operator, call.direction)
        small = call.geometry is not None and 0 < call.geometry.multiply_adds <= MOST_MULTIPLY_ADDS
        if small and (not operators or call.operator in operators) and len(found[cell]) < 10 * MOST_ASKED:
            found[cell].append((trial, make_question(trial)))
    return found


def _of_fault(fault: Fault, corpus: dict[Cell, list[tuple[Trial, Question]]], each: int) -> Iterator[Case]:
    lane = Mutant((fault.name,))
    for trials in corpus.values():
        found = asked = 0
        for trial, question in trials:
            if found == each or asked == MOST_ASKED:
                break
            answer = _answer(lane, trial, question)
            if answer is None:
                continue
            asked += 1
            if not judge(trial, Answer(answer, 0.0), question.expected).conforms and answer.size:
                found += 1
                yield _diagnosed(fault, trial, question, answer)


def _answer(lane: Mutant, trial: Trial, question: Question) -> NDArray[Any] | None:
    """None where the mutant is not for such a call, or refuses it."""
    plan = plan_call(lane, trial.call)
    if not isinstance(plan, Plan):
        return None
    try:
        return np.asarray(lane.execute(plan, question.operands))
    except CallRefused:
        return None


def _diagnosed(fault: Fault, trial: Trial, question: Question, answer: NDArray[Any]) -> Case:
    began = process_time()
    found = diagnose(trial.call, question.operands, answer)
    seconds = process_time() - began
    cell = (trial.call.operator, trial.call.direction)
    first = " + ".join(found.explanations[0].edits) if found.explanations else "-"
    return Case(fault.name, trial.id, cell, _said(found, fault.diagnosis), first, seconds)


def _said(found: Diagnosis, true: tuple[str, ...]) -> Said:
    if not found.explanations:
        return "none"
    return "right" if any(set(each.edits) & set(true) for each in found.closest) else "misleading"


def _print(cases: Sequence[Case], misses: int) -> None:
    print("| operator | direction | answers | right | misleading | none |\n|---|---|---:|---:|---:|---:|")
    by_cell: dict[Cell, Counter[Said]] = defaultdict(Counter)
    for case in cases:
        by_cell[case.cell][case.said] += 1
    for cell, counted in (*sorted(by_cell.items()), (("all", ""), Counter(case.said for case in cases))):
        total = max(counted.total(), 1)
        print(f"| {cell[0]} | {cell[1]} | {total} | {counted['right'] / total:.1%} | {counted['misleading']} | "
              f"{counted['none']} |")  # fmt: skip
    print("\n| fault | right | misleading | none | said first |\n|---|---:|---:|---:|---|")
    for name in dict.fromkeys(case.fault for case in cases):
        mine = [case for case in cases if case.fault == name]
        counted = Counter(case.said for case in mine)
        firsts = Counter(case.first for case in mine).most_common(3)
        said = ", ".join(f"{first} {count}" for first, count in firsts)
        print(f"| {name} | {counted['right']} | {counted['misleading']} | {counted['none']} | {said} |")
    seconds = sorted(case.seconds for case in cases) or [0.0]
    late = seconds[int(0.95 * len(seconds))]
    print("\nseconds of one processor that a diagnosis takes: "
          f"median {median(seconds):.3f}, 95 % {late:.3f}, most {seconds[-1]:.3f}")  # fmt: skip
    for case in [case for case in cases if case.said != "right"][:misses]:
        print(f"  {case.said}: {case.fault} on {case.trial}: {case.first}")


if __name__ == "__main__":
    main()

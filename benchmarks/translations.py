"""Runs what `conformance translate` prints, in all three frameworks, and compares it bit for bit with the reference.

    .venv/bin/python -m benchmarks.translations [--texts 40] [--seed 3] [--trials '*'] [--most N]
        [--lanes tensorflow,torch,jax]

Of every function and layer that is read, so many calls are drawn at random, run as they were pasted, and translated to
every framework; of every selected trial the call (in float32, each once, gradients included) is translated. One process
for each framework runs all code, and another where that is ended. Operands are small integers, of which every sum is
exact. A call that its framework refuses, or that ends its process, is counted, and listed once for each message; an
answer that differs is listed, and makes the exit status 1.
"""

import argparse
import re
import sys
from collections import Counter
from dataclasses import replace
from hashlib import sha256
from time import monotonic

from conformance.operators.convolution.call import ConvolutionTrial
from conformance.operators.convolution.readings.tensorflow import read_trial
from conformance.suite.corpus import select
from tests.translation.pasted import texts
from tests.translation.proof import Examination, difference, run

MOST_MULTIPLY_ADDS = 10**8
"""of a call that is run; larger ones are counted as left out"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--texts", type=int, default=40)
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--trials", default="*")
    parser.add_argument("--most", type=int, help="of the trials' calls, those with the smallest digests")
    parser.add_argument("--lanes", default="tensorflow,torch,jax")
    given = parser.parse_args()
    drawn, trials = Examination(), Examination()
    for _, framework, text in texts(given.texts, given.seed):
        drawn.add(framework, text, "float32")
    left_out = add_trials(trials, given.trials, given.most)
    print(f"{len(drawn.readings):,} texts read, {len(drawn.refused):,} refused")
    print(
        f"{len(trials.readings):,} calls of trials; {left_out:,} of more than {MOST_MULTIPLY_ADDS:,} products left out"
    )
    wrong = [report(name, kind, each) for name in given.lanes.split(",") for kind, each in
             (("texts", drawn), ("trials", trials))]  # fmt: skip
    sys.exit(any(wrong))


def add_trials(examination: Examination, pattern: str, most: int | None) -> int:
    """Each right call of the selected trials once, at most so many; how many were too large."""
    calls = {}
    for trial in select([pattern] if pattern != "*" else []):
        if isinstance(trial, ConvolutionTrial):
            call = replace(trial.call, dtype="float32")
            calls.setdefault(repr(call), (trial.id, call))
    small = [each for each in calls.values() if each[1].geometry.multiply_adds <= MOST_MULTIPLY_ADDS]
    for name, call in sorted(small, key=lambda each: sha256(each[0].encode()).digest())[:most]:
        examination.add_reading(name, read_trial(call))
    return len(calls) - len(small)


def report(framework: str, kind: str, examination: Examination) -> bool:
    """Print what became of the framework's jobs; whether any answer differs."""
    jobs, started = examination.jobs[framework], monotonic()
    refusals, examples, wrong, right = Counter[str](), dict[str, str](), 0, 0
    for (name, (how, _, _)), answer in zip(jobs, run(framework, [job for _, job in jobs]), strict=True):
        if isinstance(answer, str):
            message = re.sub(r"\d+", "N", answer)[:160]
            refusals[message] += 1
            examples.setdefault(message, name)
            continue
        problem = difference(answer, examination.expected[name])
        right += not problem
        if problem:
            wrong += 1
            print(f"{framework} differs, {how}: {name}: {problem}")
    print(
        f"{framework}, {kind}: {right:,} of {len(jobs):,} have the reference's bits, {wrong} differ, "
        f"{sum(refusals.values())} refused; {monotonic() - started:.0f} s"
    )
    for message, number in refusals.most_common():
        print(f"  refused {number} x {message}\n    such as {examples[message]}")
    return wrong > 0


if __name__ == "__main__":
    main()

"""Exports the shipped corpus, lets an adapter answer it, and judges the answers: time, bytes, verdicts.

    .venv/bin/python benchmarks/vectors.py [--lane reference] [--folder DIR] [SELECT ...]

The answers are written by this process, through the adapter of the lane (a framework has to be installed), with the
threads that it takes by itself; a framework that dies on a trial, as JAX does, ends it. Exit status as that of
`conformance judge`.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from conformance.adapters.lane import load_adapter, parse_lane
from conformance.adapters.plan import Unsupported
from conformance.adapters.protocol import Adapter, CallRefused, plan_call
from conformance.operators.convolution.inputs import generate
from conformance.suite.case import Trial
from conformance.suite.corpus import select
from conformance.vectors.layout import file_name
from conformance.vectors.tensors import write_tensors


def main() -> int:
    arguments = _arguments()
    with TemporaryDirectory() as made:
        folder = arguments.folder or Path(made)
        vectors, answers, report = (str(folder / name) for name in ("vectors", "answers", "report"))
        _timed("export", ["vectors", "export", vectors, *arguments.selection])
        started = perf_counter()
        answer(load_adapter(parse_lane(arguments.lane)), select(arguments.selection), Path(answers))
        print(f"answering in {arguments.lane}: {perf_counter() - started:.1f} s")
        return _timed("judge", ["judge", vectors, answers, "--lane", arguments.lane, "--output", report, "--quiet"])


def answer(adapter: Adapter, trials: Sequence[Trial], folder: Path) -> None:
    """Every trial's answer as a file, without the vectors: what a program elsewhere would write."""
    folder.mkdir(parents=True, exist_ok=True)
    description = adapter.describe()
    about = {"name": description.framework, "version": description.version, "language": "Python"}
    (folder / "answers.json").write_text(json.dumps(about), encoding="utf-8")
    for trial in trials:
        path = folder / file_name(trial.id)
        plan = plan_call(adapter, trial.call)
        if isinstance(plan, Unsupported):
            _say(path, {"type": "unsupported", "reason": plan.reason})
            continue
        operands = generate(trial.id, trial.call, trial.inputs)
        try:
            result = adapter.execute(plan, operands)
        except CallRefused as refusal:
            error, _, message = str(refusal).partition(": ")
            _say(path, {"type": "refusal", "error": error, "message": message})
        else:
            path.with_name(f"{path.name}.safetensors").write_bytes(write_tensors({"result": result}))


def _say(path: Path, words: dict[str, str]) -> None:
    path.with_name(f"{path.name}.json").write_text(json.dumps(words), encoding="utf-8")


def _timed(what: str, words: list[str]) -> int:
    started = perf_counter()
    done = subprocess.run([sys.executable, "-m", "conformance", *words], check=False)
    print(f"{what}: exit status {done.returncode}, {perf_counter() - started:.1f} s", flush=True)
    return done.returncode


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lane", default="reference")
    parser.add_argument("--folder", type=Path, help="keep vectors, answers and report there")
    parser.add_argument("selection", nargs="*")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

"""What attacks begin with: a case file, a run of it, vectors, answers and arrays; each made once, and never written to.

Knows: the program's files. Must not know: what becomes of them.
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from benchmarks.attack.attack import called
from conformance.errors import JournalError
from conformance.files import read_regular
from conformance.journal import Record, read_journal

CASES = """\
operator: conv2d_transpose
cases:
  - {name: up, why: w, value: [1, 4, 4, 1], filter: [3, 3, 1, 1], output_shape: [1, 8, 8, 1], strides: 2,
     sweep: {inputs: [mix, ones, normal64]}}
  - {name: wrong, why: w, value: [1, 4, 4, 1], filter: [3, 3, 1, 1], output_shape: [1, 9, 8, 1], strides: 2,
     expect: {refusal: output_shape}}
"""
MANY_CASES = """\
operator: conv2d_transpose
cases:
  - {name: many, why: w, batch: 1, channels: 2, output: all,
     sweep: {size: [3, 4, 5], kernel: [2, 3], strides: [2, 3], inputs: [mix, ones, normal64]}}
"""
TRIAL = "conv2d_transpose/small/up[inputs=mix]"
REPORTS = ("journal.jsonl", "report.html", "report.md", "summary.json", "junit.xml")


@dataclass(frozen=True, slots=True)
class Ground:
    """A folder with all of it."""

    folder: Path

    @property
    def cases(self) -> Path:
        """Four trials, one of them wrong on purpose."""
        return self.folder / "small.yaml"

    @property
    def many_cases(self) -> Path:
        """So many that a run of them can be met in its middle."""
        return self.folder / "many.yaml"

    @property
    def run(self) -> Path:
        """The folder of a run of `cases` on the reference."""
        return self.folder / "run"

    @property
    def wrong(self) -> Path:
        """That of one on a flipped kernel."""
        return self.folder / "wrong"

    @property
    def long_run(self) -> Path:
        """That of one of `many_cases` on the reference."""
        return self.folder / "long-run"

    @property
    def vectors(self) -> Path:
        """`cases`, exported."""
        return self.folder / "vectors"

    @property
    def answers(self) -> Path:
        """To the vectors: nobody says anything, which is incomplete."""
        return self.folder / "answers"

    @property
    def waivers(self) -> Path:
        """A waiver file that excuses nothing of these."""
        return self.folder / "waivers.yaml"

    @property
    def array(self) -> Path:
        """A `.npy` file of a value of [1, 4, 4, 1]."""
        return self.folder / "value.npy"

    def words(self, output: str = "out", *more: str) -> tuple[str, ...]:
        """A run of `cases` on the reference."""
        return self.run_words(self.cases, output, "--lane", "reference", *more)

    def run_words(self, cases: Path, output: str, *more: str) -> tuple[str, ...]:
        """A run of a case file."""
        return ("run", str(cases), "--no-waivers", "--quiet", "--output", output, *more)


def make_ground(folder: Path) -> Ground:
    """All of it, in an empty folder."""
    ground = Ground(folder)
    ground.cases.write_text(CASES, encoding="utf-8")
    ground.many_cases.write_text(MANY_CASES, encoding="utf-8")
    entry = "{lane: torch, trial: none, outcome: differs, class: bug, reason: r}"
    ground.waivers.write_text(f"waivers:\n  - {entry}\n", encoding="utf-8")
    np.save(ground.array, np.ones((1, 4, 4, 1), np.float32))
    np.save(folder / "filter.npy", np.ones((3, 3, 1, 1), np.float32))
    np.save(folder / "result.npy", np.zeros((1, 8, 8, 1), np.float32))
    flipped = ("--lane", "conformance.mutants:Mutant:flipped-kernel")
    for words, status in (
        (ground.words(str(ground.run)), 0),
        (ground.run_words(ground.cases, str(ground.wrong), *flipped), 1),
        (ground.run_words(ground.many_cases, str(ground.long_run), "--lane", "reference"), 0),
        (("vectors", "export", str(ground.vectors), str(ground.cases), "--quiet"), 0),
    ):
        done = called(folder, *words)
        assert done.returncode == status, done.stderr + done.stdout
    ground.answers.mkdir()
    for listed in json.loads((ground.vectors / "manifest.json").read_text("utf-8"))["trials"]:
        words = {"type": "unsupported", "reason": "nothing is said"}
        (ground.answers / f"{listed['name']}.json").write_text(json.dumps(words), encoding="utf-8")
    return ground


def records(run: Path, lane: str = "reference") -> list[Record]:
    """Those of a lane, but for times. Raises JournalError for a journal that cannot be read."""
    found = read_journal(run / "journal.jsonl").records
    return [replace(each, seconds=None, elapsed=None) for each in found if each.lane == lane]


def written_problem(run: Path, whole: Path, lane: str = "reference") -> str | None:
    """What is wrong with the records of a lane that nothing was done to, and with the reports of a run that ended."""
    try:
        if records(run, lane) != records(whole, lane):
            return f"the records of {lane} are not what they are without the attack"
    except JournalError as error:
        return f"its journal cannot be read: {error}"
    try:
        json.loads(read_regular(run / "summary.json"))
        ElementTree.fromstring(read_regular(run / "junit.xml"))
    except (OSError, ValueError, ElementTree.ParseError) as error:
        return f"its reports: {type(error).__name__}: {error}"
    lacking = [name for name in REPORTS if not (run / name).is_file() or not (run / name).stat().st_size]
    return f"its reports: {', '.join(lacking)} missing" if lacking else None

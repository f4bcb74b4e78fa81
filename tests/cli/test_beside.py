"""What a page has beside its journal: scripts of the smallest call of each cause, and inputs."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.adapters.lane import parse_lane
from conformance.cli import beside
from conformance.cli.beside import lanes_of, page_inputs, page_scripts, trials_of
from conformance.cli.explain import Script, explain
from conformance.journal import VECTORS, Journal, read_journal
from conformance.suite.corpus import seeded, select

Process = Callable[..., subprocess.CompletedProcess[str]]
OFF = "tests.running.stand_ins:OffByOne"
LARGE = "batch: 1, size: 5, channels: 1, kernel: 1, strides: 1, padding: SAME, output: largest"
CALL = "value: [1, 2, 2, 1], filter: [1, 1, 1, 1], output_shape: [1, 2, 2, 1], strides: 1, padding: SAME"
CASES = f"""\
operator: conv2d_transpose
cases:
  - {{name: small, why: a, {CALL}, dtype: float32, inputs: mix}}
  - {{name: large, why: b, {LARGE}, inputs: mix}}
  - {{name: written, why: c, {CALL}, dtype: float32, inputs: {{value: [[[[1], [2]], [[3], [4]]]], filter: [[[[1]]]]}}}}
"""


@pytest.fixture(scope="module")
def made(program: Process, tmp_path_factory: pytest.TempPathFactory) -> tuple[Journal, Path]:
    """The journal of a right and a wrong lane, with numbers of a seed, and its cases."""
    folder = tmp_path_factory.mktemp("beside")
    cases = folder / "mine.yaml"
    cases.write_text(CASES, encoding="utf-8")
    lanes = ("--lane", "reference", "--lane", OFF)
    done = program("run", str(cases), *lanes, "--seed", "7", "--output", str(folder / "out"), "--quiet")
    assert done.returncode == 1, done.stderr
    return read_journal(folder / "out" / "journal.jsonl"), cases


def test_a_journal_tells_the_inputs_that_its_run_had(made: tuple[Journal, Path]) -> None:
    journal, cases = made
    asked = {trial.id: trial for trial in seeded(select([str(cases)]), "7")}
    of_run, of_journal = page_inputs(journal, asked), page_inputs(journal, trials_of(journal))
    assert {name.rpartition("/")[2] for name in of_run} == {"small", "large", "written"}
    # What a case writes out, a journal does not say.
    assert of_journal == {name: tables for name, tables in of_run.items() if not name.endswith("written")}


def test_every_lane_of_a_cause_s_smallest_call_has_its_script(made: tuple[Journal, Path]) -> None:
    journal, cases = made
    asked = {trial.id: trial for trial in seeded(select([str(cases)]), "7")}
    scripts = page_scripts(journal, asked, map(parse_lane, journal.header.lanes))
    (small,) = [trial for trial in asked.values() if trial.id.endswith("small")]
    explained = {(small.id, lane): explain(small, parse_lane(lane)) for lane in ("reference", OFF)}
    assert scripts == {key: each.text for key, each in explained.items() if isinstance(each, Script)}
    assert len(scripts) == 2
    # What a journal names is not loaded because of that, unless it is shipped or installed.
    assert page_scripts(journal, trials_of(journal), lanes_of(journal)) == {
        key: text for key, text in scripts.items() if key[1] == "reference"
    }


def test_a_journal_of_another_version_or_of_vectors_tells_no_trials(made: tuple[Journal, Path]) -> None:
    journal, _ = made
    older = replace(journal, header=replace(journal.header, suite_version="0.0.1"))
    assert trials_of(older) == {}
    of_vectors = replace(journal, header=replace(journal.header, flags={VECTORS: "format 1"}))
    assert trials_of(of_vectors) == {}


def test_a_journal_loads_nothing_but_adapters_that_are_installed(made: tuple[Journal, Path]) -> None:
    journal, _ = made
    lanes = ("my_own_port", "os:abort", "./mine.py:Adapter", "./mine.py:conv2d as conv2d", "reference", "old")
    spellings = {"old": f"old=python:{sys.executable}:os:abort"}
    named = replace(journal, header=replace(journal.header, lanes=lanes, spellings=spellings))
    assert [lane.text for lane in lanes_of(named)] == ["reference"]


def test_operands_that_are_all_too_large_are_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    (trial,) = select(["conv2d_transpose/tutorial/example-1[inputs=mix,dtype=float32]"])
    whole = beside._tables(trial)
    monkeypatch.setattr(beside, "MOST_ELEMENTS", 2)
    monkeypatch.setattr(beside, "operands_of", lambda _: pytest.fail("was made"))
    assert beside._tables(trial) == tuple(replace(each, numbers=None) for each in whole)


def test_a_journal_of_impossible_inputs_has_none(made: tuple[Journal, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    journal, _ = made
    small = next(name for name in journal.trials if name.endswith("small"))

    def saying(**changes: object) -> Journal:
        return replace(journal, trials={**journal.trials, small: replace(journal.trials[small], **changes)})  # type: ignore[arg-type]

    unknown = saying(inputs="no_such_generator")
    assert small not in page_inputs(unknown, trials_of(unknown))
    size = 2**12
    huge = {**journal.trials[small].arguments, "value": [1, size, size, 1], "output_shape": [1, size, size, 1]}
    large = saying(arguments=huge)
    monkeypatch.setattr(beside, "operands_of", lambda trial: pytest.fail("was made") if trial.id == small else {})
    value, filter = page_inputs(large, trials_of(large))[small]
    assert (value.shape, value.numbers, filter.numbers) == ((1, size, size, 1), None, None)

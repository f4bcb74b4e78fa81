"""The hooks of a pytest session that asks lanes.

Knows: pytest's hooks and options, case files, waivers. Next stage: `conformance.pytest_plugin.nodes`.
"""

import os
import re
from collections import Counter
from collections.abc import Generator, Sequence
from pathlib import Path

import pytest

from conformance.adapters.lane import missing_framework, parse_lanes
from conformance.errors import CaseFileError, ConformanceError, UsageError, harmless
from conformance.files import read_regular
from conformance.journal.records import trial_entry
from conformance.judging.question import check_recorded
from conformance.judging.verdict import Flag
from conformance.judging.waivers import read_waivers
from conformance.pytest_plugin.examiner import Examiner
from conformance.pytest_plugin.nodes import CORPUS, CaseFile, Corpus, TrialItem
from conformance.report import wording
from conformance.report.flags import meaning
from conformance.suite.case import Trial
from conformance.suite.corpus import WAIVERS, of_tier, select, shipped_cases
from conformance.suite.document import MOST_BYTES
from conformance.suite.loading import load_file

_TOP_LEVEL = re.compile(r"^(operators?|cases|waivers)\s*:", re.MULTILINE)


def make_plugin(config: pytest.Config) -> "ConformancePlugin":
    """The plugin that these options ask for.

    Raises pytest.UsageError for a lane, a pattern or a waiver file that cannot be used.
    """
    option = config.option
    try:
        lanes = parse_lanes(option.conformance_lanes, option.conformance_variables)
        missing = [f"lane {lane.text}: {hint}" for lane in lanes if (hint := missing_framework(lane))]
        if missing:
            raise UsageError("\n".join(missing))
        paths = sorted((shipped_cases() / WAIVERS).glob("*.yaml")) if option.conformance_waivers else []
        examiner = Examiner(
            lanes, read_waivers(paths), option.conformance_timeout, option.conformance_threads,
            thorough=option.conformance_thorough,
        )  # fmt: skip
        return ConformancePlugin(examiner, _corpus(option.conformance_corpus, option.conformance_tier))
    except ConformanceError as error:
        raise pytest.UsageError(harmless(str(error))) from error


class ConformancePlugin:
    """Collects case files, and keeps count of what was judged."""

    def __init__(self, examiner: Examiner, corpus: Sequence[Trial]) -> None:
        self._examiner = examiner
        self._corpus = corpus
        self._known = {trial.id: trial for trial in corpus}
        self._asked: dict[str, Counter[str]] = {}
        """by lane, how many trials have which standing; `undeclared` counts some of the unsupported ones again"""
        self._flags: set[str] = set()
        """that failures show"""

    def pytest_report_header(self) -> str:
        return f"conformance: {', '.join(self._examiner.lanes)}"

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        if not _is_case_file(file_path, named=parent.session.isinitpath(file_path)):
            return None
        file: CaseFile = CaseFile.from_parent(parent, path=file_path, examiner=self._examiner, load=self._load)
        return file

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, session: pytest.Session, items: list[pytest.Item]) -> None:
        """Add the corpus, which no argument of the command line names, before -k and --lf choose."""
        if self._corpus:
            corpus = Corpus.from_parent(
                session, name=CORPUS, nodeid=CORPUS, examiner=self._examiner, trials=self._corpus
            )
            items += session.genitems(corpus)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Let a skip stand where its case does, as a mark's would."""
        report = yield
        if isinstance(item, TrialItem) and report.skipped and isinstance(report.longrepr, tuple):
            path, line, _ = item.reportinfo()
            report.longrepr = (path, line + 1, report.longrepr[2])
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        known = dict(report.user_properties)
        if report.when == "call" and "outcome" in known:
            flags = [flag for flag in str(known["flags"]).split(",") if flag]
            asked = self._asked.setdefault(str(known["lane"]), Counter())
            asked[str(known["standing"])] += 1
            asked[Flag.UNDECLARED] += Flag.UNDECLARED in flags
            self._flags.update(flags if report.failed else ())

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """A lane that judged nothing has failed; with xdist only the controller sees all."""
        self._examiner.close()
        if self._idle() and session.exitstatus == pytest.ExitCode.OK and not hasattr(session.config, "workerinput"):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """What was judged in each lane, and the meaning of each flag that a failure shows."""
        for lane, asked in self._asked.items():
            judged = wording.judged(
                conforming=asked["as expected"],
                waived=asked["waived"],
                nonconforming=asked["nonconforming"],
                unsupported=asked["unsupported"],
                undeclared=asked[Flag.UNDECLARED],
            )
            terminalreporter.write_line(f"conformance: lane {lane}: {judged}", red=lane in self._idle())
        for flag in sorted(self._flags):
            terminalreporter.write_line(f"conformance: flag {flag}: {meaning(flag)}")

    def pytest_unconfigure(self) -> None:
        self._examiner.close()

    def _idle(self) -> list[str]:
        return [lane for lane, asked in self._asked.items() if not asked.keys() - {"unsupported", Flag.UNDECLARED}]

    def _load(self, path: Path) -> Sequence[Trial]:
        """The trials of a case file; raises CaseFileError with all its problems."""
        folder = Path.cwd()
        trials = load_file(path.relative_to(folder) if path.is_relative_to(folder) else path)
        others = [(trial, self._known.setdefault(trial.id, trial)) for trial in trials]
        problems = [
            f"{trial.location}: the id {trial.id} is taken already, at {other.location}"
            for trial, other in others
            if other is not trial and trial_entry(trial).question() != trial_entry(other).question()
        ]
        if problems:
            raise CaseFileError(problems)
        check_recorded(trials)
        return trials


def _corpus(patterns: Sequence[str], tier: str) -> list[Trial]:
    """The shipped trials of the tier that are asked for, none without a pattern."""
    for text in patterns:
        if os.path.exists(text):
            raise UsageError(
                f"--conformance-corpus takes a pattern of trial ids, and {text!r} is a path; "
                "write --conformance-corpus=* before paths"
            )
    trials = of_tier(select(patterns, tier), tier) if patterns else []
    check_recorded(trials)
    return trials


def _is_case_file(path: Path, *, named: bool) -> bool:
    """By its top-level keys; a file that the command line names is one unless it holds waivers."""
    if path.suffix not in (".yaml", ".yml"):
        return False
    try:
        text = read_regular(path, MOST_BYTES).decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return named
    keys = set(_TOP_LEVEL.findall(text))
    return ("cases" in keys and bool({"operator", "operators"} & keys)) or (named and "waivers" not in keys)

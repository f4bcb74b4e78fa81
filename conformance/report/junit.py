"""A document as JUnit XML: one suite a lane, one test case a trial, and a suite for the run as a whole.

Knows: the JUnit dialect that CI services read. Must not know: journals. A file holds a failure or an error exactly
when the run's exit status is not 0.
"""

from collections.abc import Iterable, Mapping
from typing import assert_never
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from conformance.report import wording
from conformance.report.causes import Cause
from conformance.report.document import Report
from conformance.report.findings import Finding
from conformance.report.summary import LaneSummary

RUN = "the run"
"""Name of the suite for what concerns no single trial."""
# CI services show a message in one line; all of it stands in the text below.
LONGEST_MESSAGE = 1000


def junit(document: Report) -> str:
    """The whole file, declaration included."""
    root = Element("testsuites", name="nn-conformance")
    run = SubElement(root, "testsuite", name=RUN)
    complete = _case(run, "run", "complete")
    if document.summary.interrupted or document.summary.incomplete:
        _attach(complete, "error", document.headline, document.warnings)
    waivers = _case(run, "run", "waivers")
    if document.summary.problems:
        _attach(waivers, "failure", document.summary.problems[0], document.summary.problems)
    answers: dict[str, list[Finding]] = {}
    for finding in document.findings:
        answers.setdefault(finding.record.lane, []).append(finding)
    of_record = {
        (finding.record.lane, finding.record.trial): cause for cause in document.causes for finding in cause.findings
    }
    for lane in document.summary.lanes:
        root.append(_lane_suite(lane, answers.get(lane.lane, ()), of_record))
    for suite in root:
        suite.set("tests", str(len(suite.findall("testcase"))))
        for total, kind in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            suite.set(total, str(len(suite.findall(f"testcase/{kind}"))))
    for total in ("tests", "failures", "errors", "skipped"):
        root.set(total, str(sum(int(suite.get(total, "0")) for suite in root)))
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def chapter_and_name(trial: str) -> tuple[str, str]:
    """`operator/file/case[values]` as the dotted chapter `operator.file` and `case[values]`."""
    path, bracket, values = trial.partition("[")
    chapter, _, name = path.rpartition("/")
    return chapter.replace("/", "."), f"{name}{bracket}{values}"


def _lane_suite(lane: LaneSummary, answers: Iterable[Finding], causes: Mapping[tuple[str, str], Cause]) -> Element:
    suite = Element("testsuite", name=wording.printable(lane.lane), time=f"{lane.seconds:.3f}")
    properties = SubElement(suite, "properties")
    said = {
        "framework": lane.framework,
        "version": lane.version,
        "status": lane.status,
        "judged": str(lane.judged),
        "undeclared": str(lane.undeclared),
        "unsupported": str(lane.unsupported - lane.undeclared),
        "counts": lane.sentence,
    }
    for name, text in said.items():
        SubElement(properties, "property", name=name, value=wording.printable(text))
    for answer in answers:
        _trial_case(suite, answer, causes.get((answer.record.lane, answer.record.trial)))
    if lane.status == "missing":
        _attach(_case(suite, "run", "installed"), "skipped", lane.message, (lane.message,))
    return suite


def _trial_case(suite: Element, answer: Finding, cause: Cause | None) -> None:
    """`cause`: of a nonconformance, what it has in common with others."""
    record = answer.record
    case = _case(suite, *chapter_and_name(record.trial))
    if cause is not None:
        properties = SubElement(case, "properties")
        SubElement(
            properties, "property", name="cause", value=wording.printable(wording.clipped(cause.text, LONGEST_MESSAGE))
        )
    if (time := f"{record.seconds or 0.0:.3f}") != "0.000":
        case.set("time", time)
    match answer.standing:
        case "as expected":
            pass
        case "unsupported":
            _attach(case, "skipped", record.detail or record.outcome, ())
        case "waived":
            reason = f"{record.waived.kind}: {record.waived.reason}" if record.waived else ""
            # Thousands are waived for a few dozen reasons, and nobody has to act on them: the message says all.
            _attach(case, "skipped", f"waived as {reason} ({record.outcome})", ())
        case "nonconforming":
            kind = "error" if record.outcome == "errored" else "failure"
            lines = [*(f"{label}: {fact}" for label, fact in answer.facts()), "plan:", *answer.plan]
            _attach(case, kind, f"{record.outcome}: {record.detail}", lines)
        case _:
            assert_never(answer.standing)


def _case(suite: Element, chapter: str, name: str) -> Element:
    return SubElement(suite, "testcase", classname=wording.printable(chapter), name=wording.printable(name))


def _attach(case: Element, kind: str, message: str, lines: Iterable[str]) -> None:
    line = wording.clipped(wording.one_line(message), LONGEST_MESSAGE)
    element = SubElement(case, kind, message=wording.printable(line))
    element.text = wording.printable("\n".join(lines))

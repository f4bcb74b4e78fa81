"""The page of findings: a chapter a framework, an entry a cause."""

from collections.abc import Callable

from conformance.journal import Journal, Record
from conformance.judging.verdict import Waived
from conformance.report.causes import causes
from conformance.report.finding_page import Setting, finding_page
from conformance.report.findings import findings

Records = Callable[..., Record]
Journals = Callable[..., Journal]
BUG = Waived("bug", "A long reason. " * 20, "https://example.org/issue/1")


def page(journal: Journal, scripts: dict[tuple[str, str], str]) -> str:
    wrong = (finding for finding in findings(journal) if not finding.record.conforms)
    found = causes(wrong, {name: lane.framework for name, lane in journal.lanes.items()})
    setting = Setting({name: lane.versions for name, lane in journal.lanes.items()}, journal.header.machine)
    return finding_page(found, [setting], scripts, "conformance findings run")


def test_an_entry_has_the_smallest_call_the_numbers_the_script_and_the_address(realistic: Journal) -> None:
    scripts = {(record.trial, record.lane): "import torch\nprint(torch)" for record in realistic.records}
    text = page(realistic, scripts)
    assert "2 findings in 1 framework, from 6 records" in text
    assert "at [0, 1, 0, 0] expected 1.5, observed nan" in text
    assert "5 records, waived as bug: `torch` 5. See <https://example.org/issue/1>." in text
    assert "1 record, not waived: `torch` 1." in text
    assert text.count("```python\nimport torch\nprint(torch)\n```") == 2


def test_a_long_reason_is_a_heading_s_beginning_and_stands_whole_below_it(record: Records, journal: Journals) -> None:
    text = page(journal([record("a/b/c", "torch", "differs", waived=BUG)]), {})
    heading = next(line for line in text.splitlines() if line.startswith("### 1. "))
    assert len(heading) < 140
    assert BUG.reason.strip() in text
    assert "no script was written" in text


def test_records_of_one_framework_outcome_direction_and_message_are_one_cause(
    record: Records, journal: Journals
) -> None:
    told = [
        ("torch", "differs", "6 of 18 elements differ"),
        ("torch:strided", "differs", "7 of 20 elements differ"),
        ("torch", "refused", "6 of 18 elements differ"),
        ("jax", "differs", "6 of 18 elements differ"),
    ]
    run = journal([record(f"a/b/{n}", lane, outcome, detail=text) for n, (lane, outcome, text) in enumerate(told)])
    frameworks = {"torch": "torch", "torch:strided": "torch", "jax": "jax"}
    assert [len(cause.findings) for cause in causes(findings(run), frameworks)] == [2, 1, 1]

"""A finding as the text of a failed test: what the terminal report says of it, without colours and columns.

Knows: findings and their words. Must not know: pytest, lanes.
"""

from collections.abc import Iterator

from conformance.report import wording
from conformance.report.findings import Finding

MOST_LINES = 12
"""of a plan, or of differing elements"""
LONGEST_LINE = 1200


def failure(finding: Finding) -> str:
    """The first line says what is wrong, for the short summary; facts follow, each under its label."""
    record = finding.record
    facts = list(_facts(finding))
    width = max(len(label) for label, _ in facts)
    lines = [f"{record.outcome} in {record.lane}: {wording.one_line(record.detail)}"]
    for label, text in facts:
        first, *rest = text.splitlines()
        lines += [f"  {label:{width}}  {first}", *(f"  {'':{width}}  {line}" for line in rest)]
    return wording.printable("\n".join(wording.clipped(line, LONGEST_LINE) for line in lines))


def _facts(finding: Finding) -> Iterator[tuple[str, str]]:
    yield "trial", finding.record.trial
    yield from finding.facts()
    differences = [
        f"{wording.shape(found.index)} expected {found.expected}, observed {found.observed} ({found.region})"
        for found in finding.differences
    ]
    for label, lines in (("plan", finding.plan), ("differs at", differences)):
        if lines:
            left_out = len(lines) - MOST_LINES
            yield label, "\n".join([*lines[:MOST_LINES], *([f"and {left_out:,} more"] if left_out > 0 else [])])

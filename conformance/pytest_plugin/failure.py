"""A finding as the text of a failed test: what the terminal report says of it, without colours and columns.

Knows: findings and their words. Must not know: pytest, lanes.
"""

from conformance.report import wording
from conformance.report.findings import Finding

# Characters: a sentence of a diagnosis is shown whole; a framework's message may hold a graph.
LONGEST_LINE = 1200


def failure(finding: Finding) -> str:
    """The first line says what is wrong, for the short summary; facts follow, each under its label."""
    record = finding.record
    long_facts = ((label, "\n".join(lines)) for label, lines in finding.lines())
    facts = [("trial", record.trial), *finding.facts(), *long_facts]
    width = max(len(label) for label, _ in facts)
    told = record.diagnosis[0].removeprefix("behaves ") if record.diagnosis else record.detail
    lines = [f"{record.outcome} in {record.lane}: {wording.one_line(told)}"]
    for label, text in facts:
        first, *rest = text.splitlines()
        lines += [f"  {label:{width}}  {first}", *(f"  {'':{width}}  {line}" for line in rest)]
    return wording.printable("\n".join(wording.clipped(line, LONGEST_LINE) for line in lines))

"""A document as JSON, for programs: the figures, what is not as expected, and where it all came from.

Knows: the fields of summary.json, which programs rely on. Must not know: journals; whoever needs every record
reads the journal itself.
"""

import json
from dataclasses import asdict

from conformance.report.document import Report
from conformance.report.findings import Finding
from conformance.report.flags import legend
from conformance.report.regression_report import regression_json
from conformance.report.summary import exit_status

FORMAT = 1


def summary_json(document: Report) -> str:
    """The whole file."""
    summary = document.summary
    content = {
        "format": FORMAT,
        "exit_status": exit_status(summary),
        "headline": document.headline,
        "interrupted": summary.interrupted,
        "warnings": document.warnings,
        "incomplete": summary.incomplete,
        "problems": summary.problems,
        "notes": document.notes,
        "trials": summary.trials,
        "tier": summary.tier,
        "records": summary.records,
        "judged": summary.judged,
        "nonconforming": summary.nonconforming,
        "waived": summary.waived,
        "lanes": [
            {
                **asdict(lane),
                "judged": lane.judged,
                "sentence": lane.sentence,
                "expression": {
                    **asdict(lane.expression),
                    "native_share": lane.expression.native_share,
                    "composed_share": lane.expression.composed_share,
                    "unsupported_share": lane.expression.unsupported_share,
                },
            }
            for lane in summary.lanes
        ],
        "frameworks": [
            {
                "framework": story.framework,
                "lanes": story.lanes,
                "judged": story.judged,
                "bugs": len(story.bugs),
                "known_bugs": len(story.known),
                "crashes": len(story.crashes),
                "gaps": story.gaps,
                "sentences": story.sentences,
            }
            for story in document.frameworks
        ],
        "causes": [
            {
                "framework": cause.framework,
                "text": cause.text,
                "records": len(cause.findings),
                "outcomes": dict(cause.outcomes),
                "lanes": dict(cause.lanes),
                "scope": cause.scope,
                "trial": cause.smallest.record.trial,
                "lane": cause.smallest.record.lane,
                "explain": cause.smallest.explain,
            }
            for cause in document.causes
        ],
        "flags": dict(legend(finding.record for finding in document.findings)),
        "arithmetic": [asdict(row) for row in document.arithmetic],
        "nonconformances": [_finding(finding) for finding in document.nonconformances],
        "known_deviations": [_finding(finding) for known in document.known for finding in known.findings],
        "changes": None if document.changes is None else json.loads(regression_json(document.changes)),
        "provenance": dict(document.provenance),
    }
    return json.dumps(content, indent=2, allow_nan=False) + "\n"


def _finding(finding: Finding) -> dict[str, object]:
    record = finding.record
    return {
        "trial": record.trial,
        "lane": record.lane,
        "outcome": record.outcome,
        "detail": record.detail,
        "diagnosis": record.diagnosis,
        "traceback": record.traceback,
        "native": record.native,
        "explain": finding.explain,
        "waived": asdict(record.waived) if record.waived else None,
    }

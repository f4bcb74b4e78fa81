"""A document as one self-contained HTML file: no scripts, nothing loaded from elsewhere.

Knows: Jinja2 and the template beside it. Must not know: journals. Autoescape is on for all of it.
"""

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from conformance.report import wording
from conformance.report.arithmetic_table import HEADS
from conformance.report.convention_report import ConventionReport
from conformance.report.document import Document
from conformance.report.summary import OUTCOMES, exit_status

_MARKS = {"as expected": "✓", "nonconforming": "✗", "waived": "≈", "unsupported": "○"}
"""Beside the word, so that a standing is seen at a glance without its colour."""


def html(document: Document) -> str:
    """The whole page."""
    lanes = document.summary.lanes
    seen = {outcome for lane in lanes for outcome, number in lane.counts.items() if number}
    outcomes = [*OUTCOMES, *sorted(seen - set(OUTCOMES))]
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            document=document,
            summary=document.summary,
            lanes=lanes,
            outcomes=outcomes,
            status=exit_status(document.summary),
            marks=_MARKS,
            arithmetic_heads=HEADS,
        )
    )


def convention_page(report: ConventionReport) -> str:
    """A page of conventions alone."""
    return _environment().get_template("convention_page.html.j2").render(report=report, document=report)


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("conformance.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_visible,
    )
    environment.filters |= {
        "count": wording.count,
        "figure": wording.figure,
        "in_bounds": wording.in_bounds,
        "percentage": wording.percentage,
        "shape": wording.shape,
    }
    environment.tests["web_address"] = wording.web_address
    return environment


def _visible(value: Any) -> Any:
    """Control characters are spelled out in whatever a template prints; what is markup already has been through."""
    return wording.printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value

"""A document as an HTML report: one self-contained file, or a folder whose records are files of their own.

Knows: Jinja2, the templates, styles and scripts beside it. Must not know: journals. Autoescape is on for all of it,
data is embedded as JSON that no text can break out of, and scripts set text, never markup. Nothing is loaded from
elsewhere.
"""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from conformance.report import wording
from conformance.report.arithmetic_table import HEADS
from conformance.report.convention_report import ConventionReport
from conformance.report.document import Report
from conformance.report.flags import legend
from conformance.report.page.details import ALL_HEAT_MAPS, EXCERPT_CHARACTERS, TRIALS_A_PART, heat_maps_within, parts
from conformance.report.page.embedding import embedded, packed
from conformance.report.page.glance import glances
from conformance.report.page.matrix import matrix
from conformance.report.page.numerics import numerics
from conformance.report.page.phrases import Templates
from conformance.report.page.plots import Plots, plots
from conformance.report.regression_report import headline
from conformance.report.summary import OUTCOMES, exit_status

# In the order in which one builds on another.
SCRIPTS = (
    "journal.js",
    "query.js",
    "elements.js",
    "geometry.js",
    "heatmap.js",
    "operands.js",
    "record.js",
    "matrix.js",
    "page.js",
)
# Each is a table, a plan and pictures; the matrix has all of them.
MOST_FINDINGS = 200
# Of one cause: who wants more looks for them in the matrix.
MOST_LISTED = 50
# Each with all that was observed before and after.
MOST_CHANGES = 40
# Columns of operators by features that a screen of 1,440 pixels has room for.
MOST_FEATURES = 24
SELECTS = ("outcome", "standing", "lane", "operator", "direction", "dtype", "inputs")
"""of records and of trials of every kind"""
# Of a select; what has more values is asked for in words.
MOST_CHOICES = 150
QUESTIONS = (
    ("✗ nonconforming", "standing:nonconforming"),
    ("≈ waived", "standing:waived"),
    ("≠ differs", "outcome:differs"),
    ("✱ crashed", "outcome:crashed,timed_out"),
    ("○ unsupported", "outcome:unsupported"),
    ("composed", "said:composed"),
    ("wrong calls", "expects:refusal"),
    ("the tutorial", "/tutorial/"),
    ("most of the bound used", "error:>0.9"),
    ("mistrusted", "flag:mistrusted"),
    ("free elements", "flag:free"),
)
# Of fewer answers quartiles say little, and the engine takes a second, as long as all the rest of a small run.
FEWEST_DRAWN = 100
TOO_FEW = f"The plots are left out: they are drawn of {FEWEST_DRAWN} answers or more."
# Beside the word, so that a standing is seen at a glance without its colour.
_MARKS = {"as expected": "✓", "nonconforming": "✗", "waived": "≈", "unsupported": "○"}


@dataclass(frozen=True, slots=True)
class Folder:
    """The folder form: the page, and the files that it reads when a record is opened."""

    page: str
    records: Mapping[str, str]
    """name in the folder `records` -> content"""


def html(document: Report) -> str:
    """The whole report as one file."""
    templates: Templates = {}
    # The plots are drawn by a process of their own, which takes about as long as all else.
    with ThreadPoolExecutor(1) as beside:
        drawings = beside.submit(_drawings, document)
        content = [packed(part) for part in parts(document, heat_maps_within(document, EXCERPT_CHARACTERS), templates)]
        return _page(document, drawings.result(), templates, content)


def html_folder(document: Report) -> Folder:
    """The report as a folder, with all heat maps, for runs too large for one file."""
    templates: Templates = {}
    content = parts(document, ALL_HEAT_MAPS, templates)
    records = {f"part-{number}.js": f"receivePart({number},{embedded(part)});\n" for number, part in enumerate(content)}
    return Folder(_page(document, _drawings(document), templates, (), folder=True), records)


def _drawings(document: Report) -> Plots:
    answers = sum(finding.record.metrics is not None for finding in document.findings)
    return plots(numerics(document)) if answers >= FEWEST_DRAWN else Plots(missing=TOO_FEW)


def convention_page(report: ConventionReport) -> str:
    """A page of conventions alone."""
    return _environment().get_template("convention_page.html.j2").render(report=report, document=report)


def _page(
    document: Report,
    drawings: Plots,
    templates: Iterable[Sequence[str]],
    detail_parts: Iterable[Markup],
    *,
    folder: bool = False,
) -> str:
    lanes = document.summary.lanes
    columns = matrix(document)
    content: dict[str, Any] = {
        "document": document,
        "summary": document.summary,
        "lanes": lanes,
        "flags": legend(finding.record for finding in document.findings),
        "glances": glances(document),
        "outcomes": OUTCOMES,
        "status": exit_status(document.summary),
        "marks": _MARKS,
        "arithmetic_heads": HEADS,
        "changes": document.changes,
        "change_headline": headline(document.changes) if document.changes else "",
        "most_changes": MOST_CHANGES,
        "most_findings": MOST_FINDINGS,
        "most_listed": MOST_LISTED,
        "most_features": MOST_FEATURES,
        "deviating": [
            story
            for story in document.wrong_calls
            if any(answer.standing in ("nonconforming", "waived") for answer in story.answers)
        ],
        "odd_elements": document.odd_elements,
        "plots": drawings,
        "questions": QUESTIONS,
        "selects": SELECTS,
        "fact_selects": [
            field["name"]
            for field in columns["fields"]
            if field["name"] not in SELECTS and 1 < len(field["values"]) <= MOST_CHOICES
        ],
        "field_names": [field["name"] for field in columns["fields"]],
        "reproduction": "\n".join(document.reproduction),
        "matrix": embedded(columns),
        "templates": packed(list(templates)),
        "detail_parts": detail_parts,
        "trials_a_part": TRIALS_A_PART,
        "folder": folder,
        "scripts": _scripts(),
    }
    return _environment().get_template("report.html.j2").render(content)


@cache
def _scripts() -> Markup:
    """The page's own scripts, which nothing foreign is written into."""
    folder = files("conformance.report") / "templates" / "scripts"
    return Markup("\n".join((folder / name).read_text(encoding="utf-8") for name in SCRIPTS))  # noqa: S704


@cache
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
        "clipped": wording.clipped,
        "count": wording.count,
        "figure": wording.figure,
        "fragment": _fragment,
        "in_bounds": wording.in_bounds,
        "percentage": wording.percentage,
        "shape": wording.shape,
    }
    environment.globals |= {
        "record_address": lambda record: f"#record/{_fragment(record.lane)}/{_fragment(record.trial)}",
        "trial_address": lambda trial: f"#trial/{_fragment(trial.id)}",
    }
    environment.tests["web_address"] = wording.web_address
    return environment


def _fragment(text: str) -> str:
    """A text as part of an address within the page."""
    return quote(wording.printable(text), safe="")


def _visible(value: Any) -> Any:
    """Control characters are spelled out in whatever a template prints; what is markup already has been through."""
    return wording.printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value

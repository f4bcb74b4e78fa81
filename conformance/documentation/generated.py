"""Pages that are made of what the code declares: keys of cases, generators, facts, entries of journals, lanes.

Knows: signatures, generators, dataclasses. Must not know: verbs, whose page `conformance.cli.docs` makes. A test
compares each with its file, and `conformance docs --write` makes the files anew.
"""

import inspect
import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from pydantic import BaseModel

from conformance.adapters.lane import BUILT_IN, load_adapter, parse_lane
from conformance.adapters.support import supported_operators
from conformance.documentation.notes import notes
from conformance.journal import (
    Convention,
    ConventionFact,
    Footer,
    Grade,
    Header,
    LaneEntry,
    Record,
    TrialEntry,
)
from conformance.journal.entry import PlanEntry
from conformance.judging.verdict import Metrics, Outcome
from conformance.operators.facts import absent_facts
from conformance.operators.kind import Signature
from conformance.operators.registry import operators, packages, parts, signatures
from conformance.report.flags import MEANINGS
from conformance.report.summary import LaneSummary, Summary
from conformance.suite.schema import Parameters, case_entry

MADE = "<!-- Made by `conformance docs --write docs`; what it says stands in the code. -->"
OUTCOMES: Mapping[Outcome, str] = {
    Outcome.AGREES: "the right answer: bit for bit on integers, within the error bound on real numbers",
    Outcome.DIFFERS: "right shape and dtype, wrong values",
    Outcome.WRONG_SHAPE: "an answer of another shape",
    Outcome.WRONG_DTYPE: "an answer of another dtype",
    Outcome.REFUSED: "the framework raised an error: right for a call that is wrong on purpose, otherwise not",
    Outcome.ACCEPTED: "a call that is wrong on purpose was answered",
    Outcome.UNSUPPORTED: "the framework's own words cannot say the call; the record says why. Nothing was judged",
    Outcome.CRASHED: "the process died",
    Outcome.TIMED_OUT: "no answer within the time limit; the process was ended",
    Outcome.ERRORED: "the adapter itself failed, or the suite",
}
"""what each outcome means"""
ENTRIES: tuple[type, ...] = (
    Header,
    TrialEntry,
    LaneEntry,
    PlanEntry,
    Record,
    Metrics,
    Grade,
    Convention,
    ConventionFact,
    Footer,
)


def case_keys() -> str:
    """The keys of a case, kind by kind."""
    lines = [MADE, "# Keys of a case", ""]
    lines += [
        "A case file has `operator` (or `operators`) and `cases`. [Case files of several operators](../cases.md) says",
        "how one value becomes another for each operator or axis. `conformance cases schema` prints the JSON Schema.",
        "",
        "## Every case",
        "",
    ]  # fmt: skip
    entry = case_entry(Parameters)
    lines += _keys(entry, entry.model_fields)
    for kind, signature in _kinds().items():
        model = signature.parameters()
        lines += ["", f"## {kind.capitalize()}", "", f"Operators: {_words(signature.OPERATORS)}.", ""]
        lines += _keys(model, (name for name in model.model_fields if name not in Parameters.model_fields))
    return "\n".join(lines) + "\n"


def generators() -> str:
    """Every generator of every kind, and what it makes visible."""
    lines = [MADE, "# Generators", ""]
    lines += [
        "`inputs` of a case names how its numbers are made; a list in `sweep` asks several. The same trial has the",
        "same numbers on every machine, unless a run takes `--seed`. Literal numbers are possible, too:",
        "`inputs: {value: [[...]], filter: [[...]]}`.",
    ]  # fmt: skip
    by_kind = {module.__name__.rpartition(".")[0]: module.GENERATORS for module in parts("generators")}
    for package, named in by_kind.items():
        rows = [(f"`{name}`", each.purpose) for name, each in named.items()]
        lines += ["", f"## {_name(package).capitalize()}", "", *_table(("generator", "what it makes visible"), rows)]
    return "\n".join(lines) + "\n"


def facts() -> str:
    """The facts that waivers and queries ask, and which kinds have them."""
    lines = [MADE, "# Facts of a call", ""]
    lines += [
        "What `where` of a [waiver](../waivers.md) may ask, and what the page of a report finds, as in",
        "`dilated:true output:>8`.",
        "A fact that a call does not have is never equal to anything.",
        "",
    ]  # fmt: skip
    kinds: dict[str, list[str]] = {name: [] for name in absent_facts()}
    for kind, signature in _kinds().items():
        for fact in signature.FACTS:
            kinds[fact.name].append(kind)
    rows = [(f"`{name}`", ", ".join(found) or "every kind") for name, found in kinds.items()]
    return "\n".join([*lines, *_table(("fact", "calls of"), rows)]) + "\n"


def results() -> str:
    """Outcomes, flags, the entries of a journal, the fields of summary.json."""
    lines = [MADE, "# What a run writes", "", "## Outcomes", ""]
    lines += _table(("outcome", "meaning"), [(f"`{name}`", meaning) for name, meaning in OUTCOMES.items()])
    lines += ["", "## Flags", "", "What an outcome does not prove.", ""]
    lines += _table(("flag", "meaning"), [(f"`{flag}`", meaning) for flag, meaning in MEANINGS.items()])
    lines += ["", "## journal.jsonl", ""]
    lines += [
        "One JSON object a line; `kind` says which. Each line ends with a checksum over it and all lines before it.",
        "Fields that have their default are left out. Every report is made of this file alone (`conformance report`).",
    ]  # fmt: skip
    for entry in ENTRIES:
        lines += ["", f"### {entry.__name__}", "", f"{(entry.__doc__ or '').splitlines()[0]}", "", *_fields(entry)]
    lines += ["", "## summary.json", ""]
    lines += [
        "The figures for programs: `format` (1), `exit_status`, `headline`, `warnings`, `incomplete`, `problems`,",
        "`notes`, `nonconformances` and `known_deviations` (a finding each: trial, lane, record, waiver), `changes`",
        "against a base, `provenance`, and these:",
    ]  # fmt: skip
    for each in (Summary, LaneSummary):
        lines += ["", f"### {each.__name__}", "", f"{(each.__doc__ or '').splitlines()[0]}", "", *_fields(each)]
    return "\n".join(lines) + "\n"


def lanes() -> str:
    """The adapters that the suite brings along: how each is installed, its modes, what it says, and its limits."""
    lines = [MADE, "# Lanes", ""]
    lines += [
        "`--lane NAME[:mode[+mode]][@device]` asks one of these. A framework in another environment is asked as",
        "`--lane LABEL=python:ENVIRONMENT:LANE`, a port as `LABEL=exec:COMMAND`, an adapter of your own by its file.",
        "`conformance adapters` shows what is installed here. Operators are those of which the adapter says at least",
        "one call of the quick tier; what it cannot say, `conformance run` counts as unsupported, with a reason.",
        "",
    ]  # fmt: skip
    rows, details = list[tuple[str, ...]](), list[str]()
    for name, known in BUILT_IN.items():
        adapter = load_adapter(parse_lane(name))
        said = supported_operators(adapter)
        install = f"`pip install 'nn-conformance[{known.extra}]'`" if known.extra else "comes along"
        gradients = "yes" if len(adapter.directions) > 1 else "no"
        rows.append((f"`{name}`", install, f"{len(said)} of {len(operators())}", gradients, ", ".join(adapter.dtypes)))
        details += ["", f"## {name}", "", inspect.getdoc(type(adapter)) or "", ""]
        details += [f"Modes: {_words(known.modes)}.", ""] if known.modes else []
        if missing := [operator for operator in operators() if operator not in said]:
            details += [f"It does not say: {_words(missing)}.", ""]
        details += [f"- {reason}." for reason in dict.fromkeys(each.reason for each in getattr(adapter, "limits", ()))]
    heads = ("adapter", "installed by", "operators", "gradients", "dtypes")
    lines += [*_table(heads, rows), *details]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).rstrip() + "\n"


GENERATED: Mapping[str, Callable[[], str]] = {
    "reference/case-keys": case_keys,
    "reference/generators": generators,
    "reference/facts": facts,
    "reference/results": results,
    "reference/lanes": lanes,
}
"""what each page is made by"""


def _keys(model: type[BaseModel], names: Iterable[str]) -> list[str]:
    fields = [(name, model.model_fields[name]) for name in names]
    rows = [(f"`{name}`{', required' * field.is_required()}", field.description or "") for name, field in fields]
    return _table(("key", "what it is"), rows)


def _fields(of: type) -> list[str]:
    rows = [(f"`{note.name}`", f"`{note.type}`", note.text) for note in notes(of)]
    return _table(("field", "type", "what it is"), rows)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [heads, ["---"] * len(heads), *rows]
    return [
        f"| {' | '.join(' '.join(str(cell).replace('|', chr(92) + '|').split()) for cell in line)} |" for line in lines
    ]


def _kinds() -> Mapping[str, Signature]:
    return dict(zip(map(_name, packages()), signatures(), strict=True))


def _name(package: str) -> str:
    return f"{package.rpartition('.')[2].replace('_', ' ')}s"


def _words(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)

"""The chapter of generated cases: rows of parameters as YAML, and read back.

Knows: relations, how a case file is laid out. Must not know: how the rows were found (`completion`).

Rows of one direction, padding and stride are a case. Its name says these, and its reason which relations the rows have:
both follow from the calls alone, so that a trial's id stays what it is whatever else is asked.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from textwrap import wrap
from typing import Any

from conformance.operators.convolution.call import ConvolutionTrial
from conformance.operators.convolution.covering.array import Array
from conformance.operators.convolution.covering.completion import (
    Row,
    complete,
    is_small,
    trial_of,
    without_the_needless,
)
from conformance.operators.convolution.covering.relations import RELATIONS, padded_axes
from conformance.suite.corpus import files_in
from conformance.suite.document import read_document
from conformance.suite.loading import load
from reference.family import Operator

CHAPTER = "relations.yaml"
# Of a line, as in all files of the repository.
WIDTH = 120
HEADER = """\
# Calls that between them are of every legal pair of classes of relations, and of every triple of the geometric ones, as
# far as no other chapter has them: `conformance cases list --coverage` shows the classes.
# Written by: conformance cases complete
"""
# The relations that a case's reason names, those for which its calls differ most
TOLD = (
    "kernel against stride",
    "dilated kernel against value",
    "pad before",
    "pad behind",
    "pads over axes",
    "length in its legal range",
)
ORDER = (
    "direction", "batch", "size", "channels", "groups", "bias", "kernel", "strides", "dilations", "padding", "output",
    "data_format", "dtype",
)  # fmt: skip
DEFAULTS: Mapping[str, Any] = {
    "groups": 1, "bias": False, "dtype": "float32", "strides": 1, "dilations": 1, "data_format": None,
}  # fmt: skip


def completed_chapter(operator: Operator, path: Path, afresh: bool = False) -> tuple[str, Array]:
    """The text of the chapter at `path`, FOLDER/OPERATOR/FILE, with what the other files of the folder and its own rows
    lack, and the array then.

    afresh: the chapter's own rows are left out, and found anew.
    """
    array = Array(operator)
    others = (each for each in files_in(path.parent.parent) if each != path)
    for trial in load(others, lambda case: case.operator == operator.name):
        if isinstance(trial, ConvolutionTrial):
            array.add(array.classes.rows(trial.call))
    rows = []
    for row in [] if afresh else chapter_rows(path):
        trial_there = trial_of(operator, row)
        # Rows that are not small any more, because the limits have changed, are left out and found anew.
        if trial_there is not None and is_small(trial_there):
            rows.append(row)
            array.add(array.classes.rows(trial_there.call))
    found = [tidy(row, operator) for row in complete(operator, array)]
    return chapter_text(operator, [*rows, *without_the_needless(found, operator, array)]), array


def chapter_text(operator: Operator, rows: Sequence[Row]) -> str:
    """The text of the chapter; rows stand in the order in which they were found, within their case."""
    cases: dict[str, list[Row]] = {}
    for row in rows:
        padding = row["padding"] if isinstance(row["padding"], str) else "explicit"
        strides = row.get("strides", 1)
        stride = "strides" if isinstance(strides, list) else f"stride-{strides if strides < 3 else '3-or-more'}"
        name = f"{row['direction'].replace('_', '-')}-{padding.lower()}-{stride}"
        cases.setdefault(name, []).append(row)
    lines = [f"{HEADER}operator: {operator.name}", "cases:"]
    for name in sorted(cases):
        lines += [*_case(operator, name, cases[name]), ""]
    return "\n".join(lines[:-1]) + "\n"


def chapter_rows(path: Path) -> list[Row]:
    """The rows of a chapter that `chapter_text` wrote; none where there is no such file."""
    if not path.exists():
        return []
    content: Any = read_document(path).content
    return [
        {**{key: case[key] for key in ("direction", "padding") if key in case}, **row}
        for case in content["cases"]
        for row in case["sweep"]["together"]
    ]


def tidy(row: Row, operator: Operator) -> Row:
    """The row as the chapter has it: without defaults, one number where all axes have the same."""
    defaults = {**DEFAULTS, "data_format": operator.data_formats[0]}
    shortened = {name: row[name] for name in ORDER if name in row}
    for name, written in shortened.items():
        if isinstance(written, list) and name != "padding" and len(set(written)) <= 1:
            shortened[name] = written[0]
    return {name: written for name, written in shortened.items() if defaults.get(name) != written}


def _case(operator: Operator, name: str, rows: Sequence[Row]) -> Iterator[str]:
    trials = [trial for trial in (trial_of(operator, row) for row in rows) if trial is not None]
    yield f"  - name: {name}"
    yield "    why: >-"
    yield from wrap(_why(trials), WIDTH, initial_indent=" " * 6, subsequent_indent=" " * 6, break_on_hyphens=False)
    yield f"    direction: {rows[0]['direction']}"
    shared = isinstance(rows[0]["padding"], str)
    if shared:
        yield f"    padding: {rows[0]['padding']}"
    yield "    sweep:"
    yield "      together:"
    for row in rows:
        told = {key: value for key, value in row.items() if key != "direction" and not (shared and key == "padding")}
        text = ", ".join(f"{key}: {each if isinstance(each, str) else json.dumps(each)}" for key, each in told.items())
        lines = wrap(f"{{{text}}}", WIDTH - 11, break_on_hyphens=False, break_long_words=False)
        yield f"        - {lines[0]}"
        yield from (f"           {line}" for line in lines[1:])


def _why(trials: Sequence[ConvolutionTrial]) -> str:
    """The classes that the calls are of, of the relations that a reader looks for."""
    told = []
    for relation in RELATIONS:
        if relation.name in TOLD:
            found = set()
            for trial in trials:
                axes = padded_axes(trial.call)
                found |= {relation.of_call(trial.call, axes)} if relation.of_call else set()
                found |= {relation.of_axis(axis) for axis in axes} if relation.of_axis else set()
            known = [name for name in relation.classes(trials[0].call.definition) if name in found]
            if known:
                told.append(f"{relation.name} {' or '.join(known)}")
    return f"Relations that no other trial has together: {'; '.join(told)}."

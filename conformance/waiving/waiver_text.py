"""The text of a waiver file with a renewal done to it; every line that is not concerned stays as it is, to the byte.

Knows: lines, and where YAML's nodes begin and end. Must not know: journals. The new text is read back and held
against what it should say: a file that is written in a way that this cannot edit is refused, not damaged.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from conformance.errors import CaseFileError
from conformance.judging.waiver import PLACEHOLDER
from conformance.suite.document import parse_document
from conformance.waiving.renewal import Addition, EntryChange, Piece, Renewal

EMPTY = "waivers: []\n"
"""the text of a file that is not there yet"""
# Characters, so that a comment with its indentation stays within lines of 120.
LONGEST_COMMENT = 110
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./*-]*(\[[A-Za-z0-9_./*=,:-]*\]?)?")
_WORDS = ("null", "true", "false")


@dataclass(frozen=True, slots=True)
class _Entry:
    """Where an entry stands: its lines, the first and the one after the last."""

    begin: int
    end: int
    node: yaml.MappingNode


def renewed(text: str, path: Path, renewal: Renewal) -> str:
    """The text with the renewal done to it; raises CaseFileError where that cannot be done."""
    if not renewal.changes and not renewal.additions:
        return text
    content = parse_document(text, path).content
    assert isinstance(content, dict)
    before = content["waivers"]
    assert isinstance(before, list)
    after = _edited(text, path, renewal)
    added = (
        {"lane": _written(each.lanes), "trial": each.trial, "outcome": str(each.outcome),
         **({"explanation": each.explanation} if each.explanation else {}), "class": "bug", "reason": PLACEHOLDER}
        for each in renewal.additions
    )  # fmt: skip
    wanted = [*_kept(before, renewal.changes), *added]
    try:
        said = parse_document(after, path).content
    except CaseFileError:
        said = None
    if said != {**content, "waivers": wanted}:
        raise CaseFileError([f"{path}: this file is written in a way that cannot be edited line by line; {_STYLE}"])
    return after


def comment_above(text: str, line: int) -> bool:
    """Whether a comment stands right above the line, counted from 1."""
    return line > 1 and text.splitlines()[line - 2].lstrip().startswith("#")


_STYLE = "write each waiver as an entry of its own that begins with `- ` and its first key on one line"


def _edited(text: str, path: Path, renewal: Renewal) -> str:
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += newline
    sequence = _sequence(text, path)
    if not sequence.value:  # the first entries take the place of `[]`
        row = sequence.start_mark.line
        before = "".join([*lines[:row], lines[row][: sequence.start_mark.column].rstrip(), newline])
        return _appended(before, renewal.additions, "  ", newline, first=True) + "".join(lines[row + 1 :])
    if sequence.flow_style:
        raise CaseFileError([f"{path}:{sequence.start_mark.line + 1}: the waivers are a list in brackets; {_STYLE}"])
    entries = list(_entries(lines, sequence, path))
    pieces = {
        change.index: [_narrowed(text, lines, entries[change.index], piece) for piece in change.pieces]
        for change in renewal.changes
    }
    head = lines[: entries[0].begin] + _kept_lines(lines, entries, pieces, newline)
    tail = "".join(lines[entries[-1].end :])
    if len(pieces) == len(entries) and not any(pieces.values()) and not renewal.additions:
        # `[]` after the key, and every comment that was kept.
        places = [place for place, line in enumerate(head) if line.startswith("waivers:")]
        if len(places) != 1:
            raise CaseFileError([f"{path}: the key waivers does not begin a line; {_STYLE}"])
        head[places[0]] = head[places[0]].replace(":", ": []", 1)
        return "".join(head) + tail
    indent = " " * sequence.start_mark.column
    return _appended("".join(head), renewal.additions, indent, newline) + tail


def _kept_lines(
    lines: Sequence[str], entries: Sequence[_Entry], pieces: Mapping[int, Sequence[str]], newline: str
) -> list[str]:
    """The entries with what stands between them; one that goes takes a blank line after it along."""
    kept: list[str] = []
    for index, entry in enumerate(entries):
        gap = lines[entry.end : entries[index + 1].begin] if index + 1 < len(entries) else []
        written = pieces.get(index, lines[entry.begin : entry.end])
        kept += [newline.join(written)] if index in pieces and written else written
        kept += gap[1:] if not written and gap and not gap[0].strip() else gap
    return kept


def _sequence(text: str, path: Path) -> yaml.SequenceNode:
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    assert isinstance(root, yaml.MappingNode)
    for key, node in root.value:
        if key.value == "waivers" and isinstance(node, yaml.SequenceNode):
            return node
    raise CaseFileError([f"{path}: the waivers are an alias; {_STYLE}"])


def _entries(lines: Sequence[str], sequence: yaml.SequenceNode, path: Path) -> Iterator[_Entry]:
    """Each entry up to its last line; comments as far left as its dash belong to what follows."""
    column = sequence.start_mark.column
    begins = [node.start_mark.line for node in sequence.value] + [len(lines)]
    for node, begin, next_begin in zip(sequence.value, begins[:-1], begins[1:], strict=True):
        written = lines[begin][: node.start_mark.column] if begin < next_begin else ""
        if written.strip() != "-" or not isinstance(node, yaml.MappingNode):
            raise CaseFileError([f"{path}:{begin + 1}: this entry cannot be edited; {_STYLE}"])
        end = next_begin
        while end > begin + 1:
            last, margin = lines[end - 1].strip(), len(lines[end - 1]) - len(lines[end - 1].lstrip())
            if last and not (last.startswith("#") and margin <= column):
                break
            end -= 1
        yield _Entry(begin, end, node)


def _narrowed(text: str, lines: Sequence[str], entry: _Entry, piece: Piece) -> str:
    """The entry's own text with other lanes and another pattern of trials."""
    start = sum(map(len, lines[: entry.begin]))
    own = "".join(lines[entry.begin : entry.end])
    values = {key.value: node for key, node in entry.node.value}
    flow = bool(entry.node.flow_style)
    wanted = {"lane": _lanes(piece.lanes, flow=flow), "trial": _scalar(piece.trial, flow=flow)}
    for name in sorted(wanted, key=lambda name: -values[name].start_mark.index):
        node = values[name]
        begin = node.start_mark.index
        end = begin + len(text[begin : _end(node)].rstrip())
        # A single lane is a list of one.
        said = [each.value for each in node.value] if isinstance(node, yaml.SequenceNode) else node.value
        if said != (piece.trial if name == "trial" else list(piece.lanes)):
            own = f"{own[: begin - start]}{wanted[name]}{own[end - start :]}"
    return own


def _end(node: yaml.Node) -> int:
    if isinstance(node, yaml.SequenceNode) and not node.flow_style:
        return _end(node.value[-1])
    end: int = node.end_mark.index
    return end


def _appended(text: str, additions: Sequence[Addition], indent: str, newline: str, *, first: bool = False) -> str:
    written = [
        newline.join([f"{indent}{'- ' if place == 0 else '  '}{line}" for place, line in enumerate(_lines(each))])
        + newline
        for each in additions
    ]
    body = newline.join(written)
    return text + (body if first or not body else newline + body)


def _lines(addition: Addition) -> list[str]:
    seen = "1 record" if addition.records == 1 else f"{addition.records:,} records, the first"
    comment = f"# {seen}: {' '.join(addition.first.detail.split())}"
    safe = "".join(character if character.isprintable() else "?" for character in comment)
    return [
        f"lane: {_lanes(addition.lanes)}",
        f"trial: {_scalar(addition.trial)}",
        f"outcome: {addition.outcome}",
        *([f"explanation: {_scalar(addition.explanation)}"] if addition.explanation else []),
        "class: bug",
        safe if len(safe) <= LONGEST_COMMENT else f"{safe[: LONGEST_COMMENT - 1]}…",
        f"reason: {PLACEHOLDER}",
    ]


def _lanes(lanes: Sequence[str], *, flow: bool = False) -> str:
    if len(lanes) == 1:
        return _scalar(lanes[0], flow=flow)
    return f"[{', '.join(_scalar(lane, flow=True) for lane in lanes)}]"


def _scalar(text: str, *, flow: bool = False) -> str:
    """The text as YAML, in quotes where it could be read as anything else."""
    plain = _PLAIN.fullmatch(text) and text.lower() not in _WORDS and not (flow and set(text) & set("[],{}"))
    return text if plain else json.dumps(text, ensure_ascii=False)


def _kept(before: Sequence[Any], changes: Sequence[EntryChange]) -> Iterator[Mapping[str, Any]]:
    """What the entries that the file has must say afterwards."""
    by_index = {change.index: change for change in changes}
    for index, entry in enumerate(before):
        if index not in by_index:
            yield entry
            continue
        for piece in by_index[index].pieces:
            listed = entry["lane"] if isinstance(entry["lane"], list) else [entry["lane"]]
            lanes = entry["lane"] if listed == list(piece.lanes) else _written(piece.lanes)
            yield {**entry, "lane": lanes, "trial": piece.trial}


def _written(lanes: Sequence[str]) -> str | list[str]:
    return lanes[0] if len(lanes) == 1 else list(lanes)

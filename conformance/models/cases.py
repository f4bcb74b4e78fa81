"""The distinct calls of a model as a case file, and what is not a call of the suite, counted.

Knows: occurrences, who reads written calls. Must not know: frameworks.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from conformance.models.occurrence import Occurrence
from conformance.models.onnx_calls import Node
from conformance.operators.kind import frozen
from conformance.report import wording
from conformance.searching.draft import Draft, plain
from conformance.searching.telling import entry_lines
from conformance.suite.case import Call, RightCall
from conformance.suite.expansion import id_text
from conformance.suite.size import excess
from conformance.translation.code import CallError
from conformance.translation.reading import read_call

# A name is part of the id of each of its trials, which tables show: a longer one ends in a digest.
LONGEST_NAME = 120
_COLUMN = re.compile(r"^column \d+: ")
# Of places in a model that a case names.
MOST_PLACES = 3


@dataclass
class ModelCalls:
    """What a model asks."""

    drafts: Counter[Draft] = field(default_factory=Counter)
    """each distinct call, and how often it occurs"""
    places: dict[Draft, list[str]] = field(default_factory=dict)
    """where, as far as the model names its parts"""
    left_out: Counter[str] = field(default_factory=Counter)
    """what is not a call of the suite: function, and why"""

    def add(self, call: Call, place: str) -> None:
        """One occurrence of a right call, unless its arrays are too large to be asked."""
        too_large = excess(call)
        draft = Draft(
            call.operator, _HashableParameters({k: frozen(v) for k, v in call.arguments().items() if v is not None})
        )
        if too_large or not isinstance(call, RightCall) or draft.trial is None:
            self.left_out[f"{call.operator}: {too_large or 'not a call that a case can ask'}"] += 1
            return
        self.drafts[draft] += 1
        if place:
            self.places.setdefault(draft, []).append(place)


class _HashableParameters(dict[str, Any]):
    """Parameters that can be counted by: nobody changes them."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(json.dumps(self, sort_keys=True, default=str))


def of_occurrences(occurrences: Iterable[Occurrence]) -> ModelCalls:
    """The calls that are understood."""
    found = ModelCalls()
    for each in occurrences:
        if not each.text:
            found.left_out[each.function] += 1
            continue
        try:
            reading = read_call(each.text, each.dtype)
        except CallError as error:
            why = _COLUMN.sub("", str(error).splitlines()[0])
            understood = "is not understood" not in why
            found.left_out[f"{each.function}{f': {why}' if understood else ''}"] += 1
            continue
        found.add(reading.judged, each.place)
    return found


def of_nodes(nodes: Iterable[Node]) -> ModelCalls:
    """The same of an ONNX model."""
    found = ModelCalls()
    for node in nodes:
        call = node.call
        if call is None:
            found.left_out[node.kind] += 1
            continue
        if node.bias:
            draft = Draft(call.operator, {k: frozen(v) for k, v in call.arguments().items() if v is not None})
            biased = draft.given_by({"bias": True}).trial
            call = call if biased is None else biased.call
        found.add(call, node.name)
    return found


def case_text(model: str, found: ModelCalls, command: str, directions: Sequence[str]) -> str:
    """The case file. `directions`: what is asked beside results, where an operator has it."""
    operators = list(dict.fromkeys(draft.operator for draft in found.drafts))
    total = wording.count(sum(found.drafts.values()), "call")
    lines = [
        f"# The calls of {model}: {total}, {len(found.drafts)} distinct ones.",
        f"# Written by: {command}",
        f"operators: {json.dumps(operators)}",
        "cases:",
    ]
    for draft, count in found.drafts.items():
        places = found.places.get(draft, [])
        where = ", ".join(places[:MOST_PLACES]) + (", ..." if len(places) > MOST_PLACES else "")
        why = f"Occurs {'once' if count == 1 else f'{count} times'} in {model}{f': {where}' if where else ''}."
        lines += entry_lines(_name(draft), draft.operator, why, plain(draft))
        gradients = [each for each in directions if each != "forward"]
        asked = [each for each in gradients if draft.given_by({"direction": each}).trial is not None]
        if asked:
            lines.append(f"    sweep: {{direction: [{', '.join(['forward', *asked])}]}}")
    return "\n".join(lines) + "\n"


def _name(draft: Draft) -> str:
    """Names and values, as ids have them."""
    parts = [f"{name}-{id_text(each)}" for name, each in draft.given.items()]
    text = re.sub(r"[^A-Za-z0-9_.-]+", "_", "_".join(parts))
    if len(text) <= LONGEST_NAME:
        return text
    return f"{text[:LONGEST_NAME]}-{sha256(text.encode()).hexdigest()[:8]}"

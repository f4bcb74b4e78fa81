"""Measurements as facts: the measured sentence, the formula beside it, and whether they agree.

Knows: sweeps, probes, the journal's entry for a fact. Must not know: workers, formats.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from conformance.adapters.adjoint import gradient_plan
from conformance.adapters.plan import Plan
from conformance.adapters.pooling_dialect import REQUIRED_BY_CALLER, PoolingDefault
from conformance.adapters.reply import Answer
from conformance.conventions.asking import Array, Ask, Trouble, said_source, trouble
from conformance.conventions.mismatches import kind_notes, smallest_text, unanswered_notes
from conformance.journal import ConventionFact
from conformance.operators.pooling.conventions.hypotheses import (
    DIVISORS,
    UNKNOWN,
    divisor_sentence,
    odd_pad,
    windows_sentence,
)
from conformance.operators.pooling.conventions.probe import predicted, probe, read
from conformance.operators.pooling.conventions.sweep import PoolingSweep, described, windows_of
from reference.arrays import from_layout, to_layout
from reference.pooling.family import OPERATORS, averages

FIRST = "the first in the order of the axes"
_HELD = dict(zip(("elements", "places", "whole", "nothing"), DIVISORS, strict=True))


def sweep_facts(lane: str, found: PoolingSweep, example: tuple[str, ...]) -> Iterator[ConventionFact]:
    """What the phrasing means; for SAME where the odd element went; of an average what it is divided by; what a window
    without elements gives.
    """
    phrasing, answered = found.phrasing, found.answered
    notes = tuple(unanswered_notes(found.unanswered, described))
    checked = len(answered) + sum(each.garbled for each in found.differing)
    yield ConventionFact(
        lane, phrasing.topic, phrasing.name, windows_sentence(answered) if answered else _unread(found),
        phrasing.formula, not found.differing if checked else None, checked, "geometries", len(found.differing),
        len(found.unanswered), smallest_text(found.differing, described),
        (*kind_notes(found.differing, described), *notes), example, phrasing.operator,
    )  # fmt: skip
    if phrasing.topic == "SAME":
        odd = odd_pad(answered)
        yield ConventionFact(
            lane, "odd element of SAME", phrasing.name, odd.sentence, f"the odd element is padded {phrasing.odd}",
            odd.at(phrasing.odd) == odd.cases if odd.cases else None, odd.cases, "geometries with an odd pad",
            odd.cases - odd.at(phrasing.odd), operator=phrasing.operator,
        )  # fmt: skip
    if phrasing.divisor:
        yield _divisor_fact(lane, found)
    yield from _nothing_fact(lane, found)


def boundary_fact(lane: str, found: PoolingSweep) -> ConventionFact:
    """Which pads, or strides beside dilations, may be asked for."""
    phrasing, beyond = found.phrasing, len(found.differing)
    measured = f"{len(found.answered):,} answered, {len(found.unanswered):,} refused"
    measured += "; exactly those of the formula" if not beyond else f"; {beyond:,} otherwise than the formula"
    return ConventionFact(
        lane, "legal words", f"{phrasing.name}: limits", measured, phrasing.legal, not beyond,
        len(found.answered) + len(found.unanswered), "requests", beyond, 0, smallest_text(found.differing, described),
        tuple(kind_notes(found.differing, described)), operator=phrasing.operator,
    )  # fmt: skip


def default_fact(lane: str, default: PoolingDefault, ask: Ask) -> ConventionFact:
    """What is done where an argument is left out."""
    rank, divided = OPERATORS[default.operator].rank, averages(default.operator)
    lengths = (default.length,) * rank
    seen = read(ask(default.plan, {"value": probe(lengths, divided)}), lengths, divided)
    notes: tuple[str, ...] = ()
    if isinstance(seen, Trouble):
        refused = seen.kind == "refused"
        measured = REQUIRED_BY_CALLER if refused else f"{UNKNOWN}: {seen.text}"
        notes = (seen.text,) if refused else ()
    else:
        fitting = [name for name, (axis, divisor) in default.readings.items()
                   if predicted([axis] * rank, divisor) == replace(seen, nothing=())]  # fmt: skip
        measured = " or ".join(fitting) or UNKNOWN
    return ConventionFact(
        lane, "defaults", default.argument, measured, default.expected, measured == default.expected, 1, "calls",
        notes=notes, example=said_source(default.plan), operator=default.operator,
    )  # fmt: skip


def ties_fact(lane: str, operator: str, name: str, plan: Plan, ask: Ask, last: bool) -> ConventionFact:
    """Which of equal maxima takes the cotangent of the first window."""
    rank = OPERATORS[operator].rank
    kernel, length = (3, 5) if rank == 1 else (2, 3)
    value = np.full((1, *(length,) * rank, 1), -1.0, np.float32)
    value[(0, *(0,) * rank, 0)] = -2  # so that the first by rows is another than the first by columns
    equal = value[0, ..., 0][(slice(kernel),) * rank] == -1
    forward = ask(plan, {"value": laid_out(value, last)})
    if not isinstance(forward, Answer):
        measured, checked = trouble(forward).text, 0
    else:
        cotangent = np.zeros(forward.array.shape, np.float32)
        cotangent[(0,) * cotangent.ndim] = 12  # a whole number whose shares are whole, too
        operands = {"value": laid_out(value, last), "cotangent": cotangent}
        shapes = {each: array.shape for each, array in operands.items()}
        reply = ask(gradient_plan(plan, "value", shapes, forward.array.shape), operands)
        checked = int(isinstance(reply, Answer))
        measured = _taken_by(reply.array, last, equal) if isinstance(reply, Answer) else trouble(reply).text
    return ConventionFact(
        lane, "ties", f"gradient, {name}", measured, FIRST, measured == FIRST if checked else None, checked,
        "windows of equal maxima", int(bool(checked) and measured != FIRST), 1 - checked, operator=operator,
    )  # fmt: skip


def absent_facts(lane: str, absent: Mapping[str, str]) -> Iterator[ConventionFact]:
    """What the framework has no words for."""
    for topic, instead in absent.items():
        yield ConventionFact(lane, topic, "poolings", "", instead, None, 0, "calls", operator="poolings")


def laid_out(value: Array, last: bool) -> Array:
    """A value with its channels last, in the layout of a lane."""
    return np.ascontiguousarray(to_layout(value, last))


def _divisor_fact(lane: str, found: PoolingSweep) -> ConventionFact:
    phrasing, measured = found.phrasing, list(windows_of(found))
    held = DIVISORS[_HELD[phrasing.divisor or "elements"]]
    padded = [(seen, axis) for seen, axis in measured if sum(axis.elements()) != axis.kernel * axis.output]
    differing = sum(seen.windows.divisors != held(axis) for seen, axis in measured)
    sentence = divisor_sentence(measured) if measured else "nothing was answered"
    tells = padded or phrasing.divisor == "nothing"
    return ConventionFact(
        lane, "divisor of an average", phrasing.name, sentence,
        _HELD[phrasing.divisor or "elements"] if tells else sentence, not differing if measured else None,
        len(padded), "geometries with a window that reads a pad", differing, operator=phrasing.operator,
    )  # fmt: skip


def _nothing_fact(lane: str, found: PoolingSweep) -> Iterator[ConventionFact]:
    """Only where there are such windows."""
    phrasing = found.phrasing
    without = [seen for seen in found.answered if seen.windows.nothing]
    if not without:
        return
    numbers = sorted({f"{number:g}" for seen in without for number in seen.windows.nothing})
    # An average that counts its places divides the sum of nothing, 0, by them.
    expected = {None: "-inf", "elements": "nan"}.get(phrasing.divisor, "0")
    yield ConventionFact(
        lane, "window without an element", phrasing.name, " or ".join(numbers), expected, numbers == [expected],
        len(without), "geometries with such a window", 0 if numbers == [expected] else len(without),
        smallest="" if numbers == [expected] else described(min(without, key=lambda seen: seen.words.size).words),
        operator=phrasing.operator,
    )  # fmt: skip


def _unread(found: PoolingSweep) -> str:
    for kind, mismatches in ((UNKNOWN, found.differing), ("nothing was answered", found.unanswered)):
        if mismatches:
            return f"{kind}: {mismatches[0].text}"
    return "nothing was asked"


def _taken_by(gradient: Array, last: bool, equal: Array) -> str:
    """In words, for the first window; `equal` says which of its places hold the maximum."""
    canonical = from_layout(gradient, last)
    window = canonical[0, ..., 0][tuple(slice(length) for length in equal.shape)].astype(np.float64)
    places: Sequence[tuple[int, ...]] = [tuple(each) for each in np.argwhere(equal)]

    def only(*chosen: tuple[int, ...], share: float = 12) -> Array:
        expected = np.zeros(equal.shape)
        for place in chosen:
            expected[place] = share
        return expected

    readings = {
        FIRST: only(places[0]),
        "the last in the order of the axes": only(places[-1]),
        "the first in the order of the axes from the last to the first": only(min(places, key=lambda each: each[::-1])),
        "each of them": only(*places),
        "all of them, in equal shares": only(*places, share=12 / len(places)),
    }
    return next((name for name, expected in readings.items() if np.allclose(window, expected, atol=0.1)), UNKNOWN)

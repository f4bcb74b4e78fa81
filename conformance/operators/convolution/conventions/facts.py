"""Measurements as facts: the measured sentence, the formula beside it, and whether they agree.

Knows: sweeps, layouts, spellings, the journal's entry for a fact. Must not know: workers, formats.
"""

from collections.abc import Iterator, Sequence
from functools import partial

from conformance.adapters.dialect import Dialect, Layout
from conformance.conventions.asking import said_source
from conformance.conventions.mismatches import (
    MOST_SHOWN,
    Described,
    by_text,
    kind_notes,
    smallest_text,
    unanswered_notes,
)
from conformance.conventions.spellings import SpellingFound
from conformance.journal import ConventionFact
from conformance.operators.convolution.conventions.axis_map import predicted_map
from conformance.operators.convolution.conventions.hypotheses import (
    UNKNOWN,
    added_elements,
    measured_length,
    measured_sentence,
    odd_element,
    pads_sentence,
)
from conformance.operators.convolution.conventions.layouts import OFFERED, LayoutFound
from conformance.operators.convolution.conventions.sweep import Sweep, described

ORIENTATIONS = {False: "as the adjoint of a convolution has it", True: "back to front: not the adjoint"}
LEFT_OUT, NAMED_BY_CALLER = "left out", "none: the caller has to name it"
NOT_ASKED = "nothing was asked"
# What becomes of SAME's odd element, by what the words ask, where it is not cropped
_DONE = {"value": ("padded", "pad")}


def layout_facts(lane: str, layout: Layout, found: LayoutFound) -> Iterator[ConventionFact]:
    """The order of the filter's axes, and which way the kernel lies."""
    measured = ", ".join(map(_axes, found.layouts)) or "no order of axes was understood"
    if found.unread:
        measured += f"; {found.unread:,} of the answers fit no order of axes"
    # 24 orders of four distinct sizes are offered; which of them are taken is the framework's affair.
    unanswered = 0 if found.answered else OFFERED
    yield ConventionFact(
        lane, "filter layout", layout.name, measured, _axes(layout.filter),
        found.layouts == (layout.filter,) and not found.unread if found.answered else None, found.answered,
        "filter shapes taken of 24 offered", found.unread, unanswered,
    )  # fmt: skip
    oriented = ", ".join(ORIENTATIONS[flipped] for flipped in found.flipped) or "not seen"
    yield ConventionFact(
        lane, "kernel orientation", layout.name, oriented, ORIENTATIONS[layout.flipped],
        found.flipped == (layout.flipped,) and not found.unread if found.answered else None, found.answered,
        "filter shapes taken of 24 offered", found.unread, unanswered,
    )  # fmt: skip


def sweep_facts(lane: str, found: Sweep) -> Iterator[ConventionFact]:
    """What the phrasing means, and for SAME where the odd element went."""
    phrasing = found.phrasing
    formula = phrasing.formula + ("; kernel back to front" if phrasing.flipped else "; kernel as the adjoint has it")
    example = said_source(phrasing.plan(*(phrasing.partner,) * found.rank))
    yield ConventionFact(
        lane, phrasing.topic, phrasing.name, _measured(found), formula,
        not found.differing if found.answered or found.differing else None, len(found.answered) + found.garbled,
        "geometries",
        len(found.differing),
        len(found.unanswered),
        smallest_text(found.differing, _described(found)), tuple(_unanswered(found)), example, phrasing.operator,
    )  # fmt: skip
    if phrasing.topic == "SAME":
        odd, (done, total) = odd_element(found.answered), _DONE.get(phrasing.asks, ("cropped", "crop"))
        yield ConventionFact(
            lane, "odd element of SAME", phrasing.name, odd.sentence(done), f"the odd element is {done} {phrasing.odd}",
            odd.at(phrasing.odd) == odd.cases if odd.cases else None, odd.cases, f"geometries with an odd {total}",
            odd.cases - odd.at(phrasing.odd), operator=phrasing.operator,
        )  # fmt: skip


def boundary_fact(lane: str, found: Sweep) -> ConventionFact:
    """Which numbers may be asked for."""
    phrasing = found.phrasing
    asked = len(found.answered) + len(found.unanswered)
    topic = "output_padding" if phrasing.asks == "output_padding" else "legal output lengths"
    beyond = len(found.differing)
    measured = f"{len(found.answered):,} answered, {len(found.unanswered):,} refused"
    measured += "; exactly those of the formula" if not beyond else f"; {beyond:,} otherwise than the formula"
    return ConventionFact(
        lane, topic, f"{phrasing.name}: limits", measured, phrasing.legal, not beyond, asked, "requests",
        beyond, 0,
        smallest_text(found.differing, _described(found)),
        tuple(kind_notes(found.differing, _described(found))),
    )  # fmt: skip


def default_length_fact(lane: str, sweeps: Sequence[Sweep], spellings: Sequence[SpellingFound]) -> ConventionFact:
    """The output length of a call that asks for none, or that there is no such call."""
    measured, expected, checked = [], [], 0
    for found in sweeps:
        phrasing = found.phrasing
        # Words alone, or numbers that are all 0; a kernel back to front has no length of its own.
        numbered = phrasing.flipped or phrasing.gathers or phrasing.topic == "explicit pads"
        plain = [(words, seen) for words, seen in found.answered
                 if not (numbered or words.asked or words.before or words.after)]  # fmt: skip
        if plain:
            checked += len(plain)
            measured.append(f"{phrasing.name}: {measured_length(plain, 'output')}")
            meant = ((words, phrasing.meaning(words)) for words, _ in plain)
            predicted = [(words, predicted_map(axis, flipped=False)) for words, axis in meant if axis is not None]
            expected.append(f"{phrasing.name}: {measured_length(predicted, 'output')}")
    tried = [each for each in spellings if each.spelling.topic == "output_shape" and each.spelling.label == LEFT_OUT]
    refused = [each.text for each in tried if not each.understood]
    text, held = "; ".join(measured), "; ".join(expected) or NAMED_BY_CALLER
    if not text:
        checked = len(tried)
        text = NAMED_BY_CALLER if refused else "a call without one is answered" if tried else NOT_ASKED
    return ConventionFact(
        lane, "default output length", "nothing asked for", text, held, text == held if checked else None, checked,
        "calls", notes=tuple(f"output_shape {text}" for text in refused),
    )  # fmt: skip


def absent_facts(lane: str, dialect: Dialect) -> Iterator[ConventionFact]:
    """What the framework has no words for."""
    for topic, instead in dialect.absent.items():
        yield ConventionFact(lane, topic, "-", "", instead, None, 0, "calls")


def _measured(found: Sweep) -> str:
    """The measured sentence, and for some topics what follows from it."""
    sentence = measured_sentence(found.answered, found.phrasing.asks)
    if found.garbled:
        reason = by_text([each for each in found.differing if each.garbled])[0][0]
        unread = f"{UNKNOWN} in {found.garbled:,} of {len(found.answered) + found.garbled:,}: {reason}"
        return f"{sentence}; {unread}" if found.answered else unread
    if not found.answered:
        reasons = by_text(found.unanswered)
        return f"{sentence}: {reasons[0][0]}" if reasons else NOT_ASKED
    if found.phrasing.topic == "explicit pads":
        return f"{sentence}; {pads_sentence(sentence)}"
    if found.phrasing.topic == "output_padding":
        return f"{sentence}; {added_elements(found.answered)}"
    return sentence


def _axes(letters: str) -> str:
    names = {"H": "height", "W": "width", "O": "out", "I": "in"}
    return f"[{', '.join(names[letter] for letter in letters)}]"


def _unanswered(found: Sweep) -> Iterator[str]:
    """Each reason with its count and its smallest geometry, and axes that are answered alone only."""
    yield from unanswered_notes(found.unanswered, _described(found))
    for pair in sorted(found.pairs, key=len)[:MOST_SHOWN]:
        yield f"each answered alone, not together: {pair}"
    if len(found.pairs) > MOST_SHOWN:
        yield f"and {len(found.pairs) - MOST_SHOWN:,} more such pairs"


def _described(found: Sweep) -> Described:
    return partial(described, asks=found.phrasing.asks)

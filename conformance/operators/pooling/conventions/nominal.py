"""Words without geometry, handed to the framework's own API: the lengths that come back, and which elements they read.

Knows: nominal calls, probes, what the reference has for the words. Must not know: what other lanes answer
(`conformance.report.convention_table` sets them side by side).
"""

from collections.abc import Callable, Iterator

from conformance.adapters.dialect import AxisWords, Said
from conformance.adapters.plan import Unsupported
from conformance.adapters.pooling_dialect import PoolingDialect
from conformance.conventions.asking import Ask, Trouble, said_source
from conformance.journal import Convention, Picture
from conformance.operators.nominal import Nominal, nominal_calls
from conformance.operators.pooling.conventions.calls import nominal_call
from conformance.operators.pooling.conventions.probe import Windows, predicted, probe, read, reads_of
from conformance.operators.pooling.subject import PoolingSubject
from reference.pooling.family import OPERATORS, averages
from reference.pooling.geometry import WindowAxis, pooling_axis

OPERATORS_ASKED = ("max_pool2d", "avg_pool2d")
NO_FORMULA = "fits no formula"
OTHER_DIVISOR = "divided by pads, too"
Say = Callable[[Nominal], Said | Unsupported]


def measure_nominal(lane: str, operator: str, dialect: PoolingDialect, ask: Ask) -> Iterator[Convention]:
    """One convention per nominal call and way to say it, of one operator of two axes."""
    for nominal in nominal_calls():
        yield _measured(lane, operator, nominal, "", dialect.nominal(operator, nominal), ask)
        for recipe in dialect.recipes if not averages(operator) else ():
            if nominal.word in recipe.words:
                yield _measured(lane, operator, nominal, recipe.label, recipe.plan(nominal, None), ask)


def measure_nominal_calls(lane: str, subject: PoolingSubject, ask: Ask) -> Iterator[Convention]:
    """The same of a lane that takes the suite's calls alone."""
    for nominal in nominal_calls():
        yield _measured(lane, subject.operator.name, nominal, "", nominal_call(subject, nominal), ask)


def _measured(
    lane: str, operator: str, nominal: Nominal, variant: str, said: Said | Unsupported, ask: Ask
) -> Convention:
    rank = OPERATORS[operator].rank
    words = AxisWords(nominal.length, nominal.kernel, nominal.stride, nominal.dilation, nominal.word)
    # What is left out means no padding, as everywhere but in the transposed convolutions of TensorFlow
    axis = pooling_axis(*words.numbers, "SAME" if nominal.word == "SAME" else "VALID")
    defined = (axis.output,) if axis.output > 0 else ()
    seen: Windows | Trouble
    source: tuple[str, ...] = ()
    if isinstance(said, Unsupported):
        seen = Trouble("refused", said.reason)
    else:
        lengths, source = (words.length,) * rank, said_source(said)
        seen = read(ask(said, {"value": probe(lengths, averages(operator))}), lengths, averages(operator))
    outputs, pads, pictures, message = _told(seen, axis, rank, averages(operator))
    return Convention(
        lane, nominal.word, nominal.length, nominal.kernel, nominal.stride, nominal.dilation, outputs, False, message,
        source, variant, pads, None, pictures, defined, operator,
    )  # fmt: skip


def _told(
    seen: Windows | Trouble, axis: WindowAxis, rank: int, divided: bool
) -> tuple[tuple[int, ...], tuple[int | None, ...], tuple[Picture, ...], str]:
    """Lengths, pads before, pictures, and what came instead."""
    if isinstance(seen, Trouble):
        return (), (), (), seen.text
    length = seen.lengths[0]
    if not length:
        return (), (), (), "answered with an empty result"
    uneven = tuple(f"length {other} on axis {place}" for place, other in enumerate(seen.lengths) if other != length)
    pad = next((pad for pad in _pads(axis) if reads_of(_with(axis, pad, length)) == seen.reads[0]), None)
    if pad is None or any(reads != seen.reads[0] for reads in seen.reads):
        return (length,), (None,), (Picture(None, (NO_FORMULA, *uneven)),), ""
    departures = list(uneven)
    there = _with(axis, pad, length)
    if divided and predicted([there] * rank, "elements").divisors != seen.divisors:
        departures.append(OTHER_DIVISOR)
    return (length,), (pad,), (Picture((axis.pad_before - pad,) * rank, tuple(departures)),), ""


def _with(axis: WindowAxis, pad: int, length: int) -> WindowAxis:
    return WindowAxis(axis.input, axis.kernel, axis.stride, axis.dilation, pad, pad, length)


def _pads(axis: WindowAxis) -> Iterator[int]:
    """The definition's own first, which a reader expects."""
    yield axis.pad_before
    yield from (pad for pad in range(-axis.extent, axis.extent + 1) if pad != axis.pad_before)

"""Words without geometry, handed to the framework's own API: the output lengths that come back, and their pictures.

Knows: nominal calls, replies, what the reference has at each length. Must not know: what other lanes answer
(`conformance.report.convention_table` sets them side by side).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from conformance.adapters.dialects.dialect import AxisWords, HasDialect, Said
from conformance.adapters.plan import Unsupported
from conformance.adapters.protocol import SpeaksNominally, plan_words
from conformance.adapters.reply import Answer, Refused, Reply
from conformance.conventions.axis_map import predicted_map
from conformance.conventions.calls import CallWords, said_source
from conformance.conventions.pictures import mixed_operands, picture, reference_axis, single_operands
from conformance.conventions.probe import VALUE_AXES, Array, Ask, laid_out, trouble
from conformance.errors import AdapterError
from conformance.running.journal import Convention, Picture
from conformance.suite.nominal import Nominal, nominal_calls
from reference.geometry import AxisPadding, legal_output_lengths

Say = Callable[[int | None], Said | Unsupported]


def measure_nominal(lane: str, adapter: SpeaksNominally, ask: Ask) -> Iterator[Convention]:
    """One convention per nominal call and way to say it.

    A framework whose caller names the output length is asked for each length in turn, up to one stride beyond the
    uncropped result.
    """
    recipes = adapter.dialect.recipes if isinstance(adapter, HasDialect) else ()
    for nominal in nominal_calls():
        asked: list[int | None] = [None]
        if adapter.names_output:
            asked = list(range(1, _words(nominal).full + nominal.stride + 1))
        yield _measured(lane, nominal, "", asked, lambda output: plan_words(adapter, nominal, output), ask)  # noqa: B023
        for recipe in recipes:
            if nominal.word in recipe.words:
                yield _measured(lane, nominal, recipe.label, [None], lambda _: recipe.plan(nominal), ask)  # noqa: B023


def measure_nominal_calls(lane: str, words: CallWords, ask: Ask) -> Iterator[Convention]:
    """The same of a lane that takes the suite's calls alone: SAME and VALID, with each output length that they have."""

    def ask_call(said: Said, operands: Mapping[str, Array]) -> Reply:
        value = laid_out(operands["value"], VALUE_AXES, words.value_layout)
        reply = ask(said, {**operands, "value": value})
        if isinstance(reply, Answer) and reply.array.ndim == 4:
            return Answer(laid_out(reply.array, words.value_layout, VALUE_AXES), reply.seconds)
        return reply

    for nominal in nominal_calls():
        lengths = _defined(nominal)
        yield _measured(lane, nominal, "", lengths, lambda output: words.nominal(nominal, output), ask_call)  # noqa: B023


@dataclass(frozen=True, slots=True)
class _Given:
    """One answer."""

    output: int
    crop_before: int | None
    flipped: bool | None
    picture: Picture


def _measured(lane: str, nominal: Nominal, variant: str, asked: Sequence[int | None], say: Say, ask: Ask) -> Convention:
    given: list[_Given] = []
    message = ""
    source: tuple[str, ...] = ()
    for output in asked:
        try:
            said = say(output)
        except AdapterError as error:
            message = f"errored: {error.brief}"
            break
        if isinstance(said, Unsupported):
            message = said.reason
            break
        source = source or said_source(said)
        reply = ask(said, mixed_operands(_words(nominal)))
        if isinstance(reply, Answer):
            given.append(_given(nominal, said, output, reply.array, ask))
        else:
            message = f"refused: {reply.error}" if isinstance(reply, Refused) else trouble(reply).text
    oriented = {each.flipped for each in given} - {None}
    return Convention(
        lane, nominal.word, nominal.length, nominal.kernel, nominal.stride, nominal.dilation,
        tuple(each.output for each in given), asked != [None], "" if given else message, source,
        variant, tuple(each.crop_before for each in given), oriented.pop() if len(oriented) == 1 else None,
        tuple(each.picture for each in given), tuple(_defined(nominal)),
    )  # fmt: skip


def _words(nominal: Nominal) -> AxisWords:
    return AxisWords(nominal.length, nominal.kernel, nominal.stride, nominal.dilation, nominal.word)


def _defined(nominal: Nominal) -> list[int]:
    padding: AxisPadding = "VALID" if nominal.word == "VALID" else "SAME"
    numbers = (nominal.length, nominal.kernel, nominal.stride, nominal.dilation)
    return [output for output in legal_output_lengths(*numbers, padding) if output > 0]


def _given(nominal: Nominal, said: Said, asked: int | None, answer: Array, ask: Ask) -> _Given:
    def single() -> Array | None:
        reply = ask(said, single_operands(words))
        return reply.array if isinstance(reply, Answer) else None

    words = _words(nominal)
    seen = picture(words, answer, single)
    output = int(answer.shape[1]) if answer.ndim == 4 else 0
    if asked is not None and output != asked:
        seen = Picture(seen.offset, (*seen.departures, f"length {output} where {asked} was asked for"))
    if seen.offset is None:
        return _Given(output, None, None, seen)
    defined = predicted_map(reference_axis(words, output), flipped=False)
    shown = defined.crop_before(words)
    reversed_ = any(each.startswith("kernel back to front") for each in seen.departures)
    flipped = None if defined.flipped(words) is None else reversed_
    return _Given(output, None if shown is None else shown - seen.offset[0], flipped, seen)

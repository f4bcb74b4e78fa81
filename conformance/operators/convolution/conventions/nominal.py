"""Words without geometry, handed to the framework's own API: the output lengths that come back, and their pictures.

Knows: nominal calls, replies, what the reference has at each length. Must not know: what other lanes answer
(`conformance.report.convention_table` sets them side by side).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from conformance.adapters.dialect import AxisWords, Recipe, Said
from conformance.adapters.plan import Unsupported
from conformance.adapters.protocol import SpeaksNominally, plan_words
from conformance.adapters.reply import Answer, Refused, Reply
from conformance.conventions.asking import Array, Ask, said_source, trouble
from conformance.errors import AdapterError
from conformance.journal import Convention, Picture
from conformance.operators.convolution.conventions.axis_map import predicted_map
from conformance.operators.convolution.conventions.calls import CallWords
from conformance.operators.convolution.conventions.pictures import Canvas, picture
from conformance.operators.convolution.conventions.probe import channels_last, laid_out
from conformance.operators.nominal import Nominal, nominal_calls
from reference.geometry import convolved_length, legal_output_lengths

NO_RESULT = "not asked: the kernel is longer than the value, so that nothing is left"
Say = Callable[[int | None], Said | Unsupported]


def measure_nominal(
    lane: str, adapter: SpeaksNominally, ask: Ask, recipes: Sequence[Recipe] = ()
) -> Iterator[Convention]:
    """One convention per nominal call and way to say it.

    A framework whose caller names the output length is asked for each length in turn, up to one stride beyond the
    uncropped result.
    """
    for nominal in nominal_calls():
        asked: list[int | None] = [None]
        if adapter.names_output:
            asked = list(range(1, _words(nominal).full + nominal.stride + 1))
        canvas = Canvas(_words(nominal))
        yield _measured(lane, nominal, "", asked, partial(plan_words, adapter, nominal), ask, canvas)
        for recipe in recipes:
            if nominal.word in recipe.words:
                yield _measured(lane, nominal, recipe.label, [None], partial(recipe.plan, nominal), ask, canvas)


def measure_nominal_calls(lane: str, words: CallWords, ask: Ask) -> Iterator[Convention]:
    """The same of a lane that takes the suite's calls alone: SAME and VALID, of a transposed convolution with each
    output length that they have.
    """
    made, transposed = channels_last(words.value_layout), words.subject.operator.transposed

    def ask_call(said: Said, operands: Mapping[str, Array]) -> Reply:
        value = laid_out(operands["value"], made, words.value_layout)
        reply = ask(said, {**operands, "value": value})
        if isinstance(reply, Answer) and reply.array.ndim == len(made):
            return Answer(laid_out(reply.array, words.value_layout, made), reply.seconds)
        return reply

    for nominal in nominal_calls():
        canvas = Canvas(_words(nominal), words.subject.operator.rank, not transposed, words.significand)
        defined = _defined(canvas)
        asked: Sequence[int | None] = defined if transposed or not defined else [None]
        entry = _measured(lane, nominal, "", asked, partial(words.nominal, nominal), ask_call, canvas)
        message = entry.message if defined else NO_RESULT
        yield replace(entry, operator=words.subject.computed, message=message)


@dataclass(frozen=True, slots=True)
class _NominalAnswer:
    """One answer."""

    output: int
    crop_before: int | None
    flipped: bool | None
    picture: Picture


def _measured(
    lane: str, nominal: Nominal, variant: str, asked: Sequence[int | None], say: Say, ask: Ask, canvas: Canvas
) -> Convention:
    given: list[_NominalAnswer] = []
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
        reply = ask(said, canvas.mixed())
        if isinstance(reply, Answer):
            given.append(_given(canvas, said, output, reply.array, ask))
        else:
            message = f"refused: {reply.error}" if isinstance(reply, Refused) else trouble(reply).text
    oriented = {each.flipped for each in given} - {None}
    return Convention(
        lane, nominal.word, nominal.length, nominal.kernel, nominal.stride, nominal.dilation,
        tuple(each.output for each in given), asked != [None], "" if given else message, source,
        variant, tuple(each.crop_before for each in given), oriented.pop() if len(oriented) == 1 else None,
        tuple(each.picture for each in given), tuple(_defined(canvas)),
    )  # fmt: skip


def _words(nominal: Nominal) -> AxisWords:
    return AxisWords(nominal.length, nominal.kernel, nominal.stride, nominal.dilation, nominal.word)


def _defined(canvas: Canvas) -> list[int]:
    """The lengths of results that the definition has for the words, SAME where no padding is named."""
    rule = (*canvas.words.numbers, canvas.words.rule)
    lengths = [convolved_length(*rule)] if canvas.gathers else legal_output_lengths(*rule)
    return [output for output in lengths if output > 0]


def _given(canvas: Canvas, said: Said, asked: int | None, answer: Array, ask: Ask) -> _NominalAnswer:
    def single() -> Array | None:
        reply = ask(said, canvas.single())
        return reply.array if isinstance(reply, Answer) else None

    seen = picture(canvas, answer, single)
    output = int(answer.shape[1]) if answer.ndim == canvas.rank + 2 else 0
    if asked is not None and output != asked:
        seen = replace(seen, departures=(*seen.departures, f"length {output} where {asked} was asked for"))
    if seen.offset is None:
        return _NominalAnswer(output, None, None, seen)
    words, defined = canvas.words, predicted_map(canvas.axis(output), flipped=False)
    shown = defined.crop_before(words)
    flipped = None if defined.flipped(words) is None else seen.flipped
    moved = seen.offset[0] if canvas.gathers else -seen.offset[0]
    return _NominalAnswer(output, None if shown is None else shown + moved, flipped, seen)

"""What the suite expects of PyTorch's `conv_transpose2d`: padding and output_padding are numbers; no output length.

Knows: the words of its arguments, and what the suite takes them to mean. Must not know: torch.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from conformance.adapters.axes import NoAxis, symmetric_arguments
from conformance.adapters.convolution_vocabulary_dialect import convolution_dialect
from conformance.adapters.dialect import (
    AxisWords,
    Dialect,
    Recipe,
    RefusedCall,
    Spelling,
)
from conformance.adapters.function import Role
from conformance.adapters.geometries import definition_axes, drawn
from conformance.adapters.phrases import below_either
from conformance.adapters.plan import Argument, Plan
from conformance.adapters.torch.plans import VOCABULARY
from conformance.adapters.torch.words import DTYPES, FUNCTIONALS, output_paddings, torch_transposed_axis
from reference.geometry import Axis

FUNCTION = FUNCTIONALS["conv2d_transpose"]
_LEGAL = "padding >= 0; 0 <= output_padding < max(s, d); output length >= 1"

Said = Mapping[Role, Argument]
_PLAIN: Said = {"strides": 2, "padding": 1, "output_padding": 1}


def torch_dialect() -> Dialect:
    """The dialect of eager `conv_transpose2d`, and of `conv2d`."""
    shared = convolution_dialect(VOCABULARY, "IOHW", DTYPES, most=below_either, legal=_LEGAL, number=750)
    planned = replace(
        shared.phrasings[0], name="padding as the planner sets it", topic="explicit pads",
        formula=f"{shared.phrasings[0].formula}; the planner inverts it", vocabulary=drawn(_planned, 1300),
        meaning=_meaning, boundary=tuple,
    )  # fmt: skip
    return replace(
        shared,
        phrasings=(replace(shared.phrasings[0], meaning=_meaning), planned, *shared.phrasings[1:]),
        spellings=(*shared.spellings, *_spellings()),
        wrong_calls=tuple(_wrong_calls()),
        recipes=(
            Recipe(
                "padding=(k-1)//2, output_padding=s-1", ("SAME",),
                lambda nominal, _: VOCABULARY.nominal_plan(
                    nominal, {"padding": (nominal.kernel - 1) // 2, "output_padding": nominal.stride - 1}
                ),
            ),
        ),
        absent={"SAME": "no such word: padding takes numbers, the same for both ends"},
    )  # fmt: skip


def _meaning(words: AxisWords) -> Axis | None:
    try:
        return torch_transposed_axis(words.numbers, words.before, words.asked or 0)
    except NoAxis:
        return None


def _planned() -> Iterator[AxisWords]:
    """What the planner tells torch for the definition's axes."""
    for axis in definition_axes():
        arguments = symmetric_arguments(axis, output_paddings(axis))
        if arguments.length > 0:
            numbers = (axis.input, axis.kernel, axis.stride, axis.dilation)
            yield AxisWords(*numbers, arguments.pads, arguments.output_padding)


def _say(said: Said) -> Plan:
    return Plan((FUNCTION.invoke(said),))


def _spellings() -> Iterator[Spelling]:
    yield Spelling("padding", "pairs [[b, a], [b, a]]", _say({**_PLAIN, "padding": ((1, 1), (1, 1))}), expected=False)
    for word in ("SAME", "same", "valid"):
        yield Spelling("padding", f"the word {word}", _say({**_PLAIN, "padding": word}), expected=False)
    sized = FUNCTION.invoke(_PLAIN, output_size=(6, 8))
    yield Spelling("output_shape", "output_size=[h, w]", Plan((sized,)), expected=False)
    yield Spelling("data formats", "NCHW", _say(_PLAIN), expected=True)
    yield Spelling("data formats", "NHWC", _say(_PLAIN), expected=False, value_layout="NHWC")


def _wrong_calls() -> Iterator[RefusedCall]:
    value, filter = (1, 2, 4, 4), (2, 3, 3, 3)
    calls: tuple[tuple[str, Said], ...] = (
        ("padding -1", {"strides": 2, "padding": -1}),
        ("output_padding = stride = dilation", {"strides": 2, "output_padding": 2}),
        ("output_padding -1", {"strides": 2, "output_padding": -1}),
        ("padding that leaves nothing", {"strides": 1, "padding": 3}),
    )
    for label, said in calls:
        yield RefusedCall(label, _say(said), value, filter)
    yield RefusedCall("filter [out, in, kh, kw]", _say({"strides": 2}), value, (3, 2, 3, 3))
    yield RefusedCall("groups that do not divide the channels", _say({"strides": 2, "groups": 3}), value, filter)

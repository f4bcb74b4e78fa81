"""What the suite expects of PyTorch's `conv_transpose2d`: padding and output_padding are numbers; no output length.

Knows: the words of its arguments, and what the suite takes them to mean. Must not know: torch.
"""

from collections.abc import Iterator, Mapping

from conformance.adapters.axes import NoAxis, Numbers, symmetric_arguments
from conformance.adapters.dialect import (
    AxisWords,
    Dialect,
    Layout,
    Phrasing,
    Recipe,
    RefusedCall,
    Spelling,
    dtype_spellings,
)
from conformance.adapters.function import Role
from conformance.adapters.geometries import definition_axes, drawn, kernels_and_strides, small_kernels_and_strides
from conformance.adapters.plan import Argument, Plan
from conformance.adapters.torch.plans import VOCABULARY
from conformance.adapters.torch.words import DTYPES, FUNCTIONALS, output_paddings, torch_transposed_axis
from reference.geometry import Axis

FUNCTION = FUNCTIONALS["conv2d_transpose"]
_FORMULA = "output length = s(i-1) + d(k-1) + 1 - 2 padding + output_padding; crop_before = padding"
_LEGAL = "padding >= 0; 0 <= output_padding < max(s, d); output length >= 1"
_PARTNER = AxisWords(2, 1, 1, 1, (0, 0), 0)

Said = Mapping[Role, Argument]
_PLAIN: Said = {"strides": 2, "padding": 1, "output_padding": 1}


def torch_dialect() -> Dialect:
    """The dialect of eager `conv_transpose2d`."""
    return Dialect(
        function=FUNCTION.name,
        value_layout="NCHW",
        filter_layout="IOHW",
        layouts=(Layout("weight", "IOHW", lambda value, result: _say({})),),
        phrasings=(
            Phrasing(
                "padding, output_padding", "output_padding", _FORMULA, _meaning, _plan,
                drawn(_direct, 1300), _PARTNER, drawn(_boundary, 1500), "output_padding", _LEGAL,
            ),
            Phrasing(
                "padding as the planner sets it", "explicit pads", f"{_FORMULA}; the planner inverts it", _meaning,
                _plan, drawn(_planned, 1300), _PARTNER, asks="output_padding",
            ),
        ),
        plain=_say(_PLAIN),
        plain_axes=(Axis(3, 3, 2, 1, 1, 6), Axis(4, 2, 2, 1, 1, 7)),
        spellings=tuple(_spellings()),
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


def _direct() -> Iterator[AxisWords]:
    for numbers in kernels_and_strides():
        words = _words(numbers, range(4), range(max(numbers[2:])))
        yield from (each for each in words if _meaning(each) is not None)


def _boundary() -> Iterator[AxisWords]:
    """One step beyond every limit; results of length -1 and 0 show where torch says that nothing is left."""
    for numbers in small_kernels_and_strides():
        for words in _words(numbers, range(-1, 4), range(-1, max(numbers[2:]) + 2)):
            if words.full - 2 * words.before + (words.asked or 0) > -2:
                yield words


def _words(numbers: Numbers, paddings: range, output_paddings: range) -> Iterator[AxisWords]:
    for padding in paddings:
        for output_padding in output_paddings:
            yield AxisWords(*numbers, (padding, padding), output_padding)


def _planned() -> Iterator[AxisWords]:
    """What the planner tells torch for the definition's axes."""
    for axis in definition_axes():
        arguments = symmetric_arguments(axis, output_paddings(axis))
        if arguments.length > 0:
            numbers = (axis.input, axis.kernel, axis.stride, axis.dilation)
            yield AxisWords(*numbers, arguments.pads, arguments.output_padding)


def _plan(*axes: AxisWords) -> Plan:
    return _say(
        {
            "strides": tuple(words.stride for words in axes),
            "padding": tuple(words.before for words in axes),
            "output_padding": tuple(words.asked or 0 for words in axes),
            "dilations": tuple(words.dilation for words in axes),
        }
    )


def _say(said: Said) -> Plan:
    return Plan((FUNCTION.invoke(said),))


def _spellings() -> Iterator[Spelling]:
    roles: tuple[tuple[Role, str, int], ...] = (
        ("strides", "strides", 2),
        ("padding", "padding", 1),
        ("output_padding", "output_padding", 1),
    )
    for role, topic, number in roles:
        for label, written, expected in (
            ("int", number, True),
            ("[s]", (number,), True),
            ("[s, s]", (number, number), True),
            ("[s, s, s]", (number,) * 3, False),
            ("[1, s, s, 1]", (1, number, number, 1), False),
        ):
            yield Spelling(topic, label, _say({**_PLAIN, role: written}), expected)
    yield Spelling("padding", "pairs [[b, a], [b, a]]", _say({**_PLAIN, "padding": ((1, 1), (1, 1))}), expected=False)
    for word in ("SAME", "same", "valid"):
        yield Spelling("padding", f"the word {word}", _say({**_PLAIN, "padding": word}), expected=False)
    sized = FUNCTION.invoke(_PLAIN, output_size=(6, 8))
    yield Spelling("output_shape", "output_size=[h, w]", Plan((sized,)), expected=False)
    yield Spelling("data formats", "NCHW", _say(_PLAIN), expected=True)
    yield Spelling("data formats", "NHWC", _say(_PLAIN), expected=False, value_layout="NHWC")
    yield from dtype_spellings(_say(_PLAIN), DTYPES)


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

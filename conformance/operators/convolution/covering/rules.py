"""Which classes exclude one another, each with the sentence that proves it.

Knows: the table of relations. Must not know: trials. What no rule excludes is legal, and has to be witnessed.

k is the kernel's length, ke = d(k-1)+1 that of the dilated kernel, s the stride. Two lengths meet in a call: i and o,
which is one of the s lengths that a convolution leads to i. The full length of i is s(i-1) + ke.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from conformance.suite.dtypes import FORMATS, SUMMED
from reference.family import DIRECTIONS, Operator

Class: TypeAlias = tuple[str, str]
"""the name of a relation, and that of a class"""


def _every(_: Operator) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Rule:
    """No call is of one of these classes in each of these relations at once."""

    sentence: str
    excluded: Mapping[str, tuple[str, ...]]
    holds_for: Callable[[Operator], bool] = _every
    of_triples: bool = False
    """whether it speaks of triples alone, which take calls with a result that is not empty"""


PADDED = ("< ke-1", "= ke-1", "> ke-1")
STRIDED = ("2", "3+")
LONG = ("odd", "even", "6+")
EXACT, INEXACT = "k = s, exact fit", "k = s, inexact"
BEYOND = "beyond the last tap"


def _several_axes(operator: Operator) -> bool:
    return operator.rank > 1


def _forward(operator: Operator) -> bool:
    return not operator.transposed


def _depthwise(operator: Operator) -> bool:
    return operator.depthwise


def _grouped(operator: Operator) -> bool:
    return not operator.depthwise


BEFORE, BEHIND, ENDS, OVER_AXES = "pad before", "pad behind", "pads at both ends", "pads over axes"
OF_STRIDE, OF_VALUE, RANGE = "kernel against stride", "dilated kernel against value", "length in its legal range"
OVER_LENGTHS = "lengths over axes"
IN, OUT, AGAINST = "channels in", "channels out", "channels in against out"

_WORDS = (
    Rule("SAME pads at most ke-1 in all, half of it before", {"padding": ("SAME",), BEFORE: ("= ke-1", "> ke-1")}),
    Rule("SAME pads at most ke-1 in all", {"padding": ("SAME",), BEHIND: ("> ke-1",)}),
    Rule(
        "SAME makes up what the last window lacks: nothing is left over where ke >= s",
        {"padding": ("SAME",), OF_STRIDE: (INEXACT,)},
    ),
    Rule("VALID pads nothing", {"padding": ("VALID",), BEFORE: PADDED}),
    Rule("VALID pads nothing", {"padding": ("VALID",), BEHIND: PADDED}),
    Rule("VALID pads nothing", {"padding": ("VALID",), ENDS: ("equal", "different")}),
    Rule(
        "VALID pads nothing",
        {
            "padding": ("VALID",),
            OVER_AXES: ("the same at all ends", "the same on all axes", "a bare axis", "different"),
        },
        _several_axes,
    ),
)

_PADS = (
    Rule("no pads means none before", {ENDS: ("none",), BEFORE: PADDED}),
    Rule("no pads means none behind", {ENDS: ("none",), BEHIND: PADDED}),
    Rule("equal pads are some at both ends", {ENDS: ("equal",), BEFORE: ("none",)}),
    Rule("equal pads are some at both ends", {ENDS: ("equal",), BEHIND: ("none",)}),
    Rule("one tap has ke-1 = 0, so that each pad is none or beyond", {"kernel": ("1",), BEFORE: ("< ke-1", "= ke-1")}),
    Rule("one tap has ke-1 = 0, so that each pad is none or beyond", {"kernel": ("1",), BEHIND: ("< ke-1", "= ke-1")}),
    Rule("no axis is padded", {OVER_AXES: ("none",), BEFORE: PADDED}, _several_axes),
    Rule("no axis is padded", {OVER_AXES: ("none",), BEHIND: PADDED}, _several_axes),
    Rule("no axis is padded", {OVER_AXES: ("none",), ENDS: ("equal", "different")}, _several_axes),
    Rule(
        "the same pad at all ends is one at each",
        {OVER_AXES: ("the same at all ends",), BEFORE: ("none",)},
        _several_axes,
    ),
    Rule(
        "the same pad at all ends is one at each",
        {OVER_AXES: ("the same at all ends",), BEHIND: ("none",)},
        _several_axes,
    ),
    Rule(
        "the same pad at all ends is one at each",
        {OVER_AXES: ("the same at all ends",), ENDS: ("none", "different")},
        _several_axes,
    ),
    Rule(
        "pads that are the same on all axes, but not at all ends, differ between the ends",
        {OVER_AXES: ("the same on all axes",), ENDS: ("none", "equal")},
        _several_axes,
    ),
    Rule(
        "where no axis is bare, each has a pad",
        {OVER_AXES: ("different",), ENDS: ("none",)},
        _several_axes,
    ),
)

_STRIDES = (
    Rule("no kernel is shorter than 1", {"stride": ("1",), OF_STRIDE: ("k < s",)}),
    Rule("one of one length fits exactly", {"stride": ("1",), OF_STRIDE: (INEXACT,)}),
    Rule("of one length there is no shortest", {"stride": ("1",), RANGE: ("shortest", "between", "longest")}),
    Rule("s > 1 lengths lead to i", {"stride": STRIDED, RANGE: ("only",)}),
    Rule("of two lengths none lies between", {"stride": ("2",), RANGE: ("between",)}),
    Rule("k < s means s > 1, and so several lengths", {OF_STRIDE: ("k < s",), RANGE: ("only",)}),
    Rule("the only length fits, and so does the shortest", {OF_STRIDE: (INEXACT,), RANGE: ("only", "shortest")}),
    Rule("k = s = 1 fits exactly", {"kernel": ("1",), OF_STRIDE: (INEXACT,)}),
    Rule("one tap is not longer than a stride", {"kernel": ("1",), OF_STRIDE: ("k > s",)}),
    Rule("an exact fit ends with the last window", {OF_STRIDE: (EXACT,), "end": (BEYOND,)}),
    Rule("nothing is left over with stride 1", {"stride": ("1",), "end": (BEYOND,)}),
    Rule(
        "nothing is left over of the only length, or of the shortest", {RANGE: ("only", "shortest"), "end": (BEYOND,)}
    ),
)

_LENGTHS = (
    Rule("one tap is not longer than a value", {"kernel": ("1",), OF_VALUE: ("ke > value",)}),
    Rule("a dilated kernel has at least 1 tap", {"length": ("1",), OF_VALUE: ("ke < value",)}),
    Rule(
        "without pads no window of a kernel beyond the value lies within it: the result is empty",
        {ENDS: ("none",), OF_VALUE: ("ke > value",)},
        _forward,
    ),
    Rule(
        "without pads no window of a kernel beyond the value lies within it: the result is empty",
        {OVER_AXES: ("none",), OF_VALUE: ("ke > value",)},
        lambda operator: _forward(operator) and _several_axes(operator),
    ),
    Rule(
        "a point has length 1 on each axis",
        {OVER_LENGTHS: ("a point",), "length": ("2 to 16", "17 to 32", "33 to 64", "65+")},
        _several_axes,
    ),
    Rule(
        "an axis of length 1 makes a point, a row or a column",
        {OVER_LENGTHS: ("several",), "length": ("1",)},
        _several_axes,
    ),
    Rule(
        "a dilated kernel has at least 1 tap",
        {OVER_LENGTHS: ("a point",), OF_VALUE: ("ke < value",)},
        _several_axes,
    ),
)

_SOME_OUT = ("odd", "even", "17 to 64", "65+")
_CHANNELS = (
    Rule("no channels are fewer than 1", {IN: ("1",), AGAINST: ("in > out",)}, _grouped),
    Rule("no channels are fewer than 1", {OUT: ("1",), AGAINST: ("in < out",)}, _grouped),
    Rule("one channel is in one group", {IN: ("1",), "groups": ("2 to 7", "8+", "as many as channels in")}, _grouped),
    Rule("one channel is in one group", {OUT: ("1",), "groups": ("2 to 7", "8+", "as many as channels in")}, _grouped),
    Rule(
        "each channel in has one out at least",
        {"groups": ("as many as channels in",), AGAINST: ("in > out",)},
        _grouped,
    ),
    Rule(
        "8 groups of several channels are 16 channels or more, or an even number",
        {IN: ("odd",), "groups": ("8+",)},
        _grouped,
    ),
    Rule("each channel in has one out at least", {OUT: ("1",), AGAINST: ("in < out",)}, _depthwise),
    Rule("each channel in has one out at least", {OUT: ("1",), IN: _SOME_OUT}, _depthwise),
    Rule("each channel in has one out at least", {OUT: ("odd", "even"), IN: ("17 to 64", "65+")}, _depthwise),
    Rule("each channel in has one out at least", {OUT: ("17 to 64",), IN: ("65+",)}, _depthwise),
    Rule("multiples of an even number are even", {OUT: ("odd",), IN: ("even",)}, _depthwise),
    Rule("multiplier 1 means in = out", {"groups": ("multiplier 1",), AGAINST: ("in < out",)}, _depthwise),
    Rule(
        "multipliers above 1 mean in < out",
        {"groups": ("multiplier 2", "multiplier 3+"), AGAINST: ("in = out",)},
        _depthwise,
    ),
    Rule("twice a number is even", {"groups": ("multiplier 2",), OUT: ("1", "odd")}, _depthwise),
    Rule("three channels or more", {"groups": ("multiplier 3+",), OUT: ("1",)}, _depthwise),
)

_NUMBERS = (
    Rule("the gradient of a bias needs one", {"direction": ("bias_gradient",), "bias": ("without",)}),
    Rule(
        "integers have no derivative, and frameworks define complex ones differently",
        {
            "direction": tuple(each for each in DIRECTIONS if each != "forward"),
            "dtype": tuple(name for name in SUMMED if FORMATS[name].kind != "real"),
        },
    ),
)

_SAME = (
    Rule("SAME pads no fewer behind than before", {"padding": ("SAME",), BEFORE: ("< ke-1",), BEHIND: ("none",)}),
    Rule(
        "SAME pads at most ke-1 in all: ke-1 behind leaves none before",
        {"padding": ("SAME",), BEFORE: ("< ke-1",), BEHIND: ("= ke-1",)},
    ),
    Rule(
        "SAME pads something behind where the kernel is longer than the stride",
        {"padding": ("SAME",), BEHIND: ("none",), OF_STRIDE: ("k > s",)},
    ),
    Rule(
        "without a pad behind SAME has none, and no window of a kernel beyond the value lies within it",
        {"padding": ("SAME",), BEHIND: ("none",), OF_VALUE: ("ke > value",)},
        _forward,
    ),
    Rule(
        "SAME pads ke-1 behind only where ke is 2, and so d is 1",
        {"padding": ("SAME",), BEHIND: ("= ke-1",), "dilation": ("2", "3+")},
    ),
    Rule(
        "SAME pads all of ke-1 for the shortest length alone",
        {"padding": ("SAME",), BEHIND: ("= ke-1",), RANGE: ("between", "longest")},
    ),
)

_FITS = (
    Rule(
        "what fits exactly between given pads is the shortest length",
        {"padding": ("VALID", "explicit"), OF_STRIDE: (EXACT,), RANGE: ("between", "longest")},
    ),
    Rule(
        "SAME has no such pad, and what fits exactly between given ones is the shortest length",
        {BEFORE: ("= ke-1", "> ke-1"), OF_STRIDE: (EXACT,), RANGE: ("between", "longest")},
    ),
    Rule(
        "SAME has such a pad for the shortest length alone, which is what fits exactly between given ones",
        {BEHIND: ("= ke-1", "> ke-1"), OF_STRIDE: (EXACT,), RANGE: ("between", "longest")},
    ),
    Rule(
        "without a pad behind the shortest length fits exactly, and the longest under SAME",
        {BEHIND: ("none",), OF_STRIDE: (EXACT,), RANGE: ("between",)},
    ),
    *(
        Rule(
            "k = s = 1 has ke-1 = 0, so that each pad is none or beyond",
            {end: ("< ke-1", "= ke-1"), OF_STRIDE: (EXACT,), relation: (name,)},
        )
        for end in (BEFORE, BEHIND)
        for relation, name in (("stride", "1"), (RANGE, "only"))
    ),
    *(
        Rule(
            "one tap, the only number below 2, has ke-1 = 0, so that each pad is none or beyond",
            {end: ("< ke-1", "= ke-1"), "stride": ("2",), OF_STRIDE: ("k < s",)},
        )
        for end in (BEFORE, BEHIND)
    ),
    *(
        Rule(
            "one tap is not longer than a value",
            {relation: (name,), OF_STRIDE: (against,), OF_VALUE: ("ke > value",)},
        )
        for relation, name, against in (("stride", "1", EXACT), (RANGE, "only", EXACT), ("stride", "2", "k < s"))
    ),
)

_EMPTY = (
    Rule(
        "with VALID no window of a kernel beyond the value lies within it, and an empty result shows nothing more",
        {"padding": ("VALID",), OF_VALUE: ("ke > value",)},
        _forward,
        of_triples=True,
    ),
    Rule(
        "without pads no window of a kernel beyond the value lies within it, and an empty result shows nothing more",
        {BEFORE: ("none",), BEHIND: ("none",), OF_VALUE: ("ke > value",)},
        _forward,
    ),
    Rule(
        "of a value as long as the kernel VALID leaves nothing over",
        {"padding": ("VALID",), OF_VALUE: ("ke = value",), RANGE: ("between", "longest")},
        _forward,
    ),
    Rule(
        "of a value as long as the kernel VALID leaves nothing over",
        {"padding": ("VALID",), OF_VALUE: ("ke = value",), OF_STRIDE: (INEXACT,)},
        _forward,
    ),
)

RULES: tuple[Rule, ...] = (*_WORDS, *_PADS, *_STRIDES, *_LENGTHS, *_CHANNELS, *_NUMBERS, *_SAME, *_FITS, *_EMPTY)

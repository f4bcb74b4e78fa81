"""Small calls for what a corpus does not witness: a greedy completion of the covering array.

Knows: the array, the parametric form of a case. Must not know: YAML (`chapter` writes what is found).

A call is put together of choices: its axes, its channels, its numbers. Each step aims at the first combination that is
missing: it draws calls whose choices are of the wanted classes, the rest at random from a fixed seed, and takes the one
that is the first witness of most combinations. What no call was found for stays missing: a hole that nobody has
explained.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from math import prod
from random import Random
from typing import Any, TypeAlias

from conformance.operators.convolution.call import ConvolutionTrial, RightConvolution
from conformance.operators.convolution.covering.array import TRIPLES_DTYPE, Array, Rows
from conformance.operators.convolution.covering.relations import RELATIONS, padded_axes, padded_axis
from conformance.suite.case import Trial
from conformance.suite.dtypes import SUMMED
from conformance.suite.expansion import Case, expand
from reference.family import DIRECTIONS, Operator
from reference.geometry import AxisPadding, convolved_length, legal_output_lengths, transposed_axis

Row: TypeAlias = dict[str, Any]
"""the parameters of one trial, as a case has them"""

# Another seed writes other rows, whose trials have other ids: waivers that name them would go stale.
SEED = 18
# Calls among which a step chooses
TRIED = 48
# Calls of which none is of the wanted classes, before a combination is given up
MOST_TRIED = 50 * TRIED
# Of one trial: a lane answers it in milliseconds
MOST_MULTIPLY_ADDS = 150_000
# Of its operands and result together: a dilation of 65 on three axes leaves few products of millions of elements
MOST_ELEMENTS = 500_000
KERNELS, STRIDES, DILATIONS = (1, 2, 3, 4, 6), (1, 2, 3, 6, 7), (1, 2, 3)
LENGTHS = (1, 2, 3, 4, 5, 6, 8, 9)
LONG_LENGTHS = (17, 33, 65)
CHANNELS = (1, 2, 3, 4, 6, 9, 16, 17, 18, 32, 65, 66)
MULTIPLIERS = (1, 2, 3, 4, 17, 65)
GROUPS = (1, 2, 3, 8, 9, 11, 16, 17, 65)
BATCHES = (1, 2, 3, 16)
# The call in which a choice is looked at
PLAIN: Row = {"batch": 1, "size": 4, "channels": [1, 1], "kernel": 2, "strides": 1, "padding": "SAME"}


@dataclass(frozen=True, slots=True)
class AxisChoice:
    """One axis of a call."""

    value: int
    kernel: int
    stride: int
    dilation: int
    rule: AxisPadding
    output: int
    """the result's length, which the caller of a transposed convolution names"""

    @property
    def work(self) -> int:
        """What it costs, roughly."""
        return max(self.value, self.output) * self.kernel + (sum(self.rule) if isinstance(self.rule, tuple) else 0)


@dataclass(frozen=True, slots=True)
class Choice:
    """A part of a call, and the classes that it settles."""

    part: Any
    """an `AxisChoice`, or parameters of a case"""
    classes: Mapping[str, str]

    def fits(self, wanted: Iterable[tuple[str, str]]) -> bool:
        """Whether no class is another than the wanted one."""
        return all(self.classes.get(relation, name) == name for relation, name in wanted)


def complete(operator: Operator, array: Array) -> Iterator[Row]:
    """Rows whose trials are the first witnesses of what `array` lacks, until nothing is left that can be found.

    The trials are counted in the array.
    """
    search = _Completion(operator, array)
    given_up = set()
    while wanted := next((each for each in array.missing if each not in given_up), None):
        row = search.best(dict(wanted))
        if row is None:
            given_up.add(wanted)
        else:
            yield row


def trial_of(operator: Operator, row: Row, case: str = "relations") -> ConvolutionTrial | None:
    """The trial of these parameters; None for a call that is wrong, or whose sums do not fit."""
    asked = Case(f"{operator.name}/relations", case, "-", None, "-", operator.name, row, "reference", {}, (), (), None)
    (found,) = expand(asked)
    return found if isinstance(found, ConvolutionTrial) else None


def is_small(trial: Trial) -> bool:
    """Whether it is a right call that costs little to make, to send and to answer."""
    call = trial.call
    if not isinstance(call, RightConvolution) or call.geometry.multiply_adds > MOST_MULTIPLY_ADDS:
        return False
    return sum(map(prod, (*call.operands.values(), call.result_shape))) <= MOST_ELEMENTS


def without_the_needless(rows: Sequence[Row], operator: Operator, array: Array) -> list[Row]:
    """The rows without those whose combinations the others witness too, which are taken off the array."""
    kept = []
    for row in rows:
        trial = trial_of(operator, row)
        assert trial is not None
        witnessed = array.classes.rows(trial.call)
        if array.needs(witnessed):
            kept.append(row)
        else:
            array.add(witnessed, -1)
    return kept


class _Completion:
    """Draws calls, and keeps the best."""

    def __init__(self, operator: Operator, array: Array) -> None:
        self._operator, self._array = operator, array
        self._random = Random(f"{SEED}/{operator.name}")  # noqa: S311 (repeatable, not secret)
        self._axes = _axis_choices(operator.transposed)
        self._parts = _part_choices(operator)
        self._alike: dict[tuple[Any, ...], list[AxisChoice]] = {}
        for choice in self._axes:
            for likeness in _likenesses(choice.part):
                self._alike.setdefault(likeness, []).append(choice.part)

    def best(self, wanted: Mapping[str, str]) -> Row | None:
        """Of the rows drawn that are of the wanted classes the first witness of most combinations; None without any."""
        # Triples are of geometry: one direction and one dtype show all of them.
        chosen = {"direction": "forward", "dtype": TRIPLES_DTYPE, **wanted} if len(wanted) == 3 else wanted
        # The choices of each part that are of these classes, the axes first.
        firsts, *parts = (
            [each for each in choices if each.fits(chosen.items())] for choices in (self._axes, *self._parts)
        )
        if not firsts or not all(parts):
            return None
        best: Row | None = None
        best_rows, most = Rows(), 0
        for tried in range(MOST_TRIED):
            if tried >= TRIED and best is not None:
                break
            row = self._drawn(firsts, parts)
            trial = trial_of(self._operator, row)
            if trial is None or not is_small(trial):
                continue
            rows = self._array.classes.rows(trial.call)
            gain = self._array.gain(rows)
            if gain > most and self._array.classes.witnesses(rows, wanted):
                best, best_rows, most = row, rows, gain
        self._array.add(best_rows)
        return best

    def _drawn(self, firsts: Sequence[Choice], parts: Sequence[Sequence[Choice]]) -> Row:
        first = self._random.choice(firsts).part
        # The other axes: the same one, or others of the same pads, or of the same length, or of the same word.
        likeness = self._random.choice((None, *_likenesses(first)))
        others = [first] if likeness is None else self._alike[likeness]
        axes = [first, *[self._random.choice(others) for _ in range(self._operator.rank - 1)]]
        self._random.shuffle(axes)
        rule = axes[0].rule
        row = {
            "size": [axis.value for axis in axes],
            "kernel": [axis.kernel for axis in axes],
            "strides": [axis.stride for axis in axes],
            "dilations": [axis.dilation for axis in axes],
            "padding": rule if isinstance(rule, str) else [list(axis.rule) for axis in axes],
            **({"output": [axis.output for axis in axes]} if self._operator.transposed else {}),
        }
        for choices in parts:
            row |= self._random.choice(choices).part
        return row


def _likenesses(axis: AxisChoice) -> tuple[tuple[Any, ...], ...]:
    """In what axes of one call may be alike; they have the same word at least."""
    word = axis.rule if isinstance(axis.rule, str) else "explicit"
    return ("rule", axis.rule), ("word and length", word, axis.value), ("word", word)


@cache
def _axis_choices(transposed: bool) -> tuple[Choice, ...]:
    """The cheapest axis of each combination of classes that small numbers have."""
    cheapest: dict[tuple[str, ...], AxisChoice] = {}
    relations = [each for each in RELATIONS if each.of_axis]
    for choice in _axes(transposed):
        shorter, longer = (choice.value, choice.output) if transposed else (choice.output, choice.value)
        axis = transposed_axis(shorter, choice.kernel, choice.stride, choice.dilation, choice.rule, longer)
        padded = padded_axis(axis, choice.rule, transposed)
        word = choice.rule if isinstance(choice.rule, str) else "explicit"
        classes = (word, *(each.of_axis(padded) for each in relations if each.of_axis))
        if classes not in cheapest or choice.work < cheapest[classes].work:
            cheapest[classes] = choice
    names = ("padding", *(each.name for each in relations))
    return tuple(Choice(choice, dict(zip(names, classes, strict=True))) for classes, choice in cheapest.items())


def _axes(transposed: bool) -> Iterator[AxisChoice]:
    for kernel, stride, dilation in product(KERNELS, STRIDES, DILATIONS):
        for length in (*LENGTHS, *LONG_LENGTHS):
            yield from _padded(length, kernel, stride, dilation, transposed)
    for length, stride in product(LONG_LENGTHS, STRIDES):
        for dilation in (length - 1, length):  # two taps as far apart as the value is long, and further
            yield from _padded(length, 2, stride, dilation, transposed)


def _padded(length: int, kernel: int, stride: int, dilation: int, transposed: bool) -> Iterator[AxisChoice]:
    extent = dilation * (kernel - 1) + 1
    pads = sorted({0, 1, extent - 1, extent})
    rules: tuple[AxisPadding, ...] = ("SAME", "VALID", *product(pads, pads))
    for rule in rules:
        if transposed:
            outputs: Sequence[int] = legal_output_lengths(length, kernel, stride, dilation, rule)
        else:
            outputs = [convolved_length(length, kernel, stride, dilation, rule)]
        for output in outputs:
            if output >= 0:
                yield AxisChoice(length, kernel, stride, dilation, rule, output)


@cache
def _part_choices(operator: Operator) -> tuple[tuple[Choice, ...], ...]:
    """For each part of a call apart from its axes what it may be."""
    kinds: tuple[tuple[tuple[str, ...], Iterator[Row]], ...] = (
        (("batch",), ({"batch": batch} for batch in BATCHES)),
        (("channels in", "channels out", "channels in against out", "groups"), _channels(operator)),
        (("layout",), ({"data_format": data_format} for data_format in operator.data_formats)),
        (
            ("direction", "bias", "dtype"),
            (
                {"direction": direction, "bias": bias, "dtype": dtype}
                for direction, bias, dtype in product(DIRECTIONS, (False, True), SUMMED)
            ),
        ),
    )
    return tuple(_settled(operator, relations, rows) for relations, rows in kinds)


def _channels(operator: Operator) -> Iterator[Row]:
    if operator.depthwise:
        for channels_in, multiplier in product(CHANNELS, MULTIPLIERS):
            yield {"channels": [channels_in, channels_in * multiplier], "groups": 1}
    else:
        for channels_in, channels_out, groups in product(CHANNELS, CHANNELS, GROUPS):
            yield {"channels": [channels_in, channels_out], "groups": groups}


def _settled(operator: Operator, relations: Sequence[str], rows: Iterator[Row]) -> tuple[Choice, ...]:
    """The first row of each combination of classes."""
    found: dict[tuple[str, ...], Choice] = {}
    asked = [each for each in RELATIONS if each.name in relations and each.of_call]
    plain = {**PLAIN, **({"output": "smallest"} if operator.transposed else {})}
    for row in rows:
        trial = trial_of(operator, plain | row)
        if trial is not None:
            axes = padded_axes(trial.call)
            classes = {each.name: each.of_call(trial.call, axes) for each in asked if each.of_call}
            found.setdefault(tuple(classes.values()), Choice(row, classes))
    return tuple(found.values())

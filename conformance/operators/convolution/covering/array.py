"""The covering array: which pairs and triples of classes the calls of a corpus witness, and which none does.

Knows: relations, rules, trials. Must not know: how it is printed (`listing.py`), how calls are found
(`completion`).

What is witnessed is witnessed on one axis: a row of the array is an axis of a call, with the classes of that axis and
those of the call. Combinations are of classes of different relations:

- pairs of all classes, in whatever dtype and direction;
- triples of those relations that are marked for it, in float32 and forward;
- pairs of the marked ones in float32 with each gradient that depends on them, since gradients are other kernels.

A call with an empty operand or result shows nothing of its numbers: it is a witness only of its padding and of how long
its kernel is, and only of pairs. A call without images is none at all.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise, product
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from conformance.operators.convolution.call import ConvolutionTrial, RightConvolution
from conformance.operators.convolution.covering.relations import RELATIONS, padded_axes
from conformance.operators.convolution.covering.rules import RULES, Class, Rule
from conformance.suite.case import Trial
from reference.family import OPERATORS, Direction, Operator

Flags: TypeAlias = NDArray[np.bool_]
Combination: TypeAlias = tuple[Class, ...]

# Those that depend on the geometry; that of a bias does not
GRADIENTS: tuple[Direction, ...] = ("value_gradient", "filter_gradient")
TRIPLES_DTYPE = "float32"
SHOWN_BY_EMPTY = ("padding", "dilated kernel against value")


@dataclass(frozen=True, slots=True)
class Rows:
    """The classes of a call, as numbers in ascending order, for each of its axes."""

    pairs: tuple[tuple[int, ...], ...] = ()
    triples: tuple[tuple[int, ...], ...] = ()
    """the marked classes, by their places among these, and the direction last; none outside of triples"""


@dataclass(frozen=True, slots=True)
class Excluded:
    """What a rule excludes that no rule before it did."""

    rule: Rule
    pairs: int
    triples: int


class Classes:
    """The classes of one operator, numbered, and which of their combinations are legal."""

    def __init__(self, operator: Operator) -> None:
        self.operator = operator
        self.relations = [relation for relation in RELATIONS if relation.classes(operator)]
        self.named: list[Class] = [(each.name, name) for each in self.relations for name in each.classes(operator)]
        self.number = {named: number for number, named in enumerate(self.named)}
        marked = {relation.name for relation in self.relations if relation.in_triples}
        self.in_triples = [
            number
            for number, (relation, name) in enumerate(self.named)
            if relation in marked or (relation == "direction" and name in ("forward", *GRADIENTS))
        ]
        self._place = {number: place for place, number in enumerate(self.in_triples)}
        self.legal_pairs = self._distinct(range(len(self.named)), 2)
        self.legal_triples = self._distinct(self.in_triples, 3)
        # Two classes and `forward` are nothing of their own: three classes are asked forward.
        self.legal_triples[:, :, self._place[self.number["direction", "forward"]]] = False
        self.before_rules = self.legal_pairs.copy(), self.legal_triples.copy()
        self.excluded = [Excluded(rule, *self._exclude(rule)) for rule in RULES if rule.holds_for(operator)]

    def rows(self, call: RightConvolution) -> Rows:
        """The rows of a call."""
        if call.value_shape[0] == 0:
            return Rows()
        axes = padded_axes(call)
        empty = 0 in call.value_shape or 0 in call.output_shape
        relations = [each for each in self.relations if not empty or each.name in SHOWN_BY_EMPTY]
        of_call = {each.name: each.of_call(call, axes) for each in relations if each.of_call}
        named = [{**of_call, **{each.name: each.of_axis(axis) for each in relations if each.of_axis}} for axis in axes]
        rows = tuple(tuple(sorted(self.number[each] for each in row.items())) for row in named)
        if empty or call.dtype != TRIPLES_DTYPE or call.direction not in ("forward", *GRADIENTS):
            return Rows(rows)
        return Rows(rows, tuple(tuple(self._place[each] for each in row if each in self._place) for row in rows))

    def witnesses(self, rows: Rows, combination: Mapping[str, str]) -> bool:
        """Whether one axis of a call is of all these classes, which are two, or three of those for triples."""
        numbers = {self.number[each] for each in combination.items()}
        if len(combination) == 2:
            return any(numbers.issubset(row) for row in rows.pairs)
        return any(numbers.issubset(self.in_triples[place] for place in row) for row in rows.triples)

    def _distinct(self, numbers: Iterable[int], size: int) -> Flags:
        """(classes, ...) `size` times: whether the classes are of different relations, each combination once."""
        order = {relation.name: place for place, relation in enumerate(self.relations)}
        places = np.array([order[self.named[number][0]] for number in numbers])
        grids = np.meshgrid(*(places,) * size, indexing="ij")
        ascending: Flags = np.logical_and.reduce([first < second for first, second in pairwise(grids)])
        return ascending

    def _exclude(self, rule: Rule) -> tuple[int, int]:
        """Take off what the rule excludes; how many pairs and triples that no rule before it excluded."""
        before = np.count_nonzero(self.legal_pairs), np.count_nonzero(self.legal_triples)
        literals = [
            [self.number[relation, name] for name in names if (relation, name) in self.number]
            for relation, names in rule.excluded.items()
        ]
        if len(literals) == 2 and not rule.of_triples:
            self._clear(self.legal_pairs, literals)
        marked = [[self._place[each] for each in numbers if each in self._place] for numbers in literals]
        if len(marked) == 2:
            marked.append(list(range(len(self.in_triples))))
        self._clear(self.legal_triples, marked)
        pairs, triples = np.count_nonzero(self.legal_pairs), np.count_nonzero(self.legal_triples)
        return int(before[0] - pairs), int(before[1] - triples)

    @staticmethod
    def _clear(legal: Flags, literals: list[list[int]]) -> None:
        for chosen in product(*literals):
            legal[tuple(sorted(chosen))] = False


@cache
def classes_of(operator: Operator) -> Classes:
    """The numbered classes of an operator."""
    return Classes(operator)


class Array:
    """How often the combinations of one operator's classes are witnessed."""

    def __init__(self, operator: Operator) -> None:
        self.classes = classes_of(operator)
        self.pairs: NDArray[np.int64] = np.zeros(self.classes.legal_pairs.shape, np.int64)
        self.triples: NDArray[np.int64] = np.zeros(self.classes.legal_triples.shape, np.int64)

    def add(self, rows: Rows, times: int = 1) -> None:
        """Count a call, or with -1 take it off again."""
        for counts, places in self._places(rows):
            counts[places] += times

    def gain(self, rows: Rows) -> int:
        """How many legal combinations the call would be the first witness of, once for each of its axes."""
        kinds = ((rows.pairs, self.classes.legal_pairs), (rows.triples, self.classes.legal_triples))
        legal_of_each = (legal for witnessed, legal in kinds for _ in witnessed)
        return sum(
            int(np.count_nonzero(legal[places] & (counts[places] == 0)))
            for (counts, places), legal in zip(self._places(rows), legal_of_each, strict=True)
        )

    def needs(self, rows: Rows) -> bool:
        """Whether a call that is counted is the only witness of a legal combination."""
        self.add(rows, -1)
        needed = self.gain(rows) > 0
        self.add(rows)
        return needed

    @property
    def missing(self) -> Iterator[Combination]:
        """The legal combinations that no call witnesses, pairs first."""
        for legal, counts, numbers in self._kinds():
            for places in np.argwhere(legal & (counts == 0)):
                yield tuple(self.classes.named[numbers[place]] for place in places)

    @property
    def contradictions(self) -> Iterator[Combination]:
        """The combinations that a rule excludes and a call witnesses all the same: the rule is wrong."""
        for before, (legal, counts, numbers) in zip(self.classes.before_rules, self._kinds(), strict=True):
            for places in np.argwhere(before & ~legal & (counts > 0)):
                yield tuple(self.classes.named[numbers[place]] for place in places)

    @property
    def counts(self) -> dict[Class, int]:
        """Each class, and how many axes of calls are of it."""
        return {named: int(self.pairs[number, number]) for number, named in enumerate(self.classes.named)}

    @property
    def numbers(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """How many pairs are witnessed and legal, and how many triples."""
        pairs, triples = (
            (int(np.count_nonzero(legal & (counts > 0))), int(np.count_nonzero(legal)))
            for legal, counts, _ in self._kinds()
        )
        return pairs, triples

    def _kinds(self) -> Iterator[tuple[Flags, NDArray[np.int64], list[int]]]:
        yield self.classes.legal_pairs, self.pairs, list(range(len(self.classes.named)))
        yield self.classes.legal_triples, self.triples, self.classes.in_triples

    def _places(self, rows: Rows) -> Iterator[tuple[NDArray[np.int64], Any]]:
        for row in rows.pairs:
            yield self.pairs, np.ix_(row, row)
        for row in rows.triples:
            if self.classes.named[self.classes.in_triples[row[-1]]][1] == "forward":
                yield self.triples, np.ix_(row, row, row)
            else:
                yield self.triples, np.ix_(row, row, row[-1:])


def arrays(trials: Iterable[Trial]) -> dict[str, Array]:
    """The array of each operator, with the right calls of the trials counted."""
    found = {name: Array(operator) for name, operator in OPERATORS.items()}
    for trial in trials:
        if isinstance(trial, ConvolutionTrial):
            found[trial.call.operator].add(found[trial.call.operator].classes.rows(trial.call))
    return found

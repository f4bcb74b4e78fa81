"""The smallest call that still fails for the same cause: one parameter after the other is made plainer.

Knows: drafts, and somebody who says which of several fail. Must not know: lanes, kinds of operators.

A call is smaller if it has fewer elements; of as many, if it says less; then if its numbers are lower, and what it
is filled with is plainer. Whatever is accepted is smaller than what was there, so it ends.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from math import prod
from typing import Any

import numpy as np

from conformance.operators.kind import Operands
from conformance.operators.registry import signature
from conformance.searching.draft import Draft
from conformance.suite.case import RightCall

Failing = Callable[[Sequence[Draft]], int | None]
"""the place of the first of these that fails for the same cause; None where none does"""

# Of one reduction: a lane that compiles takes about a minute for them.
MOST_ASKED = 600
# Pairs of numbers that have to change together, as channels of value and filter: so many are tried.
MOST_PAIRS = 6000
# Up to this many a number is tried at each lower value where another one has to follow it.
LOW = 12
# Numbers that a reader takes in, of all operands together.
MOST_LITERALS = 64
DTYPES = ("float32", "float64", "int32", "int64", "float16", "bfloat16", "complex64", "complex128", "int8", "uint8")
INPUTS = ("ones", "mix")
"""plainest first; others follow"""


class _Spent(Exception):
    """As many calls were asked as may be."""


class _Reduction:
    def __init__(self, start: Draft, failing: Failing, most: int) -> None:
        self.smallest = start
        self._failing = failing
        self._left = most
        self._tried = {start.name}
        self._kind, self._empty = type(start.trial), _is_empty(start)

    def run(self) -> Draft:
        try:
            while any([self._each_parameter(), self._each_number()]) or self._pairs():
                pass
            self._literals()
        except _Spent:
            pass
        return self.smallest

    def _each_parameter(self) -> bool:
        """Leave parameters out, or give them plainer words."""
        found = False
        for name in sorted(self.smallest.given):
            found |= self._take(_plainer(self.smallest, name))
        return found

    def _each_number(self) -> bool:
        found = False
        for place, number in self.smallest.places:
            found |= self._take(self.smallest.with_number(place, each) for each in _lower(number))
        return found

    def _pairs(self) -> bool:
        """Numbers that have to change together, where one alone makes no call."""
        places, checked = self.smallest.places, 0
        for first, number in places:
            for lower in _lower(number):
                alone = self.smallest.with_number(first, lower)
                if self._is_alike(alone):
                    continue
                for second, other in places:
                    if second == first:
                        continue
                    # What the other number may become because the first one has changed.
                    nearer = {other // 2, other - 1, other - 2} - set(range(LOW + 1))
                    following = (*range(min(other, LOW) + 1), *nearer, other + 1)
                    both = [alone.with_number(second, each) for each in following]
                    checked += len(both)
                    if self._take(both):
                        return True
                    if checked > MOST_PAIRS:
                        return False
        return False

    def _literals(self) -> None:
        """Small numbers written out: those that count the elements, then those that the generator made."""
        trial = self.smallest.trial
        if trial is None or not isinstance(trial.call, RightCall) or self.smallest.elements > 2 * MOST_LITERALS:
            return
        operands = signature(self.smallest.operator).generate(trial.content_id, trial.call, trial.inputs)
        if sum(array.size for array in operands.values()) > MOST_LITERALS:
            return
        counted = {name: np.arange(1, array.size + 1).reshape(array.shape) for name, array in operands.items()}
        ones = {name: np.ones(array.shape) for name, array in operands.items()}
        mixed: list[Operands] = [{**ones, name: counted[name]} for name in operands]
        choices = [self.smallest.with_operands(each) for each in (ones, *mixed, counted, operands)]
        # The same numbers fail again, so one of these is taken.
        self._take((each for each in choices if each is not None), smaller=False)

    def _is_alike(self, draft: Draft) -> bool:
        """Whether it is a right call where the first one is, a wrong one where that is wrong, with elements if that has
        some: an empty call takes other ways through an implementation.
        """
        return type(draft.trial) is self._kind and (self._empty or not _is_empty(draft))

    def _take(self, drafts: Iterable[Draft], *, smaller: bool = True) -> bool:
        """Take the first of the drafts that is smaller and fails; whether there was one."""
        limit, possible = size(self.smallest), list[Draft]()
        for draft in drafts:
            if draft.name in self._tried or not self._is_alike(draft):
                continue
            if not smaller or size(draft) < limit:
                self._tried.add(draft.name)
                possible.append(draft)
        if not possible:
            return False
        if self._left <= 0:
            raise _Spent
        self._left -= len(possible)
        place = self._failing(possible)
        if place is None:
            return False
        self.smallest = possible[place]
        return True


def reduced(start: Draft, failing: Failing, most: int = MOST_ASKED) -> Draft:
    """The smallest draft that was found to fail as `start` does, which is itself one.

    failing: asks its drafts, at most `most` in all
    """
    return _Reduction(start, failing, most).run()


def size(draft: Draft) -> tuple[Any, ...]:
    """What is compared: the smaller, the plainer."""
    given = draft.given
    inputs = given.get("inputs", "mix")
    return (
        _is_empty(draft),
        "direction" in given and given["direction"] != "forward",
        draft.elements,
        len(given),
        sum(abs(number - 1) for _, number in draft.places),
        DTYPES.index(given.get("dtype", "float32")),
        INPUTS.index(inputs) if inputs in INPUTS else len(INPUTS),
        len(str(given)),
    )


def _is_empty(draft: Draft) -> bool:
    trial = draft.trial
    return trial is not None and 0 in map(prod, (*trial.call.operands.values(), trial.call.result_shape))


def _plainer(draft: Draft, name: str) -> Iterator[Draft]:
    given = draft.given[name]
    yield draft.given_by({name: None})
    match given:
        case bool():
            yield draft.given_by({name: False})
        case float():
            yield from (draft.given_by({name: each}) for each in (1.0, 2.0, float(round(given))))
        case str() if name == "dtype":
            yield from (draft.given_by({name: each}) for each in DTYPES[: DTYPES.index(given)])
        case str() if name == "inputs":
            yield from (draft.given_by({name: each}) for each in INPUTS if each != given)
        case str() if name == "padding":
            yield draft.given_by({name: "VALID"})
        case tuple() if name != "inputs":
            yield from _plainer_list(draft, name, given)


def _plainer_list(draft: Draft, name: str, given: tuple[Any, ...]) -> Iterator[Draft]:
    """One number for all axes; no pads; one axis less."""
    if name == "padding":
        yield draft.given_by({name: "VALID"})
    if all(isinstance(each, int) for each in given) and given:
        yield from (draft.given_by({name: each}) for each in sorted(set(given)))
        yield from (draft.given_by({name: (each,) * len(given)}) for each in sorted(set(given)))
    if all(isinstance(each, float) for each in given) and given:
        yield from (draft.given_by({name: each}) for each in sorted(set(given)))
    yield from (draft.given_by({name: (*given[:index], *given[index + 1 :])}) for index in range(len(given)))


def _lower(number: int) -> list[int]:
    """Nearer to 1 or 0, the lowest first."""
    if number < 0:
        return [0, number // 2 + 1] if number < -1 else [0]
    return sorted({low for low in (0, 1, 2, number // 2, number - 1) if low < number})

"""Calls that nobody wrote: those of the corpus, changed towards the borders and crossed with one another.

Knows: drafts, what lanes take. Must not know: kinds of operators (what a parameter may be, the corpus shows and the
case model checks), verdicts.

A border is where two numbers of a call meet: a pad and a kernel, a kernel and a value, a stride and a kernel. So half
of all changes give one number of a call the value of another, or the one beside it.
"""

import random
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any

from conformance.searching.draft import Draft, Place
from conformance.suite.case import Call, RightCall, Trial

# Multiply-adds, and elements: what the oracle and the frameworks take milliseconds for. One draw in ONE_LARGE may be
# larger, because kernels are chosen by size.
MOST_WORK, MOST_ELEMENTS = 2**20, 2**13
LARGE_WORK, LARGE_ELEMENTS = 2**24, 2**17
ONE_LARGE = 12
# Lengths beside which implementations change over: vectors, blocks of channels.
BESIDE = (0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65)
MOST_CHANGES = 4
RARE_SHARE = 0.5
"""of draws, that start from a call that showed something rare; the others from one of the corpus"""
NEWEST = 0.1
"""how much likelier the newer of two neighbours among the rare ones is: what is rare is followed until it is common"""
CROSSED_SHARE = 0.4
"""of the parameters of a call, that another one takes over"""
# Draws that made no call, before it is another operator's turn.
MOST_FAILURES = 200
EXACT_SHARE = 0.85
"""of draws, filled so that every sum is exact; others take what the corpus fills calls with"""


@dataclass
class Space:
    """The calls of one operator: those that the corpus has, those that showed something rare, and all their values."""

    operator: str
    shipped: Sequence[Draft]
    rare: list[Draft] = field(default_factory=list)

    def __post_init__(self) -> None:
        values: dict[str, dict[str, Any]] = {}
        for draft in self.shipped:
            for name, each in draft.given.items():
                values.setdefault(name, {})[repr(each)] = each
        self.values = {name: list(found.values()) for name, found in values.items()}
        """what the corpus gives each parameter"""


class Drawer:
    """Draws calls that the lanes have words for, none twice; the same ones for the same seed and the same rare ones."""

    def __init__(
        self,
        spaces: Sequence[Space],
        says: Callable[[Call], bool],
        dtypes: Collection[str],
        directions: Collection[str],
        seed: str,
        *,
        wrong: bool = False,
    ) -> None:
        """`wrong`: whether calls that the definition refuses are drawn, too."""
        self._spaces = {space.operator: space for space in spaces if space.shipped}
        self._says, self._dtypes, self._directions, self._wrong = says, dtypes, directions, wrong
        self._random = random.Random(seed)  # noqa: S311
        self._seen: set[str] = set()
        self.unsaid = 0
        """calls that no lane has words for"""

    @property
    def operators(self) -> list[str]:
        """Those whose calls can be drawn."""
        return list(self._spaces)

    def draw(self, count: int) -> list[Draft]:
        """So many drafts, of one operator after the other; fewer where nothing new is found."""
        drawn: list[Draft] = []
        for _ in range(count):
            found = self._one(self._spaces[self._random.choice(list(self._spaces))])
            if found is not None:
                drawn.append(found)
        return drawn

    def remember(self, draft: Draft) -> None:
        """Follow a draft that showed something rare."""
        self._spaces[draft.operator].rare.append(draft)

    def _one(self, space: Space) -> Draft | None:
        rng = self._random
        large = rng.randrange(ONE_LARGE) == 0
        for _ in range(MOST_FAILURES):
            follows = space.rare and rng.random() < RARE_SHARE
            newest = -1 - min(int(rng.expovariate(NEWEST)), len(space.rare) - 1) if follows else 0
            draft = space.rare[newest] if follows else rng.choice(space.shipped)
            for _ in range(rng.randint(1, MOST_CHANGES)):
                change = self._random.choices(
                    (_at_border, _beside, _as_elsewhere, _left_out, _crossed, _uneven, _narrow), (8, 5, 6, 1, 3, 2, 2)
                )[0]
                draft = change(draft, space, self._random)
            exact = rng.random() < EXACT_SHARE
            draft = draft.given_by({"inputs": "mix" if exact else rng.choice([*space.values.get("inputs", ["mix"])])})
            if draft.name in self._seen:
                continue
            self._seen.add(draft.name)
            if (trial := draft.trial) is not None and self._is_asked(trial, large):
                if self._says(trial.call):
                    return draft
                self.unsaid += 1
        return None

    def _is_asked(self, trial: Trial, large: bool) -> bool:
        call = trial.call
        if call.dtype not in self._dtypes or call.direction not in self._directions:
            return False
        if not isinstance(call, RightCall):
            return self._wrong
        elements = sum(map(prod, (*call.operands.values(), call.result_shape)))
        if large:
            return call.work <= LARGE_WORK and elements <= LARGE_ELEMENTS
        return call.work <= MOST_WORK and elements <= MOST_ELEMENTS


def _some_number(draft: Draft, rng: random.Random) -> tuple[Place, int] | None:
    return rng.choice(draft.places) if draft.places else None


def _at_border(draft: Draft, _: Space, rng: random.Random) -> Draft:
    """One number becomes another of the same call, or the one beside it."""
    first, second = _some_number(draft, rng), _some_number(draft, rng)
    if first is None or second is None:
        return draft
    return draft.with_number(first[0], second[1] + rng.choice((-1, 0, 0, 1)))


def _beside(draft: Draft, _: Space, rng: random.Random) -> Draft:
    """One number moves by one, is doubled or halved, or becomes a length at which implementations change over."""
    found = _some_number(draft, rng)
    if found is None:
        return draft
    place, number = found
    return draft.with_number(place, rng.choice((number - 1, number + 1, number * 2, number // 2, rng.choice(BESIDE))))


def _as_elsewhere(draft: Draft, space: Space, rng: random.Random) -> Draft:
    """One parameter becomes what the corpus gives it somewhere."""
    name = rng.choice(list(space.values))
    return draft.given_by({name: rng.choice(space.values[name])})


def _left_out(draft: Draft, _: Space, rng: random.Random) -> Draft:
    """One parameter is left to its default."""
    return draft.given_by({rng.choice(list(draft.given)): None}) if draft.given else draft


def _crossed(draft: Draft, space: Space, rng: random.Random) -> Draft:
    """Some parameters are those of another call."""
    other = rng.choice(space.shipped).given
    return draft.given_by({name: each for name, each in other.items() if rng.random() < CROSSED_SHARE})


def _uneven(draft: Draft, space: Space, rng: random.Random) -> Draft:
    """What is one number for all axes becomes a list in which they differ."""
    listed = [name for name, each in draft.given.items() if isinstance(each, int) and not isinstance(each, bool)
              and any(isinstance(other, tuple) for other in space.values.get(name, ()))]  # fmt: skip
    if not listed:
        return draft
    name = rng.choice(listed)
    of_axes = rng.choice([other for other in space.values[name] if isinstance(other, tuple)])
    return draft.given_by({name: tuple(draft.given[name] + rng.choice((0, 0, 1, 2)) for _ in of_axes)})


def _narrow(draft: Draft, _: Space, rng: random.Random) -> Draft:
    """One number becomes 1: one row, one column, one channel, one image."""
    found = _some_number(draft, rng)
    return draft if found is None else draft.with_number(found[0], 1)

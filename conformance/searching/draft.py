"""A call as the parameters of a case, to be changed: what drawing varies and reducing makes smaller.

Knows: parameters of any kind of operator, as its case model types them. Must not know: which parameters there are,
lanes, verdicts.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, cached_property
from hashlib import sha256
from math import prod
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from conformance.operators.kind import Operands, Parameters, Unusable, frozen
from conformance.operators.registry import signature
from conformance.suite.case import Generated, Literal, RightCall, Trial, WrongCall
from conformance.suite.corpus import files_in, shipped_cases
from conformance.suite.expansion import Case, combined, expand
from conformance.suite.loading import load
from reference.errors import ArgumentError

STEM = "found"
"""the file of a search's cases, and so a part of their ids, by which generators are seeded"""
WHY = "drawn by a search"
# 40 bits: two of a hundred thousand calls have the same name in one search of two hundred.
NAME_DIGITS = 10

Place: TypeAlias = tuple[str | int, ...]
"""a parameter, and where in its nested lists"""


class _Unmade(Exception):
    """The parameters make no trial."""


@dataclass(frozen=True)
class Draft:
    """An operator and the parameters of one call, with lists as tuples; not every draft is a call."""

    operator: str
    given: Parameters

    @classmethod
    def of(cls, trial: Trial) -> "Draft":
        """That of a trial: its call as it was spelled, and its inputs."""
        written = {name: frozen(argument) for name, argument in trial.arguments().items() if argument is not None}
        match trial.inputs:
            case Generated(generator):
                written["inputs"] = generator
            case Literal() as literal:
                numbers = {name: getattr(literal, name) for name in Literal.__slots__}
                written["inputs"] = {name: each for name, each in numbers.items() if each is not None}
        return cls(trial.call.operator, written)

    @cached_property
    def name(self) -> str:
        """What its case is called: the digest of its parameters, so that the same call has the same numbers."""
        text = json.dumps([self.operator, self.given], sort_keys=True, default=str)
        return f"call-{sha256(text.encode()).hexdigest()[:NAME_DIGITS]}"

    @cached_property
    def trial(self) -> Trial | None:
        """The trial that these parameters make, right or wrong; None where they make none, or several."""
        try:
            return self._made()
        except (_Unmade, Unusable, ArgumentError, ValidationError):
            return None

    @property
    def places(self) -> tuple[tuple[Place, int], ...]:
        """Every whole number of it, and where it stands."""
        return tuple(_numbers((), {name: each for name, each in self.given.items() if name != "inputs"}))

    def with_number(self, place: Place, number: int) -> "Draft":
        """The same with another number there."""
        name, *inner = place
        return self.given_by({str(name): _put(self.given[str(name)], inner, number)})

    def given_by(self, parameters: Mapping[str, Any]) -> "Draft":
        """The same with these parameters instead of its own; None leaves one out."""
        changed = {**self.given, **parameters}
        return replace(self, given={name: each for name, each in changed.items() if each is not None})

    def written_out_of(self, trial: Trial) -> "Draft | None":
        """The same with the operands of a trial as literal numbers; None where a case has no words for them."""
        if not isinstance(trial.call, RightCall):
            return None
        return self.with_operands(signature(self.operator).generate(trial.content_id, trial.call, trial.inputs))

    def with_operands(self, operands: Operands) -> "Draft | None":
        """The same with these operands; None where a case has no words for them."""
        unwritable = any(array.dtype.kind == "c" or array.size == 0 for array in operands.values())
        if not set(operands) <= set(Literal.__slots__) or unwritable:
            return None
        return self.given_by({"inputs": {name: _nested(array) for name, array in operands.items()}})

    @property
    def elements(self) -> int:
        """How many numbers take part."""
        trial = self.trial
        if trial is None:
            return 0
        return sum(map(prod, (*trial.call.operands.values(), trial.call.result_shape)))

    def _made(self) -> Trial:
        # The model is what a file would be held to: a kind's own checks begin where it ends.
        kind = signature(self.operator)
        kind.parameters().model_validate(_plain(self.given))
        calls = list(kind.calls(self.operator, self.given))
        if len(calls) != 1:
            raise _Unmade
        call = calls[0][1]
        if any(length < 0 for shape in call.operands.values() for length in shape):
            raise _Unmade  # there is no such array to hand over
        expect = {"refusal": call.fault.reason} if isinstance(call, WrongCall) else "reference"
        case = Case(
            f"{self.operator}/{STEM}", self.name, WHY, None, STEM, self.operator, self.given, expect, {}, (), (), None
        )
        (made,) = expand(case)
        if not isinstance(made, Trial):
            raise _Unmade
        return made


def shipped_drafts(operators: Collection[str]) -> dict[str, list[Draft]]:
    """The calls of the shipped corpus by operator, as their authors gave the parameters; each once."""
    drafts: dict[str, dict[str, Draft]] = {operator: {} for operator in operators}
    for case in _shipped():
        if case.operator in drafts:
            for given in combined(case):
                # A search does not vary series of calls, and numbers of one case.
                kept = {name: frozen(each) for name, each in given.items() if name not in ("calls", "at_once")}
                if not isinstance(kept.get("inputs", ""), str):
                    del kept["inputs"]
                for each in _single(case.operator, kept):
                    drafts[case.operator].setdefault(each.name, each)
    return {operator: list(each.values()) for operator, each in drafts.items()}


@cache
def _shipped() -> tuple[Case, ...]:
    cases: list[Case] = []
    # What is not wanted is not expanded: a search takes the parameters, not the trials.
    load(files_in(shipped_cases()), lambda case: bool(cases.append(case)))  # type: ignore[func-returns-value]
    return tuple(cases)


def _single(operator: str, given: dict[str, Any]) -> Iterator[Draft]:
    with suppress(Unusable, ArgumentError):
        for named, _ in signature(operator).calls(operator, given):
            yield Draft(operator, {**given, **{name: frozen(each) for name, each in named.items()}})


def _numbers(place: Place, written: Any) -> Iterator[tuple[Place, int]]:
    match written:
        case bool():
            return
        case int():
            yield place, written
        case Mapping():
            for name, each in written.items():
                yield from _numbers((*place, name), each)
        case tuple():
            for index, each in enumerate(written):
                yield from _numbers((*place, index), each)


def _put(written: Any, place: list[str | int], number: int) -> Any:
    if not place:
        return number
    first, *rest = place
    if isinstance(written, Mapping):
        return {**written, first: _put(written[first], rest, number)}
    return tuple(_put(each, rest, number) if index == first else each for index, each in enumerate(written))


def _plain(written: Any) -> Any:
    """Tuples to lists, as a case file has them."""
    if isinstance(written, Mapping):
        return {name: _plain(each) for name, each in written.items()}
    return [_plain(each) for each in written] if isinstance(written, tuple) else written


def plain(draft: Draft) -> dict[str, Any]:
    """The parameters as a case file has them."""
    given: dict[str, Any] = _plain(draft.given)
    return given


def _nested(array: NDArray[Any]) -> Any:
    """Nested tuples; whole numbers without a point."""
    numbers = array.astype(np.float64)
    whole = (
        np.isfinite(numbers).all()
        and np.array_equal(numbers, np.rint(numbers))
        and not np.signbit(numbers[numbers == 0]).any()
    )
    return frozen((numbers.astype(np.int64) if whole else numbers).tolist())

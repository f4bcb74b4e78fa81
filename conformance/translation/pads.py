"""Padding as it is written: a word, or numbers in one of the orders that functions take.

Knows: what each order is called. Must not know: any kind, frameworks: which words and orders there are, it is given.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from conformance.adapters.plan import Argument
from conformance.translation.arguments import CallArguments, integers, pairs

Pairs: TypeAlias = tuple[tuple[int, int], ...]
"""(before, after) of each spatial axis"""
Form: TypeAlias = Literal["numbers", "row", "last axis first", "pairs of all axes", "begins and ends", "sides"]

_ACCEPTED: Mapping[Form, str] = {
    "numbers": "an integer or one for each axis",
    "row": "a row (before, after, before, after, ...) from the first axis on",
    "last axis first": "a row (before, after, before, after, ...) from the last axis on",
    "pairs of all axes": "a pair (before, after) for each axis of the value",
    "begins and ends": "a row of what is before each axis and then of what is after each",
    "sides": "two rows, before and after",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Padding:
    """What functions of one framework take as padding."""

    forms: tuple[Form, ...] = ("numbers",)
    words: Mapping[str, str] = field(default_factory=dict)
    """from each word, in small letters where case says nothing, to SAME, SAME_LOWER, VALID, or none for numbers"""
    any_case: bool = False
    """whether case says nothing"""

    def read(self, arguments: CallArguments, names: Sequence[str], *, last: bool) -> str | Pairs:
        """What is said of the spatial axes of these names; raises CallError for what the framework refuses.

        last: whether the value has its channels last
        """
        if arguments.has("auto_pad") and arguments.said("auto_pad") is not None:
            word = self._word(arguments, arguments.said("auto_pad"))
            if word is None:
                raise arguments.unexpected("auto_pad", f"one of {', '.join(map(repr, self.words))}")
            if word:
                return word
        elif isinstance(arguments.said("padding"), str) and self.words:
            word = self._word(arguments, arguments.said("padding"))
            if word is None:
                raise arguments.unexpected("padding", self._accepted())
            return word
        if arguments.has("pads_after"):
            found = tuple(zip(*(self._side(arguments, role, names) for role in ("padding", "pads_after")), strict=True))
        elif self.forms == ("numbers",):
            found = tuple((pad, pad) for pad in arguments.numbers("padding", names))
        else:
            given = arguments.said("padding")
            found = ((0, 0),) * len(names) if given is None else self._pairs(given, len(names), last=last)
        if not found:
            raise arguments.unexpected("padding", self._accepted())
        for name, pair in zip(names, found, strict=True):
            arguments.check_least("padding", min(pair), name)
        return tuple((before, after) for before, after in found)

    def _word(self, arguments: CallArguments, given: Argument) -> str | None:
        """None for what is not a word, an empty one where numbers say it."""
        return self.words.get(given.lower() if self.any_case else given) if isinstance(given, str) else None

    def _side(
        self, arguments: CallArguments, role: Literal["padding", "pads_after"], names: Sequence[str]
    ) -> list[int]:
        given = arguments.said(role)
        numbers = (0,) * len(names) if given is None else integers(given)
        if numbers is None or len(numbers) != len(names):
            raise arguments.unexpected(role, f"{len(names)} integers")
        return list(numbers)

    def _pairs(self, given: Argument, rank: int, *, last: bool) -> Pairs:
        """The pads in the one order that they fit; none where they fit none."""
        flat = integers(given)
        if flat is not None and "numbers" in self.forms and len(flat) == (rank if isinstance(given, tuple) else 1):
            return tuple((number, number) for number in (flat if isinstance(given, tuple) else flat * rank))
        if flat is not None and len(flat) == 2 * rank:
            in_order = tuple(zip(flat[::2], flat[1::2], strict=True))
            for form in self.forms:
                match form:
                    case "row":
                        return in_order
                    case "last axis first":
                        return in_order[::-1]
                    case "begins and ends":
                        return tuple(zip(flat[:rank], flat[rank:], strict=True))
        if "sides" in self.forms and isinstance(given, tuple) and len(given) == 2:
            before, after = map(integers, given)
            if before is not None and after is not None and len(before) == len(after) == rank:
                return tuple(zip(before, after, strict=True))
        whole = pairs(given, rank + 2) if "pairs of all axes" in self.forms else None
        if whole is not None:
            outer, spatial = ((whole[0], whole[-1]), whole[1:-1]) if last else (whole[:2], whole[2:])
            return spatial if set(outer) == {(0, 0)} else ()
        return ()

    def _accepted(self) -> str:
        words = [repr(word) for word, means in self.words.items() if means]
        *others, final = [*words, *(_ACCEPTED[form] for form in self.forms)]
        joint = " or " if len(self.forms) != 1 else ", "
        return f"{', '.join(others)}{joint}{final}" if others else final

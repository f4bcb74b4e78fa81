"""What is expected of a vocabulary's words for poolings: its functions' parameters say what there is.

Knows: functions, what their parameters say and default to. Must not know: frameworks.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import product

from conformance.adapters.convolution_vocabulary_dialect import counts_of_two, pads_of
from conformance.adapters.dialect import AxisWords, dtype_spellings
from conformance.adapters.function import REQUIRED, Role
from conformance.adapters.phrases import counted_spellings
from conformance.adapters.plan import Argument, Invoke, Plan, Unsupported, written
from conformance.adapters.pooling_dialect import (
    REQUIRED_BY_CALLER,
    Divisor,
    PoolingDefault,
    PoolingDialect,
    PoolingPhrasing,
    Readings,
    SpokenWindows,
)
from conformance.adapters.pooling_vocabulary import PoolingVocabulary
from conformance.operators.nominal import Nominal
from reference.pooling.family import averages
from reference.pooling.geometry import pooling_axis

Words = Mapping[Role, Argument]
WINDOWS = ("max_pool2d", "avg_pool2d")


def pooling_dialect(
    vocabulary: PoolingVocabulary,
    dtypes: Iterable[str],
    operators: Sequence[str] = WINDOWS,
    *,
    legal: str = "",
    within: Sequence[str] = (),
    number: int = 120,
) -> PoolingDialect:
    """Of maxima and averages.

    legal: the limits of padding, which are asked about where there are documented ones: at most the vocabulary's
    `most_padding`. within: operators whose window may not be longer than the value without its pads
    """
    spoken = _VocabularyFunctions(vocabulary)
    plain: Words = {"kernel": (2, 3), "strides": 2}
    topics: tuple[tuple[Role, tuple[int, int]], ...] = (("kernel", (2, 3)), ("strides", (2, 2)), ("padding", (0, 0)))
    function = vocabulary.functions["max_pool2d"]
    say = partial(spoken.say, "max_pool2d")
    return PoolingDialect(
        last=vocabulary.last,
        phrasings=tuple(
            row for operator in operators for row in spoken.phrasings(operator, legal, operator in within, number)
        ),
        defaults=tuple(default for operator in operators for default in spoken.defaults(operator)),
        plain=say(plain),
        spellings=(
            *(
                spelling
                for role, numbers in topics
                for spelling in counted_spellings(
                    function.saying(role).name, role, numbers, counts_of_two(function, role), say, plain
                )
            ),
            *dtype_spellings(say(plain), tuple(dtypes)),
        ),
        nominal=spoken.nominal,
    )


class _VocabularyFunctions:
    """The functions of a vocabulary, spoken to."""

    def __init__(self, vocabulary: PoolingVocabulary) -> None:
        self.vocabulary = vocabulary

    def say(self, operator: str, said: Words) -> Plan:
        """The call of what the function takes of it."""
        function = self.vocabulary.functions[operator]
        given = {role: argument for role, argument in said.items() if self.takes(operator, role)}
        if not self.vocabulary.layers:
            return Plan((function.invoke(given, ("value",)),))
        layer = Invoke("layer", (("", "value"),), ())
        return Plan((Invoke(function.name, (), function.keywords(given), (layer,), leaves="layer"),))

    def takes(self, operator: str, role: Role) -> bool:
        """Whether the function has an argument that says this."""
        return any(parameter.says == role for parameter in self.vocabulary.functions[operator].parameters)

    def default(self, operator: str, role: Role) -> Argument:
        """What is said where nothing is."""
        found = self.vocabulary.functions[operator].saying(role).default
        assert found is not REQUIRED
        return found  # type: ignore[return-value]

    def phrasings(self, operator: str, legal: str, within: bool, number: int) -> Iterator[PoolingPhrasing]:
        """A row for each way to say the pads, with each of ceil_mode and of what counts."""
        kinds = dict.fromkeys(("numbers", self.vocabulary.padding)) if self.takes(operator, "padding") else ()
        for ceil_mode, counted in product(
            (False, True) if self.takes(operator, "ceil_mode") else (None,),
            (True, False) if self.takes(operator, "count_include_pad") else (None,),
        ):
            said, suffix = self._said(operator, ceil_mode, counted)
            spoken = SpokenWindows(
                operator, partial(self._planned, operator, said, ""), self._divisor(operator, counted), number,
                range(1, 4) if self.takes(operator, "dilations") else range(1, 2),
            )  # fmt: skip
            for kind in kinds:
                told = SpokenWindows(
                    operator, partial(self._planned, operator, said, kind), spoken.divisor, number, spoken.dilations
                )
                alike = kind == "numbers"
                yield told.pads(
                    f"{'padding' if alike else 'padding (before, after)'}{suffix}", alike=alike,
                    ceil_mode=bool(ceil_mode), takes=partial(self._takes, within),
                    legal="" if ceil_mode or counted is False or not alike or not legal
                    else legal + "; window <= value" * within,
                )  # fmt: skip
            for word in self.vocabulary.words if not ceil_mode else ():
                yield spoken.word(f"{word}{suffix}", word, word)

    def _said(self, operator: str, ceil_mode: bool | None, counted: bool | None) -> tuple[Words, str]:
        """What is said beside the pads, and how rows are called by it."""
        said: dict[Role, Argument] = {}
        suffix = ""
        pairs: tuple[tuple[Role, bool | None], ...] = (("ceil_mode", ceil_mode), ("count_include_pad", counted))
        for role, value in pairs:
            if value is not None:
                counts = role == "count_include_pad"
                given = value != (counts and self.vocabulary.exclusive)
                said[role] = given
                is_default = counts and given == self.default(operator, role)
                name = self.vocabulary.functions[operator].saying(role).name
                suffix += f", {name}={given}{' (default)' * is_default}"
        return said, suffix

    def _divisor(self, operator: str, counted: bool | None) -> Divisor | None:
        if not averages(operator):
            return None
        return "elements" if counted is False else "places"

    def _takes(self, within: bool, words: AxisWords) -> bool:
        most = self.vocabulary.most_padding(words.kernel)
        return max(words.before, words.after) <= most and not (within and words.kernel > words.length)

    def _planned(self, operator: str, said: Words, kind: str, axes: Sequence[AxisWords]) -> Plan:
        numbers: Words = {
            "kernel": tuple(words.kernel for words in axes),
            "strides": tuple(words.stride for words in axes),
            "dilations": tuple(words.dilation for words in axes),
            "padding": pads_of(axes, kind),
        }
        return self.say(operator, {**numbers, **said})

    def defaults(self, operator: str) -> Iterator[PoolingDefault]:
        """What each argument that is left out defaults to, as the function has it."""
        window, one = pooling_axis(6, 3, 3, 1, "VALID"), pooling_axis(6, 3, 1, 1, "VALID")
        counted = self.takes(operator, "count_include_pad") and (
            self.default(operator, "count_include_pad") != self.vocabulary.exclusive
        )
        divisor = self._divisor(operator, bool(counted or not self.takes(operator, "count_include_pad")))
        axis = pooling_axis(6, 3, 2, 1, (1, 1))
        ceiled = pooling_axis(6, 3, 2, 1, "VALID", ceil_mode=True)
        exclusive = self.vocabulary.exclusive
        required = self.vocabulary.functions[operator].saying("kernel").default is REQUIRED
        asked: tuple[tuple[Role, Words, Readings], ...] = (
            ("strides", {"kernel": 3}, {"the window": (window, divisor), "1": (one, divisor)}),
            (
                "padding", {"kernel": 3, "strides": 3},
                {"0": (window, divisor), "half of the window": (pooling_axis(6, 3, 3, 1, (1, 1)), divisor)},
            ),
            (
                "ceil_mode", {"kernel": 3, "strides": 2},
                {"False": (pooling_axis(6, 3, 2, 1, "VALID"), divisor), "True": (ceiled, divisor)},
            ),
            (
                "count_include_pad", {"kernel": 3, "strides": 2, "padding": 1},
                {str(not exclusive): (axis, "places"), str(exclusive): (axis, "elements")},
            ),
            (
                "dilations", {"kernel": 3, "strides": 3},
                {"1": (window, divisor), "2": (pooling_axis(6, 3, 3, 2, "VALID"), divisor)},
            ),
            ("kernel", {"strides": 3}, {} if required else {"(2, 2)": (pooling_axis(6, 2, 3, 1, "VALID"), divisor)}),
        )  # fmt: skip
        function = self.vocabulary.functions[operator]
        for role, said, readings in asked:
            if not self.takes(operator, role) or (role == "count_include_pad" and not averages(operator)):
                continue
            found = function.saying(role)
            expected = REQUIRED_BY_CALLER
            if readings:
                expected = "the window" if found.default is None else written(self.default(operator, role))
            yield PoolingDefault(operator, found.name, self.say(operator, said), 6, readings, expected)

    def nominal(self, operator: str, nominal: Nominal) -> Plan | Unsupported:
        """A nominal call."""
        padding: Words = {}
        if nominal.word in self.vocabulary.words:
            padding = {"padding": nominal.word}
        elif nominal.word != "default":
            return Unsupported(f"{operator}'s padding takes numbers")
        if nominal.dilation > 1 and not self.takes(operator, "dilations"):
            return Unsupported(f"{operator} has no dilation")
        numbers: Words = {"kernel": nominal.kernel, "strides": nominal.stride, "dilations": nominal.dilation}
        return self.say(operator, {**numbers, **padding})

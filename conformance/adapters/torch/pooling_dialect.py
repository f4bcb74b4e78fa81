"""What the suite expects of PyTorch's poolings: one padding for both sides, ceil_mode, averages that count their pads.

Knows: the words of their arguments, and what the suite takes them to mean. Must not know: torch.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import product

from conformance.adapters.axes import NoAxis
from conformance.adapters.dialect import AxisWords, Recipe, Said, Spelling, dtype_spellings
from conformance.adapters.function import Role
from conformance.adapters.plan import Argument, Plan, Unsupported
from conformance.adapters.pooling_dialect import (
    REQUIRED_BY_CALLER,
    Divisor,
    PoolingDefault,
    PoolingDialect,
    PoolingPhrasing,
    SpokenWindows,
)
from conformance.adapters.torch.pooling_words import FUNCTIONALS, WITHIN, torch_pooled_axis
from conformance.operators.nominal import Nominal
from reference.pooling.family import OPERATORS, averages
from reference.pooling.geometry import WindowAxis, pooling_axis

DTYPES = ("float16", "bfloat16", "float32", "float64", "int32", "int64")
"""of max_pool2d"""
_LEGAL = "0 <= padding <= window // 2, without its dilation"
_LEAST = AxisWords(1, 1, 1, 1, (0, 0))

Words = dict[Role, Argument]


def torch_pooling_dialect() -> PoolingDialect:
    """The dialect of `torch.nn.functional.max_pool*` and `avg_pool*`."""
    return PoolingDialect(
        last=False,
        phrasings=tuple(_phrasings()),
        ties={
            operator: (("no pads", _say(operator, {"kernel": 3 if rank == 1 else 2, "strides": 2})),)
            for rank, operator in ((OPERATORS[each].rank, each) for each in FUNCTIONALS if not averages(each))
        },
        defaults=tuple(_defaults()),
        plain=_say("max_pool2d", {"kernel": (2, 3), "strides": 2}),
        spellings=tuple(_spellings()),
        nominal=_nominal,
        recipes=(
            Recipe(
                "padding=(k-1)//2", ("SAME",),
                lambda nominal, _: _nominal_call("max_pool2d", nominal, {"padding": (nominal.kernel - 1) // 2}),
            ),
            Recipe(
                "padding=k//2", ("SAME",),
                lambda nominal, _: _nominal_call("max_pool2d", nominal, {"padding": nominal.kernel // 2}),
            ),
        ),
        absent={"SAME": "no such word: padding takes numbers, the same for both ends, at most half of the window"},
    )  # fmt: skip


def _phrasings() -> Iterator[PoolingPhrasing]:
    for operator in FUNCTIONALS:
        dilations = range(1, 2) if averages(operator) else range(1, 4)
        for ceil_mode, counting in product((False, True), (True, False) if averages(operator) else (None,)):
            divisor: Divisor | None = None if counting is None else "places" if counting else "elements"
            said: Words = {} if counting is None else {"count_include_pad": counting}
            name = "".join(
                (
                    f"padding, ceil_mode={ceil_mode}",
                    "" if counting is None else f", count_include_pad={counting}{' (default)' if counting else ''}",
                )
            )
            spoken = SpokenWindows(
                operator, _planner(operator, {"ceil_mode": ceil_mode, **said}), divisor, dilations=dilations
            )
            legal = (
                "" if ceil_mode or counting is False else _LEGAL + ("; window <= value" if operator in WITHIN else "")
            )
            yield spoken.pads(
                name, alike=True, ceil_mode=ceil_mode, takes=partial(_takes, operator, ceil_mode=ceil_mode), legal=legal
            )


def _takes(operator: str, words: AxisWords, *, ceil_mode: bool) -> bool:
    try:
        torch_pooled_axis(operator, words.numbers, words.before, ceil_mode=ceil_mode)
    except NoAxis:
        return False
    return True


def _planner(operator: str, said: Words) -> Callable[[Sequence[AxisWords]], Said]:
    def plan(axes: Sequence[AxisWords]) -> Plan:
        dilations: Words = {} if averages(operator) else {"dilations": tuple(words.dilation for words in axes)}
        numbers: Words = {
            "kernel": tuple(words.kernel for words in axes),
            "strides": tuple(words.stride for words in axes),
            "padding": tuple(words.before for words in axes),
        }
        return _say(operator, {**numbers, **dilations, **said})

    return plan


def _say(operator: str, said: Words) -> Plan:
    return Plan((FUNCTIONALS[operator].invoke(said, ("value",)),))


def _defaults() -> Iterator[PoolingDefault]:
    window, one = pooling_axis(6, 3, 3, 1, "VALID"), pooling_axis(6, 3, 1, 1, "VALID")
    for operator in FUNCTIONALS:
        divisor: Divisor | None = "places" if averages(operator) else None
        strides = {"the window": (window, divisor), "1": (one, divisor)}
        yield PoolingDefault(operator, "stride", _say(operator, {"kernel": 3}), 6, strides, "the window")
        pads = {"0": (window, divisor), "half of the window": (pooling_axis(6, 3, 3, 1, (1, 1)), divisor)}
        yield PoolingDefault(operator, "padding", _say(operator, {"kernel": 3, "strides": 3}), 6, pads, "0")
        lengths = {
            "False": (pooling_axis(6, 3, 2, 1, "VALID"), divisor),
            "True": (pooling_axis(6, 3, 2, 1, "VALID", ceil_mode=True), divisor),
        }
        yield PoolingDefault(operator, "ceil_mode", _say(operator, {"kernel": 3, "strides": 2}), 6, lengths, "False")
        if divisor:
            axis = pooling_axis(6, 3, 2, 1, (1, 1))
            counted: dict[str, tuple[WindowAxis, Divisor | None]] = {
                "True": (axis, "places"), "False": (axis, "elements")
            }  # fmt: skip
            said: Words = {"kernel": 3, "strides": 2, "padding": 1}
            yield PoolingDefault(operator, "count_include_pad", _say(operator, said), 6, counted, "True")
        else:
            dilated = {"1": (window, divisor), "2": (pooling_axis(6, 3, 3, 2, "VALID"), divisor)}
            yield PoolingDefault(operator, "dilation", _say(operator, {"kernel": 3, "strides": 3}), 6, dilated, "1")
        yield PoolingDefault(operator, "kernel_size", _say(operator, {"strides": 3}), 6, {}, REQUIRED_BY_CALLER)


def _spellings() -> Iterator[Spelling]:
    plain: Words = {"kernel": (2, 3), "strides": 2}

    def spelled(topic: str, label: str, expected: bool, said: Words) -> Spelling:
        return Spelling(topic, label, _say("max_pool2d", {**plain, **said}), expected)

    roles: tuple[tuple[Role, str, tuple[int, int]], ...] = (
        ("kernel", "kernel_size", (2, 3)), ("strides", "stride", (2, 2)), ("padding", "padding", (0, 0)),
    )  # fmt: skip
    for role, topic, (first, second) in roles:
        yield spelled(topic, "[s, s]", True, {role: (first, second)})
        yield spelled(topic, "[s, s, s]", False, {role: (first, second, second)})
        yield spelled(topic, "[1, s, s, 1]", False, {role: (1, first, second, 1)})
        if first == second:
            yield spelled(topic, "int", True, {role: first})
            yield spelled(topic, "[s]", True, {role: (first,)})
    yield spelled("padding", "the word valid", False, {"padding": "valid"})
    yield spelled("padding", "pairs [[b, a], [b, a]]", False, {"padding": ((0, 0), (0, 0))})
    yield Spelling("data formats", "NCHW", _say("max_pool2d", plain), expected=True)
    yield Spelling("data formats", "NHWC", _say("max_pool2d", plain), expected=False, value_layout="NHWC")
    yield from dtype_spellings(_say("max_pool2d", plain), DTYPES)


def _nominal(operator: str, nominal: Nominal) -> Plan | Unsupported:
    if nominal.word != "default":
        return Unsupported(f"{operator}'s padding takes numbers")
    if averages(operator) and nominal.dilation > 1:
        return Unsupported(f"{operator} has no dilation")
    return _nominal_call(operator, nominal, {})


def _nominal_call(operator: str, nominal: Nominal, said: Words) -> Plan:
    dilations: Words = {} if averages(operator) else {"dilations": nominal.dilation}
    return _say(operator, {"kernel": nominal.kernel, "strides": nominal.stride, **dilations, **said})

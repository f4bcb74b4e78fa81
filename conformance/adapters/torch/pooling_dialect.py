"""What the suite expects of PyTorch's poolings: one padding for both sides, ceil_mode, averages that count their pads.

Knows: the words of their arguments, and what the suite takes them to mean. Must not know: torch.
"""

from dataclasses import replace
from functools import partial

from conformance.adapters.dialect import Recipe, Spelling
from conformance.adapters.function import Role
from conformance.adapters.plan import Argument, Plan
from conformance.adapters.pooling_dialect import PoolingDialect
from conformance.adapters.pooling_vocabulary_dialect import pooling_dialect
from conformance.adapters.torch.pooling import VOCABULARY
from conformance.adapters.torch.pooling_words import FUNCTIONALS, WITHIN
from conformance.operators.nominal import Nominal
from reference.pooling.family import OPERATORS, averages

DTYPES = ("float16", "bfloat16", "float32", "float64", "int32", "int64")
"""of max_pool2d"""
_LEGAL = "0 <= padding <= window // 2, without its dilation"
Words = dict[Role, Argument]


def torch_pooling_dialect() -> PoolingDialect:
    """The dialect of `torch.nn.functional.max_pool*` and `avg_pool*`."""
    shared = pooling_dialect(VOCABULARY, DTYPES, tuple(FUNCTIONALS), legal=_LEGAL, within=WITHIN)
    plain: Words = {"kernel": (2, 3), "strides": 2}
    return replace(
        shared,
        ties={
            operator: (("no pads", _say(operator, {"kernel": 3 if rank == 1 else 2, "strides": 2})),)
            for rank, operator in ((OPERATORS[each].rank, each) for each in FUNCTIONALS if not averages(each))
        },
        spellings=(
            *shared.spellings,
            Spelling("padding", "the word valid", _say("max_pool2d", {**plain, "padding": "valid"}), expected=False),
            Spelling(
                "padding", "pairs [[b, a], [b, a]]", _say("max_pool2d", {**plain, "padding": ((0, 0), (0, 0))}),
                expected=False,
            ),
            Spelling("data formats", "NCHW", shared.plain, expected=True),
            Spelling("data formats", "NHWC", shared.plain, expected=False, value_layout="NHWC"),
        ),
        recipes=(
            Recipe("padding=(k-1)//2", ("SAME",), partial(_recipe, 1)),
            Recipe("padding=k//2", ("SAME",), partial(_recipe, 0)),
        ),
        absent={"SAME": "no such word: padding takes numbers, the same for both ends, at most half of the window"},
    )  # fmt: skip


def _recipe(less: int, nominal: Nominal, _: int | None) -> Plan:
    numbers: Words = {"kernel": nominal.kernel, "strides": nominal.stride, "dilations": nominal.dilation}
    return _say("max_pool2d", {**numbers, "padding": (nominal.kernel - less) // 2})


def _say(operator: str, said: Words) -> Plan:
    return Plan((FUNCTIONALS[operator].invoke(said, ("value",)),))

"""The reference behind the same door as the frameworks: what a perfect port answers."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.adapters.dialects.dialect import Dialect
from conformance.adapters.dialects.tensorflow import tensorflow_dialect
from conformance.adapters.notation import given_keywords, nominal_keywords
from conformance.adapters.plan import Argument, Invoke, Operands, Plan, Unsupported, perform
from conformance.adapters.protocol import Call, CallSource, Description, Nominal, calling

FUNCTION = "reference.conv2d_transpose"
DTYPES = ("float16", "bfloat16", "float32", "float64", "int32", "int64")


class Reference:
    """`reference.conv2d_transpose`, which takes the call as it stands."""

    names_output = True

    @property
    def dialect(self) -> Dialect:
        return tensorflow_dialect(FUNCTION, _invoke, DTYPES, short_output_shape=False)

    def describe(self) -> Description:
        return Description("reference", np.__version__, {"numpy": np.__version__})

    def plan(self, call: Call) -> Plan | Unsupported:
        return Plan((_invoke(given_keywords(call)),))

    def plan_nominal(self, nominal: Nominal, output: int | None) -> Plan | Unsupported:
        if nominal.word == "default":
            return Unsupported("reference.conv2d_transpose's padding defaults to SAME: see there")
        return Plan((_invoke(nominal_keywords(nominal, output)),))

    def execute(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        return perform(plan, arrays, _call)

    def call_source(self, step: Invoke, dtype: str) -> CallSource:
        return CallSource(("import reference",), (step.source(),))


def _invoke(keywords: tuple[tuple[str, Argument], ...]) -> Invoke:
    return Invoke(FUNCTION, (("", "value"), ("", "filter")), keywords)


def _call(step: Invoke, operands: Operands) -> NDArray[Any]:
    import reference

    result: NDArray[Any] = calling(
        reference.conv2d_transpose, *(operands[operand] for _, operand in step.operands), **dict(step.keywords)
    )
    return result

"""The reference behind the same door as the frameworks: what a perfect port answers."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.adapters.dialect import Dialect
from conformance.adapters.notation import given_keywords, nominal_keywords
from conformance.adapters.plan import Argument, Invoke, Operands, Plan, Unsupported, perform
from conformance.adapters.protocol import DIRECTIONS, DTYPES, FEATURES, Call, CallSource, Description, Nominal, calling
from conformance.adapters.tensorflow.dialect import tensorflow_dialect
from reference.family import OPERATORS

FUNCTION = "reference.conv2d_transpose"


class Reference:
    """`reference.conv2d_transpose` and its family, which take the call as it stands."""

    operators = tuple(OPERATORS)
    features = FEATURES
    dtypes = DTYPES
    directions = DIRECTIONS
    concurrent = True
    names_output = True

    @property
    def dialect(self) -> Dialect:
        return tensorflow_dialect(FUNCTION, _invoke, DTYPES, short_output_shape=False)

    def describe(self) -> Description:
        return Description("reference", np.__version__, {"numpy": np.__version__})

    def plan(self, call: Call) -> Plan | Unsupported:
        groups = (("groups", call.groups),) if call.groups != 1 else ()
        then = (_bias_add(call),) if call.bias else ()
        operands = (("", "value"), ("", "filter"))
        return Plan(
            (Invoke(f"reference.{call.operator}", operands, (*given_keywords(call), *groups), then, call.gradient),)
        )

    def plan_nominal(self, nominal: Nominal, output: int | None) -> Plan | Unsupported:
        if nominal.word == "default":
            return Unsupported("reference.conv2d_transpose's padding defaults to SAME: see there")
        return Plan((_invoke(nominal_keywords(nominal, output)),))

    def execute(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        return perform(plan, arrays, _call)

    def call_source(self, step: Invoke, dtype: str) -> CallSource:
        if not step.gradient:
            return CallSource(("import reference",), step.calls())
        keywords = "".join(f", {name}={argument!r}" for name, argument in step.keywords)
        function = f"reference.vector_jacobian_product({f'{step.gradient}_gradient'!r}, {_name(step)!r}"
        return CallSource(("import reference",), (f"result = {function}, value, filter, cotangent{keywords})",))


def _invoke(keywords: tuple[tuple[str, Argument], ...]) -> Invoke:
    return Invoke(FUNCTION, (("", "value"), ("", "filter")), keywords)


def _bias_add(call: Call) -> Invoke:
    keywords: tuple[tuple[str, Argument], ...] = (("data_format", call.data_format),) if call.data_format else ()
    return Invoke("reference.bias_add", (("", "result"), ("", "bias")), keywords)


def _name(step: Invoke) -> str:
    return step.function.removeprefix("reference.")


def _call(step: Invoke, operands: Operands) -> NDArray[Any]:
    import reference

    result: NDArray[Any]
    if step.gradient:
        arrays = (operands["value"], operands["filter"], operands["cotangent"])
        direction: Any = f"{step.gradient}_gradient"
        product = reference.vector_jacobian_product
        result = calling(product, direction, _name(step), *arrays, **dict(step.keywords))
        return result
    result = calling(getattr(reference, _name(step)), operands["value"], operands["filter"], **dict(step.keywords))
    for added in step.then:
        result = calling(reference.bias_add, result, operands["bias"], **dict(added.keywords))
    return result

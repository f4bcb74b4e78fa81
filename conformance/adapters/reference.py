"""The reference behind the same interface as the frameworks: what a perfect port answers."""

import sys
from functools import cached_property
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.adapters.dialect import Dialect
from conformance.adapters.execution import Modules, execute
from conformance.adapters.notation import bias_add, given_keywords, nominal_keywords
from conformance.adapters.plan import Argument, Invoke, Operands, Plan, Unsupported, written
from conformance.adapters.planning import plan_of, planned_operators
from conformance.adapters.protocol import DIRECTIONS, DTYPES, FEATURES, Call, CallSource, Description, Nominal
from conformance.adapters.tensorflow.dialect import tensorflow_dialect
from conformance.operators.convolution.call import Convolution

FUNCTION = "reference.conv2d_transpose"


class Reference:
    """`reference.conv2d_transpose` and its family, which take the call as it stands."""

    planner = "reference"
    features = FEATURES
    dtypes = DTYPES
    directions = DIRECTIONS
    concurrent = True
    names_output = True

    @cached_property
    def operators(self) -> tuple[str, ...]:
        return planned_operators("reference")

    @property
    def dialect(self) -> Dialect:
        return tensorflow_dialect(FUNCTION, _invoke, DTYPES, short_output_shape=False)

    def describe(self) -> Description:
        return Description("reference", np.__version__, {"numpy": np.__version__})

    def plan(self, call: Call) -> Plan | Unsupported:
        return plan_of("reference", self, call)

    def plan_nominal(self, nominal: Nominal, output: int | None) -> Plan | Unsupported:
        if nominal.word == "default":
            return Unsupported("reference.conv2d_transpose's padding defaults to SAME: see there")
        return Plan((_invoke(nominal_keywords(nominal, output)),))

    def execute(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        _, step, _ = plan.parts
        module = import_module(step.function.rpartition(".")[0])
        package = module.__name__.partition(".")[0]
        modules: Modules = {package: sys.modules[package]}
        return execute(plan, arrays, lambda step, dtype: _source(step), **modules)

    def call_source(self, step: Invoke, dtype: str) -> CallSource:
        return _source(step)


def _source(step: Invoke) -> CallSource:
    if not step.gradient:
        return CallSource((f"import {step.function.rpartition('.')[0]}",), step.calls())
    keywords = "".join(f", {name}={written(argument)}" for name, argument in step.keywords)
    direction, operator = f"{step.gradient}_gradient", step.function.removeprefix("reference.")
    operands = f"{direction!r}, {operator!r}, value, filter, cotangent"
    return CallSource(("import reference",), (f"result = reference.vector_jacobian_product({operands}{keywords})",))


def reference_plan(call: Convolution) -> Plan | Unsupported:
    """The plan of a call, right or wrong: as it stands."""
    groups = (("groups", call.groups),) if call.groups != 1 else ()
    operands, keywords = (("", "value"), ("", "filter")), (*given_keywords(call), *groups)
    then = bias_add(call, "reference")
    return Plan((Invoke(f"reference.{call.operator}", operands, keywords, then, call.gradient),))


def _invoke(keywords: tuple[tuple[str, Argument], ...]) -> Invoke:
    return Invoke(FUNCTION, (("", "value"), ("", "filter")), keywords)

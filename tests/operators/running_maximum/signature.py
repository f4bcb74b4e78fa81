"""What can be asked of it."""

from collections.abc import Iterator, Mapping

import numpy as np
from pydantic import BaseModel

from conformance.operators.kind import Fact, Operands, Parameters, Unusable
from conformance.suite.case import Call, CallFault, Expectation, Generated, Inputs, RightTrial
from conformance.suite.generating import Words
from conformance.suite.schema import Integer
from conformance.suite.schema import Parameters as CommonParameters
from conformance.suite.source import InputsListing
from reference.family import Operator
from tests.operators.running_maximum.call import RightMaximum, WrongMaximum

OPERATORS = {"running_maximum": Operator("running_maximum", 1, transposed=False)}
RIGHT_TRIAL = RightTrial
FACTS = (
    Fact("window", lambda call: call.arguments["window"]),
    Fact("beyond_length", lambda call: call.arguments["window"] > call.arguments["value"][0], False),
)
WORDS = "np.random.PCG64({seed}).random_raw({length}) % 97 + 1"


class MaximumParameters(CommonParameters):
    """The keys of a case."""

    length: Integer | None = None
    window: Integer | None = None
    inputs: str | None = None


def parameters() -> type[BaseModel]:
    return MaximumParameters


def calls(operator: str, given: Parameters) -> Iterator[tuple[Parameters, Call]]:
    missing = [name for name in ("length", "window") if name not in given]
    if missing:
        raise Unusable(f"{' and '.join(missing)} missing")
    words = {"length": given["length"], "window": given["window"], "dtype": given.get("dtype", "float32")}
    if given["window"] < 1:
        fault = CallFault("size", f"window is {given['window']}; it must be at least 1")
        yield {}, WrongMaximum(operator=operator, fault=fault, **words)
    else:
        yield {}, RightMaximum(operator=operator, **words)


def check(call: Call, inputs: Inputs, expectation: Expectation) -> None:
    if call.direction != "forward" or inputs != Generated("mix"):
        raise Unusable("a running maximum has no gradients here, and its inputs are mix")


def generate(trial_id: str, call: Call, inputs: Inputs) -> Operands:
    """Whole numbers from 1 to 97."""
    (length,) = call.operands["value"]
    return {"value": (Words(trial_id).below(64, length) + 1).astype(np.dtype(call.dtype))}


def list_inputs(trial_id: str, call: Call, inputs: Inputs) -> InputsListing:
    numbers = generate(trial_id, call, inputs)["value"].tolist()
    return InputsListing(("import numpy as np",), (), (f"value = np.array({numbers}, {call.dtype!r})",))


def features(call: Call) -> tuple[str, ...]:
    return ()


def own_axes(operator: str, axes: tuple[Mapping[str, int], ...]) -> tuple[Mapping[str, int], ...]:
    return axes

"""How frameworks are asked it."""

from conformance.adapters.plan import Invoke, Pad, Plan, Reshape, Unsupported
from conformance.adapters.planning import Plans
from tests.operators.running_maximum.call import Words


def torch_plan(call: Words) -> Plan | Unsupported:
    """A pooling of numbers that are all positive: zeros before them never win."""
    if call.window < 1:
        return Unsupported("the zeros before the value would be fewer than none")
    length = call.length + call.window - 1
    pooled = Invoke("torch.nn.functional.max_pool1d", (("", "value"),), (("kernel_size", call.window), ("stride", 1)))
    steps = (
        Pad("value", ((call.window - 1, 0),)), Reshape("value", (1, length)), pooled, Reshape("result", (call.length,)),
    )  # fmt: skip
    return Plan(steps, ("zeros are put before the value: composed",))


def reference_plan(call: Words) -> Plan:
    """The definition itself."""
    function = "tests.operators.running_maximum.function.running_maximum"
    return Plan((Invoke(function, (("", "value"),), (("window", call.window),)),))


PLANS: Plans = {
    "reference": lambda adapter, call: reference_plan(call),
    "torch": lambda adapter, call: torch_plan(call),
}

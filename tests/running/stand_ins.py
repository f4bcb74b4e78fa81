"""Stand-ins for frameworks, which misbehave on request; workers load them by import string."""

import os
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.adapters.plan import Crop, Invoke, NumpyStep, Operands, Plan, Transpose, Unsupported, perform
from conformance.adapters.protocol import DTYPES, CallSource, Description, Nominal, calling
from conformance.adapters.reference import Reference
from conformance.operators.convolution.call import RightConvolution, WrongConvolution, convolution
from conformance.suite.case import Call

TROUBLE = "codes"
"""inputs whose trials bring out what a stand-in does wrong; with others it is the reference"""


class Sound(Reference):
    """Right in everything."""

    def describe(self) -> Description:
        return Description("stand-in", "1.0", {"stand-in": "1.0"}, {"kind": type(self).__name__})

    def execute(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        value = arrays["value"]
        if np.count_nonzero(value) == 1 and value.max(initial=0) == 1:
            return self.misbehave(plan, arrays)
        return super().execute(plan, arrays)

    def misbehave(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        """What happens for a value that is one 1 among zeros, as `codes` makes them."""
        return super().execute(plan, arrays)


class Layer(Sound):
    """A layer over another lane."""

    def describe(self) -> Description:
        return Description("layer", "1.0", {"reference": "2.0"}, {}, {"reference": "2.0"})


class RaisesInCall(Sound):
    def misbehave(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        def refuse(step: Invoke, operands: Operands) -> NDArray[Any]:
            result: NDArray[Any] = calling(int, "not a number")
            return result

        return perform(plan, arrays, refuse)


class RaisesOutside(Sound):
    def misbehave(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        raise KeyError("lost")


class Aborts(Sound):
    def misbehave(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        print("check failed: all is lost", file=sys.stderr, flush=True)
        os.abort()


class Segfaults(Sound):
    def misbehave(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        os.kill(os.getpid(), signal.SIGSEGV)
        return super().misbehave(plan, arrays)


class Exits(Sound):
    def misbehave(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        os._exit(7)


class ExitsOrderly(Sound):
    def misbehave(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        sys.exit(5)


class Hangs(Sound):
    def misbehave(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        time.sleep(600)
        return super().misbehave(plan, arrays)


class HangsWithChild(Sound):
    """Hangs in a process that it started, which holds the pipes open."""

    def misbehave(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        os.system("sleep 600")
        return super().misbehave(plan, arrays)


class Chatters(Sound):
    def misbehave(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        print("to standard output, through Python")
        os.write(1, b"to standard output, past Python\n" * 100)
        os.system("echo to standard output, from a child")
        return super().misbehave(plan, arrays)


class Floods(Sound):
    """Writes ten million bytes to standard error."""

    def misbehave(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        for _ in range(10):
            os.write(2, b"x" * 1_000_000)
        return super().misbehave(plan, arrays)


class ReadsStandardInput(Sound):
    def misbehave(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        assert sys.stdin.read() == ""
        return super().misbehave(plan, arrays)


class ReturnsNothing(Sound):
    def misbehave(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        return None  # type: ignore[return-value]


class ReturnsBigEndian(Sound):
    def misbehave(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        return super().misbehave(plan, arrays).astype(">f4")


class Missing(Sound):
    def describe(self) -> Description:
        raise ModuleNotFoundError("No module named 'no_such_framework'")


class FailsToStart(Sound):
    def describe(self) -> Description:
        raise RuntimeError("the licence has expired")


class DiesAtStart(Sound):
    def describe(self) -> Description:
        print("no device", file=sys.stderr, flush=True)
        os._exit(3)


class HangsAtStart(Sound):
    def describe(self) -> Description:
        time.sleep(600)
        return super().describe()


class StartsOnce(Hangs):
    """Starts while the file that STARTS_ONCE names is not there, and makes it."""

    def describe(self) -> Description:
        Path(os.environ["TORCH_STARTS_ONCE"]).touch(exist_ok=False)
        return super().describe()


class StartsOnceAndAborts(StartsOnce):
    misbehave = Aborts.misbehave


class Slow(Sound):
    """Takes its time over every trial."""

    def execute(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        time.sleep(0.02)
        return super().execute(plan, arrays)


class Slower(Sound):
    """Takes longer over all its trials than a second worker takes to start."""

    def execute(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        time.sleep(0.05)
        return super().execute(plan, arrays)


class SaysNothing(Sound):
    def plan(self, call: Call) -> Plan | Unsupported:
        return Unsupported("has no words at all")


class OffByOne(Sound):
    def execute(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        return np.roll(super().execute(plan, arrays), 1, axis=1)


class ChangesItsOperand(Sound):
    """Takes the value's memory for its own once it has the result."""

    def execute(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        result = super().execute(plan, arrays).copy()
        arrays["value"][...] += 1
        return result


class Together(Sound):
    """Computes eight calls in one exchange."""

    together = 8

    def execute_together(self, asked: Sequence[tuple[Plan, Operands]]) -> list[NDArray[Any]]:
        return [self.execute(plan, arrays) for plan, arrays in asked]


class TogetherRaises(Together, RaisesInCall):
    pass


class TogetherAborts(Together, Aborts):
    pass


class TogetherHangs(Together, Hangs):
    pass


class TogetherLosesOne(Together):
    def execute_together(self, asked: Sequence[tuple[Plan, Operands]]) -> list[NDArray[Any]]:
        return super().execute_together(asked)[1:]


class TogetherOtherwise(Together):
    """The last bit of what is computed with others differs from what is computed alone."""

    def execute_together(self, asked: Sequence[tuple[Plan, Operands]]) -> list[NDArray[Any]]:
        return [np.nextafter(result, np.inf, dtype=result.dtype) for result in super().execute_together(asked)]


class ShapesAlone(Sound):
    """Knows shapes and dtypes, and says so; one shape is wrong for `codes`."""

    def describe(self) -> Description:
        return Description("stand-in", "1.0", {}, {"values": "none"})

    def execute(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        return np.zeros_like(super().execute(plan, arrays))

    def misbehave(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        return Reference.execute(self, plan, arrays)[:, 1:]


class SaysSomeValues(Sound):
    def describe(self) -> Description:
        return Description("stand-in", "1.0", {}, {"values": "some"})


class PlanFails(Sound):
    """Has no plan for a wrong call, and an exception whose text moves a terminal's cursor and fills it."""

    def plan(self, call: Call) -> Plan | Unsupported:
        if isinstance(call, WrongConvolution):
            raise KeyError("\x1b[2J" + "lost " * 100_000)
        return super().plan(call)


class PlanExits(Sound):
    def plan(self, call: Call) -> Plan | Unsupported:
        return sys.exit("bye") if isinstance(call, WrongConvolution) else super().plan(call)


class PlanForgets(Sound):
    def plan(self, call: Call) -> Plan | Unsupported:
        return None if isinstance(call, WrongConvolution) else super().plan(call)  # type: ignore[return-value]


class PlanHasNoWords(Sound):
    """A plan that no frame holds."""

    def plan(self, call: Call) -> Plan | Unsupported:
        plan = super().plan(call)
        if isinstance(call, RightConvolution) or isinstance(plan, Unsupported):
            return plan
        return Plan((Invoke("reference.conv2d_transpose", (), (("strides", {1, 2}),)),))  # type: ignore[arg-type]


class _Composed(Sound):
    step: NumpyStep

    def plan(self, call: Call) -> Plan | Unsupported:
        plan = super().plan(call)
        return Plan((*plan.steps, self.step)) if isinstance(plan, Plan) else plan


class CropsTooMuch(_Composed):
    """Crops what its framework did not return; what it did return has the shape that the call asks for."""

    step = Crop("result", (0, 1, 0, 0), (1, 8, 8, 1))


class TransposesTooMuch(_Composed):
    step = Transpose("result", (0, 1, 2, 3, 4))


class ScriptFails(OffByOne):
    def call_source(self, step: Invoke, dtype: str) -> CallSource:
        if dtype == "float32":
            raise LookupError("no such function")
        return super().call_source(step, dtype)


class WordsFail(Sound):
    def plan_nominal(self, nominal: Nominal, output: int | None) -> Plan | Unsupported:
        if nominal.word == "SAME":
            raise ArithmeticError("no such word")
        return super().plan_nominal(nominal, output)


class TogetherPlanFails(Together):
    def plan(self, call: Call) -> Plan | Unsupported:
        if convolution(call).output_shape[1] % 2 == 0:
            raise KeyError("lost")
        return super().plan(call)


class DeclaresTooLittle:
    """Was written before anything had to be declared, and has a text where a tuple of words belongs."""

    dtypes = DTYPES
    directions = "forward"
    describe, plan, execute = Sound.describe, Sound.plan, Sound.execute


class DeclaresOne(Sound):
    """An operator, a dtype and a layout that the lane's modes name, and nothing else: `conv1d+float64+NCW`."""

    def __init__(self, modes: tuple[str, ...] = (), device: str | None = None) -> None:
        self.operators = modes[:1]
        self.dtypes = modes[1:2]
        self._layout = modes[2]

    def plan(self, call: Call) -> Plan | Unsupported:
        layout = convolution(call).data_format or convolution(call).definition.data_formats[0]
        if (call.operator, call.dtype) != (*self.operators, *self.dtypes):
            raise KeyError("asked what it does not declare")
        return super().plan(call) if layout == self._layout else Unsupported(f"{self._layout} only")


class CropsAtTheFront(DeclaresOne):
    """Crops, or pads, the odd row before what SAME crops or pads behind."""

    def plan(self, call: Call) -> Plan | Unsupported:
        if convolution(call).strides == 2 and isinstance(call, RightConvolution):
            call = replace(call, padding=((0, 0), (1, 0), (1, 0), (0, 0)))
        return super().plan(call)


class RaisesAlways(Sound):
    def execute(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        raise KeyError("no such kernel")


class NeedsABatch(Sound):
    """As ONNX's reference evaluator, which says TypeError of whatever goes wrong inside."""

    def execute(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        return super().execute(plan, arrays) if arrays["value"].size else calling(np.zeros, size=3)


class Misspells(Sound):
    def execute(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        def call(step: Invoke, operands: Operands) -> NDArray[Any]:
            result: NDArray[Any] = calling(np.zeros, size=3)
            return result

        return perform(plan, arrays, call)

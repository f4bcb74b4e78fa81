"""One target's answer to a reading: its plan, the lines of code that say it, and what folk would get wrong.

Knows: lanes and adapters. Next stages: `conformance.translation.experiment` runs it, `conformance.translation.telling`
shows it.
"""

from dataclasses import dataclass

from conformance.adapters.lane import Lane, load_adapter
from conformance.adapters.plan import Flip, Plan, Transpose, Unsupported
from conformance.adapters.protocol import Adapter, WritesScripts, source_of_call
from conformance.errors import UsageError
from conformance.translation.folk import remark_on_same
from conformance.translation.meaning import Meaning, Reading
from conformance.translation.writing import write
from conformance.workers.process import THREAD_VARIABLES

KERNEL = "transpose_kernel=True is part of the translation: by default JAX does not flip the kernel"


@dataclass(frozen=True, slots=True)
class Translation:
    """What a call becomes in one lane."""

    lane: Lane
    plan: Plan | Unsupported
    code: tuple[str, ...] = ()
    """lines that run as they stand, on ones in the shapes of the given call's operands, and leave `result`"""
    filter: str = ""
    """what becomes of the filter, in words"""
    remarks: tuple[str, ...] = ()


def translate(reading: Reading, lane: Lane) -> Translation:
    """The reading in the lane's words; raises UsageError for a lane that has no adapter to ask."""
    if lane.command:
        raise UsageError(f"lane {lane.text!r}: a port behind exec: plans for itself; translate needs an adapter")
    adapter = load_adapter(lane)
    plan = write(reading.meaning, adapter)
    remarks = _remarks(reading, lane, plan)
    if isinstance(plan, Unsupported):
        return Translation(lane, plan, remarks=remarks)
    code = _code(plan, adapter, reading.meaning)
    return Translation(lane, plan, code, _filter(reading.filter_layout, plan), remarks)


def _remarks(reading: Reading, lane: Lane, plan: Plan | Unsupported) -> tuple[str, ...]:
    operator = reading.meaning.call.definition
    if lane.name == reading.lane:
        return ()
    if lane.name == "torch" and reading.meaning.call.padding == "SAME":
        axes = reading.meaning.geometry.axes
        remark = remark_on_same(axes, operator.spatial_names, transposed=operator.transposed)
        return (remark,) if remark is not None else ()
    turned = isinstance(plan, Plan) and "transpose_kernel" in dict(plan.parts[1].keywords)
    return (KERNEL,) if lane.name == "jax" and turned else ()


def _code(plan: Plan, adapter: Adapter, meaning: Meaning) -> tuple[str, ...]:
    """The plan as lines that run, where the adapter prints its own part of them; its steps alone otherwise."""
    if not isinstance(adapter, WritesScripts):
        return plan.source()
    dtype = meaning.call.dtype
    source = source_of_call(adapter, plan.parts[1], dtype)
    # How many threads compute is the reader's own affair; one, where a line of the adapter's asks.
    threads = {name: "1" for name in THREAD_VARIABLES if any(name in line for line in source.setup)}
    variables = {**threads, **source.environment}
    lines = ["import os", *(f"os.environ[{name!r}] = {value!r}" for name, value in variables.items())]
    lines += ["import ml_dtypes"] if dtype == "bfloat16" else []
    lines += ["import numpy as np", *source.imports, *source.setup]
    kind = f"{'ml_dtypes' if dtype == 'bfloat16' else 'np'}.{dtype}"
    lines += [f"{name} = np.ones({shape}, {kind})  # yours here" for name, shape in meaning.given.items()]
    before, _, after = plan.parts
    lines += [*(step.source() for step in before), *source.lines, *(step.source() for step in after)]
    return tuple(lines if variables else lines[1:])


def _filter(layout: tuple[str, ...], plan: Plan) -> str:
    """`[height, width, out, in] -> [in, out, height, width]`, and along what it is flipped."""
    given, flipped = layout, ""
    for step in (each for each in plan.parts[0] if each.operand == "filter"):
        match step:
            case Flip(_, axes):
                named = [layout[axis] for axis in axes]
                flipped = f", flipped along {' and '.join(named)}"
            case Transpose(_, axes):
                layout = tuple(layout[axis] for axis in axes)
            case _:
                return "changed by the steps below"
    if layout == given:
        return f"{_listed(given)}, {'as it is' if not flipped else flipped.removeprefix(', ')}"
    return f"{_listed(given)} -> {_listed(layout)}{flipped}"


def _listed(layout: tuple[str, ...]) -> str:
    return f"[{', '.join(layout)}]"

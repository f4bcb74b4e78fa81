"""One target's answer to a reading: its plan, the lines of code that say it, and what folk would get wrong.

Knows: lanes and adapters. Next stages: `conformance.translation.experiment` runs it, `conformance.translation.telling`
shows it.
"""

from dataclasses import dataclass

from conformance.adapters.lane import Lane, load_adapter
from conformance.adapters.plan import Flip, Invoke, Plan, Transpose, Unsupported
from conformance.adapters.protocol import Adapter, WritesScripts, source_of_call
from conformance.errors import UsageError
from conformance.translation.folk import remark_on_same
from conformance.translation.meaning import SPATIAL, Reading
from conformance.translation.writing import filter_steps, write

KERNEL = "transpose_kernel=True is part of the translation: by default JAX does not flip the kernel"


@dataclass(frozen=True, slots=True)
class Translation:
    """What a call becomes in one lane."""

    lane: Lane
    plan: Plan | Unsupported
    code: tuple[str, ...] = ()
    """lines that find `value` and `filter` as the given call has them (NumPy arrays), and leave `result`"""
    filter: str = ""
    """what becomes of the filter, in words"""
    remarks: tuple[str, ...] = ()


def translate(reading: Reading, lane: Lane) -> Translation:
    """The reading in the lane's words; raises UsageError for a lane that has no adapter to ask."""
    if lane.command:
        raise UsageError(f"lane {lane.text!r}: a port behind exec: plans for itself; translate needs an adapter")
    adapter = load_adapter(lane)
    plan = write(reading.meaning, adapter)
    remarks = _remarks(reading, lane)
    if isinstance(plan, Unsupported):
        return Translation(lane, plan, remarks=remarks)
    code = _code(plan, adapter, reading.meaning.call.dtype)
    return Translation(lane, plan, code, _filter(reading.filter_layout, plan), remarks)


def _remarks(reading: Reading, lane: Lane) -> tuple[str, ...]:
    if lane.name == reading.lane:
        return ()
    if lane.name == "torch" and reading.meaning.call.padding == "SAME":
        remark = remark_on_same(reading.meaning.geometry.axes)
        return (remark,) if remark is not None else ()
    return (KERNEL,) if lane.name == "jax" else ()


def _code(plan: Plan, adapter: Adapter, dtype: str) -> tuple[str, ...]:
    """The plan as lines that run, where the adapter prints its own part of them; its steps alone otherwise."""
    if not isinstance(adapter, WritesScripts):
        return plan.source()
    source = source_of_call(adapter, next(step for step in plan.steps if isinstance(step, Invoke)), dtype)
    # How many threads compute is the reader's own affair; everything else that the worker sets belongs to the answer.
    setup = [line for line in source.setup if "os.environ" not in line]
    storage = ["import ml_dtypes"] if dtype == "bfloat16" else []
    lines = [*storage, "import numpy as np", *source.imports, *setup]
    for step in plan.steps:
        lines += [*source.before, *source.call, *source.after] if isinstance(step, Invoke) else [step.source()]
    return tuple(lines)


def _filter(layout: tuple[str, ...], plan: Plan) -> str:
    """`[height, width, out, in] -> [in, out, height, width]`, and along what it is flipped."""
    given, flipped = layout, ""
    for step in filter_steps(plan):
        match step:
            case Flip(_, axes):
                named = [name for name in SPATIAL if name in {layout[axis] for axis in axes}]
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

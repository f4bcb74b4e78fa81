"""One target's answer to a reading: its plan, the lines of code that say it, and what folk would get wrong.

Knows: lanes and adapters. Next stages: `conformance.translation.experiment` runs it, `conformance.translation.telling`
shows it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from conformance.adapters.execution import written_dtype
from conformance.adapters.lane import Lane, load_adapter
from conformance.adapters.plan import Plan, Unsupported
from conformance.adapters.protocol import Adapter, WritesScripts, source_of_call
from conformance.errors import UsageError
from conformance.translation.reading import Reading
from conformance.workers.process import THREAD_VARIABLES

OF_64_BITS = ("float64", "int64", "uint64", "complex128")
"""dtypes whose operands a framework may compute in fewer bits unless it is asked not to"""


@dataclass(frozen=True, slots=True)
class Translation:
    """What a call becomes in one lane."""

    lane: Lane
    plan: Plan | Unsupported
    code: tuple[str, ...] = ()
    """lines that run as they stand, on ones in the shapes of the given call's operands, and leave `result`"""
    conversions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """of operands that are stored, by name, the function that makes of a given one what the target's call takes"""
    operands: Mapping[str, str] = field(default_factory=dict)
    """what becomes of operands, by name, in words"""
    remarks: tuple[str, ...] = ()


def translate(reading: Reading, lane: Lane) -> Translation:
    """The reading in the lane's words; raises UsageError for a lane that has no adapter to ask."""
    if lane.command:
        raise UsageError(f"lane {lane.text!r}: a port behind exec: plans for itself; translate needs an adapter")
    adapter = load_adapter(lane)
    plan = reading.write(adapter)
    remarks = reading.remarks_on(lane.name, plan)
    if isinstance(plan, Unsupported):
        return Translation(lane, plan, remarks=remarks)
    operands = reading.operands_in(plan)
    conversions = {name: _conversion(name, words, plan) for name, words in operands.items()}
    return Translation(lane, plan, _code(plan, lane, adapter, reading), conversions, operands, remarks)


def _conversion(operand: str, words: str, plan: Plan) -> tuple[str, ...]:
    """The plan's own steps of one operand as a function, to convert what a model has stored."""
    steps = [step.source() for step in plan.parts[0] if step.operand == operand]
    return (
        f"def convert_{operand}({operand}):",
        f'    """{words}."""',
        *(f"    {line}" for line in steps),
        f"    return {operand}",
    )


def _code(plan: Plan, lane: Lane, adapter: Adapter, reading: Reading) -> tuple[str, ...]:
    """The plan as lines that run, where the adapter prints its own part of them; its steps alone otherwise."""
    if not isinstance(adapter, WritesScripts):
        return plan.source()
    call, (before, invoke, after) = reading.judged, plan.parts
    dtypes = {name: call.dtype_of(name) for name in reading.given}
    source = source_of_call(adapter, invoke, written_dtype([call.dtype_of(name) for name in invoke.needed]))
    plain = lane.name.isidentifier() and not lane.modes and lane.device is None
    variables = {} if plain else source.environment
    narrow = "bfloat16" in dtypes.values()
    lines = [*(f"os.environ[{name!r}] = {value!r}" for name, value in variables.items())]
    lines += [*(["import ml_dtypes"] if narrow else []), "import numpy as np"]
    lines += [line for line in source.imports if line != "import os"]
    lines += [*source.setup, *(source.setup_of_64_bits if {*dtypes.values()} & {*OF_64_BITS} else ())]
    for name, shape in reading.given.items():
        kind = f"{'ml_dtypes' if dtypes[name] == 'bfloat16' else 'np'}.{dtypes[name]}"
        lines.append(f"{name} = np.ones({shape}, {kind})  # yours here")
    lines += [*(step.source() for step in before), *source.lines, *(step.source() for step in after)]
    # How many threads compute, and where, is the reader's own affair; what a lane's mode or device asks for is not.
    lines = [line for line in lines if not any(name in line for name in THREAD_VARIABLES)]
    return (*(["import os"] if any(re.search(r"\bos\.", line) for line in lines) else []), *lines)

"""A plan as a stand-alone script: the framework and NumPy, the steps, and one line of what came of them.

Knows: plans, how an adapter writes its call, how inputs are listed. Must not know: frameworks, what is expected.
Each step is printed by the `source` that the journal keeps, so what is printed is what ran.

The script prints `answered SHAPE DTYPE DIGEST`, with the digest that a record has, or `refused ERROR`. Whatever else
becomes of it (a signal, an exception outside the call) becomes of it as it became of the worker.
"""

import sys
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from conformance.adapters.execution import written_dtype
from conformance.adapters.plan import Invoke, Plan
from conformance.adapters.protocol import CallSource, WritesScripts, source_of_call
from conformance.suite.case import Trial, WrongCall
from conformance.suite.listing import InputsListing, list_inputs

WIDTH = 110
"""of a comment's text"""

OUTCOME = """\
content = np.ascontiguousarray(result).astype(result.dtype.newbyteorder("<"), copy=False).tobytes()
shape = str(list(result.shape)).replace(" ", "")
print("answered", shape, result.dtype.name, sha256(content).hexdigest())
"""
REFUSAL = """\
except MemoryError:
    raise
except Exception as refusal:
    print("refused", type(refusal).__name__)
    print(refusal, file=sys.stderr)
    sys.exit()
"""


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a script is told that neither its trial nor its plan knows."""

    lane: str
    environment: Mapping[str, str]
    """of the worker; the adapter adds its own"""
    origin: str
    """for the head: who wrote the script, and with what installed"""


def script(trial: Trial, plan: Plan, adapter: WritesScripts, occasion: Occasion) -> str:
    """The source of a script that answers the trial with the plan."""
    step = next(step for step in plan.steps if isinstance(step, Invoke))
    source = source_of_call(adapter, step, written_dtype([trial.call.dtype_of(name) for name in step.needed]))
    inputs = list_inputs(trial.id, trial.call, trial.inputs)
    parts = [
        _head(trial, plan, occasion),
        _environment({**occasion.environment, **source.environment}, annotated=bool(inputs.definitions)),
        _imports(inputs, source),
        *(f"\n{definition}\n" for definition in inputs.definitions),
        *(("",) if inputs.definitions else ()),
        "\n".join([*inputs.lines, "", *_steps(plan, source), ""]),
        OUTCOME,
    ]
    return "\n".join(parts)


def _head(trial: Trial, plan: Plan, occasion: Occasion) -> str:
    fault = f"Wrong on purpose: {trial.call.fault.message}" if isinstance(trial.call, WrongCall) else ""
    first = f"The trial makes this call {trial.calls} times with other content; this is the first." * (trial.calls > 1)
    told = [trial.why, trial.url or "", fault, first, *plan.notes]
    lines = [f"{trial.id} in {occasion.lane}", *_wrapped(told), *_wrapped([occasion.origin])]
    return "\n".join(f"# {_plain(line)}".rstrip() for line in lines) + "\n"


def _wrapped(texts: Iterable[str]) -> list[str]:
    """An empty line, and the texts, each from a line of its own on; nothing for no text."""
    lines = [line for text in texts for line in textwrap.wrap(_plain(text), WIDTH, break_on_hyphens=False)]
    return ["", *lines] if lines else []


def _plain(text: str) -> str:
    """One line that can stand in a comment: no character in it ends the line, or the file."""
    return "".join(character if character.isprintable() else " " for character in text)


def _environment(variables: Mapping[str, str], *, annotated: bool) -> str:
    """The variables, set first; annotations are those of the suite's own source and are not evaluated."""
    lead = ["from __future__ import annotations", ""] if annotated else []
    lines = [f"    {name!r}: {value!r}," for name, value in variables.items()]
    note = "# As the worker had it, before anything reads it."
    return "\n".join([*lead, "import os", "", note, "os.environ |= {", *lines, "}", ""])


def _imports(inputs: InputsListing, source: CallSource) -> str:
    standard = {"import sys", "from hashlib import sha256"} | {line for line in inputs.imports if _standard(line)}
    foreign = {"import numpy as np", *source.imports} | (set(inputs.imports) - standard)
    blocks = [sorted(each, key=lambda line: (line.startswith("from"), line)) for each in (standard, foreign)]
    setup = ["", *source.setup] if source.setup else []
    return "\n".join([*blocks[0], "", *blocks[1], *setup]) + "\n"


def _standard(line: str) -> bool:
    return line.split()[1].partition(".")[0] in sys.stdlib_module_names


def _steps(plan: Plan, source: CallSource) -> list[str]:
    lines: list[str] = []
    for step in plan.steps:
        lines += _call(source) if isinstance(step, Invoke) else [step.source()]
    return lines


def _call(source: CallSource) -> list[str]:
    """What is refused, in a worker as here, is what the framework raises inside its call."""
    call = textwrap.indent("\n".join(source.call), "    ")
    return [*source.define, *source.before, "try:", call, REFUSAL.rstrip(), *source.after]

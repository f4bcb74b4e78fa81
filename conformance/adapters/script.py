"""A plan as a stand-alone script: the framework and NumPy, the steps, and one line of what came of them.

Knows: plans, how an adapter writes its call, how inputs are listed. Must not know: frameworks, what is expected.
Each step is printed by the `source` that the journal keeps, so what is printed is what ran.

The script prints `answered SHAPE DTYPE DIGEST`, with the digest that a record has, or `refused ERROR`. Whatever else
becomes of it (a signal, an exception outside the call) becomes of it as it became of the worker.
"""

import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.adapters.execution import written_dtype
from conformance.adapters.plan import Plan
from conformance.adapters.protocol import CallSource, WritesScripts, source_of_call
from conformance.operators.registry import signature
from conformance.suite.case import Trial, WrongCall
from conformance.suite.source import InputsListing, literal_listing

WIDTH = 110
"""of a comment's text"""
# Numbers that a reader takes in at a glance, in a dozen lines; generators take eighty.
MOST_WRITTEN_OUT = 150

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


def script(
    trial: Trial, plan: Plan, adapter: WritesScripts, *, lane: str, environment: Mapping[str, str], origin: str
) -> str:
    """The source of a script that answers the trial with the plan.

    environment: that of the lane's worker, to which the adapter adds its own. origin: for the head, who wrote the
    script, and with what installed.
    """
    before, step, after = plan.parts
    source = source_of_call(adapter, step, written_dtype([trial.call.dtype_of(name) for name in step.needed]))
    inputs = _inputs(trial)
    # What is refused, in a worker as here, is what the framework raises inside its call.
    call = ["try:", textwrap.indent("\n".join(source.call), "    "), REFUSAL.rstrip()]
    steps = [
        *(each.source() for each in before),
        *(*source.define, *source.before, *call, *source.after),
        *(each.source() for each in after),
    ]
    parts = [
        _head(f"{trial.id} in {lane}", [*_reasons(trial), *plan.notes], [origin]),
        _environment({**environment, **source.environment}, annotated=bool(inputs.definitions)),
        _imports(inputs, source),
        *(f"\n{definition}\n" for definition in inputs.definitions),
        *(("",) if inputs.definitions else ()),
        "\n".join([*inputs.lines, "", *steps, ""]),
        OUTCOME,
    ]
    return "\n".join(parts)


def _inputs(trial: Trial) -> InputsListing:
    """The operands written out where they are few, real numbers; otherwise what makes them."""
    kind, call = signature(trial.call.operator), trial.call
    if sum(prod(shape) for shape in call.operands.values()) <= MOST_WRITTEN_OUT:
        operands = kind.generate(trial.content_id, call, trial.inputs)
        if all(map(_in_float64, operands.values())):
            return literal_listing(operands, call.dtype)
    return kind.list_inputs(trial.content_id, call, trial.inputs)


def _in_float64(array: NDArray[Any]) -> bool:
    """Whether no number loses digits as a float64, which is what is written."""
    return array.dtype.kind != "c" and (array.dtype.kind != "i" or bool(np.all(np.abs(array) <= 2**53)))


def _reasons(trial: Trial) -> Iterator[str]:
    yield trial.why
    yield trial.url or ""
    if isinstance(trial.call, WrongCall):
        yield f"Wrong on purpose: {trial.call.fault.message}"
    if trial.calls > 1:
        yield f"The trial makes this call {trial.calls} times with other content; this is the first."


def _head(title: str, *blocks: Sequence[str]) -> str:
    """Comments: the title, and blocks of texts, each text from a line of its own on."""
    lines = [title]
    for texts in blocks:
        wrapped = [line for text in texts for line in textwrap.wrap(_plain(text), WIDTH, break_on_hyphens=False)]
        lines += ["", *wrapped] if wrapped else []
    return "\n".join(f"# {_plain(line)}".rstrip() for line in lines) + "\n"


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
    names = {line: line.split()[1].partition(".")[0] for line in inputs.imports}
    standard = {line for line, name in names.items() if name in sys.stdlib_module_names}
    foreign = {"import numpy as np", *source.imports} | (set(inputs.imports) - standard)
    standard |= {"import sys", "from hashlib import sha256"}
    blocks = [sorted(each, key=lambda line: (line.startswith("from"), line)) for each in (standard, foreign)]
    setup = ["", *source.setup] if source.setup else []
    return "\n".join([*blocks[0], "", *blocks[1], *setup]) + "\n"

"""A plan as a stand-alone script: the framework and NumPy, the steps, and one line of what came of them.

Knows: plans, how an adapter writes its call, how inputs are listed. Must not know: frameworks, what is expected.
Each step is printed by the `source` that the journal keeps, so what is printed is what ran.

The script prints `answered SHAPE DTYPE DIGEST`, with the digest that a record has, or `refused ERROR`. Whatever else
becomes of it (a signal, an exception outside the call) becomes of it as it became of the worker.
"""

import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.adapters.execution import written_dtype
from conformance.adapters.plan import Plan
from conformance.adapters.protocol import CallSource, WritesScripts, source_of_call
from conformance.operators.registry import signature
from conformance.suite.case import Trial, WrongCall
from conformance.suite.source import InputsListing, literal_line, literal_listing

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
    source, inputs = _source(trial, plan, adapter), _inputs(trial)
    # What is refused, in a worker as here, is what the framework raises inside its call.
    steps = _steps(plan, source, ["try:", textwrap.indent("\n".join(source.attempted), "    "), REFUSAL.rstrip()])
    lines = (*source.setup, *source.setup_of_64_bits)
    setup = ["", *lines] if lines else []
    parts = [
        _head(f"{trial.id} in {lane}", [*_reasons(trial), *plan.notes], [origin]),
        _environment({**environment, **source.environment}, annotated=bool(inputs.definitions)),
        "\n".join([*_import_lines(inputs, source, ("import sys", "from hashlib import sha256")), *setup, ""]),
        *(f"\n{definition}\n" for definition in inputs.definitions),
        *(("",) if inputs.definitions else ()),
        "\n".join([*inputs.lines, "", *steps, ""]),
        OUTCOME,
    ]
    return "\n".join(parts)


@dataclass(frozen=True, slots=True)
class ScriptExpectation:
    """What a short script holds the answer to."""

    outcome: str
    """of the record that it shows"""
    expected: NDArray[Any] | None
    """the right result, in the call's dtype; None of a call that is wrong"""
    allowed: NDArray[np.float64] | None = None
    """how far a right answer may be from it; None where it is right bit for bit"""
    refusal: str = ""
    """why a wrong call has to be refused"""


def short_script(
    trial: Trial, plan: Plan, adapter: WritesScripts, expectation: ScriptExpectation, *, lane: str,
    environment: Mapping[str, str], origin: str,
) -> str:  # fmt: skip
    """The source of a script for people: the call, what is expected, what is observed, and exit status 1 while these
    differ. An exception of the call is left to Python, which exits with 1, too; a crash ends it as it ends a worker.
    """
    source, inputs = _source(trial, plan, adapter), _inputs(trial)
    variables = {**environment, **source.environment}
    # Of the worker's variables those that the lines name, or that the adapter itself sets.
    needed = {name: text for name, text in variables.items() if name in source.environment or name in str(source.setup)}
    expected, comparison = _expected_lines(expectation, source.attempted)
    lines = [
        f"# {_plain(f'{trial.id} in {lane}')}",
        f"# {expectation.outcome}. {_plain(origin)}",
        *(["from __future__ import annotations"] if inputs.definitions else []),
        *(["import os", f"os.environ |= {needed}"] if needed else []),
        *_import_lines(inputs, source, standard=("import sys",)),
        *source.setup,
        *source.setup_of_64_bits,
        *(definition for definition in inputs.definitions),
        *inputs.lines,
        *expected,
        *_steps(plan, source, comparison),
        *_ending(expectation),
    ]
    return "\n".join(line for line in lines if line) + "\n"


def _expected_lines(expectation: ScriptExpectation, call: Sequence[str]) -> tuple[list[str], list[str]]:
    """The lines that say what is expected, and those of the call."""
    if expectation.expected is None:
        refused = ["except Exception as refusal:", '    print("observed", refusal)', "    sys.exit()"]
        tried = ["try:", textwrap.indent("\n".join(call), "    "), *refused]
        return [f'print("expected a refusal, for {expectation.refusal}")'], tried
    lines = [literal_line("expected", expectation.expected, "np.float64"), 'print("expected", expected.tolist())']
    if expectation.allowed is not None:
        lines.append(
            literal_line("allowed", np.broadcast_to(expectation.allowed, expectation.expected.shape), "np.float64")
        )
    return lines, list(call)


def _ending(expectation: ScriptExpectation) -> list[str]:
    shown = 'print("observed", np.asarray(result).astype(np.float64).tolist())'
    if expectation.expected is None:
        return [shown, "sys.exit(1)"]
    if expectation.allowed is None:
        return [shown, "sys.exit(not np.array_equal(result.astype(np.float64), expected, equal_nan=True))"]
    return [
        shown,
        "sys.exit(not (result.shape == expected.shape and np.all(np.abs(result - expected) <= allowed)))",
    ]


def _source(trial: Trial, plan: Plan, adapter: WritesScripts) -> CallSource:
    _, step, _ = plan.parts
    return source_of_call(adapter, step, written_dtype([trial.call.dtype_of(name) for name in step.needed]))


def _steps(plan: Plan, source: CallSource, call: Sequence[str]) -> list[str]:
    before, _, after = plan.parts
    return [
        *(each.source() for each in before),
        *(*source.define, *source.before, *call, *source.after),
        *(each.source() for each in after),
    ]


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


def _import_lines(inputs: InputsListing, source: CallSource, standard: Sequence[str]) -> list[str]:
    """Those of the standard library, an empty line, and the others."""
    names = {line: line.split()[1].partition(".")[0] for line in inputs.imports}
    own = {line for line, name in names.items() if name in sys.stdlib_module_names}
    foreign = {"import numpy as np", *source.imports} | (set(inputs.imports) - own)
    blocks = [sorted(each, key=lambda line: (line.startswith("from"), line)) for each in (own | set(standard), foreign)]
    return [*blocks[0], "", *blocks[1]]

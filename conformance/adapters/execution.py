"""A call executed as its script prints it: the same lines, run where the framework is imported.

Knows: lines of Python, operands. Must not know: frameworks, how calls become lines (each adapter's `call_source`).
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from types import CodeType
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from conformance.adapters.plan import Invoke, Operands, Plan, WrongShape, perform
from conformance.adapters.protocol import CallRefused, CallSource, calling
from conformance.errors import brief

Lines: TypeAlias = tuple[str, ...]
Modules: TypeAlias = Mapping[str, Any]
"""what the lines import, by the names that they use"""


def execute(
    plan: Plan,
    arrays: Operands,
    call_source: Callable[[Invoke, str], CallSource],
    **modules: Any,
) -> NDArray[Any]:
    """The plan's result, its call executed as `call_source` writes it. Raises CallRefused as `calling` does, and
    WrongShape where a call is not differentiated because its own result has not the shape of the cotangent.
    """

    def invoke(step: Invoke, operands: Operands) -> NDArray[Any]:
        source = call_source(step, written_dtype([array.dtype.name for array in operands.values()]))
        names = {**_kept(source.define, tuple(modules.items())), **operands}
        _run(source.before, names)
        if source.program:
            names |= _program(source, names, operands)
        calling(_run, source.call, names)
        _run(source.after, names)
        result: NDArray[Any] = names["result"]
        return result

    def invoke_or_tell(step: Invoke, operands: Operands) -> NDArray[Any]:
        try:
            return invoke(step, operands)
        except CallRefused as refusal:
            source = call_source(step, written_dtype([array.dtype.name for array in operands.values()]))
            if step.gradient and source.asked_again:
                _check_differentiated(partial(invoke, replace(step, gradient="")), operands, refusal)
            raise

    return perform(plan, arrays, invoke_or_tell)


def _check_differentiated(
    forward: Callable[[Operands], NDArray[Any]], operands: Operands, refusal: CallRefused
) -> None:
    """Raise WrongShape where what is differentiated has another shape than the cotangent: then that is refused, and not
    the call.
    """
    try:
        result = np.asarray(forward({name: array for name, array in operands.items() if name != "cotangent"}))
    except Exception:  # the call itself is refused, as the caller says
        return
    wanted = operands["cotangent"].shape
    if result.shape != wanted:
        cause = refusal.__cause__ or refusal
        why = f"of which {list(wanted)} is due before it is differentiated: {brief(cause)}"
        raise WrongShape(result, why, cause) from refusal


def define(lines: Lines, modules: tuple[tuple[str, Any], ...]) -> dict[str, Any]:
    """What lines of definitions define, beside the modules that they use."""
    names = {"np": np, **dict(modules)}
    _run(lines, names)
    return names


def written_dtype(dtypes: Sequence[str]) -> str:
    """The dtype that lines are written for; of operands in several, which is wrong on purpose, one that takes care."""
    return next((dtype for dtype in dtypes if dtype == "bfloat16" or dtype.startswith("complex")), dtypes[0])


PROGRAMS_KEPT = 2
"""that of a call and that of the wrong one that is asked between"""
# Kept from call to call, as a program keeps what it defines: what a compiled function remembers is part of the answer.
_kept = lru_cache(maxsize=PROGRAMS_KEPT)(define)
_programs: dict[Hashable, dict[str, Any]] = {}


def _program(source: CallSource, names: Mapping[str, Any], operands: Operands) -> dict[str, Any]:
    """What the program's lines define, by them and by what their operands are made of."""
    described = tuple((name, array.dtype.name, array.shape) for name, array in operands.items())
    key = (source.define, source.before, source.program, described)
    if key not in _programs:
        found = dict(names)
        calling(_run, source.program, found)
        if len(_programs) == PROGRAMS_KEPT:
            del _programs[next(iter(_programs))]
        _programs[key] = {name: made for name, made in found.items() if name not in names}
    return _programs[key]


def _run(lines: Lines, names: dict[str, Any]) -> None:
    exec(_code(lines), names)  # noqa: S102 - an adapter's own lines, which it prints


@lru_cache(maxsize=64)
def _code(lines: Lines) -> CodeType:
    return compile("\n".join(lines), "<lines of a call>", "exec")

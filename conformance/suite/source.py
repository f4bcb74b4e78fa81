"""Inputs as the text of a program: literal numbers written out, functions in their own source.

Knows: the text of modules. Must not know: generators, calls (each kind of operator lists its own).
"""

import ast
import inspect
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

WIDTH = 110
"""of a line of literal numbers"""

_Definition: TypeAlias = ast.FunctionDef | ast.ClassDef


@dataclass(frozen=True, slots=True)
class InputsListing:
    """Lines that leave the call's operands under their names, contiguous, in the call's dtype and layouts."""

    imports: tuple[str, ...]
    definitions: tuple[str, ...]
    """functions and classes, in an order in which they can be read"""
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Needed:
    """The text of functions and classes, and of all that they need."""

    imports: tuple[str, ...]
    """statements, sorted"""
    definitions: tuple[str, ...]


def import_lines(dtype: str) -> tuple[str, ...]:
    """What lines with arrays of the dtype import."""
    return ("import numpy as np", "import ml_dtypes") if dtype == "bfloat16" else ("import numpy as np",)


def dtype_line(dtype: str) -> str:
    """The line that leaves the dtype as `dtype`."""
    return "dtype = np.dtype(ml_dtypes.bfloat16)" if dtype == "bfloat16" else f'dtype = np.dtype("{dtype}")'


def literal_listing(operands: Mapping[str, NDArray[Any]], dtype: str) -> InputsListing:
    """The arrays written out, number by number; `dtype` is the call's, which an operand need not have."""
    names = {operand: array.dtype.name for operand, array in operands.items()}
    written = {name: "dtype" if name == dtype else dtype_line(name).partition(" = ")[2] for name in names.values()}
    lines = [literal_line(operand, array, written[names[operand]]) for operand, array in operands.items()]
    imports = import_lines("bfloat16" if "bfloat16" in (dtype, *names.values()) else dtype)
    return InputsListing(imports, (), (dtype_line(dtype), *lines))


def literal_line(operand: str, numbers: NDArray[Any], dtype: str = "dtype") -> str:
    """The line that leaves the numbers under the operand's name, bit for bit; of complex ones the real parts."""
    array = numbers.astype(np.complex128 if numbers.dtype.kind == "c" else np.float64).real
    if array.size == 0:
        return f"{operand} = np.zeros({array.shape}, {dtype})"
    numbers_of = textwrap.wrap(", ".join(map(_number, array.ravel())), WIDTH)
    shape = f".reshape{array.shape}" if array.ndim != 1 else ""
    if len(numbers_of) == 1:
        return f"{operand} = np.array([{numbers_of[0]}], {dtype}){shape}"
    rows = "\n    ".join(numbers_of)
    return f"{operand} = np.array([\n    {rows}\n], {dtype}){shape}"


def definitions_of(modules: Sequence[ModuleType], *names: str) -> Needed:
    """The functions and classes of these names in the modules, and what of the modules they need, in its order; a name
    that one module imports from another is that one's.
    """
    taken = [_taken_apart(module) for module in modules]
    definitions = {name: text for module in taken for name, text in module.definitions.items()}
    imports = {name: line for module in taken for name, line in module.imports.items() if name not in definitions}
    uses = {name: used for module in taken for name, used in module.uses.items()}
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += uses.get(name, ())
    return Needed(
        tuple(sorted({imports[name] for name in found if name in imports})),
        tuple(text for name, text in definitions.items() if name in found),
    )


def _number(number: np.floating[Any]) -> str:
    """The number as Python reads it back, bit for bit."""
    if np.isnan(number):
        return "np.nan"
    if np.isinf(number):
        return "np.inf" if number > 0 else "-np.inf"
    text = repr(float(number))
    return text.removesuffix(".0") if number else text  # the integer 0 has no sign


@dataclass(frozen=True, slots=True)
class _Module:
    """A module, taken apart."""

    imports: Mapping[str, str]
    """the statement that imports a name"""
    definitions: Mapping[str, str]
    """the source of each function and class"""
    uses: Mapping[str, frozenset[str]]
    """the names in a definition, but for those in its annotations, which are never evaluated"""


@cache
def _taken_apart(module: ModuleType) -> _Module:
    text = inspect.getsource(module)
    statements = ast.parse(text).body
    definitions = {each.name: each for each in statements if isinstance(each, _Definition)}
    sources = {name: ast.get_source_segment(text, each) or "" for name, each in definitions.items()}
    uses = {name: frozenset(_names(each)) for name, each in definitions.items()}
    imports: dict[str, str] = {}
    for statement in statements:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            lead = f"from {statement.module} import" if isinstance(statement, ast.ImportFrom) else "import"
            for alias in statement.names:
                imports[alias.asname or alias.name] = f"{lead} {ast.unparse(alias)}"
    return _Module(imports, sources, uses)


def _names(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name):
        yield node.id
    for field, child in ast.iter_fields(node):
        if field not in ("annotation", "returns"):
            for each in child if isinstance(child, list) else [child]:
                if isinstance(each, ast.AST):
                    yield from _names(each)

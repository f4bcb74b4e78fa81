"""A call as a user wrote it, taken apart without evaluating anything.

Knows: Python's grammar. Accepts `function(...)`, and `layer(...)(...)` for a layer that is made and then called; around
it `... + b[8]` and `function(..., b[8])`, which may add a bias. Of arguments it takes `name[integers]` for a tensor of
that shape, integers, strings, booleans, None, tuples and lists; everything else is an error that points at its column.
Must not know: which functions there are (`conformance.translation.reading`).
"""

import ast
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import inf, isfinite
from typing import TypeAlias

from conformance.adapters.plan import Argument, Name
from conformance.errors import UsageError

# Characters of a call
LONGEST = 10_000

# Beyond every integer that frameworks take
LARGEST = 2**63

ACCEPTED = "it must be a tensor as name[shape], a number, a string, True, False, None, a tuple or a list"

# Of reductions over windows: what they begin with, and the function under the name by which a plan hands it over
KNOWN: Mapping[str, Argument] = {
    **{f"-{module}.inf": -inf for module in ("jnp", "jax.numpy", "np", "numpy", "math")},
    **{f"{lax}.{name}": Name(f"jax.lax.{name}") for lax in ("jax.lax", "lax") for name in ("max", "add")},
}


class CallError(UsageError):
    """A call that cannot be read; the message shows where."""


@dataclass(frozen=True, slots=True)
class WrittenTensor:
    """`name[shape]`: an operand of which only the shape matters."""

    name: str
    shape: tuple[int, ...]


Written: TypeAlias = Argument | WrittenTensor


@dataclass(frozen=True, slots=True)
class Part:
    """One argument, and where in the text it stands."""

    value: Written
    line: int
    column: int
    """both from 1"""


@dataclass(frozen=True, slots=True)
class CallParts:
    """What stands between a call's parentheses."""

    positional: tuple[Part, ...]
    keywords: tuple[tuple[str, Part], ...]


@dataclass(frozen=True, slots=True)
class Added:
    """What is called with a call's result as its first argument."""

    by: str
    """`+`, or the function as written"""
    parts: CallParts
    """the other arguments"""


@dataclass(frozen=True, slots=True)
class WrittenCall:
    """A call by its syntax."""

    text: str
    function: str
    """dotted, as written"""
    positional: tuple[Part, ...]
    keywords: tuple[tuple[str, Part], ...]
    applied: CallParts | None = None
    """what the result is called with, where it is a layer"""
    added: Added | None = None
    """what is done with the result"""

    def wrong(self, message: str, part: Part | None = None) -> CallError:
        """The error that points at a part of the call, at its beginning without one."""
        return _pointing(self.text, message, part.line if part else 1, part.column if part else 1)


def parse_call(text: str) -> WrittenCall:
    """The call that the text is; raises CallError for everything that is no plain call."""
    text = text.strip()
    if len(text) > LONGEST:
        raise CallError(f"the call has {len(text)} characters; at most {LONGEST} are read")
    return _Parser(text).call(_expression(text))


def _expression(text: str) -> ast.expr:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of escapes in strings, which would be shown on top of what is wrong
            return ast.parse(text, mode="eval").body
    except SyntaxError as error:
        raise _pointing(text, f"not a Python expression: {error.msg}", error.lineno or 1, error.offset or 1) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise CallError(f"not a Python expression: {error or 'nested too deeply'}") from error


class _Parser:
    """From nodes to values, by the few kinds of node that a call may have."""

    def __init__(self, text: str) -> None:
        self._text = text

    def call(self, node: ast.expr) -> WrittenCall:
        match node:
            case ast.BinOp(op=ast.Add(), left=ast.Call() as call, right=added):
                return replace(self._plain(call), added=Added("+", CallParts((self._part(added),), ())))
            case ast.Call(func=function, args=[ast.Call() as call, *rest], keywords=keywords):
                parts = CallParts(tuple(map(self._part, rest)), tuple(map(self._keyword, keywords)))
                return replace(self._plain(call), added=Added(self._dotted(function), parts))
        return self._plain(node)

    def _plain(self, node: ast.expr) -> WrittenCall:
        if not isinstance(node, ast.Call):
            raise self._refusal(node, f"{self._shown(node)} is not a call; expected function(tensor[shape], ...)")
        if isinstance(node.func, ast.Call):
            made, applied = self._parts(node.func), self._parts(node)
            return WrittenCall(self._text, self._dotted(node.func.func), made.positional, made.keywords, applied)
        parts = self._parts(node)
        return WrittenCall(self._text, self._dotted(node.func), parts.positional, parts.keywords)

    def _parts(self, node: ast.Call) -> CallParts:
        positional = tuple(self._part(each) for each in node.args)
        return CallParts(positional, tuple(self._keyword(each) for each in node.keywords))

    def _keyword(self, keyword: ast.keyword) -> tuple[str, Part]:
        if keyword.arg is None:
            raise self._refusal(
                keyword.value, f"**{self._shown(keyword.value)} is not read: nothing is evaluated; {ACCEPTED}"
            )
        return keyword.arg, self._part(keyword.value)

    def _part(self, node: ast.expr) -> Part:
        value = self._tensor(node) if isinstance(node, ast.Subscript) else self._argument(node)
        return Part(value, *self._place(node))

    def _tensor(self, node: ast.Subscript) -> WrittenTensor:
        lengths = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        shape = tuple(self._argument(each) for each in lengths)
        if not isinstance(node.value, ast.Name) or not all(type(length) is int for length in shape):
            raise self._refusal(
                node, f"{self._shown(node)} is not a tensor; a tensor is a name and its shape, such as x[1,4,4,1]"
            )
        return WrittenTensor(node.value.id, tuple(length for length in shape if isinstance(length, int)))

    def _argument(self, node: ast.expr) -> Argument:
        match node:
            case ast.Constant(value=int() as number) if number >= LARGEST:
                raise self._refusal(node, "the number is beyond 64 bits")
            case ast.Constant(value=bool() | int() | str() | None as constant):
                return constant
            case ast.Constant(value=float() as number) if isfinite(number):
                return number
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as number)) if type(number) is int:
                self._argument(node.operand)
                return -number
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                return tuple(self._argument(each) for each in elements)
            case ast.Name(id=name):
                raise self._refusal(node, f"{name} is a name without a shape; a tensor is written as {name}[1,4,4,1]")
        known = KNOWN.get(ast.unparse(node))
        if known is None:
            raise self._refusal(node, f"{self._shown(node)} is not read: nothing is evaluated; {ACCEPTED}")
        return known

    def _dotted(self, node: ast.expr) -> str:
        match node:
            case ast.Name(id=name):
                return name
            case ast.Attribute(value=value, attr=name):
                return f"{self._dotted(value)}.{name}"
            case _:
                raise self._refusal(
                    node, f"{self._shown(node)} is not the name of a function, and nothing is evaluated"
                )

    def _shown(self, node: ast.expr) -> str:
        source = ast.get_source_segment(self._text, node) or type(node).__name__
        return source if len(source) <= 40 else f"{source[:37]}..."

    def _place(self, node: ast.expr) -> tuple[int, int]:
        line = _lines(self._text)[node.lineno - 1]
        return node.lineno, len(line.encode()[: node.col_offset].decode()) + 1

    def _refusal(self, node: ast.expr, message: str) -> CallError:
        return _pointing(self._text, message, *self._place(node))


def _pointing(text: str, message: str, line: int, column: int) -> CallError:
    lines, column = _lines(text), max(column, 1)
    place = f"line {line}, column {column}" if len(lines) > 1 else f"column {column}"
    shown = lines[min(line, len(lines)) - 1]
    return CallError(f"{place}: {message}\n  {shown}\n  {' ' * (column - 1)}^")


def _lines(text: str) -> list[str]:
    """Lines as Python counts them, which str.splitlines does not."""
    return re.split(r"\r\n|\r|\n", text)

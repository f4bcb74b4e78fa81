"""What dataclasses say of their fields: the string after each, as this code base writes them.

Knows: source text. Must not know: what the classes are for.
"""

import ast
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import dedent


@dataclass(frozen=True, slots=True)
class Note:
    """One field of a dataclass."""

    name: str
    type: str
    """its annotation, as the source has it"""
    text: str
    """empty where the name says all"""


def notes(of: type) -> tuple[Note, ...]:
    """The fields of a dataclass in their order."""
    return tuple(_notes(of))


def _notes(of: type) -> Iterator[Note]:
    (defined,) = ast.parse(dedent(inspect.getsource(of))).body
    assert isinstance(defined, ast.ClassDef)
    following: list[ast.stmt | None] = [*defined.body[1:], None]
    for statement, after in zip(defined.body, following, strict=True):
        if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
            continue
        text = ""
        if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) and isinstance(after.value.value, str):
            text = " ".join(after.value.value.split())
        yield Note(statement.target.id, ast.unparse(statement.annotation), text)

"""Every call of a known function in a module's text, with what names stand for where it stands. Nothing is evaluated.

Knows: Python's statements. Must not know: which functions there are, which it is given.
"""

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from conformance.translation.code import CallError, Written, WrittenCall
from conformance.translation.parser import Parser, PassedOver


def parse_file(
    text: str, names: Mapping[str, Written], known: Callable[[str], bool], passed_over: PassedOver
) -> Iterator[tuple[int, str, "WrittenCall | CallError"]]:
    """Every call of a known function in a module's text: its line, its own text, and what it says.

    A name is read where one assignment before the call, of the same function or around it, says what it is.
    Raises CallError for what is no Python.
    """
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise CallError(f"not a Python file: {error}") from error
    try:
        parser = Parser(text, dict(names), passed_over)
        for statement in ast.walk(tree):
            if isinstance(statement, ast.ClassDef) or (
                isinstance(statement, ast.FunctionDef) and statement in tree.body
            ):
                parser.define(statement.name)
        yield from _Walk(text, known).block(tree.body, parser)
    except RecursionError as error:
        raise CallError("not a Python file that is read: nested too deeply") from error


class _Walk:
    """Every call of a known function in a module, in order."""

    def __init__(self, text: str, known: Callable[[str], bool]) -> None:
        self._text = text
        self._known = known

    def block(
        self, body: list[ast.stmt], parser: Parser, attributes: Parser | None = None
    ) -> Iterator[tuple[int, str, WrittenCall | CallError]]:
        """attributes: where the layers that `self` has are kept, in the body of a class"""
        for statement in body:
            match statement:
                case ast.ClassDef(body=inside):
                    own = parser.inner([])
                    yield from self.block(inside, own, own)
                case ast.FunctionDef(args=arguments) | ast.AsyncFunctionDef(args=arguments):
                    taken = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
                    own = parser.inner([each.arg for each in taken])
                    yield from self.block(statement.body, own)
                    if attributes is not None:
                        attributes.attributes_of(own)
                case ast.With(body=inside):
                    parser.forget_changed(statement)
                    yield from self.block(inside, parser)
                case ast.For() | ast.While() | ast.If() | ast.Try():
                    # Which of its assignments were made is nothing that a reader can know.
                    parser.forget_changed(statement)
                    yield from self.block(_inside(statement), parser)
                    parser.forget_changed(statement)
                case _:
                    yield from self._calls(statement, parser)
                    if not parser.bind(statement):
                        parser.forget_changed(statement)

    def _calls(self, statement: ast.AST, parser: Parser) -> Iterator[tuple[int, str, WrittenCall | CallError]]:
        """The outermost known calls of a statement: of `layer(...)(x)` and `call + b` the whole where it is read."""
        for node in ast.iter_child_nodes(statement):
            if isinstance(node, ast.Call | ast.BinOp):
                called: ast.expr = node
                if isinstance(called, ast.BinOp):
                    called = called.left if isinstance(called.op, ast.Add) else called
                name = parser.function(called)
                if name is not None and self._known(name):
                    text = ast.get_source_segment(self._text, node) or ""
                    try:
                        yield node.lineno, text, replace(parser.call(node), own_text=text)
                    except CallError as error:
                        yield node.lineno, text, error
                    continue
            yield from self._calls(node, parser)


def _inside(statement: ast.For | ast.While | ast.If | ast.Try) -> list[ast.stmt]:
    found = [*statement.body, *statement.orelse]
    if isinstance(statement, ast.Try):
        found += [each for handler in statement.handlers for each in handler.body] + statement.finalbody
    return found

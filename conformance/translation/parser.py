"""A text as a user wrote it, taken apart without evaluating anything.

Knows: Python's statements and calls. Accepts `function(...)`, and `layer(...)(...)` for a layer that is made and then
called; around it `... + b[8]` and `function(..., b[8])`, which may add a bias; before it assignments and imports. What
may be an argument, `conformance.translation.values` says; everything else is an error that points at its column.
Must not know: which functions there are (`conformance.translation.reading`).
"""

import ast
import re
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from conformance.translation.code import (
    Added,
    CallError,
    CallParts,
    Part,
    Written,
    WrittenCall,
    WrittenTensor,
    pointing,
)
from conformance.translation.values import ACCEPTED, ExpressionReader

# Characters of a call
LONGEST = 10_000

VMAPS = ("jax.vmap", "vmap", "eqx.filter_vmap", "equinox.filter_vmap")
# What makes a node of a model, under whatever name its module is imported: of its kind, the names of its inputs and
# outputs, and its attributes
NODE_MAKER = "make_node"
# Of a node: what it is called, and by which set of operators, which says nothing about the result
OF_NODES = ("name", "doc_string", "domain")
# A node in ONNX's own syntax: `y = ConvTranspose <strides = [2, 2]> (x, w)`
_NODE = re.compile(r"\w+(?:\s*,\s*\w+)*\s*=\s*(?P<kind>\w+)\s*<(?P<attributes>[^<>]*)>\s*\((?P<inputs>.*)\)", re.DOTALL)
_TYPED = re.compile(r"(\w+)\s*:\s*\w+\s*=")
# Methods that say where or when a layer computes, and nothing of what
SAYS_NOTHING = ("to", "cuda", "cpu", "eval")

PassedOver: TypeAlias = Callable[[str, str], bool]
"""of a function's keyword, whether what is computed for it says nothing about the result, so that it is not read"""


def _nothing(*_: str) -> bool:
    return False


def parse_call(
    text: str, names: Mapping[str, Written] | None = None, passed_over: PassedOver = _nothing
) -> WrittenCall:
    """The call that the text is, or its last line after assignments; raises CallError for everything else.

    names: what names stand for, before the text binds any
    """
    text = text.strip()
    if len(text) > LONGEST:
        raise CallError(f"the call has {len(text)} characters; at most {LONGEST} are read")
    if node := _NODE.fullmatch(text):
        attributes = _TYPED.sub(r"\1 =", node["attributes"])
        text = f"onnx.{node['kind']}({', '.join(filter(None, map(str.strip, (node['inputs'], attributes))))})"
    parser = Parser(text, dict(names or {}), passed_over)
    try:
        *before, last = _statements(text)
        for statement in before:
            if not parser.bind(statement):
                raise parser.values.refusal(statement, "only assignments and imports are read before the call")
        match last:
            case ast.Assign(value=value) | ast.Expr(value=value):
                return parser.call(value)
            case _:
                raise parser.values.refusal(last, "the last line is not a call; expected function(tensor[shape], ...)")
    except RecursionError as error:
        raise CallError("not a Python expression: nested too deeply") from error


def parse_value(text: str) -> Written:
    """What a name stands for: a number, a word, a tuple, a tensor as x[1,4,4,1]; raises CallError for what is none."""
    return ExpressionReader(text.strip(), {}).written(_expression(text.strip()))


def _statements(text: str) -> list[ast.stmt]:
    """The one expression that the text is; of a text that is none, its statements."""
    try:
        return [ast.Expr(_expression(text))]
    except CallError:
        try:
            found = ast.parse(text).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            found = []
        if not found:
            raise
        return found


def _expression(text: str) -> ast.expr:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of escapes in strings, which would be shown on top of what is wrong
            return ast.parse(text, mode="eval").body
    except SyntaxError as error:
        raise pointing(text, f"not a Python expression: {error.msg}", error.lineno or 1, error.offset or 1) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise CallError(f"not a Python expression: {error or 'nested too deeply'}") from error


class Parser:
    """From nodes to calls, with what names stand for where each call stands."""

    def __init__(self, text: str, names: dict[str, Written], passed_over: PassedOver) -> None:
        self._text = text
        self._names = names
        self.values = ExpressionReader(text, names)
        self._passed_over = passed_over
        self._given = frozenset(names)
        """names that a user has bound: parameters of functions stand for the same"""
        self._layers: dict[str, _Made] = {}
        """what was made and is called later, by the name that it was given"""
        self._modules: dict[str, str] = {}
        """what was imported, or is defined in the text, by its name there"""

    def inner(self, parameters: list[str]) -> "Parser":
        """Of a function's body, whose parameters are nothing that is known."""
        found = Parser(self._text, dict(self._names), self._passed_over)
        found._layers, found._modules, found._given = dict(self._layers), dict(self._modules), self._given
        found.forget([name for name in parameters if name not in self._given])
        return found

    def attributes_of(self, other: "Parser") -> None:
        """Take over the layers that a method keeps as attributes: all methods of a class know them.

        One that two methods make is known in neither.
        """
        for name in {*self._layers, *other._layers}:
            if name.startswith("self."):
                mine, theirs = self._layers.get(name), other._layers.get(name)
                if mine is None and theirs is not None:
                    self._layers[name] = theirs
                elif mine is not theirs:
                    self.forget([name])

    def define(self, name: str) -> None:
        """Something of this name is defined in the text: it is not a framework's."""
        self._modules[name] = f"<defined here>.{name}"

    def forget(self, names: Iterable[str]) -> None:
        for name in names:
            self._names.pop(name, None)
            self._layers.pop(name, None)

    def forget_changed(self, statement: ast.AST) -> None:
        """Forget what a statement assigns, deletes, or may change in place."""
        for node in ast.walk(statement):
            match node:
                case ast.Subscript(value=value, ctx=ast.Store() | ast.Del()):
                    self.forget([ast.unparse(value)])
                case ast.Name(ctx=ast.Store() | ast.Del()) | ast.Attribute(ctx=ast.Store() | ast.Del()):
                    self.forget([ast.unparse(node)])
                case ast.Call(func=ast.Attribute(value=value)) if isinstance(
                    self._names.get(ast.unparse(value)), tuple
                ):
                    self.forget([ast.unparse(value)])

    def bind(self, statement: ast.stmt) -> bool:
        """Take over what the statement says of names; False for what is neither an assignment nor an import."""
        match statement:
            case ast.Import(names=imported):
                self._modules |= {each.asname: each.name for each in imported if each.asname}
            case ast.ImportFrom(module=module, names=imported):
                self._modules |= {each.asname or each.name: f"{module or '.'}.{each.name}" for each in imported}
            case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)) if len(targets) == len(
                values
            ):
                found = [self._bound(value) for value in values]
                for target, bound in zip(targets, found, strict=True):
                    self._assign(target, bound)
            case ast.Assign(targets=targets, value=value):
                bound = self._bound(value)
                for target in targets:
                    self._assign(target, bound)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._assign(target, self._bound(value))
            case _:
                return False
        return True

    def _bound(self, value: ast.expr) -> "Written | _Made | _UnknownName":
        """What a name that is assigned the value stands for."""
        try:
            written = self.values.written(value)
            if isinstance(written, tuple):
                self.values.few(value, written)
        except CallError:
            # A layer's arguments are what names stand for where it is made.
            return _Made(value, self.inner([])) if isinstance(value, ast.Call) else _UnknownName()
        return written

    def _assign(self, target: ast.expr, bound: "Written | _Made | _UnknownName") -> None:
        self.forget_changed(target)
        if not isinstance(target, ast.Name | ast.Attribute):
            return
        if isinstance(bound, _Made):
            self._layers[ast.unparse(target)] = bound
        elif not isinstance(bound, _UnknownName):
            self._names[ast.unparse(target)] = bound

    def call(self, node: ast.expr) -> WrittenCall:
        match node:
            case ast.BinOp(op=ast.Add(), left=ast.Call() as call, right=added):
                return replace(self._plain(call), added=Added("+", CallParts((self._part(added),), ())))
            case ast.Call(func=function, args=[ast.Call() as call, *rest], keywords=keywords) if (
                not isinstance(function, ast.Call)
                and self.values.made_tensor(call) is None
                and ast.unparse(function) not in self._layers
            ):
                parts = CallParts(tuple(map(self._part, rest)), tuple(self._keyword("", each) for each in keywords))
                return replace(self._plain(call), added=Added(self.dotted(function), parts))
        return self._plain(node)

    def _plain(self, node: ast.expr) -> WrittenCall:
        if not isinstance(node, ast.Call):
            raise self.values.refusal(
                node, f"{self.values.shown(node)} is not a call; expected function(tensor[shape], ...)"
            )
        node = self.bare(node)
        made = self.made(node.func)
        if made is None and (tensor := self._tensor(node.func)) is not None:
            parts = self.parts("", node)
            return WrittenCall(self._text, self.function(node) or "", (tensor, *parts.positional), parts.keywords)
        if made is None and self._makes_node(node):
            return self._node(node)
        if made is None:
            dotted = self.dotted(node.func)
            parts = self.parts(dotted, node)
            return WrittenCall(self._text, dotted, parts.positional, parts.keywords)
        layer, mapped = made.layer()
        dotted = layer.parser.dotted(layer.call.func)
        inside, applied = layer.parser.parts(dotted, layer.call), self.parts("", node)
        return WrittenCall(self._text, dotted, inside.positional, inside.keywords, applied, mapped=mapped)

    def made(self, node: ast.expr) -> "_Made | None":
        """The call that made what a node stands for, None where it is not a call."""
        return _Made(node, self) if isinstance(node, ast.Call) else self._layers.get(ast.unparse(node))

    def function(self, node: ast.expr) -> str | None:
        """The dotted name of the function or layer that a node calls, None where there is none."""
        if not isinstance(node, ast.Call):
            return None
        node = self.bare(node)
        made = self.made(node.func)
        layer = made.layer()[0] if made is not None else _Made(node, self)
        if made is None and self._tensor(node.func) is not None:
            assert isinstance(node.func, ast.Attribute)
            return f"Tensor.{node.func.attr}"
        try:
            if made is None and self._makes_node(node) and node.args:
                return f"onnx.{ast.unparse(node.args[0])[1:-1]}"
            return layer.parser.dotted(layer.call.func)
        except CallError:
            return None

    def _tensor(self, node: ast.expr) -> Part | None:
        """The tensor whose method a node names, None where it is not one."""
        if not isinstance(node, ast.Attribute):
            return None
        try:
            written = self.values.written(node.value)
        except CallError:
            return None
        return Part(written, *self.values.place(node.value)) if isinstance(written, WrittenTensor) else None

    def _makes_node(self, node: ast.Call) -> bool:
        return self.dotted(node.func).rpartition(".")[2] == NODE_MAKER

    def _node(self, node: ast.Call) -> WrittenCall:
        """A node of ONNX as the call of its kind: its inputs in their places, its attributes by name."""
        given = dict(zip(("op_type", "inputs", "outputs"), node.args, strict=False))
        given |= {each.arg: each.value for each in node.keywords if each.arg in ("op_type", "inputs", "outputs")}
        kind, inputs, outputs = (given.get(name) for name in ("op_type", "inputs", "outputs"))
        if not isinstance(kind, ast.Constant) or not isinstance(kind.value, str):
            raise self.values.refusal(kind or node, "the kind of a node is a string, such as 'Conv'")
        if not isinstance(inputs, ast.List | ast.Tuple) or not isinstance(outputs, ast.List | ast.Tuple):
            raise self.values.refusal(node, "a node has a kind, a list of inputs and a list of outputs")
        if len(outputs.elts) != 1:
            raise self.values.refusal(outputs, "nodes of one output are read")
        passed = (*OF_NODES, "op_type", "inputs", "outputs")
        keywords = tuple(self._keyword("", each) for each in node.keywords if each.arg not in passed)
        return WrittenCall(self._text, f"onnx.{kind.value}", tuple(map(self._input, inputs.elts)), keywords)

    def _input(self, node: ast.expr) -> Part:
        """An input of a node: a tensor, or the name of one or of a constant; an empty name where there is none."""
        if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
            return self._part(node)
        if node.value and node.value not in self._names:
            name = node.value
            message = f"{name!r} is an input without a shape; write {name}[1,4,4,1] in its place, or bind it by --let"
            raise self.values.refusal(node, message)
        return Part(self._names[node.value] if node.value else None, *self.values.place(node))

    def bare(self, node: ast.Call) -> ast.Call:
        """A layer without the methods that say where or when it computes."""
        while isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Call):
            given = [ast.unparse(each) for each in (*node.args, *node.keywords)]
            # `.to(torch.float16)` says another dtype, which is not passed over.
            if node.func.attr not in SAYS_NOTHING or any(
                text.startswith(("dtype", "torch.")) and not text.startswith("torch.device") for text in given
            ):
                break
            node = node.func.value
        return node

    def parts(self, function: str, node: ast.Call) -> CallParts:
        positional = tuple(self._part(each) for each in node.args)
        return CallParts(positional, tuple(self._keyword(function, each) for each in node.keywords))

    def _keyword(self, function: str, keyword: ast.keyword) -> tuple[str, Part]:
        if keyword.arg is None:
            raise self.values.refusal(
                keyword.value, f"**{self.values.shown(keyword.value)} is not read: nothing is evaluated; {ACCEPTED}"
            )
        if not isinstance(keyword.value, ast.Constant) and self._passed_over(function, keyword.arg):
            return keyword.arg, Part(None, *self.values.place(keyword.value))
        return keyword.arg, self._part(keyword.value)

    def _part(self, node: ast.expr) -> Part:
        return Part(self.values.written(node), *self.values.place(node))

    def dotted(self, node: ast.expr) -> str:
        match node:
            case ast.Name(id=name):
                return self._modules.get(name, name)
            case ast.Attribute(value=value, attr=name):
                return f"{self.dotted(value)}.{name}"
            case _:
                raise self.values.refusal(
                    node, f"{self.values.shown(node)} is not the name of a function, and nothing is evaluated"
                )


@dataclass(frozen=True, slots=True)
class _Made:
    """A call that makes something, and what names stand for where it stands."""

    call: ast.Call
    parser: Parser

    def layer(self) -> tuple["_Made", bool]:
        """Without what says where it computes, or the layer under `jax.vmap`; and whether it is under it."""
        bare = _Made(self.parser.bare(self.call), self.parser)
        function = bare.call.func
        named = self.parser.dotted(function) if isinstance(function, ast.Name | ast.Attribute) else ""
        if named not in VMAPS or len(bare.call.args) != 1:
            return bare, False
        inside = self.parser.made(bare.call.args[0])
        return (inside.layer()[0], True) if inside is not None else (bare, False)


@dataclass(frozen=True, slots=True)
class _UnknownName:
    """What a name stands for that is assigned something else."""

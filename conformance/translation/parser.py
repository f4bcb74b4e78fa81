"""A text as a user wrote it, taken apart without evaluating anything.

Knows: Python's grammar. Accepts `function(...)`, and `layer(...)(...)` for a layer that is made and then called;
around it `... + b[8]` and `function(..., b[8])`, which may add a bias; before it assignments and imports. Of arguments
it takes `name[integers]` for a tensor of that shape, `torch.randn(...)` and its kin, numbers, strings, booleans, None,
tuples and lists, arithmetic of these, and names that are bound; everything else is an error that points at its column.
Must not know: which functions there are (`conformance.translation.reading`).
"""

import ast
import operator
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from math import inf, isfinite
from typing import TypeAlias

from conformance.adapters.plan import Argument, Name
from conformance.translation.code import (
    Added,
    CallError,
    CallParts,
    Part,
    Written,
    WrittenCall,
    WrittenTensor,
    lines_of,
    pointing,
)

# Characters of a call
LONGEST = 10_000

# Beyond every integer that frameworks take
LARGEST = 2**63

ACCEPTED = "it must be a tensor as name[shape], a number, a string, True, False, None, a tuple or a list"

# Of lists and tuples that are computed or have a name: doubled again and again, they would fill the memory
MOST_ELEMENTS = 32

ARITHMETIC: Mapping[type[ast.operator], Callable[[int | float, int | float], int | float]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod,
}  # fmt: skip
"""without powers, which can take for ever"""
# What makes a tensor of the lengths that it is called with, one by one or as a tuple
MADE_OF_LENGTHS = (
    *(f"torch.{name}" for name in ("randn", "rand", "zeros", "ones", "empty")), "np.random.randn", "np.random.rand",
)  # fmt: skip
# What makes a tensor of the shape that is its first argument, or its second after a key
MADE_OF_SHAPE = (
    *(f"{module}.{name}" for module in ("np", "jnp", "jax.numpy", "tf") for name in ("zeros", "ones")),
    "tf.random.normal", "tf.random.uniform", "np.empty", "keras.random.normal",
)  # fmt: skip
MADE_WITH_KEY = ("jax.random.normal", "jax.random.uniform", "random.normal", "random.uniform")
VMAPS = ("jax.vmap", "vmap", "eqx.filter_vmap", "equinox.filter_vmap")
# Methods that say where or when a layer computes, and nothing of what
SAYS_NOTHING = ("to", "cuda", "cpu", "eval")

# Of reductions over windows: what they begin with, and the function under the name by which a plan hands it over
KNOWN: Mapping[str, Argument] = {
    **{f"-{module}.inf": -inf for module in ("jnp", "jax.numpy", "np", "numpy", "math")},
    **{f"{lax}.{name}": Name(f"jax.lax.{name}") for lax in ("jax.lax", "lax") for name in ("max", "add")},
}


PassedOver: TypeAlias = Callable[[str, str], bool]
"""of a function's keyword, whether it says nothing about the result, so that whatever it is given is not read"""


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
    parser = Parser(text, dict(names or {}), passed_over)
    try:
        *before, last = _statements(text)
        for statement in before:
            if not parser.bind(statement):
                raise parser.refusal(statement, "only assignments and imports are read before the call")
        match last:
            case ast.Assign(value=value) | ast.Expr(value=value):
                return parser.call(value)
            case _:
                raise parser.refusal(last, "the last line is not a call; expected function(tensor[shape], ...)")
    except RecursionError as error:
        raise CallError("not a Python expression: nested too deeply") from error


def parse_value(text: str) -> Written:
    """What a name stands for: a number, a word, a tuple, a tensor as x[1,4,4,1]; raises CallError for what is none."""
    return Parser(text.strip(), {}, _nothing).written(_expression(text.strip()))


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
    """From nodes to values, by the few kinds of node that a call may have."""

    def __init__(self, text: str, names: dict[str, Written], passed_over: PassedOver) -> None:
        self._text = text
        self._names = names
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
        """Something of this name is defined in the text: it is no framework's."""
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
        """Take over what the statement says of names; False for one that is no assignment and no import."""
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

    def _bound(self, value: ast.expr) -> "Written | _Made | _Unknown":
        """What a name that is assigned the value stands for."""
        try:
            written = self.written(value)
            if isinstance(written, tuple):
                self._few(value, written)
        except CallError:
            # A layer's arguments are what names stand for where it is made.
            return _Made(value, self.inner([])) if isinstance(value, ast.Call) else _Unknown()
        return written

    def _assign(self, target: ast.expr, bound: "Written | _Made | _Unknown") -> None:
        self.forget_changed(target)
        if not isinstance(target, ast.Name | ast.Attribute):
            return
        if isinstance(bound, _Made):
            self._layers[ast.unparse(target)] = bound
        elif not isinstance(bound, _Unknown):
            self._names[ast.unparse(target)] = bound

    def call(self, node: ast.expr) -> WrittenCall:
        match node:
            case ast.BinOp(op=ast.Add(), left=ast.Call() as call, right=added):
                return replace(self._plain(call), added=Added("+", CallParts((self._part(added),), ())))
            case ast.Call(func=function, args=[ast.Call() as call, *rest], keywords=keywords) if (
                not isinstance(function, ast.Call) and self._made_tensor(call) is None and not self._is_layer(function)
            ):
                parts = CallParts(tuple(map(self._part, rest)), tuple(self._keyword("", each) for each in keywords))
                return replace(self._plain(call), added=Added(self.dotted(function), parts))
        return self._plain(node)

    def _is_layer(self, node: ast.expr) -> bool:
        return ast.unparse(node) in self._layers

    def _plain(self, node: ast.expr) -> WrittenCall:
        if not isinstance(node, ast.Call):
            raise self.refusal(node, f"{self._shown(node)} is not a call; expected function(tensor[shape], ...)")
        node = self.bare(node)
        made = self.made(node.func)
        if made is None:
            dotted = self.dotted(node.func)
            parts = self.parts(dotted, node)
            return WrittenCall(self._text, dotted, parts.positional, parts.keywords)
        layer, mapped = made.layer()
        dotted = layer.parser.dotted(layer.call.func)
        inside, applied = layer.parser.parts(dotted, layer.call), self.parts("", node)
        return WrittenCall(self._text, dotted, inside.positional, inside.keywords, applied, mapped=mapped)

    def made(self, node: ast.expr) -> "_Made | None":
        """The call that made what a node stands for, None for what is no such call."""
        return _Made(node, self) if isinstance(node, ast.Call) else self._layers.get(ast.unparse(node))

    def function(self, node: ast.expr) -> str | None:
        """The dotted name of the function or layer that a node calls, None where there is none."""
        if not isinstance(node, ast.Call):
            return None
        node = self.bare(node)
        made = self.made(node.func)
        layer = made.layer()[0] if made is not None else _Made(node, self)
        try:
            return layer.parser.dotted(layer.call.func)
        except CallError:
            return None

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
            raise self.refusal(
                keyword.value, f"**{self._shown(keyword.value)} is not read: nothing is evaluated; {ACCEPTED}"
            )
        if self._passed_over(function, keyword.arg):
            return keyword.arg, Part(None, *self._place(keyword.value))
        return keyword.arg, self._part(keyword.value)

    def _part(self, node: ast.expr) -> Part:
        return Part(self.written(node), *self._place(node))

    def written(self, node: ast.expr) -> Written:
        """What an expression stands for."""
        if isinstance(node, ast.Name | ast.Attribute) and ast.unparse(node) in self._names:
            return self._names[ast.unparse(node)]
        if isinstance(node, ast.Call):
            made = self._made_tensor(node)
            if made is not None:
                return made
        if isinstance(node, ast.Subscript) and not isinstance(self._names.get(ast.unparse(node.value)), tuple):
            return self._tensor(node)
        return self._argument(node)

    def _made_tensor(self, node: ast.Call) -> WrittenTensor | None:
        """The tensor that a call makes of a shape, None for another call."""
        name, given = ast.unparse(node.func), node.args
        given = given or [each.value for each in node.keywords if each.arg in ("shape", "size")]
        if name in MADE_OF_LENGTHS and given:
            shape = self._argument(given[0]) if len(given) == 1 else tuple(map(self._argument, given))
        elif name in MADE_OF_SHAPE and given:
            shape = self._argument(given[0])
        elif name in MADE_WITH_KEY and len(given) > 1:
            shape = self._argument(given[1])
        else:
            return None
        lengths = shape if isinstance(shape, tuple) else (shape,)
        if not all(type(length) is int for length in lengths):
            raise self.refusal(node, f"{self._shown(node)} has no shape of integers")
        return WrittenTensor(name.rpartition(".")[2], tuple(length for length in lengths if isinstance(length, int)))

    def _tensor(self, node: ast.Subscript) -> WrittenTensor:
        lengths = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        shape = tuple(self._argument(each) for each in lengths)
        if not isinstance(node.value, ast.Name) or not all(type(length) is int for length in shape):
            raise self.refusal(
                node, f"{self._shown(node)} is not a tensor; a tensor is a name and its shape, such as x[1,4,4,1]"
            )
        return WrittenTensor(node.value.id, tuple(length for length in shape if isinstance(length, int)))

    def _argument(self, node: ast.expr) -> Argument:  # noqa: C901 - one case for each kind of node
        match node:
            case ast.Constant(value=int() as number) if number >= LARGEST:
                raise self.refusal(node, "the number is beyond 64 bits")
            case ast.Constant(value=bool() | int() | str() | None as constant):
                return constant
            case ast.Constant(value=float() as number) if isfinite(number):
                return number
            case ast.UnaryOp(op=ast.USub(), operand=operand) if ast.unparse(node) not in KNOWN:
                return -self._number(operand, node)
            case ast.BinOp():
                return self._computed(node)
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                return tuple(self._argument(each) for each in elements)
            case ast.Subscript(value=value, slice=index):
                whole, place = self._names.get(ast.unparse(value)), self._argument(index)
                if isinstance(whole, tuple) and type(place) is int and -len(whole) <= place < len(whole):
                    return whole[place]
            case ast.Name(id=name) if name not in self._names:
                raise self.refusal(
                    node,
                    f"{name} is a name without a shape; a tensor is written as {name}[1,4,4,1], and a number is bound "
                    f"by --let {name}=2",
                )
        known = KNOWN.get(ast.unparse(node), self._names.get(ast.unparse(node)))
        if known is None or isinstance(known, WrittenTensor):
            raise self.refusal(node, f"{self._shown(node)} is not read: nothing is evaluated; {ACCEPTED}")
        return known

    def _number(self, node: ast.expr, whole: ast.expr) -> int | float:
        found = self._argument(node)
        if isinstance(found, bool) or not isinstance(found, int | float):
            raise self.refusal(whole, f"{self._shown(whole)} is not read: nothing is evaluated; {ACCEPTED}")
        return found

    def _computed(self, node: ast.BinOp) -> Argument:
        """The sum, difference, product or quotient of two numbers; of tuples, what Python makes of them."""
        left, right = self._argument(node.left), self._argument(node.right)
        if isinstance(left, tuple) and isinstance(right, tuple) and isinstance(node.op, ast.Add):
            return self._few(node, left + right)
        if isinstance(right, tuple):
            left, right = right, left
        if isinstance(left, tuple) and type(right) is int and isinstance(node.op, ast.Mult):
            return self._few(node, left * min(right, MOST_ELEMENTS + 1))
        compute = ARITHMETIC.get(type(node.op))
        if compute is None:
            raise self.refusal(node, f"{self._shown(node)} is not read: nothing is evaluated; {ACCEPTED}")
        try:
            found = compute(self._number(node.left, node), self._number(node.right, node))
        except (ZeroDivisionError, OverflowError) as error:
            raise self.refusal(node, f"{self._shown(node)}: {error}") from error
        if abs(found) >= LARGEST:
            raise self.refusal(node, "the number is beyond 64 bits")
        return found

    def _few(self, node: ast.expr, elements: tuple[Argument, ...]) -> tuple[Argument, ...]:
        if _count(elements) > MOST_ELEMENTS:
            raise self.refusal(node, f"{self._shown(node)} has more than {MOST_ELEMENTS} elements")
        return elements

    def dotted(self, node: ast.expr) -> str:
        match node:
            case ast.Name(id=name):
                return self._modules.get(name, name)
            case ast.Attribute(value=value, attr=name):
                return f"{self.dotted(value)}.{name}"
            case _:
                raise self.refusal(node, f"{self._shown(node)} is not the name of a function, and nothing is evaluated")

    def _shown(self, node: ast.AST) -> str:
        source = ast.get_source_segment(self._text, node) or type(node).__name__
        return source if len(source) <= 40 else f"{source[:37]}..."

    def _place(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        line = lines_of(self._text)[node.lineno - 1]
        return node.lineno, len(line.encode()[: node.col_offset].decode()) + 1

    def refusal(self, node: ast.expr | ast.stmt, message: str) -> CallError:
        """The error that points at a node."""
        return pointing(self._text, message, *self._place(node))


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
class _Unknown:
    """What a name stands for that is assigned something else."""


def _count(argument: Argument) -> int:
    return sum(map(_count, argument)) if isinstance(argument, tuple) else 1

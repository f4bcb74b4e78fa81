"""What an expression of a call stands for: numbers, words, tuples, tensors by their shapes. Nothing is evaluated but
arithmetic of numbers that are there.

Knows: Python's expressions, and what names stand for. Must not know: calls of operators, statements
(`conformance.translation.parser`).
"""

import ast
import operator
from collections.abc import Callable, Mapping
from math import inf, isfinite

from conformance.adapters.plan import Argument, Name
from conformance.translation.code import CallError, Written, WrittenTensor, lines_of, pointing

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
_FILLED = ("randn", "rand", "zeros", "ones", "empty")
# What makes a tensor of the lengths that it is called with, one by one or as a tuple
MADE_OF_LENGTHS = (
    *(f"{module}.{name}" for module in ("torch", "Tensor", "tinygrad.Tensor") for name in _FILLED), "np.random.randn",
    "np.random.rand",
)  # fmt: skip
# What makes a tensor of the shape that is its first argument, or its second after a key
MADE_OF_SHAPE = (
    *(f"{module}.{name}" for module in ("np", "jnp", "jax.numpy", "tf") for name in ("zeros", "ones")),
    "tf.random.normal", "tf.random.uniform", "np.empty", "keras.random.normal", "mx.zeros", "mx.ones",
    "mlx.core.zeros", "mlx.core.ones", *(f"paddle.{name}" for name in _FILLED),
)  # fmt: skip
MADE_WITH_KEY = ("jax.random.normal", "jax.random.uniform", "random.normal", "random.uniform")

# Of reductions over windows: what they begin with, and the function under the name by which a plan hands it over
KNOWN: Mapping[str, Argument] = {
    **{f"float({word!r})": float(word) for word in ("-inf", "inf", "nan")},
    **{f"-{module}.inf": -inf for module in ("jnp", "jax.numpy", "np", "numpy", "math")},
    **{f"{lax}.{name}": Name(f"jax.lax.{name}") for lax in ("jax.lax", "lax") for name in ("max", "add")},
}


class ExpressionReader:
    """Of one text, what its expressions stand for, with the errors that point into it."""

    def __init__(self, text: str, names: Mapping[str, Written]) -> None:
        """names: what names stand for; whoever has it may bind more"""
        self._text = text
        self._names = names

    def written(self, node: ast.expr) -> Written:
        """What an expression stands for."""
        if isinstance(node, ast.Name | ast.Attribute) and ast.unparse(node) in self._names:
            return self._names[ast.unparse(node)]
        if isinstance(node, ast.Call):
            made = self.made_tensor(node)
            if made is not None:
                return made
        if isinstance(node, ast.Subscript) and not isinstance(self._names.get(ast.unparse(node.value)), tuple):
            return self._tensor(node)
        return self._argument(node)

    def made_tensor(self, node: ast.Call) -> WrittenTensor | None:
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
            raise self.refusal(node, f"{self.shown(node)} has no shape of integers")
        return WrittenTensor(name.rpartition(".")[2], tuple(length for length in lengths if isinstance(length, int)))

    def _tensor(self, node: ast.Subscript) -> WrittenTensor:
        lengths = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        shape = tuple(self._argument(each) for each in lengths)
        if not isinstance(node.value, ast.Name) or not all(type(length) is int for length in shape):
            raise self.refusal(
                node, f"{self.shown(node)} is not a tensor; a tensor is a name and its shape, such as x[1,4,4,1]"
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
            raise self.refusal(node, f"{self.shown(node)} is not read: nothing is evaluated; {ACCEPTED}")
        return known

    def _number(self, node: ast.expr, whole: ast.expr) -> int | float:
        found = self._argument(node)
        if isinstance(found, bool) or not isinstance(found, int | float):
            raise self.refusal(whole, f"{self.shown(whole)} is not read: nothing is evaluated; {ACCEPTED}")
        return found

    def _computed(self, node: ast.BinOp) -> Argument:
        """The sum, difference, product or quotient of two numbers; of tuples, what Python makes of them."""
        left, right = self._argument(node.left), self._argument(node.right)
        if isinstance(left, tuple) and isinstance(right, tuple) and isinstance(node.op, ast.Add):
            return self.few(node, left + right)
        if isinstance(right, tuple):
            left, right = right, left
        if isinstance(left, tuple) and type(right) is int and isinstance(node.op, ast.Mult):
            return self.few(node, left * min(right, MOST_ELEMENTS + 1))
        compute = ARITHMETIC.get(type(node.op))
        if compute is None:
            raise self.refusal(node, f"{self.shown(node)} is not read: nothing is evaluated; {ACCEPTED}")
        try:
            found = compute(self._number(node.left, node), self._number(node.right, node))
        except (ZeroDivisionError, OverflowError) as error:
            raise self.refusal(node, f"{self.shown(node)}: {error}") from error
        if abs(found) >= LARGEST:
            raise self.refusal(node, "the number is beyond 64 bits")
        return found

    def few(self, node: ast.expr, elements: tuple[Argument, ...]) -> tuple[Argument, ...]:
        if _count(elements) > MOST_ELEMENTS:
            raise self.refusal(node, f"{self.shown(node)} has more than {MOST_ELEMENTS} elements")
        return elements

    def shown(self, node: ast.AST) -> str:
        source = ast.get_source_segment(self._text, node) or type(node).__name__
        return source if len(source) <= 40 else f"{source[:37]}..."

    def place(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        line = lines_of(self._text)[node.lineno - 1]
        return node.lineno, len(line.encode()[: node.col_offset].decode()) + 1

    def refusal(self, node: ast.expr | ast.stmt, message: str) -> CallError:
        """The error that points at a node."""
        return pointing(self._text, message, *self.place(node))


def _count(argument: Argument) -> int:
    return sum(map(_count, argument)) if isinstance(argument, tuple) else 1

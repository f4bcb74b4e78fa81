"""Inputs as lines of Python that make the same bytes: literal numbers written out, generators in their own source.

Knows: the text of `conformance.suite.generators`. Must not know: plans (`conformance.adapters.script` prints them).

What is listed of the generators is the one function, and everything in its module that it needs. A stand-in with the
numbers filled in takes the place of the request.
"""

import ast
import inspect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, TypeAlias

import numpy as np

from conformance.suite import generators
from conformance.suite.case import Call, Generated, Inputs, Nested
from conformance.suite.case import Literal as LiteralInputs
from conformance.suite.dtypes import FORMATS
from conformance.suite.generators import GENERATORS
from conformance.suite.inputs import literal_array
from reference.arguments import channels_last

WIDTH = 110
"""of a line of literal numbers"""

_Definition: TypeAlias = ast.FunctionDef | ast.ClassDef


@dataclass(frozen=True, slots=True)
class InputsListing:
    """Lines that leave `value` and `filter`, contiguous, in the call's dtype and layouts."""

    imports: tuple[str, ...]
    definitions: tuple[str, ...]
    """functions and classes, in an order in which they can be read"""
    lines: tuple[str, ...]


def list_inputs(trial_id: str, call: Call, inputs: Inputs) -> InputsListing:
    """The lines for what `conformance.suite.inputs.generate` makes of the same arguments."""
    match inputs:
        case LiteralInputs(value, filter):
            lines = (
                _literal("value", value, call.value_shape, call),
                _literal("filter", filter, call.filter_shape, call),
            )
            return InputsListing(_imports(call.dtype), (), (_dtype(call.dtype), *lines))
        case Generated() if call.geometry is None:
            shapes = (("value", call.value_shape), ("filter", call.filter_shape))
            ones = (f"{operand} = np.ones({shape}, dtype)" for operand, shape in shapes)
            return InputsListing(_imports(call.dtype), (), (_dtype(call.dtype), *ones))
        case Generated(name):
            return _generated(name, f"{trial_id}/{name}", call)


def _imports(dtype: str) -> tuple[str, ...]:
    return ("import numpy as np", "import ml_dtypes") if dtype == "bfloat16" else ("import numpy as np",)


def _dtype(dtype: str) -> str:
    return "dtype = np.dtype(ml_dtypes.bfloat16)" if dtype == "bfloat16" else f'dtype = np.dtype("{dtype}")'


def _literal(operand: str, numbers: Nested, shape: tuple[int, ...], call: Call) -> str:
    array = literal_array(numbers, shape, FORMATS[call.dtype].numpy).astype(np.float64)
    if array.size == 0:
        return f"{operand} = np.zeros({shape}, dtype)"
    text = np.array2string(
        array,
        max_line_width=WIDTH,
        separator=", ",
        prefix=f"{operand} = np.array(",
        threshold=array.size,
        formatter={"float": _number},
    )
    rows = "\n".join(line for line in text.splitlines() if line)
    return f"{operand} = np.array({rows}, dtype)"


def _number(number: np.floating[Any]) -> str:
    """The number as Python reads it back, bit for bit."""
    if np.isnan(number):
        return "np.nan"
    if np.isinf(number):
        return "np.inf" if number > 0 else "-np.inf"
    return repr(float(number))


def _generated(name: str, seed: str, call: Call) -> InputsListing:
    function = GENERATORS[name].fill
    assert inspect.isfunction(function)
    module = _module()
    needed = module.needed(function.__name__)
    imports = {module.imports[name] for name in needed if name in module.imports}
    lines = (
        _dtype(call.dtype),
        *_request(call),
        f"value, filter = {function.__name__}(Words({seed!r}), request)",
        "value, filter = value.astype(dtype), filter.astype(dtype)",
    )
    return InputsListing(
        (*_imports(call.dtype), "from types import SimpleNamespace", *sorted(imports)),
        tuple(text for name, text in module.definitions.items() if name in needed),
        lines,
    )


def _request(call: Call) -> tuple[str, ...]:
    """The stand-in for `generators.Request` and its format, as `conformance.suite.inputs` fills them in."""
    assert call.geometry is not None
    numbers = {
        "value_shape": call.value_shape,
        "filter_shape": call.filter_shape,
        "channel_axis": len(call.value_shape) - 1 if channels_last(call.data_format) else 1,
        "products": call.geometry.most_products,
    }
    return (
        "request = SimpleNamespace(",
        *(f"    {name}={number!r}," for name, number in numbers.items()),
        "    format=SimpleNamespace(",
        *(f"        {name}={number!r}," for name, number in asdict(FORMATS[call.dtype]).items()),
        "    ),",
        ")",
    )


@dataclass(frozen=True, slots=True)
class _Module:
    """The module of the generators, taken apart."""

    imports: Mapping[str, str]
    """the statement that imports a name"""
    definitions: Mapping[str, str]
    """the source of each function and class"""
    uses: Mapping[str, frozenset[str]]
    """the names in a definition, but for those in its annotations, which are never evaluated"""

    def needed(self, *names: str) -> frozenset[str]:
        """The names, `Words`, and all that these need, transitively."""
        found: set[str] = set()
        waiting = ["Words", *names]
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += self.uses.get(name, ())
        return frozenset(found)


@cache
def _module() -> _Module:
    text = inspect.getsource(generators)
    statements = ast.parse(text).body
    definitions = {each.name: each for each in statements if isinstance(each, _Definition)}
    sources = {name: ast.get_source_segment(text, each) or "" for name, each in definitions.items()}
    uses = {name: frozenset(_names(each)) for name, each in definitions.items()}
    return _Module(_imported(statements), sources, uses)


def _imported(statements: Sequence[ast.stmt]) -> dict[str, str]:
    imports: dict[str, str] = {}
    for statement in statements:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            lead = f"from {statement.module} import" if isinstance(statement, ast.ImportFrom) else "import"
            for alias in statement.names:
                imports[alias.asname or alias.name] = f"{lead} {ast.unparse(alias)}"
    return imports


def _names(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name):
        yield node.id
    for field, child in ast.iter_fields(node):
        if field not in ("annotation", "returns"):
            for each in child if isinstance(child, list) else [child]:
                if isinstance(each, ast.AST):
                    yield from _names(each)

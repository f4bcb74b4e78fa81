"""Inputs as lines of Python that make the same bytes: literal numbers written out, generators in their own source.

Knows: the text of `conformance.suite.generators`. Must not know: plans (`conformance.adapters.script` prints them).

What is listed of the generators is the one function, and everything in its module that it needs. A stand-in with the
numbers filled in takes the place of the request.
"""

import ast
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from functools import cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from conformance.operators.convolution.call import Convolution, RightConvolution
from conformance.operators.convolution.inputs import factor_names, literal_arrays, request_of
from conformance.suite import generators
from conformance.suite.case import Generated, Inputs
from conformance.suite.case import Literal as LiteralInputs
from conformance.suite.dtypes import FORMATS
from conformance.suite.generators import GENERATORS, Generator
from conformance.suite.source import InputsListing

WIDTH = 110
"""of a line of literal numbers"""

_Definition: TypeAlias = ast.FunctionDef | ast.ClassDef


def list_inputs(trial_id: str, call: Convolution, inputs: Inputs) -> InputsListing:
    """The lines for what `conformance.operators.convolution.inputs.generate` makes of the same arguments."""
    match inputs:
        case LiteralInputs():
            arrays = literal_arrays(inputs, call)
            lines = (_literal(operand, array) for operand, array in arrays.items())
            return InputsListing(_imports(call.dtype), (), (_dtype(call.dtype), *lines))
        case Generated() if not isinstance(call, RightConvolution):
            ones = (
                f"{operand} = np.ones({shape}, {_own_dtype(call, operand)})" for operand, shape in call.operands.items()
            )
            dtypes = [call.dtype_of(operand) for operand in call.operands]
            return InputsListing(
                _imports("bfloat16" if "bfloat16" in dtypes else call.dtype), (), (_dtype(call.dtype), *ones)
            )
        case Generated(name):
            return _generated(name, f"{trial_id}/{name}", call)


def _imports(dtype: str) -> tuple[str, ...]:
    return ("import numpy as np", "import ml_dtypes") if dtype == "bfloat16" else ("import numpy as np",)


def _own_dtype(call: Convolution, operand: str) -> str:
    return "dtype" if call.dtype_of(operand) == call.dtype else _dtype(call.dtype_of(operand)).partition(" = ")[2]


def _dtype(dtype: str) -> str:
    return "dtype = np.dtype(ml_dtypes.bfloat16)" if dtype == "bfloat16" else f'dtype = np.dtype("{dtype}")'


def _literal(operand: str, numbers: NDArray[Any]) -> str:
    array = numbers.astype(np.complex128 if numbers.dtype.kind == "c" else np.float64).real
    if array.size == 0:
        return f"{operand} = np.zeros({array.shape}, dtype)"
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


def _generated(name: str, seed: str, call: RightConvolution) -> InputsListing:
    generator = GENERATORS[name]
    functions: list[Callable[..., Any]] = [generator.fill]
    if call.bias and generator.bias is not None:
        functions.append(generator.bias)
    module = _module()
    needed = module.needed(*(_function_name(function) for function in functions))
    imports = {module.imports[name] for name in needed if name in module.imports}
    signs = any("words.signs(" in line for line in _filling(generator, seed, call))
    if signs:
        imports.add(module.imports["prod"])
    return InputsListing(
        (*_imports(call.dtype), "from types import SimpleNamespace", *sorted(imports)),
        tuple(text for name, text in module.definitions.items() if name in needed),
        (_dtype(call.dtype), *_request(call), *_parts(generator, seed, call), _converted(call)),
    )


def _parts(generator: Generator, seed: str, call: Convolution) -> tuple[str, ...]:
    """The operands in float64; of a complex call the imaginary parts too, from words of their own."""
    if FORMATS[call.dtype].kind != "complex":
        return _filling(generator, seed, call)
    names = ", ".join(call.operands)
    whole = (f"{name} = {name}_real + 1j * {name}" for name in call.operands)
    kept = f"{', '.join(f'{name}_real' for name in call.operands)} = {names}"
    return (*_filling(generator, seed, call), kept, *_filling(generator, f"{seed}/imaginary", call), *whole)


def _filling(generator: Generator, seed: str, call: Convolution) -> tuple[str, ...]:
    """What `conformance.operators.convolution.inputs` does to fill a call's operands, in its order."""
    names = factor_names(call)
    lines = [f"words = Words({seed!r})", f"{', '.join(names)} = {_function_name(generator.fill)}(words, request)"]
    forward_bias = call.bias and call.direction == "forward"
    if forward_bias and generator.bias is not None:
        lines.append(f"bias = {_function_name(generator.bias)}(words, request, {call.bias_shape[0]})")
    idle = [name for name in call.operands if name not in names and not (name == "bias" and forward_bias)]
    idle += ["bias"] if call.direction == "bias_gradient" else []
    ordered = [name for name in call.operands if name in idle]
    return (
        *lines,
        *(
            f"{name} = words.signs(prod({shape})).astype(np.float64).reshape({shape})"
            for name, shape in ((name, call.operands[name]) for name in ordered)
        ),
    )


def _converted(call: Convolution) -> str:
    names = ", ".join(call.operands)
    return f"{names} = {', '.join(f'{name}.astype(dtype)' for name in call.operands)}"


def _function_name(function: Callable[..., Any]) -> str:
    assert inspect.isfunction(function)
    return function.__name__


def _request(call: RightConvolution) -> tuple[str, ...]:
    """The stand-in for `generators.Request` and its format, as `inputs` fills them in."""
    request = request_of(call)
    numbers = {field.name: getattr(request, field.name) for field in fields(request) if field.name != "format"}
    return (
        "request = SimpleNamespace(",
        *(f"    {name}={number!r}," for name, number in numbers.items()),
        "    format=SimpleNamespace(",
        *(f"        {name}={number!r}," for name, number in asdict(request.format).items()),
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

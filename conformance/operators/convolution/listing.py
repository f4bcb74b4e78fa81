"""Inputs as lines of Python that make the same bytes: literal numbers written out, generators in their own source.

Knows: the text of `generators.py` and of what it is made of. Must not know: plans (`conformance.adapters.script` prints
them).

What is listed of the generators is the one function, and everything in its module that it needs. A stand-in with the
numbers filled in takes the place of the request.
"""

import inspect
from collections.abc import Callable
from dataclasses import asdict, fields
from typing import Any

from conformance.operators.convolution import generators
from conformance.operators.convolution.call import Convolution, RightConvolution
from conformance.operators.convolution.generators import GENERATORS, Generator
from conformance.operators.convolution.inputs import factor_names, literal_arrays, request_of
from conformance.operators.filling import dtype_name
from conformance.suite import generating
from conformance.suite.case import Generated, Inputs
from conformance.suite.case import Literal as LiteralInputs
from conformance.suite.dtypes import FORMATS
from conformance.suite.source import InputsListing, definitions_of, dtype_line, import_lines, literal_line


def list_inputs(trial_id: str, call: Convolution, inputs: Inputs) -> InputsListing:
    """The lines for what `conformance.operators.convolution.inputs.generate` makes of the same arguments."""
    match inputs:
        case LiteralInputs():
            arrays = literal_arrays(inputs, call)
            lines = (literal_line(operand, array) for operand, array in arrays.items())
            return InputsListing(import_lines(call.dtype), (), (dtype_line(call.dtype), *lines))
        case Generated() if not isinstance(call, RightConvolution):
            ones = (
                f"{operand} = np.ones({shape}, {dtype_name(call, operand)})" for operand, shape in call.operands.items()
            )
            dtypes = [call.dtype_of(operand) for operand in call.operands]
            return InputsListing(
                import_lines("bfloat16" if "bfloat16" in dtypes else call.dtype), (), (dtype_line(call.dtype), *ones)
            )
        case Generated(name):
            return _generated(name, f"{trial_id}/{name}", call)


def _generated(name: str, seed: str, call: RightConvolution) -> InputsListing:
    generator = GENERATORS[name]
    functions: list[Callable[..., Any]] = [generator.fill]
    if call.bias and generator.bias is not None:
        functions.append(generator.bias)
    needed = definitions_of((generating, generators), "Words", *(_function_name(function) for function in functions))
    signs = any("words.signs(" in line for line in _filling(generator, seed, call))
    converted = f"{', '.join(call.operands)} = {', '.join(f'{name}.astype(dtype)' for name in call.operands)}"
    imports = sorted({*needed.imports, *(("from math import prod",) if signs else ())})
    return InputsListing(
        (*import_lines(call.dtype), "from types import SimpleNamespace", *imports),
        needed.definitions,
        (dtype_line(call.dtype), *_request(call), *_parts(generator, seed, call), converted),
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

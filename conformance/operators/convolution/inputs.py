"""Inputs: the arrays of a trial, seeded by its id, with the same bytes on every machine.

Knows: trials' calls and generators. Must not know: results (`conformance.operators.convolution.oracle`).
"""

from collections.abc import Mapping
from dataclasses import replace
from math import prod
from typing import TypeAlias

import numpy as np

from conformance.operators.convolution.call import Convolution, RightConvolution
from conformance.operators.convolution.generators import GENERATORS, Array, Generator, Request
from conformance.suite.case import Generated, Inputs
from conformance.suite.case import Literal as LiteralInputs
from conformance.suite.dtypes import FORMATS
from conformance.suite.generating import Unfit, Words
from conformance.suite.literal import literal_operands

Operands: TypeAlias = Mapping[str, Array]
"""a call's arrays by name, in the call's dtype and layouts, contiguous"""

# Fewer for complex numbers: a part sums twice as many products, of sums of parts where three multiplications do
COMPLEX_BITS = 3


def generate(trial_id: str, call: Convolution, inputs: Inputs) -> Operands:
    """The trial's operands.

    A call that is wrong on purpose gets ones: nothing is computed from them.

    Raises Unfit for a generator that cannot keep its promise for this geometry.
    """
    match inputs:
        case LiteralInputs():
            return literal_arrays(inputs, call)
        case Generated(name):
            if not isinstance(call, RightConvolution):
                return {
                    operand: np.ones(shape, dtype=FORMATS[call.dtype_of(operand)].numpy)
                    for operand, shape in call.operands.items()
                }
            return fill(GENERATORS[name], call, f"{trial_id}/{name}")


def fill(generator: Generator, call: RightConvolution, seed: str) -> Operands:
    """A right call's operands from a generator and a seed.

    Raises Unfit for a generator that cannot keep its promise for this geometry.
    """
    check_fit(generator, call)
    parts = [_filled(generator, call, Words(seed))]
    if FORMATS[call.dtype].kind == "complex":
        imaginary = _filled(generator, call, Words(f"{seed}/imaginary"))
        parts = [{name: real + 1j * imaginary[name] for name, real in parts[0].items()}]
    dtype = FORMATS[call.dtype].numpy
    return {name: parts[0][name].astype(dtype) for name in call.operands}


def check_fit(generator: Generator, call: RightConvolution) -> None:
    """Raise Unfit where the generator cannot keep its promise for a right call, before any array exists."""
    kind = FORMATS[call.dtype].kind
    if kind not in generator.kinds:
        fitting = ", ".join(name for name, each in GENERATORS.items() if kind in each.kinds)
        raise Unfit(f"this generator does not fill {call.dtype}; those of {kind} numbers are {fitting}")
    if call.bias and call.direction == "forward" and generator.bias is None:
        raise Unfit("this generator leaves no room for a bias")
    if generator.needs_bias and not (call.bias and call.direction == "forward"):
        raise Unfit("this generator is about a bias, and goes with `bias: true` and the direction forward alone")
    generator.check(request_of(call))


def quantum_of(call: RightConvolution, inputs: Inputs) -> float:
    """Of which every product of a right call is a whole multiple, where its inputs promise that."""
    return GENERATORS[inputs.generator].quantum(request_of(call)) if isinstance(inputs, Generated) else 1.0


def factor_names(call: Convolution) -> tuple[str, str]:
    """The operands whose products are summed, in the order of a generator's factors."""
    match call.direction:
        case "forward":
            return "value", "filter"
        case "value_gradient":
            return "cotangent", "filter"
        case "filter_gradient":
            return "value", "cotangent"
        case "bias_gradient":
            return "cotangent", "bias"


def with_zeros(call: Convolution, factors: Operands) -> Operands:
    """The operands of the call, in order and in its dtype: the factors, and zeros for what nothing depends on."""
    numpy = FORMATS[call.dtype].numpy
    zeros = {name: np.zeros(shape, dtype=numpy) for name, shape in call.operands.items()}
    return {**zeros, **{name: array.astype(numpy, copy=False) for name, array in factors.items()}}


def literal_arrays(inputs: LiteralInputs, call: Convolution) -> Operands:
    """The operands that a case writes out; raises Unfit as `conformance.suite.literal.literal_operands` does."""
    return literal_operands(inputs, call.operands, FORMATS[call.dtype].numpy)


def request_of(call: RightConvolution) -> Request:
    """What a generator has to fill for a right call."""
    target = call.definition.target(call.direction)
    first, second = (call.operands[name] for name in factor_names(call))
    channel_axis = len(first) - 1 if call.last else 1
    if target is None:
        products = prod(first) // max(first[channel_axis], 1)
    else:
        products = call.geometry.most_terms(target) + (call.bias and call.direction == "forward")
    form = FORMATS[call.dtype]
    if form.kind == "complex":
        form = replace(form, significand=form.significand - COMPLEX_BITS)
    return Request(first, second, channel_axis, products, form, _summed_axis(call))


def _filled(generator: Generator, call: RightConvolution, words: Words) -> dict[str, Array]:
    """The factors by the generator, a bias by what it has for one, and signs for operands that nothing depends on."""
    request = request_of(call)
    names = factor_names(call)
    filled = dict(zip(names, generator.fill(words, request), strict=True))
    if call.bias and call.direction == "forward":
        assert generator.bias is not None
        filled["bias"] = generator.bias(words, request, call.bias_shape[0])
    for name, shape in call.operands.items():
        if name not in filled or (name == "bias" and call.direction != "forward"):
            filled[name] = words.signs(prod(shape)).astype(np.float64).reshape(shape)
    return filled


def _summed_axis(call: RightConvolution) -> int | None:
    """The axis of the second factor whose channels meet all those of the first."""
    if call.geometry.groups > 1 or call.definition.depthwise or call.direction in ("filter_gradient", "bias_gradient"):
        return None
    return -1 if call.definition.transposed == (call.direction == "forward") else -2

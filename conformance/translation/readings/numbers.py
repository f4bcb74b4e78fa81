"""Numbers per axis, as PyTorch and JAX take them. Raises errors that point at the argument."""

from conformance.adapters.plan import Argument
from conformance.translation.meaning import SPATIAL
from conformance.translation.signature import Arguments


def per_axis(arguments: Arguments, name: str, *, least: int, from_one: bool) -> tuple[int, int]:
    """An argument's numbers for height and width, each at least `least`; `from_one` lets one number stand for both."""
    given = arguments[name]
    numbers = _integers(given)
    if from_one and numbers is not None and len(numbers) == 1:
        numbers = numbers * 2
    if numbers is None or len(numbers) != 2 or (not from_one and not isinstance(given, tuple)):
        expected = "an integer or two" if from_one else "a tuple of two integers"
        raise arguments.wrong(name, f"{name} is {given!r}; expected {expected}")
    for axis, number in zip(SPATIAL, numbers, strict=True):
        if number < least:
            raise arguments.wrong(name, f"{name} is {number} on {axis}; it must be at least {least}")
    return numbers[0], numbers[1]


def pairs(given: Argument) -> tuple[tuple[int, int], ...] | None:
    """Two pairs of integers, None for anything else."""
    if not isinstance(given, tuple) or len(given) != 2:
        return None
    numbers = [_integers(pair) for pair in given if isinstance(pair, tuple)]
    found = tuple((pair[0], pair[1]) for pair in numbers if pair is not None and len(pair) == 2)
    return found if len(found) == 2 else None


def four_axes(arguments: Arguments) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The shapes of value and filter; raises for other ranks and negative lengths."""
    shapes = (arguments.value_shape, arguments.filter_shape)
    for name, shape in zip(arguments.signature.operands, shapes, strict=True):
        if len(shape) != 4:
            raise arguments.wrong(name, f"{name} has shape {list(shape)}; calls of two spatial axes are read, rank 4")
        if min(shape) < 0:
            raise arguments.wrong(name, f"{name} has shape {list(shape)}; no length is negative")
    return shapes


def _integers(given: Argument) -> tuple[int, ...] | None:
    """Integers, an integer as one; None where anything else is among them. A boolean is none."""
    candidates = given if isinstance(given, tuple) else (given,)
    numbers = tuple(each for each in candidates if type(each) is int)
    return numbers if len(numbers) == len(candidates) else None

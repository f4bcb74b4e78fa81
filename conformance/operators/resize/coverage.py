"""What the trials of a resize can ask: the values that its facts have, in the classes that are counted.

Knows: facts, generators. Must not know: calls, who counts (`conformance.suite.lattice`).
"""

from collections.abc import Callable

from conformance.operators.kind import Facts
from conformance.operators.resize.generators import GENERATORS
from conformance.suite.dtypes import FORMATS
from conformance.suite.lattice import Column, Parameter
from reference.family import Operator
from reference.resize.family import COORDINATES, METHODS, NEAREST_MODES

# A vector register of 512 bits holds as many numbers of 32 bits: more channels take more than one.
MANY_CHANNELS = 16


def _asked(_: str, column: Column) -> bool:
    """What is weighted is real; a copy of the nearest element may be an integer."""
    return column[0] in ("forward", "value_gradient") and FORMATS[column[1]].kind == "real"


def _copied(_: str, column: Column) -> bool:
    return column[0] in ("forward", "value_gradient") and FORMATS[column[1]].kind in ("real", "integer")


def _method(value: str, column: Column) -> bool:
    return _copied(value, column) if value == "nearest" else _asked(value, column)


def _numbers(value: str, column: Column) -> bool:
    """Special numbers have no gradient."""
    return (
        _copied(value, column)
        if value == "whole"
        else _asked(value, column) and (value == "real" or column[0] == "forward")
    )


def _parameter(
    name: str,
    values: tuple[str, ...],
    of: Callable[[Facts], tuple[str, ...]],
    possible: Callable[[str, Column], bool] = _copied,
    several: tuple[str, ...] = (),
) -> Parameter:
    """`several` are values where there is more than one spatial axis."""

    def of_operator(operator: Operator) -> tuple[str, ...]:
        return (*values, *(several if operator.rank > 1 else ()))

    return Parameter(name, of_operator, of, possible)


def _weighted(name: str) -> Callable[[Facts], tuple[str, ...]]:
    """A yes or no of what is weighted."""
    return lambda facts: () if facts["method"] == "nearest" else ("yes" if facts[name] else "no",)


def _known(name: str) -> Callable[[Facts], tuple[str, ...]]:
    return lambda facts: () if facts[name] is None else (str(facts[name]),)


def _antialias(facts: Facts) -> tuple[str, ...]:
    if facts["method"] == "nearest":
        return ()
    return ("stretched",) if facts["stretched"] else ("yes" if facts["antialias"] else "no",)


PARAMETERS = (
    _parameter("method", METHODS, _known("method"), _method),
    _parameter("coordinates", COORDINATES, _known("coordinates")),
    _parameter("nearest mode", NEAREST_MODES, _known("nearest_mode")),
    _parameter("cubic coefficient", ("-0.5", "-0.75"), _known("cubic_coeff_a"), _asked),
    _parameter("outside excluded", ("no", "yes"), _weighted("exclude_outside"), _asked),
    _parameter("antialias", ("no", "yes", "stretched"), _antialias, _asked),
    _parameter("scale", ("lengths", "given", "recomputed"), _known("scale")),
    _parameter("lengths", ("longer", "shorter", "alike"), _known("lengths"), several=("both",)),
    _parameter("ratio", ("whole", "fractional"), lambda facts: ("whole" if facts["whole_ratios"] else "fractional",)),
    _parameter("channels first", ("no", "yes"), lambda facts: ("yes" if facts["channels_first"] else "no",)),
    _parameter("batch", ("0", "1", "2+"), lambda facts: (str(facts["batch"]) if facts["batch"] in (0, 1) else "2+",)),
    _parameter(
        "channels",
        ("1", "2 to 15", "16+"),
        lambda facts: ("1" if (n := facts["channels_in"]) == 1 else "2 to 15" if n < MANY_CHANNELS else "16+",),
    ),
    _parameter(
        "numbers",
        ("whole", "real", "special"),
        lambda facts: ("written out" if facts["inputs"] == "literal" else GENERATORS[facts["inputs"]].numbers,),
        _numbers,
    ),
)

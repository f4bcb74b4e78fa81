"""What the trials of a convolution can ask: the values that its facts have, in the classes that are counted.

Knows: facts, generators. Must not know: calls, who counts (`conformance.suite.lattice`).
"""

from collections.abc import Callable
from dataclasses import replace

from conformance.operators.classes import holding, kernel_classes, stride_classes
from conformance.operators.convolution.generators import GENERATORS
from conformance.operators.kind import Facts
from conformance.suite.dtypes import FORMATS, SUMMED
from conformance.suite.lattice import Column, Parameter
from reference.family import Operator

# Vector registers hold 4 to 16 numbers; the blocks of matrix products are of 64 and more.
FEW_CHANNELS, MANY_CHANNELS = 16, 64


def _kernels(facts: Facts) -> tuple[str, ...]:
    more = {"beyond the value": "kernel_beyond_input", "below the stride": "kernel_below_stride"}
    return kernel_classes(facts, {name: facts[fact] for name, fact in more.items()})


def _groups(facts: Facts) -> tuple[str, ...]:
    if facts["multiplier"] is not None:
        return ("multiplier 1" if facts["multiplier"] == 1 else "multiplier 2+",)
    return ("2+" if facts["grouped"] else "1",)


def _batches(facts: Facts) -> tuple[str, ...]:
    return (str(facts["batch"]) if facts["batch"] in (0, 1) else "2+",)


def _channels(facts: Facts) -> tuple[str, ...]:
    channels = (facts["channels_in"], facts["channels_out"])
    most = max(channels)
    size = "64+" if most >= MANY_CHANNELS else "16+" if most >= FEW_CHANNELS else "2 to 15"
    return holding({"1": 1 in channels, size: most > 1, "odd": any(each % 2 and each > 1 for each in channels)})


def _outputs(facts: Facts) -> tuple[str, ...]:
    return () if facts["output_choice"] is None else (
        facts["output_choice"], *holding({"beyond the full": facts["beyond_full"]})
    )  # fmt: skip


def _numbers(facts: Facts) -> tuple[str, ...]:
    if facts["inputs"] == "literal":
        return ("written out",)
    judged = GENERATORS[facts["inputs"]].judged
    return ({"exact": "whole", "bound": "real", "footprint": "special", "profile": "masking"}[judged],)


def _numbers_possible(value: str, column: Column) -> bool:
    direction, dtype = column
    kind = FORMATS[dtype].kind
    return kind != "integer" if value == "real" else value == "whole" or (kind == "real" and direction == "forward")


def _of_rank(*values: str, several: tuple[str, ...] = ()) -> Callable[[Operator], tuple[str, ...]]:
    """The values, and `several` where there is more than one spatial axis."""
    return lambda operator: (*values, *(several if operator.rank > 1 else ()))


_PARAMETERS = (
    Parameter(
        "padding",
        _of_rank("SAME", "VALID", "explicit"),
        lambda facts: (facts["padding"].replace("EXPLICIT", "explicit"),),
    ),
    Parameter("stride", _of_rank("1", "2", "3+", several=("unequal",)), stride_classes),
    Parameter("dilation", _of_rank("1", "2+"), lambda facts: ("2+" if facts["dilated"] else "1",)),
    Parameter(
        "kernel", _of_rank("1", "odd", "even", "beyond the value", "below the stride", several=("oblong",)), _kernels
    ),
    Parameter("data_format", lambda operator: operator.data_formats, lambda facts: (facts["data_format"],)),
    Parameter(
        "groups", lambda operator: ("multiplier 1", "multiplier 2+") if operator.depthwise else ("1", "2+"), _groups
    ),
    Parameter(
        "bias",
        _of_rank("without", "with"),
        lambda facts: ("with" if facts["bias"] else "without",),
        lambda value, column: value == "with" or column[0] != "bias_gradient",
    ),
    Parameter("batch", _of_rank("0", "1", "2+"), _batches),
    Parameter("channels", _of_rank("1", "odd", "2 to 15", "16+", "64+"), _channels),
    Parameter(
        "output",
        lambda operator: ("only", "smallest", "between", "largest", "beyond the full") if operator.transposed else (),
        _outputs,
    ),
    Parameter("numbers", _of_rank("whole", "real", "special"), _numbers, _numbers_possible),
)


def _summed(parameter: Parameter) -> Parameter:
    """The parameter, asked in the dtypes that hold sums."""
    return replace(parameter, possible=lambda value, column: column[1] in SUMMED and parameter.possible(value, column))


PARAMETERS: tuple[Parameter, ...] = tuple(map(_summed, _PARAMETERS))

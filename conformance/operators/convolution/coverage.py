"""What the trials of a convolution can ask: its parameters and their values.

Knows: calls, geometries, generators. Must not know: who counts (`conformance.suite.lattice`).
"""

from collections.abc import Callable

from conformance.operators.convolution.call import Convolution, ConvolutionTrial
from conformance.suite.case import Generated
from conformance.suite.dtypes import FORMATS
from conformance.suite.generators import GENERATORS
from conformance.suite.lattice import Column, Parameter
from reference.family import Operator
from reference.geometry import Axis, AxisPadding, legal_output_lengths
from reference.spelling import axis_paddings

FEW_CHANNELS, MANY_CHANNELS = 16, 64


def _axes(trial: ConvolutionTrial) -> tuple[Axis, ...]:
    return trial.call.geometry.axes


def _paddings(trial: ConvolutionTrial) -> tuple[str, ...]:
    return (trial.call.padding if isinstance(trial.call.padding, str) else "explicit",)


def _strides(trial: ConvolutionTrial) -> tuple[str, ...]:
    strides = {axis.stride for axis in _axes(trial)}
    if len(strides) > 1:
        return ("unequal",)
    (stride,) = strides
    return (str(stride) if stride < 3 else "3+",)


def _dilations(trial: ConvolutionTrial) -> tuple[str, ...]:
    return ("2+" if any(axis.dilation > 1 for axis in _axes(trial)) else "1",)


def _kernels(trial: ConvolutionTrial) -> tuple[str, ...]:
    axes = _axes(trial)
    kernels = {axis.kernel for axis in axes}
    shape = "oblong" if len(kernels) > 1 else "1" if kernels == {1} else "even" if min(kernels) % 2 == 0 else "odd"
    given = [axis.input if trial.call.definition.transposed else axis.output for axis in axes]
    beyond = any(axis.extent > length for axis, length in zip(axes, given, strict=True))
    below = any(axis.kernel < axis.stride for axis in axes)
    return (shape, *(("beyond the value",) if beyond else ()), *(("below the stride",) if below else ()))


def _data_formats(trial: ConvolutionTrial) -> tuple[str, ...]:
    return (trial.call.definition.data_formats[0 if trial.call.last else 1],)


def _groups(trial: ConvolutionTrial) -> tuple[str, ...]:
    call = trial.call
    if call.definition.depthwise:
        return ("multiplier 1" if call.filter_shape[-1] == 1 else "multiplier 2+",)
    return ("1" if call.groups == 1 else "2+",)


def _batches(trial: ConvolutionTrial) -> tuple[str, ...]:
    batch = trial.call.geometry.batch
    return (str(batch) if batch < 2 else "2+",)


def _channels(trial: ConvolutionTrial) -> tuple[str, ...]:
    channels = (trial.call.geometry.channels_in, trial.call.geometry.channels_out)
    most = max(channels)
    size = "64+" if most >= MANY_CHANNELS else "16+" if most >= FEW_CHANNELS else "2 to 15"
    kinds = {"1": 1 in channels, size: most > 1, "odd": any(number % 2 and number > 1 for number in channels)}
    return tuple(kind for kind, is_so in kinds.items() if is_so)


def _outputs(trial: ConvolutionTrial) -> tuple[str, ...]:
    if not trial.call.definition.transposed:
        return ()
    axes = _axes(trial)
    legal = [_legal(axis, rule) for axis, rule in zip(axes, _rules(trial.call), strict=True)]
    lengths = [axis.output for axis in axes]
    found = []
    if all(len(each) == 1 for each in legal):
        found.append("only")
    elif lengths == [each[0] for each in legal]:
        found.append("smallest")
    elif lengths == [each[-1] for each in legal]:
        found.append("largest")
    else:
        found.append("between")
    return (*found, *(("beyond the full",) if any(axis.crop_after < 0 for axis in axes) else ()))


def _legal(axis: Axis, rule: AxisPadding) -> range:
    return legal_output_lengths(axis.input, axis.kernel, axis.stride, axis.dilation, rule)


def _rules(call: Convolution) -> tuple[AxisPadding, ...]:
    return tuple(axis_paddings(call.padding, call.data_format, call.definition.rank))


def _numbers(trial: ConvolutionTrial) -> tuple[str, ...]:
    if not isinstance(trial.inputs, Generated):
        return ("written out",)
    judged = GENERATORS[trial.inputs.generator].judged
    return ({"exact": "whole", "bound": "real", "footprint": "special", "profile": "masking"}[judged],)


def _numbers_possible(value: str, column: Column) -> bool:
    direction, dtype = column
    kind = FORMATS[dtype].kind
    return kind != "integer" if value == "real" else value == "whole" or (kind == "real" and direction == "forward")


def _of_rank(*values: str, several: tuple[str, ...] = ()) -> Callable[[Operator], tuple[str, ...]]:
    """The values, and `several` where there is more than one spatial axis."""
    return lambda operator: (*values, *(several if operator.rank > 1 else ()))


PARAMETERS: tuple[Parameter, ...] = (
    Parameter("padding", _of_rank("SAME", "VALID", "explicit"), _paddings),
    Parameter("stride", _of_rank("1", "2", "3+", several=("unequal",)), _strides),
    Parameter("dilation", _of_rank("1", "2+"), _dilations),
    Parameter(
        "kernel", _of_rank("1", "odd", "even", "beyond the value", "below the stride", several=("oblong",)), _kernels
    ),
    Parameter("data_format", lambda operator: operator.data_formats, _data_formats),
    Parameter(
        "groups", lambda operator: ("multiplier 1", "multiplier 2+") if operator.depthwise else ("1", "2+"), _groups
    ),
    Parameter(
        "bias",
        _of_rank("without", "with"),
        lambda trial: ("with" if trial.call.bias else "without",),
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

"""Valid calls that are refused.

Knows: legal problems. Raises what a framework would, an exception of its own inside the call.
"""

from conformance.operators.convolution.mutants.fault import Condition, Fault, wrong
from conformance.operators.convolution.mutants.problem import Problem


class Unimplemented(Exception):
    """What the pretended framework says to a call that it does not have."""


def _refused(_: Problem) -> Problem:
    raise Unimplemented("this engine does not have that")


def _fault(name: str, summary: str, where: Condition, known_bug: str | None = None) -> Fault:
    why = "there is no answer"
    return wrong(name, summary, "", "refused", known_bug=known_bug, where=where, edit=_refused, undiagnosed=why)


def _even_kernel_stride_one(problem: Problem) -> bool:
    """Where output_padding, which is computed as 1, would not be below the stride."""
    return "SAME" in problem.rules and any(axis.kernel % 2 == 0 and axis.stride == 1 for axis in problem.axes)


def _few_strides(problem: Problem) -> bool:
    strides = problem.asked.keywords.strides
    return isinstance(strides, int) or len(strides) < problem.asked.operator.rank + 2


FAULTS = (
    _fault("refuses-even-kernels", "SAME with an even kernel and stride 1 is refused.", _even_kernel_stride_one,
           "https://github.com/keras-team/keras/issues/20949"),
    _fault("refuses-channels-first", "Layouts with the channels first are refused.",
           lambda problem: not problem.asked.last),
    _fault("refuses-dilation", "Dilations are refused.",
           lambda problem: any(axis.dilation > 1 for axis in problem.axes)),
    _fault("refuses-unequal-strides", "Strides that differ between the axes are refused.",
           lambda problem: len({axis.stride for axis in problem.axes}) > 1),
    _fault("refuses-empty-batch", "A batch of none is refused.", lambda problem: len(problem.value) == 0),
    _fault("refuses-short-strides", "Strides that are not those of all axes are refused.", _few_strides),
    _fault("refuses-zero-tail", "Outputs beyond the full result are refused.",
           lambda problem: problem.transposed and any(axis.crop_after < 0 for axis in problem.axes)),
    _fault("refuses-wide-strides", "Strides larger than the kernel are refused.",
           lambda problem: any(axis.stride > axis.kernel for axis in problem.axes)),
)  # fmt: skip

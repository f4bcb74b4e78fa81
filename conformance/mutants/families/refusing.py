"""Valid calls that are refused.

Knows: legal problems. Raises what a framework would, an exception of its own inside the call.
"""

from collections.abc import Callable

from conformance.mutants.fault import Edit, Fault
from conformance.mutants.problem import Problem


class Unimplemented(Exception):
    """What the pretended framework says to a call that it does not have."""


def _fault(name: str, summary: str, condition: Callable[[Problem], bool], known_bug: str | None = None) -> Fault:
    return Fault(name, summary, "arguments", ("refused",), (), known_bug, edit=_unless(condition))


def _unless(condition: Callable[[Problem], bool]) -> Edit:
    def edit(problem: Problem) -> Problem:
        if condition(problem):
            raise Unimplemented("this engine does not have that")
        return problem

    return edit


def _kernel_two_stride_one(problem: Problem) -> bool:
    """Where output_padding, which is computed as 1, would not be below the stride."""
    return "SAME" in problem.paddings and any(axis.kernel % 2 == 0 and axis.stride == 1 for axis in problem.axes)


def _beyond_smallest(problem: Problem) -> bool:
    return any(axis.crop_after < 0 for axis in problem.axes)


def _few_strides(problem: Problem) -> bool:
    strides = problem.keywords.strides
    return isinstance(strides, int) or len(strides) < 4


FAULTS = (
    _fault(
        "refuses-even-kernels",
        "SAME with an even kernel and stride 1 is refused.",
        _kernel_two_stride_one,
        "https://github.com/keras-team/keras/issues/20949",
    ),
    _fault("refuses-channels-first", "NCHW is refused.", lambda problem: not problem.last),
    _fault("refuses-dilation", "Dilations are refused.", lambda problem: any(a.dilation > 1 for a in problem.axes)),
    _fault(
        "refuses-unequal-strides",
        "Strides that differ between the axes are refused.",
        lambda problem: len({axis.stride for axis in problem.axes}) > 1,
    ),
    _fault("refuses-empty-batch", "A batch of none is refused.", lambda problem: len(problem.value) == 0),
    _fault("refuses-short-strides", "Strides that are not four numbers are refused.", _few_strides),
    _fault("refuses-zero-tail", "Outputs beyond the full result are refused.", _beyond_smallest),
    _fault(
        "refuses-wide-strides",
        "Strides larger than the kernel are refused.",
        lambda problem: any(axis.stride > axis.kernel for axis in problem.axes),
    ),
)

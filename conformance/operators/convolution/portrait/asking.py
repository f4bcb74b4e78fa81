"""What a lane is examined by: the call that options make of each subject.

Knows: the options of `conformance diagnose`, and their defaults. Must not know: what is asked of the call.
"""

from collections.abc import Iterator
from itertools import islice

from conformance.errors import UsageError
from conformance.operators.convolution.call import RightConvolution
from conformance.operators.convolution.footprint import one_hot_places
from conformance.operators.convolution.inputs import factor_names
from conformance.operators.convolution.portrait.limits import check_size
from conformance.operators.convolution.subject import PIXELS, ConvolutionSubject, subjects
from conformance.operators.kind import Unusable
from conformance.operators.subject import left_open
from conformance.running.portrait import Options
from conformance.workers.declared import Declared
from reference.errors import ArgumentError

# (length before, length after upsampling, kernel, stride) of each spatial axis: no two lengths that could be taken for
# one another are equal, and the crops of the first two differ on all four sides
AXES = ((4, 8, 3, 2), (5, 5, 4, 1), (3, 7, 2, 3))
BATCH = 2
CHANNELS, CHANNELS_DEPTHWISE = (2, 3), (3, 3)
# To a lane: one for each pixel of a value
MOST_QUESTIONS = 4096


def subjects_asked(declared: Declared, given: Options) -> Iterator[ConvolutionSubject]:
    """What the lane is asked about, until it has words."""
    return subjects(left_open(declared, given), directions=PIXELS)


def witness(subject: ConvolutionSubject, given: Options) -> RightConvolution:
    """The call that the lane is asked; raises UsageError for one that the definition refuses."""
    operator = subject.operator
    coarse, fine, kernel, strides = zip(*AXES[: operator.rank], strict=True)
    defaults = {
        "size": coarse if operator.transposed else fine, "kernel": kernel, "strides": strides, "dilations": 1,
        "channels": CHANNELS_DEPTHWISE if operator.depthwise else CHANNELS, "output": "largest", "groups": 1,
    }  # fmt: skip
    parameters = {name: default if given.get(name) is None else given[name] for name, default in defaults.items()}
    try:
        call = subject.call(batch=BATCH, padding=given["padding"], **parameters)
    except (Unusable, ArgumentError) as error:
        raise UsageError(f"{operator.name}: {error}") from error
    check_size(call)
    questions = sum(1 for _ in islice(one_hot_places(call), MOST_QUESTIONS + 1))
    if questions > MOST_QUESTIONS:
        given_first = factor_names(call)[0]
        raise UsageError(
            f"{operator.name}: a lane is asked once for each pixel of the {given_first}, which is "
            f"{list(call.operands[given_first])}; at most {MOST_QUESTIONS:,} are asked: give a smaller --size"
        )
    target, geometry = operator.target("forward"), call.geometry
    if target is None or not geometry.most_terms(target):
        raise UsageError(f"{operator.name}: no product reaches the result of this call, in which nothing can be seen")
    return call

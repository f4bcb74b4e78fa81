"""The classes in which coverage counts what operators with windows have in common: strides, pads, kernels.

Knows: facts. Must not know: any kind, calls, who counts (`conformance.suite.lattice`).
"""

from conformance.operators.kind import Facts


def padding_classes(facts: Facts) -> tuple[str, ...]:
    """The word, or whether the pairs are even."""
    if facts["padding"] != "EXPLICIT":
        return (facts["padding"],)
    return ("uneven pairs" if facts["uneven_pads"] else "even pairs",)


def stride_classes(facts: Facts) -> tuple[str, ...]:
    """1, 2 or more, where all axes have the same."""
    stride = facts["stride"]
    return ("unequal" if not isinstance(stride, int) else str(stride) if stride < 3 else "3+",)


def kernel_classes(facts: Facts, more: dict[str, bool]) -> tuple[str, ...]:
    """Whether 1, odd or even, where all axes have the same; and of `more` what holds."""
    kernel = facts["kernel"]
    shape = "oblong" if not isinstance(kernel, int) else "1" if kernel == 1 else "odd" if kernel % 2 else "even"
    return (shape, *holding(more))


def holding(classes: dict[str, bool]) -> tuple[str, ...]:
    """The names of those that hold."""
    return tuple(name for name, holds in classes.items() if holds)

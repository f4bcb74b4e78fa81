"""The named facts of an index map's call: the one table for waivers, coverage, journals and the page's queries.

Knows: arguments as they are written, axes as integers. Must not know: who asks. A wrong call has no axes: what would
follow from them is false, or None where it is not a yes or no.
"""

from collections.abc import Callable
from dataclasses import replace
from math import prod

from conformance.operators import spatial
from conformance.operators.kind import Fact, FactValue, PlainCall
from reference.index_map.family import MODES
from reference.pooling.geometry import WindowAxis

BLOCKS = ("depth_to_space", "space_to_depth")
PATCHES = ("extract_patches", "fold")
Of = Callable[[PlainCall], FactValue | None]


def _of(operators: tuple[str, ...], fact: Fact) -> Fact:
    """The fact for these operators; the others do not have it."""
    return replace(fact, of=lambda call: fact.of(call) if call.operator in operators else fact.otherwise)


def _windows(call: PlainCall) -> list[WindowAxis]:
    """Those of the image that patches are taken from, or added up to."""
    if call.operator == "extract_patches":
        return [WindowAxis(**axis) for axis in call.axes]
    names = {"input": "output", "output": "input", "pad_before": "crop_before", "pad_after": "crop_after"}
    same = ("kernel", "stride", "dilation")
    return [WindowAxis(**{name: axis[names.get(name, name)] for name in (*names, *same)}) for axis in call.axes]


def _mode(call: PlainCall) -> str | None:
    modes = MODES.get(call.operator)
    return None if modes is None else str(call.arguments.get("mode") or modes[0])


def _any_pad(of: Callable[[int, int, int], bool]) -> Of:
    """Whether it holds for the length, the pad before and the pad after of an axis."""
    return lambda call: any(of(axis["input"], axis["pad_before"], axis["pad_after"]) for axis in call.axes)


def _full(call: PlainCall) -> bool:
    """Whether a pad is as long as its mode lets it be."""
    less = {"REFLECT": 1, "SYMMETRIC": 0}.get(str(_mode(call)))
    return less is not None and any(
        max(axis["pad_before"], axis["pad_after"]) == axis["input"] - less > 0 for axis in call.axes
    )


def _constant(call: PlainCall) -> str | None:
    """`zero`, `number`, or the word of a number that is none."""
    if _mode(call) != "CONSTANT":
        return None
    given = call.arguments.get("constant_values", 0)
    return given if isinstance(given, str) else "number" if given else "zero"


def _channels(call: PlainCall) -> int | None:
    return None if call.operator == "pad" else spatial.channels(_with_format(call))


def _with_format(call: PlainCall) -> PlainCall:
    """With a data format that is left out written as None."""
    return replace(call, arguments={"data_format": None, **call.arguments})


def _laid_out(of: Callable[[PlainCall], FactValue | None]) -> Of:
    return lambda call: of(_with_format(call))


_IMAGES = (*BLOCKS, *PATCHES)
FACTS = (
    *(_of(_IMAGES, replace(fact, of=_laid_out(fact.of))) for fact in spatial.LAYOUT_FACTS if fact.name != "padding"),
    _of(PATCHES, Fact("padding", spatial.padding)),
    Fact("mode", _mode),
    # How many axes the value has, and how many of them are padded.
    _of(("pad",), Fact("value_rank", lambda call: len(call.arguments["value"]))),
    _of(
        ("pad",),
        Fact("padded_axes", lambda call: sum(bool(axis["pad_before"] or axis["pad_after"]) for axis in call.axes)),
    ),
    Fact(
        "uneven_pads",
        lambda call: any(
            axis.get("pad_before", axis.get("crop_before")) != axis.get("pad_after", axis.get("crop_after"))
            for axis in call.axes
        ),
        False,
    ),
    _of(("pad",), Fact("negative_pads", _any_pad(lambda length, before, after: min(before, after) < 0), False)),
    _of(("pad",), Fact("pads_beyond", _any_pad(lambda length, before, after: max(before, after) > length), False)),
    _of(("pad",), Fact("full_pads", _full, False)),
    _of(("pad",), Fact("constant", _constant)),
    _of(BLOCKS, Fact("block", lambda call: call.arguments["block_size"])),
    *(_of(PATCHES, fact) for fact in spatial.WINDOW_FACTS if fact.name != "kernel_beyond_input"),
    _of(
        PATCHES,
        Fact("kernel_beyond_input", lambda call: any(axis.extent > axis.input for axis in _windows(call)), False),
    ),
    _of(
        PATCHES,
        Fact("overlapping", lambda call: prod(max(axis.windows(), default=0) for axis in _windows(call)) > 1, False),
    ),
    _of(PATCHES, Fact("patch_order", lambda call: str(call.arguments.get("patch_order") or "HWC"))),
    Fact("input", spatial.each("input")),
    Fact("output", spatial.each("output")),
    Fact("batch", spatial.batch),
    Fact("channels_in", _channels),
    Fact(
        "empty",
        lambda call: bool(call.axes) and 0 in (*call.arguments["value"], *(axis["output"] for axis in call.axes)),
        False,
    ),
)

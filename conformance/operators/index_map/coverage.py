"""What the trials of an index map can ask: the values that its facts have, in the classes that are counted.

Knows: facts, generators. Must not know: calls, who counts (`conformance.suite.lattice`).
"""

from collections.abc import Callable, Iterator

from conformance.operators.classes import holding, kernel_classes, padding_classes, stride_classes
from conformance.operators.index_map.facts import BLOCKS, PATCHES
from conformance.operators.index_map.generators import GENERATORS
from conformance.operators.kind import Facts
from conformance.suite.dtypes import FORMATS, SUMMED
from conformance.suite.lattice import Column, Parameter
from reference.index_map.family import MODES

PAD = ("pad",)
WORDS_OF_CONSTANTS = ("nan", "inf", "-inf", "-0.0")


def _asked(_: str, column: Column) -> bool:
    return column[0] in ("forward", "value_gradient") and (column[0] == "forward" or FORMATS[column[1]].kind == "real")


def _parameter(
    operators: tuple[str, ...],
    name: str,
    values: tuple[str, ...],
    of: Callable[[Facts], tuple[str, ...]],
    possible: Callable[[str, Column], bool] = _asked,
) -> Iterator[Parameter]:
    """The parameter of those that copy, then of the one that sums, in the dtypes that hold sums."""

    def of_these(chosen: tuple[str, ...], asked: Callable[[str, Column], bool]) -> Parameter:
        return Parameter(
            name,
            lambda operator: values if operator.name in chosen else (),
            lambda facts: of(facts) if facts["operator"] in chosen else (),
            asked,
        )

    yield of_these(tuple(each for each in operators if each != "fold"), possible)
    if "fold" in operators:
        yield of_these(("fold",), lambda value, column: column[1] in SUMMED and possible(value, column))


def _one(name: str) -> Callable[[Facts], tuple[str, ...]]:
    return lambda facts: (str(facts[name]),)


def _yes_or_no(name: str) -> Callable[[Facts], tuple[str, ...]]:
    return lambda facts: ("yes" if facts[name] else "no",)


def _pads(facts: Facts) -> tuple[str, ...]:
    named = {
        "even": not facts["uneven_pads"] and bool(facts["padded_axes"]),
        "uneven": facts["uneven_pads"],
        "none": facts["padded_axes"] == 0,
        "beyond the value": facts["pads_beyond"],
        "as long as can be": facts["full_pads"],
        "negative": facts["negative_pads"],
    }
    return holding(named)


def _constants(facts: Facts) -> tuple[str, ...]:
    if facts["constant"] is None:
        return ()
    return ("no number" if facts["constant"] in WORDS_OF_CONSTANTS else facts["constant"],)


def _constants_possible(value: str, column: Column) -> bool:
    return column[0] == "forward" and (value != "no number" or FORMATS[column[1]].kind == "real")


def _windows(facts: Facts) -> tuple[str, ...]:
    more = {
        "beyond the image": facts["kernel_beyond_input"],
        "below the stride": facts["kernel_below_stride"],
        "overlapping": facts["overlapping"],
    }
    return kernel_classes(facts, more)


def _numbers(facts: Facts) -> tuple[str, ...]:
    return ("written out" if facts["inputs"] == "literal" else GENERATORS[facts["inputs"]].numbers,)


def _numbers_possible(value: str, column: Column) -> bool:
    """Special numbers are of real dtypes alone, and never summed; whole ones are all that integers are."""
    match value:
        case "special":
            return column[0] == "forward" and FORMATS[column[1]].kind == "real"
        case "real":
            return _asked(value, column) and FORMATS[column[1]].kind != "integer"
    return _asked(value, column)


_IMAGES = (*BLOCKS, *PATCHES)
_COPYING = (*PAD, *BLOCKS, "extract_patches")

PARAMETERS = (
    *_parameter(PAD, "mode", MODES["pad"], _one("mode")),
    *_parameter(BLOCKS, "mode", ("DCR", "CRD"), _one("mode")),
    *_parameter(PAD, "rank", ("1", "2", "3", "4", "5"), _one("value_rank")),
    *_parameter(
        PAD,
        "padded axes",
        ("0", "1", "2", "3+"),
        lambda facts: (str(count) if (count := facts["padded_axes"]) < 3 else "3+",),
    ),
    *_parameter(PAD, "pads", ("even", "uneven", "none", "beyond the value", "as long as can be", "negative"), _pads),
    *_parameter(PAD, "constant", ("zero", "number", "no number"), _constants, _constants_possible),
    *_parameter(BLOCKS, "block", ("1", "2", "3+"), lambda facts: (str(n) if (n := facts["block"]) < 3 else "3+",)),
    *_parameter(PATCHES, "padding", ("SAME", "VALID", "even pairs", "uneven pairs"), padding_classes),
    *_parameter(PATCHES, "stride", ("1", "2", "3+", "unequal"), stride_classes),
    *_parameter(PATCHES, "dilation", ("1", "2+"), lambda facts: ("2+" if facts["dilated"] else "1",)),
    *_parameter(
        PATCHES,
        "window",
        ("1", "odd", "even", "oblong", "beyond the image", "below the stride", "overlapping"),
        _windows,
    ),
    *_parameter(PATCHES, "patch order", ("HWC", "CHW"), _one("patch_order")),
    *_parameter(_IMAGES, "channels first", ("no", "yes"), _yes_or_no("channels_first")),
    *_parameter(
        _IMAGES, "batch", ("0", "1", "2+"), lambda facts: (str(n) if (n := facts["batch"]) in (0, 1) else "2+",)
    ),
    *_parameter(
        ("space_to_depth", "extract_patches"),
        "channels",
        ("1", "2+"),
        lambda facts: ("1" if facts["channels_in"] == 1 else "2+",),
    ),
    *_parameter(_COPYING, "numbers", ("whole", "real", "special"), _numbers, _numbers_possible),
    *_parameter(("fold",), "numbers", ("whole", "real"), _numbers, _numbers_possible),
)

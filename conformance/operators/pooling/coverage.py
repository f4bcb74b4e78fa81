"""What the trials of a pooling can ask: the values that its facts have, in the classes that are counted.

Knows: facts, generators. Must not know: calls, who counts (`conformance.suite.lattice`).
"""

from collections.abc import Callable

from conformance.operators.classes import holding, kernel_classes, padding_classes, stride_classes
from conformance.operators.kind import Facts
from conformance.operators.pooling.generators import GENERATORS
from conformance.suite.dtypes import FORMATS
from conformance.suite.lattice import Column, Parameter
from reference.family import Operator
from reference.pooling.family import OPERATORS, Reduction

# A vector register of 512 bits holds as many numbers of 32 bits: more channels take more than one.
MANY_CHANNELS = 16


def _norms(facts: Facts) -> tuple[str, ...]:
    p = facts["norm_type"]
    return () if p is None else (str(p) if p < 3 else "3+",)


def _windows(facts: Facts) -> tuple[str, ...]:
    more = {
        "beyond the value": facts["kernel_beyond_input"],
        "below the stride": facts["kernel_below_stride"],
        "overlapping": facts["overlapping"],
        "without an element": facts["empty_window"],
    }
    return kernel_classes(facts, more)


def _ratios(facts: Facts) -> tuple[str, ...]:
    more = {
        "one": facts["output"] == 1,
        "overlapping": facts["overlapping"],
        "upsampled": facts["upsampled"],
    }
    return ("uneven" if facts["uneven_windows"] else "even", *holding(more))


def _lengths(facts: Facts) -> tuple[str, ...]:
    inputs, outputs = (list(map(int, str(facts[name]).split("x"))) for name in ("input", "output"))
    # One number stands for all axes.
    pairs = [(inputs[number % len(inputs)], outputs[number % len(outputs)]) for number in range(2)]
    if all(length == output for length, output in pairs):
        return ("the value's",)
    return ("multiples" if all(length and output % length == 0 for length, output in pairs) else "others",)


def _of(reduction: Reduction, kinds: tuple[str, ...]) -> tuple[Parameter, ...]:
    """The parameters of the operators of one reduction, which take dtypes of these kinds."""
    maximal = reduction in ("maximum", "index", "unpooled")
    directions = ("forward",) if reduction == "index" else ("forward", "value_gradient")

    def asked(_: str, column: Column) -> bool:
        return column[0] in directions and FORMATS[column[1]].kind in kinds

    def numbers_asked(value: str, column: Column) -> bool:
        """Special numbers have no gradient; normal ones once they are rounded may be equal, and a maximum's none."""
        real = FORMATS[column[1]].kind == "real" and (column[0] == "forward" or (not maximal and value == "real"))
        return asked(value, column) and (value in ("whole", "tied") or real)

    def parameter(
        name: str,
        values: tuple[str, ...],
        of: Callable[[Facts], tuple[str, ...]],
        several: tuple[str, ...] = (),
        possible: Callable[[str, Column], bool] = asked,
        adaptive: bool | None = None,
    ) -> Parameter:
        """`several` are values where there is more than one spatial axis; `adaptive`: of such poolings alone, or of the
        others.
        """

        def of_operator(operator: Operator) -> tuple[str, ...]:
            definition = OPERATORS[operator.name]
            theirs = definition.reduction == reduction and adaptive in (None, definition.adaptive)
            return (*values, *(several if operator.rank > 1 else ())) if theirs else ()

        return Parameter(name, of_operator, of, possible)

    return (
        parameter(
            "windows",
            ("one", "even", "uneven", "overlapping", "upsampled") if reduction != "unpooled" else (),
            _ratios,
            adaptive=True,
        ),
        parameter("lengths", ("the value's", "multiples", "others") if reduction == "unpooled" else (), _lengths),
        parameter("padding", ("SAME", "VALID", "even pairs", "uneven pairs"), padding_classes, adaptive=False),
        parameter(
            "length",
            ("floor", "ceil", "overhang"),
            lambda facts: ("overhang" if facts["overhang"] else "ceil" if facts["ceil_mode"] else "floor",),
            adaptive=False,
        ),
        parameter("stride", ("1", "2", "3+"), stride_classes, ("unequal",), adaptive=False),
        parameter("dilation", ("1", "2+"), lambda facts: ("2+" if facts["dilated"] else "1",), adaptive=False),
        parameter(
            "window",
            ("1", "odd", "even", "beyond the value", "below the stride", "overlapping", "without an element"),
            _windows,
            ("oblong",),
            adaptive=False,
        ),
        parameter(
            "divisor",
            ("elements", "places", "override") if reduction == "average" else (),
            lambda facts: (facts["divisor"],),
            adaptive=False,
        ),
        parameter("index", ("image", "batch") if reduction == "index" else (), lambda facts: (facts["index"],)),
        parameter("norm", ("1", "2", "3+") if reduction == "norm" else (), _norms),
        parameter("channels first", ("no", "yes"), lambda facts: ("yes" if facts["channels_first"] else "no",)),
        parameter(
            "batch", ("0", "1", "2+"), lambda facts: (str(facts["batch"]) if facts["batch"] in (0, 1) else "2+",)
        ),
        parameter(
            "channels",
            ("1", "2 to 15", "16+"),
            lambda facts: ("1" if (n := facts["channels_in"]) == 1 else "2 to 15" if n < MANY_CHANNELS else "16+",),
        ),
        parameter(
            "numbers",
            ("whole", "real", "special") if reduction in ("norm", "unpooled") else ("whole", "tied", "real", "special"),
            lambda facts: ("written out" if facts["inputs"] == "literal" else GENERATORS[facts["inputs"]].numbers,),
            possible=numbers_asked,
        ),
    )


PARAMETERS = (
    *_of("maximum", ("real", "integer")),
    *_of("average", ("real",)),
    *_of("norm", ("real",)),
    *_of("index", ("real", "integer")),
    *_of("unpooled", ("real", "integer")),
)

"""The suite's own calls, to lanes that have no words of their own: ports, and adapters without a dialect.

Knows: calls of `conv2d_transpose`, the reference's words. Must not know: workers, how a lane says a call.

Such a lane is asked in TensorFlow's words, with the geometry beside them, so the formulas that it is held to are the
reference's.
"""

from dataclasses import dataclass, replace

from conformance.adapters.dialects.dialect import AxisWords, Phrasing, Said
from conformance.adapters.plan import Plan, Unsupported
from conformance.adapters.reference import Reference
from conformance.running.hello import Hello
from conformance.suite.case import Call, Fault
from conformance.suite.nominal import Nominal
from reference.arguments import conv2d_transpose_geometry
from reference.errors import ArgumentError

DTYPES = ("float32", "float64", "int32", "int64", "complex64")
"""that hold every sum of a probe, the first that a lane takes"""
NO_DEFAULT = "not asked: a call of the suite always names its padding"


@dataclass(frozen=True, slots=True)
class CallWords:
    """How a lane's calls are made."""

    dtype: str = "float32"
    value_layout: str = "NHWC"
    filter_layout: str = "HWOI"

    @property
    def phrasings(self) -> tuple[Phrasing, ...]:
        """SAME, VALID and explicit pads with the reference's formulas, said as calls."""
        return tuple(replace(each, plan=self._call) for each in Reference().dialect.phrasings)

    def nominal(self, nominal: Nominal, output: int | None) -> Call | Unsupported:
        """The call that a nominal one becomes with an output length."""
        if nominal.word == "default":
            return Unsupported(NO_DEFAULT)
        words = AxisWords(nominal.length, nominal.kernel, nominal.stride, nominal.dilation, nominal.word, output)
        return self._made((1, words.length, words.length, 1), words, words)

    def _call(self, height: AxisWords, width: AxisWords) -> Call:
        return self._made((height.length * width.length, height.length, width.length, 1), height, width)

    def _made(self, value: tuple[int, int, int, int], height: AxisWords, width: AxisWords) -> Call:
        assert height.asked is not None
        assert width.asked is not None
        shapes = (
            self._shape(value),
            (height.kernel, width.kernel, 1, 1),
            self._shape((value[0], height.asked, width.asked, 1)),
        )
        strides, dilations = (height.stride, width.stride), (height.dilation, width.dilation)
        data_format = None if self.value_layout == "NHWC" else self.value_layout
        padding = self._padding(height.padding, width.padding)
        geometry, fault = None, None
        try:
            geometry = conv2d_transpose_geometry(*shapes, strides, padding, data_format, dilations)
        except ArgumentError as error:
            fault = Fault(error.reason, str(error))
        return Call(
            "conv2d_transpose", *shapes, strides, padding, data_format, dilations, self.dtype, geometry, fault
        )  # fmt: skip

    def _shape(self, lengths: tuple[int, int, int, int]) -> tuple[int, ...]:
        """(batch, height, width, channels) in the order of the layout."""
        return tuple(lengths["NHWC".index(axis)] for axis in self.value_layout)

    def _padding(
        self, height: str | tuple[int, int], width: str | tuple[int, int]
    ) -> str | tuple[tuple[int, int], ...]:
        if isinstance(height, str) or isinstance(width, str):
            return str(height)
        pairs = {"H": height, "W": width}
        return tuple(pairs.get(axis, (0, 0)) for axis in self.value_layout)


def call_words(adapter: object, hello: Hello | None) -> CallWords:
    """Calls of a dtype and a layout that the lane declares: an adapter as its attribute, a port in its hello."""
    dtypes = getattr(adapter, "dtypes", None) or (hello.dtypes if hello is not None else None)
    layouts = hello.layouts if hello is not None else None
    dtype = next((name for name in DTYPES if dtypes is None or name in dtypes), DTYPES[0])
    return CallWords(dtype, "NHWC" if layouts is None or "NHWC" in layouts or "NCHW" not in layouts else "NCHW")


def said_source(said: Said) -> tuple[str, ...]:
    """What is said, as lines for a reader."""
    if isinstance(said, Plan):
        return said.source()
    arguments = ", ".join(f"{name}={argument!r}" for name, argument in said.arguments().items() if argument is not None)
    return (f"{said.operator}({arguments})",)

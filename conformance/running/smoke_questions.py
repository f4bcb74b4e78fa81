"""The questions of `conformance smoke`, for any operator, dtype and layout, and which of them a lane declares.

Knows: small right and wrong calls, and numbers whose sums every dtype holds. Must not know: the order of steps
(`conformance.running.smoke`), what answers are compared with (`conformance.running.smoke_answers`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from conformance.adapters.protocol import Adapter
from conformance.running.hello import Hello
from conformance.suite.calls import right_call
from conformance.suite.case import Call, Fault
from conformance.suite.dtypes import FORMATS
from reference.errors import ArgumentError
from reference.family import OPERATORS, Operator

PREFERRED = ("float32", "float64", "bfloat16", "float16", "int32", "int64", "complex64", "complex128")
FIRST = "conv2d_transpose"
"""what is asked of a lane that takes it"""
COARSE, FINE, KERNEL, STRIDE = 4, 8, 3, 2
"""lengths before and after upsampling, and the other way round of a forward convolution"""
LARGE = 2**20
"""bytes"""

Asked: TypeAlias = tuple[Call, Mapping[str, NDArray[Any]]]
"""a call and its operands"""


@dataclass(frozen=True, slots=True)
class Subject:
    """What small questions are about: one operator in one dtype and layout."""

    operator: Operator
    dtype: str
    data_format: str | None
    """None is channels last, as a call says it that leaves it out"""

    def __str__(self) -> str:
        return f"{self.operator.name} {self.dtype} {self.data_format or self.operator.data_formats[0]}"

    @property
    def last(self) -> bool:
        """Whether the channels come last."""
        return self.data_format != self.operator.data_formats[1]

    def pixel(self, value: int = 3, weight: int = 5) -> Asked:
        """One pixel of one channel, and a filter of one weight."""
        call = self._call(self._lengths(1), self._lengths(1), self._lengths(1), 1)
        return call, _filled(call, value, weight)

    def ordered(self) -> Asked:
        """Pixels of different numbers, along axes of different lengths, times two weights: each of the products says
        where it belongs.
        """
        lengths = tuple(range(2, 2 + self.operator.rank))
        call = self._call(lengths, self._lengths(1), lengths, 1, channels_out=2)
        return call, _operands(call, _counted(call.value_shape), np.array([1, 10]).reshape(call.filter_shape))

    def strided(self) -> Asked:
        """4 to 8 along every axis, 8 to 4 of a forward convolution, with numbers that no flip leaves as they are.

        No sum exceeds 27 x 2 x 4, so that every order of summation is exact in every dtype.
        """
        call = self._strided(batch=1)
        return call, _operands(call, _counted(call.value_shape) % 3, _counted(call.filter_shape) % 5)

    def empty(self) -> Asked:
        """The same with no image."""
        call = self._strided(batch=0)
        return call, _filled(call, 1, 1)

    def large(self) -> Asked:
        """A tensor of 1 MiB."""
        elements = LARGE / FORMATS[self.dtype].numpy.itemsize
        lengths = self._lengths(round(elements ** (1 / self.operator.rank)))
        call = self._call(lengths, self._lengths(1), lengths, 1)
        return call, _operands(call, _counted(call.value_shape) % 251, np.ones(call.filter_shape))

    def wrong(self) -> Asked:
        """A call that the definition refuses: an output_shape that no padding leads to; of a forward convolution, which
        has none, a filter for more channels than there are.
        """
        value, filter = self._pixels(1, self._lengths(COARSE), 1), self._filter(self._lengths(KERNEL), 1, 1)
        output = self._pixels(1, self._lengths(FINE + 1), 1) if self.operator.transposed else ()
        if not self.operator.transposed:
            filter = (*filter[:-2], 2, filter[-1])
        words = (STRIDE, "SAME", self.data_format, None)
        try:
            right_call(value, filter, output, *words, self.dtype, self.operator.name)
        except ArgumentError as error:
            fault = Fault(error.reason, str(error))
        call = Call(self.operator.name, value, filter, output, *words, self.dtype, None, fault)
        return call, _filled(call, 1, 1)

    def _strided(self, batch: int) -> Call:
        coarse, fine = self._lengths(COARSE), self._lengths(FINE)
        lengths = (coarse, fine) if self.operator.transposed else (fine, coarse)
        return self._call(lengths[0], self._lengths(KERNEL), lengths[1], STRIDE, batch=batch)

    def _call(
        self,
        lengths: tuple[int, ...],
        kernel: tuple[int, ...],
        output: tuple[int, ...],
        stride: int,
        *,
        channels_out: int = 1,
        batch: int = 1,
    ) -> Call:
        """One of one channel in; raises ArgumentError where it is wrong."""
        return right_call(
            self._pixels(batch, lengths, 1), self._filter(kernel, 1, channels_out),
            self._pixels(batch, output, channels_out), stride, "SAME", self.data_format, None, self.dtype,
            self.operator.name,
        )  # fmt: skip

    def _lengths(self, length: int) -> tuple[int, ...]:
        return (length,) * self.operator.rank

    def _pixels(self, batch: int, lengths: tuple[int, ...], channels: int) -> tuple[int, ...]:
        return (batch, *lengths, channels) if self.last else (batch, channels, *lengths)

    def _filter(self, kernel: tuple[int, ...], channels_in: int, channels_out: int) -> tuple[int, ...]:
        """The filter of one group: a depthwise one has as many as channels in, of which there is one."""
        return (
            (*kernel, channels_out, channels_in) if self.operator.transposed else (*kernel, channels_in, channels_out)
        )


@dataclass(frozen=True, slots=True)
class Declared:
    """What a lane says that it takes, an adapter as its attributes, a port in its hello; None where it does not say."""

    operators: tuple[str, ...] | None
    dtypes: tuple[str, ...] | None
    layouts: tuple[str, ...] | None

    @classmethod
    def of(cls, adapter: Adapter | None, hello: Hello) -> "Declared":
        if adapter is None:
            return cls(hello.operators, hello.dtypes, hello.layouts)
        return cls(getattr(adapter, "operators", (FIRST,)), getattr(adapter, "dtypes", None), None)

    def words(self) -> str:
        """What is declared."""
        parts = {"operators": self.operators, "dtypes": self.dtypes, "layouts": self.layouts}
        return "; ".join(f"{name} {', '.join(said) or 'none'}" for name, said in parts.items() if said is not None)

    def subjects(self) -> Iterator[Subject]:
        """All that may be asked, what is asked first in front: dtypes and layouts that are not declared are tried."""
        for operator in self.known_operators():
            for data_format in self.known_layouts(operator):
                for dtype in self.known_dtypes():
                    yield Subject(operator, dtype, data_format)

    def beside(self, first: Subject) -> Iterator[Subject]:
        """What is declared: all dtypes and layouts of the operator that was asked first, each other operator once."""
        for operator in self.known_operators() if self.operators is not None else [first.operator]:
            alone = operator is first.operator
            layouts = sorted(self.known_layouts(operator), key=lambda said: (said is None) != first.last)
            for data_format in layouts if alone and self.layouts is not None else layouts[:1]:
                for dtype in self.known_dtypes() if alone and self.dtypes is not None else [first.dtype]:
                    yield Subject(operator, dtype, data_format)

    def known_operators(self) -> Sequence[Operator]:
        """Those of the family, conv2d_transpose first."""
        names = sorted(OPERATORS, key=lambda name: name != FIRST)
        return [OPERATORS[name] for name in names if self.operators is None or name in self.operators]

    def known_dtypes(self) -> Sequence[str]:
        return [name for name in PREFERRED if self.dtypes is None or name in self.dtypes]

    def known_layouts(self, operator: Operator) -> Sequence[str | None]:
        """Channels last as a call says it that leaves data_format out."""
        last, first = operator.data_formats
        layouts = {last: None, first: first}
        return [said for name, said in layouts.items() if self.layouts is None or name in self.layouts]


def _operands(call: Call, value: NDArray[Any], filter: NDArray[Any]) -> dict[str, NDArray[Any]]:
    """The two arrays as they are sent, in the dtype of the call."""
    dtype = FORMATS[call.dtype].numpy
    return {"value": value.astype(dtype), "filter": filter.astype(dtype)}


def _filled(call: Call, value: int, weight: int) -> dict[str, NDArray[Any]]:
    """Operands of one number each."""
    return _operands(call, np.full(call.value_shape, value), np.full(call.filter_shape, weight))


def _counted(shape: tuple[int, ...]) -> NDArray[Any]:
    """1, 2, 3, ... in the order of memory."""
    return np.arange(1, 1 + int(np.prod(shape))).reshape(shape)

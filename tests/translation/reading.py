"""A call of a convolution as it is read, whoever says it."""

from typing import Unpack

from conformance.operators.convolution.calls import ConvolutionWords, right_call
from conformance.operators.convolution.parametric import Shapes
from conformance.operators.convolution.readings.reading import ConvolutionReading
from conformance.operators.convolution.readings.tensorflow import read_trial
from conformance.translation import reading
from conformance.translation.arguments import Shape

READERS = reading.readers()


def read_any(text: str, dtype: str) -> reading.Reading:
    """Of any kind."""
    return reading.read_call(text, dtype)


def read_words(operator: str, shapes: Shapes, **words: Unpack[ConvolutionWords]) -> ConvolutionReading:
    return read_trial(right_call(operator, shapes, **words))


def read_call(text: str, dtype: str, value: Shape | None = None) -> ConvolutionReading:
    found = reading.read_call(text, dtype, value)
    assert isinstance(found, ConvolutionReading)
    return found

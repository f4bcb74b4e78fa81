"""A call of a convolution as it is read, whoever says it."""

from conformance.operators.convolution.readings.reading import ConvolutionReading
from conformance.translation import reading
from conformance.translation.arguments import Shape

READERS = reading.readers()


def read_call(text: str, dtype: str, value: Shape | None = None) -> ConvolutionReading:
    found = reading.read_call(text, dtype, value)
    assert isinstance(found, ConvolutionReading)
    return found

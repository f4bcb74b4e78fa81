"""How mutants of convolutions are held against trials: which they are asked, and when the diagnosis names them.

Knows: mutants and the diagnosis, which know nothing of one another.
"""

from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

from conformance.mutants import KindMutant
from conformance.operators.convolution.call import RightConvolution
from conformance.operators.convolution.diagnosis import MOST_MULTIPLY_ADDS, diagnose
from conformance.operators.convolution.scoring.candidates import ConvolutionCandidates
from conformance.operators.kind import Operands

candidates = ConvolutionCandidates


def named(mutant: KindMutant, call: RightConvolution, operands: Operands, answer: NDArray[Any]) -> Sequence[str] | None:
    """The sentences of the explanations that consist of one of the mutant's edits, or contain it."""
    if call.work > MOST_MULTIPLY_ADDS:
        return None
    explanations = diagnose(call, operands, answer).explanations
    return [each.sentence for each in explanations if not set(mutant.diagnosis).isdisjoint(each.edits)]

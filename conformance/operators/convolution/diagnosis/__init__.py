"""What a wrong answer is the right answer to: edits of the specification, single or in pairs, of any operator."""

from conformance.operators.convolution.diagnosis.explanation import Diagnosis, EditExplanation
from conformance.operators.convolution.diagnosis.search import MOST_MULTIPLY_ADDS, diagnose

__all__ = ["MOST_MULTIPLY_ADDS", "Diagnosis", "EditExplanation", "diagnose"]

"""What a wrong answer is the right answer to: the single edits of the specification that explain it, or pairs of them."""

from conformance.judging.diagnosis.explanation import Diagnosis, Explanation
from conformance.judging.diagnosis.search import MOST_MULTIPLY_ADDS, diagnose

__all__ = ["MOST_MULTIPLY_ADDS", "Diagnosis", "Explanation", "diagnose"]

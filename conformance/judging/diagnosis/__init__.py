"""What a wrong answer is the right answer to: edits of the specification, single or in pairs."""

from conformance.judging.diagnosis.explanation import Diagnosis, Explanation
from conformance.judging.diagnosis.operators import diagnose_question
from conformance.judging.diagnosis.search import MOST_MULTIPLY_ADDS, diagnose

__all__ = ["MOST_MULTIPLY_ADDS", "Diagnosis", "Explanation", "diagnose", "diagnose_question"]

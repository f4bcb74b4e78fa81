"""Diagnosis of any operator, groups, bias, gradients, integers and complex numbers: single edits of the question."""

from conformance.judging.diagnosis.operators.search import diagnose_question

__all__ = ["diagnose_question"]

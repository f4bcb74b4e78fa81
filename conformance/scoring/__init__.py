"""What the cases are worth: every mutant held against them, and against a published suite as the yardstick."""

from conformance.scoring.score import FaultScore, Score, score

__all__ = ["FaultScore", "Score", "score"]

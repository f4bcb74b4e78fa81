"""What frameworks' words for poolings mean: probes, sweeps, defaults, ties, spellings, nominal calls."""

from conformance.operators.pooling.conventions.measuring import measure, quick_facts

__all__ = ["measure", "quick_facts"]

"""What frameworks' words for convolutions mean: probes, sweeps over geometries, spellings, nominal calls."""

from conformance.operators.convolution.conventions.measuring import measure, quick_facts

__all__ = ["measure", "quick_facts"]

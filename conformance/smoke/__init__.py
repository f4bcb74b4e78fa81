"""`conformance smoke`: what an author of a port or adapter gets wrong first, found step by step, each with a hint."""

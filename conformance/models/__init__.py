"""The calls of a model as cases: what an architecture asks of operators, without its weights."""

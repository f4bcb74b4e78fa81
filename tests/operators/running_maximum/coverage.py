"""What its trials can ask."""

from conformance.suite.lattice import Parameter

PARAMETERS = (
    Parameter(
        "window",
        lambda operator: ("1", "beyond the length", "else"),
        lambda facts: ("1" if facts["window"] == 1 else "beyond the length" if facts["beyond_length"] else "else",),
        lambda value, column: column[0] == "forward" and column[1] in ("float32", "float64"),
    ),
)

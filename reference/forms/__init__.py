"""Ways to compute one transposed convolution; `reference.transposed` has the table that says which serves what.

Each form is `form(value, filter, axes)`, value (batch, *input, in), filter (*kernel, out, in) -> (batch, *output, out).
"""

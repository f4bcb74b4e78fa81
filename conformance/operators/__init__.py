"""The kinds of operators: what can be asked of each, what is right, and who is wrong on purpose."""

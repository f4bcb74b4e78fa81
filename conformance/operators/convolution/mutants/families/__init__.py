"""Families of faults of all operators, one file each."""

"""Inputs as the text of a program."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InputsListing:
    """Lines that leave the call's operands under their names, contiguous, in the call's dtype and layouts."""

    imports: tuple[str, ...]
    definitions: tuple[str, ...]
    """functions and classes, in an order in which they can be read"""
    lines: tuple[str, ...]

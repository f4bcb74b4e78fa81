"""Lanes that take resizes alone: right ones, and one with the coordinates of another word."""

from dataclasses import replace

from conformance.operators.resize.mutants.engine import ResizeEngine, ResizeMutant
from reference.resize.family import OPERATORS


class Narrow(ResizeMutant):
    """Of one axis, and right."""

    operators = ("resize1d",)

    def __init__(self, modes: tuple[str, ...] = (), device: str | None = None) -> None:
        super().__init__(ResizeEngine())


class Asymmetric(ResizeMutant):
    """As torch's nearest has its coordinates."""

    operators = tuple(OPERATORS)

    def __init__(self, modes: tuple[str, ...] = (), device: str | None = None) -> None:
        super().__init__(ResizeEngine(lambda axes: [replace(axis, coordinates="asymmetric") for axis in axes]))


class AcceptsAnything(ResizeMutant):
    """Answers wrong calls."""

    def __init__(self, modes: tuple[str, ...] = (), device: str | None = None) -> None:
        super().__init__(ResizeEngine(accepts=True))

"""The program in a process of its own: what imports frameworks, and a user's file, does it there."""

from tests.cli.conftest import program

__all__ = ["program"]

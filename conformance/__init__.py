"""A conformance suite for tensor operators: the same cases through every framework, with a proof per verdict.

    from conformance import assert_conforms, check

`conformance.checking` has both; they are imported when they are asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from conformance.checking import Checked, assert_conforms, check

__version__ = "0.1.0"
__all__ = ["Checked", "assert_conforms", "check"]


def __getattr__(name: str) -> Any:
    """What `__all__` names: importing the package alone, as every worker does, stays quick."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("conformance.checking"), name)

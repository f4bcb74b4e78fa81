"""Which fault a lane of mutants means. Knows: the table's names. Must not know: what a fault does."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import TypeVar

T = TypeVar("T")


def chosen_fault(faults: Mapping[str, T], table: str, modes: tuple[str, ...], device: str | None) -> T:
    """The fault of that name; `table` says where the names are.

    Raises ValueError for several names, for one that the table does not have, and for a device.
    """
    if len(modes) != 1:
        raise ValueError(f"a mutant has one fault, not {'+'.join(modes)}")
    if device is not None:
        raise ValueError(f"a mutant runs on no device, not {device!r}")
    if modes[0] not in faults:
        near = get_close_matches(modes[0], faults, 3)
        hint = f"near are {', '.join(near)}" if near else f"{table} has the table"
        raise ValueError(f"no fault is called {modes[0]!r}; {hint}")
    return faults[modes[0]]

"""Lanes whose frameworks lie in environments of their own: CONFORMANCE_FRAMEWORKS is a folder with one per name."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

VARIABLE = "CONFORMANCE_FRAMEWORKS"
SHARED = "all"
"""the environment of what can share one"""


@pytest.fixture(scope="session")
def lane_of() -> Callable[[str], str]:
    """From an adapter's lane the lane in its environment: that of its name, else the shared one."""
    folder = os.environ.get(VARIABLE)
    if not folder:
        pytest.skip(f"{VARIABLE} names no folder of environments")

    def spelled(lane: str) -> str:
        name = lane.partition(":")[0]
        own = Path(folder) / name
        place = own if own.is_dir() else Path(folder) / SHARED
        # Beside what is on the path: a compiler that an environment brings along.
        os.environ["PATH"] = f"{os.environ['PATH']}{os.pathsep}{place / 'bin'}"
        return f"{name}=python:{place}:{lane}"

    return spelled

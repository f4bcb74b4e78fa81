"""Lanes whose frameworks lie in environments of their own: CONFORMANCE_FRAMEWORKS is a folder with one per name."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from conformance.workers.environment import instruction_sets

VARIABLE = "CONFORMANCE_FRAMEWORKS"
SHARED = "all"
"""the environment of what can share one"""
MEASURED = {"avx512f": "1", "avx512_fp16": "0", "amx_bf16": "0"}
"""the processor on which the waivers of these lanes were written, in the words of `instruction_sets`"""


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
        # Not by the adapter's own name, which has the waivers of its lane without a mode.
        return f"{lane.replace(':', '-')}=python:{place}:{lane}"

    return spelled


def unlike_measured(found: Mapping[str, str]) -> str:
    """Why the waivers of these lanes may not hold on a processor with these instruction sets; empty where they do."""
    if not found:
        return "nobody knows the instruction sets of this processor, by which frameworks choose their kernels"
    other = [name for name, has in MEASURED.items() if found[name] != has]
    said = [f"{'has' if found[name] == '1' else 'lacks'} {name}" for name in other]
    return f"this processor {' and '.join(said)}, unlike the one on which the waivers were measured" if said else ""


@pytest.fixture(scope="session")
def _as_measured() -> None:
    """Skip, in words, what the waivers of another processor cannot excuse: the numbers of these lanes."""
    if reason := unlike_measured(instruction_sets()):
        pytest.skip(f"NUMBERS NOT JUDGED: {reason}")

"""Disks that are full, places that are taken, and limits of address space and descriptors."""

import os
import socket
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from random import Random

from benchmarks.attack.attack import Attack, Outcome, called
from benchmarks.attack.ground import REPORTS, Ground, written_problem

FULL_AT = 12
"""lengths of files, drawn for a disk that is full there"""
ADDRESS_SPACE = (200_000, 400_000, 800_000, 1_200_000, 2_000_000)
"""KiB: from too little for an interpreter with NumPy to too little for the plots alone"""
DESCRIPTORS = (5, 8, 12, 16, 24, 32)
OBSTACLES: dict[str, Callable[[Path], object]] = {
    "a folder": lambda path: path.mkdir(),
    "a FIFO": os.mkfifo,
    "a socket": lambda path: _listen(path),
    "/dev/full": lambda path: path.symlink_to("/dev/full"),
    "a link to nowhere": lambda path: path.symlink_to("/nonexistent/folder/file"),
    "a link to itself": lambda path: path.symlink_to(path.name),
}


def attacks(ground: Ground, random: Random) -> Iterator[Attack]:
    """A full disk at every stage, something else in each place that is written, and less of everything."""
    whole = max((ground.run / name).stat().st_size for name in REPORTS)
    words = ground.words()
    for limit in sorted(random.sample(range(1, whole // 1024), FULL_AT)):
        yield Attack(
            "disks", f"full at {limit} KiB of a file", words, frozenset({3, 0}),
            f'ulimit -f {limit}; exec "$@"', problem=partial(_resumed, ground),
        )  # fmt: skip
    for name in (*REPORTS, "journal.lock"):
        for obstacle, make in OBSTACLES.items():
            # A journal that cannot be written is wrong usage, reports that cannot be are incomplete; what a report can
            # be written beside and renamed over costs nothing.
            yield Attack(
                "disks", f"{obstacle} in the place of {name}", words, frozenset({2, 3, 0}),
                prepare=partial(_obstruct, name=name, make=make), problem=partial(_journal_whole, ground),
            )  # fmt: skip
    for obstacle, make in OBSTACLES.items():
        yield Attack("disks", f"{obstacle} in the place of the folder", words, frozenset({2, 0}), prepare=partial(
            _instead, make=make))  # fmt: skip
    for limit in ADDRESS_SPACE:
        yield Attack(
            "disks", f"{limit} KiB of address space", words, frozenset({3, 0}), f'ulimit -v {limit}; exec "$@"',
            problem=partial(_whole_if_done, ground),
        )  # fmt: skip
    for limit in DESCRIPTORS:
        yield Attack(
            "disks", f"{limit} descriptors", words, frozenset({3, 2, 0}), f'ulimit -n {limit}; exec "$@"',
            problem=partial(_whole_if_done, ground),
        )  # fmt: skip


def _listen(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(os.path.relpath(path))


def _obstruct(here: Path, *, name: str, make: Callable[[Path], object]) -> None:
    (here / "out").mkdir()
    _at(here / "out", name, make)


def _instead(here: Path, *, make: Callable[[Path], object]) -> None:
    _at(here, "out", make)


def _at(folder: Path, name: str, make: Callable[[Path], object]) -> None:
    if make is OBSTACLES["a socket"] and len(str(folder / name)) > 100:
        make = OBSTACLES["a FIFO"]  # a socket's address has no room for the path
    make(folder / name)


def _resumed(ground: Ground, here: Path, _: Outcome) -> str | None:
    words = ground.words()
    there = (here / "out" / "journal.jsonl").exists()
    done = called(here, *words, *(("--resume",) if there else ()))
    return written_problem(here / "out", ground.run) if done.returncode == 0 else f"resumed: {done.stderr[-300:]}"


def _journal_whole(ground: Ground, here: Path, outcome: Outcome) -> str | None:
    """Whatever became of the reports: the journal is whole, unless it was said that nothing was asked."""
    if outcome.status == 2:
        return None
    problem = written_problem(here / "out", ground.run)
    return problem if outcome.status == 0 or (problem or "").startswith(("its journal", "the records")) else None


def _whole_if_done(ground: Ground, here: Path, outcome: Outcome) -> str | None:
    return written_problem(here / "out", ground.run) if outcome.status == 0 else None

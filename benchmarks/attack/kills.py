"""Signals at every stage of a run; what it leaves behind, and what `--resume` makes of it."""

import os
import signal
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from random import Random
from time import monotonic, sleep

from benchmarks.attack.attack import Attack, Outcome, called
from benchmarks.attack.ground import Ground, written_problem
from benchmarks.attack.ports import HANGS_WITH_A_CHILD, lane_of

STAGES = {"before the journal": -1.0, "at its header": 0.0, "early": 0.2, "midway": 0.5, "late": 0.9, "at its end": 1.0}
"""how much of a whole journal is there when the signal comes"""
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT)
ASKED_TO_END = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
"""these end a run with status 3, or come too late"""
BESIDE_A_PORT = (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


def attacks(ground: Ground, random: Random) -> Iterator[Attack]:
    """Each signal at each stage; and beside a port that hangs and has started something in a session of its own."""
    size = (ground.long_run / "journal.jsonl").stat().st_size
    for number in SIGNALS:
        statuses = {3, 0} if number in ASKED_TO_END else {-number, 0}
        for stage, share in STAGES.items():
            sent = partial(_send, number=number, size=int(share * size), pause=random.uniform(0, 0.05))
            yield Attack(
                "kills",
                f"{number.name} {stage}",
                ground.run_words(ground.many_cases, "out", "--lane", "reference"),
                # Before the program has said what it does with a signal, that ends it.
                frozenset({*statuses, -number} if share < 0 else statuses),
                meanwhile=sent,
                problem=partial(_resumed, ground),
            )
    for number in BESIDE_A_PORT:
        yield Attack(
            "kills",
            f"{number.name} beside a port that hangs with a child of its own session",
            ground.words("out", "--lane", lane_of(HANGS_WITH_A_CHILD)),
            frozenset({3} if number in ASKED_TO_END else {-number}),
            meanwhile=partial(_send, number=number, size=3000, pause=1.0),
        )
    yield Attack(
        "kills",
        "two SIGINT, the second while reports are written",
        ground.run_words(ground.many_cases, "out", "--lane", "reference"),
        frozenset({0, 3}),
        meanwhile=lambda process, here: [
            _send(process, here, number=signal.SIGINT, size=each, pause=0.1) for each in (size // 2, size // 2)
        ],
        problem=partial(_resumed, ground),
    )


def _send(process: "subprocess.Popen[bytes]", here: Path, *, number: int, size: int, pause: float) -> None:
    """The signal, once the journal has so many bytes; to the process alone, as CI services and shells do."""
    journal = here / "out" / "journal.jsonl"
    deadline = monotonic() + 50
    while size >= 0 and process.poll() is None and monotonic() < deadline:
        if journal.exists() and journal.stat().st_size >= size:
            break
        sleep(0.001)
    sleep(pause)
    if process.poll() is None:
        os.kill(process.pid, number)


def _resumed(ground: Ground, here: Path, _: Outcome) -> str | None:
    """What is wrong with the run once it has been gone on with to its end."""
    words = ground.run_words(ground.many_cases, "out", "--lane", "reference")
    there = (here / "out" / "journal.jsonl").exists()
    done = called(here, *words, *(("--resume",) if there else ()))
    if done.returncode:
        return f"resumed: status {done.returncode}: {done.stderr[-300:]}"
    return written_problem(here / "out", ground.long_run)

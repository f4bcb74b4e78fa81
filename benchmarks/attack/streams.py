"""Standard streams that are closed, full or read by nobody, for every verb."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from random import Random

from benchmarks.attack.attack import Attack, Outcome, nothing
from benchmarks.attack.ground import TRIAL, Ground, written_problem

STATES = {
    "closed standard output": 'exec "$@" >&-',
    "full standard output": 'exec "$@" >/dev/full',
    "closed standard error": 'exec "$@" 2>&-',
    "full standard error": 'exec "$@" 2>/dev/full',
    "closed standard input": 'exec "$@" <&-',
    "all streams closed": 'exec "$@" <&- >&- 2>&-',
    "all streams full": 'exec "$@" </dev/full >/dev/full 2>&1',
    "a reader that leaves": '"$@" | head -c 1 >/dev/null; exit ${PIPESTATUS[0]}',
    "a reader of both that leaves": '"$@" 2>&1 | true; exit ${PIPESTATUS[0]}',
    "a standard output to be read": 'exec "$@" 1</dev/null',
}
VERBS: dict[str, tuple[int, Callable[[Ground], tuple[str, ...]]]] = {
    "run": (0, lambda ground: ground.words()),
    "run of what is wrong": (
        1,
        lambda ground: ground.words("out", "--lane", "conformance.mutants:Mutant:flipped-kernel"),
    ),
    "report": (1, lambda ground: ("report", str(ground.wrong))),
    "report html": (0, lambda ground: ("report", str(ground.run), "--format", "html")),
    "compare": (0, lambda ground: ("compare", str(ground.wrong), str(ground.wrong))),
    "judge": (3, lambda ground: ("judge", str(ground.vectors), str(ground.answers), "--output", "out", "--quiet")),
    "cases list": (0, lambda ground: ("cases", "list", str(ground.cases))),
    "cases schema": (0, lambda _: ("cases", "schema")),
    "cases costs": (0, lambda ground: ("cases", "costs", str(ground.run / "journal.jsonl"))),
    "vectors export": (0, lambda ground: ("vectors", "export", "vectors", str(ground.cases), "--quiet")),
    "explain": (0, lambda ground: ("explain", TRIAL, "--lane", "jax", "--cases", str(ground.cases))),
    "diagnose": (1, lambda ground: (
        "diagnose", "--output", str(ground.folder / "result.npy"), "--input", str(ground.array), "--filter",
        str(ground.folder / "filter.npy"), "--output-shape", "1x8x8x1", "--strides", "2")),
    "help": (0, lambda _: ("run", "--help")),
    "no verb": (2, lambda _: ("nothing",)),
}  # fmt: skip


def attacks(ground: Ground, random: Random) -> Iterator[Attack]:  # noqa: ARG001
    """Each verb with each state: its status stays what it found, or is 3 where it only prints and cannot."""
    for verb, (status, words) in VERBS.items():
        for state, shell in STATES.items():
            statuses = frozenset({status} if status == 1 else {status, 3})
            problem = partial(_written, ground) if verb == "run" else nothing
            yield Attack("streams", f"{verb} with {state}", words(ground), statuses, shell, problem=problem)


def _written(ground: Ground, here: Path, _: Outcome) -> str | None:
    return written_problem(here / "out", ground.run)

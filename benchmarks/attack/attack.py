"""One attack: how the program is called and what is done to it meanwhile, and what is wrong with how it took that.

Knows: processes. Must not know: what attacks there are (the modules of the kinds do).
"""

import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep
from uuid import uuid4

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 10.0
"""seconds for what a killed run has started to be gone"""
MOST_SAID = 2**24
"""bytes on standard output and standard error"""
MARK = "PYTHONATTACK"
"""a variable that everything which the program starts inherits, ports and what they start included"""
TAKES_EFFECT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]|^(::|##vso|##\\[)", re.MULTILINE
)
"""on a terminal; or, at the start of a line, in the log of a CI service"""
PROGRAM = (sys.executable, "-m", "conformance")


def nothing(*_: object) -> None:
    """Nothing is prepared, done meanwhile, or wrong."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the program ended."""

    status: int | None
    """negative for a signal; None where it had to be ended"""
    output: str
    errors: str
    left: tuple[str, ...]
    """command lines of what outlived it"""


@dataclass(frozen=True, slots=True)
class Attack:
    """What is done, and which statuses are right then."""

    kind: str
    name: str
    words: tuple[str, ...]
    """of `conformance`; it is called in a folder of the attack's own"""
    statuses: frozenset[int]
    shell: str = 'exec "$@"'
    """how bash starts it: limits and redirections"""
    environment: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 60.0
    traceback: bool = False
    """whether there may be one: of an author's own code, to its author"""
    prepare: Callable[[Path], object] = nothing
    """makes files in the folder"""
    meanwhile: Callable[["subprocess.Popen[bytes]", Path], object] = nothing
    """is done to the process"""
    problem: Callable[[Path, Outcome], str | None] = nothing
    """what is wrong beyond what is wrong with every attack"""

    @property
    def command(self) -> str:
        """As somebody would type it."""
        called = shlex.join(["conformance", *(word if len(word) < 200 else f"{word[:200]}..." for word in self.words)])
        return called if self.shell == 'exec "$@"' else f"{self.shell} with {called}"


def held(attack: Attack, folder: Path) -> str | None:
    """Carry it out in the folder, which is empty; None where it is held, and otherwise why not."""
    attack.prepare(folder)
    outcome = _carry_out(attack, folder)
    return _problem(attack, outcome) or attack.problem(folder, outcome)


def called(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """The program once more, unattacked."""
    command = [*PROGRAM, *words]
    return subprocess.run(command, cwd=folder, env=_environment({}), capture_output=True, text=True, timeout=120)


def _carry_out(attack: Attack, folder: Path) -> Outcome:
    mark = uuid4().hex
    command = ["/bin/bash", "-c", attack.shell, "bash", *PROGRAM, *attack.words]
    with subprocess.Popen(
        command,
        cwd=folder,
        env=_environment({**attack.environment, MARK: mark}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        status: int | None = None
        output = errors = b""
        try:
            attack.meanwhile(process, folder)
            output, errors = process.communicate(timeout=attack.seconds)
            status = process.returncode
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        left = tuple(_left(mark))
        process.kill()
    return Outcome(status, output.decode(errors="replace"), errors.decode(errors="replace"), left)


def _problem(attack: Attack, outcome: Outcome) -> str | None:
    """What no attack may lead to."""
    said = outcome.output + outcome.errors
    effect = TAKES_EFFECT.search(said)
    if outcome.status is None:
        return f"it did not end within {attack.seconds:g} s"
    if "a fault of the suite" in said or ("Traceback (most recent call last)" in said and not attack.traceback):
        return f"status {outcome.status} and a traceback: {_end(said)}"
    if outcome.status not in attack.statuses:
        expected = ", ".join(map(str, sorted(attack.statuses)))
        return f"status {outcome.status}; expected {expected}: {_end(said)}"
    if outcome.left:
        return f"outlived by {', '.join(outcome.left)}"
    if effect:
        around = said[max(0, effect.start() - 40) : effect.end() + 40]
        return f"{effect[0]!r} takes effect where it is printed: {around!r}"
    return f"it said {len(said):,} bytes" if len(said) > MOST_SAID else None


def _end(said: str) -> str:
    return " / ".join(said.strip().splitlines()[-3:])[-400:] or "nothing was said"


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    """That of a user, with `unset` for variables that the attack takes away."""
    given = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "120", **more}
    return {name: value for name, value in given.items() if value != "unset"}


def _left(mark: str) -> Iterator[str]:
    """What still carries the mark once it has had time to go; it is killed here."""
    deadline = monotonic() + PATIENCE
    while (found := dict(_marked(mark))) and monotonic() < deadline:
        sleep(0.1)
    for process, command in found.items():
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
        yield command


def _marked(mark: str) -> Iterator[tuple[int, str]]:
    for entry in Path("/proc").iterdir():
        with suppress(OSError):  # gone meanwhile, or another user's
            if entry.name.isdecimal() and f"{MARK}={mark}".encode() in (entry / "environ").read_bytes():
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
                if command:
                    yield int(entry.name), command[:200]

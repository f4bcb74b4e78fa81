"""What surrounds the program: variables, folders, tokens, and what speaks at the address of a cluster."""

import socket
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from random import Random
from threading import Thread
from typing import Any

from benchmarks.attack.attack import Attack, Outcome
from benchmarks.attack.ground import Ground, written_problem
from benchmarks.attack.ports import lane_of

SECRET = "s3cr3t-0f-a-user"
TOKENS = ("GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "TF_TOKEN_app", "PIP_PASSWORD", "SSH_AUTH_SOCK", "HF_HOME")
SAYS_ITS_ENVIRONMENT = (
    "send(hello)\nenvironment = json.dumps(str(dict(os.environ)) + ' '.join(sys.argv)).encode()\n"
    'while True: answer(b\'{"type":"error","seq":SEQ,"message":\' + environment + b\'}\')'
)
VARIABLES: dict[str, dict[str, str]] = {
    "no HOME": {"HOME": "unset"}, "a HOME that is not there": {"HOME": "/nonexistent"},
    "a temporary folder that is not there": {"TMPDIR": "/nonexistent"}, "no PATH": {"PATH": "unset"},
    "LANG=C": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"},
    "an encoding that is none": {"LC_ALL": "xx_YY.none"}, "a terminal of 1 column": {"COLUMNS": "1"},
    "a terminal of 10^9 columns": {"COLUMNS": "1000000000"}, "columns that are no number": {"COLUMNS": "\x1b[2J"},
    "TERM that is none": {"TERM": "\x1b[2J"}, "colours forced": {"FORCE_COLOR": "", "NO_COLOR": ""},
    "warnings as errors": {"PYTHONWARNINGS": "error"}, "no bytecode": {"PYTHONDONTWRITEBYTECODE": "1"},
    "a hash seed": {"PYTHONHASHSEED": "7"}, "10^4 BLAS threads": {"OPENBLAS_NUM_THREADS": "10000"},
    "optimised": {"PYTHONOPTIMIZE": "2"}, "a time zone that is none": {"TZ": "\x1b[2J"},
}  # fmt: skip
SHELLS = {
    "no permission for anybody": 'umask 777; exec "$@"',
    "SIGCHLD ignored": "trap '' CHLD; exec \"$@\"",
    "SIGPIPE ignored": "trap '' PIPE; exec \"$@\"",
    "little stack": 'ulimit -s 256; exec "$@"',
    "core files": 'ulimit -c unlimited; exec "$@"',
    "no priority": 'exec nice -n 19 "$@"',
}
SPEAKERS: dict[str, bytes | None] = {
    "HTTP": b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", "noise": bytes(range(1, 255)) * 100,
    "zeros": bytes(10_000), "a promise of 2^63 bytes": (2**63 - 1).to_bytes(8, "little"), "nothing, and it closes": b"",
    "silence": None, "control characters": b"\x1b[2J\n::error::evil\n" * 10,
}  # fmt: skip
ADDRESSES = ("127.0.0.1:1", "256.1.1.1:80", "no.such.host.invalid:80", "127.0.0.1:99999999", "[::1]:1", "\x1b[2J:1")


def attacks(ground: Ground, random: Random) -> Iterator[Attack]:  # noqa: ARG001
    """The same run in each; no token in what is written; and no cluster where none is."""
    for token in TOKENS:
        for name in ("", "its own name", "a pattern of it"):
            # Whoever names a token hands it over: then it is the port's to say it, and this is no attack.
            more = {"": (), "its own name": ("--env", "OTHER"), "a pattern of it": ("--env", f"{token[0]}*")}[name]
            if name != "a pattern of it" or any(word in token for word in ("TOKEN", "SECRET", "PASSW", "KEY")):
                yield Attack(
                    "environment", f"{token} beside {' '.join(more) or 'no --env'}",
                    ground.words("out", "--lane", lane_of(SAYS_ITS_ENVIRONMENT), *more), frozenset({1}),
                    environment={token: SECRET}, problem=partial(_secret, ground),
                )  # fmt: skip
    lane = f"named={lane_of(SAYS_ITS_ENVIRONMENT.replace('sys.argv', '[]'))} {SECRET}"
    yield Attack("environment", "a token among a named port's arguments", ground.words("out", "--lane", lane),
                 frozenset({1}), problem=partial(_secret, ground))  # fmt: skip
    for name, variables in VARIABLES.items():
        yield _same(ground, name, environment=variables)
    for name, shell in SHELLS.items():
        yield _same(ground, name, shell=shell)
    gone = 'mkdir gone && cd gone && rmdir ../gone && exec "$@"'
    yield Attack("environment", "a folder that is gone", ground.words("/nonexistent"), frozenset({2}), gone)
    for name, says in SPEAKERS.items():
        yield _cluster(ground, f"{name} where a scheduler should be", says=says)
    for address in ADDRESSES:
        words = ground.words("out", "--executor", f"dask://{address}")
        yield Attack("clusters", f"nobody at {address!r}", words, frozenset({2, 3}), seconds=40)


def _same(ground: Ground, name: str, **given: Any) -> Attack:
    statuses = frozenset({0} if "permission" not in name else {0, 2, 3})
    return Attack("environment", name, ground.words(), statuses, problem=partial(_as_ever, ground), **given)


def _as_ever(ground: Ground, here: Path, outcome: Outcome) -> str | None:
    return written_problem(here / "out", ground.run) if outcome.status == 0 else None


def _secret(ground: Ground, here: Path, outcome: Outcome) -> str | None:
    files = [path for path in (here / "out").rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()]
    if files or SECRET in outcome.output + outcome.errors:
        return f"the token stands in {', '.join(path.name for path in files) or 'what it says'}"
    return written_problem(here / "out", ground.run)


def _cluster(ground: Ground, name: str, says: bytes | None) -> Attack:
    """A run on a cluster at a port of this machine where something else speaks."""
    words = ground.words("out", "--executor", "dask://127.0.0.1:PORT")
    prepare = partial(_speak, says=says)
    shell = 'exec "${@/PORT/$(<port)}"'
    return Attack("clusters", name, words, frozenset({3}), shell, seconds=40, prepare=prepare)


def _speak(here: Path, *, says: bytes | None) -> None:
    """Speak at a port, whose number is in a file, as long as the folder is there."""
    server = socket.create_server(("127.0.0.1", 0))
    (here / "port").write_text(str(server.getsockname()[1]), encoding="utf-8")

    def speak() -> None:
        with server:
            server.settimeout(1.0)
            silent = []
            while here.exists():
                with suppress(OSError):  # nobody calls, or who called has left
                    silent.append(server.accept()[0])
                    if says is not None:
                        with silent.pop() as connection:
                            connection.sendall(says)

    Thread(target=speak, daemon=True).start()

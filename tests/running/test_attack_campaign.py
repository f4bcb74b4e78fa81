"""What a campaign of attacks takes for not held: shown by programs that are wrong on purpose."""

import sys
from pathlib import Path

import pytest

from benchmarks.attack import attack as campaign
from benchmarks.attack.attack import Attack, held


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> None:
    """Words are Python now."""
    monkeypatch.setattr(campaign, "PROGRAM", (sys.executable, "-c"))
    monkeypatch.setattr(campaign, "PATIENCE", 0.5)


def attacked(program: str, statuses: set[int], **given: object) -> Attack:
    return Attack("kind", "name", (program,), frozenset(statuses), **given)  # type: ignore[arg-type]


@pytest.mark.usefixtures("program")
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("raise SystemExit(1)", "status 1; expected 2, 3: nothing was said"),
        ("1 + ''", "status 1 and a traceback: "),
        ("print('conformance: this is a fault of the suite'); raise SystemExit(3)", "status 3 and a traceback: "),
        ("print(chr(27) + '[2J'); raise SystemExit(2)", "'\\x1b' takes effect where it is printed: "),
        ("print('a\\n::error::evil'); raise SystemExit(2)", "'::' takes effect where it is printed: "),
        ("import time; time.sleep(60)", "it did not end within 1 s"),
        (
            "import os, time\nif os.fork() == 0: os.setsid(); time.sleep(60)\nos._exit(2)",
            "it did not end within 1 s",  # what it has started holds its standard output
        ),
        (
            "import os, time\nif os.fork() == 0:\n    os.setsid(); os.closerange(0, 9); time.sleep(60)\nos._exit(2)",
            "outlived by ",
        ),
    ],
)
def test_a_program_that_does_not_hold_an_attack_is_told(tmp_path: Path, wrong: str, said: str) -> None:
    problem = held(attacked(wrong, {2, 3}, seconds=1), tmp_path)
    assert problem is not None
    assert problem.startswith(said)


@pytest.mark.usefixtures("program")
def test_an_attack_is_held_by_the_right_end_alone(tmp_path: Path) -> None:
    held_anyhow = attacked("print('gone', flush=True); raise SystemExit(3)", {3}, shell='exec "$@" 2>&-')
    assert held(held_anyhow, tmp_path) is None
    assert held(attacked("raise SystemExit(3)", {3}, problem=lambda *_: "a record is lost"), tmp_path) == (
        "a record is lost"
    )


@pytest.mark.usefixtures("program")
def test_what_is_prepared_and_taken_away_is_there_and_gone(tmp_path: Path) -> None:
    asks = "import os; raise SystemExit(2 if open('given').read() == 'x' and 'HOME' not in os.environ else 1)"
    prepared = attacked(
        asks, {2}, prepare=lambda here: (here / "given").write_text("x", "utf-8"), environment={"HOME": "unset"}
    )
    assert held(prepared, tmp_path) is None

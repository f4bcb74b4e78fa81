"""What a lane's process finds in its environment, and what a record says of its command."""

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from conformance.adapters.lane import parse_lanes
from conformance.cli.main import program
from conformance.journal import read_journal
from conformance.smoke.conversation import Conversation, Keeper
from conformance.workers.environment import INHERITED, inherited
from conformance.workers.process import Worker

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    "name", ["PATH", "LC_ALL", "OMP_NUM_THREADS", "BLAS_NUM_THREADS", "CUDA_VISIBLE_DEVICES", "XLA_FLAGS", "PYTHONPATH"]
)
def test_what_computing_needs_is_inherited(name: str) -> None:
    assert inherited(environment={name: "x"}) == {name: "x"}


@pytest.mark.parametrize(
    "name",
    [
        "GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "SSH_AUTH_SOCK", "DATABASE_URL", "http_proxy", "MY_PATH", "PATHS",
        "TF_TOKEN_registry", "PYTHON_KEYRING_BACKEND", "CUDA_API_KEY", "JAX_PASSWORD", "NVIDIA_CREDENTIALS",
    ],
)  # fmt: skip
def test_what_it_does_not_need_or_looks_like_a_secret_is_not(name: str) -> None:
    assert inherited(environment={name: "x"}) == {}


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("MY_PATH", {"MY_PATH"}),
        ("MY_TOKEN", {"MY_TOKEN"}),
        ("MY_*", {"MY_PATH", "MY_"}),
        ("TF_TOKEN_registry", {"TF_TOKEN_registry"}),
        ("NO_SUCH", set()),
    ],
)
def test_more_is_inherited_by_name_and_secrets_by_their_whole_name_alone(asked: str, names: set[str]) -> None:
    environment = dict.fromkeys(("MY_PATH", "MY_", "MY_TOKEN", "YOUR_PATH", "TF_TOKEN_registry"), "x")
    assert set(inherited([asked], environment)) == names


def test_the_page_lists_what_is_inherited() -> None:
    page = (ROOT / "docs/protocol.md").read_text("utf-8")
    listed = page.split("A port inherits these variables")[1].split("`--env NAME`")[0]
    assert re.findall(r"`([A-Z0-9_*]+)`", listed) == list(INHERITED)


TELLS = """\
import json, os, struct, sys
told = ("SECRET", "ANOTHER", "CONFORMANCE_CACHE")
named = {name: value for name, value in os.environ.items() if name.startswith(told)}
hello = json.dumps({"type": "hello", "protocol": 1, "framework": "teller", "version": "1", "flags": named}).encode()
os.write(1, struct.pack("<Q", len(hello)) + hello)
sys.stdin.read()
"""


@pytest.fixture
def teller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The lane of a port that tells what it finds, in an environment that has what it must not find."""
    (tmp_path / "teller.py").write_text(TELLS, encoding="utf-8")
    monkeypatch.setenv("SECRET_SETTING", "a")
    monkeypatch.setenv("ANOTHER_SETTING", "b")
    return f"exec:{sys.executable} {tmp_path / 'teller.py'}"


@pytest.mark.parametrize(
    ("asked", "found"), [((), {}), (("SECRET_SETTING",), {"SECRET_SETTING": "a"}), (("A*",), {"ANOTHER_SETTING": "b"})]
)
def test_a_port_finds_what_it_inherits_and_nothing_else(
    teller: str, asked: tuple[str, ...], found: dict[str, str]
) -> None:
    (lane,) = parse_lanes([teller], asked)
    worker = Worker(lane)
    try:
        hello = worker.start()
    finally:
        worker.kill()
    assert getattr(hello, "flags", hello) == found


def test_a_run_tells_lanes_the_folder_of_their_cache(teller: str, tmp_path: Path) -> None:
    folder, output = tmp_path / "kept", tmp_path / "report"
    options = ["--lane", teller, "--cache", str(folder), "--output", str(output), "--timeout", "0.2", "--quiet"]
    CliRunner().invoke(program, ["run", "conv2d_transpose/tutorial/example-2-as-printed", *options])
    (entry,) = read_journal(output / "journal.jsonl").lanes.values()
    assert entry.flags == {"CONFORMANCE_CACHE": str(folder), "threads": "1"}


def test_smoke_hands_on_what_a_run_does(teller: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from conformance.cli import smoke

    talk = smoke._smoke(teller, ("A*",), Keeper(None), 10.0)._talk
    assert isinstance(talk, Conversation)
    talk.start()
    assert talk.hello().flags == {"ANOTHER_SETTING": "b"}
    talk.close()


def test_an_adapter_s_worker_inherits_no_more_than_a_port(
    stand_in: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEPLOY_TOKEN", "x")
    assert "DEPLOY_TOKEN" not in Worker(parse_lanes([stand_in("Sound")])[0])._environment

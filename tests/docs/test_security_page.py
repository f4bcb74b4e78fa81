"""Every promise of SECURITY.md names a test that there is."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAMED = re.findall(r"`(tests/[\w/.]+\.py)::(\w+)`", (ROOT / "SECURITY.md").read_text("utf-8"))


@pytest.mark.parametrize(("path", "test"), NAMED)
def test_a_promise_names_a_test_that_there_is(path: str, test: str) -> None:
    assert re.search(rf"^def {test}\(", (ROOT / path).read_text("utf-8"), re.MULTILINE)


def test_promises_are_named() -> None:
    assert len(NAMED) >= 20

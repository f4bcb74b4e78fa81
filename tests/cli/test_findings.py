"""`conformance findings`: what runs found, from their journals."""

from collections.abc import Callable
from pathlib import Path

import pytest

Inside = Callable[..., int]
Capture = pytest.CaptureFixture[str]
LANE = "tests.running.stand_ins:OffByOne"
EXAMPLE = "conv2d_transpose/tutorial/example-1[inputs=mix,dtype=float32]"


@pytest.fixture
def finished(inside: Inside, tmp_path: Path, capsys: Capture) -> Path:
    """The folder of a run in which every answer is one off."""
    output = tmp_path / "run"
    assert inside("run", EXAMPLE, "--lane", LANE, "--output", str(output), "--quiet") == 1
    capsys.readouterr()
    return output


def test_the_page_has_an_entry_a_cause_with_its_script(inside: Inside, finished: Path, tmp_path: Path) -> None:
    page = tmp_path / "reports" / "findings.md"
    assert inside("findings", str(finished), "--output", str(page)) == 0
    text = page.read_text("utf-8")
    assert f"Written by `conformance findings {finished}`. 1 finding in 1 framework, from 1 record;" in text
    assert "```python\n# conv2d_transpose/tutorial/example-1" in text
    assert "value = np.array([" in text


def test_runs_are_put_together_and_what_is_not_a_finding_of_the_class_is_left_out(
    inside: Inside, finished: Path, tmp_path: Path, capsys: Capture
) -> None:
    waivers, waived = tmp_path / "waivers.yaml", tmp_path / "waived"
    waivers.write_text(
        f'waivers:\n  - {{lane: "{LANE}", trial: "{EXAMPLE}", outcome: differs, class: permanent, reason: a test}}\n'
    )
    words = ("--lane", LANE, "--output", str(waived), "--waivers", str(waivers), "--quiet")
    assert inside("run", EXAMPLE, *words) == 0
    capsys.readouterr()
    assert inside("findings", str(finished), str(waived)) == 0
    assert "1 finding in 1 framework, from 1 record;" in capsys.readouterr().out
    assert inside("findings", str(finished), str(waived), "--class", "permanent") == 0
    assert "2 findings in 1 framework, from 2 records;" in capsys.readouterr().out


def test_a_file_that_cannot_be_written_is_named(
    inside: Inside, finished: Path, tmp_path: Path, capsys: Capture
) -> None:
    (tmp_path / "file").write_text("")
    assert inside("findings", str(finished), "--output", str(tmp_path / "file" / "page.md")) == 2
    assert "page.md: cannot be written: " in capsys.readouterr().err

"""The first hour of somebody who reads a report: first screen, cause, record, script, and nothing else but clicks."""

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.report.browser.conftest import Opener

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[3]
WRONG = "conformance.mutants:Mutant:crop-sides-exchanged"
LANES = ("reference", "tests.running.stand_ins:Sound", WRONG)
CASES = """\
operator: conv2d_transpose
cases:
  - {name: upsample, why: Crops 0 before and 1 after., batch: 1, size: 4, channels: 1, kernel: 3, strides: 2,
     padding: SAME, output: 8, sweep: {inputs: [mix, codes], dtype: [float32, float64]}}
"""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a run of a port with one bug, as `conformance run` leaves it."""
    folder = tmp_path_factory.mktemp("walk")
    (folder / "mine.yaml").write_text(CASES, encoding="utf-8")
    lanes = [word for lane in LANES for word in ("--lane", lane)]
    command = [sys.executable, "-m", "conformance", "run", "mine.yaml", *lanes, "--output", "out", "--quiet"]
    done = subprocess.run(command, cwd=folder, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True)
    assert done.returncode == 1, done.stderr
    return folder / "out" / "report.html"


def test_a_reader_comes_from_the_first_screen_to_the_cause_its_record_and_its_script(
    opened: "Opener", report: Path, size: str
) -> None:
    page = opened.file(report, size)
    expect(page.locator(".headline")).to_contain_text("Not conforming: 4 nonconformances")
    story = page.locator(".story", has_text="mutant")
    expect(story).to_contain_text("1 bug in 4 records: wrong answers that come without an error")
    story.get_by_role("link", name="1 bug").click()
    causes = page.locator("#findings table").first.locator("tbody tr")
    expect(causes).to_have_count(1)
    expect(causes).to_contain_text("behaves as if the two sides of the crop were swapped")
    causes.locator("a.id").first.click()
    record = page.locator("details.record[open]").first
    expect(record).to_contain_text(WRONG)
    expect(record.locator(".proof")).to_contain_text("64 of 64 elements are as they came back, bit for bit")
    expect(record.locator(".heat figcaption").nth(1)).to_contain_text("expected if so")
    page.locator("details.inputs summary").click()
    expect(page.locator(".operands h4")).to_have_count(2)
    card = page.locator("details.record", has_text="reference").first
    card.locator("> summary").click()
    card.get_by_text("The script itself").click()
    script = card.locator("details.script pre").inner_text()
    made = report.parent / "it.py"
    made.write_text(script, encoding="utf-8")
    ran = subprocess.run([sys.executable, str(made)], env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True)
    assert ran.stdout.startswith("answered [1,8,8,1] "), ran.stderr

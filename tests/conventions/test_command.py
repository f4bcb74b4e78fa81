"""`conformance conventions`, end to end with lanes that need no framework."""

import json
import re
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.adapters.lane import missing_framework, parse_lane
from conformance.cli.main import main
from conformance.operators.nominal import nominal_calls

Inside = Callable[..., int]
ROOT = Path(__file__).resolve().parents[2]
SIMULATED = "tests.conventions.simulated"
FIELDS = {
    "lane", "topic", "name", "measured", "formula", "agrees", "checked", "unit", "differing", "unanswered", "smallest",
    "notes", "example", "operator",
}  # fmt: skip


@pytest.fixture
def inside(monkeypatch: pytest.MonkeyPatch) -> Iterator[Inside]:
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    monkeypatch.setenv("COLUMNS", "200")

    def run(*words: str) -> int:
        monkeypatch.setattr(sys, "argv", ["conformance", "conventions", *words])
        with pytest.raises(SystemExit) as left:
            main()
        assert isinstance(left.value.code, int)
        return left.value.code

    yield run
    for number, handler in handlers.items():
        signal.signal(number, handler)


def measured(inside: Inside, path: Path, *words: str) -> dict[str, Any]:
    assert inside(*words, "--quiet", "--output", str(path)) == 0
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def test_the_reference_agrees_with_its_formulas(inside: Inside, tmp_path: Path) -> None:
    found = measured(inside, tmp_path / "found.json", "--lane", "reference")
    (lane,) = found["lanes"]
    assert lane["geometries"] >= 2000
    assert (lane["differing"], lane["facts_agreeing"]) == (0, lane["facts_stated"])
    assert {fact["topic"] for fact in found["facts"] if fact["agrees"]} >= {
        "filter layout", "kernel orientation", "odd element of SAME", "SAME", "VALID", "explicit pads",
        "default output length", "legal output lengths", "strides", "output_shape", "padding", "data formats",
        "dtypes", "validation",
    }  # fmt: skip


def test_the_json_keeps_its_fields(inside: Inside, tmp_path: Path) -> None:
    found = measured(inside, tmp_path / "found.json", "--lane", "reference", "--geometries", "4", "--no-wrong-calls")
    assert list(found) == ["format", "command", "lanes", "notes", "facts", "nominal"]
    assert found["format"] == 1
    assert all(set(fact) == FIELDS for fact in found["facts"])
    assert set(found["nominal"][0]) == {
        "lane", "word", "length", "kernel", "stride", "dilation", "outputs", "chosen", "message", "plan", "variant",
        "crops", "flipped", "pictures", "defined", "operator",
    }  # fmt: skip
    same = next(each for each in found["nominal"] if (each["word"], each["kernel"], each["stride"]) == ("SAME", 3, 2))
    assert (same["outputs"], same["crops"]) == ([7, 8], [1, 0])


def test_a_deviating_framework_is_told_with_its_smallest_geometry(inside: Inside, tmp_path: Path) -> None:
    page = tmp_path / "found.md"
    assert inside("--lane", f"{SIMULATED}:OddBefore", "--no-wrong-calls", "--quiet", "--output", str(page)) == 0
    text = page.read_text(encoding="utf-8")
    assert text.startswith("# Conventions, as measured\n\nWritten by `conformance conventions --lane")
    assert "smallest that differs: input 1, kernel 2, stride 1, dilation 1, padding SAME, output 1" in text
    assert "**differs**" in text


def test_every_format_is_written_in_one_go(inside: Inside, tmp_path: Path) -> None:
    outputs = [tmp_path / f"found.{suffix}" for suffix in ("md", "html", "json")]
    words = [word for output in outputs for word in ("--output", str(output))]
    assert inside("--lane", "reference", "--geometries", "4", "--no-wrong-calls", "--quiet", *words) == 0
    assert all(output.stat().st_size > 1000 for output in outputs)
    page = outputs[1].read_text(encoding="utf-8")
    assert "<h3>What SAME means</h3>" in page
    links = re.findall('href="#(words-[0-9]+)"', page)
    assert links == re.findall('id="(words-[0-9]+)"', page)
    assert len(links) == page.count("<h3>")


def test_a_terminal_shows_questions_and_nominal_calls(inside: Inside, capsys: pytest.CaptureFixture[str]) -> None:
    assert inside("--lane", "reference", "--geometries", "4", "--no-wrong-calls", "--quiet") == 0
    shown = capsys.readouterr().out
    assert "Which axis of the filter is height, width, out, in" in shown
    assert "[height, width, out, in]" in shown
    assert "7\N{EN DASH}8 (caller chooses)" in shown


def test_a_call_that_kills_the_worker_is_a_fact(inside: Inside, tmp_path: Path) -> None:
    found = measured(inside, tmp_path / "found.json", "--lane", f"{SIMULATED}:AbortsOnZero", "--geometries", "4")
    (validation,) = (fact for fact in found["facts"] if fact["topic"] == "validation")
    assert "1 abort the process" in validation["measured"]
    assert "conv2d_transpose/refusals/output-length-zero: aborts the process (SIGABRT)" in validation["notes"]


def test_five_geometries_are_no_disagreement_about_what_was_not_asked(inside: Inside, tmp_path: Path) -> None:
    page = tmp_path / "found.md"
    assert inside("--lane", "reference", "--geometries", "5", "--quiet", "--output", str(page)) == 0
    text = page.read_text(encoding="utf-8")
    assert "differs" not in text
    row = next(line for line in text.splitlines() if "the odd element is cropped after | " in line)
    assert row.endswith(
        "| no geometry with an odd total crop was answered | the odd element is cropped after | not asked | - |"
    )


def test_an_adapter_without_a_dialect_says_its_nominal_calls_and_is_asked_the_suite_s(
    inside: Inside, tmp_path: Path
) -> None:
    found = measured(inside, tmp_path / "found.json", "--lane", f"{SIMULATED}:OnlyNominal", "--geometries", "20")
    (lane,) = found["lanes"]
    assert (len(found["nominal"]), lane["geometries"], lane["differing"]) == (len(nominal_calls()), 60, 0)
    assert {fact["topic"] for fact in found["facts"]} >= {"SAME", "VALID", "explicit pads", "legal output lengths"}


@pytest.mark.parametrize(
    ("adapter", "agrees"), [("AskedCalls", True), ("AskedShifted", False), ("AskedDilationIgnored", False),
                            ("AskedZeros", False), ("AskedNoise", False)],
)  # fmt: skip
def test_a_third_party_s_formulas_are_measured_by_calls(
    inside: Inside, tmp_path: Path, adapter: str, agrees: bool
) -> None:
    found = measured(inside, tmp_path / "found.json", "--lane", f"{SIMULATED}:{adapter}", "--geometries", "60")
    swept = {fact["name"]: fact for fact in found["facts"] if fact["unit"] == "geometries"}
    assert list(swept) == ["SAME", "VALID", "explicit (before, after)"]
    assert {fact["agrees"] for fact in swept.values()} == {agrees}
    assert all(bool(fact["smallest"]) != agrees for fact in swept.values())
    assert sum(entry["pictures"] != [] for entry in found["nominal"]) == 84  # 42 geometries, SAME and VALID


def test_a_port_is_measured_by_calls(inside: Inside, tmp_path: Path) -> None:
    port = f"exec:{sys.executable} {ROOT / 'tests' / 'ports' / 'port.py'} honest"
    found = measured(inside, tmp_path / "found.json", "--lane", port, "--geometries", "20")
    (lane,) = found["lanes"]
    assert (lane["geometries"], lane["differing"]) == (60, 0)


def test_a_lane_of_another_operator_is_measured_in_that_one(inside: Inside, tmp_path: Path) -> None:
    outputs = [tmp_path / f"found.{suffix}" for suffix in ("md", "html")]
    words = [word for output in outputs for word in ("--output", str(output))]
    lane = f"{SIMULATED}:AnotherOperator"
    assert inside("--lane", lane, "--geometries", "10", "--no-wrong-calls", "--quiet", *words) == 0
    page, html = (output.read_text(encoding="utf-8") for output in outputs)
    row = next(line for line in page.splitlines() if "| VALID of conv1d |" in line)
    assert row.endswith("| agrees | 10 geometries |")
    assert "| `SAME of conv1d` | 3 | 2 | 1 | 4 | yes | 2, offset 0 |" in page
    assert "SAME of conv1d" in html


def test_a_lane_that_answers_nothing_says_so_in_the_table(inside: Inside, tmp_path: Path) -> None:
    page = tmp_path / "found.md"
    lane = f"{SIMULATED}:NoWords"
    assert inside("--lane", lane, "--geometries", "10", "--no-wrong-calls", "--quiet", "--output", str(page)) == 0
    row = next(line for line in page.read_text(encoding="utf-8").splitlines() if "| VALID of conv1d | nothing" in line)
    assert "nothing was answered: this lane is a fish" in row
    assert row.endswith("| not answered | 0 geometries, 10 not answered |")


def test_a_lane_that_computes_shapes_alone_has_nothing_to_measure(
    inside: Inside, capsys: pytest.CaptureFixture[str]
) -> None:
    assert inside("--lane", f"{SIMULATED}:ShapesAlone", "--quiet") == 3
    assert "it computes shapes and dtypes alone" in capsys.readouterr().out


def test_a_name_that_says_no_format_is_refused(inside: Inside, capsys: pytest.CaptureFixture[str]) -> None:
    assert inside("--lane", "reference", "--output", "found.txt") == 2
    assert "its name does not say a format; it must end with .md, .html, .json" in capsys.readouterr().err


@pytest.mark.frameworks
@pytest.mark.parametrize("name", ["tensorflow", "torch", "jax"])
def test_a_framework_s_formulas_agree(inside: Inside, tmp_path: Path, name: str) -> None:
    if hint := missing_framework(parse_lane(name)):
        pytest.skip(hint)
    found = measured(inside, tmp_path / "found.json", "--lane", name, "--geometries", "4", "--no-wrong-calls")
    swept = [fact for fact in found["facts"] if fact["unit"] == "geometries"]
    assert {fact["operator"] for fact in swept} >= {"conv2d_transpose", "max_pool1d", "avg_pool3d"}
    assert all(fact["agrees"] for fact in swept), [fact["smallest"] for fact in swept]
    told = [fact for fact in found["facts"] if fact["topic"] in ("filter layout", "kernel orientation", "strides")]
    assert all(fact["agrees"] for fact in told)

"""What becomes of a trial as a test: one outcome of pytest's for each of the suite's."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

REFERENCE = "reference"
FLIPPED = "conformance.mutants:Mutant:flipped-kernel"
STAND_INS = "tests.running.stand_ins"
MIX = "conv2d_transpose/mine/upsample[inputs=mix,dtype=float32]"
LITERALLY_MIX = MIX.replace("[", "[[]")
Asked = Callable[..., pytest.RunResult]
Waive = Callable[..., None]


def test_agreement_and_a_right_refusal_pass(asked: Asked) -> None:
    asked(REFERENCE).assert_outcomes(passed=3)


def test_a_nonconformance_fails_with_the_finding_in_full(asked: Asked) -> None:
    result = asked(FLIPPED, "-k", "mix and upsample")
    result.assert_outcomes(failed=1, deselected=2)
    result.stdout.fnmatch_lines_random(
        [
            f"differs in {FLIPPED}: as if the kernel were flipped along height and width",
            "  call   * conv2d_transpose(value=(1, 4, 4, 1), filter=(3, 3, 1, 1), output_shape=(1, 8, 8, 1), *",
            "  inputs   *mix",
            "  case   * mine.yaml:3",
            "  observed   * 48 of 64 elements differ bitwise; *",
            "  plan   * result = mutant.conv2d_transpose(value, filter, *",
            "  differs at * expected *, observed * (border, phase 0x0)",
            "  diagnosis  * behaves as if the kernel were flipped along height and width",
            f"  script   * conformance explain '{LITERALLY_MIX}' --lane {FLIPPED} --cases mine.yaml",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.fnmatch_lines(
        [f"FAILED mine.yaml::{LITERALLY_MIX} - Failed: differs in {FLIPPED}: as if the kernel *"]
    )


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Aborts", "crashed in {lane}: the process ended: SIGABRT; last words: check failed: all is lost"),
        ("Hangs", "timed_out in {lane}: no reply within 0.5 s"),
        ("RaisesOutside", "errored in {lane}: *KeyError: 'lost'*"),
        ("RaisesInCall", "refused in {lane}: a valid call was refused: ValueError: *"),
    ],
)
def test_trouble_fails_its_test_alone(asked: Asked, name: str, words: str) -> None:
    lane = f"{STAND_INS}:{name}"
    result = asked(lane, "--conformance-timeout", "0.5")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines([words.format(lane=lane)])


def test_what_a_lane_cannot_say_is_skipped_where_its_case_stands(asked: Asked) -> None:
    result = asked(f"{STAND_INS}:SaysNothing", "-rs")
    result.assert_outcomes(skipped=3)
    result.stdout.fnmatch_lines(["SKIPPED [[]2[]] mine.yaml:3: has no words at all"])


def test_a_lane_that_judged_nothing_has_failed(asked: Asked) -> None:
    lane = f"{STAND_INS}:SaysNothing"
    result = asked(lane)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines([f"conformance: lane {lane}: nothing judged; 3 unsupported"])


def test_a_waived_nonconformance_is_expected_to_fail(asked: Asked, waiver: Waive) -> None:
    waiver(FLIPPED, "*mix*", "differs")
    result = asked(FLIPPED, "-rx", "-k", "mix or too-long")
    result.assert_outcomes(passed=1, xfailed=1, deselected=1)
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines([f"XFAIL mine.yaml::{LITERALLY_MIX} - waived as bug: turned on purpose (differs)"])


def test_a_waiver_of_another_outcome_excuses_nothing(asked: Asked, waiver: Waive) -> None:
    waiver(FLIPPED, "*mix*", "crashed")
    asked(FLIPPED, "-k", "mix").assert_outcomes(failed=1, deselected=2)


@pytest.mark.parametrize("option", ["--conformance-no-waivers", "--runxfail"])
def test_known_deviations_fail_on_request(asked: Asked, waiver: Waive, option: str) -> None:
    waiver(FLIPPED, "*mix*", "differs")
    asked(FLIPPED, "-k", "mix", option).assert_outcomes(failed=1, deselected=2)


@pytest.mark.parametrize(
    ("reason", "message"),
    [
        ("FILL IN", "waiver without a reason: replace 'FILL IN' by why "),
        ("old, expires: 2020-01-01", "waiver expired on 2020-01-01 and excuses nothing any more: "),
    ],
)
def test_a_waiver_without_its_reason_or_after_its_last_day_fails(
    asked: Asked, waiver: Waive, reason: str, message: str
) -> None:
    waiver(FLIPPED, "*mix*", "differs", reason)
    result = asked(FLIPPED, "-k", "mix")
    result.assert_outcomes(failed=1, deselected=2)
    result.stdout.fnmatch_lines([f"*all.yaml:2: {message}*"])


def test_a_waiver_that_is_no_longer_needed_fails(asked: Asked, waiver: Waive) -> None:
    waiver(REFERENCE, "*mix*", "differs")
    result = asked(REFERENCE)
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(
        [f"*all.yaml:2: waiver no longer needed: {LITERALLY_MIX} in reference conforms (agrees)"]
    )


def test_a_lane_that_does_not_start_is_an_error_of_each_test(asked: Asked) -> None:
    lane = f"{STAND_INS}:FailsToStart"
    result = asked(lane)
    result.assert_outcomes(errors=3)
    result.stdout.fnmatch_lines([f"lane {lane} did not start: RuntimeError: the licence has expired"])


COUNTED = """\
import os
from conformance.adapters.reference import Reference

class Counted(Reference):
    def describe(self):
        with open("started", "a") as stream:
            print(os.getpid(), os.environ["OMP_NUM_THREADS"], file=stream)
        return super().describe()
"""


def test_a_session_has_one_worker_which_ends_with_it(asked: Asked, mine: Path) -> None:
    (mine.parent / "counted_port").mkdir()
    (mine.parent / "counted_port" / "adapter.py").write_text(COUNTED, encoding="utf-8")
    asked("counted_port.adapter:Counted", "--conformance-threads", "2").assert_outcomes(passed=3)
    (line,) = (mine.parent / "started").read_text("utf-8").splitlines()
    process, threads = line.split()
    assert threads == "2"
    with pytest.raises(ProcessLookupError):
        os.kill(int(process), 0)


def test_a_lane_may_be_a_file_beside_the_tests(pytester: pytest.Pytester, asked: Asked) -> None:
    source = "from conformance.adapters.reference import Reference\n\nclass Port(Reference):\n    pass\n"
    pytester.makepyfile(port_in_a_file=source)
    for lane in ("./port_in_a_file.py:Port", "port_in_a_file:Port"):
        asked(lane, "mine.yaml").assert_outcomes(passed=3)


def test_a_thorough_session_asks_every_right_answer_again(asked: Asked) -> None:
    lane = "conformance.mutants:Cheater:tenth-call-wrong"
    asked(lane).assert_outcomes(passed=3)
    result = asked(lane, "--conformance-thorough")
    # The first of two trials of the same shapes has their tenth call.
    result.assert_outcomes(failed=1, passed=2)
    result.stdout.fnmatch_lines(["conformance: flag asked_again: the first answer was right; asked again *"])

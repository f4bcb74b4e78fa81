"""Counts false alarms: right frameworks, thousands of calls that no author chose, every generator and dtype.

    .venv/bin/python benchmarks/false_alarms.py [--records 20000] [--output DIR]

Writes a case file with a deterministic sample of a large sweep, runs it through TensorFlow, PyTorch and JAX, and prints
how many records were judged, how many did not conform and were not waived, and what they say. Anything printed is
either a finding to be explained or a false alarm to be mended. Exit status 1 when there is any.
"""

import argparse
import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from conformance.journal import Record, read_journal

LANES = ("tensorflow", "torch", "jax")

GEOMETRY = """
      size: [[3, 4], [7, 3]]
      kernel: [1, 3, [2, 4], [5, 2]]
      strides: [1, 2, [3, 1]]
      dilations: [1, [2, 3]]
      padding: [SAME, VALID, [[1, 0], [0, 1]], [[1, 1], [0, 2]]]
      output: [smallest, largest]
      together:
        - {batch: 1, data_format: NHWC}
        - {batch: 5, data_format: NHWC}
        - {batch: 2, data_format: NCHW}
"""

REAL = ["normal_big", "uniform01", "graded", "const"]
WIDE, SIXTEEN_BIT = ["float32", "float64"], ["float16", "bfloat16"]

# Together 193,536 combinations: a run takes at most 200,000.
GROUPS = {
    "wide-dtypes": (
        WIDE,
        [[1, 2], [3, 7], [4, 33]],
        [*REAL, "mix", "wide_x", "wide_w", "codes", "special", "subnormal"],
    ),
    "many-channels": (WIDE, [[65, 3], [128, 5]], [*REAL, "mix", "wide_x"]),
    "sixteen-bit": (
        SIXTEEN_BIT,
        [[1, 2], [2, 3], [4, 2]],
        [*REAL, "mix", "wide_x", "wide_w", "acc24", "special", "ones"],
    ),
    "sixteen-bit-channels": (SIXTEEN_BIT, [[16, 3], [34, 8]], REAL),
    "disjoint": ([*WIDE, *SIXTEEN_BIT], [[2, 3], [4, 5]], ["zero_product"]),
}
SHARES = {"wide-dtypes": 0.45, "many-channels": 0.1, "sixteen-bit": 0.3, "sixteen-bit-channels": 0.1, "disjoint": 0.05}


@dataclass(frozen=True, slots=True)
class Finding:
    """A genuine fault of a framework, which the sweep meets again and again."""

    lanes: tuple[str, ...]
    outcome: str
    ids: str
    """regular expression"""
    reason: str


FINDINGS = (
    Finding(
        ("tensorflow", "torch"),
        "differs",
        r"dtype=bfloat16,channels=\d*[13579]x\d+,inputs=special",
        "oneDNN's bfloat16 kernel takes channels in pairs and multiplies the next pixel's first one by 0",
    ),
    Finding(
        ("jax",),
        "crashed",
        r"size=7x3,kernel=2x4,strides=2,dilations=1,padding=1:1x0:2",
        "XLA aborts: kernel beyond the input on one axis, kernel 2, stride 2 and pads 1 and 1 on the other",
    ),
)


def finding_of(record: Record) -> Finding | None:
    """The genuine fault that a nonconformance is, if it is one that is known."""
    return next(
        (
            finding
            for finding in FINDINGS
            if record.lane in finding.lanes
            and record.outcome == finding.outcome
            and re.search(finding.ids, record.trial)
        ),
        None,
    )


def case_file(trials: int) -> str:
    """The sweep's YAML; `sample` keeps the share of each group."""
    cases = ["operator: conv2d_transpose", "cases:"]
    for name, (dtypes, channels, inputs) in GROUPS.items():
        cases.append(
            f"  - name: {name}\n    why: A call that nobody chose, which right frameworks must answer right.\n"
            f"    sweep:\n      dtype: {dtypes}\n      channels: {channels}\n      inputs: {inputs}"
            f"{GEOMETRY}      sample: {round(trials * SHARES[name])}"
        )
    return "\n".join(cases).replace("'", "") + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--output", type=Path, default=Path("build/false-alarms"))
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    cases = arguments.output / "sweep.yaml"
    # A tenth more than asked for: what a framework cannot say is not judged.
    cases.write_text(case_file(round(arguments.records * 1.12 / len(LANES))), encoding="utf-8")
    lanes = [word for lane in LANES for word in ("--lane", lane)]
    command = [sys.executable, "-m", "conformance", "run", str(cases), *lanes, "--output", str(arguments.output)]
    subprocess.run([*command, "--quiet"], check=False, stdout=subprocess.DEVNULL)
    return tell(arguments.output / "journal.jsonl")


def tell(path: Path) -> int:
    """Print what the journal says."""
    journal = read_journal(path)
    judged = [record for record in journal.records if record.outcome != "unsupported"]
    wrong = [record for record in judged if not record.conforms and record.waived is None]
    alarms = [record for record in wrong if finding_of(record) is None]
    for lane in LANES:
        outcomes = Counter(record.outcome for record in judged if record.lane == lane)
        print(f"{lane} {journal.lanes[lane].version}: {dict(outcomes)}")
    waived = Counter(record.waived.reason for record in judged if record.waived is not None)
    for reason, count in waived.most_common():
        print(f"  waived {count}: {reason}")
    found = Counter(f"{record.lane}: {known.reason}" for record in wrong if (known := finding_of(record)) is not None)
    for reason, count in found.most_common():
        print(f"  found {count}: {reason}")
    print(f"{len(judged)} records judged, {len(alarms)} false alarms")
    for record in alarms:
        print(f"  {record.lane} {record.trial}: {record.detail}")
    return 1 if alarms else 0


if __name__ == "__main__":
    sys.exit(main())

"""Fuzzes what reads other people's bytes: frames and case files.

    .venv/bin/python benchmarks/fuzz.py [--examples 10000] [--seed 0]

Bytes that are no frame must end in FrameError or EndOfStream, a file that is no case file in CaseFileError. Anything
else is a finding, and so is an example that takes more than SECONDS, or one for which the process would need more than
MEMORY beyond what it has at the start. Examples are random bytes, whole frames and case files with a few bytes changed,
and well-formed ones that are wrong in what they say. Prints one line for each reader; exit status 1 on a finding.
"""

import argparse
import json
import resource
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any

import numpy as np
import yaml
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from conformance.errors import CaseFileError
from conformance.protocol.frames import (
    DTYPES,
    LENGTH,
    LONGEST_HEADER,
    MOST_TENSOR_BYTES,
    EndOfStream,
    FrameError,
    frame,
    read_frame,
)
from conformance.suite.corpus import shipped_cases
from conformance.suite.loading import load_file
from reference.family import OPERATORS

SECONDS = 20
MEMORY = 2**30
ALL_PHASES = (Phase.explicit, Phase.generate, Phase.shrink)


def main() -> None:
    parser = argparse.ArgumentParser(description="Fuzz the frame reader and the YAML loader.")
    parser.add_argument("--examples", type=int, default=10_000, help="for each reader")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    signal.signal(signal.SIGALRM, _too_long)
    _limit_memory()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "case.yaml"
        readers: list[tuple[str, st.SearchStrategy[bytes], Callable[[bytes], str]]] = [
            ("frames", STREAMS, read_stream),
            ("case files", CASE_FILES, lambda content: load(path, content)),
        ]
        findings = [not fuzz(*reader, arguments.examples, arguments.seed) for reader in readers]
    sys.exit(any(findings))


def fuzz(name: str, examples: st.SearchStrategy[bytes], read: Callable[[bytes], str], count: int, start: int) -> bool:
    """Whether every example ended as it must."""
    ends: Counter[str] = Counter()
    longest = 0.0

    @seed(start)
    @settings(max_examples=count, deadline=None, database=None, phases=ALL_PHASES, suppress_health_check=[*HealthCheck])
    @given(examples)
    def example(content: bytes) -> None:
        nonlocal longest
        started = monotonic()
        signal.alarm(SECONDS)
        try:
            ends[read(content)] += 1
        finally:
            signal.alarm(0)
        longest = max(longest, monotonic() - started)

    started = monotonic()
    try:
        example()
    except BaseException:
        traceback.print_exc()
        return False
    shown = ", ".join(f"{end} {number:,}" for end, number in ends.most_common())
    seconds, grown = monotonic() - started, _peak() / 2**20
    print(
        f"{name}: {ends.total():,} examples in {seconds:.0f} s, longest {longest:.2f} s, peak {grown:.0f} MiB: {shown}"
    )
    return True


def _too_long(*_: object) -> None:
    raise TimeoutError(f"an example took more than {SECONDS} s")


def _limit_memory() -> None:
    """No more address space than now, and MEMORY on top."""
    pages = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[0])
    limit = pages * resource.getpagesize() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024.0


def read_stream(content: bytes) -> str:
    """How reading frames from these bytes ends."""
    stream = BytesIO(content)

    def read(count: int) -> bytes:
        assert 0 <= count <= max(MOST_TENSOR_BYTES, LONGEST_HEADER), f"asked for {count} bytes"
        return stream.read(count)

    while True:
        try:
            header, _ = read_frame(read)
            json.dumps(header, ensure_ascii=False).encode()
        except EndOfStream:
            return "read to the end"
        except FrameError:
            return "refused"


def load(path: Path, content: bytes) -> str:
    """How loading a file of these bytes ends."""
    path.write_bytes(content)
    try:
        load_file(path)
    except CaseFileError as error:
        problems = error.problems
    else:
        return "loaded"
    assert problems
    assert all(str(path) in problem for problem in problems), problems
    return "refused"


@st.composite
def changed(draw: st.DrawFn, sources: st.SearchStrategy[bytes]) -> bytes:
    """Bytes of the source with a few of them replaced, removed, repeated or cut off."""
    content = bytearray(draw(sources))
    for _ in range(draw(st.integers(1, 4))):
        at, length = draw(st.integers(0, len(content))), draw(st.integers(0, 8))
        match draw(st.sampled_from(["replace", "remove", "repeat", "cut"])):
            case "replace":
                content[at : at + length] = draw(st.binary(max_size=8))
            case "remove":
                del content[at : at + length]
            case "repeat":
                content[at:at] = content[at : at + length] * draw(st.integers(1, 50))
            case "cut":
                del content[at:]
    return bytes(content)


LENGTHS = st.integers(-(2**65), 2**65) | st.integers(0, 4) | st.sampled_from([0, 2**31, 2**39, 2**63])
WORDS = st.text(st.characters(), max_size=8) | st.sampled_from([*DTYPES, "tensors", "name", "dtype", "shape", "result"])
JSON = st.recursive(
    st.none() | st.booleans() | LENGTHS | st.floats() | WORDS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(WORDS, inner, max_size=5),
    max_leaves=20,
)
DESCRIBED = st.lists(
    st.fixed_dictionaries({"name": WORDS, "dtype": st.sampled_from([*DTYPES]), "shape": st.lists(LENGTHS, max_size=18)})
    | JSON,
    max_size=18,
)
DEEP = st.builds(
    lambda opening, depth: opening * depth, st.sampled_from([b"[", b'{"a":', b"[[[0],"]), st.integers(1, 10**5)
)
DIGITS = st.builds(lambda count: b'{"seq":' + b"9" * count + b"}", st.integers(1, 10**5))


def _announced(header: bytes) -> bytes:
    return LENGTH.pack(len(header)) + header


@st.composite
def right_frames(draw: st.DrawFn) -> bytes:
    shape = draw(st.lists(st.integers(0, 3), max_size=4))
    array = np.zeros(shape, DTYPES[draw(st.sampled_from([*DTYPES]))])
    header = draw(st.dictionaries(st.text(max_size=4).filter(lambda key: key != "tensors"), st.integers(), max_size=3))
    return b"".join(bytes(part) for part in frame(header, {"result": array}))


STREAMS = st.one_of(
    st.binary(max_size=200),
    st.lists(right_frames(), max_size=3).map(b"".join),
    changed(right_frames()),
    st.builds(lambda told, rest: _announced(json.dumps({"tensors": told}).encode()) + rest, DESCRIBED, st.binary()),
    JSON.map(lambda header: _announced(json.dumps(header).encode())),
    (DEEP | DIGITS | st.binary(max_size=50)).map(_announced),
    st.builds(lambda length, rest: LENGTH.pack(length) + rest, st.integers(0, 2**64 - 1), st.binary()),
)

SHIPPED = [path.read_bytes() for path in sorted(shipped_cases().glob("*transpose*/*.yaml"))]
HEAD = b"operator: conv2d_transpose\ncases:\n  - name: fuzz\n    why: fuzz\n"
KEYS = (
    "value", "filter", "output_shape", "strides", "padding", "data_format", "dilations", "dtype", "inputs", "expect",
    "sweep", "batch", "size", "channels", "kernel", "output", "together", "exclude", "sample", "url",
    "operators", "1d", "2d", "conv3d", "others",
)  # fmt: skip
SHAPES = st.lists(st.integers(0, 6), min_size=4, max_size=4)
NAMED = st.sampled_from(
    [
        *("SAME", "VALID", "NHWC", "NCHW", "float32", "float64", "mix", "ones", "codes", "all", "reference"),
        *("4+", "1*", "-2+", "N+C", "NC+", "conv1d", "conv3d"),
    ]
)
CONTENT = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 9) | LENGTHS | st.floats() | NAMED | st.text(max_size=8) | SHAPES,
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=5), inner, max_size=5)
    ),
    max_leaves=20,
)
ENTRIES = st.dictionaries(st.sampled_from(KEYS), CONTENT, max_size=8)
ALMOST = st.fixed_dictionaries(
    {"value": SHAPES, "filter": SHAPES, "output_shape": SHAPES, "strides": st.integers(0, 3)},
    optional={
        "padding": NAMED | CONTENT,
        "dtype": NAMED,
        "inputs": NAMED | CONTENT,
        "sweep": ENTRIES,
        "expect": CONTENT,
    },
)
PARAMETRIC = st.fixed_dictionaries(
    {"size": CONTENT, "kernel": st.integers(0, 5)},
    optional={"batch": LENGTHS, "channels": CONTENT, "output": NAMED | CONTENT, "strides": CONTENT, "sweep": ENTRIES},
)


def _case(entry: dict[str, Any]) -> bytes:
    case = {"name": "fuzz", "why": "fuzz", **entry}
    return yaml.safe_dump({"operator": "conv2d_transpose", "cases": [case]}, allow_unicode=True).encode(
        "utf-8", "replace"
    )


def _several(operators: Any, entry: dict[str, Any]) -> bytes:
    case = {"name": "fuzz", "why": "fuzz", **entry}
    return yaml.safe_dump({"operators": operators, "cases": [case]}, allow_unicode=True).encode("utf-8", "replace")


def _bomb(levels: int, width: int) -> bytes:
    """Aliases that expand to width**levels values."""
    lines = (f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * width)}]" for level in range(1, levels + 1))
    return "\n".join(["a0: &a0 [1]", *lines]).encode()


CHARACTERS = st.text("abcdefg:-[]{}#&*!|>'\"%@`, \n\t0123456789", max_size=80)
NESTED = st.builds(
    lambda opening, depth: opening * depth, st.sampled_from([b"[", b"{a: ", b"- "]), st.integers(1, 10**4)
)
CASE_FILES = st.one_of(
    st.binary(max_size=200),
    st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")),
    changed(st.sampled_from(SHIPPED)),
    CHARACTERS.map(lambda text: HEAD + text.encode()),
    ENTRIES.map(_case),
    ALMOST.map(_case),
    PARAMETRIC.map(_case),
    st.builds(_several, st.lists(st.sampled_from([*OPERATORS, "conv4d"]), max_size=4) | CONTENT, ALMOST | PARAMETRIC),
    st.builds(_bomb, st.integers(1, 30), st.integers(1, 20)),
    NESTED.map(lambda content: HEAD + b"    value: " + content),
)

if __name__ == "__main__":
    main()

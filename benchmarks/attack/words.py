"""Numbers, patterns and sizes: what a command line or a small file can ask for."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from random import Random

from benchmarks.attack.attack import Attack
from benchmarks.attack.ground import Ground

NUMBERS = ("nan", "inf", "-1", "1e400", "9" * 5000, "", "²", "0x10", "1_0", "--", "99999999999999999999", "\x1b[2J")
OPTIONS = ("--timeout", "--threads", "--shard", "--keep-earlier")
HARMLESS = {("--timeout", "1_0"), ("--threads", "1_0"), ("--keep-earlier", "1_0"), ("--keep-earlier", NUMBERS[10])}
"""10 as Python spells it, too; and more journals than there will ever be"""
MEMORY = 'ulimit -v 6000000; exec "$@"'
"""KiB: a thread's stack and an arena each take address space, and little memory"""
SHAPES = {
    "a value of 10^10 elements": "value: [1, 100000, 100000, 1], filter: [1, 1, 1, 1], output_shape: [1, 1, 1, 1]",
    "a filter of 10^10 elements": "value: [1, 1, 1, 1], filter: [100000, 100000, 1, 1], output_shape: [1, 1, 1, 1]",
    "a result of 10^10 elements": "value: [1, 1, 1, 1], filter: [1, 1, 1, 1], output_shape: [1, 100000, 100000, 1]",
    "an axis of 10^8": "value: [1, 100000000, 1, 1], filter: [1, 1, 1, 1], output_shape: [1, 100000000, 1, 1]",
    "10^12 pairs of an axis": "value: [1, 1000000, 1, 1], filter: [1000000, 1, 1, 1], output_shape: [1, 1000000, 1, 1]",
    "lengths of 2^62": f"value: [1, {2**62}, 1, 1], filter: [1, 1, 1, 1], output_shape: [1, {2**62}, 1, 1]",
    "lengths of 10^400": f"value: [1, 1{'0' * 400}, 1, 1], filter: [1, 1, 1, 1], output_shape: [1, 1, 1, 1]",
    "negative lengths": "value: [-1, -4, -4, -1], filter: [3, 3, 1, 1], output_shape: [1, 8, 8, 1]",
    "10^6 axes": f"value: [{'1, ' * 10**6}1], filter: [1, 1, 1, 1], output_shape: [1, 1, 1, 1]",
    "10^9 groups": "value: [1, 4, 4, 1], filter: [3, 3, 1, 1], output_shape: [1, 8, 8, 1], groups: 1000000000",
}
SWEEPS = {
    "10^9 combinations": {name: [*range(1, 1001)] for name in ("size", "kernel", "strides")},
    "200,000 combinations": {"size": [*range(1, 448)], "kernel": [*range(1, 448)]},
    "10^5 excludes": {"size": [*range(1, 100)], "exclude": [{"size": each} for each in range(10**5)]},
    "all outputs of a stride of 10^9": {"strides": [10**9], "output": ["all"]},
    "a length of 10^9": {"size": [10**9], "strides": [1]},
    "calls without an end": {"calls": [10**9]},
}
PROMISES = {
    "5e9 elements": "(5000000000,)", "elements of 10^400": f"(1{'0' * 400},)", "a negative length": "(-1,)",
    "a length of 2^63": f"({2**63},)", "9000 signs": f"({'-' * 9000}1,)", "nested parentheses": "(" * 4000,
}  # fmt: skip
DIAGNOSED = (
    ("--size", "100000x100000"), ("--size", "9" * 400), ("--size", "4000x4000"), ("--channels", "100000x100000"),
    ("--kernel", "1000x1000"), ("--strides", "99999999999"), ("--dilations", "99999999999"),
    ("--padding", "[[1,1e400],[0,0]]"),
    ("--padding", "[" * 50_000), ("--output", "9x" * 1000 + "9"), ("--padding", "[[-1,0],[0,0]]"), ("--size", "0x0"),
)  # fmt: skip
GENERATED = (
    ("--size", "100000x100000"), ("--kernel", "1e400"), ("--strides", "9" * 5000), ("--padding", "[" * 50_000),
    ("--size", "NaN"), ("--inputs", "\x1b[2J"), ("--batch", "1000000000"), ("--channels", "[1,1,1]"),
)  # fmt: skip
TRANSLATED = (
    "tf.nn.conv2d_transpose(x[1,100000,100000,1], f[3,3,1,1], [1,200000,200000,1], strides=2)",
    "F.conv_transpose2d(x[1,1,99999999,1], w[1,1,99999999,1])",
    "F.conv_transpose2d(x[1,1,4,4], w[1,1,3,3], stride=9223372036854775807)",
    f"F.conv_transpose2d(x[{'9' * 400}], w[1,1,3,3])",
    f"F.conv_transpose2d({'(' * 5000}",
    f"F.conv_transpose2d({'-' * 5000}1)",
    "__import__('os').system('touch evil')",
    "f(x[1]) \x1b[2J\n::error::evil",
)


def attacks(ground: Ground, random: Random) -> Iterator[Attack]:  # noqa: ARG001
    """All in small time and memory, and all wrong usage, unless it asks for something that can be done."""
    for option in OPTIONS:
        for number in NUMBERS:
            statuses = {0} if (option, number) in HARMLESS else {2}
            words = ground.words("out", option, number)
            yield _usage("numbers", f"{option} {number[:20]!r}", words, statuses=statuses)
    yield from _large_calls()
    yield from _large_arrays(ground)
    yield from _large_arguments()
    yield from _many(ground)


def _large_calls() -> Iterator[Attack]:
    for name, shape in SHAPES.items():
        case = f"operator: conv2d_transpose\ncases:\n  - {{name: a, why: w, {shape}, strides: 1}}\n"
        yield _usage("sizes", f"a case with {name}", ("cases", "check", "given"), case)
    for name, sweep in SWEEPS.items():
        entry = {"name": "a", "why": "w", "batch": 1, "channels": 1, "size": 1, "kernel": 1, "output": "smallest"}
        kept = {key: value for key, value in entry.items() if key not in sweep}
        case = json.dumps({"operator": "conv2d_transpose", "cases": [{**kept, "sweep": sweep}]})
        yield _usage("patterns", f"a sweep with {name}", ("cases", "check", "given", "--no-witness"), case)


def _large_arrays(ground: Ground) -> Iterator[Attack]:
    words = ("diagnose", "--output", "given", "--input", str(ground.array), "--filter", "given", "--output-shape")
    for name, shape in PROMISES.items():
        header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}}}\n"
        length = len(header).to_bytes(2, "little").decode("latin-1")
        content = f"\x93NUMPY\x01\x00{length}{header}" + "\0" * 64
        yield _usage("sizes", f"an array that promises {name}", (*words, "1x8x8x1", "--strides", "2"), content)


def _large_arguments() -> Iterator[Attack]:
    for words in DIAGNOSED:
        yield _usage("sizes", f"diagnose {words[0]} {words[1][:30]}", ("diagnose", "--lane", "reference", *words))
    for option, value in GENERATED:
        small = {"--size": "4", "--channels": "1", "--kernel": "3", "--strides": "2", "--output": "smallest"}
        given = [word for pair in {**small, option: value}.items() for word in pair]
        yield _usage("sizes", f"cases generate {option} {value[:30]!r}", ("cases", "generate", "made.yaml", *given))
    for text in TRANSLATED:
        # A call may be large: its translation is said, and not run.
        words = ("translate", text, "--to", "reference", "--no-run")
        yield _usage("sizes", f"translate {text[:60]!r}", words, statuses={0, 2, 3})


def _many(ground: Ground) -> Iterator[Attack]:
    for stars in (8, 64, 1000):
        pattern = "*a" * stars + "*b"
        yield _usage("patterns", f"a selection with {stars + 1} stars", ("cases", "list", pattern))
        for key in ("trial", "lane"):
            waiver = {
                "lane": "torch",
                "trial": "none",
                "outcome": "differs",
                "class": "bug",
                "reason": "r",
                key: pattern,
            }
            text, words = json.dumps({"waivers": [waiver] * 20}), ground.words("out", "--waivers", "given")
            yield _usage("patterns", f"20 waivers with {stars + 1} stars in {key}", words, text, {0, 2})


def _usage(
    kind: str,
    name: str,
    words: tuple[str, ...],
    content: str = "",
    statuses: set[int] | frozenset[int] = frozenset({2}),
) -> Attack:
    prepare = partial(_write, content=content)
    return Attack(kind, name, words, frozenset(statuses), MEMORY, prepare=prepare, seconds=40, problem=_unharmed)


def _write(here: Path, content: str) -> None:
    (here / "given").write_bytes(content.encode("latin-1"))


def _unharmed(here: Path, _: object) -> str | None:
    return "what it was given was evaluated" if (here / "evil").exists() else None

"""What frameworks' words for index maps mean, measured: what a pad holds and how long it may be, orders of channels.

Knows: what words are taken to mean, workers' answers. Must not know: formats, other lanes.

A value of numbers that all differ tells for each element of a result which one it is a copy of. Answers are held
against every mode and order there is, and not only against the one that the suite holds the words to mean.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import product
from typing import Any, Literal

import numpy as np

from conformance.adapters.dialect import Said
from conformance.adapters.index_map_dialect import BlockWords, IndexMapDialect, Negative, PadWords, PatchWords, Shape
from conformance.adapters.plan import Plan
from conformance.adapters.planning import dialect_of
from conformance.adapters.reply import Answer, Reply, TimedOut
from conformance.conventions.asking import Array, Ask, trouble
from conformance.conventions.lane import Advance, Depth, Measurement
from conformance.conventions.validation import try_wrong_calls, validation_fact
from conformance.journal import ConventionFact
from conformance.operators.index_map.calls import make_call
from conformance.operators.index_map.dialects import DIALECTS
from conformance.workers.client import Client
from reference.errors import ArgumentError
from reference.index_map import engine
from reference.index_map.arguments import index_geometry
from reference.index_map.family import BLOCK_MODES, OPERATORS, PAD_MODES, PATCH_ORDERS
from reference.index_map.geometry import Patches
from reference.index_map.operators import Mapped

UNKNOWN = "fits no rule"
LENGTHS = range(1, 9)
# How much longer than the value pads are: what reflects again, and wraps twice
BEYOND = 3
# The last one tells copies of the whole value from those of what is left, but for the border alone.
NEGATIVE = ((-1, 2), (2, -1), (-2, 2))
LIMITS: Mapping[str, Callable[[int, int], bool]] = {
    "length - 1": lambda pad, length: pad < length,
    "length": lambda pad, length: pad <= length,
    "any length": lambda pad, length: True,
}


@dataclass(slots=True)
class _Sweep:
    """What was answered, and by which of the candidates it is explained."""

    candidates: dict[str, int]
    """how many answers each explains"""
    checked: int = 0
    unanswered: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)

    def add(self, words: str, reply: Reply, results: Mapping[str, Array], held: str) -> None:
        if not isinstance(reply, Answer):
            self.unanswered.append(f"{words}: {trouble(reply).text}")
            return
        self.checked += 1
        fitting = [name for name, result in results.items() if np.array_equal(result, reply.array)]
        for name in fitting:
            self.candidates[name] += 1
        if held not in fitting:
            self.differing.append(f"{words}: {fitting[0] if fitting else UNKNOWN}")

    @property
    def measured(self) -> str:
        """All that explain every answer; several where nothing tells them apart."""
        if not self.checked:
            return f"nothing was answered: {self.unanswered[0]}" if self.unanswered else "nothing was asked"
        return " or ".join(name for name, count in self.candidates.items() if count == self.checked) or UNKNOWN

    def fact(self, lane: str, topic: str, name: str, held: str, said: Said, operator: str) -> ConventionFact:
        return ConventionFact(
            lane, topic, name, self.measured, held, not self.differing if self.checked else None, self.checked,
            "geometries", len(self.differing), len(self.unanswered), self.differing[0] if self.differing else "",
            tuple(self.unanswered[:1]), said.source() if isinstance(said, Plan) else (), operator,
        )  # fmt: skip


def quick_facts(_: Client) -> Iterator[Measurement]:
    """None: what a run asks shows the same."""
    yield from ()


def measure(client: Client, depth: Depth, advance: Advance) -> Iterator[Measurement]:
    """Everything that can be measured; what may kill the worker comes last."""
    lane, taken = client.lane.text, [name for name in client.declared.known_operators() if name in OPERATORS]
    dialect = dialect_of(client.adapter, DIALECTS) or call_dialect()

    def ask(said: Said, operands: Mapping[str, Array]) -> Reply:
        return client.perform(said, operands) if isinstance(said, Plan) else client.reply(said, operands)

    for words in dialect.pads if "pad" in taken else ():
        yield from pad_facts(lane, words, ask, depth.geometries, partial(advance, f"pad, {words.name}"))
    for blocks in dialect.blocks:
        if blocks.operator in taken:
            yield block_fact(lane, blocks, ask, depth.geometries, partial(advance, blocks.name))
    for patches in dialect.patches if "extract_patches" in taken else ():
        yield patch_fact(lane, patches, ask, depth.geometries, partial(advance, patches.name))
    if depth.wrong_calls:
        advance("wrong calls of index maps", 0)
        found = list(try_wrong_calls(ask, taken, ()))
        yield replace(validation_fact(lane, found), operator="index maps")


def pad_facts(
    lane: str, words: PadWords, ask: Ask, most: int | None, advance: Callable[[int], None]
) -> Iterator[ConventionFact]:
    """What the pads hold, how long they may be, and what becomes of negative ones."""
    sweep, taken = _Sweep(dict.fromkeys(PAD_MODES, 0)), dict[tuple[int, int], bool]()
    for length, pads in _spread(_pads(), most):
        reply = ask(words.say(length, pads), {"value": _row(length)})
        if not isinstance(reply, TimedOut):  # a machine that is busy says nothing of the limit
            taken[max(pads), length] = taken.get((max(pads), length), True) and isinstance(reply, Answer)
        results = padded(length, pads)
        # Beyond what the definition takes nothing is held of those that reflect again.
        if words.mode in results and LIMITS[words.limit](max(pads), length):
            sweep.add(f"length {length}, pads {pads}", reply, results, words.mode)
        advance(1)
    example = words.say(4, (1, 2))
    yield sweep.fact(lane, "what a pad holds", words.name, words.mode, example, "pad")
    fitting = [name for name, rule in LIMITS.items() if all(rule(*at) == answered for at, answered in taken.items())]
    measured = " or ".join(fitting) or UNKNOWN
    yield ConventionFact(
        lane, "longest pad", words.name, measured, words.limit,
        words.limit in fitting if any(taken.values()) else None, len(taken), "pads and lengths",
        int(words.limit not in fitting), operator="pad",
    )  # fmt: skip
    if words.negative is not None:
        yield _negative_fact(lane, words, words.negative, ask)


def block_fact(
    lane: str, words: BlockWords, ask: Ask, most: int | None, advance: Callable[[int], None]
) -> ConventionFact:
    """In which order the channels are."""
    sweep = _Sweep(dict.fromkeys(BLOCK_MODES, 0))
    for block, height, width, channels in _spread(product(words.blocks, (1, 2, 3), (1, 2), (2, 3)), most):
        upwards = words.operator == "depth_to_space"
        shape = (1, height, width, channels * block**2) if upwards else (1, height * block, width * block, channels)
        value = _counted(shape)
        reply = ask(words.say(shape, block), {"value": value})
        results: dict[str, Array] = {
            mode: _mapped(words.operator, value, block_size=block, mode=mode) for mode in BLOCK_MODES
        }
        sweep.add(f"blocks of {block} of {list(shape)}", reply, results, words.order)
        advance(1)
    return sweep.fact(
        lane, "order of a block's channels", words.name, words.order, words.say((1, 1, 1, 8), 2), words.operator
    )


def patch_fact(
    lane: str, words: PatchWords, ask: Ask, most: int | None, advance: Callable[[int], None]
) -> ConventionFact:
    """In which order the channels are, and where SAME has its odd element."""
    same = words.padding == "SAME"
    sides: tuple[Literal["after", "before"], ...] = ("after", "before") if same else ("after",)
    names = {
        (order, side): f"{order}, the odd element {side}" if same else order
        for order, side in product(PATCH_ORDERS, sides)
    }
    sweep, held = _Sweep(dict.fromkeys(names.values(), 0)), names[words.order, "after"]
    pairs = [(1, 2), (2, 1), (2, 3), (3, 2), (3, 3)]
    for ksize, strides, dilations, (height, width) in _spread(
        product(pairs, [(1, 1), (1, 2), (3, 2)], [(1, 1), (2, 1), (1, 2)], [(5, 6), (6, 7), (7, 5)]), most
    ):
        shape = (1, height, width, 2)
        value = _counted(shape)
        reply = ask(words.say(shape, ksize, strides, dilations), {"value": value})
        padding: Any = ((0, 0), (1, 1), (1, 1), (0, 0)) if words.padding == "1 on both sides" else words.padding
        results = {}
        for (order, side), name in names.items():
            numbers = {"ksize": ksize, "strides": strides, "dilations": dilations}
            of = index_geometry("extract_patches", shape, padding=padding, patch_order=order, **numbers).map
            assert isinstance(of, Patches)
            if side == "before":
                axes = (replace(axis, pad_before=axis.pad_after, pad_after=axis.pad_before) for axis in of.axes)
                of = replace(of, axes=tuple(axes))
            results[name] = engine.gather(value, engine.indices_of(of))
        described = f"{height} x {width}, ksize {ksize}, strides {strides}, dilations {dilations}"
        sweep.add(described, reply, results, held)
        advance(1)
    example = words.say((1, 4, 4, 2), (2, 2), (1, 1), (1, 1))
    return sweep.fact(lane, "order of a patch's channels", words.name, held, example, "extract_patches")


def call_dialect() -> IndexMapDialect:
    """The suite's own words, to lanes that have none."""

    def pad(mode: str, length: int, pads: tuple[int, int]) -> Said:
        return make_call("pad", (1, length), paddings=((0, 0), pads), mode=mode)

    def blocks(operator: str, mode: str, shape: Shape, block: int) -> Said:
        return make_call(operator, shape, block_size=block, mode=mode)

    def patches(padding: str, order: str, shape: Shape, *numbers: tuple[int, int]) -> Said:
        named = dict(zip(("ksize", "strides", "dilations"), numbers, strict=True))
        return make_call("extract_patches", shape, padding=padding, patch_order=order, **named)

    limits: dict[str, Any] = {"REFLECT": "length - 1", "SYMMETRIC": "length"}
    return IndexMapDialect(
        tuple(
            PadWords(
                f"mode {mode}", mode, limits.get(mode, "any length"),
                "cut off" if mode == "CONSTANT" else "refused", partial(pad, mode),
            )
            for mode in PAD_MODES
        ),
        tuple(
            BlockWords(f"{name}, {mode}", name, mode, (1, 2, 3), partial(blocks, name, mode))
            for name, mode in product(("depth_to_space", "space_to_depth"), BLOCK_MODES)
        ),
        tuple(
            PatchWords(f"extract_patches, {word}, {order}", order, word, partial(patches, word, order))
            for word, order in product(_WORDS, PATCH_ORDERS)
        ),
    )  # fmt: skip


_WORDS: tuple[Literal["SAME", "VALID"], ...] = ("SAME", "VALID")


def padded(length: int, pads: tuple[int, int]) -> dict[str, Array]:
    """What each mode makes of a row, where it takes these pads."""
    rows = {mode: padded_row(_row(length), pads, mode) for mode in PAD_MODES}
    return {mode: row for mode, row in rows.items() if row is not None}


def padded_row(row: Array, pads: tuple[int, int], mode: str) -> Array | None:
    """The row between pads; None where the mode does not take them."""
    try:
        return _mapped("pad", row, paddings=((0, 0), pads), mode=mode)
    except ArgumentError:
        return None


def _negative_fact(lane: str, words: PadWords, held: Negative, ask: Ask) -> ConventionFact:
    """A value of four between pads of which one or both are negative."""
    value, found = _row(4), list[str]()
    for pads in NEGATIVE:
        reply = ask(words.say(4, pads), {"value": value})
        if not isinstance(reply, Answer):
            found.append("refused" if trouble(reply).kind == "refused" else trouble(reply).text)
            continue
        kept = value[:, max(-pads[0], 0) : 4 - max(-pads[1], 0)]
        positive = (max(pads[0], 0), max(pads[1], 0))
        left = padded_row(kept, positive, words.mode)
        # Copies of the whole value: padded first, and cut off afterwards.
        longer = _mapped("pad", value, paddings=((0, 0), positive), mode=words.mode)
        whole = longer[:, max(-pads[0], 0) : longer.shape[1] - max(-pads[1], 0)]
        of_left, of_whole = (each is not None and np.array_equal(reply.array, each) for each in (left, whole))
        words_of = {(True, True): "cut off", (True, False): "copies of what is left"}
        found.append(words_of.get((of_left, of_whole), "copies of the whole value" if of_whole else UNKNOWN))
    # What fits both tells nothing beside what does not.
    telling = [each for each in found if each != "cut off"] or found
    measured = " or ".join(dict.fromkeys(telling))
    return ConventionFact(
        lane, "negative pads", words.name, measured, held, measured == held, len(NEGATIVE), "calls",
        int(measured != held), operator="pad",
    )  # fmt: skip


def _pads() -> Iterator[tuple[int, tuple[int, int]]]:
    for length in LENGTHS:
        for before, after in product(range(length + BEYOND), repeat=2):
            yield length, (before, after)


def _spread(found: Any, most: int | None) -> list[Any]:
    """At most so many, spread evenly."""
    every = list(found)
    return every if most is None or most >= len(every) else [every[at * len(every) // most] for at in range(most)]


def _row(length: int) -> Array:
    return _counted((1, length))


def _counted(shape: Shape) -> Array:
    return np.arange(1, np.prod(shape) + 1, dtype=np.float32).reshape(shape)


def _mapped(operator: str, value: Array, **words: Any) -> Array:
    return Mapped(index_geometry(operator, value.shape, **words), last=True).result(value)

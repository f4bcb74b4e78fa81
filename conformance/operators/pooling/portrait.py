"""What `conformance diagnose` finds of a lane that computes poolings, or of one result.

Knows: one lane, the options of the verb; what the answers to a one at every pixel show. Must not know: how a lane says
a call.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import product
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.adapters.reply import Answer
from conformance.conventions.asking import Trouble
from conformance.errors import UsageError
from conformance.judging.arithmetic import required_arithmetic
from conformance.judging.comparison import compare
from conformance.judging.verdict import Outcome, Verdict
from conformance.operators.kind import Operands, Unusable
from conformance.operators.pooling.call import RightPooling
from conformance.operators.pooling.conventions.hypotheses import DIVISORS
from conformance.operators.pooling.conventions.probe import COLD, Reads, Windows, divisors_of, probe, read, reads_of
from conformance.operators.pooling.diagnosis import explain as explanations_of
from conformance.operators.pooling.expectation import expect
from conformance.operators.pooling.inputs import generate
from conformance.operators.pooling.signature import calls
from conformance.operators.pooling.subject import PoolingSubject, subjects
from conformance.operators.subject import left_open
from conformance.protocol.hello import Hello
from conformance.running.portrait import Options, refuse_options
from conformance.suite.case import Generated
from conformance.suite.dtypes import FORMATS
from conformance.suite.size import excess
from conformance.workers.client import Client
from conformance.workers.declared import NoAnswer, first_answered
from reference.arrays import to_layout
from reference.errors import ArgumentError
from reference.pooling.geometry import Axis, WindowAxis

Array = NDArray[Any]
# (length, window, stride) of each spatial axis: SAME pads them unevenly, and no two lengths are equal
AXES = ((6, 3, 2), (7, 4, 3), (4, 2, 1))
CHANNELS = 2
# To a lane: an image for each pixel of a value
MOST_PIXELS = 4096
MIX = Generated("mix")
NAMED = {"input_file": "--input", "output": "--output"}


@dataclass(frozen=True, slots=True)
class PoolingPortrait:
    """What the questions showed of a lane."""

    lane: str
    hello: Hello
    call: RightPooling
    windows: Windows | None
    """of the result; None of a gradient"""
    verdict: Verdict
    """of one answer to mixed whole numbers"""
    explanations: tuple[str, ...]
    passed_over: tuple[str, ...] = ()
    """what was asked before, and why it was not answered"""

    @property
    def conforms(self) -> bool:
        return self.verdict.conforms and not self.departures

    @property
    def departures(self) -> tuple[str, ...]:
        """How the windows depart from what was asked, a clause each."""
        return tuple(_departures(self))

    def lines(self) -> Iterator[str]:
        yield from (f"not answered: {reason}" for reason in self.passed_over)
        yield f"{self.lane}: {self.hello.framework} {self.hello.version}, {PoolingSubject.of(self.call)}"
        arguments = ((name, said) for name, said in self.call.arguments().items() if said is not None)
        yield f"asked: {', '.join(f'{name} {_listed(said)}' for name, said in arguments)}"
        if self.windows is not None:
            for name, length, reads in zip(
                self.call.definition.spatial_names, self.windows.lengths, self.windows.reads, strict=True
            ):
                yield f"{name}: {length} windows, {_shown(reads)}"
            if self.windows.divisors and self.call.averages:
                yield f"divided by: {_divisor(self.call, self.windows)}"
        yield from (f"wrong: {departure}" for departure in self.departures)
        if not self.verdict.conforms:
            yield f"wrong: {self.verdict.detail}"
        yield from (f"  {sentence}" for sentence in self.explanations)
        if self.conforms:
            yield "agrees with the definition"

    def document(self) -> dict[str, Any]:
        return {
            "lane": self.lane,
            "framework": self.hello.framework,
            "version": self.hello.version,
            "operator": self.call.operator,
            "direction": self.call.direction,
            "dtype": self.call.dtype,
            "data_format": self.call.data_format or self.call.definition.data_formats[0],
            "passed_over": self.passed_over,
            "asked": {**self.call.arguments(), "axes": self.call.axes},
            "windows": None
            if self.windows is None
            else {
                name: {"length": length, "reads": sorted(map(list, reads))}
                for name, length, reads in zip(
                    self.call.definition.spatial_names, self.windows.lengths, self.windows.reads, strict=True
                )
            },
            "departures": self.departures,
            **_judged(self.verdict, self.explanations),
        }


@dataclass(frozen=True, slots=True)
class ExplainedPooling:
    """One result, judged and explained."""

    verdict: Verdict
    explanations: tuple[str, ...]

    @property
    def conforms(self) -> bool:
        return self.verdict.outcome is Outcome.AGREES

    def lines(self) -> Iterator[str]:
        yield f"{self.verdict.outcome}: {self.verdict.detail}"
        if not self.conforms:
            yield from (f"  {sentence}" for sentence in self.explanations or ("no single mistake explains it",))

    def document(self) -> dict[str, Any]:
        return _judged(self.verdict, self.explanations)


def check_asked(given: Options) -> None:
    """Raise UsageError for options that mean nothing where a lane is examined."""
    unwanted = ("input_file", "filter_file", "cotangent_file", "output_shape", "pairs", "groups")
    refuse_options(given, unwanted, "with --lane and a pooling")
    _check_direction(given)


def portray(client: Client, hello: Hello, given: Options) -> PoolingPortrait:
    """The portrait of the first subject for which the lane has words."""
    asked = subjects(left_open(client.declared, given))
    found = first_answered(asked, lambda subject: _portrayed(client, hello, _call_of(subject, given)))
    return replace(found.answer, passed_over=found.passed_over)


def explain(given: Options, read_array: Callable[[Path], Array]) -> ExplainedPooling:
    """What a result behaves like; raises UsageError for options that make no right call, and for missing ones."""
    operator, direction = given["operator"], given["direction"] or "forward"
    needed = {**NAMED, **({"cotangent_file": "--cotangent"} if direction != "forward" else {})}
    missing = [flag for name, flag in needed.items() if given[name] is None]
    if missing:
        raise UsageError(f"{', '.join(missing)} missing; give --lane, or a result by {', '.join(needed.values())}")
    unwanted = ["filter_file", "output_shape", "size", "channels", "dtype", "groups", "pairs"]
    refuse_options(given, [*unwanted, *([] if direction != "forward" else ["cotangent_file"])], f"for {operator}")
    _check_direction(given)
    operands = {"value": read_array(given["input_file"])}
    if direction != "forward":
        operands["cotangent"] = read_array(given["cotangent_file"])
    value = operands["value"]
    words = {"value": value.shape, "dtype": value.dtype.name, "data_format": given["data_format"]}
    named = {"ksize": given["kernel"], "strides": given["strides"], "dilations": given["dilations"]}
    call = _made(operator, {**words, **_given(named), "padding": given["padding"], "direction": direction})
    for name, array in operands.items():
        if array.shape != tuple(call.operands[name]) or array.dtype != value.dtype:
            wanted = f"{list(call.operands[name])} {call.dtype}"
            raise UsageError(f"the {name} is {list(array.shape)} {array.dtype}; it must be {wanted}")
    return ExplainedPooling(*_told(call, operands, read_array(Path(given["output"]))))


def _check_direction(given: Options) -> None:
    if given["direction"] not in (None, "forward", "value_gradient"):
        raise UsageError(f"--direction {given['direction']}: a pooling has forward and value_gradient")


def _call_of(subject: PoolingSubject, given: Options) -> RightPooling:
    """The call that the lane is asked; raises UsageError for one that the definition refuses."""
    lengths, windows, strides = zip(*AXES[: subject.operator.rank], strict=True)
    words = {"size": lengths, "channels": CHANNELS, **_given({"size": given["size"], "channels": given["channels"]})}
    if subject.operator.adaptive:
        output = given["output"] if given["output"] not in (None, "smallest", "largest") else windows
        words["output_size"] = output
    else:
        words |= {"ksize": windows, "strides": strides, "padding": given["padding"]}
        words |= _given({"ksize": given["kernel"], "strides": given["strides"], "dilations": given["dilations"]})
    if subject.operator.reduction == "norm":
        words["norm_type"] = 1
    said = {"dtype": subject.dtype, "data_format": subject.data_format, "direction": subject.direction}
    call = _made(subject.operator.name, {"batch": 1, **words, **said})
    pixels = prod(axis.input for axis in call.geometry.axes)
    if pixels > MOST_PIXELS:
        raise UsageError(
            f"{call.operator}: a lane is asked once for each of the value's {pixels:,} pixels; at most {MOST_PIXELS:,} "
            "are asked: give a smaller --size"
        )
    return call


def _made(operator: str, words: dict[str, Any]) -> RightPooling:
    try:
        ((_, call),) = calls(operator, words)
    except (Unusable, ArgumentError) as error:
        raise UsageError(f"{operator}: {error}") from error
    if not isinstance(call, RightPooling):
        raise UsageError(f"{operator}: the call is wrong ({call.fault.reason}): {call.fault.message}")
    too_large = excess(call)
    if too_large is not None:
        raise UsageError(f"{operator}: {too_large}; a smaller call with the same fault is explained as well")
    return call


def _given(options: dict[str, Any]) -> dict[str, Any]:
    return {name: option for name, option in options.items() if option is not None}


def _portrayed(client: Client, hello: Hello, call: RightPooling) -> PoolingPortrait:
    operands = generate("diagnose", call, MIX)
    verdict, explanations = _told(call, operands, client.answer(call, operands))
    windows = _windows(client, call) if call.direction == "forward" else None
    return PoolingPortrait(client.lane.text, hello, call, windows, verdict, explanations)


def _told(call: RightPooling, operands: Operands, answer: Array) -> tuple[Verdict, tuple[str, ...]]:
    verdict = compare(answer, expect(call, MIX, operands), required_arithmetic(call.dtype))
    return verdict, () if verdict.conforms else tuple(each.sentence for each in explanations_of(call, operands, answer))


def _windows(client: Client, call: RightPooling) -> Windows | None:
    """What the lane's windows read, of a value of one channel with an image for each pixel; None where that is not
    answered, or no windows explain it, which the verdict tells.
    """
    lengths = [axis.input for axis in call.geometry.axes]
    form = FORMATS[call.dtype]
    above = -COLD if form.kind == "integer" and form.lowest == 0 else 0  # without a sign all are so much larger
    pixels = (probe(lengths, call.definition.reduction != "maximum") + above).astype(form.numpy)
    value = np.ascontiguousarray(to_layout(pixels, call.last))
    said = {name: given for name, given in call.arguments().items() if name != "value"}
    asked = _made(call.operator, {**said, "value": value.shape})
    try:
        answer = client.answer(asked, {"value": value})
    except NoAnswer:
        return None
    answer = answer.astype(np.float64) - above
    canonical = answer if call.last or answer.ndim < 3 else np.moveaxis(answer, 1, -1)
    found = read(Answer(canonical, None), lengths, call.definition.reduction != "maximum")
    return None if isinstance(found, Trouble) else found


def _departures(portrait: PoolingPortrait) -> Iterator[str]:
    call, windows = portrait.call, portrait.windows
    if windows is None:
        return
    for name, axis, length, reads in zip(
        call.definition.spatial_names, call.geometry.axes, windows.lengths, windows.reads, strict=True
    ):
        if length != axis.output:
            yield f"{name} has {length} windows instead of {axis.output}"
        elif reads != reads_of(axis):
            yield f"{name}: {_shown(reads)} instead of {_shown(reads_of(axis))}{_begun(axis, reads)}"
    if call.averages and not _is_divided(call, windows):
        yield f"windows are divided by {_divisor(call, windows)}"


def _begun(axis: Axis, reads: Reads) -> str:
    """By how much, or with which numbers, other windows begin; empty where no numbers explain them."""
    if not isinstance(axis, WindowAxis):
        return ""
    numbers = product((axis.pad_before, *range(-axis.extent, axis.extent + 1)), (axis.stride, 1), (axis.dilation, 1))
    for pad, stride, dilation in numbers:
        other = replace(axis, pad_before=pad, stride=stride, dilation=dilation)
        if reads_of(other) == reads:
            return f": pad_before {pad}, stride {stride}, dilation {dilation}"
    return ""


def _is_divided(call: RightPooling, windows: Windows) -> bool:
    if windows.lengths != tuple(axis.output for axis in call.geometry.axes):
        return True  # which is said of the lengths
    if call.divisor_override is not None:
        return set(windows.divisors) <= {float(call.divisor_override)}
    return windows.divisors == divisors_of(call.geometry.axes, "places" if call.count_include_pad else "elements")


def _divisor(call: RightPooling, windows: Windows) -> str:
    axes = call.geometry.axes
    if windows.lengths == tuple(axis.output for axis in axes):
        named = zip(DIVISORS, ("elements", "places", None, "nothing"), strict=True)
        for sentence, divisor in named:
            if divisor is not None and windows.divisors == divisors_of(axes, divisor):  # type: ignore[arg-type]
                return sentence
        if set(windows.divisors) == {float(prod(axis.kernel for axis in axes))}:
            return list(DIVISORS)[2]
    return ", ".join(f"{number:g}" for number in dict.fromkeys(windows.divisors))


def _shown(reads: Reads) -> str:
    """Which elements each window reads, from the first to the last window that has any."""
    windows = sorted({window for _, window in reads})
    texts = [f"[{', '.join(str(element) for element in sorted(e for e, w in reads if w == window))}]"
             for window in windows]  # fmt: skip
    return f"elements {' '.join(texts)}" if texts else "none of which has an element"


def _judged(verdict: Verdict, explanations: tuple[str, ...]) -> dict[str, Any]:
    return {"outcome": str(verdict.outcome), "detail": verdict.detail, "explanations": explanations}


def _listed(said: Any) -> str:
    return f"[{', '.join(map(_listed, said))}]" if isinstance(said, tuple) else str(said)

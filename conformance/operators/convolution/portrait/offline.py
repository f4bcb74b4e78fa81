"""A result that was computed elsewhere: its operands, the call that options say, and what explains it.

Knows: the options of `conformance diagnose`. Must not know: lanes.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from numpy.typing import NDArray

from conformance.errors import UsageError
from conformance.judging.arithmetic import required_arithmetic
from conformance.judging.comparison import compare
from conformance.judging.verdict import Outcome, Verdict
from conformance.operators.convolution.call import RightConvolution
from conformance.operators.convolution.calls import right_call
from conformance.operators.convolution.diagnosis import Diagnosis, diagnose
from conformance.operators.convolution.inputs import Operands
from conformance.operators.convolution.oracle import expect_call
from conformance.operators.convolution.portrait.limits import check_size
from conformance.operators.convolution.subject import FIRST
from conformance.operators.unary import expanded_padding
from conformance.running.portrait import Options, refuse_options
from conformance.suite.dtypes import FORMATS
from reference.arguments import check_cotangent
from reference.errors import ArgumentError
from reference.family import OPERATORS, Direction, Operator

Read: TypeAlias = Callable[[Path], NDArray[Any]]


@dataclass(frozen=True, slots=True)
class DiagnosedResult:
    """One result, judged and explained."""

    verdict: Verdict
    diagnosis: Diagnosis
    pairs: bool
    """whether pairs of edits were tried"""

    @property
    def conforms(self) -> bool:
        return self.verdict.outcome is Outcome.AGREES

    def lines(self) -> Iterator[str]:
        yield f"{self.verdict.outcome}: {self.verdict.detail}"
        if self.conforms:
            return
        for explanation in self.diagnosis.explanations:
            yield f"  {explanation.sentence}  [{' + '.join(explanation.edits)}]"
        closest, every = len(self.diagnosis.closest), len(self.diagnosis.explanations)
        if closest > 1:
            yield f"{'These' if closest == every else f'The first {closest}'} cannot be told apart on this data."
        if not every:
            yield "  " + (
                "no edit of the specification, and no pair of edits explains it"
                if self.pairs
                else "no single edit of the specification explains it; --pairs tries two at a time"
            )

    def document(self) -> dict[str, Any]:
        return {"outcome": str(self.verdict.outcome), "detail": self.verdict.detail, **self.diagnosis.document()}


def explain(given: Options, read: Read) -> DiagnosedResult:
    """What a result behaves like; raises UsageError for options that make no right call, and for missing ones."""
    operator = OPERATORS[given["operator"] or FIRST]
    direction: Direction = given["direction"] or "forward"
    _check_complete(operator, direction, given)
    operands = _read_operands(given, read)
    answer = read(Path(given["output"]))
    call = _call_of(operator, direction, operands, given)
    verdict = compare(answer, expect_call(call, operands), required_arithmetic(call.dtype))
    return DiagnosedResult(verdict, diagnose(call, operands, answer, pairs=given["pairs"]), given["pairs"])


def _check_complete(operator: Operator, direction: Direction, given: Options) -> None:
    """Raise UsageError for options that are missing, and for those that mean nothing for the call."""
    needed = {"output": "--output", "input_file": "--input", "filter_file": "--filter",
              "output_shape": "--output-shape", "cotangent_file": "--cotangent", "strides": "--strides"}  # fmt: skip
    unwanted = [] if operator.transposed else ["output_shape"]
    unwanted += [] if direction != "forward" else ["cotangent_file"]
    flags = {name: flag for name, flag in needed.items() if name not in unwanted}
    missing = [flag for name, flag in flags.items() if given[name] is None]
    if missing:
        raise UsageError(f"{', '.join(missing)} missing; give --lane, or a result by {', '.join(flags.values())}")
    refuse_options(given, ("size", "channels", "kernel", "dtype"), "without --lane")
    refuse_options(given, unwanted, f"for {operator.name}, {direction}")


def _read_operands(given: Options, read: Read) -> Operands:
    """The arrays of the files; raises UsageError for those that are no operands of one dtype of real numbers."""
    files = {"value": given["input_file"], "filter": given["filter_file"], "cotangent": given["cotangent_file"]}
    operands = {name: read(file) for name, file in files.items() if file is not None}
    dtype = operands["value"].dtype
    for name, array in operands.items():
        if array.dtype != dtype:
            raise UsageError(f"{files[name]}: {array.dtype}; {files['value']} is {dtype}")
    if FORMATS[dtype.name].kind != "real":
        accepted = ", ".join(name for name, form in FORMATS.items() if form.kind == "real")
        raise UsageError(f"{files['value']}: {dtype}; results are explained in {accepted}")
    return operands


def _call_of(operator: Operator, direction: Direction, operands: Operands, given: Options) -> RightConvolution:
    padding = expanded_padding(given["padding"], given["data_format"], operator.rank)
    value, filter = operands["value"], operands["filter"]
    try:
        call = right_call(
            operator.name,
            (value.shape, filter.shape, given["output_shape"] or ()),
            strides=given["strides"],
            padding=padding,
            data_format=given["data_format"],
            dilations=given["dilations"],
            dtype=value.dtype.name,
            groups=given["groups"] or 1,
            bias=direction == "bias_gradient",
            direction=direction,
        )
        if direction != "forward":
            check_cotangent(operands["cotangent"].shape, call.output_shape)
    except ArgumentError as error:
        raise UsageError(f"the call is wrong ({error.reason}), so that it has no result: {error}") from error
    check_size(call)
    return call

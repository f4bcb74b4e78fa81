"""`conformance diagnose`: the fault of a lane, or of a result that was computed elsewhere."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import partial
from itertools import islice
from math import prod
from pathlib import Path
from typing import Any

import click

from conformance.adapters.lane import missing_framework, parse_lanes
from conformance.cli.arguments import Seconds, variables
from conformance.cli.arrays import Integers, PaddingType, expanded_padding, read_array
from conformance.cli.portrait import print_portrait
from conformance.errors import IncompleteError, UsageError
from conformance.judging.arithmetic import required_arithmetic
from conformance.judging.comparison import compare
from conformance.judging.verdict import Outcome, Verdict
from conformance.operators.convolution.call import RightConvolution
from conformance.operators.convolution.calls import right_call
from conformance.operators.convolution.diagnosis import Diagnosis, diagnose
from conformance.operators.convolution.footprint import one_hot_places
from conformance.operators.convolution.inputs import Operands, factor_names
from conformance.operators.convolution.oracle import expect_call
from conformance.operators.convolution.subject import Subject
from conformance.operators.kind import Unusable
from conformance.protocol.hello import NoWorker
from conformance.running.portrait import portray_first
from conformance.suite.dtypes import FORMATS
from conformance.suite.size import excess
from conformance.workers.client import Client
from conformance.workers.declared import FIRST, PIXELS, PRODUCTS, Declared, NoAnswer
from reference.arguments import check_cotangent
from reference.errors import ArgumentError
from reference.family import DATA_FORMATS, OPERATORS, Direction, Operator

AXES = ((4, 8, 3, 2), (5, 5, 4, 1), (3, 7, 2, 3))
"""(length before, length after upsampling, kernel, stride) of each spatial axis: no two lengths that could be taken for
one another are equal, and the crops of the first two differ on all four sides"""
BATCH = 2
CHANNELS, CHANNELS_DEPTHWISE = (2, 3), (3, 3)
MOST_DIAGNOSED = 10**9
"""multiply-adds of a call that is explained: its some hundred edits cost about as much each, a second or so"""
MOST_TAPS = 4096
"""each costs every edit a loop's turn, however few products it has"""
MOST_QUESTIONS = 4096
"""to a lane: one for each pixel of a value"""


@click.command("diagnose")
@click.option("--lane", "lane_name", metavar="LANE", help="the lane to examine")
@variables
@click.option("--operator", type=click.Choice(list(OPERATORS)),
              help="what is computed (default conv2d_transpose, or else the first that a lane takes)")  # fmt: skip
@click.option("--direction", type=click.Choice(PRODUCTS),
              help="forward, the default, or a gradient (of a lane the value's, where it takes no other)")  # fmt: skip
@click.option("--groups", type=click.IntRange(min=1), help="groups of channels (default 1)")
@click.option("--size", type=Integers(), help="input size: 4x5 for height and width (default 4x5; 8x5 for conv2d)")
@click.option("--channels", type=Integers(), help="channels in and out (default 2x3; 3x3 depthwise)")
@click.option("--kernel", type=Integers(), help="kernel (default 3x4)")
@click.option(
    "--dtype",
    type=click.Choice(list(FORMATS)),
    help="dtype that the lane is asked in (default float32, or else the first that it takes)",
)
@click.option("--strides", type=Integers(), help="strides: 2, or 2x1 (a lane's default: 2x1)")
@click.option("--dilations", type=Integers(), help="dilations: 1, or 1x2")
@click.option("--padding", type=PaddingType(), default="SAME", show_default=True,
              help="SAME, VALID or [[1,0],[0,2]]")  # fmt: skip
@click.option("--data-format", type=click.Choice([layout for both in DATA_FORMATS.values() for layout in both]),
              help="layout of value and result")  # fmt: skip
@click.option("--output", metavar="LENGTHS|FILE",
              help="a lane's output lengths: smallest, largest (default), 8x5; or a result's .npy file")  # fmt: skip
@click.option("--input", "input_file", type=click.Path(path_type=Path), help=".npy file of the value")
@click.option("--filter", "filter_file", type=click.Path(path_type=Path),
              help=".npy file, [height, width, out, in] of conv2d_transpose")  # fmt: skip
@click.option("--cotangent", "cotangent_file", type=click.Path(path_type=Path),
              help=".npy file of the cotangent, for a gradient")  # fmt: skip
@click.option("--output-shape", type=Integers(), help="the output_shape that was asked for: 1x8x8x3")
@click.option("--pairs", is_flag=True, help="try pairs of edits where no single one explains the result")
@click.option("--timeout", type=Seconds(), default=60.0, show_default=True, metavar="S",
              help="seconds a question to the lane may take")  # fmt: skip
@click.option("--format", "wanted", type=click.Choice(["terminal", "json"]), default="terminal", show_default=True)
def command(lane_name: str | None, wanted: str, **given: Any) -> int:
    """Name the fault of a lane, or of a wrong result.

    With --lane, asks it with one-hot inputs and coded kernels, and prints the map from inputs to outputs that its
    answers show, of the first operator, direction, dtype and layout that it takes where none is named. With --output,
    --input, --filter, --strides, of a transposed convolution --output-shape and of a gradient --cotangent, recomputes
    the result under edits of the specification, and prints those that explain it.
    """
    if lane_name is None:
        return _explain(wanted, given)
    _refuse(given, ("input_file", "filter_file", "cotangent_file", "output_shape", "pairs"), "with --lane")
    if given["direction"] not in (None, *PIXELS):
        raise UsageError(f"--direction {given['direction']}: with --lane it must be one of {', '.join(PIXELS)}")
    return _examine(lane_name, wanted, given)


def _examine(lane_name: str, wanted: str, given: dict[str, Any]) -> int:
    (lane,) = parse_lanes([lane_name], given["variables"])
    hint = missing_framework(lane)
    if hint:
        raise IncompleteError(f"lane {lane.text}: {hint}")
    client = Client(lane, given["timeout"])
    hello = client.start()
    if isinstance(hello, NoWorker):
        raise IncompleteError(f"lane {lane.text} did not start: {hello.message}")
    try:
        portrait = portray_first(client, _subjects(client.declared, given), partial(_witness, given=given))
    except NoAnswer as error:
        declared = client.declared.words() or "nothing is declared"
        reason = str(error) or f"it declares nothing that can be asked: {declared}"
        raise IncompleteError(f"lane {lane.text} did not answer: {reason}") from error
    except ValueError as error:
        raise UsageError(str(error)) from error
    finally:
        client.close()
    print_portrait(lane.text, hello, portrait, wanted)
    return int(bool(portrait.departures) or not portrait.verdict.conforms)


def _subjects(declared: Declared, given: dict[str, Any]) -> Iterator[Subject]:
    """What the lane is asked about, until it has words: all that it declares and the options leave open. What an option
    names is asked whether it is declared or not.
    """
    named = Declared(
        declared.operators if given["operator"] is None else (given["operator"],),
        declared.dtypes if given["dtype"] is None else (given["dtype"],),
        declared.layouts if given["data_format"] is None else (given["data_format"],),
        declared.directions if given["direction"] is None else (given["direction"],),
    )
    return named.subjects(directions=PIXELS)


def _witness(subject: Subject, given: dict[str, Any]) -> RightConvolution:
    """The call that the lane is asked; raises UsageError for one that the definition refuses."""
    operator = subject.operator
    coarse, fine, kernel, strides = zip(*AXES[: operator.rank], strict=True)
    defaults = {
        "size": coarse if operator.transposed else fine, "kernel": kernel, "strides": strides, "dilations": 1,
        "channels": CHANNELS_DEPTHWISE if operator.depthwise else CHANNELS, "output": "largest", "groups": 1,
    }  # fmt: skip
    parameters = {name: default if given.get(name) is None else given[name] for name, default in defaults.items()}
    if isinstance(parameters["output"], str) and parameters["output"] not in ("smallest", "largest"):
        parameters["output"] = Integers().convert(parameters["output"], None, None)
    try:
        call = subject.call(batch=BATCH, padding=given["padding"], **parameters)
    except (Unusable, ArgumentError) as error:
        raise UsageError(f"{operator.name}: {error}") from error
    _check_size(call)
    questions = sum(1 for _ in islice(one_hot_places(call), MOST_QUESTIONS + 1))
    if questions > MOST_QUESTIONS:
        given_first = factor_names(call)[0]
        raise UsageError(
            f"{operator.name}: a lane is asked once for each pixel of the {given_first}, which is "
            f"{list(call.operands[given_first])}; at most {MOST_QUESTIONS:,} are asked: give a smaller --size"
        )
    target, geometry = operator.target("forward"), call.geometry
    if target is None or not geometry.most_terms(target):
        raise UsageError(f"{operator.name}: no product reaches the result of this call, in which nothing can be seen")
    return call


def _check_size(call: RightConvolution) -> None:
    """Raise UsageError for a call whose diagnosis would take more than a machine has; every edit costs as much."""
    geometry = call.geometry
    too_large, taps = excess(call), prod(axis.kernel for axis in geometry.axes)
    if too_large is None and geometry.multiply_adds > MOST_DIAGNOSED:
        too_large = f"{geometry.multiply_adds:.2g} multiply-adds; at most {MOST_DIAGNOSED:.2g} are diagnosed"
    if too_large is None and taps > MOST_TAPS:
        too_large = f"{taps:,} taps; at most {MOST_TAPS:,} are diagnosed"
    if too_large is not None:
        raise UsageError(f"{call.operator}: {too_large}; a smaller call with the same fault is explained as well")


def _explain(wanted: str, given: dict[str, Any]) -> int:
    operator = OPERATORS[given["operator"] or FIRST]
    direction: Direction = given["direction"] or "forward"
    _check_complete(operator, direction, given)
    operands = _read_operands(given)
    answer = read_array(Path(given["output"]))
    call = _call_of(operator, direction, operands, given)
    verdict = compare(answer, expect_call(call, operands), required_arithmetic(call.dtype))
    diagnosis = diagnose(call, operands, answer, pairs=given["pairs"])
    _print_explanations(verdict, diagnosis, wanted, pairs=given["pairs"])
    return int(verdict.outcome is not Outcome.AGREES)


def _check_complete(operator: Operator, direction: Direction, given: dict[str, Any]) -> None:
    """Raise UsageError for options that are missing, and for those that mean nothing for the call."""
    needed = {"output": "--output", "input_file": "--input", "filter_file": "--filter",
              "output_shape": "--output-shape", "cotangent_file": "--cotangent", "strides": "--strides"}  # fmt: skip
    unwanted = [] if operator.transposed else ["output_shape"]
    unwanted += [] if direction != "forward" else ["cotangent_file"]
    flags = {name: flag for name, flag in needed.items() if name not in unwanted}
    missing = [flag for name, flag in flags.items() if given[name] is None]
    if missing:
        raise UsageError(f"{', '.join(missing)} missing; give --lane, or a result by {', '.join(flags.values())}")
    _refuse(given, ("size", "channels", "kernel", "dtype"), "without --lane")
    _refuse(given, unwanted, f"for {operator.name}, {direction}")


def _read_operands(given: dict[str, Any]) -> Operands:
    """The arrays of the files; raises UsageError for those that are no operands of one dtype of real numbers."""
    files = {"value": given["input_file"], "filter": given["filter_file"], "cotangent": given["cotangent_file"]}
    operands = {name: read_array(file) for name, file in files.items() if file is not None}
    dtype = operands["value"].dtype
    for name, array in operands.items():
        if array.dtype != dtype:
            raise UsageError(f"{files[name]}: {array.dtype}; {files['value']} is {dtype}")
    if FORMATS[dtype.name].kind != "real":
        accepted = ", ".join(name for name, form in FORMATS.items() if form.kind == "real")
        raise UsageError(f"{files['value']}: {dtype}; results are explained in {accepted}")
    return operands


def _call_of(operator: Operator, direction: Direction, operands: Operands, given: dict[str, Any]) -> RightConvolution:
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
    _check_size(call)
    return call


def _refuse(given: dict[str, Any], names: Sequence[str], when: str) -> None:
    unwanted = [f"--{name.removesuffix('_file').replace('_', '-')}" for name in names if given[name]]
    if unwanted:
        raise UsageError(f"{', '.join(unwanted)} means nothing {when}")


def _print_explanations(verdict: Verdict, diagnosis: Diagnosis, wanted: str, *, pairs: bool) -> None:
    if wanted == "json":
        found = {"outcome": str(verdict.outcome), "detail": verdict.detail, **asdict(diagnosis)}
        click.echo(json.dumps(found, indent=2))
        return
    click.echo(f"{verdict.outcome}: {verdict.detail}")
    if verdict.outcome is Outcome.AGREES:
        return
    for explanation in diagnosis.explanations:
        click.echo(f"  {explanation.sentence}  [{' + '.join(explanation.edits)}]")
    closest, every = len(diagnosis.closest), len(diagnosis.explanations)
    if closest > 1:
        click.echo(f"{'These' if closest == every else f'The first {closest}'} cannot be told apart on this data.")
    if not diagnosis.explanations:
        tried = "no edit of the specification, and no pair of edits" if pairs else "no single edit of the specification"
        click.echo(f"  {tried} explains it" + ("" if pairs else "; --pairs tries two at a time"))

"""`conformance translate`."""

import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import click

from conformance.adapters.lane import Lane, parse_lanes
from conformance.adapters.plan import Plan
from conformance.cli.arguments import INTEGER, Seconds, variables
from conformance.cli.parameters import parameter_options
from conformance.errors import UsageError
from conformance.operators.kind import Unusable
from conformance.operators.registry import kinds_with, operators, signature
from conformance.suite.corpus import select
from conformance.suite.dtypes import FORMATS
from conformance.translation.code import CallError, Written
from conformance.translation.experiment import Attempt, Experiment
from conformance.translation.file import parse_file
from conformance.translation.modules import MODULES
from conformance.translation.parser import parse_value
from conformance.translation.reading import (
    Reading,
    is_layer,
    passed_over,
    read_call,
    read_written,
    readers,
    readings_of,
)
from conformance.translation.telling import (
    CallInFile,
    Story,
    document,
    exit_status,
    file_document,
    file_lines,
    file_status,
    lines,
)
from conformance.translation.translating import Translation, translate
from reference.errors import ArgumentError
from reference.family import DATA_FORMATS

NAMED = (
    "value", "filter", "output_shape", "strides", "padding", "data_format", "groups", "dilations", "dtype",
    "inputs", "calls", "at_once",
)  # fmt: skip
"""keys of a case that have an option of their own here, and those that are not the call's"""
NO_CALL = "no call: give code, a trial's id, or --value, --filter and --output-shape"
SPOKEN = ("tensorflow", "torch", "jax")
"""the lanes of the frameworks whose calls are read"""


class _Numbers(click.ParamType[tuple[int, ...]]):
    """1x4x4x1, as ids of trials spell shapes."""

    name = "N[xN]..."

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, ...]:
        parts = str(value).split("x")
        if not all(map(INTEGER.fullmatch, parts)):
            self.fail(f"{value!r} is not a list of numbers; expected numbers joined by x, such as 1x4x4x1", param, ctx)
        return tuple(int(part) for part in parts)


class _Padding(click.ParamType[str | tuple[tuple[int, ...], ...]]):
    """A word, or pairs as ids of trials spell them: 0:0x1:1x1:1x0:0."""

    name = "SAME|VALID|B:AxB:A..."

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> str | tuple[tuple[int, ...], ...]:
        text = str(value)
        if ":" not in text:
            return text
        pairs = [pair.split(":") for pair in text.split("x")]
        if not all(len(pair) == 2 and all(map(INTEGER.fullmatch, pair)) for pair in pairs):
            self.fail(f"{text!r} is not a list of pairs; expected pairs joined by x, such as 0:0x1:1x0:0", param, ctx)
        return tuple(tuple(int(part) for part in pair) for pair in pairs)


SHAPE = re.compile("[0-9]+(x[0-9]+)+")

EPILOG = f"""Modules: {", ".join(MODULES)}.

\b
Exit status:
  0  what ran agrees; a framework that is missing is a note
  1  a run disagrees
  2  a call that cannot be read, or that its framework refuses
  3  a target cannot say the call, or refuses it, or its worker did not start"""


class _Binding(click.ParamType[tuple[str, Written]]):
    """s=2, k=(3,3), x=x[1,3,32,32] or, as the other options have shapes, x=1x3x32x32."""

    name = "NAME=VALUE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, Written]:
        name, _, text = str(value).partition("=")
        if not all(part.isidentifier() for part in name.strip().split(".")) or not text:
            self.fail(f"{value!r} binds no name; expected NAME=VALUE, such as s=2 or x=1x4x4x1", param, ctx)
        if SHAPE.fullmatch(text):
            text = f"x[{text.replace('x', ',')}]"
        try:
            return name.strip(), parse_value(text)
        except CallError as error:
            self.fail(f"{value!r}: {error}", param, ctx)


@click.command("translate", epilog=EPILOG)
@click.argument("call", required=False)
@click.option("--to", "lane_names", multiple=True, metavar="LANE",
              help="where the call goes; may be repeated. Without it: tensorflow, torch and jax, "
              "but for the call's own.")  # fmt: skip
@click.option("--from", "given_lane", metavar="LANE", help="where the call itself is run, such as one under another "
              "interpreter  [default: the plain lane of its framework]")  # fmt: skip
@variables
@click.option("--value", type=_Numbers(), help="shape of the value: of a layer that is not called, or of the call that "
              "the next options name in TensorFlow's words")  # fmt: skip
@click.option("--let", "bindings", multiple=True, type=_Binding(), help="what a name in the call stands for: a "
              "number, a word, a tuple, a tensor as 1x4x4x1; may be repeated")  # fmt: skip
@click.option("--operator", type=click.Choice(list(operators())), help="[default: conv2d_transpose]")
@click.option("--filter", type=_Numbers(), help="shape of the filter, such as height x width x out x in")
@click.option("--output-shape", type=_Numbers(), help="shape of the result, of a transposed convolution")
@click.option("--strides", type=_Numbers(), help="one number, or one for each axis  [default: 1]")
@click.option("--padding", type=_Padding(), help="a word, or a pair for each axis  [default: SAME]")
@click.option("--data-format", type=click.Choice([each for both in DATA_FORMATS.values() for each in both]),
              help="order of the value's axes")  # fmt: skip
@click.option("--groups", type=int, help="[default: 1]")
@click.option("--dilations", type=_Numbers(), help="as --strides")
@parameter_options(kinds_with("readings"), but=NAMED)
@click.option("--dtype", type=click.Choice(list(FORMATS)), help="of the operands  [default: float32, or the trial's]")
@click.option("--format", "wanted", type=click.Choice(["terminal", "json"]), default="terminal", show_default=True)
@click.option("--run/--no-run", default=None, help="run the call and its translations, and judge them  [default: run a "
              "call, not those of a file]")  # fmt: skip
@click.option("--timeout", type=Seconds(), default=60.0, show_default=True, metavar="S",
              help="seconds a run may take, once its lane is warm")  # fmt: skip
def command(
    call: str | None, lane_names: tuple[str, ...], given_lane: str | None, dtype: str | None, wanted: str,
    run: bool | None, timeout: float,
    variables: tuple[str, ...], bindings: tuple[tuple[str, Written], ...], **flags: Any,
) -> int:  # fmt: skip
    """Say a CALL in other frameworks' words, run both, and compare them.

    CALL is code, with shapes in place of tensors, a Python file, or the id of a shipped trial. It is read, never
    evaluated. Understood are functions and layers of the modules below; a name that is not is answered by the closest
    that are.
    """
    names = dict(bindings)
    if call is not None and call.endswith(".py") and "(" not in call:
        tell = partial(
            _story, lane_names=lane_names, given_lane=given_lane, variables=variables, timeout=timeout, run=bool(run)
        )
        return _file(call, names, dtype, flags, tell, wanted, run=bool(run))
    reading = _read(call, names, dtype, flags)
    story = _story(reading, lane_names, given_lane, variables, timeout, run is not False)
    if wanted == "json":
        click.echo(json.dumps(document(story), indent=2))
    else:
        for line in lines(story):
            click.echo(line)
    return exit_status(story)


def _story(
    reading: Reading, lane_names: tuple[str, ...], given_lane: str | None, variables: tuple[str, ...], timeout: float,
    run: bool,
) -> Story:  # fmt: skip
    names = lane_names or tuple(name for name in SPOKEN if name != reading.lane)
    translations = [translate(reading, lane) for lane in parse_lanes(names, variables)]
    (given,) = parse_lanes([given_lane or reading.lane], variables)
    if given.name != reading.lane:
        raise UsageError(f"--from {given.text}: the call is in the words of {reading.lane}: {reading.text}")
    if run:
        return _tried(reading, given, translations, timeout)
    return Story(reading, None, [(each, None) for each in translations])


def _file(
    path: str, names: Mapping[str, Written], dtype: str | None, flags: dict[str, Any],
    story: Callable[[Reading], Story], wanted: str, *, run: bool,
) -> int:  # fmt: skip
    """Every call of a file that is understood, each with its verdict."""
    given = {name: flag for name, flag in flags.items() if flag is not None}
    if given.keys() - {"value"}:
        flag = next(iter(given.keys() - {"value"})).replace("_", "-")
        raise UsageError(f"--{flag} and a file are two things; give one")
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: not read: {error}") from error
    found: list[CallInFile] = []
    for line, own, call in parse_file(text, names, readers().__contains__, passed_over):
        try:
            if isinstance(call, CallError):
                raise call
            # A layer without a value takes that of --value; a call has its own.
            value = given.get("value") if call.applied is None and is_layer(call.function) else None
            found.append(CallInFile(line, own, story(read_written(call, dtype or "float32", value))))
        except CallError as error:
            found.append(CallInFile(line, own, str(error)))
    if wanted == "json":
        click.echo(json.dumps(file_document(path, found), indent=2))
    elif found:
        for each in file_lines(path, found, run=run):
            click.echo(each)
    else:
        click.echo(f"{path}: no call of a function or a layer that is understood")
    return file_status(found)


def _read(call: str | None, names: Mapping[str, Written], dtype: str | None, flags: dict[str, Any]) -> Reading:
    given = {name: flag for name, flag in flags.items() if flag is not None}
    if call is None:
        return _read_flags(dtype or "float32", **given)
    if "(" in call and set(given) <= {"value"}:
        return read_call(call, dtype or "float32", given.get("value"), names)
    if given:
        flag = next(iter(given)).replace("_", "-")
        raise UsageError(f"--{flag} and a written call are two calls; give one")
    found = select([call])
    if len(found) != 1:
        raise UsageError(f"{call!r} matches {len(found)} trials; `translate` takes one")
    asked = found[0].call
    return readings_of(asked.operator).read_trial(asked, dtype)


def _read_flags(dtype: str, operator: str = "conv2d_transpose", **given: Any) -> Reading:
    """The call that options name, each a key of the operator's cases."""
    readings = readings_of(operator)
    if not given.keys() - {"dtype"}:
        raise UsageError(NO_CALL)
    for name in ("strides", "dilations"):
        if len(given.get(name, ())) == 1:
            (given[name],) = given[name]
    try:
        found = [call for _, call in signature(operator).calls(operator, {"strides": 1, "dtype": dtype, **given})]
    except (Unusable, ArgumentError) as error:
        raise UsageError(f"{operator}: {error}") from error
    return readings.read_trial(found[0], None)


def _tried(reading: Reading, lane: Lane, translations: list[Translation], timeout: float) -> Story:
    plans: list[tuple[Lane, Plan]] = [(lane, reading.plan)]
    plans += [(each.lane, each.plan) for each in translations if isinstance(each.plan, Plan)]
    ran, *attempts = Experiment(reading, timeout).attempts(plans)
    rest = iter(attempts)
    targets: list[tuple[Translation, Attempt | None]] = [
        (each, next(rest) if isinstance(each.plan, Plan) else None) for each in translations
    ]
    return Story(reading, ran, targets)

"""`conformance translate`."""

import json
from typing import Any

import click

from conformance.adapters.lane import Lane, parse_lanes
from conformance.adapters.plan import Plan
from conformance.cli.arguments import INTEGER, Seconds, variables
from conformance.cli.parameters import parameter_options
from conformance.errors import UsageError
from conformance.operators.kind import Unusable
from conformance.operators.registry import kinds_with, operators, optional_part, signature
from conformance.suite.corpus import select
from conformance.suite.dtypes import FORMATS
from conformance.translation.experiment import Attempt, Experiment
from conformance.translation.reading import Reading, Readings, read_call
from conformance.translation.telling import Story, document, exit_status, lines
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


EPILOG = """\b
Exit status:
  0  what ran agrees; a framework that is missing is a note
  1  a run disagrees
  2  a call that cannot be read, or that its framework refuses
  3  a target cannot say the call, or refuses it, or its worker did not start"""


@click.command("translate", epilog=EPILOG)
@click.argument("call", required=False)
@click.option("--to", "lane_names", multiple=True, metavar="LANE",
              help="where the call goes; may be repeated. Without it: tensorflow, torch and jax, "
              "but for the call's own.")  # fmt: skip
@variables
@click.option("--value", type=_Numbers(), help="shape of the value: of a layer that is not called, or of the call that "
              "the next options name in TensorFlow's words")  # fmt: skip
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
@click.option("--run/--no-run", default=True, help="run the call and its translations, and judge them")
@click.option("--timeout", type=Seconds(), default=60.0, show_default=True, metavar="S",
              help="seconds a run may take, once its lane is warm")  # fmt: skip
def command(
    call: str | None, lane_names: tuple[str, ...], dtype: str | None, wanted: str, run: bool, timeout: float,
    variables: tuple[str, ...], **flags: Any,
) -> int:  # fmt: skip
    """Say a CALL in other frameworks' words, run both, and compare them.

    CALL is code, with shapes in place of tensors, or the id of a shipped trial. It is read, never evaluated. Understood
    are functions of tf.nn, torch.nn.functional and jax.lax, and the layers of torch.nn and keras.layers: a name that is
    not is answered by those that are.
    """
    reading = _read(call, dtype, flags)
    names = lane_names or tuple(name for name in SPOKEN if name != reading.lane)
    translations = [translate(reading, lane) for lane in parse_lanes(names, variables)]
    untried = Story(reading, None, [(each, None) for each in translations])
    story = _tried(reading, translations, variables, timeout) if run else untried
    if wanted == "json":
        click.echo(json.dumps(document(story), indent=2))
    else:
        for line in lines(story):
            click.echo(line)
    return exit_status(story)


def _read(call: str | None, dtype: str | None, flags: dict[str, Any]) -> Reading:
    given = {name: flag for name, flag in flags.items() if flag is not None}
    if call is None:
        return _read_flags(dtype or "float32", **given)
    if "(" in call and set(given) <= {"value"}:
        return read_call(call, dtype or "float32", given.get("value"))
    if given:
        flag = next(iter(given)).replace("_", "-")
        raise UsageError(f"--{flag} and a written call are two calls; give one")
    found = select([call])
    if len(found) != 1:
        raise UsageError(f"{call!r} matches {len(found)} trials; `translate` takes one")
    asked = found[0].call
    return _readings(asked.operator).read_trial(asked, dtype)


def _read_flags(dtype: str, operator: str = "conv2d_transpose", **given: Any) -> Reading:
    """The call that options name, each a key of the operator's cases."""
    readings = _readings(operator)
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


def _readings(operator: str) -> Readings:
    found: Readings | None = optional_part(operator, "readings")
    if found is None:
        raise UsageError(f"{operator}: calls of its kind are not translated")
    return found


def _tried(reading: Reading, translations: list[Translation], variables: tuple[str, ...], timeout: float) -> Story:
    plans: list[tuple[Lane, Plan]] = [(lane, reading.plan) for lane in parse_lanes([reading.lane], variables)]
    plans += [(each.lane, each.plan) for each in translations if isinstance(each.plan, Plan)]
    given, *attempts = Experiment(reading, timeout).attempts(plans)
    rest = iter(attempts)
    targets: list[tuple[Translation, Attempt | None]] = [
        (each, next(rest) if isinstance(each.plan, Plan) else None) for each in translations
    ]
    return Story(reading, given, targets)

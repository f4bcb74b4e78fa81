"""`conformance diagnose`: the fault of a lane, or of a result that was computed elsewhere."""

import json
from pathlib import Path
from typing import Any

import click

from conformance.adapters.lane import missing_framework, parse_lanes
from conformance.cli.arguments import Seconds, variables
from conformance.cli.arrays import Integers, PaddingType, read_array
from conformance.cli.streams import say
from conformance.errors import IncompleteError, UsageError
from conformance.operators.registry import operators, optional_part, parts
from conformance.protocol.hello import NoWorker
from conformance.running.portrait import Examined, Portraits
from conformance.suite.dtypes import FORMATS
from conformance.workers.client import Client
from conformance.workers.declared import NoAnswer
from reference.family import DATA_FORMATS, DIRECTIONS


@click.command("diagnose")
@click.option("--lane", "lane_name", metavar="LANE", help="the lane to examine")
@variables
@click.option("--operator", type=click.Choice(list(operators())),
              help="what is computed (default conv2d_transpose, or else the first that a lane takes)")  # fmt: skip
@click.option("--direction", type=click.Choice([each for each in DIRECTIONS if each != "bias_gradient"]),
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

    With --lane, asks it with one-hot inputs, and coded kernels where there are any, and prints the map from inputs to
    outputs that its answers show, of the first operator, direction, dtype and layout that it takes where none is named.
    With --output, --input, --filter, --strides, of a transposed convolution --output-shape and of a gradient
    --cotangent, recomputes the result under edits of the specification, and prints those that explain it. Operators
    without a filter take --kernel for the length of their windows.
    """
    operator = given["operator"]
    # The part of the operator's kind; of the first that has one where no operator is named.
    portraits: Portraits | None = optional_part(operator, "portrait") if operator else next(iter(parts("portrait")))
    if portraits is None:
        raise UsageError(f"--operator {operator}: operators of its kind are not diagnosed")
    found = portraits.explain(given, read_array) if lane_name is None else _examine(lane_name, portraits, given)
    if wanted == "json":
        click.echo(json.dumps(found.document(), indent=2))
    else:
        for line in found.lines():
            say(line)
    return int(not found.conforms)


def _examine(lane_name: str, portraits: Portraits, given: dict[str, Any]) -> Examined:
    portraits.check_asked(given)
    if given["output"] not in (None, "smallest", "largest"):
        given["output"] = Integers().convert(given["output"], None, None)
    (lane,) = parse_lanes([lane_name], given["variables"])
    hint = missing_framework(lane)
    if hint:
        raise IncompleteError(f"lane {lane.text}: {hint}")
    client = Client(lane, given["timeout"])
    hello = client.start()
    if isinstance(hello, NoWorker):
        raise IncompleteError(f"lane {lane.text} did not start: {hello.message}")
    try:
        if given["operator"] is None:
            portraits = next(iter(client.declared.parts("portrait")), portraits)
            portraits.check_asked(given)
        return portraits.portray(client, hello, given)
    except NoAnswer as error:
        declared = client.declared.words() or "nothing is declared"
        # What tells of the lane instead, where its operators have no portrait.
        elsewhere = client.declared.parts("smoke") and not client.declared.parts("portrait")
        more = "; `conformance smoke` and `conformance try` name mistakes of these" if elsewhere else ""
        reason = str(error) or f"it declares nothing that can be asked: {declared}{more}"
        raise IncompleteError(f"lane {lane.text} did not answer: {reason}") from error
    except ValueError as error:
        raise UsageError(str(error)) from error
    finally:
        client.close()

"""What several verbs take: seconds, a shard, variables. What no run could serve is refused where it is given; and the
command line as records keep it.
"""

import math
import re
import sys
from secrets import randbits
from typing import Any

import click

from conformance.shards import MOST_SHARDS, shard_of

# More than a machine has processors: a larger number is a slip, and so many threads would end the process.
MOST_THREADS = 1024
# A week: what waits longer waits for nothing.
MOST_SECONDS = 7 * 86400
# Fifteen digits that somebody may have to type again; no two runs draw the same.
FRESH, FRESH_BITS = "fresh", 48
# A length, stride or pad as a command line spells it; no framework takes one of more digits.
INTEGER = re.compile("[0-9]{1,18}")


class Seconds(click.ParamType[float]):
    """A time limit: a finite number of seconds, at least a millisecond."""

    name = "SECONDS"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            seconds = float(value)
        except ValueError:
            seconds = math.nan
        if not 0.001 <= seconds <= MOST_SECONDS:
            self.fail(f"{value!r} is not a time limit; expected seconds from 0.001 to {MOST_SECONDS}", param, ctx)
        return seconds


class Shard(click.ParamType[tuple[int, int]]):
    """I/N: the I-th of N parts."""

    name = "I/N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        shard = shard_of(str(value))
        if shard is None:
            accepted = f"expected I/N with 1 <= I <= N <= {MOST_SHARDS}, such as 1/4"
            self.fail(f"{value!r} is not a shard; {accepted}", param, ctx)
        return shard


class _Seed(click.ParamType[str]):
    """A whole number, or `fresh` for one that nobody has used."""

    name = "SEED"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value == FRESH:
            return str(randbits(FRESH_BITS))
        if value == "":  # the default
            return ""
        if not INTEGER.fullmatch(str(value)):
            self.fail(f"{value!r} is not a seed; expected a whole number from 0 on, or {FRESH}", param, ctx)
        return str(int(value))


seed = click.option(
    "--seed", type=_Seed(), default="", metavar="N|fresh",
    help="ask the same trials with other numbers, of this seed or, fresh, of one that nobody has seen; what a case has "
    "recorded stays as it is. The run says the seed.",
)  # fmt: skip
"""the option; empty for the shipped numbers"""


thorough = click.option(
    "--thorough", is_flag=True,
    help="make the call of every right answer again, not those of a sample alone: with other content, in another "
    "order, after a wrong call, ten times in all, in memory that is never blank (docs/judging.md)",
)  # fmt: skip
"""the option"""


class _Variable(click.ParamType[str]):
    """The name of a variable, or a pattern of names; never a value, which other users of the machine could read."""

    name = "NAME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*\*?", str(value)):
            shown = f"{str(value).partition('=')[0]}=..." if "=" in str(value) else str(value)
            self.fail(
                f"{shown!r} is not the name of a variable; expected one such as MY_LIBRARY_PATH, or MY_LIBRARY_* for "
                "all that begin so; its value is that of the environment",
                param, ctx,
            )  # fmt: skip
        return str(value)


variables = click.option(
    "--env", "variables", multiple=True, type=_Variable(), metavar="NAME",
    help="let the lanes' processes inherit this variable too; NAME* for all that begin so, without those that look "
    "like secrets; may be repeated. docs/protocol.md lists what they inherit anyway.",
)  # fmt: skip
"""the option"""

_NAMED_PORT = re.compile(r"\A((?:--[a-z-]+=)?\w[\w.-]*=exec:).*", re.ASCII | re.DOTALL)


def called() -> tuple[str, ...]:
    """The words of this process' command line, without the commands of ports that were given a name."""
    return ("conformance", *(_NAMED_PORT.sub(r"\1...", word) for word in sys.argv[1:]))

"""What several verbs take: seconds, and a shard. Numbers that no run could serve are refused where they are given."""

import math
from typing import Any

import click

MOST_SECONDS = 7 * 86400
"""a week: what waits longer waits for nothing"""
MOST_SHARDS = 10_000


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
        number, _, count = str(value).partition("/")
        digits = all(part.isdecimal() and len(part) <= len(str(MOST_SHARDS)) for part in (number, count))
        if not (digits and 1 <= int(number) <= int(count) <= MOST_SHARDS):
            accepted = f"expected I/N with 1 <= I <= N <= {MOST_SHARDS}, such as 1/4"
            self.fail(f"{value!r} is not a shard; {accepted}", param, ctx)
        return int(number), int(count)

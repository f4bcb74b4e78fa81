"""Options that name a call: one for each key that a case of some kind may have.

Knows: the signature of every kind. Must not know: any kind.
"""

import json
from collections.abc import Callable, Collection, Sequence
from typing import Any

import click

from conformance.cli.arguments import INTEGER
from conformance.operators.kind import Signature


class ParameterType(click.ParamType[Any]):
    """A parameter's value as YAML spells it, so that 3, [3, 2] and SAME are what they are in a case; 3x2 is [3, 2]."""

    name = "VALUE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        text = str(value)
        if "x" in text and all(map(INTEGER.fullmatch, text.split("x"))):
            return [int(part) for part in text.split("x")]
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return text


def parameter_options(
    kinds: Sequence[Signature], *, but: Collection[str] = (), multiple: bool = False
) -> Callable[[click.decorators.FC], click.decorators.FC]:
    """An option for each key of the kinds' cases, with what the first kind that has it says of it.

    but: keys for which the verb has options of its own, or none.
    """
    texts: dict[str, str] = {}
    for kind in kinds:
        for name, field in kind.parameters().model_fields.items():
            texts.setdefault(name, field.description or "")

    def decorate(function: click.decorators.FC) -> click.decorators.FC:
        for name, text in reversed(texts.items()):
            if name not in but:
                spelled = f"--{name.replace('_', '-')}"
                function = click.option(spelled, name, multiple=multiple, type=ParameterType(), help=text)(function)
        return function

    return decorate

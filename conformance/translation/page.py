"""The page of all functions and layers that are read, made of the tables by which they are.

Knows: functions and names of modules. Must not know: any kind, verbs.
"""

from conformance.adapters.function import Function
from conformance.translation.modules import MODULES
from conformance.translation.reading import readers

MOST_NAMES = 8
"""of a module, that the page lists"""


def calls_page() -> str:
    """The functions and layers that are read, with what each takes."""
    lines = ["# Calls that are read", ""]
    lines += [
        "`conformance translate` reads these functions and layers, by each name under which people import them.",
        "A layer takes the shape of its value beside its arguments. Arguments in parentheses are read where they are",
        "left to their defaults; what says nothing about a result, such as names and initializers, is passed over.",
    ]
    functions = {function.name: function for function, _ in readers().values()}
    by_module: dict[str, list[Function]] = {}
    for name, function in sorted(functions.items()):
        by_module.setdefault(name.rpartition(".")[0], []).append(function)
    for module, own in by_module.items():
        others = [each for each in MODULES.get(module, ()) if each]
        # Of a module with a number for each version, the first and the last few say enough.
        shown = others if len(others) <= MOST_NAMES else [*others[:2], "...", *others[-2:]]
        known_as = f" (also {', '.join(f'`{each}`' if each != '...' else each for each in shown)})" if others else ""
        lines += ["", f"## {module}{known_as}", ""]
        lines += [f"- `{each.name.rpartition('.')[2]}`{' (layer)' * each.is_layer}: {_takes(each)}" for each in own]
    return "\n".join(lines) + "\n"


def _takes(function: Function) -> str:
    """The names of what a function takes."""
    named = ((each.name, each.says) for each in function.parameters if each.says != "nothing")
    return ", ".join(f"({name})" if says == "only_default" else name for name, says in named)

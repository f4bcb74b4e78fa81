"""A function that somebody brings, asked in the place of a framework's own.

Knows: plans, the text of a function's definition. Must not know: frameworks (an adapter of one makes the plans, hands
over tensors and takes them back). Nothing of the author's is imported in the parent: what the function takes is read
from its definition.
"""

import ast
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.adapters.plan import Argument, Invoke, Operands, Plan, Unsupported
from conformance.adapters.protocol import Adapter, Call, CallSource, Description, WritesScripts
from conformance.adapters.reply import POISON
from conformance.errors import UsageError
from conformance.suite.case import RightCall
from reference.family import Direction

# The framework's package, as plans call it -> what to import, and what makes a tensor of an array.
PACKAGES: Mapping[str, tuple[str, str]] = {
    "torch": ("torch", "torch.from_numpy"),
    "tf": ("tensorflow", "tf.convert_to_tensor"),
    "jax": ("jax", "jax.numpy.asarray"),
    "reference": ("reference", "np.asarray"),
}
ADAPTER_OF: Mapping[str, str] = {"torch": "torch", "tf": "tensorflow", "jax": "jax", "reference": "reference"}
"""the package in a function's dotted name -> the adapter that plans calls of it"""
_SPELLINGS = {
    "tensorflow.": "tf.",
    "F.": "torch.nn.functional.",
    "nn.functional.": "torch.nn.functional.",
    "lax.": "jax.lax.",
    "jnp.": "jax.numpy.",
    "numpy.": "np.",
}
# Where the author's function stands while it is asked: beside the framework's own functions, under no name of theirs.
PLACE = "brought"


class BroughtFunction:
    """A framework's adapter, but for one function: calls that this one says are somebody's own, all others are not
    asked.
    """

    concurrent = False

    def __init__(
        self, base: Adapter, stands_for: str, name: str, load: Callable[[], Any], setup: tuple[str, ...],
        takes: frozenset[str] | None, directions: tuple[Direction, ...] = ("forward",),
    ) -> None:  # fmt: skip
        """`name`: the function's own. `load` gives it, in the worker. `setup`: lines that leave it as `function`.
        `takes`: the names of its parameters; None where it takes any.
        """
        self._base, self._load, self._setup, self._takes = base, load, setup, takes
        self._stands_for, self._name, self.directions = stands_for, name, directions
        self.operators, self.features, self.dtypes = base.operators, base.features, base.dtypes

    @cached_property
    def _package(self) -> str:
        return self._stands_for.partition(".")[0]

    def describe(self) -> Description:
        base = self._base.describe()
        module = import_module(PACKAGES[self._package][0])
        names = {self._package: module, "np": np, "SimpleNamespace": SimpleNamespace, "function": self._load()}
        exec("\n".join(self._placing), names)  # noqa: S102 - the lines that the script prints
        place = ModuleType(f"{self._package}.{PLACE}")
        vars(place).update(vars(getattr(module, PLACE)))
        sys.modules[place.__name__] = place  # the reference's adapter imports what it calls
        return replace(base, framework=self._name)

    @property
    def _placing(self) -> tuple[str, ...]:
        """Lines that put `function` beside the framework's own: one that computes with NumPy returns its arrays, and
        gets memory that holds POISON if it writes into `out`.
        """
        filled = (
            "    dtype = next(each.dtype for each in (*operands, *keywords.values()) if isinstance(each, np.ndarray))",
            "    out = np.empty(keywords.pop('out'), dtype)",
            f"    out.reshape(-1).view(np.uint8)[...] = {POISON}",
            "    result = function(*operands, out=out, **keywords)",
            "    result = out if result is None else result",
        )
        return (
            "def called(*operands, **keywords):",
            *(filled if self._writes_out else ("    result = function(*operands, **keywords)",)),
            f"    return {PACKAGES[self._package][1]}(result) if isinstance(result, np.ndarray) else result",
            "",
            f"{self._package}.{PLACE} = SimpleNamespace({self._name}=called)",
        )

    def plan(self, call: Call) -> Plan | Unsupported:
        plan = self._base.plan(call)
        if isinstance(plan, Unsupported):
            return plan
        before, step, after = plan.parts
        if not self._is_said_by(step):
            return Unsupported(f"the call is {step.function}'s, which was not brought", undeclared=True)
        # What a function has no parameter for need not be handed over where it says nothing.
        kept = [(name, given) for name, given in step.keywords if self._has(name) or not says_nothing(name, given)]
        missing = [name for name, _ in (*step.operands, *kept) if name and not self._has(name)]
        if missing:
            return Unsupported(f"{self._name} has no parameter {', '.join(missing)}", undeclared=True)
        if self._takes is not None and len(step.operands) > len(self._takes):
            return Unsupported(f"{self._name} takes {len(self._takes)} arguments", undeclared=True)
        if self._writes_out:
            if not isinstance(call, RightCall):
                return Unsupported(
                    f"{self._name} writes into out, and a wrong call has no result to write", undeclared=True
                )
            kept.append(("out", call.result_shape))
        own = replace(step, function=f"{self._package}.{PLACE}.{self._name}", keywords=tuple(kept))
        return replace(plan, steps=(*before, own, *after))

    @property
    def _writes_out(self) -> bool:
        """Whether it has a parameter `out`, of whose memory the suite knows the shape: that of an operator's result."""
        return self._package == "reference" and self._takes is not None and "out" in self._takes

    def _is_said_by(self, step: Invoke) -> bool:
        """An operator's name is enough for the reference's, whose gradients are no calls of it."""
        if self._package != "reference":
            return step.function == self._stands_for
        return not step.gradient and step.function.rpartition(".")[2] == self._stands_for.rpartition(".")[2]

    def _has(self, name: str) -> bool:
        return self._takes is None or name in self._takes

    def execute(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        return self._base.execute(plan, arrays)

    def call_source(self, step: Invoke, dtype: str) -> CallSource:
        assert isinstance(self._base, WritesScripts)
        source = self._base.call_source(step, dtype)
        imports = (*(line for line in source.imports if PLACE not in line), "from types import SimpleNamespace")
        if self._package == "reference":
            imports = ("import reference", *imports)
        # Bits are chosen before the function's module is imported, which may make arrays.
        setup = (*source.setup, *source.setup_of_64_bits, *self._setup, *self._placing)
        return replace(source, imports=imports, setup=setup, setup_of_64_bits=())


def says_nothing(name: str, argument: Argument) -> bool:
    """Whether an argument is what its absence means: no padding, everything else one, or off."""
    numbers = argument if isinstance(argument, tuple) else (argument,)
    if "padding" in name:
        return all(each == 0 and not isinstance(each, bool | str) for each in numbers)
    return all(each is None or each is False or (each == 1 and each is not True) for each in numbers)


def full_name(name: str) -> str:
    """The dotted name as plans have it: `F.conv2d` is `torch.nn.functional.conv2d`, an operator the reference's."""
    for short, long in _SPELLINGS.items():
        if name.startswith(short):
            return long + name.removeprefix(short)
    return name if "." in name else f"reference.{name}"


def parameters_of(source: str, attribute: str) -> frozenset[str] | None:
    """The names of a function's parameters, read from the text of its module; None where it takes any name, or where
    the text does not show a definition. Raises LookupError where nothing has the function's name.
    """
    body = ast.parse(source).body
    head, *rest = attribute.split(".")
    names = set().union(*map(_bound, body))
    if head not in names and "*" not in names:
        raise LookupError(f"it defines no {head}; it defines {', '.join(sorted(names)) or 'nothing'}")
    nodes: Iterable[ast.AST] = body
    definition: ast.AST | None = None
    for part in (head, *rest):
        kinds = (ast.FunctionDef, ast.ClassDef)
        definition = next((each for each in nodes if isinstance(each, kinds) and each.name == part), None)
        nodes = getattr(definition, "body", ())
    if not isinstance(definition, ast.FunctionDef) or definition.args.kwarg or definition.args.vararg:
        return None
    given = definition.args
    return frozenset(each.arg for each in (*given.posonlyargs, *given.args, *given.kwonlyargs))


def _bound(statement: ast.stmt) -> set[str]:
    """The names that a statement of a module may bind, `*` for any; conditional ones too."""
    nodes = list(ast.walk(statement)) if not isinstance(statement, ast.FunctionDef | ast.ClassDef) else [statement]
    names = {each.name for each in nodes if isinstance(each, ast.FunctionDef | ast.ClassDef)}
    names |= {each.id for each in nodes if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}
    imports = [each for each in nodes if isinstance(each, ast.Import | ast.ImportFrom)]
    return names | {(alias.asname or alias.name).partition(".")[0] for each in imports for alias in each.names}


def source_of(place: str, folder: Path) -> str:
    """The text of a file, or of a module that can be imported, without importing it. Raises UsageError."""
    path = folder / place
    if not place.endswith(".py"):
        try:
            found = find_spec(place)
        except ImportError:
            found = None
        if found is None or found.origin is None or not found.origin.endswith(".py"):
            raise UsageError(f"{place}: no module of this name is installed or lies in {folder}")
        path = Path(found.origin)
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: is not text in UTF-8: {error.reason}") from error


def setup_lines(place: str, attribute: str, folder: Path) -> tuple[str, ...]:
    """Lines of a script that leave the function as `function`."""
    head, *rest = attribute.split(".")
    tail = "".join(f".{part}" for part in rest)
    if place.endswith(".py"):
        return ("import runpy", "", f"function = runpy.run_path({str(folder / place)!r})[{head!r}]{tail}")
    return (f"sys.path.append({str(folder)!r})", f"from {place} import {head}", "", f"function = {head}{tail}")

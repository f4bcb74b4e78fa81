"""Lanes: who is asked, by name. `NAME[:mode[+mode]][@device]`, an import string, or `exec:COMMAND`.

Knows: how a lane is spelled and how its adapter is found. Imports an adapter's module, never a framework.
"""

import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from conformance.adapters.protocol import Adapter
from conformance.errors import UsageError

ENTRY_POINTS = "nn_conformance.adapters"


@dataclass(frozen=True, slots=True)
class Lane:
    """One lane, taken apart."""

    text: str
    name: str
    """the adapter's name or import string"""
    modes: tuple[str, ...] = ()
    device: str | None = None
    command: tuple[str, ...] = ()
    """what to execute, for a port behind exec: and nothing else"""


@dataclass(frozen=True, slots=True)
class Known:
    """An adapter that the suite brings along."""

    target: str
    requires: str | None
    """the module that has to be importable"""
    modes: tuple[str, ...]
    extra: str | None
    """the extra of this distribution that installs the framework"""
    sampled: tuple[str, ...] = ()
    """modes in which a call costs seconds, so that a run takes a sample of the corpus unless trials are named"""


BUILT_IN: Mapping[str, Known] = {
    "reference": Known("conformance.adapters.reference:Reference", None, (), None),
    "tensorflow": Known(
        "conformance.adapters.tensorflow:TensorFlow",
        "tensorflow",
        ("function", "session", "xla", "eigen", "tf32"),
        "tensorflow",
    ),
    "torch": Known(
        "conformance.adapters.torch:Torch",
        "torch",
        ("nomkldnn", "channels_last", "strided", "compile", "meta", "tf32"),
        "torch",
        sampled=("compile",),
    ),
    "jax": Known("conformance.adapters.jax:Jax", "jax", ("jit", "tf32"), "jax"),
}

DEFAULT_LANES = ("reference", "tensorflow", "tensorflow:function", "tensorflow:session", "torch", "jax:jit")
"""what a run asks that names no lane: JAX compiled, many calls a module, which takes a fraction of the time of eager
calls that each compile several primitives"""


def parse_lane(text: str) -> Lane:
    """Take a lane's spelling apart; raises UsageError for one that names nothing."""
    if text.startswith("exec:"):
        return _port(text)
    rest, at, device = text.partition("@")
    head, colon, tail = rest.partition(":")
    if not head or (at and not device) or (colon and not tail):
        raise UsageError(f"lane {text!r}: expected NAME[:mode[+mode]][@device] or package.module:Adapter")
    if "." in head:
        attribute, _, modes = tail.partition(":")
        if not attribute:
            raise UsageError(f"lane {text!r}: an import string names an attribute: package.module:Adapter")
        return Lane(text, f"{head}:{attribute}", _modes(modes), device or None)
    lane = Lane(text, head, _modes(tail), device or None)
    _check_known(lane)
    return lane


def speaks_plainly(lane: Lane) -> bool:
    """Whether the lane's conventions are its framework's: it has no mode, or is the default one of its framework."""
    return not lane.modes or (lane.text in DEFAULT_LANES and lane.name not in DEFAULT_LANES)


def load_adapter(lane: Lane) -> Adapter:
    """The lane's adapter, through the same door for built-in, entry-point and import-string ones.

    Raises UsageError for a module or attribute that does not exist.
    """
    target = _target(lane.name)
    if str(Path.cwd()) not in sys.path:
        sys.path.append(str(Path.cwd()))  # an author's adapter lies in the folder that the command is called from
    module_name, _, attribute = target.partition(":")
    try:
        factory: Any = import_module(module_name)
        for part in attribute.split("."):
            factory = getattr(factory, part)
    except (ImportError, AttributeError) as error:
        raise UsageError(f"lane {lane.text!r}: cannot load {target}: {error}") from error
    keywords: dict[str, Any] = {"modes": lane.modes} if lane.modes else {}
    if lane.device is not None:
        keywords["device"] = lane.device
    try:
        adapter: Adapter = factory(**keywords)
    except (TypeError, ValueError) as error:
        raise UsageError(f"lane {lane.text!r}: {target}({', '.join(keywords)}) failed: {error}") from error
    return adapter


def missing_framework(lane: Lane) -> str | None:
    """What to do about a built-in lane whose framework is not installed; None when it is."""
    known = BUILT_IN.get(lane.name)
    if known is None or known.requires is None or find_spec(known.requires) is not None:
        return None
    return f"{known.requires} is not installed; pip install 'nn-conformance[{known.extra}]' installs it"


def adapter_names() -> dict[str, str]:
    """Every adapter that can be named: built-in and installed, with the import string behind the name."""
    installed = {point.name: point.value for point in entry_points(group=ENTRY_POINTS)}
    return {**installed, **{name: known.target for name, known in BUILT_IN.items()}}


def _port(text: str) -> Lane:
    try:
        command = tuple(shlex.split(text.removeprefix("exec:")))
    except ValueError as error:
        raise UsageError(f"lane {text!r}: {error}") from error
    if not command:
        raise UsageError(f"lane {text!r}: exec: is followed by a command, such as exec:./my_port")
    return Lane(text, "exec", command=command)


def _modes(text: str) -> tuple[str, ...]:
    return tuple(text.split("+")) if text else ()


def _check_known(lane: Lane) -> None:
    names = adapter_names()
    if lane.name not in names:
        raise UsageError(
            f"lane {lane.text!r}: no adapter is called {lane.name!r}; there are {', '.join(sorted(names))}, "
            "and import strings such as my_port.adapter:Adapter"
        )
    known = BUILT_IN.get(lane.name)
    for mode in lane.modes:
        if known is not None and mode not in known.modes:
            accepted = ", ".join(known.modes) or "none"
            raise UsageError(f"lane {lane.text!r}: {lane.name} has no mode {mode!r}; accepted: {accepted}")


def _target(name: str) -> str:
    return name if "." in name.partition(":")[0] else adapter_names()[name]

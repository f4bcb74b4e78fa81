"""Lanes: who is asked, by name. `NAME[:mode[+mode]][@device]`, `exec:COMMAND`, `NAME=exec:COMMAND`, or
`FUNCTION as NAME[:mode][@device]`; of an adapter's lane also `[LABEL=]python:PATH:LANE`, whose worker runs under the
interpreter of the environment at PATH, so that two versions of one framework are asked in one run.

A NAME is that of an adapter that is shipped or installed, an import string (`my_port:Adapter`,
`my_package.module:Adapter`), or a file with an attribute (`./my_port.py:Adapter`), and wins in this order. A FUNCTION
is in a file or module, too (`my_kernels.py:conv2d`, `my_package.module.conv2d`), and takes the place of a framework's
(`torch.nn.functional.conv2d`), or of an operator (`conv2d`).

Knows: how a lane is spelled and how its adapter is found. Imports an adapter's module, never a framework.
"""

import os
import re
import shlex
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import partial
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from conformance.adapters.brought import (
    ADAPTER_OF,
    BroughtFunction,
    full_name,
    parameters_of,
    setup_lines,
    source_of,
)
from conformance.adapters.protocol import Adapter, missing_declarations
from conformance.errors import UsageError, brief, traceback_text

ENTRY_POINTS = "nn_conformance.adapters"
EXPECTED = "NAME[:mode[+mode]][@device], package.module:Adapter or ./file.py:Adapter"
_NAMED = re.compile(r"(?P<name>\w[\w.-]*)=(?P<port>exec:.*)", re.ASCII | re.DOTALL)
_ELSEWHERE = re.compile(r"(?:(?P<name>\w[\w.-]*)=)?python:(?P<python>[^:]+):(?P<lane>.+)", re.ASCII | re.DOTALL)
_FILE = re.compile(r"(?P<path>.*\.py)(?::(?P<attribute>[^:@]*)(?::(?P<modes>[^:@]+))?)?(?:@(?P<device>.+))?")


# Of an adapter's file: Python reads all of it before it says that it is none.
MOST_SOURCE_BYTES = 2**24


@dataclass(frozen=True, slots=True)
class Lane:
    """One lane, taken apart."""

    text: str
    """what records and reports call it: its spelling, or of NAME=exec:COMMAND the NAME, since a command may hold what
    readers of reports must not see"""
    name: str
    """the adapter's name, import string, or file with its attribute"""
    modes: tuple[str, ...] = ()
    device: str | None = None
    command: tuple[str, ...] = ()
    """what to execute, for a port behind exec: and nothing else"""
    folder: Path = field(default_factory=Path.cwd, compare=False)
    """where an author's modules and files lie: the folder that the command was called from"""
    environment: tuple[str, ...] = ()
    """names of variables that its process inherits beside those that every lane does"""
    cache: str = ""
    """folder in which its compiler may keep what it compiled, for the next run; empty for none"""
    python: str = ""
    """the interpreter of its worker, where that is another than the suite's own"""
    spelling: str = ""
    """of a lane under another interpreter: what its worker knows it by"""
    called: str = ""
    """how a command line names it, where it has a label for another interpreter's; empty where that is its text, or the
    command of a port"""
    stands_for: str = ""
    """of a function that somebody brings: whose place it takes, as plans have it"""

    @property
    def framework(self) -> str:
        """The adapter that is asked: of a brought function the one whose function it replaces."""
        return ADAPTER_OF[self.stands_for.partition(".")[0]] if self.stands_for else self.name


@dataclass(frozen=True, slots=True)
class BuiltInAdapter:
    """An adapter that the suite brings along."""

    target: str
    requires: str | None
    """the module that has to be importable"""
    modes: tuple[str, ...]
    extra: str | None
    """the extra of this distribution that installs the framework"""
    sampled: tuple[str, ...] = ()
    """modes in which a call costs a tenth of a second or more, so that a run takes a sample of the corpus unless trials
    are named; empty for no mode"""


BUILT_IN: Mapping[str, BuiltInAdapter] = {
    "reference": BuiltInAdapter("conformance.adapters.reference:Reference", None, (), None),
    "tensorflow": BuiltInAdapter(
        "conformance.adapters.tensorflow:TensorFlow",
        "tensorflow",
        ("function", "session", "xla", "eigen", "tf32"),
        "tensorflow",
    ),
    "torch": BuiltInAdapter(
        "conformance.adapters.torch:Torch",
        "torch",
        ("nomkldnn", "channels_last", "strided", "compile", "export", "onnx", "meta", "tf32"),
        "torch",
        sampled=("compile", "export", "onnx"),
    ),
    "jax": BuiltInAdapter("conformance.adapters.jax:Jax", "jax", ("jit", "tf32"), "jax"),
    "keras": BuiltInAdapter("conformance.adapters.keras:Keras", "keras", ("tensorflow", "torch", "jax"), "keras"),
    "flax": BuiltInAdapter("conformance.adapters.jax_layers:Flax", "flax", (), "flax"),
    "haiku": BuiltInAdapter("conformance.adapters.jax_layers:Haiku", "haiku", (), "haiku"),
    "equinox": BuiltInAdapter("conformance.adapters.jax_layers:Equinox", "equinox", (), "equinox"),
    "paddle": BuiltInAdapter("conformance.adapters.paddle:Paddle", "paddle", (), "paddle"),
    "litert": BuiltInAdapter(
        "conformance.adapters.litert:LiteRt",
        "ai_edge_litert",
        ("noxnnpack", "reference"),
        "litert",
        sampled=("", "noxnnpack", "reference"),
    ),
    "openvino": BuiltInAdapter(
        "conformance.adapters.openvino:OpenVino",
        "openvino",
        ("onnx", "auto_pad", "output_shape"),
        "openvino",
    ),
    "onnx": BuiltInAdapter("conformance.adapters.onnx:OnnxReference", "onnx", ("auto_pad", "output_shape"), "onnx"),
    "onnxruntime": BuiltInAdapter(
        "conformance.adapters.onnxruntime:OnnxRuntime",
        "onnxruntime",
        ("auto_pad", "output_shape", "unoptimised"),
        "onnxruntime",
    ),
    "tinygrad": BuiltInAdapter("conformance.adapters.tinygrad:Tinygrad", "tinygrad", (), "tinygrad", sampled=("",)),
    "mlx": BuiltInAdapter("conformance.adapters.mlx:Mlx", "mlx", (), "mlx"),
}

# What a run asks that names no lane: JAX compiled, many calls a module, which takes a fraction of the time of eager
# calls that each compile several primitives.
DEFAULT_LANES = ("reference", "tensorflow", "tensorflow:function", "tensorflow:session", "torch", "jax:jit")


def parse_lanes(texts: Iterable[str], environment: Iterable[str] = ()) -> list[Lane]:
    """The lanes, each once; raises UsageError as `parse_lane` does, and where two have one name."""
    lanes = [replace(parse_lane(text), environment=tuple(environment)) for text in dict.fromkeys(texts)]
    for name, count in Counter(lane.text for lane in lanes).items():
        if count > 1:
            raise UsageError(f"{count} lanes are called {name!r}; in NAME=exec:COMMAND, give each a NAME of its own")
    return lanes


def parse_lane(text: str, folder: Path | None = None) -> Lane:
    """Take a lane's spelling apart; raises UsageError for one that names nothing.

    `folder` is where modules and files are looked for, the current one by default.
    """
    folder = folder or Path.cwd()
    if text.startswith("exec:") or _NAMED.fullmatch(text):
        return _port(text)
    if elsewhere := _ELSEWHERE.fullmatch(text):
        return _elsewhere(text, elsewhere, folder)
    if " as " in text:
        return _brought(text, folder)
    if file := _FILE.fullmatch(text):
        if not file["attribute"]:
            raise UsageError(f"lane {text!r}: a file names an attribute of it: {file['path']}:Adapter")
        return Lane(text, f"{file['path']}:{file['attribute']}", _modes(file["modes"]), file["device"], folder=folder)
    rest, at, device = text.partition("@")
    head, colon, tail = rest.partition(":")
    if not head or (at and not device) or (colon and not tail):
        raise UsageError(f"lane {text!r}: expected {EXPECTED}")
    if head in BUILT_IN or head in adapter_names():
        lane = Lane(text, head, _modes(tail), device or None, folder=folder)
        _check_modes(lane)
        return lane
    attribute, _, modes = tail.partition(":")
    if "." in head and not attribute:
        raise UsageError(f"lane {text!r}: an import string names an attribute: package.module:Adapter")
    if "." not in head and not (attribute and _is_module(head, folder)):
        raise UsageError(f"lane {text!r}: {_unknown(head, attribute, folder)}")
    return Lane(text, f"{head}:{attribute}", _modes(modes), device or None, folder=folder)


def _elsewhere(text: str, found: re.Match[str], folder: Path) -> Lane:
    """A lane whose worker runs under another interpreter, `old=python:./venv:torch`."""
    lane = parse_lane(found["lane"], folder)
    if lane.command or lane.python:
        raise UsageError(f"lane {text!r}: python:PATH: is followed by an adapter, such as python:./venv:torch")
    # The adapter's own name says that the waivers of the plain lane are to hold.
    if found["name"] != lane.name and found["name"] in adapter_names():
        raise UsageError(f"lane {text!r}: {found['name']} is another adapter; call the lane otherwise")
    path = (folder / Path(found["python"]).expanduser()).absolute()
    # Of a virtual environment, python is a link: followed, it would lead out of the environment.
    python = path / "bin" / "python" if path.is_dir() else path
    if not python.is_file() or not os.access(python, os.X_OK):
        raise UsageError(
            f"lane {text!r}: {python} is not an interpreter; name a virtual environment's folder or its python"
        )
    called = text if found["name"] else ""
    return replace(lane, text=found["name"] or text, python=str(python), spelling=lane.text, called=called)


GRADIENTS = "gradients"
"""mode of a brought function: its framework differentiates it"""


def _brought(text: str, folder: Path) -> Lane:
    """A function in the place of another, `./my_kernels.py:conv2d as torch.nn.functional.conv2d:gradients`."""
    function, _, instead = map(str.strip, text.rpartition(" as "))
    place, colon, attribute = function.rpartition(":")
    if not colon:  # a dotted path: the function is what follows the last dot
        place, _, attribute = function.rpartition(".")
    name, _, device = instead.partition("@")
    name, _, modes = name.partition(":")
    package = full_name(name).partition(".")[0]
    if not place or not attribute or function.endswith(".py") or package not in ADAPTER_OF:
        raise UsageError(
            f"lane {text!r}: expected FUNCTION as NAME, such as ./my_kernels.py:conv2d as torch.nn.functional.conv2d; "
            "FUNCTION is FILE.py:NAME, module:NAME or package.module.NAME, and NAME a function of torch, tf or jax, or "
            "an operator of the suite"
        )
    lane = Lane(text, f"{place}:{attribute}", _modes(modes), device or None, folder=folder, stands_for=full_name(name))
    _check_modes(lane)
    return lane


def speaks_plainly(lane: Lane) -> bool:
    """Whether the lane's conventions are its framework's: it has no mode, or is the default one of its framework."""
    return not lane.modes or (lane.text in DEFAULT_LANES and lane.name not in DEFAULT_LANES)


def load_adapter(lane: Lane) -> Adapter:
    """The lane's adapter, by the same function for built-in, entry-point, import-string and file ones.

    Raises UsageError for a module, file or attribute that does not exist or fails, and for an adapter that does not
    declare what it takes.
    """
    if lane.stands_for:
        return _adapter_of_brought(lane)
    known = BUILT_IN.get(lane.name)
    target = known.target if known is not None else adapter_names().get(lane.name, lane.name)
    try:
        factory = loaded(target, lane.folder)
    except (ImportError, AttributeError, OSError) as error:
        raise UsageError(f"lane {lane.text!r}: cannot load {target}: {error}") from error
    except Exception as error:
        found = f"{brief(error)}\n{traceback_text(error)}"
        raise UsageError(
            f"lane {lane.text!r}: cannot load {target}: {target.rpartition(':')[0]} raised {found}"
        ) from error
    keywords: dict[str, Any] = {"modes": lane.modes} if lane.modes else {}
    if lane.device is not None:
        keywords["device"] = lane.device
    try:
        adapter: Adapter = factory(**keywords)
    except (TypeError, ValueError) as error:
        raise UsageError(f"lane {lane.text!r}: {target}({', '.join(keywords)}) failed: {error}") from error
    except Exception as error:
        said = f"{brief(error)}\n{traceback_text(error)}"
        raise UsageError(f"lane {lane.text!r}: {target}({', '.join(keywords)}) failed: {said}") from error
    if missing := missing_declarations(adapter):
        raise UsageError(f"lane {lane.text!r}: {missing}")
    return adapter


def loaded(target: str, folder: Path) -> Any:
    """What `module:attribute` or `file.py:attribute` names; raises what importing raises, and AttributeError."""
    place, _, attribute = target.rpartition(":")
    if place.endswith(".py"):
        found: Any = _file(folder / place)
    else:
        _look_in(folder)
        found = import_module(place)
    for part in attribute.split("."):
        found = getattr(found, part)
    return found


def _adapter_of_brought(lane: Lane) -> Adapter:
    """The framework's adapter with the brought function in it, which only the worker imports."""
    place, _, attribute = lane.name.rpartition(":")
    _look_in(lane.folder)
    modes = tuple(mode for mode in lane.modes if mode != GRADIENTS)
    base = load_adapter(Lane(lane.framework, lane.framework, modes, lane.device))
    try:
        takes = parameters_of(source_of(place, lane.folder), attribute)
    except (LookupError, SyntaxError) as error:
        raise UsageError(f"lane {lane.text!r}: {place}: {error.args[0]}") from error
    return BroughtFunction(
        base,
        lane.stands_for,
        attribute.rpartition(".")[2],
        partial(loaded, lane.name, lane.folder),
        setup_lines(place, attribute, lane.folder),
        takes,
        base.directions if GRADIENTS in lane.modes else ("forward",),
    )


def missing_framework(lane: Lane) -> str | None:
    """What to do about a built-in lane whose framework is not installed; None when it is."""
    known = BUILT_IN.get(lane.framework)
    if lane.python or known is None or known.requires is None or find_spec(known.requires) is not None:
        return None
    return f"{known.requires} is not installed; pip install 'nn-conformance[{known.extra}]' installs it"


def adapter_names() -> dict[str, str]:
    """Every adapter that can be named: built-in and installed, with the import string behind the name."""
    installed = {point.name: point.value for point in entry_points(group=ENTRY_POINTS)}
    return {**installed, **{name: known.target for name, known in BUILT_IN.items()}}


def _port(text: str) -> Lane:
    """A command, `exec:COMMAND`, which reports call by its NAME where it has one."""
    named = _NAMED.fullmatch(text)
    name, port = (named["name"], named["port"]) if named else (text, text)
    if named and name in adapter_names():
        raise UsageError(f"lane {name}=exec:...: {name} is an adapter; call the port otherwise")
    try:
        command = tuple(shlex.split(port.removeprefix("exec:")))
    except ValueError as error:
        raise UsageError(f"lane {name!r}: {error}") from error
    if not command:
        raise UsageError(f"lane {name!r}: exec: is followed by a command, such as exec:./my_port")
    return Lane(name, "exec", command=command)


def _file(path: Path) -> ModuleType:
    """The module of a file, executed once a process; its neighbours can be imported by it, as in a script."""
    path = Path(os.path.realpath(path))  # Path.resolve raises RuntimeError for a link to itself
    name = re.sub(r"\W", "_", str(path))
    if name not in sys.modules:
        if not os.path.isfile(path):
            raise FileNotFoundError(f"there is no file {path}")
        if (size := path.stat().st_size) > MOST_SOURCE_BYTES:
            raise OSError(f"{path} has {size:,} bytes; at most {MOST_SOURCE_BYTES:,} are read as a program")
        _look_in(path.parent)
        spec = spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        module = sys.modules[name] = module_from_spec(spec)
        try:
            spec.loader.exec_module(module)
        except BaseException:
            del sys.modules[name]
            raise
    return sys.modules[name]


def _look_in(folder: Path) -> None:
    """An author's modules come last: none of them takes the place of what is installed."""
    if str(folder) not in sys.path:
        sys.path.append(str(folder))


def _is_module(name: str, folder: Path) -> bool:
    _look_in(folder)
    return name.isidentifier() and find_spec(name) is not None


def _unknown(name: str, attribute: str, folder: Path) -> str:
    """What was tried for a name that is not an adapter's, and what is accepted."""
    names = sorted(adapter_names())
    tried = f", and no module of this name is installed or lies in {folder}" if attribute else ""
    close = get_close_matches(name, names, n=1)
    meant = f"; did you mean {close[0]}?" if close else ""
    return (
        f"no adapter is called {name!r}{tried}{meant}; it must be one of {', '.join(names)}, "
        "an import string such as my_port:Adapter, or a file such as ./my_port.py:Adapter"
    )


def _modes(text: str | None) -> tuple[str, ...]:
    return tuple(text.split("+")) if text else ()


def _check_modes(lane: Lane) -> None:
    known = BUILT_IN.get(lane.framework)
    for mode in lane.modes:
        modes = (*known.modes, *((GRADIENTS,) if lane.stands_for else ())) if known is not None else ()
        if known is not None and mode not in modes:
            close = get_close_matches(mode, modes, n=1, cutoff=0.7)
            meant = f"did you mean {close[0]}? " if close else ""
            accepted = f"{meant}it must be one of {', '.join(modes)}" if modes else "it has none"
            raise UsageError(f"lane {lane.text!r}: {lane.framework} has no mode {mode!r}; {accepted}")

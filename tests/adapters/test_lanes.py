"""How lanes are spelled, and how the adapter behind one is found."""

import re
import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import numpy as np
import pytest

from conformance.adapters import lane as lanes
from conformance.adapters.lane import (
    DEFAULT_LANES,
    EXPECTED,
    Lane,
    adapter_names,
    load_adapter,
    missing_framework,
    parse_lane,
)
from conformance.adapters.plan import Invoke
from conformance.adapters.protocol import WritesScripts
from conformance.adapters.reference import Reference
from conformance.adapters.tensorflow.adapter import TensorFlow
from conformance.errors import UsageError
from conformance.operators.registry import operators
from conformance.protocol.hello import Hello, NoWorker
from conformance.running.examination import Examination
from conformance.running.session import LaneSession
from conformance.workers.process import Worker, worker_command, worker_environment

PORT = """\
class Port:
    operators = features = dtypes = directions = ()

    def __init__(self, modes=(), device=None):
        if "bad" in modes:
            raise ValueError("no such mode")
        self.modes, self.device = modes, device

class Holder:
    Inner = Port
"""


@pytest.fixture
def port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a module with an adapter, as a third party would install it."""
    (tmp_path / "my_port").mkdir()
    (tmp_path / "my_port" / "adapter.py").write_text(PORT, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "my_port.adapter", raising=False)
    return "my_port.adapter"


TOO_LITTLE = "tests.running.stand_ins:DeclaresTooLittle"
MODES = "function, session, xla, eigen, tf32"
TORCH_MODES = "nomkldnn, channels_last, strided, compile, export, onnx, meta, tf32"


@pytest.mark.parametrize(
    ("text", "name", "modes", "device"),
    [
        ("reference", "reference", (), None),
        ("tensorflow", "tensorflow", (), None),
        ("tensorflow:function", "tensorflow", ("function",), None),
        ("tensorflow:function+session", "tensorflow", ("function", "session"), None),
        ("torch@cuda", "torch", (), "cuda"),
        ("torch@cuda:1", "torch", (), "cuda:1"),
        ("tensorflow:session@cpu", "tensorflow", ("session",), "cpu"),
        ("my_port.adapter:Adapter", "my_port.adapter:Adapter", (), None),
        ("my_port.adapter:Holder.Adapter", "my_port.adapter:Holder.Adapter", (), None),
        ("./my_port.py:Adapter", "./my_port.py:Adapter", (), None),
        ("/some where/my@port.py:Holder.Adapter:fast+safe@gpu:1", "/some where/my@port.py:Holder.Adapter",
         ("fast", "safe"), "gpu:1"),
        ("json:Adapter:fast@gpu", "json:Adapter", ("fast",), "gpu"),
        ("my_port.adapter:Adapter:fast+safe@gpu", "my_port.adapter:Adapter", ("fast", "safe"), "gpu"),
    ],
)  # fmt: skip
def test_a_lane_is_taken_apart(text: str, name: str, modes: tuple[str, ...], device: str | None) -> None:
    assert parse_lane(text) == Lane(text, name, modes, device)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("exec:./port", ("./port",)),
        ("exec:node 'my port.js' --fast", ("node", "my port.js", "--fast")),
        ("exec:./port:mode@device", ("./port:mode@device",)),
    ],
)
def test_what_follows_exec_is_a_command_and_nothing_else(text: str, command: tuple[str, ...]) -> None:
    assert parse_lane(text) == Lane(text, "exec", (), None, command)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", f"lane '': expected {EXPECTED}"),
        (":function", f"lane ':function': expected {EXPECTED}"),
        ("torch:", f"lane 'torch:': expected {EXPECTED}"),
        ("torch@", f"lane 'torch@': expected {EXPECTED}"),
        ("./my_port.py", "lane './my_port.py': a file names an attribute of it: ./my_port.py:Adapter"),
        ("./my_port.py:", "lane './my_port.py:': a file names an attribute of it: ./my_port.py:Adapter"),
        ("my_port.adapter", "lane 'my_port.adapter': an import string names an attribute: package.module:Adapter"),
        ("exec:", "lane 'exec:': exec: is followed by a command, such as exec:./my_port"),
        ("exec:'open", 'lane "exec:\'open": No closing quotation'),
        ("torch:function", f"lane 'torch:function': torch has no mode 'function'; it must be one of {TORCH_MODES}"),
        ("tensorflow:eager", f"lane 'tensorflow:eager': tensorflow has no mode 'eager'; it must be one of {MODES}"),
        ("tensorflow:function+", f"lane 'tensorflow:function+': tensorflow has no mode ''; it must be one of {MODES}"),
    ],
)
def test_a_lane_that_names_nothing_says_what_is_accepted(text: str, message: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse_lane(text)
    assert str(raised.value) == message


def test_an_unknown_name_is_told_the_known_ones() -> None:
    with pytest.raises(UsageError) as raised:
        parse_lane("caffe")
    assert str(raised.value) == (
        f"lane 'caffe': no adapter is called 'caffe'; it must be one of {', '.join(sorted(adapter_names()))}, "
        "an import string such as my_port:Adapter, or a file such as ./my_port.py:Adapter"
    )


def test_an_unknown_name_with_a_colon_says_where_a_module_was_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError) as raised:
        parse_lane("tensorflw:Adapter")
    assert str(raised.value).startswith(
        "lane 'tensorflw:Adapter': no adapter is called 'tensorflw', and no module of this name is installed or lies "
        f"in {tmp_path}; did you mean tensorflow?; it must be one of "
    )


def test_the_default_lanes_can_all_be_loaded_without_their_frameworks() -> None:
    before = {name for name in ("tensorflow", "torch", "jax") if name in sys.modules}
    assert [load_adapter(parse_lane(name)) for name in DEFAULT_LANES]
    assert {name for name in ("tensorflow", "torch", "jax") if name in sys.modules} == before


def test_a_mode_reaches_the_adapter() -> None:
    adapter = load_adapter(parse_lane("tensorflow:session"))
    assert isinstance(adapter, TensorFlow)
    assert adapter._mode == "session"


def test_an_import_string_is_loaded_by_the_same_function(port: str) -> None:
    adapter = load_adapter(parse_lane(f"{port}:Port:fast@gpu"))
    assert (getattr(adapter, "modes", None), getattr(adapter, "device", None)) == (("fast",), "gpu")
    assert type(load_adapter(parse_lane(f"{port}:Holder.Inner"))).__name__ == "Port"


@pytest.mark.parametrize(
    ("suffix", "message"),
    [
        (":Gone", "cannot load my_port.adapter:Gone: module 'my_port.adapter' has no attribute 'Gone'"),
        (".gone:Port", "cannot load my_port.adapter.gone:Port: "),
        (":Port:bad", "my_port.adapter:Port(modes) failed: no such mode"),
    ],
)
def test_an_adapter_that_cannot_be_made_is_wrong_usage(port: str, suffix: str, message: str) -> None:
    with pytest.raises(UsageError) as raised:
        load_adapter(parse_lane(port + suffix))
    assert str(raised.value).startswith(f"lane '{port}{suffix}': {message}")


def test_an_adapter_without_devices_says_so() -> None:
    with pytest.raises(UsageError, match=r"lane 'reference@cuda': .*Reference\(device\) failed"):
        load_adapter(parse_lane("reference@cuda"))


def test_an_entry_point_is_a_name_like_the_built_in_ones(port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def installed(group: str) -> list[EntryPoint]:
        assert group == "nn_conformance.adapters"
        return [EntryPoint("mine", f"{port}:Port", group), EntryPoint("torch", f"{port}:Port", group)]

    monkeypatch.setattr(lanes, "entry_points", installed)
    assert parse_lane("mine:fast@gpu") == Lane("mine:fast@gpu", "mine", ("fast",), "gpu")
    assert getattr(load_adapter(parse_lane("mine:fast")), "modes", None) == ("fast",)
    assert adapter_names()["mine"] == f"{port}:Port"
    assert adapter_names()["torch"] == "conformance.adapters.torch:Torch"


def test_a_missing_framework_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "find_spec", lambda name: None)
    assert missing_framework(parse_lane("jax")) == (
        "jax is not installed; pip install 'nn-conformance[jax]' installs it"
    )
    assert missing_framework(parse_lane("reference")) is None
    assert missing_framework(parse_lane("my_port.adapter:Port")) is None


def test_the_reference_is_an_adapter_like_any_other() -> None:
    assert isinstance(load_adapter(parse_lane("reference")), Reference)


@pytest.mark.parametrize(
    ("lane", "message"),
    [
        ("jax:compile", "jax has no mode 'compile'; it must be one of jit, tf32"),
        ("torch:eigen", f"torch has no mode 'eigen'; it must be one of {TORCH_MODES}"),
        ("tensorflow:function+session", "TensorFlow(modes) failed: modes function+session exclude one another"),
        ("tensorflow@tpu", "TensorFlow(device) failed: device 'tpu'; TensorFlow's are cpu and cuda"),
        ("tensorflow:tf32", "TensorFlow(modes) failed: mode tf32 is for the device cuda"),
        ("torch:tf32", "Torch(modes) failed: mode tf32 is for the device cuda"),
        ("torch:tf32@cpu", "Torch(modes, device) failed: mode tf32 is for the device cuda"),
        ("jax:tf32", "Jax(modes) failed: mode tf32 is for the device cuda"),
        ("torch:meta@cuda", "failed: mode meta computes nothing; it goes with no other mode and no device"),
        ("torch:meta+compile", "failed: mode meta computes nothing; it goes with no other mode and no device"),
    ],
)
def test_a_mode_or_device_that_an_adapter_does_not_have_is_refused(lane: str, message: str) -> None:
    with pytest.raises(UsageError) as raised:
        load_adapter(parse_lane(lane))
    assert str(raised.value).endswith(message)


@pytest.mark.parametrize(
    "lane", ["tensorflow:tf32@cuda", "tensorflow:xla+tf32@cuda", "torch:tf32@cuda", "jax:tf32@cuda"]
)
def test_tf32_is_a_mode_of_the_device_cuda(lane: str) -> None:
    assert load_adapter(parse_lane(lane))


def test_a_mode_that_leaves_onednn_out_goes_with_every_way_to_execute() -> None:
    adapter = load_adapter(parse_lane("tensorflow:function+eigen"))

    assert isinstance(adapter, WritesScripts)
    source = adapter.call_source(Invoke("tf.nn.conv2d_transpose", (("", "value"),), ()), "float32")
    assert source.environment["TF_ENABLE_ONEDNN_OPTS"] == "0"
    assert "@tf.function(autograph=False)" in source.define


@pytest.fixture
def beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder, the current one, with a file of an adapter that imports its neighbour."""
    (tmp_path / "neighbour_of_port.py").write_text("NAME = 'beside'\n", encoding="utf-8")
    (tmp_path / "port_in_a_file.py").write_text(f"import neighbour_of_port\n{PORT}", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield tmp_path
    for name in ("neighbour_of_port", "port_in_a_file"):
        sys.modules.pop(name, None)  # a later test may have a module of this name in another folder


@pytest.mark.parametrize(
    "text",
    ["./port_in_a_file.py:Port:fast@gpu", "port_in_a_file.py:Holder.Inner:fast@gpu", "port_in_a_file:Port:fast@gpu"],
)
def test_a_file_and_a_module_without_a_dot_are_adapters_too(beside: Path, text: str) -> None:
    adapter = load_adapter(parse_lane(text))
    assert (getattr(adapter, "modes", None), getattr(adapter, "device", None)) == (("fast",), "gpu")


def test_a_file_is_found_from_the_folder_that_the_lane_was_named_in(
    beside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lane = parse_lane("./port_in_a_file.py:Port")
    (beside / "elsewhere").mkdir()
    monkeypatch.chdir(beside / "elsewhere")
    assert type(load_adapter(lane)).__name__ == "Port"
    assert type(load_adapter(parse_lane(lane.text, beside))).__name__ == "Port"


def test_a_shipped_name_wins_over_a_module_beside_it(beside: Path) -> None:
    (beside / "reference.py").write_text(PORT, encoding="utf-8")
    assert parse_lane("reference").name == "reference"
    with pytest.raises(UsageError, match="reference has no mode 'Port'"):
        parse_lane("reference:Port")


@pytest.mark.parametrize(
    ("text", "content", "message"),
    [
        ("./gone.py:Port", None, "there is no file "),
        ("./port.py:Gone", PORT, "has no attribute 'Gone'"),
        ("./port.py:Port", "def (", "./port.py raised SyntaxError: "),
        ("./port.py:Port", "1 / 0", "./port.py raised ZeroDivisionError: division by zero"),
    ],
)
def test_a_file_that_cannot_be_loaded_is_wrong_usage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, content: str | None, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    if content is not None:
        (tmp_path / "port.py").write_text(content, encoding="utf-8")
    with pytest.raises(UsageError) as raised:
        load_adapter(parse_lane(text))
    assert str(raised.value).startswith(f"lane '{text}': cannot load {text}: ")
    assert message in str(raised.value)


def test_an_adapter_that_does_not_declare_what_it_takes_is_shown_the_lines_to_add() -> None:
    with pytest.raises(UsageError) as raised:
        load_adapter(parse_lane(TOO_LITTLE))
    assert str(raised.value) == (
        f"lane '{TOO_LITTLE}': the adapter does not declare operators, features, directions as a tuple of words; "
        "add to its class what it takes:\n\n"
        f'    operators = ("conv2d_transpose",)  # of {", ".join(operators())}\n'
        "    features = ()  # of groups, bias, gradients\n"
        '    directions = ("forward",)  # of forward, value_gradient, filter_gradient, bias_gradient'
    )


def test_a_file_that_is_no_program_by_its_size_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with (tmp_path / "port.py").open("wb") as file:
        file.truncate(2**40)
    with pytest.raises(UsageError, match="has 1,099,511,627,776 bytes; at most 16,777,216 are read as a program"):
        load_adapter(parse_lane("./port.py:Port"))


def test_a_file_that_is_a_link_to_itself_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "port.py").symlink_to("port.py")
    with pytest.raises(UsageError, match="there is no file "):
        load_adapter(parse_lane("./port.py:Port"))


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder in which `venv` is an environment: its python is a link, as a virtual environment's is."""
    (tmp_path / "venv" / "bin").mkdir(parents=True)
    (tmp_path / "venv" / "bin" / "python").symlink_to(sys.executable)
    return tmp_path


@pytest.mark.parametrize("place", ["venv", "venv/bin/python"])
def test_a_lane_names_the_interpreter_of_its_worker_by_an_environment_or_by_itself(elsewhere: Path, place: str) -> None:
    lane = parse_lane(f"old=python:{place}:torch:nomkldnn", elsewhere)
    assert (lane.text, lane.framework, lane.modes) == ("old", "torch", ("nomkldnn",))
    # The link itself: followed, it would lead out of the environment.
    assert worker_command(lane)[0] == str(elsewhere / "venv" / "bin" / "python")
    assert "torch:nomkldnn" in worker_command(lane)


def test_a_lane_under_another_interpreter_is_called_by_its_spelling_where_it_has_no_name(elsewhere: Path) -> None:
    assert parse_lane("python:venv:reference", elsewhere).text == "python:venv:reference"


def test_a_lane_under_another_interpreter_may_have_its_adapter_s_name_so_that_its_waivers_hold(elsewhere: Path) -> None:
    lane = parse_lane("torch=python:venv:torch:nomkldnn", elsewhere)
    assert (lane.text, lane.framework, lane.spelling) == ("torch", "torch", "torch:nomkldnn")


def test_the_worker_under_another_interpreter_finds_the_suite_and_no_other_folder_of_this_one(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    root = str(Path(lanes.__file__).parents[2])
    assert worker_environment(parse_lane("python:venv:reference", elsewhere))["PYTHONPATH"] == root
    assert worker_environment(parse_lane("reference"))["PYTHONPATH"] == "/somewhere"


def test_a_framework_that_another_interpreter_imports_is_not_looked_for_in_this_one(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "find_spec", lambda _: None)
    assert missing_framework(parse_lane("torch")) is not None
    assert missing_framework(parse_lane("python:venv:torch", elsewhere)) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("python:nowhere:torch", "nowhere is not an interpreter; name a virtual environment's folder or its python"),
        ("python:venv:exec:./port", "python:PATH: is followed by an adapter, such as python:./venv:torch"),
        ("python:venv:python:venv:torch", "python:PATH: is followed by an adapter"),
        ("torch=python:venv:jax", "torch is another adapter; call the lane otherwise"),
    ],
)
def test_a_lane_whose_interpreter_cannot_be_started_is_refused(elsewhere: Path, text: str, message: str) -> None:
    with pytest.raises(UsageError, match=re.escape(message)):
        parse_lane(text, elsewhere)


def test_a_worker_under_another_interpreter_answers() -> None:
    worker = Worker(parse_lane(f"old=python:{sys.executable}:reference"))
    try:
        hello = worker.start()
    finally:
        worker.kill()
    assert isinstance(hello, Hello)
    assert hello.framework == "reference"


@pytest.mark.parametrize(("label", "runs_on"), [("old=", {"reference": np.__version__}), ("reference=", {})])
def test_a_lane_under_another_interpreter_runs_on_the_plain_one_unless_it_is_that(
    label: str, runs_on: dict[str, str]
) -> None:
    session = LaneSession(parse_lane(f"{label}python:{sys.executable}:reference"), Examination(), 60.0, 1)
    try:
        assert session.start().runs_on == runs_on
    finally:
        session.close()


def no_worker(spelling: str, folder: Path) -> NoWorker:
    worker = Worker(parse_lane(spelling, folder))
    try:
        found = worker.start()
    finally:
        worker.kill()
    assert isinstance(found, NoWorker)
    return found


def interpreter(path: Path, script: str) -> str:
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def test_an_environment_without_what_a_worker_needs_is_told_in_a_sentence(tmp_path: Path) -> None:
    # Without site no package of the environment is found.
    bare = interpreter(tmp_path / "bare", f'exec {sys.executable} -S "$@"')
    found = no_worker(f"old=python:{bare}:reference", tmp_path)
    assert found.message == (
        f"{bare}: ModuleNotFoundError: No module named 'numpy'; a worker needs Python 3.11 or newer, NumPy, "
        f"ml_dtypes and PyYAML there, beside the framework: `{bare} -m pip install numpy ml_dtypes pyyaml`"
    )
    assert "Traceback" in found.traceback


def test_an_interpreter_that_cannot_read_the_worker_is_told_by_its_last_line(tmp_path: Path) -> None:
    old = interpreter(tmp_path / "old", "echo 'Traceback:' >&2; echo 'SyntaxError: invalid syntax' >&2; exit 1")
    found = no_worker(f"old=python:{old}:reference", tmp_path)
    assert found.message.startswith(f"{old}: SyntaxError: invalid syntax; a worker needs Python 3.11 or newer, ")
    assert "pip" not in found.message
    silent = interpreter(tmp_path / "silent", "exit 3")
    assert no_worker(f"old=python:{silent}:reference", tmp_path).message.startswith(
        f"{silent}: exit status 3; a worker"
    )


def test_a_framework_that_another_environment_lacks_is_missing_there(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        "from conformance.adapters.reference import Reference\n\n\nclass Adapter(Reference):\n"
        "    def describe(self):\n        import no_such_framework\n",
        encoding="utf-8",
    )
    found = no_worker(f"old=python:{sys.executable}:./mine.py:Adapter", tmp_path)
    assert found.missing
    assert found.message == f"No module named 'no_such_framework'; it has to be installed for {sys.executable}"

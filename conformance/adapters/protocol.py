"""What an adapter is. The one file that an adapter's author has to read.

An adapter speaks one framework. It is asked twice about a trial: in the parent process for a plan, where the
framework must not be imported, and in a worker process to execute that plan. It never sees what is expected.

    class MyPort:
        operators = ("conv2d_transpose",)
        features = ()
        dtypes = ("float32",)
        directions = ("forward",)

        def describe(self): return Description("my-port", "1.0", {"my-port": "1.0"})
        def plan(self, call): return Plan((Invoke("my_port.conv2d_transpose", ...),))
        def execute(self, plan, arrays): return perform(plan, arrays, self._invoke)

`conformance run --lane my_package.module:MyPort` finds it, and so does an entry point of the group
`nn_conformance.adapters`, by the entry point's name. It is made by `MyPort(modes=..., device=...)` when the lane
names a mode or a device, and by `MyPort()` otherwise.

An adapter is asked about what it declares, and about nothing else. `concurrent = True` beside it declares that
`execute` may be called from several threads at once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar, runtime_checkable

from numpy.typing import NDArray

from conformance.adapters.adjoint import gradient_plan
from conformance.adapters.plan import (
    Crop,
    Flip,
    Invoke,
    Name,
    Operands,
    Pad,
    Plan,
    Reshape,
    Transpose,
    Unsupported,
    perform,
    problem,
)
from conformance.adapters.toolkit import (
    Limit,
    Said,
    depthwise_as_grouped,
    filter_to_channels_first,
    is_channels_last,
    limited,
    planned,
    spatial_of,
    takes_dtypes,
    to_channels_first,
    to_channels_last,
)
from conformance.errors import AdapterError, brief, traceback_text
from conformance.operators.nominal import Nominal
from conformance.operators.registry import operators, signature
from conformance.suite.case import Call, RightCall
from conformance.suite.dtypes import FORMATS
from reference.family import DIRECTIONS, Direction

__all__ = [
    "DIRECTIONS",
    "DTYPES",
    "FEATURES",
    "Adapter",
    "Call",
    "CallRefused",
    "CallSource",
    "Composes",
    "ComputesTogether",
    "Crop",
    "Description",
    "Flip",
    "Invoke",
    "Limit",
    "Limits",
    "Name",
    "Nominal",
    "Operands",
    "Pad",
    "Plan",
    "Reshape",
    "Said",
    "SpeaksNominally",
    "Transpose",
    "Unsupported",
    "WritesScripts",
    "calling",
    "depthwise_as_grouped",
    "filter_to_channels_first",
    "gradient_plan",
    "is_channels_last",
    "own_axes",
    "perform",
    "plan_call",
    "plan_words",
    "planned",
    "source_of_call",
    "spatial_of",
    "takes_dtypes",
    "to_channels_first",
    "to_channels_last",
]

FEATURES = ("groups", "bias", "gradients")
"""what a call may have beyond the operator itself: an adapter or port is not asked for those it does not declare"""
DTYPES = tuple(FORMATS)
"""all that the suite asks for"""
CACHE_VARIABLE = "CONFORMANCE_CACHE"
"""in a worker's environment: a folder in which an adapter that compiles may keep what it compiled, for the next run"""
DECLARATIONS: Mapping[str, tuple[str, Callable[[], Sequence[str]]]] = {
    "operators": ('("conv2d_transpose",)', lambda: tuple(operators())),
    "features": ("()", lambda: FEATURES),
    "dtypes": ('("float32",)', lambda: DTYPES),
    "directions": ('("forward",)', lambda: DIRECTIONS),
}
"""what every adapter declares, each with an example and all that can be declared"""


@dataclass(frozen=True, slots=True)
class Description:
    """What answers behind a lane; `versions` and `flags` go into the journal as they are.

    Three flags mean something. `operands` declares that float32 products round their operands first (`tf32` or
    `bfloat16x1`, with `truncated` behind it where they are cut), `algorithm` that a fast one is used (`winograd`,
    `fft`). Values are then judged under the bound of that; bitwise only small integers, once they are rounded. `values`
    with the word `none` declares that shapes and dtypes are all that is computed, and they are all that is judged.

    `runs_on` names the lanes whose functions the plans invoke in the end, each with the version that is installed: a
    layer over TensorFlow says {"tensorflow": "2.21.0"}. What is waived for such a lane in that version is waived here,
    too, so say it of what computes alone, and never of a framework that merely is there.
    """

    framework: str
    version: str
    versions: Mapping[str, str] = field(default_factory=dict)
    flags: Mapping[str, str] = field(default_factory=dict)
    runs_on: Mapping[str, str] = field(default_factory=dict)


class CallRefused(Exception):
    """The framework refused the call: raised by `calling`, with the framework's own exception as its cause."""


class Adapter(Protocol):
    """One framework, in one mode. What it declares are class attributes, tuples of words."""

    @property
    def operators(self) -> tuple[str, ...]:
        """Names of `conformance.operators.registry.operators`."""

    @property
    def features(self) -> tuple[str, ...]:
        """Of FEATURES, those it has; `gradients` follows from the directions, and may be left out."""

    @property
    def dtypes(self) -> tuple[str, ...]:
        """Of DTYPES, those it takes."""

    @property
    def directions(self) -> tuple[Direction, ...]:
        """Of DIRECTIONS, those it computes: the result, the gradients of single operands."""

    def describe(self) -> Description:
        """Versions and flags. Called in the worker, first; an ImportError means that the framework is missing."""

    def plan(self, call: Call) -> Plan | Unsupported:
        """The steps for a call, from its integers alone. Called in the parent: imports no framework.

        A call with `geometry` None is wrong on purpose: hand the same wrong call to the framework, or say why its
        API cannot be handed it. Never repair: no clamped argument, no changed number, no other operator.
        """

    def execute(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        """The result, in the layout of the call. Called in the worker, which imports this framework only.

        Raises CallRefused when the framework refused; whatever else it raises is the adapter's own fault.
        """


@runtime_checkable
class Concurrent(Protocol):
    """An adapter that says whether its `execute` may be called from several threads at once; others are not."""

    concurrent: bool


@runtime_checkable
class Limits(Protocol):
    """An adapter that declares, in one place, what its framework's documents say that it does not take."""

    @property
    def limits(self) -> Sequence[Limit]:
        """The calls that they apply to are `unsupported` with their reason; `plan` is not asked for them."""


@runtime_checkable
class SpeaksNominally(Protocol):
    """An adapter that also takes words without geometry, for the table of output-shape conventions."""

    names_output: bool
    """whether the framework's caller has to name the output length"""

    def plan_nominal(self, nominal: Nominal, output: int | None) -> Plan | Unsupported:
        """The same words handed to the framework's own API, without any translation of their meaning.

        Operands are `value` (1, length, length, 1) and `filter` (kernel, kernel, 1, 1); the result is channels last.
        `output` is the output length asked for, None unless `names_output`.
        """


@runtime_checkable
class Composes(Protocol):
    """An adapter whose `plan` hands every call over as it stands, with the arguments that its framework refuses too.

    `conformance translate` wants code that runs, and asks it for other words; other adapters' plans are that already.
    """

    def plan_composed(self, call: Call) -> Plan | Unsupported:
        """The steps for a right call, composed where the framework's own function does not take it."""


@runtime_checkable
class ComputesTogether(Protocol):
    """An adapter for which many calls in one module cost less than one module each: one that compiles."""

    together: int
    """how many calls one module takes; 0 where each has to be asked alone"""

    def execute_together(self, asked: Sequence[tuple[Plan, Operands]]) -> Sequence[NDArray[Any] | None]:
        """The results of several plans, in their order; None for one that has to be asked alone. Called in the worker.

        Where it raises, halves of them are asked, down to single ones, and where it takes the process with it, each is
        asked alone: outcomes stay per call. The same plans come again with other operands of the same shapes, for which
        nothing has to be compiled again.
        """


@dataclass(frozen=True, slots=True)
class CallSource:
    """What an adapter does around one call and in it, as lines of Python: the part of a script that is its own.

    The lines find the step's operands as NumPy arrays under their names, and leave `result`, a NumPy array. An adapter
    whose `execute` is `conformance.adapters.execution.execute` runs what it prints.
    """

    imports: tuple[str, ...]
    """single statements, `import torch`"""
    call: tuple[str, ...]
    """what is refused where it raises: exactly what `execute` does inside `calling`, `step.source()` a line of it"""
    setup: tuple[str, ...] = ()
    """what follows the imports: threads, flags; in a worker, `describe` has done it"""
    setup_of_64_bits: tuple[str, ...] = ()
    """what follows that where operands of 64 bits are computed in 64 bits"""
    define: tuple[str, ...] = ()
    """functions that the call uses, defined once for many calls"""
    before: tuple[str, ...] = ()
    """operands as the framework takes them"""
    program: tuple[str, ...] = ()
    """what makes a program of the call, an exported model, say: refused as the call is. What it defines is kept for the
    next operands of the same shapes and dtypes, as one exports once and runs many times
    """
    after: tuple[str, ...] = ()
    """`result` as NumPy has it"""
    environment: Mapping[str, str] = field(default_factory=dict)
    """variables that `describe` sets before it imports"""
    asked_again: bool = True
    """whether a gradient that is refused may be followed by the call alone, to tell whose shape is wrong; not where a
    framework may end the process on what it refused to differentiate
    """

    @property
    def attempted(self) -> tuple[str, ...]:
        """What is refused where it raises."""
        return (*self.program, *self.call)

    @property
    def lines(self) -> tuple[str, ...]:
        """All that happens to the operands, in its order."""
        return (*self.define, *self.before, *self.attempted, *self.after)


@runtime_checkable
class WritesScripts(Protocol):
    """An adapter whose plans can also be printed as scripts that need the framework and NumPy, nothing of the suite."""

    def call_source(self, step: Invoke, dtype: str) -> CallSource:
        """What `execute` does for the step with operands of the dtype. Called in the parent: imports no framework."""


def missing_declarations(adapter: object) -> str | None:
    """What an adapter does not declare as a tuple of words, with the lines to add; None where nothing is missing."""
    # A text counts as missing: `in` would find parts of its words.
    declared = {name: getattr(adapter, name, None) for name in DECLARATIONS}
    missing = [name for name, words in declared.items()
               if not isinstance(words, tuple) or not all(isinstance(word, str) for word in words)]  # fmt: skip
    if not missing:
        return None
    lines = [f"    {name} = {example}  # of {', '.join(words())}" for name, (example, words) in DECLARATIONS.items()
             if name in missing]  # fmt: skip
    head = f"the adapter does not declare {', '.join(missing)} as a tuple of words; add to its class what it takes:"
    return "\n".join([head, "", *lines])


def plan_call(adapter: Adapter, call: Call) -> Plan | Unsupported:
    """The adapter's plan, unless the call is of an operator or dtype, or has a feature, that it does not declare.

    Raises AdapterError where the adapter's code fails, as all functions do through which it is called in the parent.
    """
    left_out = undeclared(adapter, call)
    if left_out is not None:
        return Unsupported(left_out, undeclared=True)
    return plan_whatever(adapter, call)


def plan_whatever(adapter: Adapter, call: Call) -> Plan | Unsupported:
    """The adapter's plan, whether the call is declared or not; raises as `plan_call`."""
    beyond = asked("limits", Unsupported | None, limited, getattr(adapter, "limits", ()), call)
    return beyond or _executable("plan", asked("plan", Plan | Unsupported, adapter.plan, call))


def plan_words(adapter: SpeaksNominally, nominal: Nominal, output: int | None) -> Plan | Unsupported:
    """The adapter's plan for words without geometry."""
    said = asked("plan_nominal", Plan | Unsupported, adapter.plan_nominal, nominal, output)
    return _executable("plan_nominal", said)


def _executable(name: str, said: Plan | Unsupported) -> Plan | Unsupported:
    found = problem(said) if isinstance(said, Plan) else None
    if found is not None:
        raise AdapterError(f"the adapter's {name} returned {found}")
    return said


def source_of_call(adapter: WritesScripts, step: Invoke, dtype: str) -> CallSource:
    """The adapter's part of a script."""
    return asked("call_source", CallSource, adapter.call_source, step, dtype)


Given = TypeVar("Given")


def asked(name: str, expected: Any, method: Callable[..., Given], *given: Any) -> Given:
    """What an adapter's method returns. Raises AdapterError for what it raises, and for what is not `expected`.

    Foreign code may raise what is no Exception: `sys.exit`, and the panics of extensions that are written in Rust.
    """
    try:
        answer = method(*given)
    except (KeyboardInterrupt, GeneratorExit):
        raise
    except BaseException as error:
        raise AdapterError(f"the adapter's {name} failed: {brief(error)}", traceback_text(error)) from error
    if not isinstance(answer, expected):
        kinds = " or ".join(kind.__name__ for kind in getattr(expected, "__args__", (expected,)))
        raise AdapterError(f"the adapter's {name} returned {type(answer).__name__}; expected {kinds}")
    return answer


def undeclared(adapter: Adapter, call: Call) -> str | None:
    """What of a call the adapter does not declare, as `X is not among the Y: Z`; None where it declares all."""
    for name, words in needs(call).items():
        declared: Sequence[str] = getattr(adapter, name)
        for word in words:
            if word not in declared:
                return f"{word} is not among the {name}: {', '.join(declared) or 'none'}"
    return None


def needs(call: Call) -> Mapping[str, Sequence[str]]:
    """What has to be declared before a lane is asked a call: by name of the declaration, the words."""
    return {
        "operators": [call.operator],
        "directions": [call.direction],
        # A declared direction needs no feature.
        "features": [each for each in features_of(call) if each != "gradients"],
        "dtypes": [*map(call.dtype_of, call.operands), call.dtype],
    }


def features_of(call: Call) -> tuple[str, ...]:
    """Which of FEATURES a call has."""
    has = {*signature(call.operator).features(call), *(("gradients",) if call.direction != "forward" else ())}
    return tuple(feature for feature in FEATURES if feature in has)


def own_axes(call: Call) -> tuple[Mapping[str, int], ...]:
    """A right call's integers per spatial axis, in its operator's own names: of a forward convolution input, kernel,
    stride, dilation, pad_before, pad_after, output. Empty for a wrong call, which has no geometry.
    """
    axes = call.axes if isinstance(call, RightCall) else ()
    return signature(call.operator).own_axes(call.operator, axes)


def directions_asked(declared: Sequence[Direction] | None, features: Sequence[str]) -> tuple[Direction, ...]:
    """What is asked of a port: the directions that its hello declares; of one that declares none the result, and every
    gradient where gradients are among its features.
    """
    if declared is not None:
        return tuple(direction for direction in DIRECTIONS if direction in declared)
    return DIRECTIONS if "gradients" in features else DIRECTIONS[:1]


def calling(function: Callable[..., Any], *args: Any, **keywords: Any) -> Any:
    """Call the framework, and turn every exception of its into CallRefused. Running out of memory is not a refusal."""
    try:
        return function(*args, **keywords)
    except MemoryError:
        raise
    except Exception as refusal:
        raise CallRefused(brief(refusal)) from refusal

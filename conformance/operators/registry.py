"""Which kinds of operators there are, and where the parts of each lie.

A kind is a package. Its parts are modules of fixed names, each loaded by those alone whom it concerns, so that a worker
never loads what is right:

    signature     what can be asked (`conformance.operators.kind.Signature`)
    expectation   what is right, and what a wrong answer behaves like (`conformance.judging.expectation.Expectation`)
    plans         how each framework is asked (`conformance.adapters.planning.Plans`)
    coverage      what trials can ask: PARAMETERS (`conformance.suite.lattice.Parameter`)

A kind may have these, too; without one it is not served by what needs it, and nothing else changes:

    witness       which mistakes a case cannot see (`conformance.cli.cases.Witness`)
    covering      which combinations a corpus asks, and calls for the others (`conformance.cli.cases.Covering`)
    mutants       who is wrong on purpose (`conformance.mutants.kinds.Mutants`)
    yardstick     which of ONNX's published cases are its calls (`conformance.scoring.yardstick.Readers`)
    scoring       which trials those are asked, and when they are named (`conformance.scoring.rounds.Scoring`)
    conventions   what frameworks' words mean, measured (`conformance.conventions.lane.Conventions`)
    readings      how frameworks' calls are read and written (`conformance.translation.reading.Readings`)
    smoke         what a lane is asked first (`conformance.smoke.questions.Questions`)
    grading       how a lane's arithmetic is measured (`conformance.running.grading.Grading`)
    generators    named ways to make operands: GENERATORS, each with its purpose (the documentation lists them)
    portrait      how a lane, or one result, is diagnosed (`conformance.running.portrait.Portraits`)

Which of these the shipped kinds leave out, and why, says decision 42.

A package from elsewhere is a kind once its name is the value of an entry point of the group `nn_conformance.kinds`.
"""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from typing import Any, cast

from conformance.operators.kind import Signature
from reference.family import Operator

BUILT_IN = (
    "conformance.operators.convolution",
    "conformance.operators.pooling",
    "conformance.operators.index_map",
    "conformance.operators.resize",
)
GROUP = "nn_conformance.kinds"


@cache
def packages() -> tuple[str, ...]:
    """The packages of all kinds, those of the suite first."""
    return (*BUILT_IN, *sorted(entry.value for entry in entry_points(group=GROUP)))


@cache
def operators() -> Mapping[str, Operator]:
    """Every operator by name, kind by kind."""
    return {name: _signature(package).OPERATORS[name] for name, package in _package_of().items()}


def signatures() -> tuple[Signature, ...]:
    """What can be asked of each kind."""
    return tuple(map(_signature, packages()))


def signature(operator: str) -> Signature:
    """What can be asked of the operator."""
    return _signature(kind_of(operator))


@cache  # every question, plan and verdict asks
def part(operator: str, name: str) -> Any:
    """A part of the operator's kind."""
    return import_module(f"{kind_of(operator)}.{name}")


def optional_part(operator: str, name: str) -> Any | None:
    """A part that the operator's kind may leave out; None where it does."""
    return _found(f"{kind_of(operator)}.{name}")


def parts(name: str) -> tuple[Any, ...]:
    """The part of this name of every kind that has it."""
    found = (_found(f"{package}.{name}") for package in packages())
    return tuple(module for module in found if module is not None)


def kinds_with(name: str) -> tuple[Signature, ...]:
    """What can be asked of each kind that has a part of this name."""
    return tuple(_signature(package) for package in packages() if _found(f"{package}.{name}") is not None)


def kind_of(operator: str) -> str:
    """The package of the operator's kind."""
    return _package_of()[operator]


@cache
def _package_of() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for package in packages():
        for name in _signature(package).OPERATORS:
            if name in found:
                raise ValueError(f"{package} and {found[name]} both have an operator {name}: give one another name")
            found[name] = package
    return found


@cache  # each verdict asks
def _found(module: str) -> Any | None:
    return import_module(module) if find_spec(module) is not None else None


@cache  # importlib takes as long as a small plan to find a module that it has
def _signature(package: str) -> Signature:
    return cast(Signature, import_module(f"{package}.signature"))

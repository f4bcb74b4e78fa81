"""Which kinds of operators there are, and where the parts of each lie.

A kind is a package. Its parts are modules of fixed names, each loaded by those alone whom it concerns, so that a worker
never loads what is right:

    signature     what can be asked (`conformance.operators.kind.Signature`)
    expectation   what is right, and what a wrong answer behaves like (`conformance.judging.expectation.Expectation`)
    plans         how each framework is asked (`conformance.adapters.planning.Plans`)
    coverage      what trials can ask: PARAMETERS (`conformance.suite.lattice.Parameter`)
    mutants       who is wrong on purpose: MUTANTS (`conformance.scoring.kinds.KindMutant`); a kind may have none

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

BUILT_IN = ("conformance.operators.convolution",)
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
    return _signature(_package_of()[operator])


@cache  # every question, plan and verdict asks
def part(operator: str, name: str) -> Any:
    """A part of the operator's kind."""
    return import_module(f"{_package_of()[operator]}.{name}")


def parts(name: str) -> tuple[Any, ...]:
    """The part of this name of every kind that has it."""
    modules = (f"{package}.{name}" for package in packages())
    return tuple(import_module(module) for module in modules if find_spec(module) is not None)


@cache
def _package_of() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for package in packages():
        for name in _signature(package).OPERATORS:
            if name in found:
                raise ValueError(f"{package} and {found[name]} both have an operator {name}: give one another name")
            found[name] = package
    return found


def _signature(package: str) -> Signature:
    return cast(Signature, import_module(f"{package}.signature"))

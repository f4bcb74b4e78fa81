"""The pytest plugin: a case file is a test file, and a trial in a lane is a test.

Knows: pytest's options. Must not import anything but pytest before a lane is asked for: every pytest run of everybody
who has this package installed loads this module. Next stage: `conformance.pytest_plugin.plugin`.
"""

from argparse import ArgumentTypeError

import pytest

NAME = "conformance-lanes"
"""of the plugin that does the work, among pytest's"""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    group = parser.getgroup("conformance", "conformance of neural network operators (nn-conformance)")
    group.addoption("--conformance-lane", dest="conformance_lanes", action="append", default=[], metavar="LANE",
                    help="ask the trials of case files in this lane: NAME[:mode][@device], package.module:Adapter, "
                    "./file.py:Adapter, exec:COMMAND or NAME=exec:COMMAND; may be repeated. Without it the plugin "
                    "does nothing.")  # fmt: skip
    group.addoption("--conformance-env", dest="conformance_variables", action="append", default=[], metavar="NAME",
                    help="let the lanes' processes inherit this variable too; NAME* for all that begin so; may be "
                    "repeated")  # fmt: skip
    group.addoption("--conformance-corpus", dest="conformance_corpus", action="append", nargs="?", const="*",
                    default=[], metavar="PATTERN", help="collect the shipped corpus too, or those of its trials whose "
                    "ids match PATTERN, where * stands for any text; may be repeated")  # fmt: skip
    # Spelled out: a session that asks no lane loads nothing of the suite.
    group.addoption("--conformance-tier", dest="conformance_tier", choices=("quick", "standard", "full", "large"),
                    default="full", help="of the shipped corpus, quick: the trials that catch every known mutant; "
                    "standard: those that ask everything once, in every direction and dtype; large: sizes at which "
                    "implementations switch, which are in no other tier (default: full)"
                    )  # fmt: skip
    group.addoption("--conformance-thorough", dest="conformance_thorough", action="store_true", default=False,
                    help="make the call of every right answer again, not those of a sample alone: with other content, "
                    "in another order, after a wrong call, ten times in all, in memory that is never blank"
                    )  # fmt: skip
    group.addoption("--conformance-timeout", dest="conformance_timeout", type=_seconds, default=60.0, metavar="S",
                    help="seconds a trial may take, once its lane is warm (default: 60)")  # fmt: skip
    group.addoption("--conformance-threads", dest="conformance_threads", type=_count, default=1, metavar="N",
                    help="threads of each framework (default: 1)")  # fmt: skip
    group.addoption("--conformance-no-waivers", dest="conformance_waivers", action="store_false", default=True,
                    help="do not excuse the known deviations")  # fmt: skip


def pytest_configure(config: pytest.Config) -> None:
    """Load the rest of the plugin, once a lane is asked for."""
    if config.option.conformance_lanes:
        from conformance.pytest_plugin.plugin import make_plugin

        config.pluginmanager.register(make_plugin(config), NAME)
    elif config.option.conformance_corpus:
        raise pytest.UsageError("--conformance-corpus: which lane? add --conformance-lane LANE")


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise ArgumentTypeError(f"{text!r} is not a time; expected seconds above 0")
    return seconds


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise ArgumentTypeError(f"{text!r} is not a number of threads; expected 1 or more")
    return int(text)

"""What a shell completes beyond options and verbs: lanes with their modes, operators, chapters and cases.

Knows: names of parameters. `eval "$(_CONFORMANCE_COMPLETE=bash_source conformance)"` switches it on (zsh_source,
fish_source); nothing here runs otherwise.
"""

import click
from click.shell_completion import CompletionItem
from click.types import StringParamType

LANE, SELECT, TRIAL = "LANE", "[SELECT]...", "trial"
"""the metavars of what names lanes and selections, and the name of an argument that is one trial"""
# Of an id: operator / chapter / case.
PARTS = 3


class _Lane(StringParamType):
    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from conformance.adapters.lane import BUILT_IN, adapter_names

        modes = [f"{name}:{mode}" for name, known in BUILT_IN.items() for mode in known.modes]
        return [CompletionItem(lane) for lane in (*adapter_names(), *modes) if lane.startswith(incomplete)]


class _Trial(StringParamType):
    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The next part of an id."""
        from conformance.running.costs import SHIPPED, YARDSTICK, read_costs
        from conformance.suite.corpus import shipped_cases

        cases = [trial.partition("[")[0] for trial in read_costs(shipped_cases() / SHIPPED).lanes[YARDSTICK]]
        depth = incomplete.count("/") + 1
        begun = dict.fromkeys("/".join(case.split("/")[:depth]) for case in cases if case.startswith(incomplete))
        return [CompletionItem(f"{each}/" if depth < PARTS else each) for each in begun]


def complete_words(command: click.Command) -> None:
    """Let the shell complete the lanes and trials that a verb takes."""
    for parameter in command.params:
        if parameter.metavar == LANE:
            parameter.type = _Lane()
        elif parameter.metavar == SELECT or parameter.name == TRIAL:
            parameter.type = _Trial()

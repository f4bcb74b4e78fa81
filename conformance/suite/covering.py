"""Patterns that name a set of trials and nothing else.

Knows: ids, which are `operator/file/case[name=value,...]`. Must not know: records, waivers. A pattern with a * is kept
only if every id of the corpus that it matches belongs to the set: it is never broader than what was seen.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations

from conformance.suite.wildcard import matches

# Values that a pattern keeps beside its stars; more of them are as long as the ids themselves.
MOST_KEPT = 3


def cover(needed: Collection[str], corpus: Sequence[str], *, whole_files: bool) -> tuple[str, ...]:
    """Patterns that match exactly the needed ids among those of the corpus, the broadest first.

    `whole_files` allows `operator/file/*`, which says something of cases that a partial corpus does not hold.
    """
    files: dict[str, list[str]] = {}
    for trial in corpus:
        files.setdefault(_file(trial), []).append(trial)
    left = dict.fromkeys(trial for trial in corpus if trial in needed)
    chosen: list[str] = []
    for level in range(-1 if whole_files else 0, MOST_KEPT + 1):
        candidates = {each: _reached(each, files) for trial in left for each in _candidates(trial, level)}
        for candidate, reached in sorted(candidates.items(), key=lambda each: (-len(each[1]), each[0])):
            if len(reached) > 1 and reached <= set(needed) and reached & left.keys():
                chosen.append(candidate)
                left = {trial: None for trial in left if trial not in reached}
    return (*chosen, *left)


def _candidates(trial: str, level: int) -> Iterator[str]:
    """Patterns that match the id: of its whole file (-1), or of its case with so many of its values kept."""
    path, bracket, rest = trial.partition("[")
    if level < 0:
        yield f"{_file(trial)}/*"
        return
    if not bracket or not rest.endswith("]"):
        return
    values = re.split(r",(?=[a-z_]+=)", rest[:-1])
    if level == 0:
        yield f"{path}[*]"
    elif level < len(values):
        for kept in combinations(range(len(values)), level):
            shown = [f"{value[: value.find('=') + 1]}*" for value in values]
            for place in kept:
                shown[place] = values[place]
            yield f"{path}[{','.join(shown)}]"


def _file(trial: str) -> str:
    return trial.partition("[")[0].rpartition("/")[0]


def _reached(candidate: str, files: Mapping[str, Sequence[str]]) -> set[str]:
    """The ids that a pattern matches, all of which lie in its own file or below it."""
    folder = _file(candidate)
    near = (trial for file in files if file.startswith(folder) for trial in files[file])
    return {trial for trial in near if matches(candidate, trial)}

"""Where cases are, and which of their trials are selected.

Knows: the shipped corpus, files and folders a user names, id patterns.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

from conformance.errors import UsageError
from conformance.operators.registry import operators
from conformance.suite.case import Trial
from conformance.suite.loading import load
from conformance.suite.tiers import FULL, LARGE, TABLE, read_tiers
from conformance.suite.wildcard import can_begin, matches

WAIVERS = "waivers"


def shipped_cases() -> Path:
    """The folder of the corpus: inside the installed package, or beside it in a checkout.

    Relative where it lies below the current folder, so that messages and reports of a checkout name no machine's paths.
    """
    package = Path(__file__).resolve().parents[1]
    installed = package / "shipped_cases"
    folder = installed if installed.is_dir() else package.parent / "cases"
    return folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder


def select(selection: Sequence[str], tier: str = FULL) -> list[Trial]:
    """The trials that the words of a command line ask for, all shipped ones when there are none: those of the large
    tier, or all others but for a pattern that names the chapter `large`.

    A word is a case file, a folder of them, or a pattern of trial ids in the shipped corpus, where * stands for any
    text; one without * is also the beginning of ids, up to a / or a [. Raises UsageError for a word that matches
    nothing and CaseFileError for files with problems.
    """
    large = tier == LARGE
    if not selection:
        return _shipped(["*"], large=large)
    paths = [word for word in selection if _names_path(word)]
    patterns = [word for word in selection if not _names_path(word)]
    files = {file.resolve(): file for path in paths for file in _files_of(Path(path))}
    trials = load(files.values())
    if patterns:
        meant = {word: [word] if "*" in word else [word, f"{word.rstrip('/')}/*", f"{word}[*"] for word in patterns}
        trials += _matching(_shipped([each for expanded in meant.values() for each in expanded], large=large), meant)
    return list({trial.id: trial for trial in trials}.values())


def of_tier(selected: Sequence[Trial], tier: str) -> list[Trial]:
    """Those of the selected trials that are in a tier of the shipped corpus; raises UsageError where none is."""
    if tier in (FULL, LARGE):
        return list(selected)
    asked = read_tiers(shipped_cases() / TABLE).of(selected, tier)
    if not asked:
        raise UsageError(
            f"none of the {len(selected)} selected trials is in the {tier} tier, which is chosen of shipped trials; "
            "leave the tier out to have all of them asked"
        )
    return asked


def seeded(trials: Sequence[Trial], seed: str) -> list[Trial]:
    """The same trials with content of the seed; of none, the shipped content."""
    return [replace(trial, seed=seed) for trial in trials] if seed else list(trials)


def files_in(folder: Path) -> list[Path]:
    """Every case file below a folder, by name; waivers are no cases, and a corpus has its large ones apart."""
    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder of cases")
    files = sorted(path for path in folder.rglob("*.y*ml") if path.suffix in (".yaml", ".yml"))
    apart = {WAIVERS, LARGE} if (folder / TABLE).is_file() else {WAIVERS}
    return [path for path in files if apart.isdisjoint(path.relative_to(folder).parts)]


def _names_path(word: str) -> bool:
    # Not Path.is_dir, which raises for a name that is longer than any file's: ids may be.
    return word.endswith((".yaml", ".yml")) or os.path.isdir(word)


def _files_of(path: Path) -> list[Path]:
    if os.path.isdir(path):
        files = files_in(path)
        if not files:
            raise UsageError(f"{path}: no case file (*.yaml) in this folder")
        return files
    if not os.path.isfile(path):
        raise UsageError(f"{path}: no such case file")
    return [path]


def _shipped(patterns: Sequence[str], *, large: bool = False) -> list[Trial]:
    """The shipped trials that the patterns may mean; to expand all takes longer than to run a few.

    They come by operator and chapter, whichever file a case is in.
    """
    heads = [pattern.partition("*")[0].split("/") for pattern in patterns]
    # An id is operator/chapter/case, and a chapter is a file's name: other files need not even be parsed.
    named = any(len(head) > 2 and head[1] == LARGE for head in heads)
    known = [] if large else files_in(shipped_cases())
    known += files_in(shipped_cases() / LARGE) if large or named else []
    files = [file for file in known if any(len(h) < 3 or h[1] == file.stem for h in heads)]
    trials = load(files, lambda case: any(can_begin(pattern, f"{case.prefix}/{case.name}") for pattern in patterns))
    return sorted(trials, key=lambda trial: trial.id.split("/")[:2])


def _matching(trials: Iterable[Trial], meant: Mapping[str, Sequence[str]]) -> list[Trial]:
    """The trials that the patterns of each word mean; raises UsageError for a word that means none."""
    chosen: dict[str, Trial] = {}
    matched = set()
    for trial in trials:
        for word, patterns in meant.items():
            if any(matches(pattern, trial.id) for pattern in patterns):
                chosen[trial.id] = trial
                matched.add(word)
    for word in meant:
        if word not in matched:
            raise UsageError(_unknown(word))
    return list(chosen.values())


def _unknown(word: str) -> str:
    """What a word that means nothing may have been meant to be."""
    if word.endswith(".json"):
        return f"{word}: a case file is YAML (*.yaml); `conformance cases schema` prints the schema of its keys"
    if word.endswith("/") or word.startswith((".", "~", "/")):
        return f"{word}: no such folder of cases, and no chapter of the shipped corpus"
    chapters = {f"{operator}/{file.stem}" for operator in operators() for file in files_in(shipped_cases())}
    close = get_close_matches(word.partition("*")[0].rstrip("/"), [*operators(), *sorted(chapters)], n=3)
    meant = f"; did you mean {' or '.join(close)}?" if close else ""
    return f"{word!r} matches no trial{meant}; `conformance cases list` shows the ids, * stands for any text"

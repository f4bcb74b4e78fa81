"""Case files to trials: every problem of every file at once, each as file:line.

Knows: documents, the operators of one, the schema, expansion, and how to word what is wrong. Next stage:
`conformance.running.runner`.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance.errors import CaseFileError
from conformance.suite.case import Trial
from conformance.suite.document import Document, KeyPath, read_document
from conformance.suite.expansion import MOST_COMBINATIONS, Case, UnusableCombination, combinations, expand
from conformance.suite.per_operator import documents

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

# The combinations of one case mostly fail for one reason.
MOST_PROBLEMS_OF_A_CASE = 5


def load(paths: Iterable[Path], wanted: Callable[[Case], bool] | None = None) -> list[Trial]:
    """Every trial of the files' cases, or of those that are wanted, in the files' order, operator by operator.

    Raises CaseFileError with all problems of all files, as far as they are in what is expanded.
    """
    trials: list[Trial] = []
    problems: list[str] = []
    files: list[tuple[Document, list[Case]]] = []
    for path in paths:
        try:
            read, wrong = documents(read_document(path))
        except CaseFileError as error:
            read, wrong = [], list(error.problems)
        problems += wrong
        for document in read:
            cases, wrong = _validated(document)
            files.append((document, [case for case in cases if wanted is None or wanted(case)]))
            problems += wrong
    # A case that is too large by itself is a problem of its own, with its line, and is not expanded.
    counts = [combinations(case) for _, cases in files for case in cases]
    total = sum(count for count in counts if count <= MOST_COMBINATIONS)
    if total > MOST_COMBINATIONS:
        raise CaseFileError([*problems, _too_many(total, files)])
    for _, cases in files:
        try:
            trials += _expanded(cases)
        except CaseFileError as error:
            problems += error.problems
    first = {trial.id: trial for trial in reversed(trials)}
    problems += [
        f"{trial.location}: the id {trial.id} is taken already, at {first[trial.id].location}"
        for trial in trials
        if first[trial.id] is not trial
    ]
    if problems:
        # What is wrong with a case of several operators may be wrong for each of them.
        raise CaseFileError(list(dict.fromkeys(problems)))
    return trials


def load_file(path: Path) -> list[Trial]:
    """Every trial of one file; raises CaseFileError with all its problems."""
    return load([path])


def _too_many(total: int, files: Sequence[tuple[Document, Sequence[Case]]]) -> str:
    counts: Counter[str] = Counter()
    for document, cases in files:
        counts[str(document.path)] += sum(map(combinations, cases))
    count, largest = max((count, path) for path, count in counts.items())
    return (
        f"the {len(counts)} files have {total} combinations, of which {largest} has {count}; "
        f"at most {MOST_COMBINATIONS} are accepted at once: name fewer files"
    )


def _expanded(cases: Sequence[Case]) -> list[Trial]:
    trials: list[Trial] = []
    first: dict[str, Case] = {}
    problems = [
        f"{case.location}: {case.name!r} is the name of the case in line "
        f"{first[case.name].location.rpartition(':')[2]} already; names make ids, give another"
        for case in cases
        if first.setdefault(case.name, case) is not case
    ]
    for case in cases:
        expanded = list(expand(case))
        trials += [each for each in expanded if isinstance(each, Trial)]
        wrong = [each for each in expanded if isinstance(each, UnusableCombination)]
        problems += [f"{case.location}: {each.trial_id}: {each.message}" for each in wrong[:MOST_PROBLEMS_OF_A_CASE]]
        if (left := len(wrong) - MOST_PROBLEMS_OF_A_CASE) > 0:
            problems.append(f"{case.location}: {case.name}: and {left} more combinations like these")
        if not expanded:
            problems.append(f"{case.location}: {case.name}: no trial is left; `exclude` drops every combination")
    if problems:
        raise CaseFileError(problems)
    return trials


def _validated(document: Document) -> tuple[list[Case], list[str]]:
    """The cases that are as the schema has them, and what is wrong with the others."""
    from pydantic import ValidationError

    from conformance.suite.schema import case_file_of

    content: Any = document.content
    try:
        model: Any = case_file_of(content).model_validate(content)
    except ValidationError as error:
        problems = _described_errors(document, error.errors())
        places = {each["loc"][:2] for each in error.errors()}
        wrong = {place[1] for place in places if len(place) == 2 and place[0] == "cases"}
        if len(wrong) < len(places):  # something that is of no single case
            return [], problems
        right = [index for index in range(len(content["cases"])) if index not in wrong]
        if not right:
            return [], problems
        model = case_file_of(content).model_validate({**content, "cases": [content["cases"][index] for index in right]})
    else:
        problems, right = [], list(range(len(model.cases)))
    return [
        _case(document, model.operator, index, entry.model_dump(exclude_unset=True))
        for index, entry in zip(right, model.cases, strict=True)
    ], problems


def _case(document: Document, operator: str, index: int, entry: dict[str, Any]) -> Case:
    name, why = entry.pop("name"), entry.pop("why")
    url, expect = entry.pop("url", None), entry.pop("expect", "reference")
    sweep: dict[str, Any] = entry.pop("sweep", None) or {}
    together, exclude, sample = (sweep.pop(key, None) for key in ("together", "exclude", "sample"))
    # Ids follow the order in which the author wrote the keys.
    content: Any = document.content
    written = content["cases"][index].get("sweep") or ()
    crossed = {name: sweep[name] for name in written if sweep.get(name) is not None}
    prefix = f"{operator}/{document.path.stem}"
    return Case(
        prefix, name, why, url, document.locate(("cases", index)), operator,
        entry, expect, crossed, together or (), exclude or (), sample,
    )  # fmt: skip


def _described_errors(document: Document, errors: Sequence["ErrorDetails"]) -> list[str]:
    """Pydantic's errors, one line per key: the alternatives of a union are one problem, and none at all where an error
    inside one of them says more.
    """
    by_key: dict[KeyPath, list[ErrorDetails]] = {}
    for error in errors:
        by_key.setdefault(_key_path(document.content, error["loc"]), []).append(error)
    inner = {key_path[:length] for key_path in by_key for length in range(len(key_path))}
    return [
        document.problem(key_path, _message(document, key_path, key_errors))
        for key_path, key_errors in by_key.items()
        if key_path not in inner or all(error["type"] == "missing" for error in key_errors)
    ]


def _key_path(content: Any, location: Sequence[int | str]) -> KeyPath:
    """The part of pydantic's location that the document has; the rest names members of a union."""
    path: list[int | str] = []
    for part in location:
        match content:
            case dict() if part in content:
                content = content[part]
            case list() if isinstance(part, int) and part < len(content):
                content = content[part]
            case _:
                continue
        path.append(part)
    return tuple(path)


def _message(document: Document, key_path: KeyPath, errors: Sequence["ErrorDetails"]) -> str:
    missing = [str(error["loc"][-1]) for error in errors if error["type"] == "missing"]
    if missing and len(missing) == len(errors):
        named = ("operator (or operators)" if name == "operator" else name for name in missing)
        return f"missing: {', '.join(named)}"
    if all(error["type"] == "extra_forbidden" for error in errors):
        from conformance.suite.schema import known_keys

        known = known_keys(key_path[:-1], document.content)
        key = str(key_path[-1])
        close = get_close_matches(key, known, n=1)
        expected = f"it must be one of {', '.join(known)}" if known else "remove it"
        return f"unknown key {key!r}; {f'did you mean {close[0]!r}?' if close else expected}"
    errors = [error for error in errors if error["type"] not in ("extra_forbidden", "missing")] or errors
    found = repr(errors[0]["input"])
    found = found if len(found) <= 60 else f"{found[:57]}..."
    accepted = dict.fromkeys(error["msg"].removeprefix("Input should be ") for error in errors)
    return f"found {found}; expected {', or '.join(accepted)}"

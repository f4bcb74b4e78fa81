"""`conformance cases`: from, check, list, show, generate, schema."""

import json
import shlex
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import click
import numpy as np

from conformance.cli.arguments import called
from conformance.cli.lattice import lattice_entries, lattice_lines
from conformance.cli.output import put, write
from conformance.cli.parameters import parameter_options
from conformance.cli.streams import mutter, say
from conformance.errors import CaseFileError, UsageError
from conformance.journal.records import trial_entry
from conformance.judging.question import check_recorded, make_question
from conformance.judging.recording import generate_cases
from conformance.operators.registry import operators as every_operator
from conformance.operators.registry import optional_part, parts, signatures
from conformance.report import wording
from conformance.report.merging import read_run
from conformance.running.costs import condensed, measured, written
from conformance.suite.case import Checksum, Recorded, Trial, WrongTrial
from conformance.suite.corpus import select, shipped_cases
from conformance.suite.document import read_document
from conformance.suite.lattice import coverage
from reference.family import DIRECTIONS, Operator

# A plane of 20 by 20 is shown whole; of a larger array NumPy shows the corners.
SHOWN_ELEMENTS = 400


class Witness(Protocol):
    """The module `witness` of a kind's package, which may have none."""

    def blind_cases(self, trials: Iterable[Trial]) -> Sequence[object]:
        """A note, as its `str`, for each case of the kind that cannot see some mistake."""


class Combinations(Protocol):
    """Which pairs and triples of classes an operator's calls are of."""

    @property
    def missing(self) -> Sequence[Sequence[tuple[str, str]]]:
        """Legal combinations of (relation, class) of which no call is."""

    @property
    def numbers(self) -> Sequence[tuple[int, int]]:
        """Of pairs, then of triples: how many there are, of how many legal ones."""


class Covering(Protocol):
    """The module `covering` of a kind's package, which may have none."""

    CHAPTER: str
    """the file of an operator's chapter of generated cases"""

    def array_lines(self, trials: Iterable[Trial]) -> Iterator[str]:
        """Which combinations the trials have, for a terminal."""

    def array_entries(self, trials: Iterable[Trial]) -> Mapping[str, Any]:
        """The same as JSON has it, operator by operator."""

    def completed_chapter(self, operator: Operator, path: Path, afresh: bool) -> tuple[str, Combinations]:
        """The text of the chapter with what else is needed, and the combinations that there are then."""


@click.group("cases")
def command() -> None:
    """Check, list, show and generate cases, also from a model; print their JSON Schema."""


@command.command("from")
@click.argument("model", metavar="MODEL")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="case file to write instead of the terminal")  # fmt: skip
@click.option("--batch", type=click.IntRange(1), default=1, show_default=True,
              help="how many images, where a model leaves that open")  # fmt: skip
@click.option("--gradients", is_flag=True, help="ask the gradients of each call, too, as training does")
def from_(model: str, output: Path | None, batch: int, gradients: bool) -> None:
    """Write each distinct call of a MODEL as a case, ready to run.

    MODEL is model.onnx, model.pt2 (torch.export.save), model.keras, or FILE.py:NAME: a Keras model, or a function that
    returns a torch module or JAX function and its example inputs. Weights do not matter, only shapes. What the suite
    has no operator for is listed with how often it occurs.
    """
    from conformance.models.cases import case_text
    from conformance.models.reading import read_model

    found = read_model(model, batch)
    for what, count in found.left_out.most_common():
        mutter(f"left out: {wording.count(count, 'time')} {what}")
    if not found.drafts:
        raise UsageError(f"{model}: no call of an operator that the suite has; `conformance adapters` lists them")
    name = Path(model.partition(":")[0]).name + model[len(model.partition(":")[0]) :]
    text = case_text(name, found, shlex.join(called()), DIRECTIONS if gradients else ())
    put(text, output, makes_folder=True)
    if output is None:
        return
    trials = select([str(output)])
    calls = wording.count(sum(found.drafts.values()), "call")
    click.echo(f"{output}: {calls} of {name}, {wording.count(len(found.drafts), 'case')}, {len(trials)} trials")


@command.command("check")
@click.argument("selection", nargs=-1, metavar="[SELECT]...")
@click.option("--witness/--no-witness", default=True, help="note the mistakes that a case cannot see")
def check(selection: tuple[str, ...], witness: bool) -> None:
    """Load the selected cases and hold every recorded expectation against the reference.

    Notes tell which mistakes a case cannot see, whatever its trials are answered: a flipped kernel, swapped filter
    channels, height and width exchanged, a crop on the wrong side. They change no exit status.
    """
    trials = select(selection)
    check_recorded(trials)
    witnesses: Sequence[Witness] = parts("witness") if witness else ()
    for blindness in (each for part in witnesses for each in part.blind_cases(trials)):
        mutter(f"note: {blindness}")
    recorded = sum(isinstance(trial.expectation, Recorded | Checksum) for trial in trials)
    refusals = sum(isinstance(trial, WrongTrial) for trial in trials)
    click.echo(
        f"{len(trials)} trials are in order; {recorded} recorded expectations agree with the reference, "
        f"{refusals} expect a refusal"
    )


@command.command("list")
@click.argument("selection", nargs=-1, metavar="[SELECT]...")
@click.option("--format", "wanted", type=click.Choice(["terminal", "json"]), default="terminal", show_default=True)
@click.option(
    "--coverage", "lattice", is_flag=True, help="count them by parameter, direction and dtype; name the holes"
)
@click.option("--chapters", is_flag=True, help="a table of operators by chapters, with how many trials are in each")
def list_(selection: tuple[str, ...], wanted: str, lattice: bool, chapters: bool) -> None:
    """List the selected trials' ids, and how many there are in each chapter."""
    if chapters and (lattice or wanted == "json"):
        raise UsageError(f"--chapters is a table for people; found {'--coverage' if lattice else '--format json'}, too")
    trials = select(selection)
    if chapters:
        _list_chapters(trials)
        return
    if lattice:
        _list_coverage(trials, wanted)
        return
    if wanted == "json":
        click.echo(json.dumps([_described(trial) for trial in trials], indent=1))
        return
    for trial in trials:
        click.echo(trial.id)
    counts = Counter("/".join(trial.id.split("/")[:2]) for trial in trials)
    click.echo(f"{len(trials)} trials: " + ", ".join(f"{count} in {name}" for name, count in counts.items()), err=True)


def _list_chapters(trials: list[Trial]) -> None:
    """A chapter in each row, with how many trials each operator has in it, the total last."""
    counts: dict[str, Counter[str]] = {}
    for trial in trials:
        operator, chapter, *_ = trial.id.split("/")
        counts.setdefault(chapter, Counter())[operator] += 1
    rows = [("chapter", "trials", "operators")]
    for chapter, of in sorted(counts.items()):
        operators = ", ".join(f"{name} {number:,}" for name, number in sorted(of.items()))
        rows.append((chapter, f"{sum(of.values()):,}", operators))
    rows.append(("all", f"{len(trials):,}", ""))
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    for chapter, number, operators in rows:
        click.echo(f"{chapter:{widths[0]}}  {number:>{widths[1]}}  {operators}".rstrip())


def _list_coverage(trials: list[Trial], wanted: str) -> None:
    covered = coverage(trials)
    coverings: Sequence[Covering] = parts("covering")
    if wanted == "json":
        found = {name: entry for covering in coverings for name, entry in covering.array_entries(trials).items()}
        entries = [{**entry, "array": found.get(entry["operator"])} for entry in lattice_entries(covered)]
        click.echo(json.dumps(entries, indent=1))
        return
    for line in lattice_lines(covered):
        click.echo(line)
    for covering in coverings:
        for line in ("", *covering.array_lines(trials)):
            click.echo(line)


@command.command("complete")
@click.argument("operators", nargs=-1, metavar="[OPERATOR]...", type=click.Choice(list(every_operator())))
@click.option("--cases", "folder", type=click.Path(path_type=Path, file_okay=False, exists=True),
              help="folder of the operators' chapters; the shipped cases by default")  # fmt: skip
@click.option("--check", "only_check", is_flag=True, help="write nothing; exit with 1 where a chapter would change")
@click.option("--afresh", is_flag=True, help="drop the generated cases there are; their ids change")
def complete(operators: tuple[str, ...], folder: Path | None, only_check: bool, afresh: bool) -> None:
    """Write OPERATOR/relations.yaml: small calls for the pairs and triples of classes that no other chapter has.

    Cases that are there stay, and get company where something is missing. What no call is found for is named, and the
    exit status is 1.
    """
    complete_so_far = True
    for operator in operators or every_operator():
        covering: Covering | None = optional_part(operator, "covering")
        if covering is None:
            if operators:
                raise UsageError(f"{operator}: no calls are generated for operators of its kind")
            continue
        path = (folder or shipped_cases()) / operator / covering.CHAPTER
        text, array = covering.completed_chapter(every_operator()[operator], path, afresh)
        stale = not path.exists() or path.read_text(encoding="utf-8") != text
        complete_so_far &= not (stale and only_check) and not any(array.missing)
        if stale and only_check:
            click.echo(f"{path}: `conformance cases complete {operator}` would change it")
        elif stale:
            write(path, text)
        for combination in array.missing:
            named = " with ".join(f"{relation} {name}" for relation, name in combination)
            click.echo(f"{operator}: no call found: {named}")
        (pairs, legal_pairs), (triples, legal_triples) = array.numbers
        click.echo(f"{path}: {pairs:,} of {legal_pairs:,} pairs, {triples:,} of {legal_triples:,} triples")
    if not complete_so_far:
        raise SystemExit(1)


@command.command("show")
@click.argument("trial")
def show(trial: str) -> None:
    """Show one trial: its call, geometry, inputs and expected values."""
    found = select([trial])
    if len(found) != 1:
        raise UsageError(f"{trial!r} matches {len(found)} trials; `cases show` takes one")
    (only,) = found
    entry = _described(only)
    for key in ("id", "why", "url", "location", "inputs", "expectation", "fault"):
        if entry[key]:
            say(f"{key}: {entry[key]}")
    for name, argument in entry["arguments"].items():
        if argument is not None:
            say(f"  {name}: {json.dumps(argument)}")
    for number, axis in enumerate(entry["axes"]):
        click.echo(f"axis {number}: " + ", ".join(f"{name} {length}" for name, length in axis.items()))
    question = make_question(only)
    arrays = dict(question.operands)
    if question.expected is not None:
        arrays["expected"] = question.expected.rounded
    for name, array in arrays.items():
        click.echo(f"{name} {list(array.shape)}:")
        with np.printoptions(threshold=SHOWN_ELEMENTS, linewidth=110, suppress=True):
            click.echo(str(array))


@command.command("costs")
@click.argument("journals", nargs=-1, required=True, metavar="JOURNAL...", type=click.Path(path_type=Path, exists=True))
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="write the table to this file")
def costs(journals: tuple[Path, ...], output: Path | None) -> None:
    """Print what trials cost in the journals of earlier runs, as the table by which `run --shard` cuts.

    Where several journals tell of a trial in a lane, its median counts. Trials of a case that cost about the same in a
    lane are written as one.
    """
    text = written(condensed(measured(read_run(path) for path in journals)))
    put(text, output)


@command.command("schema")
def schema() -> None:
    """Print the JSON Schema of a case file."""
    from conformance.suite.file_schema import json_schema

    click.echo(json.dumps(json_schema(), indent=2))


@command.command("generate")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--operator", type=click.Choice(list(every_operator())), default="conv2d_transpose", show_default=True,
              help="whose cases these are")  # fmt: skip
@parameter_options(signatures(), but=("sample", "seed", "why"), multiple=True)
@click.option("--sweep", "sweep_file", type=click.Path(path_type=Path, dir_okay=False, exists=True),
              help="YAML file with the same parameters as lists")  # fmt: skip
@click.option("--sample", type=click.IntRange(min=1), help="write that many of the combinations")
@click.option("--seed", type=int, default=0, show_default=True, help="which ones are sampled")
@click.option("--why", default="recorded by the reference over a sweep of its parameters", show_default=True)
def generate(
    file: Path,
    operator: str,
    sweep_file: Path | None,
    sample: int | None,
    seed: int,
    why: str,
    **flags: tuple[Any, ...],
) -> None:
    """Let the reference write FILE: concrete cases with the expected output recorded.

    Every option that names a parameter may be repeated; all values are crossed. Lists are written 3x2 or [3, 2].
    """
    sweep: dict[str, list[Any]] = {}
    if sweep_file:
        content = read_document(sweep_file).content
        if not isinstance(content, dict) or not all(isinstance(values, list) for values in content.values()):
            raise CaseFileError([f"{sweep_file}: a sweep file maps parameters to lists of values"])
        sweep = {name: list(values) for name, values in content.items() if isinstance(values, list)}
    sweep.update({name: list(values) for name, values in flags.items() if values})
    text = generate_cases(operator, file.stem, sweep, sample, seed, why)
    write(file, text, makes_folder=True)
    check_recorded(select([str(file)]))
    click.echo(f"{file}: {text.count('  - name: ')} cases")


def _described(trial: Trial) -> dict[str, Any]:
    entry = trial_entry(trial)
    return {name: getattr(entry, name) for name in entry.__slots__ if name != "kind"}

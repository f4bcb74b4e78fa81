"""The tiers: small covers of what the corpus catches and asks; the shipped ones keep what they promise."""

from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from conformance.mutants import mutants
from conformance.scoring.score import score
from conformance.scoring.tiers import SIZES, WHOLE_CHAPTERS, choose, cover, needs
from conformance.suite.case import Trial
from conformance.suite.corpus import select, shipped_cases
from conformance.suite.tiers import TABLE, Tiers, read_tiers, written

MUTANTS = [name for name, mutant in mutants().items() if mutant.outcomes and mutant.family != SIZES]


@pytest.fixture(scope="module")
def corpus() -> list[Trial]:
    return select([])


@pytest.fixture(scope="module")
def shipped() -> Tiers:
    return read_tiers(shipped_cases() / TABLE)


def test_a_cover_takes_what_adds_most_and_says_what_each_trial_adds() -> None:
    trials = select(["conv2d_transpose/tutorial/example-1*"])[:4]
    first, wide, small, idle = (trial.id for trial in trials)
    serves = {first: ["a"], wide: ["a", "b", "c"], small: ["c", "d"], idle: ["b"]}
    assert cover(trials, serves, []) == {wide: ["a", "b", "c"], small: ["d"]}
    assert cover(trials, serves, trials[:1]) == {first: ["a"], wide: ["b", "c"], small: ["d"]}


def test_a_tier_catches_each_mutant_that_the_score_caught() -> None:
    trials = select(["conv2d_transpose/kernels/oblong*", "conv2d_transpose/sizes/*"])
    name = next(name for name, mutant in mutants().items() if mutant.family == SIZES)
    scored = score(trials, [mutants()["flipped-kernel"], mutants()[name]], None, diagnosed=0, enough=3)
    tiers = choose(trials, scored)
    assert any("catches flipped-kernel" in why for why in tiers.quick.values())
    assert not any(name in need for why in tiers.quick.values() for need in why)
    assert any(name in need for why in tiers.standard.values() for need in why)


def test_a_table_is_read_as_it_was_written(shipped: Tiers, tmp_path: Any) -> None:
    path = tmp_path / TABLE
    path.write_text(written(shipped), encoding="utf-8")
    assert read_tiers(path) == shipped
    assert path.read_bytes() == (shipped_cases() / TABLE).read_bytes()


def test_every_trial_of_a_tier_is_in_the_corpus(corpus: list[Trial], shipped: Tiers) -> None:
    assert {*shipped.quick, *shipped.standard} <= {trial.id for trial in corpus}
    assert not shipped.quick.keys() & shipped.standard.keys()


def test_the_quick_tier_holds_the_tutorial_and_the_regressions(corpus: list[Trial], shipped: Tiers) -> None:
    assert {trial.id for trial in corpus if trial.id.split("/")[1] in WHOLE_CHAPTERS} <= shipped.quick.keys()


def test_both_tiers_ask_all_that_the_corpus_asks(corpus: list[Trial], shipped: Tiers) -> None:
    """If this fails, the corpus has grown: `conformance score --tiers cases/tiers.json` chooses anew."""
    quick, standard = needs(corpus)
    assert _unserved(quick, shipped.quick.keys()) == []
    assert _unserved(standard, shipped.quick.keys() | shipped.standard.keys()) == []


def test_the_quick_tier_catches_every_mutant_but_those_of_sizes(corpus: list[Trial], shipped: Tiers) -> None:
    """If this fails, mutants or cases have changed: `conformance score --tiers cases/tiers.json` chooses anew."""
    known = {trial.id: trial for trial in corpus}
    caught_by = {need: trial for trial, why in shipped.quick.items() for need in why if need.startswith("catches ")}
    assert [name for name in MUTANTS if f"catches {name}" not in caught_by] == []

    def missed(names: Iterable[str], *trials: Trial) -> list[str]:
        asked = score(trials, [mutants()[name] for name in names], None, diagnosed=0, enough=1)
        return [fault.name for fault in asked.faults if not fault.caught]

    alone = [name for name in MUTANTS if missed([name], known[caught_by[f"catches {name}"]])]
    assert len(alone) < 10
    # These keep something of one call until the next: they need the calls before.
    assert missed(alone, *(trial for trial in corpus if trial.id in shipped.quick)) == []


def _unserved(serves: Mapping[str, list[str]], chosen: Any) -> list[str]:
    served = {need for trial in chosen for need in serves.get(trial, ())}
    return sorted({need for all_needs in serves.values() for need in all_needs} - served)

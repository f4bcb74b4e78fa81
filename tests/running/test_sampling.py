"""Lanes whose calls cost seconds take a sample of the corpus, the same one everywhere."""

from conformance.adapters.lane import parse_lane
from conformance.running.assignment import ONE_IN, is_sampled, sample, sample_note
from tests.corpus import shipped_trials


def test_a_lane_that_compiles_for_seconds_is_sampled() -> None:
    assert is_sampled(parse_lane("torch:compile"))
    assert not is_sampled(parse_lane("torch:nomkldnn"))
    assert not is_sampled(parse_lane("tests.running.stand_ins:Sound"))


def test_whether_a_trial_is_in_the_sample_depends_on_its_id_alone() -> None:
    trials = shipped_trials()
    taken = sample(trials)
    halves = sample(trials[::2]) + sample(trials[1::2])
    assert {trial.id for trial in halves} == {trial.id for trial in taken}
    assert 0 < len(taken) < 2 * len(trials) / ONE_IN


def test_a_sample_is_told_with_how_to_ask_for_everything() -> None:
    note = sample_note(parse_lane("torch:compile"), 32, 1279)
    assert note.startswith("lane torch:compile took a sample, 32 of 1279 trials, the same ones every time")
    assert note.endswith("Name trials, such as '*', to have all of them asked.")

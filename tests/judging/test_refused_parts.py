"""Which part of an output_shape is wrong, from the call to the journal and to what a waiver may ask."""

from collections import Counter

from conformance.journal.records import trial_entry
from conformance.operators.facts import facts
from tests.corpus import shipped_trials


def test_the_part_of_an_output_shape_that_is_wrong_is_a_fact_and_in_the_journal() -> None:
    refused = [trial for trial in shipped_trials() if facts(trial)["refusal"] == "output_shape"]
    parts = Counter(facts(trial)["refusal_about"] for trial in refused)
    assert parts.keys() == {"batch", "channels", "length"}
    for trial in refused:
        entry = trial_entry(trial)
        assert entry.refusal_about == facts(trial)["refusal_about"]
        assert entry.all_facts()["refusal_about"] == entry.refusal_about
        assert "refusal_about" not in entry.question()


def test_other_reasons_say_all() -> None:
    others = [trial for trial in shipped_trials() if facts(trial)["refusal"] not in (None, "output_shape")]
    assert others
    assert {trial_entry(trial).refusal_about for trial in others} == {None}

"""Vectors of every operator are exported, read again and judged: the expected values conform, others do not."""

from pathlib import Path

import numpy as np

from conformance.judging.arithmetic import Arithmetic
from conformance.operators.registry import operators
from conformance.suite.case import RightCall, Trial
from conformance.suite.corpus import select
from conformance.vectors.exporting import export
from conformance.vectors.judging import verdict_on
from conformance.vectors.layout import StatedValues
from conformance.vectors.reading import read_vectors
from conformance.vectors.recalling import recalled

MOST_WORK = 10_000


def test_expected_values_of_every_operator_are_read_again_and_conform_and_others_do_not(tmp_path: Path) -> None:
    """Of the first small right call of each operator and direction that has a result, and of the first wrong one."""
    chosen: dict[object, Trial] = {}
    for trial in select([]):
        call = trial.call
        if not isinstance(call, RightCall) or (0 not in call.result_shape and call.work < MOST_WORK):
            chosen.setdefault((call.operator, call.direction, isinstance(call, RightCall)), trial)
    export(list(chosen.values()), ("one of each",), tmp_path / "vectors")
    vectors, judged = read_vectors(tmp_path / "vectors"), set()
    for vector in vectors.vectors:
        demand, values = vectors.demand(vector), vector.description.expected
        if demand is None or not isinstance(values, StatedValues):
            continue
        right, arithmetic = demand.expected.rounded, Arithmetic(values.arithmetic)
        assert verdict_on(right, demand, arithmetic).conforms, vector.listed.id
        assert not verdict_on(right + np.array(64, right.dtype), demand, arithmetic).conforms, vector.listed.id
        judged.add(vector.description.trial.operator)
    assert judged == set(operators())
    entries = [vector.description.trial for vector in vectors.vectors]
    operands = {name: trial.call.operands for name, trial in recalled(entries, "").items()}
    assert operands == {trial.id: trial.call.operands for trial in chosen.values()}

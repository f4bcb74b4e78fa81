"""On another processor than that of the waivers, the numbers of the lanes elsewhere are skipped, which says why."""

import pytest

from tests.frameworks.conftest import MEASURED, unlike_measured


def test_on_the_processor_of_the_waivers_nothing_is_skipped() -> None:
    assert unlike_measured({**MEASURED, "avx512_bf16": "1"}) == ""


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ({"avx512_fp16": "1", "amx_bf16": "1"}, "this processor has avx512_fp16 and has amx_bf16, unlike the one"),
        ({"avx512f": "0"}, "this processor lacks avx512f, unlike the one"),
    ],
)
def test_another_processor_is_named_by_what_it_has_and_lacks(found: dict[str, str], said: str) -> None:
    assert unlike_measured({**MEASURED, **found}).startswith(said)


def test_where_no_instruction_sets_are_known_that_is_the_reason() -> None:
    assert "nobody knows the instruction sets" in unlike_measured({})

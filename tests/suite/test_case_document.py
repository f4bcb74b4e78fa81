"""YAML text to plain values with their lines, and what is not a plain value."""

from collections.abc import Callable
from math import inf
from pathlib import Path
from typing import Any

import pytest

from conformance.errors import CaseFileError
from conformance.suite.document import DEEPEST, MOST_VALUES, read_document

Write = Callable[[str], Path]


def _refusal(path: Path) -> str:
    with pytest.raises(CaseFileError) as refusal:
        read_document(path)
    (problem,) = refusal.value.problems
    return problem.removeprefix(f"{path.parent}/")


@pytest.mark.parametrize(
    ("scalar", "value"),
    [
        ("1e-5", 0.00001),
        ("1E5", 100000.0),
        (".5", 0.5),
        ("2.", 2.0),
        ("-3", -3),
        ("+3", 3),
        ("010", 10),
        ("1_000", "1_000"),
        ("12:30", "12:30"),
        ("2024-01-01", "2024-01-01"),
        ("NO", "NO"),
        ("yes", "yes"),
        ("on", "on"),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        (".inf", inf),
        ("-.inf", -inf),
        ("SAME", "SAME"),
        ("'3'", "3"),
        ('"true"', "true"),
    ],
)
def test_a_scalar_is_what_yaml_1_2_says(write: Write, scalar: str, value: object) -> None:
    content: Any = read_document(write(f"key: {scalar}\n")).content
    assert (type(content["key"]), content["key"]) == (type(value), value)


def test_values_are_located_at_their_lines(write: Write) -> None:
    path = write("operator: x\ncases:\n  - name: a\n    value: [1,\n      2]\n")
    document = read_document(path)
    assert document.locate(("cases", 0, "value", 1)) == f"{path}:5"


def test_a_key_is_located_where_it_is_written_though_its_value_follows_below(write: Write) -> None:
    path = write("first: 1\nsecond:\n\n  - 2\n")
    assert read_document(path).locate(("second",)) == f"{path}:2"


def test_what_is_not_written_is_located_at_its_nearest_ancestor(write: Write) -> None:
    path = write("cases:\n  - name: a\n")
    assert read_document(path).locate(("cases", 0, "why")) == f"{path}:2"


def test_a_problem_names_file_line_and_key_path(write: Write) -> None:
    path = write("cases:\n  - name: a\n")
    problem = read_document(path).problem(("cases", 0, "name"), "is too short")
    assert problem == f"{path}:2: cases[0].name: is too short"


def test_an_alias_stands_for_what_its_anchor_holds(write: Write) -> None:
    document = read_document(write("shape: &shape [1, 2]\nother: *shape\n"))
    assert document.content == {"shape": [1, 2], "other": [1, 2]}


def test_a_repeated_key_is_refused_at_its_second_line(write: Write) -> None:
    assert _refusal(write("name: a\nname: b\n")) == "example.yaml:2: the key 'name' is given twice"


def test_a_tab_is_named_where_it_stands(write: Write) -> None:
    problem = _refusal(write("cases:\n\t- name: a\n"))
    assert problem.startswith("example.yaml:2: not YAML")
    assert "this line holds a tab; YAML indents with spaces" in problem


def test_a_syntax_error_without_a_tab_gets_no_hint_of_one(write: Write) -> None:
    problem = _refusal(write("cases: [1, 2\n"))
    assert "not YAML" in problem
    assert "tab" not in problem


@pytest.mark.parametrize(
    "text", ["key: !!python/object/apply:os.system [ls]\n", "key: !custom 1\n", "!custom key: 1\n", "key: !!str 1\n"]
)
def test_a_tag_is_refused(write: Write, text: str) -> None:
    problem = _refusal(write(text))
    assert problem.startswith("example.yaml:1: the tag ")
    assert problem.endswith("is not accepted; cases hold plain values")


def test_a_second_document_is_refused_at_its_line(write: Write) -> None:
    assert _refusal(write("a: 1\n---\nb: 2\n")) == "example.yaml:2: a second document; one file holds one"


def test_an_alias_bomb_is_refused_before_it_is_expanded(write: Write) -> None:
    levels = ["a0: &a0 [" + ", ".join(["x"] * 10) + "]"]
    levels += [f"a{n}: &a{n} [" + ", ".join([f"*a{n - 1}"] * 10) + "]" for n in range(1, 40)]
    problem = _refusal(write("\n".join(levels)))
    assert problem == f"example.yaml:6: more than {MOST_VALUES} values once aliases are expanded"


def test_an_alias_inside_its_own_anchor_is_refused(write: Write) -> None:
    assert _refusal(write("a: &a [*a]\n")) == "example.yaml:1: the alias *a has no anchor before it"


def test_deep_nesting_is_refused(write: Write) -> None:
    problem = _refusal(write("a: " + "[" * 500 + "]" * 500))
    assert problem == f"example.yaml:1: nested more than {DEEPEST} levels deep, aliases expanded"


def test_nesting_that_aliases_make_deep_is_refused(write: Write) -> None:
    levels = ["a0: &a0 " + "[" * 40 + "]" * 40, "a1: &a1 " + "[" * 40 + "*a0" + "]" * 40]
    problem = _refusal(write("\n".join(levels)))
    assert problem == f"example.yaml:2: nested more than {DEEPEST} levels deep, aliases expanded"


def test_nesting_up_to_the_limit_is_read(write: Write) -> None:
    depth = DEEPEST - 1
    assert read_document(write("a: &a " + "[" * depth + "]" * depth + "\nb: *a\n")).locate(("b",)).endswith(":2")


def test_an_integer_of_many_digits_is_refused(write: Write) -> None:
    assert _refusal(write("a: " + "9" * 5000)) == "example.yaml:1: an integer of 5000 digits"


def test_a_key_that_is_a_list_is_refused(write: Write) -> None:
    assert _refusal(write("? [1, 2]\n: 3\n")) == "example.yaml:1: a key that is not a word"


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert _refusal(tmp_path / "absent.yaml").startswith("absent.yaml: cannot be read")


def test_a_file_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes(b"why: \xe9\n")
    assert _refusal(path).startswith("latin.yaml: cannot be read")


def test_a_control_character_is_not_yaml(write: Write) -> None:
    assert "not YAML" in _refusal(write("a: \x07\n"))


def test_an_empty_file_holds_nothing(write: Write) -> None:
    assert read_document(write("")).content is None

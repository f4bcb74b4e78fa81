"""The JSON Schema of a case file, for editors: what a case of one operator takes, and what may differ per operator.

Knows: the models of one operator's cases, and how `conformance.suite.per_operator` reads a file of several.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from conformance.operators.registry import signatures
from conformance.suite.per_operator import PER_AXIS, choosers
from conformance.suite.schema import LiteralInputs, RecordedValues, case_file


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a case file: of the one kind of operator, or any of several."""
    schemas = [_of_kind(each.parameters(), tuple(each.OPERATORS)) for each in signatures()]
    # A schema with an $id of its own is where its references begin.
    named = [{"$id": f"urn:nn-conformance:kind:{number}", **each} for number, each in enumerate(schemas)]
    schema = schemas[0] if len(schemas) == 1 else {"oneOf": named}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _of_kind(parameters: type[BaseModel], names: tuple[str, ...]) -> dict[str, Any]:
    listed = {"type": "array", "items": {"enum": list(names)}, "minItems": 1, "uniqueItems": True}
    schema = case_file(parameters, names).model_json_schema()
    definitions = schema["$defs"]
    for name in ("CaseEntry", parameters.__name__):
        properties = definitions[name]["properties"]
        for parameter in (*parameters.model_fields, "expect"):
            if parameter in properties:
                properties[parameter] = _per_operator(_per_axis(properties[parameter]))
        properties["operators"] = {**listed, "description": "those of the file that this is of; all by default"}
    models: list[type[BaseModel]] = [LiteralInputs, *LiteralInputs.__subclasses__(), RecordedValues]
    written_out = {model.__name__ for model in models}
    for name in written_out & set(definitions):
        properties = definitions[name]["properties"]
        properties.update({array: _per_operator(numbers) for array, numbers in properties.items()})
    swept = definitions["Sweep"]["properties"]
    for parameter in parameters.model_fields:
        lists, *null = swept[parameter]["anyOf"]
        values = {**lists, "items": _per_operator(_per_axis(lists["items"]))}
        swept[parameter] = _per_operator({**swept[parameter], "anyOf": [values, *null]})
    for rows in ("together", "exclude", "sample"):
        swept[rows] = _per_operator(swept[rows])
    schema["properties"]["operators"] = {**listed, "description": "the same cases of each of these"}
    schema["required"] = [name for name in schema["required"] if name != "operator"]
    schema["oneOf"] = [{"required": ["operator"]}, {"required": ["operators"]}]
    return schema


def _per_operator(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Of a value, or of a mapping from operators to values."""
    about = {key: schema[key] for key in ("description", "default", "title") if key in schema}
    value = {key: each for key, each in schema.items() if key not in about}
    alternatives = value.get("anyOf", [value])
    mapping = {
        "type": "object",
        "propertyNames": {"enum": list(choosers())},
        "additionalProperties": {"anyOf": [*alternatives, {"type": "null"}]},
        "minProperties": 1,
    }
    return {**about, "anyOf": [*alternatives, mapping]}


def _per_axis(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema where each integer in a list may be a number per axis, and a data format one of any operator."""
    read = dict(schema)
    if "anyOf" in schema:
        read["anyOf"] = [_per_axis(each) for each in schema["anyOf"]]
    if schema.get("type") == "array" and schema["items"].get("type") == "integer":
        marked = {"type": "string", "pattern": f"^{PER_AXIS.pattern}$"}
        read["items"] = {"anyOf": [schema["items"], marked]}
    elif schema.get("type") == "array":
        read["items"] = _per_axis(schema["items"])
    return read

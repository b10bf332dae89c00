"""The API's own description in the form in which people read it: by topic, each request with its fields and its answer.

Pure: it is given the OpenAPI document, and who may do what.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_METHODS = ("get", "post", "put", "patch", "delete")
_REFERENCE = "#/components/schemas/"
_LIMITS = (
    ("minLength", "at least %s characters"),
    ("maxLength", "at most %s characters"),
    ("minimum", "from %s"),
    ("exclusiveMinimum", "above %s"),
    ("maximum", "to %s"),
    ("exclusiveMaximum", "below %s"),
    ("minItems", "at least %s"),
    ("maxItems", "at most %s"),
)
_FORMATS = {"date-time": "moment", "date": "date", "time": "time", "uri": "address"}

Schema = Mapping[str, Any]
Allowed = Callable[[str, str], bool]


@dataclass(frozen=True)
class Kind:
    """What a value is: in words, and the shape that it has, if it has one with a name."""

    words: str
    shape: str = ""


@dataclass(frozen=True)
class Field:
    """A parameter, or one field of a body or an answer."""

    name: str
    kind: Kind
    is_required: bool
    limits: str
    meaning: str


@dataclass(frozen=True)
class Operation:
    """One request that a program can make. `anchor` is unique in the reference."""

    method: str
    path: str
    meaning: str
    anchor: str
    parameters: tuple[Field, ...]
    body: Kind | None
    body_type: str
    body_fields: tuple[Field, ...]
    answer: Kind | None
    answer_type: str
    answer_status: str


@dataclass(frozen=True)
class Shape:
    """The fields of a body or an answer that has a name. `anchor` is unique, the name need not be."""

    anchor: str
    name: str
    meaning: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Topic:
    """What belongs together, with the shapes that its requests speak of."""

    name: str
    slug: str
    operations: tuple[Operation, ...]
    shapes: tuple[Shape, ...]


def topics(document: Mapping[str, Any], may: Allowed) -> list[Topic]:
    """All topics by name, with the requests for which `may(method, path)`; a topic of none is left out."""
    by_topic: dict[str, list[Operation]] = {}
    for path, methods in document["paths"].items():
        for method in _METHODS:
            if method in methods and may(method.upper(), path):
                described = methods[method]
                by_topic.setdefault(described["tags"][0], []).append(_operation(method, path, described))
    schemas = document.get("components", {}).get("schemas", {})
    return [
        Topic(name, name.replace(" ", "-"), tuple(operations), tuple(_shapes(schemas, operations)))
        for name, operations in sorted(by_topic.items())
    ]


def _operation(method: str, path: str, described: Schema) -> Operation:
    body_type, body = _content(described.get("requestBody", {}))
    status, answered = next((code, answer) for code, answer in described["responses"].items() if code.startswith("2"))
    answer_type, answer = _content(answered)
    return Operation(
        method=method.upper(),
        path=path,
        meaning=described.get("description", ""),
        anchor=described["operationId"],
        parameters=tuple(_parameter(one) for one in described.get("parameters", ())),
        body=_kind(body) if body else None,
        body_type=body_type,
        body_fields=_fields(body) if body else (),
        answer=_kind(answer) if answer else None,
        answer_type=answer_type,
        answer_status=status,
    )


def _content(holder: Schema) -> tuple[str, Schema]:
    """The media type and the schema of a body or an answer; empty where there is none."""
    for media_type, content in holder.get("content", {}).items():
        return media_type, content.get("schema", {})
    return "", {}


def _parameter(described: Schema) -> Field:
    schema = described["schema"]
    meaning = described.get("description", "") or schema.get("description", "")
    return Field(described["name"], _kind(schema), described.get("required", False), _limits(schema), meaning)


def _fields(schema: Schema) -> tuple[Field, ...]:
    required = schema.get("required", ())
    return tuple(
        Field(name, _kind(one), name in required, _limits(one), one.get("description", ""))
        for name, one in schema.get("properties", {}).items()
    )


def _kind(schema: Schema) -> Kind:
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(_REFERENCE)
        return Kind(_spoken(name), name)
    if several := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
        kinds = [_kind(one) for one in several]
        words = " or ".join(dict.fromkeys(kind.words for kind in kinds))
        return Kind(words, next((kind.shape for kind in kinds if kind.shape), ""))
    if "const" in schema:
        return Kind(_literal(schema["const"]))
    if "enum" in schema:
        return Kind(", ".join(map(_literal, schema["enum"])))
    return _plain_kind(schema)


def _plain_kind(schema: Schema) -> Kind:
    match schema.get("type"):
        case "array":
            item = _kind(schema.get("items", {}))
            return Kind(f"list of {item.words}", item.shape)
        case "object" if isinstance(schema.get("additionalProperties"), Mapping):
            value = _kind(schema["additionalProperties"])
            return Kind(f"object of {value.words}", value.shape)
        case "string" if "contentMediaType" in schema or schema.get("format") == "binary":
            return Kind("file")
        case "string" if schema.get("format") in _FORMATS:
            return Kind(_FORMATS[schema["format"]])
        case str(plain):
            return Kind(plain)
        case _:
            return Kind("anything")


def _limits(schema: Schema) -> str:
    several = (schema, *(schema.get("anyOf") or ()))
    said = [words % _literal(one[key]) for key, words in _LIMITS for one in several if key in one]
    if schema.get("default") not in (None, "", [], {}):
        said.append(f"{_literal(schema['default'])} unless said")
    return ", ".join(said)


def _spoken(name: str) -> str:
    """A schema's name without the module that tells it from its namesakes."""
    name = name.rpartition("__")[2]
    return f"page of {name[6:-1]}" if name.startswith("Paged_") else name


def _literal(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case "":
            return '""'
        case list():
            return ", ".join(map(_literal, value))
        case _:
            return str(value)


def _shapes(schemas: Mapping[str, Schema], operations: Iterable[Operation]) -> Iterator[Shape]:
    """Every shape that the requests speak of, or that one of those speaks of, by name."""
    kinds = [kind for one in operations for kind in (one.body, one.answer) if kind]
    kinds += [field.kind for one in operations for field in (*one.parameters, *one.body_fields)]
    waiting = [kind.shape for kind in kinds if kind.shape]
    found: dict[str, Shape] = {}
    while waiting:
        name = waiting.pop()
        if name in found or name not in schemas:
            continue
        schema = schemas[name]
        fields = _fields(schema)
        meaning = schema.get("description", "")
        if "enum" in schema:
            meaning = f"{meaning} {', '.join(map(_literal, schema['enum']))}".strip()
        found[name] = Shape(name, _spoken(name), meaning, fields)
        waiting += [field.kind.shape for field in fields if field.kind.shape]
    yield from (found[name] for name in sorted(found))

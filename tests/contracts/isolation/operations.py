"""Every operation of the API and of the pages, from the OpenAPI description: who may, which ids, and a valid body."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI

from accounts.tables import Role
from web.access import guarded_routes
from web.app import API_PREFIX, routers
from web.visit import PageGate

# Values that a schema alone does not tell, by the name of the field.
WORDS: dict[str, Any] = {
    "reason": "NO_CAPACITY",
    "outcome": "won",
    "language": "de",
    "code": "not_interested",
    "signal": "form_open",
    "phone_number": "+41446681899",
    "url": "https://partner.example/hook",
    "day": "2026-11-20",
    "answer": "deleted",
    "begins": "2026-12-01T09:00",
    "way": "video",
}
# The same, where a word means another thing at the end of one path.
WORDS_AT_END: dict[tuple[str, str], Any] = {("skip", "reason"): "not_now", ("pause", "reason"): "lunch"}
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Operation:
    """One method of one path. `fields` is the schema of its body, `kind` json, form or empty."""

    method: str
    path: str
    roles: frozenset[Role]
    is_page: bool
    ids: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    kind: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Such as `POST /offers/{offer_id}/accept`."""
        return f"{self.method} {self.path}"

    @property
    def ids_in_body(self) -> tuple[str, ...]:
        """The body's fields that name a thing of somebody's."""
        return tuple(name for name in self.body if name.endswith("_id"))


def operations() -> list[Operation]:
    """All of them; those of the pages are described as if they were in the API."""
    app = FastAPI()
    for package, prefix in (("web.pages", ""), ("web.api", API_PREFIX)):
        for router in routers(package):
            app.include_router(router, prefix=prefix)
    return list(_read(app))


def _read(app: FastAPI) -> Iterator[Operation]:
    described = app.openapi()
    schemas = described.get("components", {}).get("schemas", {})
    gates = {
        (method, path): gate for path, route, gate in guarded_routes(app) for method in sorted(route.methods or ())
    }
    for (method, path), gate in gates.items():
        one = described["paths"].get(path, {}).get(method.lower())
        if one is None or gate is None:
            continue
        parameters = one.get("parameters", [])
        kind, body = _body(one, schemas)
        end = path.rpartition("/")[2]
        body |= {name: WORDS_AT_END[end, name] for name in body if (end, name) in WORDS_AT_END}
        yield Operation(
            method=method,
            path=path,
            roles=gate.roles,
            is_page=isinstance(gate, PageGate),
            ids=tuple(each["name"] for each in parameters if each["in"] == "path"),
            filters=tuple(each["name"] for each in parameters if each["in"] == "query"),
            kind=kind,
            body=body,
        )


def _body(one: Mapping[str, Any], schemas: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    content = one.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        return "json", _as_object(example(content["application/json"]["schema"], schemas))
    if FORM in content:
        return "form", _as_object(example(content[FORM]["schema"], schemas))
    return "", {}


def _as_object(made: Any) -> dict[str, Any]:
    return made if isinstance(made, dict) else {}


def example(schema: Mapping[str, Any], schemas: Mapping[str, Any], name: str = "") -> Any:
    """A value that this schema admits, with every field that it needs."""
    if "$ref" in schema:
        return example(schemas[schema["$ref"].rpartition("/")[2]], schemas, name)
    if name in WORDS and ("enum" not in schema or WORDS[name] in schema["enum"]):
        return WORDS[name]
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return example(schema[choice][0], schemas, name)
    if "enum" in schema:
        return schema["enum"][0]
    if "const" in schema:
        return schema["const"]
    return _plain(schema, schemas, name)


def _plain(schema: Mapping[str, Any], schemas: Mapping[str, Any], name: str) -> Any:
    match schema.get("type"):
        case "object":
            needed = set(schema.get("required", ())) | {each for each in schema.get("properties", {}) if "_id" in each}
            return {each: example(schema["properties"][each], schemas, each) for each in sorted(needed)}
        case "array":
            return [example(schema["items"], schemas, name) for _ in range(schema.get("minItems", 0))]
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "boolean":
            return True
        case _ if schema.get("format") == "date":
            return "2026-12-01"
        case _ if schema.get("format") == "date-time":
            return "2026-12-01T09:00:00Z"
        case _:
            return "x" * max(1, schema.get("minLength", 1))

"""Compares an answer with Twilio's OpenAPI description: keys, types, SID patterns, date formats, enums and nulls.

Twilio's schemas have no `required`: an answer has all keys of its schema and no other.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[3] / "build" / "openapi"
ERROR_KEYS = {"code", "message", "more_info", "status"}
_DAY, _MONTH = "(Mon|Tue|Wed|Thu|Fri|Sat|Sun)", "(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_FORMATS = {
    "date-time-rfc-2822": re.compile(rf"{_DAY}, \d\d {_MONTH} \d{{4}} \d\d:\d\d:\d\d \+0000"),
    "date-time": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"),
    "date": re.compile(r"\d{4}-\d\d-\d\d"),
    "currency": re.compile(r"[A-Za-z]{3}"),
    "iso-country-code": re.compile(r"[A-Z]{2}"),
}
_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "object": dict,
    "array": list,
}


@dataclass(frozen=True)
class Exemption:
    """Where the description contradicts its own recorded examples, and what is really sent. Names may hold `*`."""

    schema: str
    key: str
    why: str
    sends: str = ""
    may_be_null: bool = False


EXEMPTIONS = (
    Exemption("api.v2010.account.call.call_recording", "price", "other recordings have a string", sends="string"),
    Exemption("api.v2010.account.usage.*", "price", "a string in all examples, to keep decimals", sends="string"),
    Exemption("api.v2010.account.conference", "reason_conference_ended", "null until it has ended", may_be_null=True),
    Exemption("LookupResponse", "*", "null in all examples unless the package was asked for", may_be_null=True),
    Exemption("*Info", "*", "null in the examples where there is nothing to tell", may_be_null=True),
)


def exemption_for(schema: str, key: str) -> Exemption | None:
    """Return the exemption that holds for a key, if there is one."""
    return next((one for one in EXEMPTIONS if fnmatchcase(schema, one.schema) and fnmatchcase(key, one.key)), None)


@dataclass(frozen=True)
class Answer:
    """One request of an SDK and what came back."""

    method: str
    path: str
    status: int
    text: str


class Description:
    """The description of all products that the sandbox speaks for."""

    @cached_property
    def _specs(self) -> list[dict[str, Any]]:
        files = sorted(FOLDER.glob("twilio_*.json"))
        assert files, f"{FOLDER} is empty: run scripts/openapi.py (make test does)"
        return [json.loads(file.read_text(encoding="utf-8")) for file in files]

    @cached_property
    def _operations(self) -> list[tuple[re.Pattern[str], str, dict[str, Any], dict[str, Any]]]:
        found = []
        for spec in self._specs:
            # Paths without placeholders first: `/Accounts/{Sid}.json` would swallow others.
            for path, methods in sorted(spec["paths"].items(), key=lambda one: one[0].count("{")):
                pattern = "".join("[^/]+" if part.startswith("{") else re.escape(part) for part in _split(path))
                found += [(re.compile(pattern), path, methods, spec)]
        return found

    def operation(self, method: str, path: str) -> tuple[str, dict[str, Any], dict[str, Any]] | None:
        """Return the path pattern, the operation and its description for a request, or None."""
        for pattern, template, methods, spec in self._operations:
            if pattern.fullmatch(path) and method.lower() in methods:
                return template, methods[method.lower()], spec
        return None

    def has_schema(self, name: str) -> bool:
        """Return whether a schema of that name (which may hold `*`) is described."""
        return any(fnmatchcase(known, name) for spec in self._specs for known in spec["components"]["schemas"])

    def name(self, answer: Answer) -> str:
        """Return which operation an answer is of: `GET /2010-04-01/Accounts/{AccountSid}/Calls.json`."""
        found = self.operation(answer.method, answer.path)
        return f"{answer.method} {found[0] if found is not None else answer.path}"

    def faults(self, answer: Answer) -> list[str]:
        """Return what is wrong with an answer; nothing when it is as described."""
        found = self.operation(answer.method, answer.path)
        if found is None:
            return [f"{answer.method} {answer.path}: not in the description"]
        where = f"{answer.method} {found[0]} {answer.status}"
        if answer.status >= 400:
            return [f"{where}: {fault}" for fault in _error_faults(answer)]
        described = found[1]["responses"].get(str(answer.status))
        if described is None:
            return [f"{where}: only {sorted(found[1]['responses'])} are described"]
        if "content" not in described:
            return [f"{where}: a body where none belongs"] if answer.text else []
        schema = described["content"]["application/json"]["schema"]
        checker = _Checker(found[2]["components"]["schemas"])
        return [f"{where}: {fault}" for fault in checker.faults(schema, json.loads(answer.text), "")]


def _split(path: str) -> list[str]:
    return [part for part in re.split(r"(\{[^}]+\})", path) if part]


def _error_faults(answer: Answer) -> Iterator[str]:
    body = json.loads(answer.text)
    if set(body) != ERROR_KEYS:
        yield f"an error has the keys {sorted(ERROR_KEYS)}, not {sorted(body)}"
        return
    if body["status"] != answer.status or not isinstance(body["code"], int) or not body["message"]:
        yield f"an error's status, code or message is wrong: {body}"
    if body["more_info"] != f"https://www.twilio.com/docs/errors/{body['code']}":
        yield f"more_info is {body['more_info']}"


class _Checker:
    def __init__(self, schemas: dict[str, Any]) -> None:
        self._schemas = schemas

    def faults(self, schema: dict[str, Any], value: Any, name: str, where: str = "") -> Iterator[str]:
        """Yield what is wrong. `name` is the schema's name where it has one, `where` the way to the value."""
        reference = schema.get("$ref")
        if reference is not None:
            name = reference.rpartition("/")[2]
            yield from self.faults(self._schemas[name], value, name, where)
        elif "type" not in schema and "properties" not in schema:
            return
        elif not isinstance(value, _TYPES[schema.get("type", "object")]) or (
            isinstance(value, bool) and schema.get("type") in ("integer", "number")
        ):
            yield f"{where or 'the body'} is {value!r}, not {schema.get('type')}"
        elif isinstance(value, dict):
            yield from self._object_faults(schema, value, name, where)
        elif isinstance(value, list):
            for place, one in enumerate(value):
                yield from self.faults(schema.get("items", {}), one, name, f"{where}[{place}]")
        else:
            yield from _value_faults(schema, value, where)

    def _object_faults(self, schema: dict[str, Any], value: dict[str, Any], name: str, where: str) -> Iterator[str]:
        properties = schema.get("properties")
        if properties is None:
            if schema.get("format") == "uri-map" and not all(isinstance(one, str) for one in value.values()):
                yield f"{where} holds other things than addresses"
            return
        yield from (f"{where}.{key} is missing" for key in properties.keys() - value.keys())
        yield from (f"{where}.{key} is too much" for key in value.keys() - properties.keys())
        for key in properties.keys() & value.keys():
            yield from self._property_faults(properties[key], name, key, value[key], f"{where}.{key}")

    def _property_faults(self, schema: dict[str, Any], name: str, key: str, value: Any, where: str) -> Iterator[str]:
        exempted = exemption_for(name, key)
        if exempted is not None and exempted.sends:
            schema = {**schema, "type": exempted.sends}
        if value is None:
            if not schema.get("nullable") and not (exempted is not None and exempted.may_be_null):
                yield f"{where} is null"
            return
        yield from self.faults(schema, value, name, where)


def _value_faults(schema: dict[str, Any], value: Any, where: str) -> Iterator[str]:
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where} is {value!r}, none of {schema['enum']}"
    if "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"{where} is {value!r}, not {schema['pattern']}"
    pattern = _FORMATS.get(schema.get("format", ""))
    if pattern is not None and not pattern.fullmatch(value):
        yield f"{where} is {value!r}, not {schema['format']}"

"""Whatever is asked, the sandbox answers with a result or with an error of Twilio's, never with 500."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from sandbox.rest.app import rest_routes
from tests.contracts.twilio.openapi import ERROR_KEYS, Description
from tests.integration.sandbox.bench import ACCOUNT_SID, AUTH_TOKEN, FROM

JUNK = (
    "", "x", "-1", "0", "9" * 40, "1e9", "\u00b2", "\u00e9\u0000", "[]", '{"a":1}', "null", "<a>&'\"",
    "2026-13-45", "9999-12-31", "0001-01-01", "http://", "http://[",
)  # fmt: skip
AUTH = (ACCOUNT_SID, AUTH_TOKEN)


def _fields(operation: dict[str, Any]) -> list[str]:
    """Return the names of all parameters of an operation, in its query or its form."""
    query = [one["name"] for one in operation.get("parameters", []) if one["in"] == "query"]
    content = operation.get("requestBody", {}).get("content", {})
    return query + [name for body in content.values() for name in body["schema"].get("properties", {})]


def _requests(description: Description) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Yield each path with each kind of junk in all its parameters at once, and with junk in its path."""
    good = {"To": "+41445550001", "From": FROM, "Url": "http://127.0.0.1:9/", "Twiml": "<Response/>"}
    good |= {"PageSize": "5", "Page": "0", "PageToken": "", "Category": "calls"}
    for route in rest_routes():
        path = re.sub(r"\{part:[^}]+\}", "Local", route.path).replace("{account_sid}", ACCOUNT_SID)
        path = re.sub(r"\{ending:[^}]+\}", "", re.sub(r"\{sid:RE.*?\}\}\}", "RE" + "0" * 32, path))
        found = description.operation(route.method, re.sub(r"\{[^}]+\}", "x", path))
        names = _fields(found[1]) if found is not None else []
        for junk in JUNK:
            form = dict.fromkeys(names, junk)
            yield route.method, re.sub(r"\{[^}]+\}", "x", path), form
            # What decides first is right, so that the rest is read too.
            yield route.method, re.sub(r"\{[^}]+\}", "x", path), form | {key: good[key] for key in names if key in good}
        yield route.method, re.sub(r"\{[^}]+\}", "%00%2f..%ff", path), {}


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as found:
        found.auth = AUTH
        yield found


def test_junk_is_refused_as_twilio_refuses(carrier: str, description: Description, session: requests.Session) -> None:
    asked = 0
    for method, path, form in _requests(description):
        where = {"params": form} if method == "GET" else {"data": form}
        answer = session.request(method, carrier + path, timeout=5, **where)  # type: ignore[arg-type]
        assert answer.status_code < 500, (method, path, form, answer.text)
        if answer.status_code >= 400:
            assert set(json.loads(answer.text)) == ERROR_KEYS, (method, path, form, answer.text)
        asked += 1
    assert asked > 2000

"""Calls are not recorded: nothing in the program asks a carrier to, and no document that we render does."""

import re

from tests.architecture.source_tree import modules_of

ASKS = re.compile(
    r"\brecord(ing)?_?(status|channels|track|call)?\s*=|<Record\b|\bRecord\(|\.recordings\b", re.IGNORECASE
)


def test_no_call_is_recorded() -> None:
    modules = list(modules_of("telephony", "webhooks"))
    assert len(modules) > 5
    found = [f"{module.path}: {line}" for module in modules for line in module.text.splitlines() if ASKS.search(line)]
    assert found == []


def test_the_look_notices_what_it_forbids() -> None:
    for line in ("client.calls.create(to=to, record=True)", "<Dial record='x'><Record/>", "response.Record()"):
        assert ASKS.search(line)

"""Neither SDK leaves out what the sandbox answers for. Runs after both (tests here are one lot, in order)."""

import re

import pytest

from sandbox.rest.app import rest_routes
from tests.contracts.twilio.openapi import Description

# No SDK asks for the media of a recording; a scenario fetches it as a browser would.
NOT_OF_AN_SDK = ("ending",)


def _operations(description: Description) -> set[str]:
    """Return the operations behind the sandbox's paths; a path for a few words stands for each of them."""
    found = set()
    for route in rest_routes():
        if any(f"{{{name}:" in route.path for name in NOT_OF_AN_SDK):
            continue
        words = re.search(r"\{part:([^}]+)\}", route.path)
        for word in words[1].split("|") if words else [""]:
            path = re.sub(r"\{part:[^}]+\}", word, route.path)
            operation = description.operation(route.method, re.sub(r"\{[^}]+\}", "AC" + "0" * 32, path))
            assert operation is not None, f"{route.method} {path} is not in Twilio's description"
            found.add(f"{route.method} {operation[0]}")
    return found


@pytest.mark.parametrize("sdk", ["python", "node"])
def test_every_path_was_driven(sdk: str, description: Description, driven: dict[str, set[str]]) -> None:
    if not driven[sdk]:
        pytest.fail("run the whole folder: this test looks at what the others drove")
    assert sorted(_operations(description) - driven[sdk]) == []

"""One sandbox for all contract tests here; each finds it empty."""

from collections.abc import Iterator

import pytest

from tests.contracts.twilio.openapi import Description
from tests.integration.sandbox.bench import Sandbox, running_sandbox


@pytest.fixture(scope="session")
def _sandbox() -> Iterator[Sandbox]:
    with running_sandbox("--virtual", "--start-at", "2026-03-02T09:00:00Z") as sandbox:
        yield sandbox


@pytest.fixture
def carrier(_sandbox: Sandbox) -> str:
    """The address of an empty sandbox whose clock stands still until it is advanced."""
    _sandbox.post("reset")
    return _sandbox.address


@pytest.fixture(scope="session")
def description() -> Description:
    """Twilio's description, read once."""
    return Description()


@pytest.fixture(scope="session")
def driven() -> dict[str, set[str]]:
    """The operations that each SDK has driven."""
    return {"python": set(), "node": set()}

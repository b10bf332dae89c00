"""One sandbox process on the virtual clock and one in fast real time for all tests here; each test finds it empty."""

from collections.abc import Iterator

import pytest

from tests.integration.sandbox.bench import App, Sandbox, running_app, running_sandbox


@pytest.fixture(scope="session")
def _virtual_sandbox() -> Iterator[Sandbox]:
    with running_sandbox("--virtual", "--start-at", "2026-03-02T09:00:00Z") as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def _fast_sandbox() -> Iterator[Sandbox]:
    with running_sandbox("--speed", "50") as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(_virtual_sandbox: Sandbox) -> Sandbox:
    """An empty sandbox whose clock stands still until it is advanced."""
    _virtual_sandbox.post("reset")
    return _virtual_sandbox


@pytest.fixture
def fast_sandbox(_fast_sandbox: Sandbox) -> Sandbox:
    """An empty sandbox that runs at fifty times real time."""
    _fast_sandbox.post("reset")
    return _fast_sandbox


@pytest.fixture
def app() -> Iterator[App]:
    """A customer's application."""
    with running_app() as found:
        yield found

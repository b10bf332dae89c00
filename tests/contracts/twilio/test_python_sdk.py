"""The Python SDK drives every resource of the sandbox, and every answer is as Twilio's description says."""

from collections.abc import Callable, Iterator

import pytest
from twilio.rest import Client

from tests.contracts.twilio.openapi import Description
from tests.contracts.twilio.scenarios import SCENARIOS, Stage
from tests.contracts.twilio.watched import WatchedClient
from tests.integration.sandbox.bench import ACCOUNT_SID, AUTH_TOKEN, Sandbox, running_app


@pytest.fixture
def stage(carrier: str) -> Iterator[Stage]:
    http = WatchedClient(carrier)
    with running_app() as app:
        yield Stage(Sandbox(carrier, Client(ACCOUNT_SID, AUTH_TOKEN, http_client=http)), app, http)
    http.session.close()


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: str(one.__name__))
def test_every_answer_is_as_described(
    scenario: Callable[[Stage], None], stage: Stage, description: Description, driven: dict[str, set[str]]
) -> None:
    scenario(stage)
    faults = [fault for answer in stage.http.answers for fault in description.faults(answer)]
    assert faults == []
    driven["python"] |= {description.name(answer) for answer in stage.http.answers}

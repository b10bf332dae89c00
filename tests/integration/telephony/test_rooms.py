"""Who is in a conference, as the carrier tells us when we ask: also an agent who waits there alone."""

from collections.abc import Iterator

import pytest

from foundation.settings import Settings
from telephony.carrier import Park, Placed, PlaceOrder
from telephony.twilio.addresses import Addresses
from telephony.twilio.client import TwilioCarrier
from telephony.twilio.twiml import render
from tests.integration.sandbox.bench import ACCOUNT_SID, AUTH_TOKEN, FROM, App, Sandbox, running_app, running_sandbox

ROOM = "call_parks_the_agent"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with running_sandbox("--virtual", "--start-at", "2026-03-02T09:00:00Z") as sandbox:
        yield sandbox


@pytest.fixture
def app() -> Iterator[App]:
    with running_app() as app:
        yield app


@pytest.fixture
def carrier(sandbox: Sandbox, app: App) -> TwilioCarrier:
    values = {name: field.default for name, field in Settings.model_fields.items()}
    values |= {"twilio_account_sid": ACCOUNT_SID, "twilio_auth_token": AUTH_TOKEN, "twilio_api_url": sandbox.address}
    return TwilioCarrier(Settings(_env_file=None, **values), Addresses(app.address))


def park(carrier: TwilioCarrier, sandbox: Sandbox, app: App) -> str:
    app.page(f"/twilio/answer/{ROOM}", render(Park(ROOM, ROOM), Addresses(app.address)))
    placed = carrier.place(PlaceOrder(ROOM, "client:agent", FROM, 30))
    assert isinstance(placed, Placed)
    sandbox.advance(10)
    return placed.carrier_sid


def test_an_agent_who_waits_alone_is_in_the_room(carrier: TwilioCarrier, sandbox: Sandbox, app: App) -> None:
    carrier_sid = park(carrier, sandbox, app)
    assert carrier.people_in(ROOM) == {carrier_sid}


def test_a_room_that_everybody_has_left_is_empty(carrier: TwilioCarrier, sandbox: Sandbox, app: App) -> None:
    carrier.hang_up(park(carrier, sandbox, app))
    sandbox.advance(5)
    assert carrier.people_in(ROOM) == frozenset()


def test_nobody_is_in_a_room_that_never_was(carrier: TwilioCarrier) -> None:
    assert carrier.people_in("no such room") == frozenset()

"""Which phone the desk gets: the sandbox's where the carrier is on this machine, Twilio's own where it is not."""

import time
from pathlib import Path

import pytest
from pydantic import SecretStr

from foundation.errors import Unconfigured
from foundation.settings import SANDBOX_API_KEY_SECRET, SANDBOX_API_KEY_SID, Settings, load_settings
from sandbox.phones.tokens import read_token
from telephony.twilio.addresses import Addresses
from telephony.twilio.client import TwilioCarrier

REAL = {
    "twilio_account_sid": "AC" + "1" * 32,
    "twilio_auth_token": SecretStr("a-token-of-ones-own"),
    "public_url": "https://calls.example.ch",
}


@pytest.fixture(autouse=True)
def _no_settings_around(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def carrier(settings: Settings) -> TwilioCarrier:
    return TwilioCarrier(settings, Addresses(settings.public_url))


def test_sandbox_gives_the_desk_its_own_phone_without_any_setting() -> None:
    phone = carrier(load_settings(sandbox_port=8002)).browser_phone()
    assert phone is not None
    assert phone.is_elsewhere
    assert phone.script == "http://127.0.0.1:8002/_sandbox/phone.js"
    assert phone.hosts == ("ws://127.0.0.1:8002/_sandbox/phone",)


def test_sandbox_takes_the_token_that_the_desk_gets() -> None:
    settings = load_settings()
    keys = {SANDBOX_API_KEY_SID: (SANDBOX_API_KEY_SECRET, settings.twilio_account_sid)}
    grant = read_token(carrier(settings).browser_token("ann"), keys.get, time.time())
    assert (grant.address, grant.may_be_called) == ("client:ann", True)


def test_twilio_gives_the_desk_its_own_phone_once_there_is_a_key() -> None:
    assert carrier(load_settings(**REAL)).browser_phone() is None
    key = {
        "twilio_api_key_sid": "SK" + "2" * 32,
        "twilio_api_key_secret": SecretStr("a-secret-of-32-letters-and-more!!"),
    }
    phone = carrier(load_settings(**REAL, **key)).browser_phone()
    assert phone is not None
    assert not phone.is_elsewhere


def test_public_key_of_the_sandbox_is_refused_with_a_real_carrier() -> None:
    key = {"twilio_api_key_sid": "SK" + "2" * 32, "twilio_api_key_secret": SecretStr(SANDBOX_API_KEY_SECRET)}
    with pytest.raises(Unconfigured, match="TWILIO_API_KEY_SECRET"):
        load_settings(**REAL, **key)

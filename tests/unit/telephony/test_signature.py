"""Only what the carrier signed for our own address is read, with each of its fields."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from foundation.settings import Settings
from telephony.twilio.signature import SignatureCheck
from tests.unit.telephony.callback_bodies import body_of, status_fields

PUBLIC_URL = "https://voice.example.com"
PATH = "/twilio/status/call_01"
TOKEN, OLD_TOKEN = "present-token", "previous-token"
CHECK = SignatureCheck(PUBLIC_URL, [TOKEN, OLD_TOKEN])


def sign(url: str, fields: dict[str, str], token: str = TOKEN) -> str:
    """The carrier's signature, by its own SDK."""
    return str(RequestValidator(token).compute_signature(url, fields))


def test_genuine_callback_is_read_with_its_blank_fields() -> None:
    fields = status_fields("busy", 2)
    assert fields["ToCity"] == ""
    assert CHECK.read(PATH, body_of(fields), sign(PUBLIC_URL + PATH, fields)) == fields


@given(st.dictionaries(st.text(min_size=1, max_size=12), st.text(max_size=20), max_size=8))
def test_whatever_fields_the_carrier_signs_are_read_as_they_were(fields: dict[str, str]) -> None:
    assert CHECK.read(PATH, body_of(fields), sign(PUBLIC_URL + PATH, fields)) == fields


def test_repeated_field_is_signed_with_all_its_values() -> None:
    body = b"CallStatus=busy&Event=b&Event=a"
    signature = sign(PUBLIC_URL + PATH + "", {"CallStatus": "busy", "Event": "aEventb"})
    assert CHECK.read(PATH, body, signature) == {"CallStatus": "busy", "Event": "a"}


@pytest.mark.parametrize("signature", ["", "x", "A" * 28, "ä", "\u0000"])
def test_missing_or_made_up_signature_is_refused(signature: str) -> None:
    assert CHECK.read(PATH, body_of(status_fields("busy", 2)), signature) is None


def test_signature_of_another_token_is_refused() -> None:
    fields = status_fields("busy", 2)
    assert CHECK.read(PATH, body_of(fields), sign(PUBLIC_URL + PATH, fields, "guessed")) is None


def test_both_tokens_hold_while_one_replaces_the_other() -> None:
    fields = status_fields("busy", 2)
    for token in (TOKEN, OLD_TOKEN):
        assert CHECK.read(PATH, body_of(fields), sign(PUBLIC_URL + PATH, fields, token)) == fields


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example.com/twilio/status/call_01",
        "https://voice.example.com/twilio/status/call_02",
        "https://voice.example.com/twilio/machine/call_01",
        "https://voice.example.com/twilio/status/call_01?x=1",
        "http://voice.example.com/twilio/status/call_01",
    ],
)
def test_signature_for_another_address_is_refused(url: str) -> None:
    fields = status_fields("busy", 2)
    assert CHECK.read(PATH, body_of(fields), sign(url, fields)) is None


def test_signature_with_the_port_that_goes_without_saying_is_accepted() -> None:
    fields = status_fields("busy", 2)
    url = "https://voice.example.com:443/twilio/status/call_01"
    assert CHECK.read(PATH, body_of(fields), sign(url, fields)) == fields


@pytest.mark.parametrize("change", [{"CallStatus": "completed"}, {"CallSid": "CA" + "9" * 32}, {"Extra": ""}])
def test_changed_or_added_field_is_refused(change: dict[str, str]) -> None:
    fields = status_fields("busy", 2)
    assert CHECK.read(PATH, body_of(fields | change), sign(PUBLIC_URL + PATH, fields)) is None


def test_body_that_is_no_text_is_refused() -> None:
    assert CHECK.read(PATH, b"\xff\xfe=\x80", sign(PUBLIC_URL + PATH, {})) is None


def test_without_any_token_nothing_is_genuine() -> None:
    fields = status_fields("busy", 2)
    check = SignatureCheck(PUBLIC_URL, ["", ""])
    assert check.read(PATH, body_of(fields), sign(PUBLIC_URL + PATH, fields, "")) is None


def test_settings_without_a_previous_token_do_not_accept_an_empty_one() -> None:
    settings = Settings(_env_file=None, public_url="http://127.0.0.1:1")
    fields = status_fields("busy", 2)
    signature = sign("http://127.0.0.1:1" + PATH, fields, "")
    assert SignatureCheck.from_settings(settings).read(PATH, body_of(fields), signature) is None

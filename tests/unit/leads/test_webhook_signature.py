"""Signatures that receivers check with the specification's own library."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from foundation.clock import Clock
from leads.delivery_schedule import TRIES_AT_MOST, WAITS, rest_after, wait_after
from leads.webhook_signature import signed_headers, written

OLD, NEW = b"o" * 32, b"n" * 32
BODY = '{"type":"offer.made","text":"Zürich"}'.encode()


def test_a_receiver_with_either_secret_of_a_change_over_takes_the_message() -> None:
    headers = signed_headers("msg_1", Clock().now(), BODY, [NEW, OLD])
    for secret in (OLD, NEW):
        assert Webhook(written(secret)).verify(BODY, headers)["text"] == "Zürich"


def test_a_message_that_was_changed_is_not_taken() -> None:
    headers = signed_headers("msg_1", Clock().now(), BODY, [NEW])
    receiver = Webhook(written(NEW))
    for changed in (
        headers | {"webhook-id": "msg_2"},
        headers | {"webhook-timestamp": str(int(Clock().now().timestamp()) + 1)},
    ):
        with pytest.raises(WebhookVerificationError):
            receiver.verify(BODY, changed)
    with pytest.raises(WebhookVerificationError):
        receiver.verify(BODY.replace(b"made", b"fade"), headers)


def test_an_old_message_is_not_taken_again() -> None:
    headers = signed_headers("msg_1", Clock().now() - timedelta(minutes=6), BODY, [NEW])
    with pytest.raises(WebhookVerificationError):
        Webhook(written(NEW)).verify(BODY, headers)


@given(st.binary(max_size=200), st.integers(1_700_000_000, 4_000_000_000))
def test_ours_is_the_signature_that_the_library_makes(body: bytes, at: int) -> None:
    moment = datetime.fromtimestamp(at, UTC)
    text = body.decode("latin-1")
    ours = signed_headers("msg_1", moment, text.encode(), [NEW])["webhook-signature"]
    assert ours == Webhook(written(NEW)).sign("msg_1", moment, text)


def test_tries_go_on_for_three_days_and_then_end() -> None:
    waits = [wait_after(tries, 0.5) for tries in range(1, TRIES_AT_MOST)]
    assert waits == list(WAITS)
    assert sum(WAITS, timedelta()) == timedelta(hours=75, minutes=35, seconds=5)
    assert wait_after(TRIES_AT_MOST, 0.5) is None


@given(st.integers(1, TRIES_AT_MOST - 1), st.floats(0, 1))
def test_chance_moves_a_try_by_a_tenth_at_most(tries: int, chance: float) -> None:
    wait = wait_after(tries, chance)
    assert wait is not None
    assert WAITS[tries - 1] * 0.9 <= wait <= WAITS[tries - 1] * 1.1


def test_an_endpoint_that_fails_rests_ever_longer_up_to_ten_minutes() -> None:
    rests = [rest_after(failures) for failures in range(1, 60)]
    assert rests == sorted(rests)
    assert (rests[0], rests[-1]) == (timedelta(seconds=4), timedelta(minutes=10))

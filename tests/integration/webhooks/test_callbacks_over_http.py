"""The carrier's callbacks over HTTP: signed ones are on disk before they are answered, others leave no trace."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import select, text
from twilio.request_validator import RequestValidator

from dialer import desk
from dialer.reporter import Reporter
from dialer.tables import InboxEntry
from foundation.settings import SANDBOX_AUTH_TOKEN
from tests.integration.dialer.floor import Floor
from tests.integration.webhooks.conftest import PUBLIC_URL
from tests.unit.telephony.callback_bodies import machine_fields, room_fields, status_fields
from tests.web_bench import serving
from webhooks.app import create_app

MakeBody = Callable[[], bytes | Iterator[bytes]]
FORM = "application/x-www-form-urlencoded; charset=utf-8"


def signed(path: str, fields: dict[str, str], token: str = SANDBOX_AUTH_TOKEN, url: str = PUBLIC_URL) -> dict[str, str]:
    """The headers of a genuine callback."""
    signature = str(RequestValidator(token).compute_signature(url + path, fields))
    return {"X-Twilio-Signature": signature, "Content-Type": FORM, "User-Agent": "TwilioProxy/1.1"}


def post(client: httpx.Client, path: str, fields: dict[str, str], **headers: str) -> int:
    """Send a genuine callback; the status that it was answered with."""
    response = client.post(path, content=urlencode(fields), headers=signed(path, fields) | headers)
    return response.status_code


def kept(floor: Floor) -> list[InboxEntry]:
    """What is in the inbox."""
    with floor.database.reading() as session:
        return list(session.scalars(select(InboxEntry).order_by(InboxEntry.id)))


def apply_all(floor: Floor) -> None:
    """Apply the inbox as the reporter does."""
    reporter = Reporter(floor.parts)
    while reporter.apply_some():
        pass


@pytest.fixture
def ringing(floor: Floor) -> str:
    """A call that rings at a contact's, with an agent ready."""
    floor.add_ready_agent("de")
    return floor.ring(floor.add_campaign())


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("status", status_fields("ringing", 1)),
        ("room", room_fields("participant-join", 1, "call_1")),
        ("machine", machine_fields("human")),
    ],
)
def test_signed_callback_is_kept_as_it_came_before_it_is_answered(
    client: httpx.Client, floor: Floor, kind: str, fields: dict[str, str]
) -> None:
    assert post(client, f"/twilio/{kind}/call_1", fields) == 204
    (entry,) = kept(floor)
    assert (entry.kind, entry.call_id, entry.fields, entry.applied_at) == (kind, "call_1", fields, None)


def test_doubled_callback_is_one_row_and_both_are_answered_well(client: httpx.Client, floor: Floor) -> None:
    fields = status_fields("ringing", 1)
    assert [post(client, "/twilio/status/call_1", fields) for _ in range(3)] == [204] * 3
    assert len(kept(floor)) == 1


def test_many_callbacks_at_once_are_all_kept(client: httpx.Client, floor: Floor) -> None:
    numbers = [number // 2 for number in range(60)]
    with ThreadPoolExecutor(8) as threads:
        answers = [
            threads.submit(post, client, "/twilio/status/call_1", status_fields("ringing", number))
            for number in numbers
        ]
        assert {each.result() for each in answers} == {204}
    assert len(kept(floor)) == 30


@pytest.mark.parametrize("kind", ["answer", "status", "room", "machine", "anything"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Twilio-Signature": ""},
        {"X-Twilio-Signature": "bm90IGEgc2lnbmF0dXJlIGF0IGFsbA=="},
        signed("/twilio/status/call_1", status_fields("busy", 1), token="guessed"),
        signed("/twilio/status/call_2", status_fields("busy", 1)),
        signed("/twilio/status/call_1", status_fields("busy", 1), url="http://127.0.0.1:8001"),
        signed("/twilio/status/call_1", status_fields("busy", 1), url="https://evil.example.com")
        | {"Host": "evil.example.com", "X-Forwarded-Host": "evil.example.com", "X-Forwarded-Proto": "https"},
    ],
    ids=["missing", "empty", "made up", "wrong token", "another call", "the address listened on", "forged host"],
)
def test_callback_without_the_right_signature_is_refused_and_leaves_no_trace(
    client: httpx.Client, floor: Floor, kind: str, headers: dict[str, str]
) -> None:
    body = urlencode(status_fields("busy", 1))
    response = client.post(f"/twilio/{kind}/call_1", content=body, headers={"Content-Type": FORM} | headers)
    assert response.status_code == 403
    assert response.content == b""
    assert kept(floor) == []


def test_forged_answer_takes_no_agent(client: httpx.Client, floor: Floor, ringing: str) -> None:
    response = client.post(
        f"/twilio/answer/{ringing}", content="CallStatus=in-progress", headers={"Content-Type": FORM}
    )
    assert response.status_code == 403
    assert floor.call(ringing).status == "ringing"


def test_genuine_callback_does_not_open_another_calls_door_by_a_trick_with_the_host(
    client: httpx.Client, floor: Floor
) -> None:
    fields = status_fields("busy", 1)
    headers = signed("/twilio/status/call_1", fields) | {"Host": "x/twilio/status/call_1#"}
    response = client.post("/twilio/status/call_2", content=urlencode(fields), headers=headers)
    assert response.status_code in {400, 403}
    assert kept(floor) == []


def test_query_is_part_of_what_is_signed(client: httpx.Client, floor: Floor) -> None:
    fields = status_fields("busy", 1)
    assert post(client, "/twilio/status/call_1?attempt=2", fields) == 204
    headers = signed("/twilio/status/call_1", fields)
    response = client.post("/twilio/status/call_1?attempt=3", content=urlencode(fields), headers=headers)
    assert response.status_code == 403
    assert len(kept(floor)) == 1


@pytest.mark.parametrize("path", ["/twilio/answer/call_1", "/twilio/status/call_1", "/twilio/room/call_1"])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_nothing_but_posting_is_possible(client: httpx.Client, path: str, method: str) -> None:
    headers = signed(path, {})
    assert client.request(method, path, headers=headers).status_code == 405


def test_kind_that_does_not_exist_is_told_so_and_not_kept(client: httpx.Client, floor: Floor) -> None:
    assert post(client, "/twilio/recording/call_1", status_fields("busy", 1)) == 404
    assert kept(floor) == []


def test_call_id_that_cannot_be_ours_is_told_so_and_not_kept(client: httpx.Client, floor: Floor) -> None:
    assert post(client, "/twilio/status/" + "x" * 41, status_fields("busy", 1)) == 404
    assert kept(floor) == []


def a_megabyte_in_pieces() -> Iterator[bytes]:
    """A body whose length nobody announces."""
    yield from (b"x" * 1024 for _ in range(1024))


@pytest.mark.parametrize("make_body", [lambda: b"x" * 1_048_576, a_megabyte_in_pieces], ids=["announced", "in pieces"])
def test_body_that_is_too_large_is_refused(client: httpx.Client, floor: Floor, make_body: MakeBody) -> None:
    headers = {"Content-Type": FORM, "X-Twilio-Signature": "x"}
    assert client.post("/twilio/status/call_1", content=make_body(), headers=headers).status_code == 413
    assert kept(floor) == []


def test_answered_contact_is_told_to_join_the_agents_room(client: httpx.Client, floor: Floor, ringing: str) -> None:
    path, fields = f"/twilio/answer/{ringing}", status_fields("in-progress", 2)
    response = client.post(path, content=urlencode(fields), headers=signed(path, fields))
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("application/xml")
    leg_id = floor.call_ids("agent")[0]
    assert f">{leg_id}</Conference>" in response.text
    assert f'participantLabel="{ringing}"' in response.text
    again = client.post(path, content=urlencode(fields), headers=signed(path, fields))
    assert again.text == response.text


def test_whole_call_by_callbacks_alone_each_of_them_doubled(client: httpx.Client, floor: Floor, ringing: str) -> None:
    leg_id = floor.call_ids("agent")[0]
    for path, fields in [
        (f"/twilio/status/{ringing}", status_fields("initiated", 0)),
        (f"/twilio/answer/{ringing}", status_fields("in-progress", 2)),
        (f"/twilio/room/{leg_id}", room_fields("participant-join", 2, ringing)),
        (f"/twilio/status/{ringing}", status_fields("in-progress", 2)),
        (f"/twilio/room/{leg_id}", room_fields("participant-leave", 3, ringing)),
        (f"/twilio/status/{ringing}", status_fields("completed", 3, CallDuration="42")),
    ]:
        for _ in range(2):
            assert post(client, path, fields) in {200, 204}
            apply_all(floor)
    call = floor.call(ringing)
    assert (call.status, call.duration_seconds) == ("completed", 42)
    assert floor.call_history(ringing)[-3:] == ["connecting", "bridged", "completed"]
    assert floor.agent(call.agent_id or "").status == "wrapping_up"


def test_person_whom_nobody_can_take_hears_the_message(client: httpx.Client, floor: Floor, ringing: str) -> None:
    (agent_id,) = {floor.call(leg_id).agent_id or "" for leg_id in floor.call_ids("agent")}
    desk.pause(floor.parts, agent_id, "lunch", floor.now)
    path, fields = f"/twilio/answer/{ringing}", status_fields("in-progress", 2)
    response = client.post(path, content=urlencode(fields), headers=signed(path, fields))
    assert "<Say" in response.text
    assert "<Hangup" in response.text


def test_answer_for_a_call_that_nobody_knows_is_hung_up(client: httpx.Client) -> None:
    path, fields = "/twilio/answer/call_nobodys", status_fields("in-progress", 2)
    response = client.post(path, content=urlencode(fields), headers=signed(path, fields))
    assert response.status_code == 200
    assert "<Hangup" in response.text


def test_report_for_a_call_that_nobody_knows_is_kept_and_passed_over(
    client: httpx.Client, floor: Floor, ringing: str
) -> None:
    assert post(client, "/twilio/status/call_nobodys", status_fields("busy", 1)) == 204
    assert post(client, f"/twilio/status/{ringing}", status_fields("busy", 1)) == 204
    apply_all(floor)
    assert all(entry.applied_at is not None for entry in kept(floor))
    assert floor.call(ringing).status == "busy"


def test_callback_that_cannot_be_stored_is_not_acknowledged(client: httpx.Client, floor: Floor) -> None:
    with floor.database.transaction() as session:
        session.execute(text("ALTER TABLE callback_inbox RENAME TO callback_inbox_away"))
    fields = status_fields("busy", 1)
    assert post(client, "/twilio/status/call_1", fields) == 503
    with floor.database.transaction() as session:
        session.execute(text("ALTER TABLE callback_inbox_away RENAME TO callback_inbox"))
    assert post(client, "/twilio/status/call_1", fields) == 204
    assert len(kept(floor)) == 1


def test_token_that_was_just_replaced_is_still_good(floor: Floor) -> None:
    floor.settings.twilio_auth_token = SecretStr("new-token")
    floor.settings.twilio_auth_token_previous = SecretStr(SANDBOX_AUTH_TOKEN)
    fields = status_fields("busy", 1)
    path = "/twilio/status/call_1"
    with serving(create_app(floor.parts)) as url, httpx.Client(base_url=url, trust_env=False) as client:
        for token in ("new-token", SANDBOX_AUTH_TOKEN):
            headers = signed(path, fields, token=token)
            assert client.post(path, content=urlencode(fields), headers=headers).status_code == 204
        assert client.post(path, content=urlencode(fields), headers=signed(path, fields, "x")).status_code == 403


def test_app_is_well_while_the_database_answers(client: httpx.Client) -> None:
    assert client.get("/health").status_code == 200

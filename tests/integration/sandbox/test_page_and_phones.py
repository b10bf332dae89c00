"""The page and its sockets over HTTP: kept from other people's pages, live, and phones only with a token."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VoiceGrant

from sandbox.options import DEFAULT_API_KEY_SECRET, DEFAULT_API_KEY_SID
from tests.integration.sandbox.bench import ACCOUNT_SID, FROM, Sandbox

TO = "+41445550001"
PARK = "<Response><Dial><Conference>desk</Conference></Dial></Response>"
Socket = aiohttp.ClientWebSocketResponse


def token(identity: str = "ann", *, ttl: int = 600, allow: bool = True) -> str:
    made = AccessToken(ACCOUNT_SID, DEFAULT_API_KEY_SID, DEFAULT_API_KEY_SECRET, identity=identity, ttl=ttl)
    made.add_grant(VoiceGrant(incoming_allow=allow))
    return str(made.to_jwt())


async def wait_for(socket: Socket, kind: str) -> dict[str, Any]:
    """The next message of a kind."""
    async with asyncio.timeout(10):
        while True:
            message: dict[str, Any] = await socket.receive_json()
            if message["type"] == kind:
                return message


def on_the_net(sandbox: Sandbox, act: Callable[[aiohttp.ClientSession], Awaitable[None]]) -> None:
    async def run() -> None:
        async with aiohttp.ClientSession(sandbox.address) as http:
            await act(http)

    asyncio.run(run())


def order(sandbox: Sandbox, to: str, twiml: str = PARK) -> str:
    return str(sandbox.client.calls.create(to=to, from_=FROM, twiml=twiml).sid)


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", "/", {"Host": "evil.example"}),
        ("GET", "/_sandbox/ledger", {"Host": "evil.example:8900"}),
        ("POST", "/_sandbox/reset", {"Host": "127.0.0.1.evil.example"}),
        ("POST", "/_sandbox/reset", {"Origin": "http://evil.example"}),
        ("POST", "/_sandbox/reset", {"Origin": "null"}),
        ("POST", "/_sandbox/people", {"Sec-Fetch-Site": "same-site"}),
        ("GET", "/_sandbox/live", {"Origin": "http://127.0.0.1:1"}),
        ("GET", "/", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}),
    ],
)
def test_other_peoples_pages_are_kept_out(sandbox: Sandbox, method: str, path: str, headers: dict[str, str]) -> None:
    sid = order(sandbox, TO)

    async def act(http: aiohttp.ClientSession) -> None:
        async with http.request(method, path, headers=headers, json={"by_hand": ["*"]}) as answer:
            assert answer.status == 403

    on_the_net(sandbox, act)
    assert sandbox.get("calls")["calls"][0]["sid"] == sid
    assert sandbox.get("people")["by_hand"] == []


def test_own_page_and_programs_come_in(sandbox: Sandbox) -> None:
    async def act(http: aiohttp.ClientSession) -> None:
        for headers in ({}, {"Origin": sandbox.address}, {"Host": "localhost"}, {"Host": "[::1]:80"}):
            async with http.post("/_sandbox/people", headers=headers, json={}) as answer:
                assert answer.status == 200
        async with http.get("/", headers={"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}) as answer:
            assert answer.status == 200
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            assert answer.headers["X-Frame-Options"] == "DENY"

    on_the_net(sandbox, act)


def test_page_brings_all_that_it_asks_for_and_nothing_else(sandbox: Sandbox) -> None:
    async def act(http: aiohttp.ClientSession) -> None:
        for name in ("page.css", "page.js", "calls.js", "person.js", "lines.js", "network.js", "words.js", "mark.svg"):
            async with http.get(f"/_sandbox/files/{name}") as answer:
                assert answer.status == 200, name
        for name in ("..%2Fviews.py", "nothing.js"):
            async with http.get(f"/_sandbox/files/{name}") as answer:
                assert answer.status == 404, name
        async with http.get("/_sandbox/phone.js", headers={"Sec-Fetch-Site": "cross-site"}) as answer:
            assert answer.status == 200
            assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"

    on_the_net(sandbox, act)


def test_page_is_told_everything_and_then_every_change(sandbox: Sandbox) -> None:
    first = order(sandbox, TO)

    async def act(http: aiohttp.ClientSession) -> None:
        async with http.ws_connect("/_sandbox/live", headers={"Origin": sandbox.address}) as page:
            network = await wait_for(page, "network")
            assert [call["sid"] for call in network["calls"]] == [first]
            second = await asyncio.to_thread(order, sandbox, "+41445550002")
            assert second in {call["sid"] for call in (await wait_for(page, "changes"))["calls"]}
            await asyncio.to_thread(sandbox.post, "people", {"by_hand": ["*"]})
            assert (await wait_for(page, "changes"))["by_hand"] == ["*"]
            await asyncio.to_thread(sandbox.post, "reset")
            assert (await wait_for(page, "network"))["calls"] == []

    on_the_net(sandbox, act)


def test_phone_registers_with_a_token_rings_answers_presses_and_hangs_up(sandbox: Sandbox) -> None:
    async def act(http: aiohttp.ClientSession) -> None:
        async with http.ws_connect("/_sandbox/phone", headers={"Origin": "http://desk.example"}) as phone:
            await phone.send_json({"type": "register", "token": token()})
            assert (await wait_for(phone, "registered"))["identity"] == "ann"
            sid = await asyncio.to_thread(order, sandbox, "client:ann")
            await asyncio.to_thread(sandbox.advance, 1)
            assert (await wait_for(phone, "incoming"))["parameters"]["CallSid"] == sid
            await phone.send_json({"type": "accept", "call": sid})
            await wait_for(phone, "accepted")
            await phone.send_json({"type": "digits", "call": sid, "digits": "12#"})
            await phone.send_json({"type": "disconnect", "call": sid})
            await wait_for(phone, "ended")
            kinds = await asyncio.to_thread(sandbox.kinds, sid)
            assert "person_pressed" in kinds
            assert kinds[-1] == "call_completed"

    on_the_net(sandbox, act)


@pytest.mark.parametrize(
    ("shown", "code"),
    [("", 20101), (token() + "x", 20107), (token(ttl=-60), 20104)],
)
def test_phone_without_a_good_token_is_none(sandbox: Sandbox, shown: str, code: int) -> None:
    async def act(http: aiohttp.ClientSession) -> None:
        async with http.ws_connect("/_sandbox/phone") as phone:
            await phone.send_json({"type": "register", "token": shown})
            assert (await wait_for(phone, "error"))["code"] == code
            assert (await phone.receive()).type is aiohttp.WSMsgType.CLOSE

    on_the_net(sandbox, act)


def test_phone_is_unreachable_once_its_token_has_expired_unless_it_shows_another(sandbox: Sandbox) -> None:
    async def act(http: aiohttp.ClientSession) -> None:
        async with http.ws_connect("/_sandbox/phone") as phone, http.ws_connect("/_sandbox/phone") as other:
            for one, identity in ((phone, "ann"), (other, "bea")):
                await one.send_json({"type": "register", "token": token(identity, ttl=1)})
                await wait_for(one, "registered")
            await other.send_json({"type": "token", "token": token("bea")})
            await wait_for(other, "token")
            assert (await wait_for(phone, "error"))["code"] == 20104
            await wait_for(phone, "unregistered")
            lost = await asyncio.to_thread(order, sandbox, "client:ann")
            await asyncio.to_thread(order, sandbox, "client:bea")
            await asyncio.to_thread(sandbox.advance, 2)
            assert (await asyncio.to_thread(sandbox.kinds, lost))[-1] == "call_failed"
            await wait_for(other, "incoming")

    on_the_net(sandbox, act)


def test_client_that_no_browser_was_is_simulated(sandbox: Sandbox) -> None:
    sid = order(sandbox, "client:nobody")
    sandbox.advance(5)
    assert "call_answered" in sandbox.kinds(sid)


def test_nonsense_on_a_socket_changes_nothing(sandbox: Sandbox) -> None:
    sid = order(sandbox, TO)

    async def act(http: aiohttp.ClientSession) -> None:
        async with http.ws_connect("/_sandbox/phone") as phone:
            await phone.send_str("{")
            await phone.send_str("[]")
            for kind in ("accept", "reject", "disconnect", "mute", "signal", "digits", "token", "unknown"):
                await phone.send_json({"type": kind, "call": sid, "token": token()})
            await phone.send_json({"type": "register", "token": token()})
            await wait_for(phone, "registered")

    on_the_net(sandbox, act)
    assert sandbox.get("calls")["calls"][0]["status"] == "queued"

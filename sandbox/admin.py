"""The admin API under /_sandbox: ledger, summary, faults, people, clock, and the hand on one phone.

Loopback tool, no sign-in.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from aiohttp import web

from sandbox import hand
from sandbox.callbacks.signature import read_shared_key
from sandbox.engine.clock import ScaledClock
from sandbox.engine.numerals import is_whole
from sandbox.faults import FaultRuleError, read_rules
from sandbox.ledger import iso_milliseconds
from sandbox.page.feed import FEED
from sandbox.people import PeopleFault, change_people
from sandbox.pump import VirtualPump
from sandbox.rest.context import CARRIER
from sandbox.ring_in import ring_in
from sandbox.summary import describe, summarise

LONGEST_RUN_SECONDS = 86_400.0


def admin_routes() -> list[web.RouteDef]:
    """Return the paths of the admin API."""
    return [
        web.get("/_sandbox/ledger", read_ledger),
        web.get("/_sandbox/summary", read_summary),
        web.post("/_sandbox/reset", reset),
        web.get("/_sandbox/faults", read_faults),
        web.post("/_sandbox/faults", arm_faults),
        web.get("/_sandbox/post", read_post),
        web.post("/_sandbox/post", change_post),
        web.get("/_sandbox/people", read_people),
        web.post("/_sandbox/people", change),
        web.get("/_sandbox/people/{number}", read_person),
        web.get("/_sandbox/clock", read_clock),
        web.post("/_sandbox/clock/advance", advance_clock),
        web.post("/_sandbox/inbound", ring_in),
        web.get("/_sandbox/calls", read_live_calls),
        web.post("/_sandbox/calls/{sid}", act_for_person),
    ]


async def read_ledger(request: web.Request) -> web.Response:
    """GET ledger?kind=call_*&sid=CA…&after=N&limit=N: entries in order."""
    query = request.query
    after, limit = _whole(query, "after", 0), _whole(query, "limit", 0)
    entries = list(request.app[CARRIER].ledger.read(query.get("kind", ""), query.get("sid", ""), after))
    return web.json_response({"entries": entries[:limit] if limit else entries})


async def read_summary(request: web.Request) -> web.Response:
    """GET summary?prospects=0 leaves the single calls out."""
    return web.json_response(summarise(request.app[CARRIER], with_prospects=request.query.get("prospects") != "0"))


async def reset(request: web.Request) -> web.Response:
    """POST reset: forget all calls, faults and entries."""
    request.app[CARRIER].reset()
    request.app[FEED].start_over()
    return web.json_response({"reset": True})


async def read_faults(request: web.Request) -> web.Response:
    """GET faults: the rules in force and how often each fault struck."""
    book = request.app[CARRIER].faults
    return web.json_response({"faults": [asdict(rule) for rule in book.rules()], "struck": book.struck})


async def arm_faults(request: web.Request) -> web.Response:
    """POST faults {"faults": [{"fault": …, "rate": …}]}: these rules and no others; "add": true keeps those before;
    {"clear": [name, …]} takes some out of force.
    """
    wanted, book = await _read_json(request), request.app[CARRIER].faults
    if "clear" in wanted:
        book.disarm([str(name) for name in wanted["clear"]])
        return await read_faults(request)
    try:
        rules = read_rules(wanted.get("faults"))
    except FaultRuleError as error:
        raise _bad(str(error)) from error
    if wanted.get("add"):
        book.add(rules)
    else:
        book.arm(rules)
    return await read_faults(request)


async def read_post(request: web.Request) -> web.Response:
    """GET post: how letters to the application are written."""
    options = request.app[CARRIER].courier.postman.options
    found = {"json_topics": sorted(options.json_topics), "verifies_tls": options.verifies_tls}
    return web.json_response({**found, "shared_key": options.shared_key.name if options.shared_key else None})


async def change_post(request: web.Request) -> web.Response:
    """POST post {"json_topics": ["call"], "shared_key": "name:secret", "verifies_tls": false}: the rest stays."""
    postman, wanted = request.app[CARRIER].courier.postman, await _read_json(request)
    options = postman.options
    try:
        if "json_topics" in wanted:
            options = replace(options, json_topics=frozenset(map(str, wanted["json_topics"])))
        if "shared_key" in wanted:
            options = replace(options, shared_key=read_shared_key(str(wanted["shared_key"] or "")))
    except (TypeError, ValueError) as error:
        raise _bad(str(error)) from error
    postman.options = replace(options, verifies_tls=bool(wanted.get("verifies_tls", options.verifies_tls)))
    return await read_post(request)


async def read_people(request: web.Request) -> web.Response:
    """GET people: the settings in force."""
    return web.json_response(asdict(request.app[CARRIER].people))


async def change(request: web.Request) -> web.Response:
    """POST people {"human": 0.4, "numbers": {"+41…": {"outcome": "busy"}}}: change some settings; numbers are added."""
    carrier, wanted = request.app[CARRIER], await _read_json(request)
    if isinstance(wanted.get("numbers"), Mapping):
        wanted["numbers"] = {**carrier.people.numbers, **wanted["numbers"]}
    try:
        carrier.people = change_people(carrier.people, wanted)
    except PeopleFault as error:
        raise _bad(str(error)) from error
    request.app[FEED].tell_settings()
    return await read_people(request)


async def read_person(request: web.Request) -> web.Response:
    """GET people/{number}: what holds for this number on every call."""
    carrier, number = request.app[CARRIER], request.match_info["number"]
    people = carrier.people
    agrees = carrier.draw(number, 1).agrees
    return web.json_response({"number": number, "is_agent": people.is_agent(number), "agrees": agrees})


async def read_clock(request: web.Request) -> web.Response:
    """GET clock: carrier time, and what another process needs to keep the same time."""
    carrier = request.app[CARRIER]
    clock = carrier.clock
    found: dict[str, object] = {"now": iso_milliseconds(clock.now()), "now_unix": clock.now(), "virtual": True}
    if isinstance(clock, ScaledClock):
        found |= {"virtual": False, "speed": clock.speed, "start_at": clock.start_at, "epoch_real": clock.epoch_real}
    next_at = carrier.board.agenda.next_at()
    found["next_at"] = iso_milliseconds(next_at) if next_at is not None else None
    return web.json_response(found)


async def advance_clock(request: web.Request) -> web.Response:
    """POST clock/advance {"seconds": 10} or {"until_idle": true}: virtual clock only."""
    pump, wanted = request.app[CARRIER].pump, await _read_json(request)
    if not isinstance(pump, VirtualPump):
        raise _bad("the clock runs by itself; start the sandbox with --virtual to move it")
    try:
        seconds = float(wanted.get("seconds", LONGEST_RUN_SECONDS))
    except (TypeError, ValueError) as error:
        raise _bad("seconds is a number") from error
    if seconds < 0:
        raise _bad("time does not run backwards")
    if wanted.get("until_idle"):
        await pump.run_until_idle(seconds)
    else:
        await pump.advance(seconds)
    return await read_clock(request)


async def read_live_calls(request: web.Request) -> web.Response:
    """GET calls?to=+41…: the calls that live now, of one number or of all."""
    calls, to = request.app[CARRIER].board.live_calls.values(), request.query.get("to")
    return web.json_response({"calls": [describe(call) for call in calls if to in (None, call.order.to)]})


async def act_for_person(request: web.Request) -> web.Response:
    """POST calls/{sid} {"do": one of `hand.DEEDS`, "what": …}: be the person called."""
    board, wanted = request.app[CARRIER].board, await _read_json(request)
    call = board.calls.get(request.match_info["sid"])
    if call is None:
        raise web.HTTPNotFound(text="no such call")
    try:
        hand.do(board, call, str(wanted.get("do", "")), str(wanted.get("what", "")))
    except hand.CannotDo as error:
        raise _bad(str(error)) from error
    return web.json_response(describe(call))


async def _read_json(request: web.Request) -> dict[str, Any]:
    text = await request.text()
    try:
        found = json.loads(text) if text else {}
    except json.JSONDecodeError as error:
        raise _bad(f"the body is not JSON: {error}") from error
    if not isinstance(found, dict):
        raise _bad("the body is a JSON object")
    return found


def _whole(query: Mapping[str, str], key: str, default: int) -> int:
    text = query.get(key, "")
    if text and not is_whole(text):
        raise _bad(f"{key} is a whole number")
    return int(text) if text else default


def _bad(text: str) -> web.HTTPBadRequest:
    return web.HTTPBadRequest(text=json.dumps({"error": text}), content_type="application/json")

"""The carrier's callbacks. Progress is kept in the inbox before it is answered; an answered call is instructed at once.

Both paths check the signature first. What is not genuine gets 403, and nothing of it is kept.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from fastapi import APIRouter, HTTPException, Request, Response
from sqlalchemy.exc import DBAPIError

from dialer import holds, keys_pressed, lifecycle
from dialer.inbox import Callback, InboxWriter
from dialer.wiring import Parts
from foundation.collisions import is_collision
from foundation.errors import Unavailable
from foundation.logs import get_logger
from telephony.carrier import CallReport, Instruction, Reported
from telephony.twilio.addresses import Addresses
from telephony.twilio.callbacks import callback_key
from telephony.twilio.signature import SIGNATURE_HEADER, SignatureCheck
from telephony.twilio.twiml import render

log = get_logger(__name__)

# Genuine callbacks are below 2 kB.
LARGEST_BODY = 32_768
KINDS = frozenset({"status", "room", "machine"})
LONGEST_CALL_ID = 40
# Answers wait for row locks and commits; so many can do so at once.
ANSWER_THREADS = 4


def told_in_any_case(step: Callable[[], Instruction]) -> Instruction:
    """What a step says to a person who is on the line. Where it collides with another one, it is taken once more.

    Steps that answer the carrier answer the same when they are asked again.
    """
    try:
        return step()
    except DBAPIError as error:
        if not is_collision(error):
            raise
        log.warning("answer_collided", error=type(error.orig).__name__)
        return step()


class _Answered(HTTPException):
    """The request is answered with a bare status: machines read no words."""


def answer_barely(_: Request, error: Exception) -> Response:
    """A bare status for what is not done."""
    assert isinstance(error, HTTPException)
    return Response(status_code=error.status_code, headers=error.headers)


def voice_router(parts: Parts, writer: InboxWriter) -> APIRouter:
    """The routes of the carrier's callbacks."""
    router = APIRouter(prefix="/twilio")
    check = SignatureCheck.from_settings(parts.settings)
    addresses = Addresses(parts.settings.public_url)
    # SQLite has one writer anyway; more threads would only queue behind each other.
    threads = ThreadPoolExecutor(1 if parts.database.is_sqlite else ANSWER_THREADS, thread_name_prefix="answer")

    async def instruct(step: Callable[[], Instruction]) -> Response:
        instruction = await asyncio.get_running_loop().run_in_executor(threads, partial(told_in_any_case, step))
        return Response(render(instruction, addresses), media_type="application/xml")

    @router.post("/answer/{call_id}")
    async def answer(call_id: str, request: Request) -> Response:
        fields = await genuine_fields(request, check)
        return await instruct(lambda: _answered(parts, call_id, fields))

    @router.post("/key/{call_id}")
    async def key(call_id: str, request: Request) -> Response:
        digits = (await genuine_fields(request, check)).get("Digits", "")
        return await instruct(lambda: keys_pressed.on_key(parts, call_id, digits, parts.clock.now()))

    @router.post("/hold/{call_id}")
    async def hold(call_id: str, request: Request) -> Response:
        await genuine_fields(request, check)
        return await instruct(lambda: holds.what_is_heard(parts, call_id))

    @router.post("/{kind}/{call_id}")
    async def report(kind: str, call_id: str, request: Request) -> Response:
        fields = await genuine_fields(request, check)
        if kind not in KINDS or len(call_id) > LONGEST_CALL_ID:
            raise _Answered(404)
        key = callback_key(kind, call_id, fields)
        try:
            await writer.keep(Callback(key, call_id, kind, fields, parts.clock.now()))
        except Unavailable as error:
            raise _Answered(503) from error  # the carrier tries again
        return Response(status_code=204)

    return router


async def genuine_fields(request: Request, check: SignatureCheck) -> dict[str, str]:
    """What the carrier has signed; refuses everything else."""
    body = await read_body(request)
    # As it came over the wire: what the carrier signed, whatever a proxy or a client says of the host.
    path = request.scope["raw_path"].decode("latin-1")
    query = request.scope["query_string"].decode("latin-1")
    signature = request.headers.get(SIGNATURE_HEADER, "")
    fields = check.read(f"{path}?{query}" if query else path, body, signature)
    if fields is None:
        log.warning("callback_refused", path=path[:80])
        raise _Answered(403)
    return fields


def _answered(parts: Parts, call_id: str, fields: dict[str, str]) -> Instruction:
    # The carrier asks again when it did not hear us: the same key, so that it is the same answer.
    report = CallReport(call_id, "answer", Reported.ANSWERED, carrier_sid=fields.get("CallSid", ""))
    return lifecycle.on_answered(parts, call_id, report, parts.clock.now())


async def read_body(request: Request) -> bytes:
    """The body, read no further than a genuine callback can be long."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST_BODY:
            raise _Answered(413)
    return body

"""The carrier's callbacks. Progress is kept in the inbox before it is answered; an answered call is instructed at once.

Both paths check the signature first. What is not genuine gets 403, and nothing of it is kept.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from fastapi import APIRouter, Request, Response

from dialer import lifecycle
from dialer.inbox import Callback, InboxWriter
from dialer.wiring import Parts
from foundation.logs import get_logger
from telephony.carrier import CallReport, Instruction, Reported
from telephony.twilio.addresses import Addresses
from telephony.twilio.callbacks import callback_key
from telephony.twilio.signature import SIGNATURE_HEADER, SignatureCheck
from telephony.twilio.twiml import render

log = get_logger(__name__)

# Genuine callbacks are below 2 kB.
LARGEST_BODY = 32_768
# Answers wait for row locks and commits; so many can do so at once.
ANSWER_THREADS = 16


def voice_router(parts: Parts, writer: InboxWriter) -> APIRouter:
    """The routes of the carrier's callbacks."""
    router = APIRouter(prefix="/twilio")
    check = SignatureCheck.from_settings(parts.settings)
    addresses = Addresses(parts.settings.public_url)
    # SQLite has one writer anyway; more threads would only queue behind each other.
    threads = ThreadPoolExecutor(1 if parts.database.is_sqlite else ANSWER_THREADS, thread_name_prefix="answer")

    async def genuine_fields(request: Request) -> dict[str, str] | None:
        body = await request.body()
        if len(body) > LARGEST_BODY:
            return None
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return check.read(path, body, request.headers.get(SIGNATURE_HEADER, ""))

    @router.post("/answer/{call_id}")
    async def answer(call_id: str, request: Request) -> Response:
        fields = await genuine_fields(request)
        if fields is None:
            return _refuse("answer")
        loop = asyncio.get_running_loop()
        instruction = await loop.run_in_executor(threads, _instruct, parts, call_id, fields)
        return Response(render(instruction, addresses), media_type="application/xml")

    @router.post("/{kind}/{call_id}")
    async def report(kind: str, call_id: str, request: Request) -> Response:
        fields = await genuine_fields(request)
        if fields is None:
            return _refuse(kind)
        if kind not in {"status", "room", "machine"}:
            return Response(status_code=404)
        key = callback_key(kind, call_id, fields)
        await asyncio.wrap_future(writer.put(Callback(key, call_id, kind, fields, parts.clock.now())))
        return Response(status_code=204)

    return router


def _instruct(parts: Parts, call_id: str, fields: dict[str, str]) -> Instruction:
    # The carrier asks again when it did not hear us: the same key, so that it is the same answer.
    report = CallReport(call_id, "answer", Reported.ANSWERED, carrier_sid=fields.get("CallSid", ""))
    return lifecycle.on_answered(parts, call_id, report, parts.clock.now())


def _refuse(kind: str) -> Response:
    log.warning("callback_refused", kind=kind)
    return Response(status_code=403)

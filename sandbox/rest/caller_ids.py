"""OutgoingCallerIds: numbers of others that the account has verified, and the call that verifies one."""

from __future__ import annotations

from hashlib import blake2b

from aiohttp import web

from sandbox.engine.lines import place
from sandbox.engine.orders import CallOrder, Program, Webhook
from sandbox.engine.ports import Report
from sandbox.engine.records import Call
from sandbox.engine.reports import call_params
from sandbox.rest.addresses import E164
from sandbox.rest.context import carrier_of
from sandbox.rest.errors import RestError
from sandbox.rest.forms import read_form, read_needed, read_number, read_webhook, text_field
from sandbox.rest.shelves import Kind, shelf_routes
from sandbox.rest.sign_in import require_active

CALLER_IDS = Kind(
    path="OutgoingCallerIds",
    key="outgoing_caller_ids",
    shelf=lambda office: office.caller_ids,
    fields=(text_field("FriendlyName", None),),
    filters=("PhoneNumber", "FriendlyName"),
    without=frozenset({"api_version"}),
)
TWILIOS_NUMBER = "+14157234000"
_PROMPT = "<Response><Say>Please enter your code</Say><Pause length='5'/></Response>"


async def request_validation(request: web.Request) -> web.Response:
    """POST /OutgoingCallerIds.json: call the number and ask for a code; 200.

    A person who answers is taken to have typed the code when the call is over; StatusCallback then hears of it.
    """
    form = await read_form(request)
    carrier, account = carrier_of(request), require_active(request)
    number = read_needed(form, "PhoneNumber", 21201)
    if not E164.fullmatch(number):
        raise RestError(21211, f"PhoneNumber {number} is not valid")
    if any(item.values["phone_number"] == number for item in carrier.office.caller_ids.of(account.sid)):
        raise RestError(21450, f"Phone number {number} is already verified for your account")
    name = CALLER_IDS.read_new(form)["friendly_name"] or number
    read_number(form, "CallDelay", 0, (0, 60))
    callback = read_webhook(form, "StatusCallback", "StatusCallbackMethod")
    call = place(carrier.board, CallOrder(account.sid, number, TWILIOS_NUMBER, Program(twiml=_PROMPT)))
    call.on_ended.append(lambda: _decide(request, call, str(name), callback))
    code = int.from_bytes(blake2b(call.sid.encode(), digest_size=4).digest(), "big") % 900_000 + 100_000
    body = {
        "account_sid": account.sid,
        "call_sid": call.sid,
        "friendly_name": name,
        "phone_number": number,
        "validation_code": str(code),
    }
    return web.json_response(body)


def _decide(request: web.Request, call: Call, name: str, callback: Webhook | None) -> None:
    carrier = carrier_of(request)
    is_person = call.answered_at is not None and call.behaviour is not None and call.behaviour.outcome == "human"
    outcome = [("VerificationStatus", "success" if is_person else "failed")]
    if is_person:
        values: dict[str, object] = {"phone_number": call.order.to, "friendly_name": name}
        item = carrier.office.caller_ids.add(carrier.board.mint.make("PN"), call.order.account_sid, values)
        outcome.append(("OutgoingCallerIdSid", item.sid))
    if callback is not None:
        params = (*call_params(call), *outcome)
        carrier.report(Report("call", "verification", call.sid, callback, params))


def caller_id_routes(base: str) -> list[web.RouteDef]:
    """Return the paths of the resource."""
    return [web.post(f"{base}/OutgoingCallerIds.json", request_validation), *shelf_routes(CALLER_IDS, base)]

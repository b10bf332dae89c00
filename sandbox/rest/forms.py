"""Reads the form of a create or update request into engine orders, refusing what Twilio refuses.

Nothing is placed here.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from urllib.parse import urlsplit

from aiohttp import web
from multidict import MultiDict, MultiMapping

from sandbox.engine.orders import CALL_EVENTS, CallOrder, Detection, Program, Subscription, Webhook
from sandbox.rest.errors import RestError

Form = MultiMapping[str]
LONGEST_TWIML = 4000
INVALID_PARAMETER = 20422
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_DIGITS = re.compile(r"[0-9#*wW]{1,32}")
# Twilio's magic numbers of its test credentials: the error each one provokes.
_MAGIC_TO = {
    "+15005550001": (21217, "The number {} does not appear to be valid"),
    "+15005550002": (21214, "The number {} cannot be reached"),
    "+15005550003": (21215, "The account may not call international numbers such as {}"),
    "+15005550004": (21216, "The account may not call {}: the number is on a block list"),
}
_MAGIC_BAD_FROM = "+15005550001"


async def read_form(request: web.Request) -> Form:
    """Return the posted parameters; files are not parameters. RestError when the body is not a form."""
    try:
        posted = await request.post()
    except ValueError as error:
        raise RestError(INVALID_PARAMETER, "The body cannot be read as a form in UTF-8") from error
    return MultiDict((key, value) for key, value in posted.items() if isinstance(value, str))


def read_call_order(form: Form, account_sid: str, owned_numbers: Collection[str]) -> CallOrder:
    """Read `POST /Calls.json`; RestError carries Twilio's code for what is missing or wrong."""
    to, caller = read_addresses(form, owned_numbers)
    program = read_program(form)
    if program is None:
        raise RestError(21205, "Url, Twiml or ApplicationSid is required")
    if form.get("SendDigits") and not _DIGITS.fullmatch(form["SendDigits"]):
        raise RestError(21206, "SendDigits may have up to 32 of 0-9, #, * and w")
    return CallOrder(
        account_sid=account_sid,
        to=to,
        caller=caller,
        program=program,
        subscription=read_subscription(form, "StatusCallback", "completed", CALL_EVENTS),
        ring_timeout_seconds=read_number(form, "Timeout", 60, (1, 600)),
        time_limit_seconds=read_number(form, "TimeLimit", 14400, (1, 86400)),
        # Digits sent on answer switch detection off, as on Twilio.
        detection=None if form.get("SendDigits") else read_detection(form, "AsyncAmdStatusCallback"),
    )


def read_addresses(form: Form, owned_numbers: Collection[str]) -> tuple[str, str]:
    """Read To and From; an empty `owned_numbers` lets any well-formed number call."""
    to, caller = form.get("To", "").strip(), form.get("From", "").strip()
    if not to:
        raise RestError(21201, "No 'To' number is specified")
    if not caller:
        raise RestError(21213, "No 'From' number is specified")
    if to in _MAGIC_TO:
        code, text = _MAGIC_TO[to]
        raise RestError(code, text.format(to))
    if not to.startswith(("client:", "sip:")) and not _E164.fullmatch(to):
        raise RestError(21211, f"The phone number you are attempting to call, {to}, is not valid")
    if caller == _MAGIC_BAD_FROM or not (caller.startswith("client:") or _E164.fullmatch(caller)):
        raise RestError(21212, f"The 'From' number {caller} is not a valid phone number")
    if owned_numbers and caller.startswith("+") and caller not in owned_numbers:
        raise RestError(21210, f"The source phone number {caller} is not verified or owned by the account")
    return to, caller


def read_program(form: Form) -> Program | None:
    """Read Url (which wins over Twiml), Method, FallbackUrl and Twiml; None when neither is there."""
    url = form.get("Url", "")
    if url:
        fallback = read_webhook(form, "FallbackUrl", "FallbackMethod")
        return Program(Webhook(_check_url(url, "Url"), _method(form, "Method")), fallback)
    twiml = form.get("Twiml", "")
    if twiml:
        if len(twiml) > LONGEST_TWIML:
            raise RestError(INVALID_PARAMETER, f"Twiml may have at most {LONGEST_TWIML} characters")
        return Program(twiml=twiml)
    if form.get("ApplicationSid"):
        raise RestError(21218, f"ApplicationSid {form['ApplicationSid']} is not valid: applications are not built here")
    return None


def read_webhook(form: Form, key: str, method_key: str) -> Webhook | None:
    """Read an optional URL and its method."""
    url = form.get(key, "")
    return Webhook(_check_url(url, key), _method(form, method_key)) if url else None


def read_subscription(form: Form, key: str, default: str, known: Collection[str]) -> Subscription | None:
    """Read a callback URL and its events: repeated keys; one value with spaces is taken as one unknown event."""
    webhook = read_webhook(form, key, f"{key}Method")
    if webhook is None:
        return None
    wanted = form.getall(f"{key}Event", [])
    events = frozenset(wanted or default.split()) & frozenset(known)
    return Subscription(webhook, events or frozenset(default.split()))


def read_detection(form: Form, callback_key: str) -> Detection | None:
    """Read the machine detection parameters; 21234 for a mode Twilio does not know."""
    mode = form.get("MachineDetection", "")
    if not mode or mode == "None":
        return None
    if mode not in ("Enable", "DetectMessageEnd"):
        raise RestError(21234, f"MachineDetection {mode} is neither Enable nor DetectMessageEnd")
    webhook = read_webhook(form, callback_key, f"{callback_key}Method")
    is_async = read_flag(form, "AsyncAmd") or callback_key == "AmdStatusCallback"
    if is_async and webhook is None:
        raise RestError(21262, f"Asynchronous machine detection needs {callback_key}")
    return Detection(
        mode="Enable" if mode == "Enable" else "DetectMessageEnd",
        is_async=is_async,
        webhook=webhook,
        timeout_seconds=read_number(form, "MachineDetectionTimeout", 30, (3, 59)),
        speech_threshold_seconds=_milliseconds(form, "MachineDetectionSpeechThreshold", 2400, (1000, 6000)),
        speech_end_threshold_seconds=_milliseconds(form, "MachineDetectionSpeechEndThreshold", 1200, (500, 5000)),
        silence_timeout_seconds=_milliseconds(form, "MachineDetectionSilenceTimeout", 5000, (2000, 10000)),
    )


def read_flag(form: Form, key: str, default: bool = False) -> bool:
    """Read a true/false parameter in any case."""
    return form[key].strip().lower() == "true" if form.get(key) else default


def read_number(form: Form, key: str, default: float, span: tuple[int, int]) -> float:
    """Read a whole number within a span (both ends included); RestError when it is not one."""
    text = form.get(key, "")
    if not text:
        return default
    lowest, highest = span
    if not text.isdigit() or not lowest <= int(text) <= highest:
        code = 21208 if key == "Timeout" else INVALID_PARAMETER
        raise RestError(code, f"{key} must be a whole number from {lowest} to {highest}")
    return float(text)


def _milliseconds(form: Form, key: str, default: int, span: tuple[int, int]) -> float:
    return read_number(form, key, default, span) / 1000.0


def _check_url(url: str, key: str) -> str:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        host = ""
    if not host or not url.startswith(("http://", "https://")):
        raise RestError(21205, f"{key} is not a valid URL: {url}")
    if key.endswith("StatusCallback") and "_" in host:
        raise RestError(21609, f"{key} has an underscore in its host name: {url}")
    return url


def _method(form: Form, key: str) -> str:
    method = form.get(key, "POST").upper()
    if method not in ("GET", "POST"):
        raise RestError(21209, f"{key} must be GET or POST")
    return method

"""Reads the nouns of a Dial into orders for child legs: whom to call, as whom, for how long, and with what detection.

Source: Twilio's `<Number>`, `<Client>` and `<Sip>` pages.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

from sandbox.engine.attributes import read_subscription, read_webhook
from sandbox.engine.orders import CallOrder, Detection, Params, Program
from sandbox.engine.records import Call
from sandbox.engine.twiml import Verb

LEG_NOUNS = ("Number", "Client", "Sip")
MOST_NOUNS = 10
NUMBER_INVALID = 13224
_NUMBER = re.compile(r"\+[1-9]\d{6,14}")


def read_leg(call: Call, verb: Verb, noun: Verb) -> CallOrder | None:
    """Read one noun; None when it names a number that cannot be called."""
    to, parameters = _read_address(noun)
    if noun.name == "Number" and not _NUMBER.fullmatch(to):
        return None
    return CallOrder(
        account_sid=call.order.account_sid,
        to=to,
        caller=verb.get("callerId") or call.order.caller,
        program=Program(),
        subscription=read_subscription(call, noun, "statusCallback", "completed"),
        ring_timeout_seconds=verb.seconds("timeout", 30.0),
        time_limit_seconds=verb.seconds("timeLimit", 14_400.0),
        detection=_read_detection(call, noun),
        direction="outbound-dial",
        parent_sid=call.sid,
        parameters=parameters,
        send_digits=noun.get("sendDigits"),
    )


def _read_address(noun: Verb) -> tuple[str, Params]:
    """Return the address, and what is handed to the phone: a client's Parameters, a SIP address's headers."""
    if noun.name == "Client":
        identity = next((child.text for child in noun.children if child.name == "Identity"), noun.text)
        found = [child for child in noun.children if child.name == "Parameter"]
        parameters = tuple((child.get("name"), child.get("value")) for child in found)
        return _with_prefix(identity, "client:"), parameters
    if noun.name == "Sip":
        address, _, headers = noun.text.partition("?")
        return _with_prefix(address, "sip:"), tuple(parse_qsl(headers, keep_blank_values=True))
    digits = re.sub(r"[^\d+]", "", noun.text)
    # Numbers of the US may be written without their country.
    is_short = re.fullmatch(r"[2-9]\d{9}", digits) is not None
    return f"+1{digits}" if is_short else digits, ()


def _with_prefix(address: str, prefix: str) -> str:
    return address if address.startswith(prefix) else prefix + address


def _read_detection(call: Call, noun: Verb) -> Detection | None:
    """Detection of a child leg never holds the talk back: what it finds is told to `amdStatusCallback`."""
    mode = noun.get("machineDetection")
    if mode not in ("Enable", "DetectMessageEnd"):
        return None
    return Detection(
        mode="Enable" if mode == "Enable" else "DetectMessageEnd",
        is_async=True,
        webhook=read_webhook(call, noun, "amdStatusCallback", "amdStatusCallbackMethod"),
        timeout_seconds=noun.seconds("machineDetectionTimeout", 30.0),
        speech_threshold_seconds=noun.seconds("machineDetectionSpeechThreshold", 2400.0) / 1000,
        speech_end_threshold_seconds=noun.seconds("machineDetectionSpeechEndThreshold", 1200.0) / 1000,
        silence_timeout_seconds=noun.seconds("machineDetectionSilenceTimeout", 5000.0) / 1000,
    )

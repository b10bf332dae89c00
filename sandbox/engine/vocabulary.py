"""The words of TwiML as data: every verb, noun and attribute, what it may hold, and how far it is built here.

The 12200 warnings and the tables in `docs/sandbox.md` both come from it. Source: Twilio's TwiML pages for voice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from sandbox.engine.numerals import is_whole
from sandbox.engine.twiml import Verb

State = Literal["done", "partly", "not"]


@dataclass(frozen=True, slots=True)
class Attribute:
    """What one attribute may hold: words, a span of whole numbers, or any text."""

    words: tuple[str, ...] = ()
    span: tuple[int, int] | None = None
    state: State = "done"
    remark: str = ""

    def objection(self, value: str) -> str | None:
        """Say what is wrong with a value; None when nothing is."""
        if self.words and value.strip().lower() not in {word.lower() for word in self.words}:
            return f"is none of {', '.join(self.words)}"
        if self.span is not None:
            lowest, highest = self.span
            if not is_whole(value.strip()) or not lowest <= int(value) <= highest:
                return f"is not a whole number from {lowest} to {highest}"
        return None


@dataclass(frozen=True, slots=True)
class Element:
    """A verb or noun: its attributes, what may stand inside it, and how far it is built."""

    attributes: dict[str, Attribute] = field(default_factory=dict)
    inside: tuple[str, ...] = ()
    state: State = "done"
    remark: str = ""


_TEXT, _FLAG, _METHOD = Attribute(), Attribute(("true", "false")), Attribute(("GET", "POST"))
_ANY_LENGTH = Attribute(span=(0, 86_400))
_LOOP = Attribute(span=(0, 1000), remark="0 plays a thousand times")
_SSML = ("break", "emphasis", "lang", "p", "phoneme", "prosody", "s", "say-as", "sub", "w")


def _unused(remark: str = "no effect") -> Attribute:
    return Attribute(state="not", remark=remark)


def _accepted(remark: str) -> Attribute:
    return Attribute(state="partly", remark=remark)


def _told(prefix: str, *, with_events: bool = True) -> dict[str, Attribute]:
    events = {f"{prefix}Event": _TEXT} if with_events else {}
    return {prefix: _TEXT, f"{prefix}Method": _METHOD} | events


_DETECTION = {
    "machineDetection": Attribute(("Enable", "DetectMessageEnd")),
    "machineDetectionTimeout": Attribute(span=(3, 60)),
    "machineDetectionSpeechThreshold": Attribute(span=(1000, 6000)),
    "machineDetectionSpeechEndThreshold": Attribute(span=(500, 5000)),
    "machineDetectionSilenceTimeout": Attribute(span=(2000, 10_000)),
    **_told("amdStatusCallback", with_events=False),
}
_RECORDED = {**_told("recordingStatusCallback"), "trim": Attribute(("trim-silence", "do-not-trim"))}
_WHISPER = {"url": _TEXT, "method": _METHOD}

VOCABULARY: dict[str, Element] = {
    "Response": Element(
        inside=(
            *("Say", "Play", "Pause", "Gather", "Dial", "Record", "Enqueue", "Leave", "Redirect", "Reject"),
            *("Hangup", "Refer", "Connect", "Start", "Stop", "Pay", "Prompt", "Sms", "Echo", "Message"),
        ),
        remark="an empty one hangs up",
    ),
    "Say": Element(
        {"loop": _LOOP, "voice": _accepted("nothing is synthesised"), "language": _accepted("nothing is synthesised")},
        inside=_SSML,
        remark="lasts as long as 15 characters a second take",
    ),
    "Play": Element(
        {"loop": _LOOP, "digits": _TEXT}, remark="fetched; WAV and MP3 last as long as their headers say, others 5 s"
    ),
    "Pause": Element({"length": _ANY_LENGTH}),
    "Gather": Element(
        {
            "input": Attribute(("dtmf", "speech", "dtmf speech", "speech dtmf")),
            "action": _TEXT,
            "method": _METHOD,
            "timeout": _ANY_LENGTH,
            "speechTimeout": Attribute(("auto", *map(str, range(61))), remark="auto: 1 s"),
            "maxSpeechTime": Attribute(span=(1, 60)),
            "numDigits": Attribute(span=(1, 1000)),
            "finishOnKey": Attribute((*"0123456789*#", "")),
            "actionOnEmptyResult": _FLAG,
            "bargeIn": _FLAG,
            **_told("partialResultCallback", with_events=False),
            "hints": Attribute(state="partly", remark="a hint that is said makes the confidence 0.99"),
            "language": _accepted("sent back as it is"),
            "profanityFilter": _accepted("what is said is passed on as it is"),
            "speechModel": _accepted("what is said is passed on as it is"),
            "enhanced": _accepted("what is said is passed on as it is"),
            "debug": _unused(),
        },
        inside=("Say", "Play", "Pause"),
    ),
    "Dial": Element(
        {
            "action": _TEXT,
            "method": _METHOD,
            "timeout": Attribute(span=(1, 600)),
            "timeLimit": Attribute(span=(1, 86_400)),
            "callerId": _TEXT,
            "hangupOnStar": _FLAG,
            "answerOnBridge": _FLAG,
            "sequential": _FLAG,
            "record": Attribute(
                (
                    *("do-not-record", "record-from-answer", "record-from-ringing"),
                    *("record-from-answer-dual", "record-from-ringing-dual", "true", "false"),
                )
            ),
            **_RECORDED,
            "recordingTrack": Attribute(("inbound", "outbound", "both")),
            "recordingConfigurationId": _unused(),
            "ringTone": _accepted("nothing is heard"),
            "referUrl": _unused(),
            "referMethod": _unused(),
            "events": _unused(),
            "passports": _unused(),
        },
        inside=("Number", "Client", "Sip", "Conference", "Queue", "Sim", "Application", "WhatsApp"),
    ),
    "Number": Element(
        {
            **_WHISPER,
            "sendDigits": _TEXT,
            "byoc": _unused(),
            **_told("statusCallback"),
            **_DETECTION,
        }
    ),
    "Client": Element({**_WHISPER, **_told("statusCallback")}, inside=("Identity", "Parameter")),
    "Identity": Element(),
    "Parameter": Element({"name": _TEXT, "value": _TEXT}),
    "Sip": Element(
        {
            **_WHISPER,
            "username": _accepted("not checked"),
            "password": _accepted("not checked"),
            **_told("statusCallback"),
            **_DETECTION,
        },
        remark="headers are those after `?` in the address",
    ),
    "Conference": Element(
        {
            "muted": _FLAG,
            "beep": Attribute(("true", "false", "onEnter", "onExit")),
            "startConferenceOnEnter": _FLAG,
            "endConferenceOnExit": _FLAG,
            "participantLabel": _TEXT,
            "coach": _TEXT,
            "maxParticipants": Attribute(span=(2, 250)),
            "waitUrl": _TEXT,
            "waitMethod": _METHOD,
            "record": Attribute(("do-not-record", "record-from-start", "true", "false")),
            **_RECORDED,
            **_told("statusCallback"),
            "recordingConfigurationId": _unused(),
            "jitterBufferSize": Attribute(("large", "medium", "small", "off"), state="partly", remark="adds no delay"),
            "region": _accepted("one region"),
            "eventCallbackUrl": _unused(),
        }
    ),
    "Queue": Element({**_WHISPER, "reservationSid": _unused(), "postWorkActivitySid": _unused()}),
    "Record": Element(
        {
            "action": _TEXT,
            "method": _METHOD,
            "timeout": Attribute(span=(0, 3600)),
            "finishOnKey": _TEXT,
            "maxLength": Attribute(span=(1, 14_400)),
            "playBeep": _FLAG,
            **_RECORDED,
            "recordingConfigurationId": _unused(),
            "transcribe": _unused("no transcription"),
            "transcribeCallback": _unused("no transcription"),
        }
    ),
    "Enqueue": Element(
        {
            "action": _TEXT,
            "method": _METHOD,
            "waitUrl": _TEXT,
            "waitUrlMethod": _METHOD,
            "maxQueueSize": Attribute(span=(1, 5000)),
            "workflowSid": _unused("no TaskRouter"),
        },
        inside=("Task",),
    ),
    "Task": Element(state="not", remark="no TaskRouter"),
    "Leave": Element(),
    "Redirect": Element({"method": _METHOD}),
    "Reject": Element({"reason": Attribute(("rejected", "busy"))}, remark="on inbound calls, before they are answered"),
    "Hangup": Element(),
    "Refer": Element({"action": _TEXT, "method": _METHOD}, inside=("Sip", "ReferSip"), remark="on SIP calls"),
    "ReferSip": Element(),
    **{
        name: Element(state="not")
        for name in ("Connect", "Start", "Stop", "Pay", "Prompt", "Sms", "Echo", "Message", "Sim", "Application")
    },
    "WhatsApp": Element(state="not"),
}


def warnings_of(verbs: Iterable[Verb], parent: str = "Response") -> list[str]:
    """Return what in a document is not TwiML, or is not run here; everything else of the document runs."""
    found: list[str] = []
    for verb in verbs:
        element = VOCABULARY.get(verb.name)
        if verb.name in _SSML and parent in ("Say", *_SSML):
            continue
        if element is None or verb.name not in VOCABULARY[parent].inside:
            found.append(f"{verb.name} is not allowed inside {parent}")
        elif element.state == "not":
            found.append(f"{verb.name} is not run here")
        else:
            found += _attribute_warnings(verb, element)
            found += warnings_of(verb.children, verb.name)
    return found


def _attribute_warnings(verb: Verb, element: Element) -> list[str]:
    found = []
    for name, value in verb.attributes.items():
        attribute = element.attributes.get(name)
        if attribute is None:
            found.append(f"{verb.name} has no attribute {name}")
        elif attribute.state == "not":
            found.append(f"{verb.name} {name} is not run here")
        elif (objection := attribute.objection(value)) is not None:
            found.append(f"{verb.name} {name}={value!r} {objection}")
    return found

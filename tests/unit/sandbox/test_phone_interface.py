"""The sandbox's phone says nothing that Twilio's Voice SDK does not say: one script of a page serves both."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
OURS = ROOT / "sandbox" / "page" / "files"
THEIRS = ROOT / "node_modules" / "@twilio" / "voice-sdk" / "es5" / "twilio"
# What device and call say to each other, and the emitter's own ways that the SDK inherits from Node's.
BETWEEN_US = {
    "device": {"say", "forget", "openVoice", "constructor"},
    "call": {"accepted", "settle", "take", "caption", "cancelled", "end", "voice", "constructor"},
}


def members(name: str) -> set[str]:
    """Public methods, accessors and fields of our class, without what only the two classes use."""
    text = (OURS / f"{name}.js").read_text(encoding="utf-8")
    body = text[text.index(f"class {name.capitalize()} ") :]
    body = body[: body.index("\n}\n")]
    methods = set(re.findall(r"^  (?:static |async )?(?:get )?(\w+)\([^)]*\) \{", body, re.MULTILINE))
    fields = set(re.findall(r"^    this\.(\w+) =", body, re.MULTILINE))
    return (methods | fields) - BETWEEN_US[name] - {"if", "for", "switch"}


@pytest.mark.parametrize("name", ["device", "call"])
def test_every_public_member_of_our_phone_is_one_of_twilios(name: str) -> None:
    theirs = set(re.findall(r"\b(\w+)\b", (THEIRS / f"{name}.d.ts").read_text(encoding="utf-8")))
    found = members(name)
    assert len(found) > 10
    assert found - theirs == set()


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("device", {"register", "unregister", "updateToken", "destroy", "disconnectAll", "calls", "state", "audio"}),
        ("call", {"accept", "reject", "ignore", "disconnect", "mute", "isMuted", "sendDigits", "status", "parameters"}),
    ],
)
def test_our_phone_has_what_a_desk_uses(name: str, wanted: set[str]) -> None:
    assert wanted - members(name) == set()


@pytest.mark.parametrize("name", ["device", "call"])
def test_states_and_events_have_twilios_names(name: str) -> None:
    ours = (OURS / f"{name}.js").read_text(encoding="utf-8")
    theirs = (THEIRS / f"{name}.js").read_text(encoding="utf-8")
    names = set(re.findall(r'^\s+(?:\w+: "(\w+)",? ?)', ours, re.MULTILINE)) | set(re.findall(r'emit\("(\w+)"', ours))
    assert len(names) > 3
    assert {one for one in names if f'"{one}"' not in theirs and f"'{one}'" not in theirs} == set()

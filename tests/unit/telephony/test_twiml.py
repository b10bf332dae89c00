"""Our instructions as the carrier reads them."""

import xml.etree.ElementTree as ET

import pytest

from telephony.carrier import AskForKey, HangUp, JoinRoom, Park, SayAndHangUp, SayOnHold
from telephony.twilio.addresses import Addresses
from telephony.twilio.twiml import render

ADDRESSES = Addresses("https://voice.example.com")


def read(document: str) -> ET.Element:
    """The document's root; what is no XML raises."""
    root = ET.fromstring(document)
    assert root.tag == "Response"
    return root


def test_room_outlives_an_agent_whose_line_may_be_lost() -> None:
    conference = read(render(Park("call_room", "call_leg", ends_room=False), ADDRESSES)).find("Dial/Conference")
    assert conference is not None
    assert (conference.text, conference.get("endConferenceOnExit")) == ("call_room", "false")


def test_contact_joins_the_agents_room_and_does_not_end_it_by_leaving() -> None:
    conference = read(render(JoinRoom("call_leg", "call_contact"), ADDRESSES)).find("Dial/Conference")
    assert conference is not None
    assert conference.text == "call_leg"
    wanted = {
        "participantLabel": "call_contact",
        "startConferenceOnEnter": "true",
        "endConferenceOnExit": "false",
        "jitterBufferSize": "small",
    }
    assert wanted.items() <= conference.attrib.items()
    assert "statusCallback" not in conference.attrib


def test_parked_agents_room_reports_joins_and_leaves_and_ends_with_the_agent() -> None:
    conference = read(render(Park("call_leg", "call_leg"), ADDRESSES)).find("Dial/Conference")
    assert conference is not None
    assert conference.text == "call_leg"
    assert conference.attrib["endConferenceOnExit"] == "true"
    assert {"join", "leave"} <= set(conference.attrib["statusCallbackEvent"].split())
    assert conference.attrib["statusCallback"].startswith("https://voice.example.com/twilio/room/call_leg#")
    assert conference.attrib["waitUrl"] == ""


@pytest.mark.parametrize(("language", "voice"), [("de", "de-DE"), ("fr", "fr-FR"), ("it", "it-IT"), ("en", "en-GB")])
def test_message_is_spoken_in_its_language_and_then_the_call_ends(language: str, voice: str) -> None:
    root = read(render(SayAndHangUp("Grüezi & <salut>", language), ADDRESSES))
    assert [child.tag for child in root] == ["Say", "Hangup"]
    assert root[0].text == "Grüezi & <salut>"
    assert root[0].attrib["language"] == voice


def test_a_key_may_be_pressed_while_the_message_is_spoken() -> None:
    root = read(render(SayAndHangUp("Grüezi", "de", "call_01"), ADDRESSES))
    assert [child.tag for child in root] == ["Gather", "Hangup"]
    assert root[0].attrib["action"].startswith("https://voice.example.com/twilio/key/call_01#")
    assert (root[0].attrib["numDigits"], root[0][0].tag) == ("1", "Say")


def test_whoever_is_asked_for_a_key_hears_it_twice() -> None:
    root = read(render(AskForKey("Drücken Sie die 1.", "de", "call_01"), ADDRESSES))
    assert [child.tag for child in root] == ["Gather", "Gather", "Hangup"]
    assert {child.attrib["action"].split("#")[0] for child in root[:2]} == {
        "https://voice.example.com/twilio/key/call_01"
    }


def test_message_in_a_language_without_a_voice_is_spoken_all_the_same() -> None:
    assert read(render(SayAndHangUp("Allegra", "rm"), ADDRESSES))[0].attrib["language"] == "en-GB"


def test_hanging_up_says_nothing() -> None:
    assert [child.tag for child in read(render(HangUp(), ADDRESSES))] == ["Hangup"]


@pytest.mark.parametrize(
    "address", [ADDRESSES.answer, ADDRESSES.status, ADDRESSES.machine, ADDRESSES.room, ADDRESSES.key, ADDRESSES.hold]
)
def test_each_callback_address_names_the_call_and_asks_for_retries_within_fifteen_seconds(address: object) -> None:
    assert callable(address)
    path, _, fragment = str(address("call_01")).partition("#")
    assert path.endswith("/call_01")
    wishes = dict(wish.split("=") for wish in fragment.split("&"))
    assert wishes["rp"] == "all"
    assert (1 + int(wishes["rc"])) * int(wishes["rt"]) <= 16_000
    assert 100 <= int(wishes["ct"]) <= 10_000


def test_whoever_is_on_hold_hears_so_and_then_silence_for_a_while() -> None:
    document = render(SayOnHold("Un instant, s’il vous plaît.", "fr"), ADDRESSES)
    assert '<Say language="fr-FR">Un instant, s’il vous plaît.</Say><Pause length="12" />' in document

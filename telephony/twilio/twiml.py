"""Our instructions, written as TwiML with Twilio's own builder.

Source: twilio.com/docs/voice/twiml/conference. A conference's callbacks are fixed by its first participant, which is
the agent's leg; a small jitter buffer keeps the delay between contact and agent near a fifth of a second.
"""

from typing import assert_never

from twilio.twiml.voice_response import VoiceResponse

from telephony.carrier import (
    AskAgain,
    AskForKey,
    HangUp,
    Instruction,
    JoinRoom,
    Park,
    SayAndHangUp,
    SayOnHold,
)
from telephony.twilio.addresses import Addresses

# So long a key is waited for, after the text was spoken for the first and the second time.
KEY_WAITS_SECONDS = (3, 6)
_SPOKEN = {"de": "de-DE", "fr": "fr-FR", "it": "it-IT", "en": "en-GB"}
# Between two announcements on hold.
_PEACE_SECONDS = 12


def render(instruction: Instruction, addresses: Addresses) -> str:
    """The TwiML document for an instruction."""
    response = VoiceResponse()
    match instruction:
        case JoinRoom(room, call_id):
            response.dial().conference(
                room,
                participant_label=call_id,
                start_conference_on_enter=True,
                end_conference_on_exit=False,
                beep="onEnter",  # the agent hears that somebody is on the line
                jitter_buffer_size="small",
            )
        case Park(room, call_id, ends_room):
            response.dial().conference(
                room,
                participant_label=call_id,
                start_conference_on_enter=True,
                end_conference_on_exit=ends_room,
                beep=False,
                jitter_buffer_size="small",
                wait_url=addresses.silence(),
                status_callback=addresses.room(call_id),
                status_callback_method="POST",
                status_callback_event="start end join leave",
            )
        case SayAndHangUp(text, language, call_id):
            spoken_by = response
            if call_id:
                spoken_by = response.gather(
                    input="dtmf", num_digits=1, timeout=3, action=addresses.key(call_id), method="POST"
                )
            spoken_by.say(text, language=_SPOKEN.get(language, "en-GB"))
            response.hangup()
        case AskForKey(text, language, call_id):
            _ask_for_key(response, text, language, addresses.key(call_id))
        case SayOnHold(text, language):
            response.say(text, language=_SPOKEN.get(language, "en-GB"))
            response.pause(length=_PEACE_SECONDS)
        case AskAgain(seconds, call_id):
            response.pause(length=seconds)
            response.redirect(addresses.answer(call_id), method="POST")
        case HangUp():
            response.hangup()
        case _:
            assert_never(instruction)
    return str(response)


def _ask_for_key(response: VoiceResponse, text: str, language: str, action: str) -> None:
    # Said again to whoever did not listen at first; a key ends it at once.
    for wait_seconds in KEY_WAITS_SECONDS:
        asked = response.gather(input="dtmf", num_digits=1, timeout=wait_seconds, action=action, method="POST")
        asked.say(text, language=_SPOKEN.get(language, "en-GB"))
    response.hangup()

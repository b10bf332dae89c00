"""A key pressed while the message for an abandoned call is spoken."""

from campaigns.tables import Contact
from compliance import do_not_call
from dialer import keys_pressed
from telephony.carrier import HangUp, SayAndHangUp
from tests.grounds import no_key
from tests.integration.dialer.floor import Floor


def is_blocked(floor: Floor, number: str) -> bool:
    with floor.database.reading() as session:
        return do_not_call.is_blocked(session, number, "any campaign", floor.now, no_key)


def test_nine_blocks_the_number_at_once_and_for_good(floor: Floor) -> None:
    floor.add_ready_agent("de")
    call_id = floor.ring(floor.add_campaign())
    number = floor.call(call_id).to_number
    for _ in range(2):  # the carrier may ask twice
        told = keys_pressed.on_key(floor.parts, call_id, "9", floor.now)
        assert isinstance(told, SayAndHangUp)
        assert not told.call_id
    assert is_blocked(floor, number)
    with floor.database.reading() as session:
        contact = session.get_one(Contact, floor.call(call_id).contact_id)
    assert (contact.status, contact.outcome) == ("done", "do_not_call")


def test_any_other_key_or_call_blocks_nobody(floor: Floor) -> None:
    floor.add_ready_agent("de")
    call_id = floor.ring(floor.add_campaign())
    for digits in ("", "1", "99", "#"):
        assert keys_pressed.on_key(floor.parts, call_id, digits, floor.now) == HangUp()
    assert keys_pressed.on_key(floor.parts, "call_none", "9", floor.now) == HangUp()
    assert not is_blocked(floor, floor.call(call_id).to_number)

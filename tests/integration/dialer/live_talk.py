"""An agent on the line with a customer who wants a partner at once, for tests of live transfers."""

from typing import Any

from dialer import drafts, keys_pressed, transfer_desk, transfer_rooms
from dialer.drafts import Noted
from dialer.transfer_tables import LiveTransfer
from leads.tables import Lead
from telephony.carrier import Instruction, Reported
from tests.integration.dialer.floor import Floor
from tests.integration.leads.lead_rows import add_partner, lead_row


class Talk:
    """An agent on the line with a customer who wants a partner at once, and partners who take live calls."""

    def __init__(self, floor: Floor, partners: int = 2, phone: str = "", **campaign: Any) -> None:
        self.floor = floor
        for number in range(partners):
            live_number = f"+4144668190{number}"
            add_partner(floor.database, f"P{number}", takes_live_calls=True, live_number=live_number)
        self.campaign_id = floor.add_campaign(1, allows_live_transfer=True, **campaign)
        self.agent_id = floor.add_ready_agent(phone=phone)
        self.room = floor.agent(self.agent_id).leg_call_id
        self.call_id = floor.talk(self.campaign_id)
        drafts.save_draft(floor.parts, self.agent_id, self.call_id, Noted(is_hot=True, notes="Hurry."), floor.now)
        floor.take_jobs()

    def ask(self) -> str:
        """Ask for a partner; the id of the call to the first one."""
        transfer_desk.ask_for_partner(self.floor.parts, self.agent_id, self.call_id, self.floor.now)
        return self.row.partner_call_id

    def pick_up(self, partner_call_id: str) -> Instruction:
        """The partner's phone is called and somebody answers; what they hear."""
        self.floor.place(partner_call_id)
        self.floor.report(partner_call_id, Reported.RINGING)
        return self.floor.answer(partner_call_id)

    def press(self, partner_call_id: str, key: str = "1") -> Instruction:
        """Somebody at the partner's presses a key; what they hear then."""
        return keys_pressed.on_key(self.floor.parts, partner_call_id, key, self.floor.now)

    def introduce(self) -> str:
        """Ask, answer, press, join; the id of the partner's call."""
        partner_call_id = self.ask()
        self.pick_up(partner_call_id)
        self.press(partner_call_id)
        self.floor.report(partner_call_id, Reported.JOINED)
        self.tend()
        return partner_call_id

    def tend(self) -> None:
        """What the job does."""
        transfer_rooms.tend_room(self.floor.parts, self.call_id, self.floor.now)

    def hand_over(self) -> None:
        """The agent leaves the two."""
        transfer_desk.hand_over(self.floor.parts, self.agent_id, self.call_id, self.floor.now)

    @property
    def row(self) -> LiveTransfer:
        """The transfer as it is now."""
        with self.floor.database.reading() as session:
            return session.get_one(LiveTransfer, self.call_id)

    @property
    def lead(self) -> Lead:
        """Its lead as it is now."""
        return lead_row(self.floor.database, self.row.lead_id)

    def is_told(self) -> bool:
        """Whether the carrier has confirmed that the room ends with customer and partner."""
        return self.row.pair_is_bound

    def sid(self, call_id: str) -> str:
        """The carrier's id of a call."""
        return self.floor.call(call_id).carrier_sid or ""

"""Writes the disclosure log where a partner's person is shown contacts."""

from collections.abc import Sequence
from datetime import datetime

from dialer.wiring import Parts
from leads.disclosures import Reader, Way, note_when_new
from web.access import Person


def note_shown(parts: Parts, person: Person, lead_ids: Sequence[str], way: Way, now: datetime) -> None:
    """Write down, before the answer leaves, that these contacts were shown to this person."""
    note_when_new(parts.database, lead_ids, Reader(person.partner_id, person.user_id, way), now)

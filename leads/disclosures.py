"""The disclosure log: which person of which partner was shown whose contact, when, and by which way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from foundation.database import Database, insert_unless_known
from leads.privacy_tables import Disclosure
from leads.tables import Lead, Partner

_SWISS_TIME = ZoneInfo("Europe/Zurich")
_LOT = 400


class Way(StrEnum):
    """How a contact came before somebody's eyes."""

    ACCEPTED = "accepted"
    PAGE = "page"
    API = "api"
    FILE = "file"


@dataclass(frozen=True)
class Reader:
    """A person of a partner who is shown something, and by which way."""

    partner_id: str
    user_id: str
    way: Way


@dataclass(frozen=True)
class Shown:
    """One line of the log. `company` is empty once the lead has been anonymised."""

    id: int
    at: datetime
    way: str
    lead_id: str
    company: str
    partner_id: str
    partner: str
    user_id: str


def note(session: Session, lead_ids: Sequence[str], reader: Reader, now: datetime) -> None:
    """Write down that these leads' contacts were shown; once a day is enough."""
    if not lead_ids:
        return
    row: dict[str, Any] = {"partner_id": reader.partner_id, "user_id": reader.user_id, "way": str(reader.way)}
    row |= {"day": now.astimezone(_SWISS_TIME).date(), "at": now}
    key = ("lead_id", "partner_id", "user_id", "way", "day")
    for lead_id in sorted(set(lead_ids)):  # each holds its lead: in the order of ids, as all who lock several
        insert_unless_known(session, Disclosure, [row | {"lead_id": lead_id}], key)


def note_when_new(database: Database, lead_ids: Sequence[str], reader: Reader, now: datetime) -> None:
    """The same where somebody only looks: nothing is written, and nobody waited for, when all is written already."""
    missing: list[str] = []
    with database.reading() as session:
        for start in range(0, len(lead_ids), _LOT):
            lot = list(lead_ids[start : start + _LOT])
            mine = select(Disclosure.lead_id).where(
                Disclosure.lead_id.in_(lot),
                Disclosure.partner_id == reader.partner_id,
                Disclosure.user_id == reader.user_id,
                Disclosure.way == reader.way,
                Disclosure.day == now.astimezone(_SWISS_TIME).date(),
            )
            known = set(session.scalars(mine))
            missing += [one for one in lot if one not in known]
    if missing:
        with database.transaction() as session:
            note(session, missing, reader, now)


@dataclass(frozen=True)
class Asked:
    """What the log is asked for: a lead, or all leads of a customer by its number or company. Empty: everything."""

    lead_id: str = ""
    customer: str = ""


def list_shown(session: Session, asked: Asked, before: str = "", limit: int = 50) -> list[Shown]:
    """One page of the log, the newest first."""
    query = _lines()
    if asked.lead_id:
        query = query.where(Disclosure.lead_id == asked.lead_id)
    if asked.customer:
        is_theirs = or_(Lead.phone_number == asked.customer, func.lower(Lead.company) == asked.customer.lower())
        query = query.where(is_theirs)
    if before.isdigit():
        query = query.where(Disclosure.id < int(before[:18]))
    return [Shown(*row) for row in session.execute(query.order_by(Disclosure.id.desc()).limit(limit))]


def who_was_shown(session: Session, lead_ids: Sequence[str]) -> dict[str, list[str]]:
    """The partners that were shown each of these leads, and who has it now."""
    found: dict[str, set[str]] = {lead_id: set() for lead_id in lead_ids}
    seen = select(Disclosure.lead_id, Disclosure.partner_id).where(Disclosure.lead_id.in_(lead_ids)).distinct()
    for lead_id, partner_id in session.execute(seen):
        found[lead_id].add(partner_id)
    has = select(Lead.id, Lead.partner_id).where(Lead.id.in_(lead_ids), Lead.partner_id.is_not(None))
    for lead_id, holder in session.execute(has):
        found[lead_id].add(str(holder))
    return {lead_id: sorted(partner_ids) for lead_id, partner_ids in found.items()}


def _lines() -> Select[int, datetime, str, str, str, str, str, str]:
    return (
        select(
            Disclosure.id,
            Disclosure.at,
            Disclosure.way,
            Disclosure.lead_id,
            Lead.company,
            Disclosure.partner_id,
            Partner.name,
            Disclosure.user_id,
        )
        .join(Lead, Lead.id == Disclosure.lead_id)
        .join(Partner, Partner.id == Disclosure.partner_id)
    )

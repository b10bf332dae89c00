"""Asks the gate about contacts, with the history of their numbers that only the dialer has."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import String, and_, bindparam, select, union
from sqlalchemy.orm import Session

from campaigns.contact_queue import CalledContact
from campaigns.tables import Campaign, Contact, ContactPhone
from compliance import gate, rule_files
from compliance.calling_hours import NoOpening, Place, first_opening, open_windows
from compliance.gate import Allowed, Blocked, Deferred, GateRequest
from compliance.gate_facts import GateFacts, Past, facts_record
from compliance.holiday_calendar import regions_of
from compliance.jurisdictions import find_jurisdiction
from dialer.call_states import CallStatus
from dialer.tables import Call
from dialer.wiring import Parts
from foundation.many_values import TextArray, is_one_of
from foundation.phone_number import country_of
from foundation.secret_key import derived_key
from foundation.utc_datetime import UtcDateTime

# Longer than any rule looks back; a contract test compares.
HISTORY_DAYS = 400
# Nothing is wrong with the contact: the whole campaign has to wait until somebody has seen to it.
HALTING = frozenset({"caller_number_not_listed", "register_not_checked"})
# These never reached the carrier, so no phone rang.
_NEVER_RANG = (CallStatus.QUEUED, CallStatus.NOT_PLACED, CallStatus.WITHDRAWN, CallStatus.REFUSED)
_TELLING_DISPOSITIONS = frozenset({"not_interested", "wrong_number"})
_OUTCOMES = {
    CallStatus.ABANDONED: "abandoned",
    CallStatus.HUNG_UP_BEFORE_BRIDGE: "hung_up_before_bridge",
    CallStatus.BUSY: "busy",
    CallStatus.NO_ANSWER: "no_answer",
    CallStatus.FAILED: "failed",
    CallStatus.CANCELED: "canceled",
    CallStatus.COMPLETED: "answered",
}
# Statements that are made once: making one costs as much as sending it.
_RANG = select(
    Call.id, Call.contact_id, Call.to_number, Call.placing_at, Call.status, Call.disposition, Call.answered_by
).where(
    Call.queued_at >= bindparam("since", type_=UtcDateTime),
    Call.placing_at.is_not(None),
    and_(*(Call.status != status for status in _NEVER_RANG)),
)
_RANG_NUMBER = _RANG.where(Call.to_number == bindparam("number", type_=String))
_RANG_ONE_OF = union(
    _RANG.where(is_one_of(Call.to_number, bindparam("numbers", type_=TextArray))),
    _RANG.where(is_one_of(Call.contact_id, bindparam("contacts", type_=TextArray))),
)
_FURTHER_NUMBERS = (
    select(ContactPhone.contact_id, ContactPhone.phone_number)
    .where(is_one_of(ContactPhone.contact_id, bindparam("contacts", type_=TextArray)))
    .order_by(ContactPhone.contact_id, ContactPhone.phone_number)
)


@dataclass(frozen=True)
class Verdict:
    """What the gate said, with what it was told, so that the decision can be replayed."""

    facts: GateFacts
    said: gate.Verdict

    @property
    def allows(self) -> bool:
        """Whether the number may be dialed now."""
        return isinstance(self.said, Allowed)

    @property
    def until(self) -> datetime | None:
        """When it may be dialed instead; None when never."""
        return self.said.until if isinstance(self.said, Deferred) else None

    @property
    def reason(self) -> str:
        """Why not, in one word."""
        return self.said.reason if isinstance(self.said, Deferred | Blocked) else ""

    @property
    def ground_id(self) -> str:
        """The lawful ground that the call rests on, where one is needed."""
        return self.said.ground if isinstance(self.said, Allowed) else ""

    @property
    def halts_campaign(self) -> bool:
        """Whether the same would be said of every contact."""
        return self.reason in HALTING

    def as_json(self) -> dict[str, Any]:
        """For the call's row: everything but the number itself, which the row has."""
        return {
            "at": self.facts.at.isoformat(),
            **gate.verdict_record(self.said),
            "facts": facts_record(self.facts),
            **rule_files.editions_in_use(self.facts.country),
        }


def ask(parts: Parts, session: Session, contact: Contact, call: Call, now: datetime) -> Verdict:
    """May this call leave now? It is not its own history."""
    asked = _Asked(contact, call.to_number, call.from_number)
    return _ask(parts, session, [asked], now, but_not=call.id)[0]


def ask_all(
    parts: Parts, session: Session, contacts: Sequence[CalledContact], caller_numbers: Sequence[str], now: datetime
) -> list[Verdict]:
    """May these contacts be dialed now, each shown its number? A handful of queries, however many they are."""
    asked = [
        _Asked(contact, contact.phone_number, number) for contact, number in zip(contacts, caller_numbers, strict=True)
    ]
    return _ask(parts, session, asked, now)


@dataclass(frozen=True)
class _Asked:
    """Whom to call, on which of their numbers, and which number they are shown."""

    contact: CalledContact
    number: str
    caller_number: str


def closed_until(campaign: Campaign, now: datetime) -> datetime | None:
    """When dialing opens again where it is closed for all of the campaign's country; None while open."""
    jurisdiction = find_jurisdiction(campaign.country)
    if jurisdiction is None:
        return None
    try:
        opening = first_opening(jurisdiction, now)
    except NoOpening:
        return None  # the gate says so of each contact, and it stays with the call
    return opening if opening > now else None


def has_rules(campaign: Campaign) -> bool:
    """Whether we know the rules of the campaign's country; where we do not, nobody is dialed."""
    return find_jurisdiction(campaign.country) is not None


def hours_left_today(campaign: Campaign, now: datetime) -> float:
    """How many lawful hours are left of this local day, where in the campaign's country there are most."""
    jurisdiction = find_jurisdiction(campaign.country)
    if jurisdiction is None:
        return 0.0
    most = 0
    for name in jurisdiction.time_zones:
        here = now.astimezone(ZoneInfo(name))
        minute = here.hour * 60 + here.minute
        for region in regions_of(jurisdiction):
            windows = open_windows(jurisdiction, Place(region), here.date())
            most = max(most, sum(max(0, end - max(start, minute)) for start, end in windows))
    return most / 60


def _ask(parts: Parts, session: Session, asked: Sequence[_Asked], now: datetime, *, but_not: str = "") -> list[Verdict]:
    contacts = [one.contact for one in asked]
    numbers = [
        (one.number, *(number for number in own if number != one.number))
        for one, own in zip(asked, all_numbers(session, contacts), strict=True)
    ]
    histories = _histories(session, contacts, numbers, now, but_not)
    requests = [_request_for(*one) for one in zip(asked, numbers, histories, strict=True)]

    def key_of() -> bytes:
        return derived_key(parts.settings, "do-not-call")

    return [Verdict(facts, said) for facts, said in gate.check_all(session, requests, now, key_of)]


def _request_for(asked: _Asked, numbers: tuple[str, ...], history: tuple[Past, ...]) -> GateRequest:
    """For one of the contact's numbers, by the rules of that number's own country. `numbers`: all, that one first."""
    contact = asked.contact
    country = contact.number_country if asked.number == contact.phone_number else country_of(asked.number)
    return GateRequest(
        phone_number=asked.number,
        country=country,
        # Cantons are Swiss: the same letters name states elsewhere, such as BE for Berlin.
        region=contact.canton if country == "CH" else "",
        time_zone=contact.time_zone,
        campaign_id=contact.campaign_id,
        caller_number=asked.caller_number,
        list_id=contact.list_id,
        uid=contact.uid,
        company=contact.company,
        other_numbers=numbers[1:],
        history=history,
    )


def all_numbers(session: Session, contacts: Sequence[CalledContact]) -> list[list[str]]:
    """All numbers of each contact, the next one to dial first."""
    numbers = {contact.id: [contact.phone_number] for contact in contacts}
    for contact_id, number in session.execute(_FURTHER_NUMBERS, {"contacts": numbers}):
        numbers[contact_id].append(number)
    return [list(dict.fromkeys(numbers[contact.id])) for contact in contacts]


def _histories(
    session: Session, contacts: Sequence[CalledContact], numbers: Sequence[tuple[str, ...]], now: datetime, but_not: str
) -> list[tuple[Past, ...]]:
    """The earlier calls to each contact: to it under whatever number, and to its numbers for whomever."""
    since = now - timedelta(days=HISTORY_DAYS)
    all_numbers = [number for own in numbers for number in own]
    asked = {"since": since, "numbers": all_numbers, "contacts": [contact.id for contact in contacts]}
    rows = session.execute(_RANG_ONE_OF, asked).all()
    if not rows:
        return [()] * len(contacts)
    by_number: dict[str, list[Any]] = {}
    by_contact: dict[str, list[Any]] = {}
    for row in rows:
        if row.id != but_not:
            by_number.setdefault(row.to_number, []).append(row)
            by_contact.setdefault(row.contact_id, []).append(row)
    found = []
    for contact, own_numbers in zip(contacts, numbers, strict=True):
        own = {row.id: row for row in by_contact.get(contact.id, ())}
        own |= {row.id: row for number in own_numbers for row in by_number.get(number, ())}
        calls = sorted(own.values(), key=lambda row: (row.placing_at, row.id))
        found.append(tuple(Past(row.placing_at, _outcome_of(row)) for row in calls))
    return found


def history_of_number(session: Session, phone_number: str, now: datetime) -> tuple[Past, ...]:
    """The earlier calls to a number, for whomever."""
    rows = session.execute(_RANG_NUMBER, {"since": now - timedelta(days=HISTORY_DAYS), "number": phone_number}).all()
    return tuple(Past(row.placing_at, _outcome_of(row)) for row in sorted(rows, key=lambda row: row.placing_at))


def _outcome_of(row: Any) -> str:
    if row.disposition in _TELLING_DISPOSITIONS:
        return str(row.disposition)
    if row.answered_by in {"machine", "fax"} or row.disposition == "answering_machine":
        return "machine"
    return _OUTCOMES.get(CallStatus(row.status), "")

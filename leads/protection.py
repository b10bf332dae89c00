"""Protection: the one place that writes it. A customer and solution belong to one partner for a while, openly.

It begins with an accepted lead or a registered deal, may be extended once on proof of activity, and ends by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, or_, select, update
from sqlalchemy.orm import Session

from foundation.database import Database
from foundation.errors import Conflict, Invalid, NotFound
from foundation.ids import new_id
from leads import delivery
from leads.business_clock import HOURS_OF_A_DAY, SWISS_TIME, BusinessCalendar, after_hours
from leads.credit_book import lock_credits
from leads.customer_identity import CustomerMark, marks_of
from leads.lead_book import Note, write_event
from leads.lead_facts import facts_of
from leads.promise_tables import ProtectionWindow
from leads.tables import Lead, PartnerRelation, Protection

PROTECTION_DAYS = 90
# Proof is asked for near the end, so that it says something of the days to come.
EXTENSION_OPENS_DAYS = 30
DECISION_DAYS = 3


@dataclass(frozen=True)
class Cover:
    """What is to be protected: a customer by its marks, a solution, and the lead or the registered deal behind it."""

    partner_id: str
    marks: Sequence[CustomerMark]
    solution: str
    lead_id: str = ""
    claim_id: str = ""


@dataclass(frozen=True)
class Activity:
    """What a partner did for the customer, and on which day."""

    text: str
    day: date


@dataclass(frozen=True)
class Decision:
    """What staff decides about something that a partner asked for."""

    is_granted: bool
    reason: str
    actor: str
    at: datetime


def local_day(moment: datetime) -> date:
    """The day in Switzerland."""
    return moment.astimezone(SWISS_TIME).date()


def protect_lead(session: Session, lead: Lead, partner_id: str, now: datetime) -> ProtectionWindow | None:
    """Protect a locked lead's customer for the partner that accepts it; None where another's protection runs."""
    marks = marks_of(lead.uid, lead.phone_number, lead.company)
    window = open_window(session, Cover(partner_id, marks, facts_of(lead).solution, lead.id), now)
    if window is None:
        write_event(session, lead.id, Note("protection_not_given", now, partner_id=partner_id))
    else:
        facts = {"until": window.until.isoformat()}
        write_event(session, lead.id, Note("protection_began", now, partner_id=partner_id, facts=facts))
    return window


def open_window(session: Session, cover: Cover, now: datetime) -> ProtectionWindow | None:
    """Begin a protection; None where another partner's runs for one of the marks, or nothing identifies the customer.

    Taken under the lock of credit, so that two partners do not begin at once.
    """
    lock_credits(session)
    today = local_day(now)
    if not cover.marks or is_protected_for_other(session, cover, today):
        return None
    window = ProtectionWindow(
        id=new_id("protection"),
        partner_id=cover.partner_id,
        solution=cover.solution,
        since=today,
        until=today + timedelta(days=PROTECTION_DAYS),
        lead_id=cover.lead_id,
        claim_id=cover.claim_id,
        status="running",
    )
    session.add(window)
    session.flush()
    session.add_all(
        Protection(
            partner_id=cover.partner_id,
            known_by=mark.known_by,
            customer_key=mark.key,
            solution=cover.solution,
            since=window.since,
            until=window.until,
            lead_id=cover.lead_id,
            window_id=window.id,
        )
        for mark in cover.marks
    )
    session.flush()
    return window


def is_protected_for_other(session: Session, cover: Cover, today: date) -> bool:
    """Whether the customer belongs to another partner today, for this solution."""
    found = session.scalar(_covering(cover, today).where(Protection.partner_id != cover.partner_id).limit(1))
    return found is not None


def is_protected_for(session: Session, cover: Cover, today: date) -> bool:
    """Whether the customer belongs to this partner today, for this solution."""
    found = session.scalar(_covering(cover, today).where(Protection.partner_id == cover.partner_id).limit(1))
    return found is not None


def end_of_lead(session: Session, lead_id: str, reason: str, now: datetime) -> None:
    """End the protections that a locked lead began: it was recalled or lost, or was no lead."""
    running = select(ProtectionWindow).where(ProtectionWindow.lead_id == lead_id, ProtectionWindow.status == "running")
    for window in session.scalars(running):
        end(session, window, reason, now)


def end(session: Session, window: ProtectionWindow, reason: str, now: datetime) -> None:
    """End a running protection before its time, for a reason: a code such as lost or revoked."""
    window.status = "ended"
    window.ended_at = now
    window.end_reason = reason
    # From today on routing finds nothing; the window keeps what was promised.
    _set_marks(session, window, local_day(now) - timedelta(days=1))
    _tell_history(session, window, "protection_ended", now, {"reason": reason})
    session.flush()


def ask_extension(
    session: Session, window_id: str, partner_id: str, activity: Activity, now: datetime
) -> ProtectionWindow:
    """Ask for another term, once, with proof of activity.

    Raises:
        NotFound: this partner has no such protection.
        Invalid: the proof is empty, or its day lies outside the protection.
        Conflict: it is over, was asked for before, or it is too early.
    """
    window = lock_window(session, window_id)
    if not partner_id or window.partner_id != partner_id:
        raise NotFound("there is no such protection")
    if window.status != "running" or window.extension:
        raise Conflict("this protection cannot be extended: it is over, or its extension was asked for before")
    today = local_day(now)
    if today < extension_opens(window):
        raise Conflict("an extension can be asked for in the last 30 days of the protection")
    text = activity.text.strip()[:1000]
    if not text or not window.since <= activity.day <= today:
        raise Invalid("say in a few words what you did, on which day of the protection")
    window.extension = "asked"
    window.activity = text
    window.activity_day = activity.day
    window.extension_asked_at = now
    window.extension_due_at = decision_due(now)
    _tell_history(session, window, "extension_asked", now)
    session.flush()
    return window


def decide_extension(session: Session, window_id: str, decision: Decision) -> ProtectionWindow:
    """Grant or refuse an extension. A refusal needs a reason, and lets a window lapse whose day has passed.

    Raises:
        NotFound: there is no such protection.
        Invalid: it is refused without a reason.
        Conflict: nobody asked, or it is decided, or the protection has ended meanwhile.
    """
    window = lock_window(session, window_id)
    if window.extension != "asked" or window.status != "running":
        raise Conflict("no extension waits for a decision here")
    reason = decision.reason.strip()[:1000]
    if not decision.is_granted and not reason:
        raise Invalid("say why it is refused: the partner reads it")
    window.extension = "granted" if decision.is_granted else "refused"
    window.extension_decided_at = decision.at
    window.extension_decided_by = decision.actor
    window.extension_reason = reason
    if decision.is_granted:
        window.until += timedelta(days=PROTECTION_DAYS)
        _set_marks(session, window, window.until)
    facts = {"until": window.until.isoformat()}
    _tell_history(session, window, f"extension_{window.extension}", decision.at, facts)
    _notify(session, window, f"extension_{window.extension}", decision.at)
    session.flush()
    return window


def lock_window(session: Session, window_id: str) -> ProtectionWindow:
    """A protection as it is now, ours until the transaction ends.

    Raises:
        NotFound: there is none with this id.
    """
    window = session.get(ProtectionWindow, window_id, with_for_update=True, populate_existing=True)
    if window is None:
        raise NotFound("there is no such protection")
    return window


def lapsed_windows(database: Database, now: datetime, at_most: int) -> list[str]:
    """The ids of running protections whose last day is over. Those with an extension to decide wait for it."""
    query = (
        select(ProtectionWindow.id)
        .where(
            ProtectionWindow.status == "running",
            ProtectionWindow.until < local_day(now),
            ProtectionWindow.extension != "asked",
        )
        .order_by(ProtectionWindow.until)
        .limit(at_most)
    )
    with database.reading() as session:
        return list(session.scalars(query))


def lapse(session: Session, window_id: str, now: datetime) -> ProtectionWindow | None:
    """Let a protection lapse openly, with its notice; None when it was extended or ended meanwhile."""
    window = lock_window(session, window_id)
    if window.status != "running" or window.until >= local_day(now) or window.extension == "asked":
        return None
    window.status = "lapsed"
    window.ended_at = now
    window.end_reason = "lapsed"
    _tell_history(session, window, "protection_lapsed", now)
    _notify(session, window, delivery.PROTECTION_LAPSED, now)
    session.flush()
    return window


def extension_opens(window: ProtectionWindow) -> date:
    """The first day on which an extension can be asked for."""
    return window.until - timedelta(days=EXTENSION_OPENS_DAYS)


def decision_due(asked_at: datetime, canton: str = "") -> datetime:
    """Until when staff decides what a partner asked for: three working days."""
    return after_hours(asked_at, DECISION_DAYS * HOURS_OF_A_DAY, BusinessCalendar(canton))


def _covering(cover: Cover, today: date) -> Select[int]:
    return select(Protection.id).where(
        or_(*(_is_customer(mark) for mark in cover.marks)) if cover.marks else Protection.id < 0,
        Protection.solution == cover.solution,
        Protection.since <= today,
        Protection.until >= today,
    )


def _is_customer(mark: CustomerMark) -> ColumnElement[bool]:
    return and_(Protection.known_by == mark.known_by, Protection.customer_key == mark.key)


def _set_marks(session: Session, window: ProtectionWindow, until: date) -> None:
    session.execute(
        update(Protection).where(Protection.window_id == window.id).values(until=until),
        execution_options={"synchronize_session": False},
    )
    if window.claim_id:
        # A registered deal is a relation for as long as it is protected.
        session.execute(
            update(PartnerRelation).where(PartnerRelation.claim_id == window.claim_id).values(until=until),
            execution_options={"synchronize_session": False},
        )


def _tell_history(
    session: Session, window: ProtectionWindow, what: str, now: datetime, facts: dict[str, str] | None = None
) -> None:
    if window.lead_id:
        write_event(session, window.lead_id, Note(what, now, partner_id=window.partner_id, facts=facts or {}))


def _notify(session: Session, window: ProtectionWindow, kind: str, now: datetime) -> None:
    notice = delivery.Notice(
        kind, window.id, window.partner_id, window.lead_id, facts={"until": window.until.isoformat()}
    )
    delivery.notify(session, notice, now)

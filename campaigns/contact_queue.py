"""The one door to a contact's place in line: status, `not_before` and outcome change here alone, with a history row.

Leaves to others: why a contact is tried again (`attempts`), whether it may be dialed now (compliance), the call itself.
"""

from datetime import datetime

from sqlalchemy import Select, func, literal, select, union_all
from sqlalchemy.orm import Session

from campaigns.languages import LANGUAGES
from campaigns.tables import Contact, ContactEvent, ContactStatus
from foundation.errors import NotFound


def reserve_next(session: Session, campaign_id: str, language: str, limit: int, now: datetime) -> list[Contact]:
    """Take up to `limit` due contacts of one language out of the line: kept promises first, then who waits longest.

    Rows that another transaction holds are passed over, so two tickers never take the same contact.
    """
    if limit <= 0:
        return []
    contacts = list(session.scalars(_locked_first(_promised(campaign_id, language, now), limit)))
    for contact in contacts:
        _move(session, contact, ContactStatus.RESERVED, "due", now=now)
    if len(contacts) < limit:
        session.flush()  # or the second look would find the promised ones again
        for contact in session.scalars(_locked_first(_due(campaign_id, language, now), limit - len(contacts))):
            _move(session, contact, ContactStatus.RESERVED, "due", now=now)
            contacts.append(contact)
    session.flush()
    return contacts


def give_back(  # noqa: PLR0913 - each argument is one column of the change
    session: Session,
    contact_id: str,
    *,
    not_before: datetime,
    why: str,
    now: datetime,
    attempted: bool,
    call_id: str = "",
    language: str = "",
) -> bool:
    """Put a reserved or fenced contact back in line for `not_before`; whether anything changed.

    `attempted` says that somebody's phone rang, or may have: it counts, and it settles a promised callback.
    `language`, when given, is the one that the contact turned out to speak.
    """
    contact = _locked(session, contact_id)
    if contact.status not in {ContactStatus.RESERVED, ContactStatus.FENCED}:
        return False
    if attempted:
        _count_attempt(contact, now)
        contact.promised_at = None
        contact.callback_agent_id = ""
    contact.not_before = not_before
    contact.language = language or contact.language
    _move(session, contact, ContactStatus.WAITING, why, now=now, call_id=call_id)
    return True


def fence(session: Session, contact_id: str, *, why: str, now: datetime, call_id: str) -> bool:
    """Keep everybody off a reserved contact: nobody knows yet whether its call exists. Whether anything changed."""
    contact = _locked(session, contact_id)
    if contact.status != ContactStatus.RESERVED:
        return False
    _move(session, contact, ContactStatus.FENCED, why, now=now, call_id=call_id)
    return True


def finish(  # noqa: PLR0913 - each argument is one column of the change
    session: Session, contact_id: str, *, outcome: str, now: datetime, attempted: bool, call_id: str = ""
) -> bool:
    """Take a contact out of the line for good, from wherever it stands; whether anything changed."""
    contact = _locked(session, contact_id)
    if contact.status == ContactStatus.DONE:
        return False
    if attempted:
        _count_attempt(contact, now)
    contact.promised_at = None
    contact.callback_agent_id = ""
    contact.outcome = outcome
    _move(session, contact, ContactStatus.DONE, outcome, now=now, call_id=call_id)
    return True


def promise_callback(  # noqa: PLR0913 - each argument is one column of the change
    session: Session, contact_id: str, *, at: datetime, agent_id: str, now: datetime, call_id: str
) -> bool:
    """Put a contact that was reached back in line for the moment it asked for; whether anything changed.

    It goes before those who merely wait. `agent_id` is who promised it; empty when anyone may call.
    """
    contact = _locked(session, contact_id)
    if contact.status == ContactStatus.DONE:
        return False
    if contact.status != ContactStatus.WAITING:
        _count_attempt(contact, now)
    contact.promised_at = at
    contact.not_before = at
    contact.callback_agent_id = agent_id
    _move(session, contact, ContactStatus.WAITING, "callback_promised", now=now, call_id=call_id)
    return True


def bring_back(session: Session, *, outcome: str, list_id: str, now: datetime) -> int:
    """Put those of a list back in line that were done for this reason, which no longer holds; how many they were."""
    wanted = (
        select(Contact)
        .where(Contact.list_id == list_id, Contact.status == ContactStatus.DONE, Contact.outcome == outcome)
        .order_by(Contact.id)
        .with_for_update()
    )
    brought_back = 0
    for contact in session.scalars(wanted):
        contact.outcome, contact.not_before = "", now
        _move(session, contact, ContactStatus.WAITING, "brought_back", now=now)
        brought_back += 1
    return brought_back


def count_due(session: Session, campaign_id: str, now: datetime, at_most: int) -> dict[str, int]:
    """How many contacts are due, by language; only languages that have any. Counting stops at `at_most` for each.

    The index answers it: the cost depends on `at_most`, not on how many wait.
    """
    counts = []
    for language in LANGUAGES:
        # The order changes nothing about the number. Without it a planner that expects to meet 15 matches soon may read
        # the table from its start, where in a long campaign all are done.
        due = _due(campaign_id, language, now).with_only_columns(literal(1).label("one")).limit(at_most).subquery()
        counts.append(select(literal(language).label("language"), func.count().label("due")).select_from(due))
    return {language: due for language, due in session.execute(union_all(*counts)) if due}


def waiting_languages(session: Session, campaign_id: str) -> frozenset[str]:
    """The languages of those who wait, due or not. One look at the index for each language."""
    return frozenset(
        language
        for language in LANGUAGES
        if session.scalar(_line(campaign_id, language).with_only_columns(literal(1)).limit(1)) is not None
    )


def next_due_at(session: Session, campaign_id: str, now: datetime) -> datetime | None:
    """When the next waiting contact comes due: `now` when one is due already, None when nobody waits."""
    moments = []
    for language in LANGUAGES:
        moment = session.scalar(_line(campaign_id, language).with_only_columns(Contact.not_before).limit(1))
        if moment is not None:
            moments.append(moment)
    return max(now, min(moments)) if moments else None


def _line(campaign_id: str, language: str) -> Select[Contact]:
    """Who waits, in the order of the index `ix_contacts_line`."""
    return (
        select(Contact)
        .where(
            Contact.campaign_id == campaign_id,
            Contact.status == ContactStatus.WAITING,
            Contact.language == language,
        )
        .order_by(Contact.not_before, Contact.id)
    )


def _due(campaign_id: str, language: str, now: datetime) -> Select[Contact]:
    return _line(campaign_id, language).where(Contact.not_before <= now)


def _promised(campaign_id: str, language: str, now: datetime) -> Select[Contact]:
    """Whose promised moment has come, in the order of `ix_contacts_promised`, which holds open promises alone.

    The empty texts keep planners from walking the whole line for them: they take from `ix_contacts_line` its use.
    """
    return (
        select(Contact)
        .where(
            Contact.campaign_id == campaign_id,
            Contact.promised_at.is_not(None),
            Contact.promised_at <= now,
            Contact.status + "" == ContactStatus.WAITING,
            Contact.language + "" == language,
            Contact.not_before <= now,
        )
        .order_by(Contact.promised_at, Contact.id)
    )


def _locked_first(line: Select[Contact], limit: int) -> Select[Contact]:
    """The head of a line, locked; rows that another transaction holds are passed over."""
    return line.limit(limit).with_for_update(skip_locked=True).execution_options(populate_existing=True)


def _locked(session: Session, contact_id: str) -> Contact:
    contact = session.get(Contact, contact_id, with_for_update=True, populate_existing=True)
    if contact is None:
        raise NotFound(f"There is no contact {contact_id}.")
    return contact


def _count_attempt(contact: Contact, now: datetime) -> None:
    contact.attempts_made += 1
    contact.last_attempt_at = now


def _move(  # noqa: PLR0913 - each argument is one column of the history row
    session: Session, contact: Contact, to_status: ContactStatus, why: str, *, now: datetime, call_id: str = ""
) -> None:
    session.add(
        ContactEvent(
            contact_id=contact.id,
            at=now,
            from_status=contact.status,
            to_status=to_status,
            why=why,
            call_id=call_id,
        )
    )
    contact.status = to_status
    contact.status_since = now

"""Claims: the one place that writes them. Partners claim relations and register deals; staff confirms or refuses.

A confirmed claim is a relation that routing honours; a registered deal is a protection too. Claiming everybody does
not pay: there is a cap, a part is checked on the phone, and what does not hold is revoked.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from foundation.errors import Conflict, Invalid, NotFound
from foundation.ids import new_id
from foundation.phone_number import parse_phone_number
from leads import delivery, protection
from leads.business_clock import SWISS_TIME
from leads.claim_tables import Claim, ClaimMark
from leads.credit_book import lock_credits
from leads.customer_identity import CustomerMark, marks_of, uid_key
from leads.facts import RELATION_KINDS, SOLUTIONS
from leads.partners import lock_partner
from leads.promise_tables import ProtectionWindow
from leads.protection import Cover, Decision, decision_due, local_day
from leads.tables import PartnerRelation

REGISTERED, RUNNING, PAST = RELATION_KINDS
ALREADY_PROTECTED = "already_protected"
# Caps against hoarding: asked a month, of each sort, and registered deals that run at once.
ASKED_A_MONTH = 10
DEALS_AT_ONCE = 20
# One claim of so many is checked by an agent on the phone.
ONE_IN = 5
_PAST_DAYS = 730
_LONGEST_CONTRACT = timedelta(days=5 * 366)


@dataclass(frozen=True)
class ClaimDraft:
    """What a partner says. The customer is known by at least one of company, uid and phone number.

    `evidence` says what proves it; for a registered deal, what the customer has confirmed. `until` is the last day of a
    running contract, and of a past project the day on which it ended.
    """

    kind: str
    company: str
    evidence: str
    since: date
    until: date | None = None
    person: str = ""
    uid: str = ""
    phone_number: str = ""
    solution: str = ""


def ask(session: Session, partner_id: str, draft: ClaimDraft, actor: str, now: datetime) -> Claim:
    """Claim a customer. What is protected for another partner is refused at once, and counts towards the cap all the
    same, so that asking around is no way to learn who is whose.

    Raises:
        NotFound: there is no such partner.
        Invalid: something is missing or cannot be.
        Conflict: the cap is reached, this was asked for before, or the partner is not active.
    """
    partner = lock_partner(session, partner_id)
    if not partner.is_active:
        raise Conflict("a partner that is resting cannot claim anything")
    marks = _checked(draft, local_day(now))
    lock_credits(session)
    _check_caps(session, partner_id, draft.kind, now)
    if _asked_before(session, partner_id, draft.kind, marks):
        raise Conflict("you have asked for this customer already")
    cover = Cover(partner_id, marks, draft.solution)
    if draft.kind == REGISTERED and protection.is_protected_for(session, cover, local_day(now)):
        raise Conflict("this customer is protected for you already")
    number = parse_phone_number(draft.phone_number, "CH") if draft.phone_number else None
    claim = Claim(
        id=new_id("claim"),
        partner_id=partner_id,
        kind=draft.kind,
        company=draft.company.strip()[:300],
        person=draft.person.strip()[:300],
        uid=uid_key(draft.uid),
        phone_number=number.e164 if number else "",
        solution=draft.solution,
        evidence=draft.evidence.strip()[:1000],
        since=draft.since,
        until=draft.until,
        status="asked",
        asked_at=now,
        asked_by=actor,
        due_at=decision_due(now),
    )
    session.add(claim)
    session.flush()
    session.add_all(ClaimMark(claim_id=claim.id, known_by=mark.known_by, customer_key=mark.key) for mark in marks)
    if draft.kind == REGISTERED and protection.is_protected_for_other(session, cover, local_day(now)):
        _refuse(session, claim, ALREADY_PROTECTED, Decision(False, "", "", now))
    session.flush()
    return claim


def decide(session: Session, claim_id: str, decision: Decision) -> Claim:
    """Confirm or refuse a claim. A deal whose customer is another's by now is refused whatever staff decides.

    Raises:
        NotFound: there is no such claim.
        Invalid: it is refused without a reason.
        Conflict: it is decided already.
    """
    claim = lock_claim(session, claim_id)
    if claim.status != "asked":
        raise Conflict("this claim is decided already")
    if not decision.is_granted:
        if not decision.reason.strip():
            raise Invalid("say why it is refused: the partner reads it")
        _refuse(session, claim, "", decision)
        return claim
    marks = marks_of(claim.uid, claim.phone_number, claim.company)
    if claim.kind == REGISTERED:
        window = protection.open_window(
            session, Cover(claim.partner_id, marks, claim.solution, "", claim.id), decision.at
        )
        if window is None:
            _refuse(session, claim, ALREADY_PROTECTED, decision)
            return claim
        claim.until = window.until
    claim.status = "confirmed"
    _note_decision(claim, decision)
    claim.spot_check = "wanted" if _is_drawn(claim.id) else ""
    _add_relations(session, claim, marks, decision.at)
    _notify(session, claim, delivery.CLAIM_CONFIRMED, decision.at)
    session.flush()
    return claim


def record_spot_check(session: Session, claim_id: str, decision: Decision) -> Claim:
    """Say whether a claim held when the customer was asked; one that did not is revoked, with a reason.

    Raises:
        NotFound: there is no such claim.
        Invalid: it did not hold, and no reason is given.
        Conflict: no check is wanted of it.
    """
    claim = lock_claim(session, claim_id)
    if claim.status != "confirmed" or claim.spot_check != "wanted":
        raise Conflict("no check of this claim is wanted")
    claim.spot_check = "held" if decision.is_granted else "failed"
    if not decision.is_granted:
        _revoke(session, claim, decision)
    session.flush()
    return claim


def revoke(session: Session, claim_id: str, decision: Decision) -> Claim:
    """Take back a confirmed claim: relation and protection end today.

    Raises:
        NotFound: there is no such claim.
        Invalid: no reason is given.
        Conflict: it is not confirmed.
    """
    claim = lock_claim(session, claim_id)
    if claim.status != "confirmed":
        raise Conflict("only a confirmed claim can be revoked")
    _revoke(session, claim, decision)
    return claim


def lock_claim(session: Session, claim_id: str) -> Claim:
    """A claim as it is now, ours until the transaction ends.

    Raises:
        NotFound: there is none with this id.
    """
    claim = session.get(Claim, claim_id, with_for_update=True, populate_existing=True)
    if claim is None:
        raise NotFound("there is no such claim")
    return claim


def _checked(draft: ClaimDraft, today: date) -> tuple[CustomerMark, ...]:
    if draft.kind not in RELATION_KINDS:
        raise Invalid("a claim is a registered deal, a running contract or a past project")
    if not draft.evidence.strip():
        raise Invalid("say what proves it")
    if draft.uid and not uid_key(draft.uid):
        raise Invalid("this is not a company number: write it as CHE-123.456.789")
    number = parse_phone_number(draft.phone_number, "CH") if draft.phone_number else None
    if draft.phone_number and number is None:
        raise Invalid("this is not a phone number")
    marks = marks_of(draft.uid, number.e164 if number else "", draft.company)
    if not draft.company.strip() or not marks:
        raise Invalid("name the customer's company")
    _check_kind(draft, today)
    return marks


def _check_kind(draft: ClaimDraft, today: date) -> None:
    if draft.kind == REGISTERED:
        if not draft.person.strip() or draft.solution not in SOLUTIONS:
            raise Invalid("a deal needs the customer's contact by name, and a solution")
    elif draft.kind == RUNNING:
        if draft.since > today or not draft.until or not today <= draft.until <= today + _LONGEST_CONTRACT:
            raise Invalid("a running contract has begun, and ends within five years")
    elif not draft.until or not draft.since <= draft.until <= today or (today - draft.until).days > _PAST_DAYS:
        raise Invalid("a past project ended within the last 24 months")


def _check_caps(session: Session, partner_id: str, kind: str, now: datetime) -> None:
    here = now.astimezone(SWISS_TIME)
    month = here.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    is_deal = Claim.kind == REGISTERED
    same_sort = is_deal if kind == REGISTERED else ~is_deal
    asked = select(func.count()).where(Claim.partner_id == partner_id, Claim.asked_at >= month, same_sort)
    if (session.scalar(asked) or 0) >= ASKED_A_MONTH:
        raise Conflict("you have claimed as much as is possible in one month")
    if kind == REGISTERED:
        waiting = select(func.count()).where(Claim.partner_id == partner_id, Claim.status == "asked", is_deal)
        running = select(func.count()).where(
            ProtectionWindow.partner_id == partner_id,
            ProtectionWindow.status == "running",
            ProtectionWindow.claim_id != "",
        )
        if (session.scalar(waiting) or 0) + (session.scalar(running) or 0) >= DEALS_AT_ONCE:
            raise Conflict("you have as many registered deals as is possible at once")


def _asked_before(session: Session, partner_id: str, kind: str, marks: tuple[CustomerMark, ...]) -> bool:
    same = or_(*(and_(ClaimMark.known_by == one.known_by, ClaimMark.customer_key == one.key) for one in marks))
    found = select(Claim.id).join(ClaimMark, ClaimMark.claim_id == Claim.id)
    found = found.where(Claim.partner_id == partner_id, Claim.kind == kind, Claim.status == "asked", same)
    return session.scalar(found.limit(1)) is not None


def _is_drawn(claim_id: str) -> bool:
    return int(hashlib.sha256(claim_id.encode()).hexdigest(), 16) % ONE_IN == 0


def _add_relations(session: Session, claim: Claim, marks: tuple[CustomerMark, ...], now: datetime) -> None:
    known = {
        (row.known_by, row.customer_key): row
        for row in session.scalars(
            select(PartnerRelation).where(
                PartnerRelation.partner_id == claim.partner_id, PartnerRelation.kind == claim.kind
            )
        )
    }
    for mark in marks:
        row = known.get((mark.known_by, mark.key))
        if row is None:
            row = PartnerRelation(
                partner_id=claim.partner_id, known_by=mark.known_by, customer_key=mark.key, kind=claim.kind
            )
            session.add(row)
        row.evidence = claim.evidence[:300]
        row.since = min(claim.since, local_day(now))
        row.until = claim.until
        row.recorded_at = now
        row.author = claim.asked_by
        row.claim_id = claim.id


def _refuse(session: Session, claim: Claim, refusal: str, decision: Decision) -> None:
    claim.status = "refused"
    claim.refusal = refusal
    _note_decision(claim, decision)
    _notify(session, claim, delivery.CLAIM_REFUSED, decision.at)
    session.flush()


def _revoke(session: Session, claim: Claim, decision: Decision) -> None:
    if not decision.reason.strip():
        raise Invalid("say why it is revoked: the partner reads it")
    claim.status = "revoked"
    _note_decision(claim, decision)
    rows = select(PartnerRelation).where(PartnerRelation.claim_id == claim.id)
    for row in session.scalars(rows):
        session.delete(row)
    windows = select(ProtectionWindow).where(
        ProtectionWindow.claim_id == claim.id, ProtectionWindow.status == "running"
    )
    for window in session.scalars(windows):
        protection.end(session, window, "revoked", decision.at)
    _notify(session, claim, delivery.CLAIM_REVOKED, decision.at)
    session.flush()


def _note_decision(claim: Claim, decision: Decision) -> None:
    claim.decided_at = decision.at
    claim.decided_by = decision.actor
    claim.reason = decision.reason.strip()[:1000]


def _notify(session: Session, claim: Claim, kind: str, now: datetime) -> None:
    facts = {"kind": claim.kind, "refusal": claim.refusal}
    delivery.notify(session, delivery.Notice(kind, claim.id, claim.partner_id, facts=facts), now)

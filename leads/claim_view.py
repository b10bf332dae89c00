"""Reads claims for partners and staff. Changes nothing; a partner's function finds nothing of anyone else's."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from foundation.errors import NotFound
from leads.claim_tables import Claim, ClaimMark
from leads.protection import local_day
from leads.tables import Partner, PartnerRelation


@dataclass(frozen=True)
class ClaimShown:
    """A claim. `is_over`: it counts no more; `is_late`: staff should have decided by now. `rivals` is for staff alone:
    the partners that claim the same customer, or serve it already.
    """

    id: str
    partner_id: str
    partner_name: str
    kind: str
    company: str
    person: str
    uid: str
    phone_number: str
    solution: str
    evidence: str
    since: date
    until: date | None
    status: str
    asked_at: datetime
    due_at: datetime
    decided_at: datetime | None
    refusal: str
    reason: str
    spot_check: str
    is_over: bool
    is_late: bool
    rivals: tuple[str, ...] = ()


def list_own(
    session: Session, partner_id: str, now: datetime, before_id: str = "", limit: int = 100
) -> list[ClaimShown]:
    """One page of this partner's claims, the newest first."""
    query = select(Claim, Partner.name).join(Partner, Partner.id == Claim.partner_id)
    query = query.where(Claim.partner_id == partner_id).order_by(Claim.id.desc()).limit(limit)
    if before_id:
        query = query.where(Claim.id < before_id)
    return [_shown(claim, name, now) for claim, name in session.execute(query)]


def view_own(session: Session, partner_id: str, claim_id: str, now: datetime) -> ClaimShown:
    """One of this partner's claims.

    Raises:
        NotFound: there is no such claim, or it is another partner's.
    """
    claim = session.get(Claim, claim_id)
    if claim is None or not partner_id or claim.partner_id != partner_id:
        raise NotFound("there is no such claim")
    return _shown(claim, session.get_one(Partner, partner_id).name, now)


def view_for_staff(session: Session, claim_id: str, now: datetime) -> ClaimShown:
    """Any claim.

    Raises:
        NotFound: there is none with this id.
    """
    claim = session.get(Claim, claim_id)
    if claim is None:
        raise NotFound("there is no such claim")
    return _shown(claim, session.get_one(Partner, claim.partner_id).name, now)


def list_to_decide(session: Session, now: datetime, limit: int = 100) -> list[ClaimShown]:
    """Claims that wait for staff, the overdue and most urgent on top, each with its rivals."""
    return _with_rivals(session, _staffs(session, Claim.status == "asked", now, limit), now)


def list_to_check(session: Session, now: datetime, limit: int = 100) -> list[ClaimShown]:
    """Confirmed claims of which a check on the phone is wanted."""
    return _staffs(session, and_(Claim.status == "confirmed", Claim.spot_check == "wanted"), now, limit)


def list_relations(session: Session, partner_id: str, limit: int = 200) -> list[PartnerRelation]:
    """The relations of a partner, the newest first."""
    query = select(PartnerRelation).where(PartnerRelation.partner_id == partner_id)
    return list(session.scalars(query.order_by(PartnerRelation.id.desc()).limit(limit)))


def _staffs(session: Session, wanted: ColumnElement[bool], now: datetime, limit: int) -> list[ClaimShown]:
    query = select(Claim, Partner.name).join(Partner, Partner.id == Claim.partner_id).where(wanted)
    rows = session.execute(query.order_by(Claim.due_at, Claim.id).limit(limit))
    return [_shown(claim, name, now) for claim, name in rows]


def _with_rivals(session: Session, claims: list[ClaimShown], now: datetime) -> list[ClaimShown]:
    return [replace(claim, rivals=_rivals(session, claim, now)) for claim in claims]


def _rivals(session: Session, claim: ClaimShown, now: datetime) -> tuple[str, ...]:
    mine, theirs, other = aliased(ClaimMark), aliased(ClaimMark), aliased(Claim)
    same = and_(theirs.known_by == mine.known_by, theirs.customer_key == mine.customer_key)
    claiming = (
        select(Partner.name)
        .join(other, other.partner_id == Partner.id)
        .join(theirs, theirs.claim_id == other.id)
        .join(mine, same)
        .where(mine.claim_id == claim.id, other.partner_id != claim.partner_id, other.status == "asked")
    )
    today = local_day(now)
    serving = (
        select(Partner.name)
        .join(PartnerRelation, PartnerRelation.partner_id == Partner.id)
        .where(
            PartnerRelation.partner_id != claim.partner_id,
            or_(PartnerRelation.until.is_(None), PartnerRelation.until >= today),
            exists().where(
                ClaimMark.claim_id == claim.id,
                ClaimMark.known_by == PartnerRelation.known_by,
                ClaimMark.customer_key == PartnerRelation.customer_key,
            ),
        )
    )
    return tuple(sorted({*session.scalars(claiming), *session.scalars(serving)}))


def _shown(claim: Claim, partner_name: str, now: datetime) -> ClaimShown:
    ends = claim.until or date.max
    return ClaimShown(
        id=claim.id,
        partner_id=claim.partner_id,
        partner_name=partner_name,
        kind=claim.kind,
        company=claim.company,
        person=claim.person,
        uid=claim.uid,
        phone_number=claim.phone_number,
        solution=claim.solution,
        evidence=claim.evidence,
        since=claim.since,
        until=claim.until,
        status=claim.status,
        asked_at=claim.asked_at,
        due_at=claim.due_at,
        decided_at=claim.decided_at,
        refusal=claim.refusal,
        reason=claim.reason,
        spot_check=claim.spot_check,
        is_over=claim.kind != "past" and ends < local_day(now),
        is_late=claim.status == "asked" and claim.due_at < now,
    )

"""Partners: the one place that writes them. Each change of what a partner offers is a new revision."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.errors import NotFound
from foundation.ids import new_id
from leads.customer_identity import company_key
from leads.facts import Profile
from leads.tables import Partner, PartnerRevision


@dataclass(frozen=True)
class Saved:
    """What became of a partner that was saved: the row, and whether it is new or changed."""

    partner: Partner
    change: str  # added, changed, unchanged


def profile_of(partner: Partner) -> Profile:
    """What a partner offers, as a value."""
    return Profile(
        name=partner.name,
        is_active=partner.is_active,
        languages=tuple(partner.languages),
        cantons=tuple(partner.cantons),
        postcodes=tuple(partner.postcodes),
        solutions=tuple(partner.solutions),
        min_employees=partner.min_employees,
        max_employees=partner.max_employees,
        weekly_capacity=partner.weekly_capacity,
        levels=tuple(partner.levels),
        home_postcode=partner.home_postcode,
        reach_km=partner.reach_km,
        min_complexity=partner.min_complexity,
        max_complexity=partner.max_complexity,
        excluded_customers=tuple(partner.excluded_customers),
        owner=partner.owner,
        absent=tuple((first, last) for first, last in partner.absent),
        weight_percent=partner.weight_percent,
        closed_days=tuple(partner.closed_days),
        grade=partner.grade,
        staff=partner.staff,
    )


def lock_partners(session: Session) -> Sequence[Partner]:
    """All partners, ours until the transaction ends. Always in the order of ids, so that nobody waits in a circle."""
    return session.scalars(
        select(Partner)
        .order_by(Partner.id)
        # The weaker lock: offers that refer to a partner may be written meanwhile.
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()


def save_partner(session: Session, profile: Profile, email: str, now: datetime) -> Saved:
    """Add a partner, or change the one whose name is the same but for case, accents and legal form.

    Whether a known partner is active is not changed: that is `set_active`.
    """
    partner = session.scalar(select(Partner).where(Partner.name_key == company_key(profile.name)))
    if partner is None:
        partner = Partner(id=new_id("partner"), name_key=company_key(profile.name), created_at=now, revision=1)
        _write(partner, profile, email, now)
        session.add(partner)
        session.flush()
        _keep_revision(session, partner, now)
        return Saved(partner, "added")
    profile = replace(profile, is_active=partner.is_active)
    if profile_of(partner) == profile and partner.email == email:
        return Saved(partner, "unchanged")
    partner.revision += 1
    _write(partner, profile, email, now)
    _keep_revision(session, partner, now)
    return Saved(partner, "changed")


def set_active(session: Session, partner_id: str, now: datetime, *, active: bool) -> Partner:
    """Let a partner take part in routing, or leave it out. Its live offers and leads stay as they are.

    Raises:
        NotFound: there is no such partner.
    """
    partner = session.get(Partner, partner_id, with_for_update=True, populate_existing=True)
    if partner is None:
        raise NotFound("there is no such partner")
    if partner.is_active != active:
        partner.revision += 1
        partner.is_active = active
        partner.updated_at = now
        _keep_revision(session, partner, now)
    return partner


def _write(partner: Partner, profile: Profile, email: str, now: datetime) -> None:
    partner.name = profile.name
    partner.email = email
    partner.is_active = profile.is_active
    partner.languages = list(profile.languages)
    partner.cantons = list(profile.cantons)
    partner.postcodes = list(profile.postcodes)
    partner.solutions = list(profile.solutions)
    partner.min_employees = profile.min_employees
    partner.max_employees = profile.max_employees
    partner.weekly_capacity = profile.weekly_capacity
    partner.levels = list(profile.levels)
    partner.home_postcode = profile.home_postcode
    partner.reach_km = profile.reach_km
    partner.min_complexity = profile.min_complexity
    partner.max_complexity = profile.max_complexity
    partner.excluded_customers = list(profile.excluded_customers)
    partner.owner = profile.owner
    partner.absent = [list(span) for span in profile.absent]
    partner.weight_percent = profile.weight_percent
    partner.closed_days = list(profile.closed_days)
    partner.grade = profile.grade
    partner.staff = profile.staff
    partner.updated_at = now


def _keep_revision(session: Session, partner: Partner, now: datetime) -> None:
    profile = profile_of(partner).to_json()
    session.add(PartnerRevision(partner_id=partner.id, revision=partner.revision, at=now, profile=profile))
    session.flush()

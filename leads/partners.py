"""Partners: the one place that writes them. Each change of what a partner offers is a new revision."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.errors import Conflict, NotFound
from foundation.ids import new_id
from foundation.one_writer import be_only_writer
from leads.credit_book import hold_credits
from leads.customer_identity import company_key
from leads.facts import Profile
from leads.tables import Partner, PartnerRevision

# They are unique, and a new one has no row to lock.
_NAMES = "partners' names"


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
        takes_live_calls=partner.takes_live_calls,
        live_number=partner.live_number,
        live_hours=partner.live_hours,
    )


def lock_partners(session: Session) -> Sequence[Partner]:
    """All partners and their names, ours until the transaction ends: none is added or renamed by anybody else.

    Names first and then rows in the order of ids, everywhere, so that nobody waits in a circle.
    """
    be_only_writer(session, _NAMES)
    return session.scalars(
        select(Partner)
        .order_by(Partner.id)
        # The weaker lock: offers that refer to a partner may be written meanwhile.
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()


def save_partner(
    session: Session, profile: Profile, email: str, now: datetime, given: frozenset[str] | None = None
) -> Saved:
    """Add a partner, or change the one whose name is the same but for case, accents and legal form.

    Whoever calls it has `lock_partners`, or two at once may both find the name free.
    `given` are the columns that say something: the others of a known partner stay as they are. Without it all say
    something but `is_active`, which is `set_active`'s.
    """
    partner = session.scalar(select(Partner).where(Partner.name_key == company_key(profile.name)))
    if partner is None:
        partner = Partner(id=new_id("partner"), name_key=company_key(profile.name), created_at=now, revision=1)
        partner.agreed_capacity = profile.weekly_capacity
        _write(partner, profile, email, now)
        session.add(partner)
        session.flush()
        _keep_revision(session, partner, now)
        return Saved(partner, "added")
    profile = _with_what_was_not_said(partner, profile, given)
    if given is not None and "email" not in given:
        email = partner.email
    partner.agreed_capacity = profile.weekly_capacity
    if profile_of(partner) == profile and partner.email == email:
        return Saved(partner, "unchanged")
    partner.revision += 1
    _write(partner, profile, email, now)
    _keep_revision(session, partner, now)
    return Saved(partner, "changed")


def change_partner(
    session: Session, partner_id: str, now: datetime, email: str | None = None, **changes: Any
) -> Partner:
    """Change some of what a partner offers, by fields of `Profile`.

    Raises:
        NotFound: there is no such partner.
        Conflict: another partner has this name.
    """
    if "name" in changes:
        be_only_writer(session, _NAMES)
    partner = lock_partner(session, partner_id)
    profile = replace(profile_of(partner), **changes)
    key = company_key(profile.name)
    if key != partner.name_key:
        if session.scalar(select(Partner.id).where(Partner.name_key == key)) is not None:
            raise Conflict("another partner has this name")
        partner.name_key = key
    email = partner.email if email is None else email
    if email != partner.email:
        # Routing remembers beside credit how partners are told. Before anything is written: it waits for routing.
        hold_credits(session)
    if profile != profile_of(partner):
        partner.revision += 1
        _write(partner, profile, email, now)
        _keep_revision(session, partner, now)
    partner.email = email
    return partner


def recent_changes(session: Session, partner_id: str, at_most: int = 10) -> list[tuple[datetime, list[str]]]:
    """The latest revisions of a partner, the newest first: when, and which fields changed."""
    rows = session.scalars(
        select(PartnerRevision)
        .where(PartnerRevision.partner_id == partner_id)
        .order_by(PartnerRevision.revision.desc())
        .limit(at_most + 1)
    ).all()
    # Read as values, so that a field that came later is no change of a revision from before it.
    told = [(row.at, Profile.from_json(row.profile).to_json()) for row in rows]
    return [
        (at, sorted(name for name in after if after[name] != before[name]))
        for (at, after), (_, before) in pairwise(told)
    ]


def agree_capacity(session: Session, partner_id: str) -> None:
    """What staff has just set is the most that the partner may set itself."""
    partner = lock_partner(session, partner_id)
    partner.agreed_capacity = partner.weekly_capacity
    session.flush()


def lock_partner(session: Session, partner_id: str) -> Partner:
    """A partner as it is now, ours until the transaction ends.

    Raises:
        NotFound: there is no such partner.
    """
    # The weaker lock, as above: whoever routes meanwhile writes offers that refer to partners.
    partner = session.get(Partner, partner_id, with_for_update={"key_share": True}, populate_existing=True)
    if partner is None:
        raise NotFound("there is no such partner")
    return partner


def set_active(session: Session, partner_id: str, now: datetime, *, active: bool) -> Partner:
    """Let a partner take part in routing, or leave it out. Its live offers and leads stay as they are.

    Raises:
        NotFound: there is no such partner.
    """
    partner = lock_partner(session, partner_id)
    if partner.is_active != active:
        partner.revision += 1
        partner.is_active = active
        partner.updated_at = now
        _keep_revision(session, partner, now)
    return partner


def _with_what_was_not_said(partner: Partner, profile: Profile, given: frozenset[str] | None) -> Profile:
    if given is None:
        return replace(profile, is_active=partner.is_active)
    said = given | ({"levels"} if "solutions" in given else set())
    before = profile_of(partner)
    kept = {one.name: getattr(before, one.name) for one in fields(Profile) if one.name not in said}
    return replace(profile, **kept)


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
    partner.takes_live_calls = profile.takes_live_calls
    partner.live_number = profile.live_number
    partner.live_hours = profile.live_hours
    partner.updated_at = now


def _keep_revision(session: Session, partner: Partner, now: datetime) -> None:
    profile = profile_of(partner).to_json()
    session.add(PartnerRevision(partner_id=partner.id, revision=partner.revision, at=now, profile=profile))
    session.flush()

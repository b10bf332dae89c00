"""Reads what accepting leads gives and asks, for partners and staff: first contacts, protections. Changes nothing."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from leads.claim_tables import Claim
from leads.promise_tables import FirstContact, ProtectionWindow
from leads.protection import extension_opens, local_day
from leads.tables import Lead, Partner


@dataclass(frozen=True)
class Promises:
    """What one partner was promised for a lead, and what it promised. `first_contact_due_at` is None once it is made,
    or when the lead is closed; `protected_until` is None where nothing is protected.
    """

    first_contact_due_at: datetime | None = None
    first_contact_made_at: datetime | None = None
    protection_id: str = ""
    protected_until: date | None = None


@dataclass(frozen=True)
class ProtectionShown:
    """A protection as its partner and staff see it. `company` is empty where the partner may not see the customer."""

    id: str
    partner_id: str
    partner_name: str
    company: str
    lead_id: str
    claim_id: str
    solution: str
    since: date
    until: date
    days_left: int
    status: str
    end_reason: str
    extension: str
    extension_opens: date
    activity: str
    activity_day: date | None
    extension_due_at: datetime | None
    extension_reason: str

    @property
    def can_be_extended(self) -> bool:
        """Whether its partner can ask for another term now."""
        is_open = self.status == "running" and not self.extension
        return is_open and self.days_left <= (self.until - self.extension_opens).days


def promises_of(session: Session, partner_id: str, lead_ids: Collection[str]) -> dict[str, Promises]:
    """The promises between a partner and us for its leads, by lead."""
    clocks = {
        row.lead_id: row
        for row in session.scalars(
            select(FirstContact).where(FirstContact.lead_id.in_(lead_ids), FirstContact.partner_id == partner_id)
        )
    }
    windows = {
        row.lead_id: row
        for row in session.scalars(
            select(ProtectionWindow).where(
                ProtectionWindow.lead_id.in_(lead_ids),
                ProtectionWindow.partner_id == partner_id,
                ProtectionWindow.status == "running",
            )
        )
    }
    return {
        lead_id: _promises(clocks.get(lead_id), windows.get(lead_id))
        for lead_id in lead_ids
        if lead_id in clocks or lead_id in windows
    }


def list_protections(
    session: Session, now: datetime, partner_id: str = "", *, only_running: bool = True, limit: int = 200
) -> list[ProtectionShown]:
    """Protections of one partner or of all, those that end first at the top."""
    query = (
        select(ProtectionWindow, Partner.name, Lead.company, Lead.partner_id, Claim.company)
        .join(Partner, Partner.id == ProtectionWindow.partner_id)
        .outerjoin(Lead, Lead.id == ProtectionWindow.lead_id)
        .outerjoin(Claim, Claim.id == ProtectionWindow.claim_id)
        .order_by(ProtectionWindow.until, ProtectionWindow.id)
        .limit(limit)
    )
    if partner_id:
        query = query.where(ProtectionWindow.partner_id == partner_id)
    if only_running:
        query = query.where(ProtectionWindow.status == "running")
    return [
        _shown(window, name, (company if owner == window.partner_id else "") or claimed, now)
        for window, name, company, owner, claimed in session.execute(query)
    ]


def extensions_to_decide(session: Session, now: datetime, limit: int = 100) -> list[ProtectionShown]:
    """Extensions that wait for staff, the most urgent first."""
    rows = session.execute(
        select(ProtectionWindow, Partner.name, func.coalesce(Lead.company, Claim.company))
        .join(Partner, Partner.id == ProtectionWindow.partner_id)
        .outerjoin(Lead, Lead.id == ProtectionWindow.lead_id)
        .outerjoin(Claim, Claim.id == ProtectionWindow.claim_id)
        .where(ProtectionWindow.extension == "asked", ProtectionWindow.status == "running")
        .order_by(ProtectionWindow.extension_due_at, ProtectionWindow.id)
        .limit(limit)
    )
    return [_shown(window, name, company, now) for window, name, company in rows]


def _promises(clock: FirstContact | None, window: ProtectionWindow | None) -> Promises:
    return Promises(
        first_contact_due_at=clock.due_at if clock and clock.next_at is not None else None,
        first_contact_made_at=clock.made_at if clock else None,
        protection_id=window.id if window else "",
        protected_until=window.until if window else None,
    )


def _shown(window: ProtectionWindow, partner_name: str, company: str | None, now: datetime) -> ProtectionShown:
    return ProtectionShown(
        id=window.id,
        partner_id=window.partner_id,
        partner_name=partner_name,
        company=company or "",
        lead_id=window.lead_id,
        claim_id=window.claim_id,
        solution=window.solution,
        since=window.since,
        until=window.until,
        days_left=max(0, (window.until - local_day(now)).days),
        status=window.status,
        end_reason=window.end_reason,
        extension=window.extension,
        extension_opens=extension_opens(window),
        activity=window.activity,
        activity_day=window.activity_day,
        extension_due_at=window.extension_due_at,
        extension_reason=window.extension_reason,
    )

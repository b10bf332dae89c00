"""Hears missed bells for leads: offers whose time is up, and open leads that nobody routed."""

from datetime import datetime

from sqlalchemy import select

from foundation.runtime import Runtime
from leads.facts import Policy
from leads.jobs import route_one
from leads.lead_states import LeadStatus
from leads.news import tell_browsers
from leads.offers import due_offers, time_out
from leads.tables import Lead

# How long an open lead waits for its job before the sweep routes it, on the wall.
PATIENCE_SECONDS = 30.0
AT_MOST = 100


def sweep_leads(runtime: Runtime, now: datetime, policy: Policy | None = None) -> int:
    """Time out offers that are due and move their leads on; route open leads past patience. Returns how many it moved.

    The look narrows; each lead is checked again under its lock, so that an answer that came meanwhile stands.
    """
    moved = 0
    for offer_id in due_offers(runtime.database, now, AT_MOST):
        with runtime.database.transaction() as session:
            offer = time_out(session, offer_id, now)
            if offer is None:
                continue
            tell_browsers(runtime, session, offer.lead_id, LeadStatus.OPEN, offer.partner_id)
        route_one(runtime, offer.lead_id, now, policy)
        moved += 1
    for lead_id in _left_open(runtime, now):
        moved += route_one(runtime, lead_id, now, policy).changed
    return moved


def _left_open(runtime: Runtime, now: datetime) -> list[str]:
    before = now - runtime.clock.real_seconds(PATIENCE_SECONDS)
    with runtime.database.reading() as session:
        return list(
            session.scalars(
                select(Lead.id)
                .where(Lead.status == LeadStatus.OPEN, Lead.status_since <= before)
                .order_by(Lead.status_since)
                .limit(AT_MOST)
            )
        )

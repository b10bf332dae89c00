"""Partners and leads for tests, and a runtime around a test database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from redis import Redis
from sqlalchemy import select

from foundation.clock import Clock
from foundation.database import Database
from foundation.live import Live
from foundation.queue import Queue
from foundation.runtime import Runtime
from foundation.settings import Settings
from leads.business_clock import AROUND_THE_CLOCK
from leads.facts import Policy, Profile
from leads.lead_book import LeadDraft, live_offer, open_lead
from leads.lead_states import DeclineReason
from leads.offers import Decline, Reply, decline
from leads.partners import save_partner
from leads.routing import Routed, route
from leads.tables import Lead, LeadEvent, Offer

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday, ten o'clock in Switzerland
# Every hour counts, so that tests of other things need not reckon with nights.
POLICY = Policy(business_hours=AROUND_THE_CLOCK)
PROFILE = Profile("", True, ("de",), ("ZH",), (), ("erp",), None, None, 10)
DRAFT = LeadDraft(
    call_id="call_1",
    contact_id="contact_1",
    campaign_id="campaign_1",
    company="Beispiel Bau AG",
    person="Kim Beispiel",
    phone_number="+41446681800",
    email="kim@example.ch",
    language="de",
    postcode="8005",
    canton="ZH",
    employees=40,
    uid="",
    existing_partner="",
    answers={"solution": "erp", "need": "new books", "seats": "20"},
    notes="Call after ten.",
)


def add_partner(database: Database, name: str, **changes: Any) -> str:
    """A partner that fits DRAFT unless `changes` say otherwise; its id."""
    with database.transaction() as session:
        profile = replace(PROFILE, name=name, **changes)
        return save_partner(session, profile, f"{name.casefold()}@example.ch", NOW).partner.id


def add_lead(database: Database, number: int = 1, **changes: Any) -> str:
    """An open lead; its id."""
    with database.transaction() as session:
        return open_lead(session, replace(DRAFT, call_id=f"call_{number}", **changes), NOW).id


def route_now(database: Database, lead_id: str, hours_later: float = 0.0) -> Routed:
    """Route one lead as the job does."""
    with database.transaction() as session:
        return route(session, lead_id, POLICY, NOW + timedelta(hours=hours_later))


def lead_row(database: Database, lead_id: str) -> Lead:
    """The lead as it is now."""
    with database.reading() as session:
        return session.get_one(Lead, lead_id)


def offers_of(database: Database, lead_id: str) -> list[Offer]:
    """The lead's offers, the first one first."""
    with database.reading() as session:
        return list(session.scalars(select(Offer).where(Offer.lead_id == lead_id).order_by(Offer.number)))


def history_of(database: Database, lead_id: str) -> list[str]:
    """What happened to the lead, in order."""
    with database.reading() as session:
        rows = session.scalars(select(LeadEvent).where(LeadEvent.lead_id == lead_id).order_by(LeadEvent.id))
        return [row.what for row in rows]


def runtime_for(database: Database, redis: Redis, **settings_changed: Any) -> Runtime:
    """A runtime around a test's database and Redis."""
    changed = {"business_hours": AROUND_THE_CLOCK} | settings_changed
    settings = Settings(_env_file=None, database_url=database.url, **changed)
    return Runtime(settings, Clock(), database, redis, Queue(redis), Live(redis))


def decline_live(database: Database, lead_id: str, reason: DeclineReason = DeclineReason.NO_CAPACITY) -> str:
    """Let the partner that has the lead before it decline; the partner's id."""
    with database.transaction() as session:
        offer = live_offer(session, lead_id)
        assert offer is not None
        decline(session, offer.id, Decline(reason), Reply(offer.partner_id, "user_1", NOW))
        return offer.partner_id

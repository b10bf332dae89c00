"""What of leads has been kept long enough: each kind with what is due, and letting a lot of it go.

When that happens is `dialer.retention`'s.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, delete, func, select
from sqlalchemy.orm import Session

from foundation.settings import Settings
from leads.anonymising import anonymise_lead
from leads.delivery import PENDING
from leads.delivery_tables import DeliveryTry
from leads.lead_book import lock_lead
from leads.lead_states import LeadOutcome, OfferStatus
from leads.privacy_tables import Disclosure
from leads.tables import Delivery, Lead, Offer

Ids = list[str] | list[int]


@dataclass(frozen=True)
class Kept:
    """One kind of thing that is not kept for ever: what is due, counted, and letting at most so many of it go.

    `let_go` takes a session, the moment, and how many at most; it returns how many it let go.
    """

    name: str
    days: int
    count: Callable[[Session, datetime], int]
    let_go: Callable[[Session, datetime, int], int]


def kinds(settings: Settings) -> tuple[Kept, ...]:
    """All kinds, in the order in which they go."""
    return (
        kept_for("offers", settings.keep_offers_days, _old_offers, _clear_offers),
        kept_for("lost_leads", settings.keep_lost_leads_days, _lost_leads, _anonymise),
        kept_for("won_leads", settings.keep_won_leads_days, _won_leads, _anonymise),
        kept_for("disclosures", settings.keep_disclosures_days, _old_disclosures, _delete_disclosures),
        kept_for("messages", settings.keep_messages_days, _old_messages, _delete_messages),
    )


def kept_for(
    name: str,
    days: int,
    due: Callable[[datetime], Select[str] | Select[int]],
    act: Callable[[Session, Ids, datetime], None],
) -> Kept:
    """A kind of things: `due` gives the ids of those that are older than a moment, `act` lets them go."""
    span = timedelta(days=days)

    def count(session: Session, now: datetime) -> int:
        return session.scalars(select(func.count()).select_from(due(now - span).subquery())).one()

    def let_go(session: Session, now: datetime, at_most: int) -> int:
        ids = list(session.scalars(due(now - span).limit(at_most)))
        if ids:
            act(session, ids, now)
        return len(ids)

    return Kept(name, days, count, let_go)


def _old_offers(before: datetime) -> Select[str]:
    over = Offer.status.not_in((OfferStatus.LIVE, OfferStatus.ACCEPTED))
    return select(Offer.id).where(over, Offer.ended_at <= before, Offer.cleared_at.is_(None)).order_by(Offer.ended_at)


def _clear_offers(session: Session, ids: Ids, now: datetime) -> None:
    for offer in session.scalars(select(Offer).where(Offer.id.in_(ids)).with_for_update()):
        offer.teaser, offer.decline_text, offer.cleared_at = {}, "", now
    session.flush()


def _lost_leads(before: datetime) -> Select[str]:
    return _closed(before, Lead.outcome != LeadOutcome.WON)


def _won_leads(before: datetime) -> Select[str]:
    return _closed(before, Lead.outcome == LeadOutcome.WON)


def _closed(before: datetime, how: ColumnElement[bool]) -> Select[str]:
    due = select(Lead.id).where(Lead.closed_at <= before, Lead.anonymised_at.is_(None), how)
    return due.order_by(Lead.closed_at)


def _anonymise(session: Session, ids: Ids, now: datetime) -> None:
    for lead_id in sorted(map(str, ids)):  # in the order of ids, as whoever forgets a customer
        anonymise_lead(session, lock_lead(session, lead_id), now)


def _old_disclosures(before: datetime) -> Select[int]:
    return select(Disclosure.id).where(Disclosure.at <= before).order_by(Disclosure.id)


def _delete_disclosures(session: Session, ids: Ids, now: datetime) -> None:
    session.execute(delete(Disclosure).where(Disclosure.id.in_(ids)))


def _old_messages(before: datetime) -> Select[int]:
    return select(Delivery.id).where(Delivery.created_at <= before, Delivery.status != PENDING).order_by(Delivery.id)


def _delete_messages(session: Session, ids: Ids, now: datetime) -> None:
    session.execute(delete(DeliveryTry).where(DeliveryTry.delivery_id.in_(ids)))
    session.execute(delete(Delivery).where(Delivery.id.in_(ids)))

"""The routing policy of a running program: the one that was adopted last, else the one that settings describe."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.settings import Settings
from leads.facts import Policy
from leads.policy_tables import PolicyChange
from leads.tables import RoutingPolicy

ADOPTED = "adopted"


def current_policy(session: Session, settings: Settings) -> Policy:
    """The policy under which leads are decided now."""
    latest = (
        select(RoutingPolicy.dials)
        .join(PolicyChange, PolicyChange.mark == RoutingPolicy.mark)
        .where(PolicyChange.what == ADOPTED)
        .order_by(PolicyChange.id.desc())
        .limit(1)
    )
    dials = session.scalar(latest)
    return policy_of(settings) if dials is None else Policy.from_json(dials)


def policy_of(settings: Settings) -> Policy:
    """The policy that these settings describe."""
    return Policy(
        offer_ttl_hours=settings.offer_hours,
        hot_ttl_hours=settings.hot_offer_hours,
        first_contact_hours=settings.first_contact_hours,
        business_hours=settings.business_hours,
    )

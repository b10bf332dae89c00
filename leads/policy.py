"""The routing policy of a running program: the fixed dials, and those that a setting turns."""

from foundation.settings import Settings
from leads.facts import Policy


def policy_of(settings: Settings) -> Policy:
    """The policy that these settings describe."""
    return Policy(
        offer_ttl_hours=settings.offer_hours,
        hot_ttl_hours=settings.hot_offer_hours,
        first_contact_hours=settings.first_contact_hours,
        business_hours=settings.business_hours,
    )

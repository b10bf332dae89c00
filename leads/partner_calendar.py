"""Whose business hours count for a partner: its canton and closed days, from what it offers. Pure."""

from datetime import date

from foundation.postcodes import places_of
from leads.business_clock import BusinessCalendar
from leads.facts import Policy, Profile


def canton_of_partner(profile: Profile) -> str:
    """Where the partner is at home: by its postcode, else the only canton it covers; empty where neither tells."""
    places = places_of(profile.home_postcode)
    if places:
        return places[0].canton
    return profile.cantons[0] if len(profile.cantons) == 1 else ""


def calendar_of(profile: Profile, policy: Policy) -> BusinessCalendar:
    """The hours in which this partner's clocks run."""
    closed = frozenset(map(date.fromisoformat, profile.closed_days))
    return BusinessCalendar(canton_of_partner(profile), closed, policy.business_hours)

"""What the router knows when it decides: the lead, the partners, the relations, the policy. Pure values.

Each can be written to plain JSON and read back, so that a decision is replayed from what was kept with it.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from operator import attrgetter
from typing import Any, Self

from foundation.postcodes import CANTONS
from leads.business_clock import OFFICE_HOURS
from leads.qualification import SOLUTIONS

LANGUAGES = ("de", "fr", "it", "en")
# The strongest first: a registered deal or open project, a running contract, a project of the last 24 months.
RELATION_KINDS = ("registered", "running", "past")

__all__ = ["CANTONS", "LANGUAGES", "RELATION_KINDS", "SOLUTIONS"]


_LATER_DIALS = ("points", "hot_ttl_hours", "first_contact_hours", "business_hours")


@dataclass(frozen=True)
class Policy:
    """The dials of routing. A change of any of them is another policy, known by its mark."""

    version: str = "4"
    max_offers: int = 3
    offer_ttl_hours: float = 8.0  # business hours, like the two below
    # Points out of a thousand for each week of entitlement that a partner is owed, at most for so many weeks; the first
    # thousandths of a week owed count nothing. Who is ahead loses less: it only makes way for whoever is owed.
    credit_points_a_week: int = 80
    credit_weeks_at_most: int = 8
    credit_band_milli: int = 0
    # So many thousandths of these points go by the square of the weeks owed: a little counts little, much counts much.
    credit_steepness_milli: int = 500
    # What is owed counts by so many thousandths less as a week begins, and by so many more as it ends.
    late_credit_milli: int = 500
    ahead_points_a_week: int = 10
    # For room that would stay empty, where a partner's entitlement fills its weeks: what a week leaves open is gone.
    open_room_points: int = 100
    # A partner that is ahead of its week loses up to so many thousandths of its points.
    load_discount_milli: int = 50
    hot_ttl_hours: float = 2.0
    first_contact_hours: float = 4.0
    business_hours: str = OFFICE_HOURS
    # The most that each rule gives, where not its own: all of them that give points, and a thousand together.
    points: tuple[tuple[str, int], ...] = ()

    @cached_property
    def mark(self) -> str:
        """A short hash of all dials."""
        written = json.dumps(self.to_json(), sort_keys=True)
        return hashlib.sha256(written.encode()).hexdigest()[:16]

    def to_json(self) -> dict[str, Any]:
        # Dials that came later are written once they are turned: the marks of earlier policies stay what they are.
        written = asdict(self)
        unturned = _unturned(written)
        return {name: dial for name, dial in written.items() if name not in unturned or dial != unturned[name]}

    def ttl_hours(self, urgency: str) -> float:
        """How many business hours a partner has to answer."""
        return self.hot_ttl_hours if urgency == "hot" else self.offer_ttl_hours

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Self:
        points = tuple((str(name), int(most)) for name, most in kept.get("points", ()))
        return cls(**(_unturned(kept) | kept | {"points": points}))


def _unturned(dials: Mapping[str, Any]) -> dict[str, Any]:
    """Dials that came later as they stand in a policy that does not name them: it decided as if they were so."""
    later = {name: Policy.__dataclass_fields__[name].default for name in _LATER_DIALS}
    same_for_all = dials.get("credit_points_a_week", 50)
    absent = ("credit_band_milli", "credit_steepness_milli", "late_credit_milli", "open_room_points")
    return later | dict.fromkeys(absent, 0) | {"ahead_points_a_week": same_for_all}


@dataclass(frozen=True)
class LeadFacts:
    """What routing may see of a lead. Empty text and None mean that the call did not bring it out."""

    lead_id: str
    language: str
    solution: str = ""
    postcode: str = ""
    canton: str = ""
    employees: int | None = None
    names_partner: str = ""  # the partner that the customer is said to have, as the contact list has it
    wish: str = ""  # the partner that the customer asked for, word for word
    complexity: int | None = None  # 1 (plain) to 5
    has_origin: bool = True  # a signed receipt says why the customer could be called, or none is asked for
    further_solutions: tuple[str, ...] = ()  # asked for besides the main one
    # The customer is on the line for whoever takes it now: the usual hours of those who name none. Empty: is not.
    live_hours: str = ""

    def to_json(self) -> dict[str, Any]:
        written = asdict(self)
        # Decisions of before there were any replay to the same bytes.
        if not self.further_solutions:
            del written["further_solutions"]
        if not self.live_hours:
            del written["live_hours"]
        return written

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Self:
        return cls(**(kept | {"further_solutions": tuple(kept.get("further_solutions", ()))}))


@dataclass(frozen=True)
class Profile:
    """What a partner offers. Empty coverage (no canton, no postcode) means the whole country.

    `languages` and `solutions` are in the partner's own order, the strongest first.
    """

    name: str
    is_active: bool
    languages: tuple[str, ...]
    cantons: tuple[str, ...]
    postcodes: tuple[str, ...]  # whole ones (8005) or beginnings (80)
    solutions: tuple[str, ...]
    min_employees: int | None
    max_employees: int | None
    weekly_capacity: int
    levels: tuple[int, ...] = ()  # 1–3, how well each of `solutions` is mastered; where missing, its place tells
    home_postcode: str = ""
    reach_km: int | None = None  # around home, besides cantons and postcodes
    min_complexity: int | None = None
    max_complexity: int | None = None
    excluded_customers: tuple[str, ...] = ()  # names, as `company_key` writes them
    owner: str = ""  # branches of one owner count as one partner
    absent: tuple[tuple[str, str], ...] = ()  # first and last day, ISO
    weight_percent: int = 100  # how much of its capacity counts when leads are shared
    closed_days: tuple[str, ...] = ()  # ISO days on which its clocks stand still
    grade: str = ""  # A, B or C, as its contract has it
    staff: int | None = None  # how many people it has itself
    takes_live_calls: bool = False  # a customer who is on the line may be put through to it
    live_number: str = ""  # E.164, where it takes them
    live_hours: str = ""  # when, as `08:00-12:00 13:00-17:00`; empty: the business hours of the policy

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Self:
        lists = {key: tuple(value) for key, value in kept.items() if isinstance(value, list | tuple)}
        if "absent" in lists:
            lists["absent"] = tuple(tuple(span) for span in lists["absent"])
        return cls(**(kept | lists))


def holder_of(partner_id: str, profile: Profile) -> str:
    """Who is entitled: the owner of the branches, else the partner itself."""
    return f"owner:{profile.owner}" if profile.owner else partner_id


def weight_of(offered_percent: int, weight_milli: int) -> int:
    """A partner's part of a lead: its capacity times the percentage that counts, and what is left of that."""
    return max(1, offered_percent * weight_milli // 100)


@dataclass(frozen=True)
class PartnerFacts:
    """A partner at the moment of a decision. Credit is in thousandths of a lead. Where partners have one owner, what is
    taken, owed and entitled is the sum over them.
    """

    partner_id: str
    revision: int
    profile: Profile
    taken: int = 0  # live offers and accepted leads of this calendar week
    room: int | None = None  # what one of the owner's branches takes a week at most; None: its own capacity
    had_this_lead: str = ""  # how this partner's offer of this lead ended; empty: never had one
    credit_milli: int = 0  # leads that the partner is owed; negative: got ahead
    weekly_milli: int = 0  # entitlement of an average week
    response_milli: int = 700  # how often it answers in time and takes what fits
    rating_milli: int = 700  # what customers say
    weight_milli: int = 1000  # left of its weight, as the yardstick found
    price_milli: int = 0  # what a place with it costs, in points
    excludes_customer: bool = False

    @property
    def holder(self) -> str:
        """Who is entitled: the owner of the branches, else the partner itself."""
        return holder_of(self.partner_id, self.profile)

    @property
    def weight(self) -> int:
        """Its part of a lead, among those whom the rules admit."""
        return weight_of(self.profile.weekly_capacity * self.profile.weight_percent, self.weight_milli)

    def counts(self) -> list[Any]:
        """What is kept beside the revision, which has the rest."""
        return list(_counts_of(self))

    @classmethod
    def quickly(cls, profile: Profile, counts: tuple[Any, ...]) -> Self:
        """The same as by its fields, for a thousand at a time: a frozen class sets each field by a call of its own."""
        made = object.__new__(cls)
        made.__dict__.update(zip(_COUNTS, counts, strict=True), profile=profile)
        return made


_COUNTS = (
    *("partner_id", "revision", "taken", "room", "had_this_lead", "credit_milli", "weekly_milli"),
    *("response_milli", "rating_milli", "weight_milli", "price_milli", "excludes_customer"),
)
_counts_of = attrgetter(*_COUNTS)


@dataclass(frozen=True)
class RelationFacts:
    """A standing relation between the customer and a partner, and by which mark the customer was recognised."""

    partner_id: str
    known_by: str  # wish, named, uid, phone, company
    evidence: str
    since: str  # ISO date
    kind: str = "running"  # one of RELATION_KINDS

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Self:
        return cls(**kept)


@dataclass(frozen=True)
class ProtectionFacts:
    """The partner to whom the customer belongs for this solution, and until which day."""

    partner_id: str
    until: str  # ISO date

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Self:
        return cls(**kept)

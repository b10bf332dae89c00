"""What the router knows when it decides: the lead, the partners, the relations, the policy. Pure values.

Each can be written to plain JSON and read back, so that a decision is replayed from what was kept with it.
"""

from dataclasses import asdict, dataclass
from typing import Any, Self

from foundation.postcodes import CANTONS
from leads.qualification import SOLUTIONS

LANGUAGES = ("de", "fr", "it", "en")

__all__ = ["CANTONS", "LANGUAGES", "SOLUTIONS", "LeadFacts", "PartnerFacts", "Policy", "Profile", "RelationFacts"]


@dataclass(frozen=True)
class Policy:
    """The dials of routing. A change of any of them is a new version."""

    version: str = "1"
    max_offers: int = 3
    offer_ttl_hours: float = 8.0
    capacity_days: int = 7
    fairness_days: int = 28

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Self:
        return cls(**kept)


@dataclass(frozen=True)
class LeadFacts:
    """What routing may see of a lead. Empty text and None mean that the call did not bring it out."""

    lead_id: str
    language: str
    solution: str = ""
    postcode: str = ""
    canton: str = ""
    employees: int | None = None
    names_partner: str = ""  # the partner that the customer is said to have, as written

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Self:
        return cls(**kept)


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

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Self:
        lists = {key: tuple(value) for key, value in kept.items() if isinstance(value, list | tuple)}
        return cls(**(kept | lists))


@dataclass(frozen=True)
class PartnerFacts:
    """A partner at the moment of a decision. Turns are counted in thousandths of a lead, over the fairness window."""

    partner_id: str
    revision: int
    profile: Profile
    taken_in_window: int = 0  # live offers and accepted leads of the capacity window
    had_this_lead: str = ""  # how this partner's offer of this lead ended; empty: never had one
    received_milli: int = 0
    entitled_milli: int = 0

    def counts(self) -> list[Any]:
        """What is kept beside the revision, which has the rest."""
        return [
            self.partner_id,
            self.revision,
            self.taken_in_window,
            self.had_this_lead,
            self.received_milli,
            self.entitled_milli,
        ]


@dataclass(frozen=True)
class RelationFacts:
    """A standing relation between the customer and a partner, and by which mark the customer was recognised."""

    partner_id: str
    known_by: str  # named, uid, phone, company
    evidence: str
    since: str  # ISO date

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Self:
        return cls(**kept)

"""What a routing rule says about one partner and one lead, and the shape that every rule has. Pure."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from leads.facts import LeadFacts, PartnerFacts, Profile

# What a call did not bring out.
UNKNOWN = "?"


@dataclass(frozen=True)
class Fits:
    """The partner may have the lead as far as this rule goes. `points` are thousandths of the best possible fit.

    `why` is the value that decided, such as a canton or `2/5`, and not words: pages say it in the reader's language.
    """

    points: int
    why: str

    def to_json(self) -> dict[str, Any]:
        return {"fits": True, "points": self.points, "why": self.why}


@dataclass(frozen=True)
class Excluded:
    """The partner may not have the lead: what was wanted and what was found, as values that need no language."""

    code: str
    wanted: str
    found: str

    def to_json(self) -> dict[str, Any]:
        return {"fits": False, "code": self.code, "wanted": self.wanted, "found": self.found}


Verdict = Fits | Excluded


class Rule(Protocol):
    """A module in `leads/rules/`: the most points it gives, the codes it excludes with, and its judgement.

    What a call did not bring out excludes nobody and earns no points: the offer says that it is unknown, and declining
    for scope costs a partner nothing.
    """

    MAX_POINTS: int
    CODES: frozenset[str]

    def judge(self, lead: LeadFacts, partner: PartnerFacts, now: datetime) -> Verdict: ...


class Sieve(Protocol):
    """A rule that also says beforehand whom it excludes: whoever does not offer what a lead asks for.

    It may let somebody by whom the rule excludes, and never the other way round; without points it is exact.
    """

    def asked(self, lead: LeadFacts) -> str | int:
        """What the lead asks for; empty or 0: nothing."""

    def offered(self, profile: Profile) -> Iterable[str | int]:
        """All that a partner may be asked for."""


OUT = -1


class Scale(Protocol):
    """A rule that rests on one thing of a partner alone, and so can say in numbers what it says in verdicts.

    Among a thousand partners most verdicts would be thrown away unread. A rule without a scale is asked for verdicts.
    """

    RESTS_ON: str  # the field of `PartnerFacts` that it looks at

    def turns_on(self, lead: LeadFacts, now: datetime) -> Hashable:
        """All that its numbers turn on of a lead and a moment: numbers are remembered by it."""

    def scale(self, on: Any) -> Callable[[Any], int]:
        """By what it turns on: from what the partner has in that field to its points, or `OUT` where it excludes."""

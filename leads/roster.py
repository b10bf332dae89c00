"""Everybody who may get leads, as of their revisions, prepared once for many decisions; and where they stand in one.

Hard rules that look at nothing but what a partner offers are asked beforehand, so that a decision looks only at those
whom none of them excludes. Who it is then, and why everybody else is not, is left to `ranking` and `explanation`. Pure.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any, overload

from leads.customer_identity import company_key
from leads.facts import LeadFacts, PartnerFacts, Profile
from leads.rules import SIEVES

Counts = tuple[Any, ...]
_NOBODY: frozenset[int] = frozenset()


class Roster:
    """Partners in the order of their ids, each by its revision. A partner's place is its index.

    Never changed: what a partner saves makes another revision, and so another roster.
    """

    def __init__(self, revisions: Sequence[tuple[str, int]], profiles: Sequence[Profile]) -> None:
        self.revisions = tuple(revisions)
        self.profiles = tuple(profiles)
        self.places: Mapping[str, int] = {partner_id: place for place, (partner_id, _) in enumerate(revisions)}
        branches: dict[str, list[int]] = defaultdict(list)
        for place, profile in enumerate(profiles):
            if profile.owner:
                branches[profile.owner].append(place)
        self.branches: Collection[Sequence[int]] = branches.values()
        self._excluding = [
            (place, frozenset(one.excluded_customers)) for place, one in enumerate(profiles) if one.excluded_customers
        ]
        self._open: dict[tuple[str, str | int], set[int]] = {}
        self._named: dict[str, int] = {}

    @cached_property
    def mark(self) -> str:
        """A short hash of the revisions: the same partners as they were have the same."""
        return hashlib.sha256(json.dumps(self.revisions).encode()).hexdigest()[:32]

    def possible(self, lead: LeadFacts) -> list[int]:
        """The places of all whom no sieve excludes, in order."""
        if not self._open:
            self._open = _open_to(self.profiles)
        asked = [(name, sieve.asked(lead)) for name, sieve in SIEVES.items()]
        sets = sorted((self._open.get(one, _NOBODY) for one in asked if one[1]), key=len)
        return sorted(sets[0].intersection(*sets[1:])) if sets else list(range(len(self.profiles)))

    def named(self, key: str) -> int | None:
        """The place of the first partner whose name is written so by `company_key`."""
        if not self._named:
            for place in reversed(range(len(self.profiles))):
                self._named[_name_key(self.profiles[place].name)] = place
        return self._named.get(key)

    def excluding(self, customer: Collection[str]) -> set[int]:
        """The places of all who do not work for a customer of these names."""
        return {place for place, names in self._excluding if not names.isdisjoint(customer)}


class Standings(Sequence[PartnerFacts]):
    """Where everybody on a roster stands in one decision: rows of counts, as `PartnerFacts.counts` has them but for id
    and revision, which the roster has.

    A partner's facts are made when somebody looks at them: most are never looked at. `by_mark`: what is kept of the
    decision names the roster, and not everybody on it, as decisions of before there were rosters do.
    """

    def __init__(self, roster: Roster, rows: Sequence[Counts], *, by_mark: bool = False) -> None:
        self.roster = roster
        self.rows = rows
        self.by_mark = by_mark

    def at(self, place: int) -> PartnerFacts:
        """The facts of one."""
        counts = (*self.roster.revisions[place], *self.rows[place])
        return PartnerFacts.quickly(self.roster.profiles[place], counts)

    def possible(self, lead: LeadFacts) -> list[PartnerFacts]:
        """All whom no sieve excludes."""
        return [self.at(place) for place in self.roster.possible(lead)]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[PartnerFacts]:
        return map(self.at, range(len(self.rows)))

    @overload
    def __getitem__(self, place: int) -> PartnerFacts: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[PartnerFacts, ...]: ...

    def __getitem__(self, place: int | slice) -> PartnerFacts | tuple[PartnerFacts, ...]:
        return tuple(self)[place] if isinstance(place, slice) else self.at(place)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(self.roster.revisions)


def possible_of(partners: Sequence[PartnerFacts], lead: LeadFacts) -> Sequence[PartnerFacts]:
    """Those worth looking at: all but whom the sieves of a roster exclude."""
    return partners.possible(lead) if isinstance(partners, Standings) else partners


def partner_of(partners: Sequence[PartnerFacts], partner_id: str) -> PartnerFacts | None:
    """One partner by its id."""
    if isinstance(partners, Standings):
        place = partners.roster.places.get(partner_id)
        return None if place is None else partners.at(place)
    return next((one for one in partners if one.partner_id == partner_id), None)


def partner_named(partners: Sequence[PartnerFacts], key: str) -> PartnerFacts | None:
    """The first partner whose name is written so by `company_key`."""
    if isinstance(partners, Standings):
        place = partners.roster.named(key)
        return None if place is None else partners.at(place)
    return next((one for one in partners if _name_key(one.profile.name) == key), None)


@lru_cache(maxsize=20_000)
def _name_key(name: str) -> str:
    return company_key(name)


def _open_to(profiles: Sequence[Profile]) -> dict[tuple[str, str | int], set[int]]:
    found: dict[tuple[str, str | int], set[int]] = defaultdict(set)
    for name, sieve in SIEVES.items():
        for place, profile in enumerate(profiles):
            for offered in sieve.offered(profile):
                found[name, offered].add(place)
    return dict(found)

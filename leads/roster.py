"""Everybody who may get leads, as of their revisions, prepared once for many decisions.

Hard rules that look at nothing but what a partner offers are asked beforehand, so that a decision looks only at those
whom none of them excludes. Where everybody stands in one decision is `standings`, who it is then `ranking`. Pure.
"""

import hashlib
import json
from array import array
from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import pairwise

from leads.customer_identity import company_key
from leads.facts import LeadFacts, Profile, holder_of
from leads.rules import SCALES, SIEVES

_NOBODY: frozenset[int] = frozenset()
# Two bytes for each partner, so 4 MB for a thousand; Switzerland has 3,300 postcodes, and most leads come from fewer.
_REMEMBERED = 2_000
_NOT_ASKED = -2


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
        self.ids: Sequence[str] = [partner_id for partner_id, _ in revisions]
        self.is_in_order = all(one < other for one, other in pairwise(self.ids))
        self.holders: Sequence[str] = list(map(holder_of, self.ids, profiles))
        self.capacities: Sequence[int] = [one.weekly_capacity for one in profiles]
        # In hundredths, as `weight_of` takes them.
        self.weights: Sequence[int] = [one.weekly_capacity * one.weight_percent for one in profiles]
        self._excluding = [
            (place, frozenset(one.excluded_customers)) for place, one in enumerate(profiles) if one.excluded_customers
        ]
        self._open: dict[tuple[str, str | int], set[int]] = {}
        self._named: dict[str, int] = {}
        self._given: dict[tuple[str, Hashable], array[int]] = {}

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

    def given(self, name: str, on: Hashable, places: Sequence[int]) -> list[int]:
        """What a rule whose scale rests on profiles gives to each of these, or `OUT`, by what it turns on of a lead."""
        known = self._given.get((name, on))
        if known is None:
            if len(self._given) >= _REMEMBERED:
                self._given.clear()
            known = self._given[name, on] = array("h", [_NOT_ASKED]) * len(self.profiles)
        given = [known[place] for place in places]
        if _NOT_ASKED in given:
            scale, profiles = SCALES[name].scale(on), self.profiles
            for at, place in enumerate(places):
                if given[at] == _NOT_ASKED:
                    given[at] = known[place] = scale(profiles[place])
        return given

    def named(self, key: str) -> int | None:
        """The place of the first partner whose name is written so by `company_key`."""
        if not self._named:
            for place in reversed(range(len(self.profiles))):
                self._named[name_key(self.profiles[place].name)] = place
        return self._named.get(key)

    def excluding(self, customer: Collection[str]) -> set[int]:
        """The places of all who do not work for a customer of these names."""
        return {place for place, names in self._excluding if not names.isdisjoint(customer)}


@lru_cache(maxsize=20_000)
def name_key(name: str) -> str:
    """A partner's name as it is compared; remembered, as a thousand are looked at."""
    return company_key(name)


def _open_to(profiles: Sequence[Profile]) -> dict[tuple[str, str | int], set[int]]:
    found: dict[tuple[str, str | int], set[int]] = defaultdict(set)
    for name, sieve in SIEVES.items():
        for place, profile in enumerate(profiles):
            for offered in sieve.offered(profile):
                found[name, offered].add(place)
    return dict(found)

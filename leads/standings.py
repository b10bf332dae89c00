"""Where everybody on a roster stands in one decision, as columns: a thousand partners' facts are never made. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Self, overload

from leads.facts import PartnerFacts
from leads.roster import Roster, name_key

Counts = tuple[Any, ...]


@dataclass(frozen=True)
class Columns:
    """A list for each count, by place on the roster; of what concerns few, only these.

    The names are those of `PartnerFacts`. Whoever is not in `room` has its own capacity.
    """

    taken: Sequence[int]
    credit_milli: Sequence[int]
    weekly_milli: Sequence[int]
    response_milli: Sequence[int]
    rating_milli: Sequence[int]
    weight_milli: Sequence[int]
    price_milli: Sequence[int]
    room: Mapping[int, int]
    had_this_lead: Mapping[int, str]
    excludes_customer: Collection[int]

    @classmethod
    def of_rows(cls, rows: Sequence[Counts]) -> Self:
        """From rows as `PartnerFacts.counts` has them, but for id and revision."""
        by_name = list(zip(*rows, strict=True)) if rows else [()] * 10
        taken, room, had, credit, weekly, response, rating, weight, price, excludes = by_name
        return cls(
            taken,
            credit,
            weekly,
            response,
            rating,
            weight,
            price,
            room={place: most for place, most in enumerate(room) if most is not None},
            had_this_lead={place: ended for place, ended in enumerate(had) if ended},
            excludes_customer=frozenset(place for place, does in enumerate(excludes) if does),
        )

    def row(self, place: int) -> Counts:
        """One of these rows."""
        return (
            self.taken[place],
            self.room.get(place),
            self.had_this_lead.get(place, ""),
            self.credit_milli[place],
            self.weekly_milli[place],
            self.response_milli[place],
            self.rating_milli[place],
            self.weight_milli[place],
            self.price_milli[place],
            place in self.excludes_customer,
        )


class Form(Enum):
    """How standings are kept: with everybody's revision, by a roster in rows, or by a roster in columns.

    Only the last is written today. The others are those of earlier decisions, which replay to the same bytes.
    """

    REVISIONS = 1
    ROWS = 2
    COLUMNS = 3


class Standings(Sequence[PartnerFacts]):
    """Everybody on a roster with their counts. A partner's facts are made when somebody looks at them."""

    def __init__(self, roster: Roster, columns: Columns, form: Form = Form.COLUMNS) -> None:
        self.roster = roster
        self.columns = columns
        self.form = form

    def at(self, place: int) -> PartnerFacts:
        """The facts of one."""
        counts = (*self.roster.revisions[place], *self.columns.row(place))
        return PartnerFacts.quickly(self.roster.profiles[place], counts)

    def column(self, name: str, places: Iterable[int]) -> list[Any]:
        """What each of these has in one field of `PartnerFacts`, but `room`."""
        if name == "profile":
            return [self.roster.profiles[place] for place in places]
        if name == "had_this_lead":
            return [self.columns.had_this_lead.get(place, "") for place in places]
        if name == "excludes_customer":
            return [place in self.columns.excludes_customer for place in places]
        column: Sequence[int] = getattr(self.columns, name)
        return [column[place] for place in places]

    def rooms(self, places: Iterable[int]) -> list[int]:
        """How many leads a week each of these has room for."""
        capacities, room = self.roster.capacities, self.columns.room
        if not room:
            return [capacities[place] for place in places]
        return [room.get(place, capacities[place]) for place in places]

    def __len__(self) -> int:
        return len(self.roster.revisions)

    def __iter__(self) -> Iterator[PartnerFacts]:
        return map(self.at, range(len(self)))

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
    return next((one for one in partners if name_key(one.profile.name) == key), None)

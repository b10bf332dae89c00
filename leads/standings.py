"""Where everybody on a roster stands in one decision, as columns: a thousand partners' facts are never made. Pure."""

from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Self, TypeVar, cast, overload

from leads.facts import PartnerFacts, weight_of
from leads.roster import Roster, name_key
from leads.rules import SCALES

Counts = tuple[Any, ...]
Made = TypeVar("Made")


class Lasting(tuple[int, ...]):  # noqa: SLOT001 - what is made of it is kept with it
    """A column that is the same in many decisions, such as what a night teaches: what is made of it is made once."""

    def once(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """What was made under this key. The same key has to stand for the same."""
        made = cast(dict[Hashable, Any], self.__dict__)
        if key not in made:
            made[key] = make()
        return cast(Made, made[key])


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

    def given(self, rule: str, on: Hashable, places: Sequence[int]) -> list[int]:
        """What a rule that has a scale gives to each of these, or `OUT`, by what it turns on of a lead."""
        rests_on = SCALES[rule].RESTS_ON
        if rests_on == "profile":
            return self.roster.given(rule, on, places)
        scale = SCALES[rule].scale(on)
        if rests_on == "had_this_lead":
            return _unless(self.columns.had_this_lead, places, scale, "")
        if rests_on == "excludes_customer":
            return _unless(dict.fromkeys(self.columns.excludes_customer, True), places, scale, False)
        column: Sequence[int] = getattr(self.columns, rests_on)
        if isinstance(column, Lasting):
            everybody = column.once((rule, on), lambda: list(map(scale, column)))
            return [everybody[place] for place in places]
        return [scale(column[place]) for place in places]

    def weights(self, places: Sequence[int]) -> list[int]:
        """What each of these takes of a lead that all of them share, by weight."""
        offered, left = self.roster.weights, self.columns.weight_milli
        if isinstance(left, Lasting):
            everybody = left.once(self.roster, lambda: list(map(weight_of, offered, left)))
            return [everybody[place] for place in places]
        return [weight_of(offered[place], left[place]) for place in places]

    def rooms(self, places: Sequence[int]) -> list[int]:
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


def _unless(few: Mapping[int, Any], places: Sequence[int], scale: Callable[[Any], int], usual: Any) -> list[int]:
    """By a scale, where only a few have anything but the usual."""
    given = scale(usual)
    if not few:
        return [given] * len(places)
    return [scale(few[place]) if place in few else given for place in places]


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

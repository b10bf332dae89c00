"""The heads of a line, locked, by statements that are made once, with parameters for all that differs.

Making a statement costs as much as sending it. For whom a head is taken, and what becomes of it, is `contact_queue`'s.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Integer, Select, String, Table, Update, bindparam, case, select, update
from sqlalchemy.orm import Session, defer

from campaigns.line_queries import Terms, after_group, hopper, of_list, of_size, promised, resting
from campaigns.tables import Contact, ContactList
from foundation.database import UtcDateTime
from foundation.many_values import TextArray, is_one_of

# Large, and not asked for until somebody looks at the contact.
_SHOWN_LATER = [defer(column) for column in (Contact.fields, Contact.existing_partners, Contact.notes)]
_CAMPAIGN, _LIST, _LANGUAGE = (bindparam(name, type_=String) for name in ("campaign", "list", "language"))
_SIZE, _FROM, _BEFORE = (bindparam(name, type_=String) for name in ("size", "from_key", "before_key"))
_NOW, _OVERDUE_SINCE = (bindparam(name, type_=UtcDateTime) for name in ("now", "overdue_since"))
_AT_MOST = bindparam("at_most", type_=Integer)


def _head(line: Select[Contact]) -> Select[Contact]:
    return line.limit(_AT_MOST).with_for_update(skip_locked=True).options(*_SHOWN_LATER)


def _first_place(line: Select[Contact]) -> Select[str | None]:
    return line.with_only_columns(Contact.hopper_key).where(Contact.hopper_key >= _FROM).limit(1)


_ALL = hopper(_CAMPAIGN, _LANGUAGE)
_OF_LIST = of_list(_ALL, _LIST)
_HEADS = {False: _head(_ALL), True: _head(_OF_LIST)}
_HEADS_OF_SIZE = {
    False: _head(of_size(_ALL, _SIZE, _FROM, _BEFORE)),
    True: _head(of_size(_OF_LIST, _SIZE, _FROM, _BEFORE)),
}
_FIRST_PLACES = {False: _first_place(_ALL), True: _first_place(_OF_LIST)}
_PROMISED = _head(promised(_CAMPAIGN, _LANGUAGE, _NOW, _OVERDUE_SINCE, bindparam("owners", type_=TextArray)))
_COME_DUE = (
    resting(_CAMPAIGN, _LANGUAGE)
    .where(Contact.not_before <= _NOW)
    .with_only_columns(Contact.id)
    .limit(_AT_MOST)
    .with_for_update(skip_locked=True)
)
# With each list where its line begins, so that nobody has to ask once more.
_MIXED = (
    select(
        ContactList.id,
        ContactList.mix_position,
        _first_place(of_list(_ALL, ContactList.id)).correlate(ContactList).scalar_subquery(),
    )
    .where(is_one_of(ContactList.id, bindparam("lists", type_=TextArray)))
    .order_by(ContactList.id)
    .with_for_update()
)


@dataclass(frozen=True)
class Line:
    """Whose line: of one language in a campaign, of all its lists or (when given) of one."""

    campaign_id: str
    language: str
    list_id: str = ""

    @property
    def parameters(self) -> dict[str, Any]:
        """As the statements take them."""
        whole = {"campaign": self.campaign_id, "language": self.language}
        return {**whole, "list": self.list_id} if self.list_id else whole


def lock_promised(session: Session, line: Line, limit: int, now: datetime, terms: Terms) -> list[Contact]:
    """Contacts whose promised moment has come, the earliest first."""
    when = {"now": now, "overdue_since": now - terms.patience, "owners": sorted(terms.owners)}
    return _locked(session, _PROMISED, {**line.parameters, **when, "at_most": limit})


def lock_come_due(session: Session, line: Line, limit: int, now: datetime) -> Sequence[str]:
    """The ids of contacts that rested until now and are not in the hopper yet."""
    return session.scalars(_COME_DUE, {**line.parameters, "now": now, "at_most": limit}).all()


def lock_mixed(session: Session, line: Line, list_ids: Collection[str]) -> dict[str, tuple[float, str]]:
    """Lists that are mixed: how far each has come, and its first place in the hopper (empty: nobody stands there)."""
    rows = session.execute(_MIXED, {**line.parameters, "lists": [*list_ids], "from_key": ""})
    return {list_id: (position, place or "") for list_id, position, place in rows}


def note_positions(session: Session, positions: Mapping[str, float]) -> None:
    """How far mixed lists have come now."""
    values = {
        f"{kind}_{number}": value for number, pair in enumerate(positions.items()) for kind, value in _named(pair)
    }
    session.execute(_move_on(len(positions)), values)


def lock_line(session: Session, line: Line, limit: int, terms: Terms, first_place: str | None = None) -> list[Contact]:
    """The head of a hopper. Within a group of the order the companies come first whose people answer now.

    `first_place`: where the line begins, if that is known already.
    """
    sizes, whole = terms.sizes.get(line.language, ()), line.parameters
    one_list = bool(line.list_id)
    if not sizes:
        return _locked(session, _HEADS[one_list], {**whole, "at_most": limit})
    contacts: list[Contact] = []
    place = _place_from(session, line, "") if first_place is None else first_place
    while place and len(contacts) < limit:
        group = place[: terms.group_length]
        bounds = {**whole, "from_key": group, "before_key": after_group(group)}
        for size in sizes:
            if len(contacts) < limit:
                more = {**bounds, "size": size, "at_most": limit - len(contacts)}
                contacts += _locked(session, _HEADS_OF_SIZE[one_list], more)
        if len(contacts) < limit:
            place = _place_from(session, line, after_group(group))
    return contacts


def _place_from(session: Session, line: Line, key: str) -> str:
    return session.scalar(_FIRST_PLACES[bool(line.list_id)], {**line.parameters, "from_key": key}) or ""


def _locked(session: Session, head: Select[Contact], parameters: Mapping[str, Any]) -> list[Contact]:
    """Rows that another transaction holds are passed over. What only pages show waits."""
    return list(session.scalars(head, parameters, execution_options={"populate_existing": True}))


def _named(pair: tuple[str, float]) -> tuple[tuple[str, Any], ...]:
    return ("list", pair[0]), ("position", pair[1])


@lru_cache
def _move_on(lists: int) -> Update:
    """One statement for so many lists: sending one for each costs more than all the rest of it."""
    ids = [bindparam(f"list_{number}", type_=String) for number in range(lists)]
    column = ContactList.__table__.c.mix_position
    moved = case(*((ContactList.id == one, bindparam(f"position_{n}", type_=column.type)) for n, one in enumerate(ids)))
    return update(cast(Table, ContactList.__table__)).where(ContactList.id.in_(ids)).values(mix_position=moved)

"""What there is to take in a line, seen in one look, and how far the lists have come that are mixed.

Taking it is `contact_queue`'s, by `line_heads`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import (
    Integer,
    Label,
    Select,
    String,
    Table,
    Update,
    bindparam,
    case,
    func,
    literal_column,
    select,
    update,
)
from sqlalchemy.orm import Session

from campaigns.line_heads import COME_DUE, FIRST, PROMISED, WHOLE, Line, first_place
from campaigns.line_queries import CAMPAIGN, NOW, OVERDUE_SINCE, OWNERS, Terms, of_list, promised, promises_by, resting
from campaigns.tables import Contact, ContactList
from foundation.many_values import TextArray, is_one_of, of_any_length


# Whether there is anybody: nearly always nobody, and then one look spares two. Locked, so that PostgreSQL counts on few
# promises: it forgets otherwise that most contacts have none, once their moment is compared with a parameter.
def _anybody(*lines: Select[Contact]) -> list[Label[int]]:
    return [
        line.with_only_columns(literal_column("1", Integer)).limit(FIRST).with_for_update(skip_locked=True).label(name)
        for name, line in zip(("promised", "come_due"), lines, strict=True)
    ]


_ANYBODY = _anybody(PROMISED, COME_DUE)
# The same of several languages.
_ASKED = func.unnest(of_any_length("languages")).table_valued("language").render_derived(name="asked")
_LOOK_AT_LANGUAGES = select(
    _ASKED.c.language,
    *_anybody(
        promised(CAMPAIGN, _ASKED.c.language, NOW, OVERDUE_SINCE, OWNERS).correlate(_ASKED),
        resting(CAMPAIGN, _ASKED.c.language).where(Contact.not_before <= NOW).correlate(_ASKED),
    ),
).select_from(_ASKED)
_LOOK = select(*_ANYBODY, first_place(WHOLE).label("place"))
# With each list where its line begins, so that nobody has to ask once more. Whoever adds contacts to a list may go on.
_LOOK_AT_LISTS = (
    select(
        *_ANYBODY,
        first_place(of_list(WHOLE, ContactList.id)).correlate(ContactList).label("place"),
        ContactList.id,
        ContactList.mix_position,
    )
    .where(is_one_of(ContactList.id, bindparam("lists", type_=TextArray)))
    .order_by(ContactList.id)
    .with_for_update(key_share=True)
)


@dataclass(frozen=True)
class Look:
    """What there is to take. Places are empty where nobody stands; `place`, of the whole line, is None if not asked.

    By the id of each list that is mixed: how far it has come, and its first place in the hopper.
    """

    has_promised: bool
    has_come_due: bool
    place: str | None
    positions: Mapping[str, float] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)


def look_at(session: Session, line: Line, now: datetime, terms: Terms) -> Look:
    """What there is to take, in one look; lists that are mixed are locked."""
    asked = {**line.parameters, **promises_by(now, terms), "from_key": ""}
    if terms.shares:
        rows = session.execute(_LOOK_AT_LISTS, {**asked, "lists": sorted(terms.shares)}).all()
        if rows:
            places = {row.id: row.place or "" for row in rows}
            positions = {row.id: row.mix_position for row in rows}
            return Look(rows[0].promised is not None, rows[0].come_due is not None, None, positions, places)
    row = session.execute(_LOOK, asked).one()
    return Look(row.promised is not None, row.come_due is not None, row.place or "")


def look_at_languages(
    session: Session, campaign_id: str, languages: Collection[str], now: datetime, terms: Terms
) -> dict[str, Look]:
    """What there is to take in several lines, by language, none of them mixed; no places. PostgreSQL is asked once."""
    if session.get_bind().dialect.name != "postgresql":
        return {language: look_at(session, Line(campaign_id, language), now, terms) for language in languages}
    asked = {"campaign": campaign_id, "languages": list(languages), **promises_by(now, terms)}
    return {
        row.language: Look(row.promised is not None, row.come_due is not None, None)
        for row in session.execute(_LOOK_AT_LANGUAGES, asked)
    }


@lru_cache
def move_on(lists: int) -> Update:
    """Notes how far so many lists have come: sending a statement for each costs more than all the rest of it."""
    ids = [bindparam(f"list_{number}", type_=String) for number in range(lists)]
    column = ContactList.__table__.c.mix_position
    moved = case(*((ContactList.id == one, bindparam(f"position_{n}", type_=column.type)) for n, one in enumerate(ids)))
    return update(cast(Table, ContactList.__table__)).where(ContactList.id.in_(ids)).values(mix_position=moved)


def moved_on_values(positions: Mapping[str, float]) -> dict[str, Any]:
    """The parameters of `move_on`."""
    values: dict[str, Any] = {}
    for number, (list_id, position) in enumerate(positions.items()):
        values |= {f"list_{number}": list_id, f"position_{number}": position}
    return values

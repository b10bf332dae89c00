"""The heads of a line, locked, by statements that are made once, with parameters for all that differs.

Making a statement costs as much as sending it, and sending it as much as finding thirty contacts. For whom a head is
taken, and what becomes of it, is `contact_queue`'s.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, Select, String, bindparam, func, literal_column, select, true
from sqlalchemy.orm import Session

from campaigns.line_queries import (
    AT_MOST,
    CAMPAIGN,
    NOW,
    OVERDUE_SINCE,
    OWNERS,
    Terms,
    after_group,
    hopper,
    of_list,
    of_size,
    promised,
    promises_by,
    resting,
)
from campaigns.tables import Contact
from foundation.many_values import IntegerArray, of_any_length


class NextContact(NamedTuple):
    """A contact that is next in line: what it takes to ask the gate about it, and to call it."""

    id: str
    campaign_id: str
    list_id: str
    language: str
    phone_number: str
    number_country: str
    canton: str
    time_zone: str
    uid: str
    company: str
    callback_agent_id: str


# A contact as whoever calls it sees it: next in line, or as its row says.
CalledContact = Contact | NextContact


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


@dataclass(frozen=True)
class _Turn:
    """So many of one list, or of all where none is named, whose places begin with the letters of `group`."""

    list_id: str
    at_most: int
    group: str = ""


_COLUMNS = [getattr(Contact, name) for name in NextContact._fields]
_LIST, _LANGUAGE = (bindparam(name, type_=String) for name in ("list", "language"))
_SIZE, _FROM, _BEFORE = (bindparam(name, type_=String) for name in ("size", "from_key", "before_key"))
# In so many words: of a parameter a planner takes it to be a tenth of the line.
FIRST: ColumnElement[int] = literal_column("1", Integer)


def _head(line: Select[Contact], at_most: Any = AT_MOST) -> Select[*tuple[Any, ...]]:
    """Rows that another transaction holds are passed over."""
    return line.with_only_columns(*_COLUMNS).limit(at_most).with_for_update(skip_locked=True)


def first_place(line: Select[Contact]) -> Select[str | None]:
    """Where the hopper begins from `from_key` on."""
    return line.with_only_columns(Contact.hopper_key).where(Contact.hopper_key >= _FROM).limit(FIRST)


WHOLE = hopper(CAMPAIGN, _LANGUAGE)
PROMISED = promised(CAMPAIGN, _LANGUAGE, NOW, OVERDUE_SINCE, OWNERS)
COME_DUE = resting(CAMPAIGN, _LANGUAGE).where(Contact.not_before <= NOW)
_OF_LIST = of_list(WHOLE, _LIST)
_HEADS = {False: _head(WHOLE), True: _head(_OF_LIST)}
_HEADS_OF_SIZE = {
    False: _head(of_size(WHOLE, _SIZE, _FROM, _BEFORE)),
    True: _head(of_size(_OF_LIST, _SIZE, _FROM, _BEFORE)),
}
_FIRST_PLACES = {False: first_place(WHOLE), True: first_place(_OF_LIST)}
_HEAD_PROMISED = _head(PROMISED)
_HEAD_COME_DUE = COME_DUE.with_only_columns(Contact.id).limit(AT_MOST).with_for_update(skip_locked=True)


def _heads_at_once(*, of_lists: bool, of_sizes: bool) -> Select[*tuple[Any, ...]]:
    """For PostgreSQL: the heads of all turns, each of its sizes one after the other, in one statement.

    It takes them as they come and stops at the limits, so that no more rows are locked than are taken.
    """
    given = [of_any_length(name) for name in ("lists", "from_keys", "before_keys")]
    turns = (
        func.unnest(*given, of_any_length("numbers", IntegerArray))
        .table_valued("list_id", "from_key", "before_key", "at_most", with_ordinality="turn")
        .render_derived(name="turns")
    )
    line = of_list(WHOLE, turns.c.list_id) if of_lists else WHOLE
    if not of_sizes:
        head = _head(line, turns.c.at_most).correlate(turns).lateral("head")
    else:
        sizes = (
            func.unnest(of_any_length("sizes"))
            .table_valued("size", with_ordinality="rank")
            .render_derived(name="sizes")
        )
        of_one = of_size(line, sizes.c.size, turns.c.from_key, turns.c.before_key)
        one = _head(of_one, turns.c.at_most).correlate(turns, sizes).lateral("one")
        likeliest = select(one).select_from(sizes.join(one, true())).order_by(sizes.c.rank).limit(turns.c.at_most)
        head = likeliest.correlate(turns).lateral("head")
    return select(head).select_from(turns.join(head, true())).order_by(turns.c.turn)


_AT_ONCE = {
    (of_lists, of_sizes): _heads_at_once(of_lists=of_lists, of_sizes=of_sizes)
    for of_lists in (False, True)
    for of_sizes in (False, True)
}


_TURNS = (
    func.unnest(of_any_length("languages"), of_any_length("numbers", IntegerArray))
    .table_valued("language", "at_most", with_ordinality="turn")
    .render_derived(name="turns")
)
_HEAD_OF_TURN = _head(hopper(CAMPAIGN, _TURNS.c.language), _TURNS.c.at_most).correlate(_TURNS).lateral("head")
_HEADS_OF_LANGUAGES = select(_HEAD_OF_TURN).select_from(_TURNS.join(_HEAD_OF_TURN, true())).order_by(_TURNS.c.turn)


def lock_languages(session: Session, campaign_id: str, wanted: Mapping[str, int]) -> list[NextContact]:
    """The heads of the hoppers of several languages as they come, so many of each. PostgreSQL is asked once."""
    if session.get_bind().dialect.name != "postgresql":
        return [
            contact
            for language, most in wanted.items()
            for contact in _locked(session, _HEADS[False], {**Line(campaign_id, language).parameters, "at_most": most})
        ]
    arrays = {"languages": list(wanted), "numbers": list(wanted.values())}
    return _locked(session, _HEADS_OF_LANGUAGES, {"campaign": campaign_id, **arrays}) if wanted else []


def lock_promised(session: Session, line: Line, limit: int, now: datetime, terms: Terms) -> list[NextContact]:
    """Contacts whose promised moment has come, the earliest first."""
    return _locked(session, _HEAD_PROMISED, {**line.parameters, **promises_by(now, terms), "at_most": limit})


def lock_come_due(session: Session, line: Line, limit: int, now: datetime) -> Sequence[str]:
    """The ids of contacts that rested until now and are not in the hopper yet."""
    return session.scalars(_HEAD_COME_DUE, {**line.parameters, "now": now, "at_most": limit}).all()


def lock_line(session: Session, line: Line, limit: int, terms: Terms, place: str | None = None) -> list[NextContact]:
    """The head of a hopper. Within a group of the order the companies come first whose people answer now.

    `place`: where the line begins, if that is known already.
    """
    sizes = terms.sizes.get(line.language, ())
    if not sizes:
        return _locked(session, _HEADS[bool(line.list_id)], {**line.parameters, "at_most": limit})
    contacts: list[NextContact] = []
    place = _place_from(session, line, "") if place is None else place
    while place and len(contacts) < limit:
        group = place[: terms.group_length]
        contacts += _lock_turns(session, line, [_Turn(line.list_id, limit - len(contacts), group)], sizes)
        if len(contacts) < limit:
            place = _place_from(session, line, after_group(group))
    return contacts


def lock_lists(
    session: Session, line: Line, wanted: Mapping[str, int], places: Mapping[str, str], terms: Terms
) -> list[NextContact]:
    """The heads of several lists, as many of each as are wanted; `places` say where their lines begin."""
    sizes, length = terms.sizes.get(line.language, ()), terms.group_length
    turns = [_Turn(list_id, most, places[list_id][:length]) for list_id, most in wanted.items() if places[list_id]]
    heads: dict[str, list[NextContact]] = {turn.list_id: [] for turn in turns}
    for contact in _lock_turns(session, line, turns, sizes) if turns else ():
        heads[contact.list_id].append(contact)
    for turn in turns:
        missing = turn.at_most - len(heads[turn.list_id])
        if missing and sizes:  # further groups of the order
            of_one = replace(line, list_id=turn.list_id)
            place = _place_from(session, of_one, after_group(turn.group))
            heads[turn.list_id] += lock_line(session, of_one, missing, terms, place)
    return [contact for of_one in heads.values() for contact in of_one]


def _lock_turns(session: Session, line: Line, turns: Sequence[_Turn], sizes: Sequence[str]) -> list[NextContact]:
    """The heads of one group in each turn, by sizes if there are any: the first size first, then the next."""
    if session.get_bind().dialect.name != "postgresql":
        return [contact for turn in turns for contact in _lock_one_by_one(session, line, turn, sizes)]
    arrays = {
        "lists": [turn.list_id for turn in turns],
        "from_keys": [turn.group for turn in turns],
        "before_keys": [after_group(turn.group) if turn.group else "" for turn in turns],
        "numbers": [turn.at_most for turn in turns],
        "sizes": sizes,
    }
    statement = _AT_ONCE[bool(turns[0].list_id), bool(sizes)]
    whole = {"campaign": line.campaign_id, "language": line.language}
    return _locked(session, statement, {**whole, **arrays})


def _lock_one_by_one(session: Session, line: Line, turn: _Turn, sizes: Sequence[str]) -> list[NextContact]:
    of_one = replace(line, list_id=turn.list_id)
    if not sizes:
        return _locked(session, _HEADS[bool(turn.list_id)], {**of_one.parameters, "at_most": turn.at_most})
    bounds = {**of_one.parameters, "from_key": turn.group, "before_key": after_group(turn.group)}
    contacts: list[NextContact] = []
    for size in sizes:
        if len(contacts) < turn.at_most:
            more = {**bounds, "size": size, "at_most": turn.at_most - len(contacts)}
            contacts += _locked(session, _HEADS_OF_SIZE[bool(turn.list_id)], more)
    return contacts


def _place_from(session: Session, line: Line, key: str) -> str:
    return session.scalar(_FIRST_PLACES[bool(line.list_id)], {**line.parameters, "from_key": key}) or ""


def _locked(session: Session, head: Select[*tuple[Any, ...]], parameters: Mapping[str, Any]) -> list[NextContact]:
    return [NextContact._make(row) for row in session.execute(head, parameters)]

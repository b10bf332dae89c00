"""Finds contacts by number, company number, or the beginnings of words, at the same speed however many there are.

The rarest of several words is walked in its index, and whoever it finds is asked for the others.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, literal, select, union_all
from sqlalchemy.orm import Session

from campaigns import search_index
from campaigns.search_tables import SearchEntry, SearchWord
from campaigns.search_words import LAST, Asked, after_number, is_telling, read_question
from campaigns.tables import Campaign, Contact, ContactPhone
from foundation.many_values import is_one_of

FOUND_AT_MOST = 50
SHORTEST_SEARCH = 2
# A word that so many have is common. Where all words are, so many who have the first are asked for the others.
_COMMON = 1000
_ASKED_AT_MOST = 5000
_HOME = "CH"


@dataclass(frozen=True)
class Found:
    """Contacts with their campaign's name, by company; `is_all` says that there are no others.

    `is_current`: whoever was added or renamed is among those who can be found.
    """

    contacts: list[tuple[Contact, str]]
    is_all: bool = True
    is_current: bool = True


def find_contacts(session: Session, wanted: str, at_most: int = FOUND_AT_MOST) -> Found:
    """Who has all of these words, or words that begin so, or this number or company number; some of them, if many."""
    asked = read_question(wanted, _HOME)
    if len(wanted.strip()) < SHORTEST_SEARCH:
        return Found([])
    ids, is_all = _by_words(session, asked.words, at_most) if asked.words else _by_mark(session, asked, at_most)
    rows = session.execute(
        select(Contact, Campaign.name)
        .join(Campaign, Campaign.id == Contact.campaign_id)
        .where(is_one_of(Contact.id, ids[:at_most]))
    )
    contacts = sorted(((contact, name) for contact, name in rows), key=lambda pair: (pair[0].company, pair[0].id))
    return Found(contacts, is_all and len(ids) <= at_most, not search_index.is_behind(session))


def _by_mark(session: Session, asked: Asked, enough: int) -> tuple[list[str], bool]:
    ids: dict[str, None] = {}
    for query in _marked(asked):
        ids.update(dict.fromkeys(session.scalars(query.limit(enough + 1))))
    return list(ids), True


def _marked(asked: Asked) -> list[Select[Any]]:
    if asked.uid:
        return [select(Contact.id).where(Contact.uid == asked.uid, Contact.uid != "")]
    columns = ((Contact.id, Contact.phone_number), (ContactPhone.contact_id, ContactPhone.phone_number))
    if asked.number:
        return [select(owner).where(number == asked.number) for owner, number in columns]
    if asked.number_begins:
        end = after_number(asked.number_begins)
        return [
            select(owner).where(number >= asked.number_begins, number < end).order_by(number)
            for owner, number in columns
        ]
    return []


def _by_words(session: Session, words: tuple[str, ...], enough: int) -> tuple[list[str], bool]:
    leader, how_many = _rarest(session, words)
    others = [word for word in words if word != leader]
    at_most = _COMMON if how_many < _COMMON else _ASKED_AT_MOST
    walked = select(SearchWord.word, SearchWord.contact_id).where(*_begins(leader))
    head = walked.order_by(SearchWord.word, SearchWord.contact_id)
    if not others:
        # Twice as many, as somebody may have two words that begin so.
        rows = session.execute(head.limit(2 * enough + 2)).all()
        return list(dict.fromkeys(row.contact_id for row in rows)), len(rows) <= 2 * enough
    some = head.limit(at_most).subquery()
    query = select(some.c.contact_id).join(SearchEntry, SearchEntry.contact_id == some.c.contact_id)
    query = query.where(*(SearchEntry.words.contains(f" {word}", autoescape=True) for word in others))
    found = session.scalars(query.limit(2 * enough + 2)).all()
    return list(dict.fromkeys(found)), how_many < _COMMON and len(found) <= 2 * enough


def _rarest(session: Session, words: tuple[str, ...]) -> tuple[str, int]:
    """The word that the fewest have, of those that lead to all who have them; how many, counted up to `_COMMON`."""
    leaders = [word for word in dict.fromkeys(words) if is_telling(word)] or [max(words, key=len)]
    # Ordered, so that planners walk the index: in a table read from its start the first of them may stand at its end.
    some = [
        select(literal(1).label("one"))
        .select_from(SearchWord)
        .where(*_begins(word))
        .order_by(SearchWord.word, SearchWord.contact_id)
        .limit(_COMMON)
        .subquery()
        for word in leaders
    ]
    counts = [select(literal(n), func.count()).select_from(one) for n, one in enumerate(some)]
    found = {leaders[number]: count for number, count in session.execute(union_all(*counts))}
    leader = min(leaders, key=lambda word: (found[word], -len(word)))
    return leader, found[leader]


def _begins(word: str) -> tuple[Any, Any]:
    return SearchWord.word >= word, SearchWord.word < word + LAST

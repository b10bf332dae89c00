"""Keeps the words by which contacts are found in step with the contacts. The one door to these rows.

Whoever adds or changes contacts notes which, in the same transaction; words are written soon after, some at a time, so
that an import is as fast as before. Whoever must be forgotten is forgotten at once.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import cast

from sqlalchemy import Row, Select, Table, bindparam, delete, exists, insert, select, update
from sqlalchemy.orm import Session

from campaigns.search_tables import SearchEntry, SearchNote, SearchWord
from campaigns.search_words import telling, words_of
from campaigns.tables import Contact
from foundation.many_rows import insert_rows
from foundation.many_values import is_one_of

# One transaction's worth: a tenth of a second at most.
AT_ONCE = 1000
_FACTS = (Contact.id, Contact.company, Contact.person, Contact.postcode, Contact.place)
_Facts = Row[str, str, str, str, str]
_FORGET_WORD = delete(cast(Table, SearchWord.__table__)).where(
    SearchWord.word == bindparam("old_word"), SearchWord.contact_id == bindparam("of_contact")
)
_CHANGE_ENTRY = (
    update(cast(Table, SearchEntry.__table__))
    .where(SearchEntry.contact_id == bindparam("of_contact"))
    .values(words=bindparam("new_words"))
)


def note_added(session: Session, contact_ids: Sequence[str]) -> None:
    """These contacts, whose ids sort in their order, have been added. One row, however many they are."""
    if contact_ids:
        session.execute(insert(SearchNote).values(first_id=contact_ids[0], last_id=contact_ids[-1], contact_ids=[]))


def note_changed(session: Session, contact_ids: Collection[str]) -> None:
    """These contacts may have other names now."""
    if contact_ids:
        session.execute(insert(SearchNote).values(first_id="", last_id="", contact_ids=sorted(contact_ids)))


def is_behind(session: Session) -> bool:
    """Whether there are contacts whose words are not written yet."""
    return bool(session.scalar(select(exists().where(SearchNote.id > 0))))


def write_now(session: Session, contact_ids: Collection[str]) -> None:
    """Write the words of these contacts as they are in this transaction."""
    _take_turn(session)
    session.flush()
    _write(session, session.execute(_facts_of(contact_ids)).all())


def write_some(session: Session) -> int:
    """Write the words of up to `AT_ONCE` contacts that were noted; how many they were, and 0 when all is done."""
    _take_turn(session)
    done = 0
    while done < AT_ONCE:
        note = session.scalar(select(SearchNote).where(SearchNote.id > 0).order_by(SearchNote.id).limit(1))
        if note is None:
            break
        rows, is_all = _noted(session, note, AT_ONCE - done)
        _write(session, rows)
        done += max(1, len(rows))
        if is_all:
            session.delete(note)
        session.flush()
    return done


def _take_turn(session: Session) -> None:
    """One at a time: of two who write the words of one contact, the later one could have read it earlier."""
    session.execute(select(SearchNote.id).where(SearchNote.id == 0).with_for_update())


def _noted(session: Session, note: SearchNote, limit: int) -> tuple[Sequence[_Facts], bool]:
    """The next contacts of a note, which then stands for the others; and whether these were all."""
    if note.contact_ids:
        these, note.contact_ids = note.contact_ids[:limit], note.contact_ids[limit:]
        return session.execute(_facts_of(these)).all(), not note.contact_ids
    between = select(*_FACTS).where(Contact.id >= note.first_id, Contact.id <= note.last_id)
    rows = session.execute(between.order_by(Contact.id).limit(limit)).all()
    if len(rows) < limit:
        return rows, True
    note.first_id = f"{rows[-1].id} "  # the next text behind it
    return rows, False


def _facts_of(contact_ids: Collection[str]) -> Select[str, str, str, str, str]:
    return select(*_FACTS).where(is_one_of(Contact.id, list(contact_ids)))


def _write(session: Session, rows: Iterable[_Facts]) -> None:
    words = {row.id: words_of(row.company, row.person, row.postcode, row.place) for row in rows}
    entries = {contact_id: "".join(f" {word}" for word in own) for contact_id, own in words.items()}
    kept = select(SearchEntry.contact_id, SearchEntry.words).where(is_one_of(SearchEntry.contact_id, list(entries)))
    known = {contact_id: entry for contact_id, entry in session.execute(kept)}  # noqa: C416 - rows are no pairs to mypy
    changed = [contact_id for contact_id, entry in known.items() if entries[contact_id] != entry]
    if changed:
        old = [(word, contact_id) for contact_id in changed for word in set(known[contact_id].split())]
        if old:
            session.execute(_FORGET_WORD, [{"old_word": word, "of_contact": owner} for word, owner in old])
        session.execute(_CHANGE_ENTRY, [{"of_contact": one, "new_words": entries[one]} for one in changed])
    new = [contact_id for contact_id in entries if contact_id not in known]
    insert_rows(session, SearchEntry, ("contact_id", "words"), [(one, entries[one]) for one in new])
    fresh = sorted({(word, one) for one in (*new, *changed) for word in telling(words[one])})
    insert_rows(session, SearchWord, ("word", "contact_id"), fresh)

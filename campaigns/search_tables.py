"""Rows by which contacts are found. They repeat what the contacts say, and follow them within seconds.

No foreign keys: contacts are never removed, and to check each word costs more than to write it.
"""

from typing import Any

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Table

# Compared letter by letter, whatever the server's language is.
_Word = String(40).with_variant(String(40, collation="C"), "postgresql")


class SearchWord(Table):
    """A word that tells a contact from others."""

    __tablename__ = "search_words"
    __table_args__ = ({"sqlite_with_rowid": False},)

    word: Mapped[str] = mapped_column(_Word, primary_key=True)
    contact_id: Mapped[str] = mapped_column(String(40), primary_key=True)


class SearchEntry(Table):
    """All words of a contact with a blank before each; legal forms, too."""

    __tablename__ = "search_entries"
    __table_args__ = ({"sqlite_with_rowid": False},)

    contact_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    words: Mapped[str] = mapped_column(Text)


class SearchNote(Table):
    """Contacts whose words are not written yet: all between two ids, or some. Whoever writes words locks number 0."""

    __tablename__ = "search_notes"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    first_id: Mapped[str] = mapped_column(String(60), default="")
    last_id: Mapped[str] = mapped_column(String(60), default="")
    contact_ids: Mapped[list[Any]] = mapped_column(default=list)

"""Which rows of one file are the same contact: by Swiss company number, then by number and extension.

The keys lie in a temporary database on disk that vanishes with the process, so memory does not grow with the file.
"""

import sqlite3
from dataclasses import dataclass
from typing import Self

from campaigns.rows import AcceptedRow, Phone


@dataclass(frozen=True)
class Twin:
    """A row that is the same contact as an earlier one. `root` is the first number of that one, `E.164;extension`."""

    reason: str
    root: str
    new_phones: tuple[Phone, ...]  # those that no earlier row has


def key_of(phone: Phone) -> str:
    """What makes a number one: itself and its extension."""
    return f"{phone.number.e164};{phone.number.extension}"


class FileKeys:
    """The keys of all rows so far, each with the first number of the row that it belongs to."""

    def __init__(self) -> None:
        self._keys = sqlite3.connect("", isolation_level=None)
        self._keys.execute("PRAGMA journal_mode=OFF")
        self._keys.execute("PRAGMA cache_size=-8000")
        self._keys.execute("CREATE TABLE keys (key TEXT PRIMARY KEY, root TEXT NOT NULL) WITHOUT ROWID")
        self._keys.execute("BEGIN")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._keys.close()

    def add(self, row: AcceptedRow) -> Twin | tuple[Phone, ...]:
        """The row's numbers that are its own, the first of them among them; or whose twin it is."""
        first = key_of(row.phones[0])
        root, reason = first, ""
        if not self._is_new(first, first):
            root, reason = self._root(first), "duplicate_in_file"
        uid = row.texts["uid"]
        if uid and not self._is_new(uid, root) and not reason:
            # The same company under another number: its number goes to the row that came first.
            root, reason = self._root(uid), "duplicate_uid_in_file"
            self._keys.execute("UPDATE keys SET root = ? WHERE key = ?", (root, first))
        own = tuple(phone for phone in row.phones[1:] if self._is_new(key_of(phone), root))
        if not reason:
            return (row.phones[0], *own)
        return Twin(reason, root, own if reason == "duplicate_in_file" else (row.phones[0], *own))

    def _is_new(self, key: str, root: str) -> bool:
        return self._keys.execute("INSERT OR IGNORE INTO keys VALUES (?, ?)", (key, root)).rowcount == 1

    def _root(self, key: str) -> str:
        return str(self._keys.execute("SELECT root FROM keys WHERE key = ?", (key,)).fetchone()[0])

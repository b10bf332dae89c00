"""Which rows of one file are the same contact: by Swiss company number, then by number and extension.

First numbers lie in a table of whole numbers of a bounded size. All other keys lie in a temporary database on disk that
vanishes with the process, so memory does not grow with the file.
"""

import sqlite3
from array import array
from dataclasses import dataclass
from typing import Self

from campaigns.rows import AcceptedRow, Phone

_SMALLEST = 1 << 14
_MOST_NUMBERS = 1 << 20  # 16 MB
# Odd, and about as large as 2**64 divided by the golden ratio: neighbours go far apart (Knuth, TAOCP 3, 6.4).
_SPREAD = 0x9E3779B97F4A7C15
_WORD = (1 << 64) - 1


@dataclass(frozen=True)
class Twin:
    """A row that is the same contact as an earlier one. `root` is the first number of that one, `E.164;extension`."""

    reason: str
    root: str
    new_phones: tuple[Phone, ...]  # those that no earlier row has


def key_of(phone: Phone) -> str:
    """What makes a number one: itself and its extension."""
    return f"{phone.number.e164};{phone.number.extension}"


class NumberSet:
    """A set of whole numbers from 1 to 2**64 - 1 in eight to sixteen bytes each, up to `most` of them.

    Python's own takes four times as much.
    """

    def __init__(self, most: int = _MOST_NUMBERS) -> None:
        self.most = most
        self.count = 0
        self._lay_out(_SMALLEST)

    def __contains__(self, number: int) -> bool:
        slots, mask = self._slots, self._mask
        place = (number * _SPREAD & _WORD) >> self._shift
        while found := slots[place]:
            if found == number:
                return True
            place = place + 1 & mask
        return False

    def add(self, number: int) -> bool:
        """Put a number in; whether it is new. A new one needs room: fewer than `most` may be in."""
        slots, mask = self._slots, self._mask
        place = (number * _SPREAD & _WORD) >> self._shift
        while found := slots[place]:
            if found == number:
                return False
            place = place + 1 & mask
        slots[place] = number
        self.count += 1
        if self.count * 2 > mask:
            self._grow()
        return True

    def _grow(self) -> None:
        numbers, self.count = self._slots, 0
        self._lay_out(len(numbers) * 2)
        for number in filter(None, numbers):
            self.add(number)

    def _lay_out(self, size: int) -> None:
        self._slots = array("Q", bytes(8 * size))
        self._mask = size - 1
        self._shift = 65 - size.bit_length()


class FileKeys:
    """The keys of all rows so far, each with the first number of the row that it belongs to."""

    def __init__(self, most_in_memory: int = _MOST_NUMBERS) -> None:
        # Numbers without an extension that are the first of their row, and not known to be an earlier row's.
        self._firsts = NumberSet(most_in_memory)
        self._has_others = False
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
        phones, uid = row.phones, row.uid
        if self._is_new_first(phones[0]):
            if not uid and len(phones) == 1:
                return phones
            root, reason = key_of(phones[0]), ""
        else:
            root, reason = self._root(key_of(phones[0])), "duplicate_in_file"
        if uid and not self._is_new(uid, root) and not reason:
            # The same company under another number: its number goes to the row that came first.
            root, reason = self._root(uid), "duplicate_uid_in_file"
            self._keys.execute("INSERT OR REPLACE INTO keys VALUES (?, ?)", (key_of(phones[0]), root))
        own = tuple(phone for phone in phones[1:] if self._is_new_further(phone, root))
        if not reason:
            return (phones[0], *own)
        return Twin(reason, root, own if reason == "duplicate_in_file" else (phones[0], *own))

    def _is_new_first(self, phone: Phone) -> bool:
        e164, firsts = phone.number.e164, self._firsts
        if phone.number.extension:
            return self._is_new(key_of(phone), key_of(phone))
        if self._has_others and self._find(key_of(phone)):
            return False
        if firsts.count < firsts.most:
            return firsts.add(int(e164[1:]))
        return int(e164[1:]) not in firsts and self._is_new(key_of(phone), key_of(phone))

    def _is_new_further(self, phone: Phone, root: str) -> bool:
        if not phone.number.extension and int(phone.number.e164[1:]) in self._firsts:
            return False
        return self._is_new(key_of(phone), root)

    def _is_new(self, key: str, root: str) -> bool:
        self._has_others = True
        return self._keys.execute("INSERT OR IGNORE INTO keys VALUES (?, ?)", (key, root)).rowcount == 1

    def _root(self, key: str) -> str:
        return self._find(key) or key  # a first number that stands nowhere else is its own

    def _find(self, key: str) -> str:
        found = self._keys.execute("SELECT root FROM keys WHERE key = ?", (key,)).fetchone()
        return str(found[0]) if found else ""

"""In which order contacts come whose time has come. Pure: a contact's place is a text, and texts are compared.

The text is made when a contact enters the line, so that taking the next ones walks one index, however many wait.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from foundation.errors import Invalid

KEY_LENGTH = 120
MOST_COLUMNS = 3
# What a manager may order by. Numbers are compared as numbers, everything else as plain letters.
NUMBERS = ("employees",)
TEXTS = ("company", "place", "postcode", "canton")
COLUMNS = (*NUMBERS, *TEXTS)
LOWEST_PRIORITY, HIGHEST_PRIORITY = -4, 4

_TEXT_LENGTH = 24
_NUMBER_LENGTH = 8
_FIRST, _LAST = 0x20, 0x7E  # printable ASCII, which every database sorts alike in the collation that the column has


@dataclass(frozen=True)
class SortColumn:
    """One column to order by. Whoever has no value comes last either way."""

    name: str
    descending: bool = False


@dataclass(frozen=True)
class LineOrder:
    """How a campaign orders its line: by priority of the list, then new ones first, then columns, then by waiting."""

    columns: tuple[SortColumn, ...] = ()
    new_first: bool = False

    def as_record(self) -> dict[str, Any]:
        """For the campaign's row."""
        columns = [{"name": column.name, "descending": column.descending} for column in self.columns]
        return {"columns": columns, "new_first": self.new_first}


def line_order_from(record: Mapping[str, Any]) -> LineOrder:
    """The order that a record describes; an empty one is the order of waiting.

    Raises:
        Invalid: a column is unknown or named twice, or there are too many.
    """
    columns = tuple(
        SortColumn(str(one.get("name", "")), descending=bool(one.get("descending")))
        for one in record.get("columns", ())
    )
    names = [column.name for column in columns]
    unknown = [name for name in names if name not in COLUMNS]
    if unknown or len(set(names)) != len(names) or len(names) > MOST_COLUMNS:
        raise Invalid(
            "Order by at most %(most)s different columns of: %(columns)s.",
            most=MOST_COLUMNS,
            columns=", ".join(COLUMNS),
        )
    return LineOrder(columns, new_first=bool(record.get("new_first")))


def order_key(order: LineOrder, priority: int, facts: Mapping[str, Any], waits_since: datetime) -> str:
    """A contact's place in line, as a text: the smaller one comes first.

    `facts` are the contact's columns with `attempts_made`; `priority` is its list's. Equal texts are ordered by id.
    """
    parts = [str(HIGHEST_PRIORITY - min(max(priority, LOWEST_PRIORITY), HIGHEST_PRIORITY))]
    if order.new_first:
        parts.append("1" if facts.get("attempts_made") else "0")
    parts.extend(_column_key(column, facts.get(column.name)) for column in order.columns)
    # Milliseconds, so that whoever was put back first is first again.
    moment = waits_since.astimezone(UTC)
    parts.append(f"{moment:%Y%m%d%H%M%S}{moment.microsecond // 1000:03}")
    return "".join(parts)


def group_length(order: LineOrder) -> int:
    """How many letters of a place say the group: the priority, and who was never called. Groups come one by one."""
    return 2 if order.new_first else 1


def share_out(limit: int, shares: Mapping[str, int], positions: Mapping[str, float]) -> list[str]:
    """Whose turn it is, `limit` times: each list comes as often as its share of the whole says, evenly mixed.

    `positions` say how far each list has come; the one that is furthest behind is next. Ties go by name.
    """
    at = {name: positions.get(name, 0.0) for name, share in shares.items() if share > 0}
    turns: list[str] = []
    while at and len(turns) < limit:
        name = min(sorted(at), key=at.__getitem__)
        turns.append(name)
        at[name] += 100 / shares[name]
    return turns


def moved_on(shares: Mapping[str, int], positions: Mapping[str, float], taken: Sequence[str]) -> dict[str, float]:
    """The lists' positions once contacts of these lists were taken.

    A list that had nobody is not owed what it missed: it goes on from where the others are.
    """
    after = {name: positions.get(name, 0.0) for name, share in shares.items() if share > 0}
    for name in taken:
        if name in after:
            after[name] += 100 / shares[name]
    served = [after[name] - 100 / shares[name] for name in set(taken) & set(after)]
    floor = min(served, default=0.0)
    return {name: max(position, floor) for name, position in after.items()}


def _column_key(column: SortColumn, value: Any) -> str:
    length = _NUMBER_LENGTH if column.name in NUMBERS else _TEXT_LENGTH
    if value is None or value == "":
        return chr(_LAST) * length
    key = str(min(int(value), 10**length - 1)).zfill(length) if column.name in NUMBERS else _plain(str(value), length)
    return "".join(chr(_FIRST + _LAST - 1 - ord(letter)) for letter in key) if column.descending else key


def _plain(text: str, length: int) -> str:
    """Letters without accents and case, nothing beyond printable ASCII, of one length."""
    letters = text.upper()
    if not (text.isascii() and text.isprintable() and chr(_LAST) not in text):  # most texts are plain already
        folded = unicodedata.normalize("NFKD", text).casefold().upper()
        letters = "".join(letter for letter in folded if _FIRST <= ord(letter) < _LAST)
    return letters[:length].ljust(length)

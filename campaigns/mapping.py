"""Which column of a list holds what: guessed by name, then by content, and always shown before it is used. Pure."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from campaigns.columns import FIELDS, REPEATABLE, field_named
from campaigns.geography import canton_code, language_code
from campaigns.numbers import NumberFound, read_number
from campaigns.reading import Row
from foundation.errors import Invalid
from foundation.postcodes import places_of

_SAMPLE_ROWS = 50
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_UID = re.compile(r"CHE[- ]?\d{3}\.?\d{3}\.?\d{3}.*", re.IGNORECASE)


@dataclass(frozen=True)
class Mapping:
    """One field per column; empty where a column goes under its own name into the fields for scripts.

    `guessed_by` says for each column what the guess rests on: `name`, `content`, or nothing.
    """

    columns: tuple[str, ...]
    fields: tuple[str, ...]
    guessed_by: tuple[str, ...] = ()

    def as_record(self) -> dict[str, Any]:
        """What is kept with the list, and offered again for the next one of this form."""
        return {"columns": list(self.columns), "fields": list(self.fields)}


def mapping_from(columns: Sequence[str], fields: Sequence[str]) -> Mapping:
    """A mapping that somebody chose: one field, or nothing, for each column.

    Raises:
        Invalid: a field is unknown or given to two columns, no column holds phone numbers, or their count is wrong.
    """
    if len(columns) != len(fields):
        raise Invalid(
            "The list has %(columns)s columns, the mapping %(fields)s.", columns=len(columns), fields=len(fields)
        )
    for field in fields:
        if field and field not in FIELDS:
            raise Invalid(
                "There is no field “%(field)s”. Choose one of: %(fields)s.", field=field, fields=", ".join(FIELDS)
            )
        if field and field not in REPEATABLE and list(fields).count(field) > 1:
            raise Invalid("Only one column can be the field “%(field)s”.", field=field)
    if "phone" not in fields:
        raise Invalid(
            "Say which column holds the phone numbers. The list has: %(columns)s.", columns=", ".join(columns)
        )
    return Mapping(tuple(columns), tuple(fields))


def guess_mapping(header: Sequence[str], rows: Sequence[Row], country: str = "CH") -> Mapping:
    """What each column seems to hold, by its name and otherwise by its first cells. It may lack the phone column."""
    fields = [""] * len(header)
    reasons = [""] * len(header)
    for index, name in enumerate(header):
        field = field_named(name)
        if field and (field in REPEATABLE or field not in fields):
            fields[index], reasons[index] = field, "name"
    for field, fits, share in _content_tests(country):
        if field in fields:
            continue
        for index in range(len(header)):
            if not fields[index] and _share(rows, index, fits) >= share:
                fields[index], reasons[index] = field, "content"
                break
    return Mapping(tuple(header), tuple(fields), tuple(reasons))


def _content_tests(country: str) -> tuple[tuple[str, Callable[[str], bool], float], ...]:
    """Tests from the most telling to the least, each with the share of cells that must pass."""
    return (
        ("email", lambda cell: _EMAIL.fullmatch(cell) is not None, 0.6),
        ("uid", lambda cell: _UID.fullmatch(cell) is not None, 0.6),
        ("phone", lambda cell: isinstance(read_number(cell, country), NumberFound), 0.5),
        ("postcode", lambda cell: bool(places_of(cell.removesuffix(".0"))), 0.8),
        ("canton", lambda cell: len(cell) > 1 and canton_code(cell) != "", 0.8),
        ("language", lambda cell: len(cell) > 1 and language_code(cell) != "", 0.8),
    )


def _share(rows: Sequence[Row], index: int, fits: Callable[[str], bool]) -> float:
    cells = [row.cells[index].strip() for row in rows[:_SAMPLE_ROWS] if index < len(row.cells)]
    filled = [cell for cell in cells if cell]
    return sum(map(fits, filled)) / len(filled) if filled else 0.0

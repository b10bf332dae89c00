"""Why a row of a list was refused and how to mend it, and the refused rows as a file to mend. Decides nothing."""

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.columns import OWN_COLUMN, shown_name
from campaigns.tables import ContactList, RefusedRow
from foundation.errors import NotFound


@dataclass(frozen=True)
class Reason:
    """What is wrong with a row, and what to do about it. English source strings of the pages' catalogues."""

    what: str
    mend: str


_ADDED = ("Row", "Reason", "Column", "Found", "What to do")
_OTHER_NUMBER = "Enter a number in a fixed or mobile network."
_WRITE_IT_OUT = "Write the number out with its country code, such as +41 44 668 18 00."

REASONS: dict[str, Reason] = {
    "missing_number": Reason("No phone number", "Enter a phone number."),
    "shortened_by_spreadsheet": Reason(
        "The spreadsheet program shortened the number, its last digits are lost",
        "Take the number from the source again and format the column as text.",
    ),
    "not_a_number": Reason("Not a phone number", _WRITE_IT_OUT),
    "too_short": Reason("Too few digits", _WRITE_IT_OUT),
    "too_long": Reason("Too many digits", _WRITE_IT_OUT),
    "not_in_use": Reason("No such number is in use in this country", _WRITE_IT_OUT),
    "no_country": Reason("A number that belongs to no country", _OTHER_NUMBER),
    "emergency_number": Reason("An emergency number", _OTHER_NUMBER),
    "premium_rate": Reason("A premium-rate number", _OTHER_NUMBER),
    "shared_cost": Reason("A shared-cost number", _OTHER_NUMBER),
    "toll_free": Reason("A toll-free number", _OTHER_NUMBER),
    "personal_number": Reason("A personal number that is charged to the caller", _OTHER_NUMBER),
    "voicemail": Reason("A voicemail access number", _OTHER_NUMBER),
    "pager": Reason("A pager", _OTHER_NUMBER),
    "duplicate_in_file": Reason("The same number stands in an earlier row", "Nothing to do, or enter another number."),
    "duplicate_uid_in_file": Reason(
        "The same company stands in an earlier row, under another number",
        "Nothing to do: its number was added to the earlier row.",
    ),
    "duplicate_in_book": Reason(
        "The number or the company stands in another campaign",
        "Nothing to do, or import the list again and keep those that other campaigns have.",
    ),
    "already_in_campaign": Reason("The number is in this campaign already", "Nothing to do, or enter another number."),
    "too_many_cells": Reason(
        "The row has more cells than the header",
        "Put quotation marks around the cell that contains the separator.",
    ),
}


def mending_groups(refused: Mapping[str, int]) -> list[tuple[str, int, list[tuple[str, int]]]]:
    """Counts of refused rows by what mends them: the remedy, how many rows, and the reasons among them. Most first."""
    groups: dict[str, list[tuple[str, int]]] = {}
    for reason, count in refused.items():
        known = REASONS.get(reason, Reason(reason, ""))
        groups.setdefault(known.mend, []).append((known.what, count))
    summed = [
        (mend, sum(count for _, count in reasons), sorted(reasons, key=lambda one: -one[1]))
        for mend, reasons in groups.items()
    ]
    return sorted(summed, key=lambda group: -group[1])


# What a spreadsheet program takes for the beginning of a formula, in full width as well (CWE-1236).
_FORMULA_STARTS = tuple("=+-@\t\r\n\0＝＋－＠")


def disarm_cell(text: str) -> str:
    """The cell with an apostrophe in front where a spreadsheet program would run it as a formula."""
    return "'" + text if text.lstrip(" ").startswith(_FORMULA_STARTS) else text


def refused_rows_csv(session: Session, list_id: str, translate: Callable[[str], str] = str) -> bytes:
    """The refused rows of a list with row, reason, column, what was found and the remedy, as a CSV file for Excel.

    Mended and uploaded again it brings in what is missing and nothing twice. `translate` turns English into the
    reader's language.

    Raises:
        NotFound: there is no such list.
    """
    contact_list = session.get(ContactList, list_id)
    if contact_list is None:
        raise NotFound(f"There is no list {list_id}.")
    target = io.StringIO()
    writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
    names: list[str] = contact_list.mapping.get("columns", [])
    # Those that an export added before are made anew.
    kept = [index for index, name in enumerate(names) if not name.startswith(OWN_COLUMN)]
    added = [OWN_COLUMN + translate(name) for name in _ADDED]
    writer.writerow([disarm_cell(name) for name in (*(shown_name(names[index], translate) for index in kept), *added)])
    refused = select(RefusedRow).where(RefusedRow.list_id == list_id).order_by(RefusedRow.row_number, RefusedRow.id)
    for row in session.scalars(refused):
        reason = REASONS.get(row.reason, Reason(row.reason, ""))
        cells = [row.cells[index] if index < len(row.cells) else "" for index in kept]
        cells += [str(row.row_number), translate(reason.what), shown_name(row.column_name, translate), row.found]
        cells.append(translate(reason.mend) if reason.mend else "")
        writer.writerow([disarm_cell(cell) for cell in cells])
    return b"\xef\xbb\xbf" + target.getvalue().encode("utf-8")

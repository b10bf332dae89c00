"""Reads a partner file into values, and says of every cell that cannot be used what it should be. Pure."""

import csv
import io
from dataclasses import dataclass

from foundation.marking import N_, Said
from leads.customer_identity import company_key
from leads.partner_cells import COLUMNS, REQUIRED_COLUMNS, PartnerRow, RowProblem, read_partner

__all__ = ["COLUMNS", "REQUIRED_COLUMNS", "PartnerFile", "PartnerRow", "RowProblem", "read_partners"]

MAX_BYTES = 10_000_000
_COLUMNS = ";".join(COLUMNS)


@dataclass(frozen=True)
class PartnerFile:
    """What was read. Partners are worth importing only where there are no problems."""

    partners: tuple[PartnerRow, ...]
    problems: tuple[RowProblem, ...]


def read_partners(content: bytes) -> PartnerFile:
    """Every partner and every problem of a CSV file: UTF-8 or Windows-1252, with semicolons, commas or tabs."""
    if len(content) > MAX_BYTES:
        return _unusable("", N_("keep it under %(size)s MB"), size=MAX_BYTES // 1_000_000)
    text = _decoded(content)
    if "\0" in text or not text.strip():
        return _unusable("", N_("save it as CSV with the columns %(columns)s"), columns=_COLUMNS)
    first_line = text.strip().splitlines()[0]
    delimiter = max(";,\t", key=first_line.count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        return _unusable(str(error), N_("save it as CSV again"))
    filled = [(number, line) for number, line in enumerate(lines, start=1) if any(map(str.strip, line))]
    if not filled:
        return _unusable("", N_("it is empty: the columns are %(columns)s"), columns=_COLUMNS)
    return _read_rows(filled)


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _unusable(found: str, what_to_do: str, **facts: str | float) -> PartnerFile:
    return PartnerFile((), (RowProblem(0, "CSV", found, what_to_do, facts),))


def _read_rows(lines: list[tuple[int, list[str]]]) -> PartnerFile:
    header = [name.strip().casefold() for name in lines[0][1]]
    missing = [name for name in REQUIRED_COLUMNS if name not in header]
    unknown = [name for name in header if name and name not in COLUMNS]
    doubled = [name for name in dict.fromkeys(header) if name and header.count(name) > 1]
    if missing or unknown or doubled:
        wrong = [(N_("%(name)s is missing"), {"name": name}) for name in missing]
        wrong += [(N_("%(name)s is not known"), {"name": name}) for name in unknown]
        wrong += [(N_("%(name)s is there twice"), {"name": name}) for name in doubled]
        facts = {"wrong": Said(*wrong, between=", "), "columns": _COLUMNS}
        header_row = ";".join(lines[0][1])
        problem = RowProblem(lines[0][0], "header", header_row, N_("%(wrong)s; the columns are %(columns)s"), facts)
        return PartnerFile((), (problem,))
    if len(lines) == 1:
        return _unusable("", N_("it has a header and no partner"))
    partners, problems = [], []
    first_rows: dict[str, int] = {}
    for row_number, line in lines[1:]:
        partner, found = read_partner(row_number, dict(zip(header, line, strict=False)))
        if any(cell.strip() for cell in line[len(header) :]):
            surplus = N_("it has %(cells)s cells and the header %(columns)s: quote cells with separators")
            found.append(RowProblem(row_number, "row", "", surplus, {"cells": len(line), "columns": len(header)}))
        key = company_key(partner.profile.name)
        if key and (first := first_rows.setdefault(key, row_number)) != row_number:
            again = N_("row %(row)s has this partner already: keep one of them")
            name = line[header.index("name")].strip()
            found.append(RowProblem(row_number, "name", name, again, {"row": first}))
        partners.append(partner)
        problems += found
    return PartnerFile(tuple(partners), tuple(problems))

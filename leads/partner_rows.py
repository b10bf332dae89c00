"""Reads a partner file into values, and says of every cell that cannot be used what it should be. Pure."""

import csv
import io
from dataclasses import dataclass

from leads.customer_identity import company_key
from leads.partner_cells import COLUMNS, REQUIRED_COLUMNS, PartnerRow, RowProblem, read_partner

__all__ = ["COLUMNS", "REQUIRED_COLUMNS", "PartnerFile", "PartnerRow", "RowProblem", "read_partners"]

MAX_BYTES = 10_000_000


@dataclass(frozen=True)
class PartnerFile:
    """What was read. Partners are worth importing only where there are no problems."""

    partners: tuple[PartnerRow, ...]
    problems: tuple[RowProblem, ...]


def read_partners(content: bytes) -> PartnerFile:
    """Every partner and every problem of a CSV file: UTF-8 or Windows-1252, with semicolons, commas or tabs."""
    if len(content) > MAX_BYTES:
        return _unusable("", f"keep the file under {MAX_BYTES // 1_000_000} MB")
    text = _decoded(content)
    if "\0" in text or not text.strip():
        return _unusable("", "save it as CSV with the columns " + ";".join(COLUMNS))
    first_line = text.strip().splitlines()[0]
    delimiter = max(";,\t", key=first_line.count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        return _unusable(str(error), "save it as CSV again")
    filled = [(number, line) for number, line in enumerate(lines, start=1) if any(map(str.strip, line))]
    if not filled:
        return _unusable("", "it is empty: the columns are " + ";".join(COLUMNS))
    return _read_rows(filled)


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _unusable(found: str, what_to_do: str) -> PartnerFile:
    return PartnerFile((), (RowProblem(0, "the file", found, what_to_do),))


def _read_rows(lines: list[tuple[int, list[str]]]) -> PartnerFile:
    header = [name.strip().casefold() for name in lines[0][1]]
    missing = [name for name in REQUIRED_COLUMNS if name not in header]
    unknown = [name for name in header if name and name not in COLUMNS]
    doubled = [name for name in dict.fromkeys(header) if name and header.count(name) > 1]
    if missing or unknown or doubled:
        wrong = [f"{name} is missing" for name in missing] + [f"{name} is not known" for name in unknown]
        wrong += [f"{name} is there twice" for name in doubled]
        what_to_do = f"{', '.join(wrong)}; the columns are {';'.join(COLUMNS)}"
        problem = RowProblem(lines[0][0], "header", ";".join(lines[0][1]), what_to_do)
        return PartnerFile((), (problem,))
    if len(lines) == 1:
        return _unusable("", "it has a header and no partner")
    partners, problems = [], []
    first_rows: dict[str, int] = {}
    for row_number, line in lines[1:]:
        partner, found = read_partner(row_number, dict(zip(header, line, strict=False)))
        if any(cell.strip() for cell in line[len(header) :]):
            surplus = f"it has {len(line)} cells and the header {len(header)}: quote cells with separators"
            found.append(RowProblem(row_number, "row", "", surplus))
        key = company_key(partner.profile.name)
        if key and (first := first_rows.setdefault(key, row_number)) != row_number:
            again = f"row {first} has this partner already: keep one of them"
            found.append(RowProblem(row_number, "name", line[header.index("name")].strip(), again))
        partners.append(partner)
        problems += found
    return PartnerFile(tuple(partners), tuple(problems))

"""Reads a partner file into values, and says of every cell that cannot be used what it should be. Pure."""

import csv
import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from foundation.postcodes import places_of
from leads.customer_identity import CustomerMark, company_key, read_mark
from leads.facts import CANTONS, LANGUAGES, SOLUTIONS, Profile

COLUMNS = (
    "name", "email", "languages", "cantons", "postcodes", "solutions",
    "min_employees", "max_employees", "weekly_capacity", "known_customers",
    "home_postcode", "reach_km", "min_complexity", "max_complexity", "owner",
)  # fmt: skip
REQUIRED_COLUMNS = ("name", "languages", "solutions", "weekly_capacity")
MAX_BYTES = 10_000_000
_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+")


@dataclass(frozen=True)
class RowProblem:
    """One cell that cannot be used. Row 1 is the header; row 0 means the file as a whole."""

    row_number: int
    column: str
    found: str
    what_to_do: str

    def sentence(self) -> str:
        """The problem for a person to read."""
        where = f"row {self.row_number}, " if self.row_number else ""
        found = f" “{self.found[:80]}”" if self.found else ""
        return f"{where}{self.column}{found}: {self.what_to_do}"


@dataclass(frozen=True)
class PartnerRow:
    """One partner as the file has it."""

    row_number: int
    profile: Profile
    email: str
    known_customers: tuple[CustomerMark, ...]


@dataclass(frozen=True)
class PartnerFile:
    """What was read. Partners are worth importing only where there are no problems."""

    partners: tuple[PartnerRow, ...]
    problems: tuple[RowProblem, ...]


@dataclass
class _Cells:
    """One row's cells while they are read; problems gather here."""

    row_number: int
    cells: dict[str, str]
    problems: list[RowProblem] = field(default_factory=list)

    def blame(self, column: str, what_to_do: str, found: str | None = None) -> None:
        shown = self.cells.get(column, "") if found is None else found
        self.problems.append(RowProblem(self.row_number, column, shown, what_to_do))

    def words(self, column: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(word for word in re.split(r"[\s,|/]+", self.cells.get(column, "")) if word))

    def choices(self, column: str, allowed: Iterable[str], written: Callable[[str], str]) -> tuple[str, ...]:
        found = tuple(dict.fromkeys(written(word) for word in self.words(column)))
        for word in found:
            if word not in allowed:
                self.blame(column, f"use any of {' '.join(allowed)}", word)
        return found

    def whole_number(self, column: str, lowest: int) -> int | None:
        text = self.cells.get(column, "").replace("'", "").replace("’", "")
        if not text:
            return None
        if not re.fullmatch(r"[0-9]{1,7}", text) or int(text) < lowest:
            self.blame(column, f"use a whole number from {lowest} up")
            return None
        return int(text)


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
        problem = RowProblem(lines[0][0], "header", ", ".join(wrong), "the columns are " + ";".join(COLUMNS))
        return PartnerFile((), (problem,))
    if len(lines) == 1:
        return _unusable("", "it has a header and no partner")
    partners, problems = [], []
    first_rows: dict[str, int] = {}
    for row_number, line in lines[1:]:
        cells = _Cells(row_number, dict(zip(header, map(str.strip, line), strict=False)))
        if any(cell.strip() for cell in line[len(header) :]):
            cells.blame("row", f"it has {len(line)} cells and the header {len(header)}: quote cells with separators")
        partner = _read_partner(cells)
        key = company_key(partner.profile.name)
        if key and (first := first_rows.setdefault(key, row_number)) != row_number:
            cells.blame("name", f"row {first} has this partner already: keep one of them")
        partners.append(partner)
        problems += cells.problems
    return PartnerFile(tuple(partners), tuple(problems))


def _read_partner(cells: _Cells) -> PartnerRow:
    solutions, levels = _solutions(cells)
    profile = Profile(
        name=_name(cells),
        is_active=True,
        languages=cells.choices("languages", LANGUAGES, str.casefold),
        cantons=cells.choices("cantons", CANTONS, str.upper),
        postcodes=_postcodes(cells),
        solutions=solutions,
        min_employees=cells.whole_number("min_employees", 0),
        max_employees=cells.whole_number("max_employees", 1),
        weekly_capacity=cells.whole_number("weekly_capacity", 1) or 0,
        levels=levels,
        home_postcode=_home(cells),
        reach_km=cells.whole_number("reach_km", 1),
        min_complexity=cells.whole_number("min_complexity", 1),
        max_complexity=cells.whole_number("max_complexity", 1),
        owner=" ".join(cells.cells.get("owner", "").split())[:200],
    )
    _check_what_is_needed(cells, profile)
    return PartnerRow(cells.row_number, profile, _email(cells), _known_customers(cells))


def _check_what_is_needed(cells: _Cells, profile: Profile) -> None:
    for column in REQUIRED_COLUMNS:
        if not cells.cells.get(column):
            cells.blame(column, "fill it in")
    lowest, highest = profile.min_employees, profile.max_employees
    if lowest is not None and highest is not None and lowest > highest:
        cells.blame("min_employees", f"it is above max_employees {highest}: swap or correct them")


def _solutions(cells: _Cells) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Solutions, each with a level behind a colon (`erp:3 crm:1`), or none of them with one."""
    found: dict[str, str] = {}
    for word in cells.words("solutions"):
        name, _, level = word.casefold().partition(":")
        if name not in SOLUTIONS:
            cells.blame("solutions", f"use any of {' '.join(SOLUTIONS)}", word)
        elif level not in ("", "1", "2", "3"):
            cells.blame("solutions", "use a level from 1 to 3, such as erp:3", word)
        else:
            found.setdefault(name, level)
    with_level = [level for level in found.values() if level]
    if with_level and len(with_level) < len(found):
        cells.blame("solutions", "give every solution a level, or none")
        return tuple(found), ()
    return tuple(found), tuple(map(int, with_level))


def _home(cells: _Cells) -> str:
    home = cells.cells.get("home_postcode", "")
    if home and not places_of(home):
        cells.blame("home_postcode", "use a Swiss postcode such as 8005")
    if cells.cells.get("reach_km") and not home:
        cells.blame("home_postcode", "fill it in: the reach in km is counted from there")
    return home


def _name(cells: _Cells) -> str:
    name = " ".join(cells.cells.get("name", "").split())
    if name and not company_key(name):
        cells.blame("name", "use letters or digits")
    if len(name) > 200:
        cells.blame("name", "use at most 200 signs")
    return name


def _email(cells: _Cells) -> str:
    email = cells.cells.get("email", "")
    if email and not (_EMAIL.fullmatch(email) and len(email) <= 300):
        cells.blame("email", "use one address such as leads@example.ch, or leave it empty")
    return email.casefold()


def _postcodes(cells: _Cells) -> tuple[str, ...]:
    found = cells.words("postcodes")
    for word in found:
        # A Swiss or Liechtenstein postcode lies between 1000 and 9999.
        if not re.fullmatch(r"[1-9][0-9]{0,3}", word):
            cells.blame("postcodes", "use four digits such as 8005, or the first digits such as 80", word)
    return found


def _known_customers(cells: _Cells) -> tuple[CustomerMark, ...]:
    # Names hold spaces, so only commas and bars part them.
    marks = []
    for text in re.split(r"[,|]", cells.cells.get("known_customers", "")):
        if not text.strip():
            continue
        mark = read_mark(text.strip())
        if mark is None:
            cells.blame("known_customers", "use a company's name, number (CHE-…) or phone number", text.strip())
        else:
            marks.append(mark)
    return tuple(dict.fromkeys(marks))

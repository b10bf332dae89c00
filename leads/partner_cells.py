"""Reads one partner from named cells, of a file or a form, and says of each what it should be. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from foundation.errors import Flaw
from foundation.marking import N_, Said
from foundation.postcodes import places_of
from leads.customer_identity import CustomerMark, company_key, read_mark
from leads.facts import CANTONS, LANGUAGES, SOLUTIONS, Profile
from leads.live_lines import LiveLine, read_live_line

# Files have these, both ways; `id` is for other programs and is not read.
COLUMNS = (
    "name", "email", "languages", "cantons", "postcodes", "solutions",
    "min_employees", "max_employees", "weekly_capacity", "known_customers",
    "home_postcode", "reach_km", "min_complexity", "max_complexity", "owner",
    "grade", "staff", "weight_percent", "excluded_customers", "absent", "closed_days", "is_active", "id",
    "takes_live_calls", "live_number", "live_hours",
)  # fmt: skip
REQUIRED_COLUMNS = ("name", "languages", "solutions", "weekly_capacity")
GRADES = ("A", "B", "C")
CLOSED_DAYS_A_YEAR = 20
ABSENCES_AT_MOST = 20
_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+")
# Exports put an apostrophe before what a spreadsheet program would run.
_DISARMED = re.compile(r"^'(?= *[=+\-@\t＝＋－＠])")


@dataclass(frozen=True)
class RowProblem:
    """One cell that cannot be used. Row 1 is the header; row 0 means the file as a whole."""

    row_number: int
    column: str
    found: str
    what_to_do: str
    facts: Mapping[str, str | float] = field(default_factory=dict)

    @property
    def flaw(self) -> Flaw:
        """The same without the row."""
        return Flaw(self.column, self.what_to_do, self.facts, self.found)

    def sentence(self) -> str:
        """The problem for a person to read, in English."""
        text, facts = self.as_message()
        return text % facts

    def as_message(self) -> tuple[str, Mapping[str, str | float]]:
        """The same as a message: its text, and what that leaves to be filled in. Columns are called as in the file."""
        to_do = Said((self.what_to_do, self.facts))
        facts: dict[str, str | float] = {"column": self.column, "found": self.found[:80], "to_do": to_do}
        facts["row"] = self.row_number
        if not self.row_number:
            return (N_("%(column)s “%(found)s”: %(to_do)s") if self.found else N_("%(column)s: %(to_do)s")), facts
        if self.found:
            return N_("row %(row)s, %(column)s “%(found)s”: %(to_do)s"), facts
        return N_("row %(row)s, %(column)s: %(to_do)s"), facts


@dataclass(frozen=True)
class PartnerRow:
    """One partner as the file has it."""

    row_number: int
    profile: Profile
    email: str
    known_customers: tuple[CustomerMark, ...]
    given: frozenset[str] = frozenset(COLUMNS)  # the columns that were there; the others say nothing


@dataclass
class Cells:
    """One row's cells while they are read; problems gather here."""

    row_number: int
    cells: dict[str, str]
    problems: list[RowProblem] = field(default_factory=list)

    def blame(self, column: str, what_to_do: str, found: str | None = None, **facts: str | float) -> None:
        shown = self.cells.get(column, "") if found is None else found
        self.problems.append(RowProblem(self.row_number, column, shown, what_to_do, facts))

    def words(self, column: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(word for word in re.split(r"[\s,|/]+", self.cells.get(column, "")) if word))

    def choices(self, column: str, allowed: Iterable[str], written: Callable[[str], str]) -> tuple[str, ...]:
        found = tuple(dict.fromkeys(written(word) for word in self.words(column)))
        for word in found:
            if word not in allowed:
                self.blame(column, N_("use any of %(words)s"), word, words=" ".join(allowed))
        return found

    def names(self, column: str) -> tuple[str, ...]:
        """Names hold spaces, so only commas and bars part them."""
        parts = re.split(r"[,|]", self.cells.get(column, ""))
        return tuple(dict.fromkeys(" ".join(part.split()) for part in parts if part.strip()))

    def days(self, column: str, text: str) -> date | None:
        try:
            return date.fromisoformat(text)
        except ValueError:
            self.blame(column, N_("use days such as 2026-12-24"), text)
            return None

    def whole_number(self, column: str, lowest: int) -> int | None:
        text = self.cells.get(column, "").replace("'", "").replace("’", "")
        if not text:
            return None
        if not re.fullmatch(r"[0-9]{1,7}", text) or int(text) < lowest:
            self.blame(column, N_("use a whole number from %(lowest)s up"), lowest=lowest)
            return None
        return int(text)


def read_partner(row_number: int, written: Mapping[str, str]) -> tuple[PartnerRow, list[RowProblem]]:
    """One partner from its cells by column, and the problems of those that cannot be used."""
    cells = Cells(row_number, {name: _DISARMED.sub("", text.strip(), count=1) for name, text in written.items()})
    return _read_partner(cells), cells.problems


def _read_partner(cells: Cells) -> PartnerRow:
    solutions, levels = _solutions(cells)
    live = _live_line(cells)
    profile = Profile(
        name=_name(cells),
        is_active=_is_active(cells),
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
        excluded_customers=tuple(map(company_key, cells.names("excluded_customers"))),
        owner=" ".join(cells.cells.get("owner", "").split())[:200],
        absent=_absent(cells),
        weight_percent=_weight(cells),
        closed_days=_closed_days(cells),
        grade=_grade(cells),
        staff=cells.whole_number("staff", 1),
        takes_live_calls=live.is_on,
        live_number=live.number,
        live_hours=live.hours,
    )
    _check_what_is_needed(cells, profile)
    return PartnerRow(cells.row_number, profile, _email(cells), _known_customers(cells), frozenset(cells.cells))


def _check_what_is_needed(cells: Cells, profile: Profile) -> None:
    for column in REQUIRED_COLUMNS:
        if not cells.cells.get(column):
            cells.blame(column, N_("fill it in"))
    bands = {
        "employees": (profile.min_employees, profile.max_employees),
        "complexity": (profile.min_complexity, profile.max_complexity),
    }
    for band, (lowest, highest) in bands.items():
        if lowest is not None and highest is not None and lowest > highest:
            too_low = N_("it is above the highest, %(highest)s: swap or correct them")
            cells.blame(f"min_{band}", too_low, highest=highest)
    for column in ("min_complexity", "max_complexity"):
        if (getattr(profile, column) or 1) > 5:
            cells.blame(column, N_("use a number from 1 to 5"))


def _solutions(cells: Cells) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Solutions, each with a level behind a colon (`erp:3 crm:1`), or none of them with one."""
    found: dict[str, str] = {}
    for word in cells.words("solutions"):
        name, _, level = word.casefold().partition(":")
        if name not in SOLUTIONS:
            cells.blame("solutions", N_("use any of %(words)s"), word, words=" ".join(SOLUTIONS))
        elif level not in ("", "1", "2", "3"):
            cells.blame("solutions", N_("use a level from 1 to 3, such as erp:3"), word)
        else:
            found.setdefault(name, level)
    with_level = [level for level in found.values() if level]
    if with_level and len(with_level) < len(found):
        cells.blame("solutions", N_("give every solution a level, or none"))
        return tuple(found), ()
    return tuple(found), tuple(map(int, with_level))


def _home(cells: Cells) -> str:
    home = cells.cells.get("home_postcode", "")
    if home and not places_of(home):
        cells.blame("home_postcode", N_("use a Swiss postcode such as 8005"))
    if cells.cells.get("reach_km") and not home:
        cells.blame("home_postcode", N_("fill it in: the reach in km is counted from there"))
    return home


def _name(cells: Cells) -> str:
    name = " ".join(cells.cells.get("name", "").split())
    if name and not company_key(name):
        cells.blame("name", N_("use letters or digits"))
    if len(name) > 200:
        cells.blame("name", N_("use at most %(count)s signs"), count=200)
    return name


def _email(cells: Cells) -> str:
    email = cells.cells.get("email", "")
    if email and not (_EMAIL.fullmatch(email) and len(email) <= 300):
        cells.blame("email", N_("use one address such as leads@example.ch, or leave it empty"))
    return email.casefold()


def _postcodes(cells: Cells) -> tuple[str, ...]:
    found = cells.words("postcodes")
    for word in found:
        # A Swiss or Liechtenstein postcode lies between 1000 and 9999.
        if not re.fullmatch(r"[1-9][0-9]{0,3}", word):
            cells.blame("postcodes", N_("use four digits such as 8005, or the first digits such as 80"), word)
    return found


def _known_customers(cells: Cells) -> tuple[CustomerMark, ...]:
    marks = []
    for text in cells.names("known_customers"):
        mark = read_mark(text)
        if mark is None:
            cells.blame("known_customers", N_("use a company's name, number (CHE-…) or phone number"), text)
        else:
            marks.append(mark)
    return tuple(dict.fromkeys(marks))


def _is_active(cells: Cells) -> bool:
    return _yes_or_no(cells, "is_active") != "no"


def _yes_or_no(cells: Cells, column: str) -> str:
    word = cells.cells.get(column, "").casefold()
    if word not in ("", "yes", "no"):
        cells.blame(column, N_("use yes or no"))
    return word


def _live_line(cells: Cells) -> LiveLine:
    is_on = _yes_or_no(cells, "takes_live_calls") == "yes"
    line, flaws = read_live_line(cells.cells.get("live_number", ""), cells.cells.get("live_hours", ""), is_on=is_on)
    for flaw in flaws:
        cells.problems.append(RowProblem(cells.row_number, flaw.name, flaw.found, flaw.what_to_do, flaw.facts))
    return line


def _grade(cells: Cells) -> str:
    grade = cells.cells.get("grade", "").upper()
    if grade and grade not in GRADES:
        cells.blame("grade", N_("use any of %(words)s, or leave it empty"), words=" ".join(GRADES))
    return grade[:1]


def _weight(cells: Cells) -> int:
    weight = cells.whole_number("weight_percent", 10)
    if weight is not None and weight > 300:
        cells.blame("weight_percent", N_("use a whole number from 10 to 300"))
    return 100 if weight is None else weight


def _absent(cells: Cells) -> tuple[tuple[str, str], ...]:
    """Spans of days, such as `2026-12-24/2027-01-02`; a single day is a span of its own."""
    spans = []
    for word in re.split(r"[\s,|]+", cells.cells.get("absent", "")):
        if not word:
            continue
        first, _, last = word.partition("/")
        begin, end = cells.days("absent", first), cells.days("absent", last or first)
        if begin and end and begin > end:
            cells.blame("absent", N_("the last day lies before the first"), word)
        elif begin and end:
            spans.append((begin.isoformat(), end.isoformat()))
    if len(spans) > ABSENCES_AT_MOST:
        cells.blame("absent", N_("use at most %(count)s spans"), count=ABSENCES_AT_MOST)
    return tuple(sorted(set(spans)))


def _closed_days(cells: Cells) -> tuple[str, ...]:
    days = [cells.days("closed_days", word) for word in cells.words("closed_days")]
    found = sorted({day for day in days if day})
    if any(sum(one.year == day.year for one in found) > CLOSED_DAYS_A_YEAR for day in found):
        cells.blame("closed_days", N_("use at most %(count)s days in a year"), count=CLOSED_DAYS_A_YEAR)
    return tuple(day.isoformat() for day in found)

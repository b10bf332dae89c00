"""One row of a list to a contact, or to a refusal that says where and why. Pure; twins and storage are others'."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from campaigns.columns import OWN_COLUMN
from campaigns.decoding import UNREADABLE
from campaigns.geography import find_canton, find_language, time_zone_of
from campaigns.mapping import Mapping
from campaigns.numbers import NumberRefused, read_number
from campaigns.reading import Row
from foundation.phone_number import PhoneNumber

MAX_NUMBERS = 5

_UID = re.compile(r"CHE[\s-]?(\d{3})[\s.]?(\d{3})[\s.]?(\d{3})", re.IGNORECASE)
_UID_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4)
_PARTNERS_APART = re.compile(r"[;|\n]")
_COUNTRY_NAMES = {
    "schweiz": "CH", "suisse": "CH", "svizzera": "CH", "switzerland": "CH",
    "liechtenstein": "LI", "fl": "LI",
    "deutschland": "DE", "germany": "DE", "allemagne": "DE", "germania": "DE", "d": "DE",
    "österreich": "AT", "oesterreich": "AT", "austria": "AT", "autriche": "AT", "a": "AT",
    "frankreich": "FR", "france": "FR", "francia": "FR", "f": "FR",
    "italien": "IT", "italia": "IT", "italie": "IT", "italy": "IT", "i": "IT",
}  # fmt: skip
_COUNTRIES = frozenset(_COUNTRY_NAMES.values())
# The fields that are kept as they stand, with the lengths of their columns.
_LENGTHS = {"company": 300, "email": 300, "place": 200, "external_id": 100}
MAX_NOTES = 4000
_FORMULA_STARTS = frozenset("=+-@")
_NO_NUMBER = NumberRefused("missing_number")


class Phone(NamedTuple):
    """One number of a row. `label` is what the list calls its column."""

    number: PhoneNumber
    label: str
    repaired: bool


class Whereabouts(NamedTuple):
    """Where a contact is and what is spoken there; `language_basis` says what the language rests on."""

    postcode: str
    canton: str
    language: str
    language_basis: str


class AcceptedRow(NamedTuple):
    """A row that can become a contact, with one to five numbers. Texts have the lengths of their columns."""

    row: Row
    phones: tuple[Phone, ...]
    where: Whereabouts
    time_zone: str
    person: str
    employees: int | None
    uid: str
    partners: list[dict[str, str]]  # name, evidence
    notes: str
    texts: dict[str, str]  # of company, email, place and external_id those that the row has
    fields: dict[str, str]

    @property
    def number(self) -> PhoneNumber:
        """The number that is dialed first."""
        return self.phones[0].number

    @property
    def repaired(self) -> bool:
        """Whether a spreadsheet had damaged one of its numbers."""
        return any(phone.repaired for phone in self.phones)


class RefusedCell(NamedTuple):
    """A row that cannot become a contact: the reason, the column that it lies in, and what was found there."""

    row: Row
    reason: str
    column: str
    found: str


def read_row(row: Row, mapping: Mapping, country: str) -> AcceptedRow | RefusedCell:
    """What a row says, with numbers read as in its own country, or `country` where it names none."""
    return RowReader(mapping, country).read(row)


class RowReader:
    """Reads the rows of one list: where each field stands is found out once."""

    def __init__(self, mapping: Mapping, country: str) -> None:
        self._columns = mapping.columns
        self._country = country
        places: dict[str, list[int]] = {}
        for index, name in enumerate(mapping.fields):
            places.setdefault(name, []).append(index)
        own = {index for index, name in enumerate(mapping.columns) if name.startswith(OWN_COLUMN)}
        self._unnamed = [(mapping.columns[index], index) for index in places.pop("", []) if index not in own]
        self._phones = [
            (index, mapping.columns[index], mapping.columns[index][:60]) for index in places.pop("phone", [])
        ]
        self._partners = places.pop("existing_partner", [])
        self._notes = places.pop("notes", [])
        self._texts = [(name, places.pop(name)[0], length) for name, length in _LENGTHS.items() if name in places]
        self._single = [(name, indexes[0]) for name, indexes in places.items()]

    def read(self, row: Row) -> AcceptedRow | RefusedCell:
        """What a row says, or why it is refused."""
        cells = row.cells
        if len(cells) > len(self._columns) and (extra := [cell for cell in cells[len(self._columns) :] if cell]):
            return RefusedCell(row, "too_many_cells", "", extra[0])
        # One look over the whole row spares one at each of its cells.
        whole = "\n".join(cells)
        if "'" in whole or UNREADABLE in whole:
            cells = tuple(map(_text, cells))
        named = {name: cells[index] for name, index in self._single if cells[index]}
        country = _country_code(named["country"]) or self._country if "country" in named else self._country
        phones = self._read_phones(row, country)
        if isinstance(phones, RefusedCell):
            return phones
        return self._accepted(cells, row, named, phones)

    def _accepted(
        self, cells: tuple[str, ...], row: Row, named: dict[str, str], phones: tuple[Phone, ...]
    ) -> AcceptedRow:
        get = named.get
        country = phones[0].number.country
        texts = {name: cells[index][:length] for name, index, length in self._texts if cells[index]}
        employees = get("employees", "")
        head_count = _whole_number(employees) if employees else None
        uid = normal_uid(named["uid"]) if "uid" in named else ""
        fields = {name: cells[index] for name, index in self._unnamed if cells[index]}
        # What could not be read is kept for people to see.
        if head_count is None and employees:
            fields["employees"] = employees
        if not uid and "uid" in named:
            fields["uid"] = named["uid"]
        if len(phones) > MAX_NUMBERS:
            fields |= {
                f"phone_{place}": phone.number.e164 for place, phone in enumerate(phones, 1) if place > MAX_NUMBERS
            }
            phones = phones[:MAX_NUMBERS]
        return AcceptedRow(
            row,
            phones,
            _whereabouts(get("canton", ""), get("postcode", ""), texts.get("place", ""), get("language", ""), country),
            time_zone_of(phones[0].number),
            (get("person") or _full_name(named))[:300],
            head_count,
            uid,
            self._read_partners(cells, get("partner_evidence", "")) if self._partners else [],
            "\n".join([cells[index] for index in self._notes if cells[index]])[:MAX_NOTES] if self._notes else "",
            texts,
            fields,
        )

    def _read_phones(self, row: Row, country: str) -> tuple[Phone, ...] | RefusedCell:
        """The row's numbers in its order; otherwise why the first filled cell gives none."""
        refusal: RefusedCell | None = None
        found: dict[tuple[str, str], Phone] = {}
        for index, column, label in self._phones:
            cell = row.cells[index]
            outcome = read_number(cell, country) if cell else _NO_NUMBER
            if isinstance(outcome, NumberRefused):
                if refusal is None or refusal.reason == "missing_number" != outcome.reason:
                    refusal = RefusedCell(row, outcome.reason, column, cell)
                continue
            number, repaired, others = outcome
            found.setdefault((number.e164, number.extension), Phone(number, label, repaired))
            for one in others:
                found.setdefault((one.number.e164, one.number.extension), Phone(one.number, label, one.repaired))
        if not found:
            return refusal or RefusedCell(row, "missing_number", "", "")
        return tuple(found.values())

    def _read_partners(self, cells: tuple[str, ...], evidence: str) -> list[dict[str, str]]:
        """The partners that the row names, each with what says so: the list's own evidence, or where it stands."""
        partners: dict[str, str] = {}
        for index in self._partners:
            for part in _PARTNERS_APART.split(cells[index]):
                if part.strip():
                    partners.setdefault(part.strip()[:300], evidence[:300] or self._columns[index])
        return [{"name": name, "evidence": ground} for name, ground in list(partners.items())[:10]]


def normal_uid(text: str) -> str:
    """A Swiss company number as `CHE-123.456.789`; empty when it is none or its check digit is wrong."""
    matched = _UID.search(text)
    if matched is None:
        return ""
    digits = "".join(matched.groups())
    check = -sum(int(digit) * weight for digit, weight in zip(digits, _UID_WEIGHTS, strict=False)) % 11
    return f"CHE-{digits[:3]}.{digits[3:6]}.{digits[6:]}" if check == int(digits[8]) else ""


@lru_cache(maxsize=16384)
def _whereabouts(canton: str, postcode: str, place: str, language: str, country: str) -> Whereabouts:
    postcode = re.sub(r"^(?:CH|FL|LI|[A-Z])[\s-]+|\.0+$", "", postcode)
    code = find_canton(canton, postcode, place)
    return Whereabouts(postcode[:10], code, *find_language(language, postcode, code, country))


def _full_name(named: dict[str, str]) -> str:
    parts: Sequence[str] = (named.get("first_name", ""), named.get("last_name", ""))
    return " ".join(part for part in parts if part)


@lru_cache(maxsize=1024)
def _country_code(text: str) -> str:
    word = text.strip().casefold()
    return word.upper() if word.upper() in _COUNTRIES else _COUNTRY_NAMES.get(word, "")


@lru_cache(maxsize=8192)
def _whole_number(text: str) -> int | None:
    """The first number of a text such as `1'200`, `25.0` or `10–49`; the lower end says what is there at least."""
    matched = re.search(r"\d{1,3}(?:['’ \u202f.]\d{3})+|\d+", text)
    number = int(re.sub(r"\D", "", matched[0])) if matched else None
    return number if number is not None and number <= 10_000_000 else None


def _text(cell: str) -> str:
    """A cell without the apostrophe that our own exports put before a formula, and without unreadable characters."""
    if not cell.isascii():
        cell = cell.replace(UNREADABLE, "").strip()
    return cell[1:] if cell.startswith("'") and cell[1:2] in _FORMULA_STARTS else cell

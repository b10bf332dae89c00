"""One row of a list to a contact, or to a refusal that says where and why. Pure; twins and storage are others'."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
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
# The fields that are texts of a contact, with the lengths of their columns.
_LENGTHS = {
    "company": 300,
    "person": 300,
    "email": 300,
    "postcode": 10,
    "place": 200,
    "uid": 20,
    "external_id": 100,
}
MAX_NOTES = 4000
_FORMULA_STARTS = frozenset("=+-@")
_NO_NUMBER = NumberRefused("missing_number")


class Phone(NamedTuple):
    """One number of a row. `label` is what the list calls its column."""

    number: PhoneNumber
    label: str
    repaired: bool


@dataclass(slots=True)
class AcceptedRow:
    """A row that can become a contact, with one to five numbers. Texts have the lengths of their columns."""

    row: Row
    phones: tuple[Phone, ...]
    language: str
    language_basis: str
    canton: str
    time_zone: str
    employees: int | None
    partners: list[dict[str, str]]  # name, evidence
    notes: str
    texts: dict[str, str]  # company, person, email, postcode, place, uid, external_id
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
        self._unnamed = [index for index in places.pop("", []) if index not in own]
        self._phones = places.pop("phone", [])
        self._partners = places.pop("existing_partner", [])
        self._notes = places.pop("notes", [])
        self._single = [(name, indexes[0]) for name, indexes in places.items()]

    def read(self, row: Row) -> AcceptedRow | RefusedCell:
        """What a row says, or why it is refused."""
        cells = row.cells
        if len(cells) > len(self._columns) and (extra := [cell for cell in cells[len(self._columns) :] if cell]):
            return RefusedCell(row, "too_many_cells", "", extra[0])
        named = {name: _text(cells[index]) for name, index in self._single if cells[index]}
        country = _country_code(named["country"]) or self._country if "country" in named else self._country
        phones = self._read_phones(row, country)
        if isinstance(phones, RefusedCell):
            return phones
        return self._accepted(row, named, phones)

    def _accepted(self, row: Row, named: dict[str, str], phones: list[Phone]) -> AcceptedRow:
        number = phones[0].number
        postcode = _postcode(named.get("postcode", ""))
        canton = find_canton(named.get("canton", ""), postcode, named.get("place", ""))
        language, basis = find_language(named.get("language", ""), postcode, canton, number.country)
        employees = _whole_number(named.get("employees", ""))
        uid = normal_uid(named["uid"]) if "uid" in named else ""
        texts = {name: named[name][:length] for name, length in _LENGTHS.items() if name in named}
        texts |= {"postcode": postcode[:10], "uid": uid, "person": _person(named)[:300]}
        fields = {self._columns[index]: _text(row.cells[index]) for index in self._unnamed if row.cells[index]}
        for position, phone in enumerate(phones[MAX_NUMBERS:], MAX_NUMBERS + 1):
            fields[f"phone_{position}"] = phone.number.e164
        # What could not be read is kept for people to see.
        if employees is None and named.get("employees"):
            fields["employees"] = named["employees"]
        if not uid and named.get("uid"):
            fields["uid"] = named["uid"]
        return AcceptedRow(
            row=row,
            phones=tuple(phones[:MAX_NUMBERS]),
            language=language,
            language_basis=basis,
            canton=canton,
            time_zone=time_zone_of(number),
            employees=employees,
            partners=self._read_partners(row, named.get("partner_evidence", "")) if self._partners else [],
            notes="\n".join(text for index in self._notes if (text := _text(row.cells[index])))[:MAX_NOTES],
            texts=texts,
            fields=fields,
        )

    def _read_phones(self, row: Row, country: str) -> list[Phone] | RefusedCell:
        """The row's numbers in its order; otherwise why the first filled cell gives none."""
        refusal: RefusedCell | None = None
        found: dict[tuple[str, str], Phone] = {}
        for index in self._phones:
            cell = row.cells[index]
            outcome = read_number(cell, country) if cell else _NO_NUMBER
            if isinstance(outcome, NumberRefused):
                if refusal is None or refusal.reason == "missing_number" != outcome.reason:
                    refusal = RefusedCell(row, outcome.reason, self._columns[index], cell)
                continue
            for one in (outcome, *outcome.others):
                phone = Phone(one.number, self._columns[index][:60], one.repaired)
                found.setdefault((one.number.e164, one.number.extension), phone)
        if not found:
            return refusal or RefusedCell(row, "missing_number", "", "")
        return list(found.values())

    def _read_partners(self, row: Row, evidence: str) -> list[dict[str, str]]:
        """The partners that the row names, each with what says so: the list's own evidence, or where it stands."""
        partners: dict[str, str] = {}
        for index in self._partners:
            for part in _PARTNERS_APART.split(_text(row.cells[index])):
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


@lru_cache(maxsize=8192)
def _postcode(text: str) -> str:
    return re.sub(r"^(?:CH|FL|LI|[A-Z])[\s-]+|\.0+$", "", text)


def _person(named: dict[str, str]) -> str:
    parts: Sequence[str] = (named.get("first_name", ""), named.get("last_name", ""))
    return named.get("person", "") or " ".join(part for part in parts if part)


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

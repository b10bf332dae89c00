"""One row of a list to a contact, or to a refusal that says where and why. Pure; twins and storage are others'."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from campaigns.decoding import UNREADABLE
from campaigns.geography import find_canton, find_language, time_zone_of
from campaigns.mapping import Mapping
from campaigns.numbers import NumberFound, NumberRefused, read_number
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


@dataclass(frozen=True)
class Phone:
    """One number of a row. `label` is what the list calls its column."""

    number: PhoneNumber
    label: str
    repaired: bool


@dataclass(frozen=True)
class AcceptedRow:
    """A row that can become a contact, with one to five numbers. Texts have the lengths of their columns."""

    row: Row
    phones: tuple[Phone, ...]
    language: str
    language_basis: str
    canton: str
    time_zone: str
    employees: int | None
    partners: tuple[dict[str, str], ...]  # name, evidence
    notes: str
    texts: dict[str, str]  # company, person, email, postcode, place, uid, external_id
    fields: dict[str, str] = field(default_factory=dict)

    @property
    def number(self) -> PhoneNumber:
        """The number that is dialed first."""
        return self.phones[0].number

    @property
    def repaired(self) -> bool:
        """Whether a spreadsheet had damaged one of its numbers."""
        return any(phone.repaired for phone in self.phones)


@dataclass(frozen=True)
class RefusedCell:
    """A row that cannot become a contact: the reason, the column that it lies in, and what was found there."""

    row: Row
    reason: str
    column: str
    found: str


def read_row(row: Row, mapping: Mapping, country: str) -> AcceptedRow | RefusedCell:
    """What a row says, with numbers read as in its own country, or `country` where it names none."""
    extra = [cell for cell in row.cells[len(mapping.columns) :] if cell]
    if extra:
        return RefusedCell(row, "too_many_cells", "", extra[0])
    named = {name: _text(row.cells[index]) for index, name in enumerate(mapping.fields) if name and name != "phone"}
    country = _country_code(named.get("country", "")) or country
    phones, others = _phones(row, mapping, country)
    if isinstance(phones, RefusedCell):
        return phones
    number = phones[0].number
    postcode = re.sub(r"^(?:CH|FL|LI|[A-Z])[\s-]+|\.0+$", "", named.get("postcode", ""))
    canton = find_canton(named.get("canton", ""), postcode, named.get("place", ""))
    language, basis = find_language(named.get("language", ""), postcode, canton, number.country)
    texts = named | {"postcode": postcode, "uid": normal_uid(named.get("uid", "")), "person": _person(named)}
    return AcceptedRow(
        row=row,
        phones=phones,
        language=language,
        language_basis=basis,
        canton=canton,
        time_zone=time_zone_of(number),
        employees=_whole_number(named.get("employees", "")),
        partners=_partners(row, mapping, named.get("partner_evidence", "")),
        notes="\n".join(_cells_of(row, mapping, "notes"))[:MAX_NOTES],
        texts={name: texts.get(name, "")[:length] for name, length in _LENGTHS.items()},
        fields=_further_fields(row, mapping, named, others),
    )


def normal_uid(text: str) -> str:
    """A Swiss company number as `CHE-123.456.789`; empty when it is none or its check digit is wrong."""
    matched = _UID.search(text)
    if matched is None:
        return ""
    digits = "".join(matched.groups())
    check = -sum(int(digit) * weight for digit, weight in zip(digits, _UID_WEIGHTS, strict=False)) % 11
    return f"CHE-{digits[:3]}.{digits[3:6]}.{digits[6:]}" if check == int(digits[8]) else ""


def _phones(row: Row, mapping: Mapping, country: str) -> tuple[tuple[Phone, ...] | RefusedCell, tuple[str, ...]]:
    """The row's numbers in its order, and those beyond the fifth; otherwise why the first filled cell gives none."""
    refusal: RefusedCell | None = None
    found: dict[tuple[str, str], Phone] = {}
    for index, name in enumerate(mapping.fields):
        if name != "phone":
            continue
        outcome = read_number(row.cells[index], country)
        if isinstance(outcome, NumberRefused):
            if refusal is None or refusal.reason == "missing_number":
                refusal = RefusedCell(row, outcome.reason, mapping.columns[index], row.cells[index])
            continue
        for one in _in_one_cell(outcome):
            phone = Phone(one.number, mapping.columns[index][:60], one.repaired)
            found.setdefault((one.number.e164, one.number.extension), phone)
    if not found:
        return refusal or RefusedCell(row, "missing_number", "", ""), ()
    phones = tuple(found.values())
    return phones[:MAX_NUMBERS], tuple(phone.number.e164 for phone in phones[MAX_NUMBERS:])


def _in_one_cell(found: NumberFound) -> Iterator[NumberFound]:
    yield found
    yield from found.others


def _partners(row: Row, mapping: Mapping, evidence: str) -> tuple[dict[str, str], ...]:
    """The partners that the row names, each with what says so: the list's own evidence, or the column it stands in."""
    partners: dict[str, str] = {}
    for index, name in enumerate(mapping.fields):
        if name == "existing_partner":
            for part in _PARTNERS_APART.split(_text(row.cells[index])):
                if part.strip():
                    partners.setdefault(part.strip()[:300], evidence[:300] or mapping.columns[index])
    return tuple({"name": name, "evidence": ground} for name, ground in list(partners.items())[:10])


def _cells_of(row: Row, mapping: Mapping, field_name: str) -> Iterator[str]:
    for index, name in enumerate(mapping.fields):
        if name == field_name and (text := _text(row.cells[index])):
            yield text


def _further_fields(row: Row, mapping: Mapping, named: dict[str, str], others: Sequence[str]) -> dict[str, str]:
    """What scripts may merge beyond the named fields: unmapped columns, a sixth number, and what could not be read."""
    fields = {
        mapping.columns[index]: _text(row.cells[index])
        for index, name in enumerate(mapping.fields)
        if not name and row.cells[index]
    }
    for number, other in enumerate(others, MAX_NUMBERS + 1):
        fields[f"phone_{number}"] = other
    if named.get("employees") and _whole_number(named["employees"]) is None:
        fields["employees"] = named["employees"]
    if named.get("uid") and not normal_uid(named["uid"]):
        fields["uid"] = named["uid"]
    return fields


def _person(named: dict[str, str]) -> str:
    parts: Sequence[str] = (named.get("first_name", ""), named.get("last_name", ""))
    return named.get("person", "") or " ".join(part for part in parts if part)


def _country_code(text: str) -> str:
    word = text.strip().casefold()
    return word.upper() if word.upper() in _COUNTRIES else _COUNTRY_NAMES.get(word, "")


def _whole_number(text: str) -> int | None:
    """The first number of a text such as `1'200`, `25.0` or `10–49`; the lower end says what is there at least."""
    matched = re.search(r"\d{1,3}(?:['’ \u202f.]\d{3})+|\d+", text)
    number = int(re.sub(r"\D", "", matched[0])) if matched else None
    return number if number is not None and number <= 10_000_000 else None


def _text(cell: str) -> str:
    """A cell without the apostrophe that our own exports put before a formula, and without unreadable characters."""
    text = cell.replace(UNREADABLE, "").strip()
    return text[1:] if text.startswith("'") and text[1:2] in set("=+-@") else text

"""Makes examples/contacts.csv and examples/partners.csv: generated, the same every time, nobody in them is real.

The contact list is what Excel exports in Switzerland: semicolons, Windows-1252, CRLF, and numbers that people and
spreadsheets have mistreated. Run `python -m scripts.make_examples`; with `--check` it says whether they are current.
"""

import csv
import io
import random
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from foundation.postcodes import CANTONS, Place, all_places
from scripts.example_partners import COLUMNS, partner_rows

ROOT = Path(__file__).parent.parent
ROWS = 3000
SEED = 20260101

# Residents in thousands: what a canton's share of companies roughly follows.
RESIDENTS = {
    "ZH": 1605, "BE": 1063, "LU": 432, "UR": 38, "SZ": 167, "OW": 39, "NW": 44, "GL": 42, "ZG": 132, "FR": 341,
    "SO": 286, "BS": 199, "BL": 298, "SH": 87, "AR": 56, "AI": 17, "SG": 535, "GR": 205, "AG": 726, "TG": 295,
    "TI": 357, "VD": 845, "VS": 366, "NE": 178, "GE": 524, "JU": 74,
}  # fmt: skip
AREA_CODES = {
    "ZH": (44, 43, 52), "BE": (31, 33, 34, 32), "LU": (41,), "UR": (41,), "SZ": (41, 55), "OW": (41,), "NW": (41,),
    "GL": (55,), "ZG": (41,), "FR": (26,), "SO": (32, 62), "BS": (61,), "BL": (61,), "SH": (52,), "AR": (71,),
    "AI": (71,), "SG": (71, 81, 55), "GR": (81,), "AG": (56, 62), "TG": (71, 52), "TI": (91,), "VD": (21, 24, 22),
    "VS": (27,), "NE": (32,), "GE": (22,), "JU": (32,),
}  # fmt: skip
# Shares of the language column; the rest is left empty.
LANGUAGE_SHARES = {"de": 0.63, "fr": 0.23, "it": 0.08}
FRENCH = frozenset({"GE", "VD", "NE", "JU", "FR", "VS"})

TRADES = {
    "de": (
        "Gärtnerei",
        "Schreinerei",
        "Treuhand",
        "Bäckerei",
        "Maschinenbau",
        "Spenglerei",
        "Architektur",
        "Küchenbau",
    ),
    "fr": (
        "Menuiserie",
        "Fiduciaire",
        "Boulangerie",
        "Électricité",
        "Mécanique",
        "Hôtellerie",
        "Rénovation",
        "Façades",
    ),
    "it": (
        "Falegnameria",
        "Fiduciaria",
        "Panetteria",
        "Elettricità",
        "Meccanica",
        "Albergo",
        "Città Servizi",
        "Edilizia",
    ),
}
WRITTEN_LANGUAGES = {
    "de": ("D", "de", "Deutsch"),
    "fr": ("F", "fr", "français"),
    "it": ("I", "it", "italiano"),
}
FORMS = {"de": ("AG", "GmbH", "& Co."), "fr": ("SA", "Sàrl", "& Cie"), "it": ("SA", "Sagl", "& Co.")}
PERSONS = {
    "de": ("Frau Muster", "Herr Muster"),
    "fr": ("Mme Exemple", "M. Exemple"),
    "it": ("Sig.ra Esempio", "Sig. Esempio"),
}
SAMPLE_WORD = {"de": "Muster", "fr": "Exemple", "it": "Esempio"}

HEADER = (
    *("Firma", "Ansprechperson", "Telefon", "E-Mail", "Sprache", "PLZ", "Ort", "Kanton", "Mitarbeitende", "UID"),
    *("Bestehender Partner", "Branche", "Bemerkung"),
)

Damage = Callable[[random.Random, str], str]


@dataclass(frozen=True)
class Company:
    """One invented company. `national` is its number without the leading zero."""

    index: int
    place: Place
    spoken: str
    written_language: str
    trade: str
    name: str
    national: str


def main() -> int:
    """Write both files, or with `--check` compare them; returns the exit code."""
    made = {"contacts.csv": make_contacts(), "partners.csv": make_partners()}
    wrong = []
    for name, content in made.items():
        path = ROOT / "examples" / name
        if "--check" in sys.argv:
            wrong += [name] if not path.exists() or path.read_bytes() != content else []
        else:
            path.write_bytes(content)
            print(f"{path.relative_to(ROOT)}: {len(content)} bytes")
    for name in wrong:
        print(f"examples/{name} differs from what scripts/make_examples.py makes", file=sys.stderr)
    return 1 if wrong else 0


def make_contacts(seed: int = SEED, rows: int = ROWS) -> bytes:
    """The contact list as Excel would write it."""
    table = contact_table(seed, rows)
    target = io.StringIO()
    writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADER)
    for index, cells in enumerate(table):
        if index in {rows // 4, rows // 2, rows - 1}:
            target.write(";" * (len(HEADER) - 1) + "\r\n")  # a line that somebody emptied
        writer.writerow(cells)
    return target.getvalue().encode("cp1252")


def make_partners() -> bytes:
    """Forty resellers that cover every canton and language; some name customers of the contact list as theirs."""
    customers = [cells[0] for cells in contact_table(SEED, ROWS) if not set(cells[0]) & set(';",')]
    target = io.StringIO()
    writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(partner_rows(customers))
    return target.getvalue().encode("utf-8")


def contact_table(seed: int, rows: int) -> list[list[str]]:
    """The cells of the contact list without its header."""
    chance = random.Random(seed)
    partners = partner_rows(())
    table = [_cells(chance, company, partners) for company in _set_languages(chance, _companies(chance, rows))]
    _damage(chance, table)
    return table


def _companies(chance: random.Random, rows: int) -> list[Company]:
    places = _places_by_canton()
    taken: set[str] = set()
    companies = []
    for index in range(1, rows + 1):
        canton = chance.choices(CANTONS, [RESIDENTS[one] for one in CANTONS])[0]
        place = chance.choice(places[canton])
        spoken = _spoken_in(place)
        trade = chance.choice(TRADES[spoken])
        name = f"{SAMPLE_WORD[spoken]} {trade} {index:04} {chance.choice(FORMS[spoken])}"
        companies.append(Company(index, place, spoken, spoken, trade, name, _free_number(chance, canton, taken)))
    return companies


def _places_by_canton() -> dict[str, list[Place]]:
    places: dict[str, list[Place]] = {canton: [] for canton in CANTONS}
    for some in all_places().values():
        for place in some:
            if place.name.encode("cp1252", "ignore").decode("cp1252") == place.name:
                places[place.canton].append(place)
    return places


def _spoken_in(place: Place) -> str:
    """Roughly; the import itself knows better."""
    if place.canton == "TI":
        return "it"
    upper_valais = place.canton == "VS" and "3900" <= place.postcode <= "3959"
    return "fr" if place.canton in FRENCH and not upper_valais else "de"


def _set_languages(chance: random.Random, companies: list[Company]) -> list[Company]:
    """Bring the language column to its shares: companies do not always speak what is spoken around them."""
    wanted = {language: round(share * len(companies)) for language, share in LANGUAGE_SHARES.items()}
    order = list(range(len(companies)))
    chance.shuffle(order)
    result = list(companies)
    left: list[int] = []
    for index in order:
        spoken = companies[index].spoken
        if wanted[spoken] > 0:
            wanted[spoken] -= 1
        else:
            left.append(index)
    for index in left:
        language = next((one for one, count in wanted.items() if count > 0), "")
        if language:
            wanted[language] -= 1
        result[index] = replace(companies[index], written_language=language)
    return result


def _free_number(chance: random.Random, canton: str, taken: set[str]) -> str:
    while True:
        kind = chance.random()
        if kind < 0.82:
            prefix = str(chance.choice(AREA_CODES[canton]))
        elif kind < 0.96:
            prefix = chance.choice(("76", "78", "79"))
        else:
            prefix = "58"
        number = f"{prefix}{chance.randint(2, 9)}{chance.randint(0, 999_999):06}"
        if number not in taken:
            taken.add(number)
            return number


def _cells(chance: random.Random, company: Company, partners: list[tuple[str, ...]]) -> list[str]:
    return [
        _odd_name(chance, company),
        f"{chance.choice(PERSONS[company.spoken])} {company.index:04}" if chance.random() < 0.85 else "",
        _written(chance, company.national),
        f"info@firma-{company.index:04}.example" if chance.random() < 0.7 else "",
        chance.choice(WRITTEN_LANGUAGES[company.written_language]) if company.written_language else "",
        company.place.postcode,
        company.place.name,
        company.place.canton if chance.random() < 0.9 else "",
        _employees(chance),
        _uid(chance) if chance.random() < 0.4 else "",
        _known_to(company, chance.choice(partners), partners) if chance.random() < 0.28 else "",
        company.trade,
        "",
    ]


def _known_to(company: Company, drawn: tuple[str, ...], partners: list[tuple[str, ...]]) -> str:
    """The partner that a company says it has: mostly one who works where it is, now and then just any."""
    number = partners.index(drawn)
    near = [row for row in partners if _works_there(row, company)]
    return (near[number % len(near)] if near and company.index % 10 else drawn)[0]


def _works_there(partner: tuple[str, ...], company: Company) -> bool:
    _, _, languages, cantons, postcodes, *_ = partner
    if company.spoken not in languages.split():
        return False
    if not cantons and not postcodes:
        return True
    return company.place.canton in cantons.split() or company.place.postcode.startswith(tuple(postcodes.split()) or "-")


def _odd_name(chance: random.Random, company: Company) -> str:
    """Now and then a name that needs care in a CSV file."""
    kind = chance.random()
    if kind < 0.01:
        return f'{company.name} "Zum Test"'
    if kind < 0.02:
        return f"{company.name}; Filiale {company.place.name}"
    return company.name


def _written(chance: random.Random, national: str) -> str:
    """A number in one of ten ways to write it, or without its zero or plus as spreadsheets leave it."""
    area, rest = national[:2], national[2:]
    groups = f"{rest[:3]} {rest[3:5]} {rest[5:]}"
    kind = chance.random()
    if kind < 0.06:
        return national
    if kind < 0.08:
        return f"41{national}"
    ways = (
        f"0{area} {groups}",
        f"+41 {area} {groups}",
        f"0041 {area} {groups}",
        f"0{area}/{groups}",
        f"+41 (0){area} {groups}",
        f"0{national}",
        f"+41{national}",
        f"0{area}-{groups.replace(' ', '-')}",
        f"0{area}.{groups.replace(' ', '.')}",
        f"(0{area}) {groups}",
    )
    text = chance.choices(ways, (24, 20, 6, 8, 8, 10, 10, 4, 5, 5))[0]
    return text.replace(" ", "\u00a0") if chance.random() < 0.03 else text


def _employees(chance: random.Random) -> str:
    band = chance.choices(((1, 9), (10, 49), (50, 249), (250, 1200)), (45, 38, 15, 2))[0]
    if chance.random() < 0.05:
        return ""
    if chance.random() < 0.06:
        return f"{band[0]}-{band[1]}"
    number = chance.randint(*band)
    return f"{number:,}".replace(",", "'")


def _uid(chance: random.Random) -> str:
    """A company number with a right check digit from the block below 100 million, which is not given out."""
    while True:
        digits = f"0{chance.randint(1_000_000, 9_999_999)}"
        check = -sum(int(d) * w for d, w in zip(digits, (5, 4, 3, 2, 7, 6, 5, 4), strict=True)) % 11
        if check < 10:
            return f"CHE-{digits[:3]}.{digits[3:6]}.{digits[6:]}{check}"


def _damage(chance: random.Random, table: list[list[str]]) -> None:
    """What a real list suffers: emptied and shortened cells, services instead of people, twins, remarks."""
    phone, remark = HEADER.index("Telefon"), HEADER.index("Bemerkung")
    order = list(range(len(table) // 10, len(table)))  # the first rows stay nice to look at
    chance.shuffle(order)
    for share, damaged in _DAMAGES:
        for _ in range(round(share * len(table))):
            cells = table[order.pop()]
            cells[phone] = damaged(chance, cells[phone])
    for _ in range(round(0.025 * len(table))):
        index = order.pop()
        table[index][phone] = _same_number(table[chance.randrange(index)][phone])
        table[index][remark] = "Zweitkontakt"
    for _ in range(round(0.02 * len(table))):
        remarks = ("Bitte erst nach 9 Uhr", "Rückruf gewünscht, z. B. montags", "-> prüfen")
        table[order.pop()][remark] = chance.choice(remarks)


def _of_number_range(prefix: str) -> Damage:
    return lambda chance, _: f"{prefix} {chance.randint(100, 999)} {chance.randint(100, 999)}"


def _with_second_number(chance: random.Random, text: str) -> str:
    return f"{text} / 079 {chance.randint(200, 999)} {chance.randint(10, 99)} {chance.randint(10, 99)}"


def _abroad(chance: random.Random, _: str) -> str:
    way = chance.choice(("+423 23{} {:02} {:02}", "+49 7531 9{}{:02}{:02}", "+43 5574 7{}{:02}{:02}"))
    return way.format(chance.randint(2, 9), chance.randint(0, 99), chance.randint(0, 99))


# What happens to which share of the phone cells.
_DAMAGES: tuple[tuple[float, Damage], ...] = (
    (0.015, lambda _, __: ""),
    (0.012, lambda chance, _: f"4.{chance.randint(10, 99)}E+10"),
    (0.005, lambda chance, _: chance.choice(("unbekannt", "folgt", "n/a", "#REF!", "siehe Homepage"))),
    (0.005, lambda _, text: text[:-4]),
    (0.010, _of_number_range("0900")),
    (0.006, _of_number_range("0848")),
    (0.004, _of_number_range("0800")),
    (0.001, _of_number_range("0878")),
    (0.020, _with_second_number),
    (0.010, lambda chance, text: text + chance.choice((" intern 12", " (Zentrale)", " Durchwahl 5", " (vormittags)"))),
    (0.008, lambda _, text: f"Tel. {text}"),
    (0.006, _abroad),
)


def _same_number(text: str) -> str:
    """The same number as in another row, written in another way where that is easily done."""
    return text.replace("+41 ", "0", 1) if text.startswith("+41 ") and "(" not in text else text


if __name__ == "__main__":
    raise SystemExit(main())

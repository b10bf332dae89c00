"""Which country a number is of, whether it is mobile, what a minute to it costs: a table in `countries.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import Any

OWN_TABLE = Path(__file__).with_name("countries.toml")
LONGEST_CODE = 4


class CountryTableFault(ValueError):
    """The table of countries cannot be used; the text says which part."""


@dataclass(frozen=True, slots=True)
class Country:
    """One country. Prices are USD a minute."""

    iso_code: str
    name: str
    continent: str
    codes: tuple[str, ...]
    landline: Decimal
    mobile: Decimal
    mobile_prefixes: tuple[str, ...]
    digits: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Place:
    """A number taken apart: its country, calling code and the rest."""

    country: Country
    code: str
    national: str

    @property
    def is_mobile(self) -> bool:
        """True when it begins as the country's mobile numbers do."""
        return self.national.startswith(self.country.mobile_prefixes)

    @property
    def price(self) -> Decimal:
        """USD a minute to this number."""
        return self.country.mobile if self.is_mobile else self.country.landline


class CountryTable:
    """All countries, found by ISO code or by number."""

    def __init__(self, countries: Mapping[str, Country]) -> None:
        self.countries = dict(countries)
        self._by_code = {code: one for one in countries.values() for code in one.codes}
        self.place_of = lru_cache(maxsize=65_536)(self._place_of)

    def _place_of(self, number: str) -> Place | None:
        """Take an E.164 number apart; None when it is of no country that is known. The longest code wins."""
        digits = number.removeprefix("+")
        for size in range(LONGEST_CODE, 0, -1):
            country = self._by_code.get(digits[:size])
            if country is not None:
                # The area codes that tell Canada from the United States belong to the national number.
                code = "1" if digits.startswith("1") else digits[:size]
                return Place(country, code, digits[len(code) :])
        return None


def read_countries(path: Path = OWN_TABLE) -> CountryTable:
    """Read a table; CountryTableFault names what is wrong."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        return CountryTable({iso_code: _read_country(iso_code, one) for iso_code, one in raw.items()})
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CountryTableFault(f"{path}: {getattr(error, 'strerror', None) or error}") from error


def _read_country(iso_code: str, raw: Mapping[str, Any]) -> Country:
    try:
        shortest, longest = raw["digits"]
        return Country(
            iso_code=iso_code,
            name=str(raw["name"]),
            continent=str(raw["continent"]),
            codes=tuple(str(code) for code in raw["codes"]),
            landline=Decimal(str(raw["landline"])),
            mobile=Decimal(str(raw["mobile"])),
            mobile_prefixes=tuple(str(prefix) for prefix in raw["mobile_prefixes"]),
            digits=(int(shortest), int(longest)),
        )
    except (KeyError, TypeError, ValueError, InvalidOperation) as error:
        raise CountryTableFault(f"country {iso_code} cannot be read: {error!r}") from error

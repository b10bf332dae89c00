"""One data file per country: dated rules with their sources. Adding a country is adding a file.

Reads the files and checks their form; what the rules mean at a moment is `compliance.rules`.
"""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from compliance.rule_rows import Rule, read_rule


@dataclass(frozen=True)
class Jurisdiction:
    """A country's rules. Holiday categories are the `holidays` library's; `by_region` means by canton or state.

    `regions` are those whose calendars or rules differ; `digest` tells one state of the file from another.
    """

    country: str
    name: str
    time_zones: tuple[str, ...]
    holiday_categories: tuple[str, ...]
    by_region: bool
    regions_left_out: tuple[str, ...]
    rules: tuple[Rule, ...]
    digest: str = ""
    content: str = ""

    def __hash__(self) -> int:
        return hash((self.country, self.digest))


@lru_cache(maxsize=1)
def all_jurisdictions() -> Mapping[str, Jurisdiction]:
    """All jurisdictions by country code, read once per process."""
    found = {}
    for path in sorted(Path(__file__).parent.glob("*.toml")):
        jurisdiction = read_jurisdiction(path.read_text(encoding="utf-8"), path.name)
        found[jurisdiction.country] = jurisdiction
    return found


def find_jurisdiction(country: str) -> Jurisdiction | None:
    """The jurisdiction of a country code such as `CH`; None where we have no rules, and so may not dial."""
    return all_jurisdictions().get(country)


def read_jurisdiction(content: str, file_name: str) -> Jurisdiction:
    """The jurisdiction that a TOML file describes. Raises ValueError with the file's name when its form is wrong."""
    try:
        raw = tomllib.loads(content)
        calendar = raw["holidays"]
        return Jurisdiction(
            country=raw["country"],
            name=raw["name"],
            time_zones=tuple(raw["time_zones"]),
            holiday_categories=tuple(calendar["categories"]),
            by_region=calendar["by_region"],
            regions_left_out=tuple(calendar.get("regions_left_out", ())),
            rules=tuple(read_rule(rule) for rule in raw["rule"]),
            digest=hashlib.sha256(content.encode()).hexdigest(),
            content=content,
        )
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise ValueError(f"{file_name}: {error!r}") from error

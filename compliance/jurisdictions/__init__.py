"""One data file per country: dated rules with their sources. Adding a country is adding a file.

Reads the files and checks their form; what the rules mean at a moment is `compliance.rules`.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

KINDS = frozenset({"hours", "attempts"})
PARTIES = frozenset({"consumers", "businesses", "any"})
BASES = frozenset({"law", "regulator", "code", "carrier_filter", "product_default"})
# How well the source was seen: law text, regulator's page, vendor's page, secondary, only known. A rule that is only
# known still applies: rules are intersected, so a doubtful one can tighten and never loosen.
CONFIDENCES = frozenset({"law_text", "regulator_page", "vendor_page", "secondary", "unverified"})
DAY_KINDS = ("weekday", "saturday", "sunday", "holiday", "holiday_eve")

Window = tuple[int, int]  # minutes after local midnight: from, until (the latter not included)


@dataclass(frozen=True)
class Rule:
    """One dated rule. It applies on local days from `in_force_from` up to and including `in_force_to`."""

    id: str
    kind: str
    party: str
    basis: str
    source: str
    source_date: str  # a date, a year, or `undated`
    in_force_from: date
    in_force_to: date | None
    confidence: str
    note: str = ""
    hours: Mapping[str, tuple[Window, ...]] | None = None  # by kind of day
    attempts: int = 0  # at most so many …
    within_days: int = 0  # … on so many calendar days

    def is_in_force(self, day: date) -> bool:
        """Whether the rule applies on this local day."""
        return self.in_force_from <= day and (self.in_force_to is None or day <= self.in_force_to)


@dataclass(frozen=True)
class Jurisdiction:
    """A country's rules. Holiday categories are the `holidays` library's; `by_region` means by canton or state."""

    country: str
    name: str
    time_zone: str
    holiday_categories: tuple[str, ...]
    by_region: bool
    regions_left_out: tuple[str, ...]
    rules: tuple[Rule, ...]


@lru_cache(maxsize=1)
def all_jurisdictions() -> Mapping[str, Jurisdiction]:
    """All jurisdictions by country code, read once per process."""
    found = {}
    for path in sorted(Path(__file__).parent.glob("*.toml")):
        jurisdiction = read_jurisdiction(path.read_text(encoding="utf-8"), path.name)
        found[jurisdiction.country] = jurisdiction
    return found


def read_jurisdiction(content: str, file_name: str) -> Jurisdiction:
    """The jurisdiction that a TOML file describes. Raises ValueError with the file's name when its form is wrong."""
    try:
        raw = tomllib.loads(content)
        calendar = raw["holidays"]
        jurisdiction = Jurisdiction(
            country=raw["country"],
            name=raw["name"],
            time_zone=raw["time_zone"],
            holiday_categories=tuple(calendar["categories"]),
            by_region=calendar["by_region"],
            regions_left_out=tuple(calendar.get("regions_left_out", ())),
            rules=tuple(_read_rule(rule) for rule in raw["rule"]),
        )
    except (KeyError, ValueError, TypeError) as error:
        raise ValueError(f"{file_name}: {error!r}") from error
    return jurisdiction


def _read_rule(raw: Mapping[str, Any]) -> Rule:
    kind = _one_of(KINDS, raw["kind"])
    return Rule(
        id=raw["id"],
        kind=kind,
        party=_one_of(PARTIES, raw["party"]),
        basis=_one_of(BASES, raw["basis"]),
        source=raw["source"],
        source_date=str(raw["source_date"]),
        in_force_from=raw["from"],
        in_force_to=raw.get("to"),
        confidence=_one_of(CONFIDENCES, raw["confidence"]),
        note=raw.get("note", ""),
        hours=_read_hours(raw["hours"]) if kind == "hours" else None,
        attempts=int(raw["attempts"]) if kind == "attempts" else 0,
        within_days=int(raw["within_days"]) if kind == "attempts" else 0,
    )


def _read_hours(raw: Mapping[str, list[list[str]]]) -> dict[str, tuple[Window, ...]]:
    """Windows by kind of day. A missing kind means: not at all; a missing `holiday_eve`: a day like any other."""
    if unknown := set(raw) - set(DAY_KINDS):
        raise ValueError(f"unknown kinds of day: {sorted(unknown)}")
    return {kind: tuple((_minutes(start), _minutes(end)) for start, end in windows) for kind, windows in raw.items()}


def _minutes(text: str) -> int:
    hours, minutes = text.split(":")
    total = int(hours) * 60 + int(minutes)
    if not 0 <= total <= 24 * 60:
        raise ValueError(f"{text} is no time of day")
    return total


def _one_of(allowed: frozenset[str], word: str) -> str:
    if word not in allowed:
        raise ValueError(f"{word!r} is none of {sorted(allowed)}")
    return word

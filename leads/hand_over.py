"""A partner's accepted leads for its own customer system: plain values, and the columns that a known system wants.

Pure but for the files of `leads.crm`. Writing a file of them is `dialer.hand_over`'s.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from foundation.errors import NotFound
from leads.partner_view import DisclosedLead
from leads.qualification import solutions_of

VERSION = 1
PLAIN = "plain"
_FOLDER = Path(__file__).parent / "crm"
_CONSTANT = "="
_TITLES = frozenset(
    {"herr", "frau", "hr", "fr", "monsieur", "madame", "m", "mme", "signor", "signora", "sig", "mr", "mrs", "ms"}
    | {"dr", "prof", "dott", "ing"}
)
# What a lead is made of, for whoever writes a field map.
VALUES = (
    *("lead_id", "company", "company_or_person", "person", "first_name", "last_name", "phone", "email", "language"),
    *("postcode", "canton", "country", "employees", "solution", "topic", "accepted_at", "status", "outcome"),
    *("notes", "description"),
)


@dataclass(frozen=True)
class Layout:
    """A system's columns in their order, each with the value that fills it, or a constant."""

    code: str
    name: str
    columns: Mapping[str, str]
    required: Sequence[str]
    own_columns: Sequence[str]
    source: str

    def row(self, values: Mapping[str, str]) -> list[str]:
        """One lead's cells."""
        return [
            filler[len(_CONSTANT) :] if filler.startswith(_CONSTANT) else values[filler]
            for filler in self.columns.values()
        ]


@cache
def layouts() -> dict[str, Layout]:
    """All layouts by their code; `plain` has every value under its own name."""
    plain = Layout(PLAIN, "CSV", {name: name for name in VALUES}, (), (), "")
    return {PLAIN: plain} | {path.stem: _read(path) for path in sorted(_FOLDER.glob("*.toml"))}


def layout_of(code: str) -> Layout:
    """One layout.

    Raises:
        NotFound: there is none of this code.
    """
    found = layouts().get(code)
    if found is None:
        raise NotFound("there is no such layout")
    return found


def values_of(lead: DisclosedLead) -> dict[str, str]:
    """A lead as plain text by `VALUES`; what is not known is empty."""
    first, last = split_name(lead.person)
    answers = {name: _text(value) for name, value in lead.answers.items()}
    solutions = solutions_of(lead.answers)
    said = "\n".join(f"{name}: {value}" for name, value in answers.items() if value)
    return {
        "lead_id": lead.lead_id,
        "company": lead.company,
        "company_or_person": lead.company or lead.person or lead.lead_id,
        "person": lead.person,
        "first_name": first,
        # A system that insists on a name gets the company's, so that the row is not refused.
        "last_name": last or lead.company or lead.lead_id,
        # Not with a plus in front: a spreadsheet program would take it for a formula.
        "phone": f"00{lead.phone_number[1:]}" if lead.phone_number.startswith("+") else lead.phone_number,
        "email": lead.email,
        "language": lead.language,
        "postcode": lead.postcode,
        "canton": lead.canton,
        "country": "CH" if lead.canton else "",
        "employees": _text(lead.employees),
        "solution": ", ".join(solutions),
        "topic": " ".join(filter(None, (lead.company or lead.person, *(one.upper() for one in solutions[:1]))))
        or lead.lead_id,
        "accepted_at": lead.accepted_at.isoformat() if lead.accepted_at else "",
        "status": lead.status,
        "outcome": lead.outcome,
        "notes": lead.notes,
        "description": "\n".join(filter(None, (said, lead.notes))),
    }


def split_name(person: str) -> tuple[str, str]:
    """First names and last name, without titles: Herr Dr. Jean-Luc Müller is (Jean-Luc, Müller)."""
    words = [word for word in person.split() if word.rstrip(".").casefold() not in _TITLES]
    return (" ".join(words[:-1]), words[-1]) if words else ("", "")


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(map(_text, value))
    if isinstance(value, dict):
        return _text(value.get("value"))
    return str(value)


def _read(path: Path) -> Layout:
    kept = tomllib.loads(path.read_text(encoding="utf-8"))
    return Layout(
        path.stem,
        kept["name"],
        kept["columns"],
        kept["required"],
        kept.get("own", {}).get("columns", ()),
        kept["source"],
    )

"""A row that is a contact already: what it changes in that contact. Pure.

The contact that came first stays: its place in line, its history, its number. The same company's newer facts replace
older ones and never empty them. Another company with the same number leaves its name as a note: one number is dialed
once. Notes are put together. Consents are none of a list's business; they are kept elsewhere and never merged.
"""

import json
from collections.abc import Mapping
from typing import Any

from campaigns.columns import plain_word
from campaigns.rows import MAX_NOTES

# What a row's newer value replaces.
_FACTS = ("external_id", "person", "email", "postcode", "place", "canton", "employees", "uid")
_LEGAL_FORMS = frozenset(["ag", "sa", "gmbh", "sarl", "sagl", "kg", "ltd", "inc", "co", "cie"])
COMPARED = (
    *("id", "company", "language", "language_basis", "existing_partner", "existing_partners", "notes", "fields"),
    *_FACTS,
)


def changes_by(row: Mapping[str, Any], contact: Mapping[str, Any], *, same_uid: bool) -> dict[str, Any]:
    """The columns of `contact` that the row changes, with their new values; empty when it brings nothing new."""
    if not same_uid and _differ(str(row["company"]), str(contact["company"])):
        remark = " · ".join(part for part in (row["company"], row["person"], row["notes"]) if part)
        return _only_changed({"notes": joined_notes(contact["notes"], remark)}, contact)
    new: dict[str, Any] = {name: row[name] for name in _FACTS if row[name] not in {"", None}}
    new["company"] = row["company"] or contact["company"]
    if row["language_basis"] == "column":
        new |= {"language": row["language"], "language_basis": "column"}
    new["notes"] = joined_notes(contact["notes"], row["notes"])
    new["fields"] = contact["fields"] | json.loads(row["fields"])
    partners = {one["name"]: one for one in (*contact["existing_partners"], *json.loads(row["existing_partners"]))}
    new["existing_partners"] = list(partners.values())
    new["existing_partner"] = next(iter(partners), contact["existing_partner"])
    return _only_changed(new, contact)


def joined_notes(notes: str, more: str) -> str:
    """Notes with those lines of `more` that they lack."""
    lines = notes.split("\n") if notes else []
    lines += [line for line in more.split("\n") if line and line not in lines]
    return "\n".join(lines)[:MAX_NOTES]


def _differ(one: str, other: str) -> bool:
    """Whether two names are surely those of different companies; spelling and legal form do not tell them apart."""
    words, others = (frozenset(plain_word(name).split("_")) - _LEGAL_FORMS - {""} for name in (one, other))
    return bool(words) and bool(others) and not (words <= others or others <= words)


def _only_changed(new: Mapping[str, Any], contact: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in new.items() if value != contact[name]}

"""Scripts with merge fields: `{{company}}` becomes the contact's company, `{{person|you}}` "you" where none is known.

Pure; whoever shows it on a page escapes it.
"""

import re
from collections.abc import Iterable, Mapping

from campaigns.tables import Campaign, Contact

_FIELD = re.compile(r"\{\{\s*([^{}]{1,100}?)\s*\}\}")
# What every contact has, whatever its list holds.
FIELDS = frozenset(
    {"company", "person", "place", "canton", "postcode", "employees", "email", "existing_partner", "agent", "campaign"}
)
# Stands where a field has no value, so that an agent sees the gap before reading it out.
GAP = "…"


def fill_in_script(script: str, values: Mapping[str, str]) -> str:
    """The script with its fields filled in; case does not matter. Values are never looked at for fields again.

    Where a field has no value, what follows `|` stands in its place, and without that a gap.
    """
    known = {name.casefold(): value for name, value in values.items()}

    def fill(found: re.Match[str]) -> str:
        name, _, instead = found.group(1).partition("|")
        return known.get(name.strip().casefold(), "").strip() or instead.strip() or GAP

    return _FIELD.sub(fill, script)


def unknown_fields(scripts: Mapping[str, str], own_columns: Iterable[str]) -> list[str]:
    """The names in the scripts that neither a contact's fields nor the lists' own columns have, as they are written."""
    known = {*(name.casefold() for name in own_columns), *FIELDS}
    named = (name.partition("|")[0].strip() for text in scripts.values() for name in _FIELD.findall(text))
    return list(dict.fromkeys(name for name in named if name.casefold() not in known))


def script_for(scripts: Mapping[str, str], language: str) -> tuple[str, str]:
    """The script in the contact's language, or in the first language that has one."""
    for code in (language, "de", "fr", "it", "en"):
        if scripts.get(code, "").strip():
            return code, scripts[code]
    return language, ""


def merge_fields(contact: Contact, campaign: Campaign, agent_name: str = "") -> dict[str, str]:
    """What a script may name: the list's own columns, then the contact's fields, which cannot be overridden by them.

    Nobody reads out a recorded message, so that it has no agent.
    """
    own = {str(name): str(value) for name, value in contact.fields.items()}
    return own | {
        "company": contact.company,
        "person": contact.person,
        "place": contact.place,
        "canton": contact.canton,
        "postcode": contact.postcode,
        "employees": str(contact.employees or ""),
        "email": contact.email,
        "existing_partner": contact.existing_partner,
        "agent": agent_name,
        "campaign": campaign.name,
    }

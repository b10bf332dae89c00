"""Scripts with merge fields: `{{company}}` becomes the contact's company. Pure; escaping is the template's affair."""

import re
from collections.abc import Mapping

_FIELD = re.compile(r"\{\{\s*([^{}]{1,100}?)\s*\}\}")
# Shown where a field has no value, so that the agent sees the gap before reading it out.
GAP = "…"


def fill_in_script(script: str, values: Mapping[str, str]) -> str:
    """The script with its fields filled in; case does not matter. Values are never looked at for fields again."""
    known = {name.casefold(): value for name, value in values.items()}
    return _FIELD.sub(lambda found: known.get(found.group(1).casefold(), "").strip() or GAP, script)

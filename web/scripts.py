"""Scripts with merge fields: `{{company}}` becomes the contact's company, `{{person|you}}` "you" where none is known.

Pure; escaping is the template's affair.
"""

import re
from collections.abc import Mapping

_FIELD = re.compile(r"\{\{\s*([^{}]{1,100}?)\s*\}\}")
# Shown where a field has no value, so that the agent sees the gap before reading it out.
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

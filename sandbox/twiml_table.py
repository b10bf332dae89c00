"""Writes the table of TwiML in `docs/sandbox.md` from the vocabulary: `python -m sandbox.twiml_table`."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from sandbox.engine.vocabulary import VOCABULARY, Attribute, Element

_STATES = ("done", "partly", "not")


def table() -> str:
    """Return one row for each element that is built, with its attributes by how far they are, and one for the rest."""
    rows = ["| element | done | partly | not |", "|---|---|---|---|"]
    rows += [_row(name, element) for name, element in VOCABULARY.items() if element.state != "not"]
    missing = sorted(name for name, element in VOCABULARY.items() if element.state == "not")
    rows.append(f"| others | | | {', '.join(f'`{name}`' for name in missing)}: alert 12200, the next verb runs |")
    return "\n".join(rows)


def _row(name: str, element: Element) -> str:
    cells = [", ".join(_cell(element.attributes, state)) for state in _STATES]
    remark = f": {element.remark}" if element.remark else ""
    return f"| `{name}`{remark} | " + " | ".join(cells) + " |"


def _cell(attributes: dict[str, Attribute], state: str) -> Iterator[str]:
    for name, attribute in attributes.items():
        if attribute.state == state:
            yield f"`{name}`" + (f" ({attribute.remark})" if attribute.remark else "")


if __name__ == "__main__":
    sys.stdout.write(table() + "\n")

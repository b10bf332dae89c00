"""Draws the states of calls, agents and live transfers into docs/architecture.md, from the tables that we run on.

    .venv/bin/python -m scripts.make_state_diagram [--check]

`--check` writes nothing and ends with 1 when the page is stale.
"""

import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from dialer.agent_states import MOVES, AgentStatus
from dialer.call_states import FINAL, TRANSITIONS, CallStatus
from dialer.transfer_states import FINAL_TRANSFERS, TRANSFER_MOVES, TransferStatus

PAGE = Path(__file__).resolve().parent.parent / "docs" / "architecture.md"
END = "<!-- end generated -->"

Status = TypeVar("Status", bound=StrEnum)
Cause = TypeVar("Cause", bound=StrEnum)


def draw(
    arrows: Mapping[tuple[Status, Cause], Status], start: Status, final: Iterable[Status], order: type[Status]
) -> str:
    """A Mermaid state diagram. Arrows between the same two states become one, with all that may cause it."""
    causes: dict[tuple[Status, Status], list[str]] = defaultdict(list)
    for (before, what), after in arrows.items():
        causes[before, after].append(what.value)
    places = {status: place for place, status in enumerate(order)}
    lines = ["stateDiagram-v2", "    direction LR", f"    [*] --> {start}"]
    for (before, after), because in sorted(causes.items(), key=lambda item: tuple(places[each] for each in item[0])):
        lines.append(f"    {before} --> {after}: {', '.join(sorted(because))}")
    lines.extend(f"    {status} --> [*]" for status in sorted(final, key=places.__getitem__))
    return "\n".join(["```mermaid", *lines, "```"])


def diagrams() -> dict[str, str]:
    """Each diagram by the name in its marker."""
    return {
        "call states": draw(TRANSITIONS, CallStatus.QUEUED, FINAL, CallStatus),
        "agent states": draw(MOVES, AgentStatus.OFFLINE, (), AgentStatus),
        "transfer states": draw(TRANSFER_MOVES, TransferStatus.ASKING, FINAL_TRANSFERS, TransferStatus),
    }


def fill_in(page: str, drawn: Mapping[str, str]) -> str:
    """The page with each diagram between its markers. Raises ValueError where a marker is missing."""
    for name, diagram in drawn.items():
        before, marker, rest = page.partition(f"<!-- generated: {name} -->")
        _, end, after = rest.partition(END)
        if not marker or not end:
            raise ValueError(f"docs/architecture.md has no place marked for the {name}")
        page = f"{before}{marker}\n{diagram}\n{end}{after}"
    return page


def main() -> int:
    """Write the page, or with `--check` say whether it is as it should be."""
    page = PAGE.read_text(encoding="utf-8")
    drawn = fill_in(page, diagrams())
    if page == drawn:
        return 0
    if "--check" in sys.argv[1:]:
        print("docs/architecture.md is stale: run .venv/bin/python -m scripts.make_state_diagram", file=sys.stderr)
        return 1
    PAGE.write_text(drawn, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

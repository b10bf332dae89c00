"""What `python -m sandbox` does besides running a carrier: look at people, arm faults, audit a ledger."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sandbox.commands import audit, faults, people

Command = Callable[[Sequence[str]], int]
COMMANDS: dict[str, Command] = {"people": people.main, "faults": faults.main, "audit": audit.main}

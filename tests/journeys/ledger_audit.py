"""After a journey the carrier's ledger is checked against itself: what all other books are compared with must hold."""

import json
from pathlib import Path

from sandbox.audit import Audit

SHOWN = 20


def assert_ledger_agrees_with_itself(path: Path, *, must_be_finished: bool) -> None:
    """Every entry in order; `must_be_finished`: nobody may be left on a line, and every callback was tried."""
    audit = Audit()
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            audit.take(json.loads(line))
    faults = audit.close(must_be_finished=must_be_finished)
    assert not faults, "\n".join([audit.summary(), *faults[:SHOWN]])
    assert audit.calls, f"nobody was called: {audit.summary()}"

"""`python -m sandbox audit`: checks a ledger against itself. The rules are `sandbox.audit`'s."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sandbox.audit import Audit

SHOWN = 50


def main(arguments: Sequence[str]) -> int:
    """Print what was found; exit code 1 when the ledger contradicts itself, 2 when it cannot be read."""
    parser = argparse.ArgumentParser(
        prog="python -m sandbox audit",
        description="Checks a ledger against itself: each call ends once, callbacks tell what happened, nothing leaks.",
    )
    parser.add_argument("ledger", nargs="+", help="files of JSON lines, in order")
    parser.add_argument("--finished", action="store_true", help="calls and conferences that still live are faults too")
    asked = parser.parse_args(arguments)
    audit = Audit()
    try:
        for entry in _read(asked.ledger):
            audit.take(entry)
    except (OSError, ValueError) as error:
        print(f"sandbox audit: {error}", file=sys.stderr)
        return 2
    faults = audit.close(must_be_finished=asked.finished)
    print(audit.summary())
    for fault in faults[:SHOWN]:
        print(f"  {fault}")
    if len(faults) > SHOWN:
        print(f"  … and {len(faults) - SHOWN} more")
    return 1 if faults else 0


def _read(paths: Sequence[str]) -> Iterator[dict[str, Any]]:
    for path in paths:
        with Path(path).open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                try:
                    yield json.loads(line)
                except json.JSONDecodeError as error:
                    raise ValueError(f"{path} line {number} is not JSON: {error}") from error

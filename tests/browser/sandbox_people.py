"""Decides at the sandbox carrier what the people who are called do."""

import json
import urllib.request
from collections.abc import Mapping
from typing import Any

from tests.browser.program import Program


def stays_on_the_line() -> dict[str, Any]:
    """Somebody who picks up soon and has all day."""
    return {"outcome": "human", "answer_seconds": 20.0, "patience_seconds": 36000.0, "talk_seconds": 36000.0}


def decide_who_answers(program: Program, numbers: Mapping[str, Mapping[str, Any]]) -> None:
    """Give these numbers a script instead of chance."""
    asked = urllib.request.Request(
        f"{program.carrier_url}/_sandbox/people",
        json.dumps({"numbers": numbers}).encode(),
        {"content-type": "application/json"},
    )
    urllib.request.urlopen(asked).close()

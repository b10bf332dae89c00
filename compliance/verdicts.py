"""What the gate may say of a number: three values, and how they are kept with the call for a replay."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Allowed:
    """It may be dialed now. `rules` are the ids of all rules that were asked."""

    rules: tuple[str, ...]


@dataclass(frozen=True)
class Deferred:
    """Not now; at `until` (UTC) it will be lawful, as far as known today. `rules` are those that forbid it now."""

    until: datetime
    rules: tuple[str, ...]
    reason: str = "outside_hours"  # outside_hours, too_many_attempts


@dataclass(frozen=True)
class Blocked:
    """Not now and not later, until somebody changes something."""

    reason: str  # no_jurisdiction, unknown_time_zone, no_opening, do_not_call
    rules: tuple[str, ...]


Verdict = Allowed | Deferred | Blocked


def verdict_record(verdict: Verdict) -> dict[str, Any]:
    """The verdict as plain JSON: `verdict`, `rules`, and `reason` and `until` where it has them."""
    match verdict:
        case Allowed():
            return {"verdict": "allowed", "rules": list(verdict.rules)}
        case Deferred():
            return {
                "verdict": "deferred",
                "reason": verdict.reason,
                "until": verdict.until.isoformat(),
                "rules": list(verdict.rules),
            }
        case Blocked():
            return {"verdict": "blocked", "reason": verdict.reason, "rules": list(verdict.rules)}

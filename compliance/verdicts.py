"""What the gate may say of a number: three values, and how they are kept with the call for a replay."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Allowed:
    """It may be dialed now. `rules` are the ids of all rules that were asked, `ground` is the one that it rests on."""

    rules: tuple[str, ...]
    ground: str = ""


@dataclass(frozen=True)
class Deferred:
    """Not now; at `until` (UTC) it will be lawful, as far as known today. `rules` are those that forbid it now."""

    until: datetime
    rules: tuple[str, ...]
    reason: str = "outside_hours"  # outside_hours, too_many_attempts, too_soon


@dataclass(frozen=True)
class Blocked:
    """Not now and not later, until somebody changes something."""

    # no_jurisdiction, unknown_time_zone, no_opening, do_not_call, no_ground, register_not_checked,
    # caller_number_not_listed
    reason: str
    rules: tuple[str, ...]


Verdict = Allowed | Deferred | Blocked


def verdict_record(verdict: Verdict) -> dict[str, Any]:
    """The verdict as plain JSON: `verdict`, `rules`, and `reason`, `until` and `ground` where it has them."""
    match verdict:
        case Allowed():
            record = {"verdict": "allowed", "rules": list(verdict.rules)}
            return record | {"ground": verdict.ground} if verdict.ground else record
        case Deferred():
            return {
                "verdict": "deferred",
                "reason": verdict.reason,
                "until": verdict.until.isoformat(),
                "rules": list(verdict.rules),
            }
        case Blocked():
            return {"verdict": "blocked", "reason": verdict.reason, "rules": list(verdict.rules)}

"""The answers of a qualification form that routing and teasers understand. Pure; the form itself is in `forms`."""

from collections.abc import Mapping
from typing import Any

SOLUTIONS = ("erp", "crm", "collaboration", "security", "cloud", "infrastructure")
TIME_FRAMES = ("0-3", "3-6", "6-12", "12+")  # months until they want to buy
BUDGETS = ("unknown", "under_10k", "10k_50k", "50k_200k", "over_200k")  # CHF
DECIDERS = ("yes", "no", "unknown")  # whether the person on the line decides
GRADES = ("A", "B", "C")  # how well a lead is qualified
URGENCIES = ("hot", "normal")  # how soon the customer wants to hear from a partner

SIZE_BANDS = ((9, "1-9"), (49, "10-49"), (99, "50-99"), (249, "100-249"))


def solutions_of(answers: Mapping[str, Any]) -> tuple[str, ...]:
    """The solutions that were asked for, in lower case, the main one first."""
    asked = answers.get("solutions") or answers.get("solution") or ()
    several = asked if isinstance(asked, list | tuple) else (asked,)
    return tuple(dict.fromkeys(word for one in several if (word := str(one).strip().casefold())))


def seats_of(answers: Mapping[str, Any]) -> int | None:
    """The number of seats that was said, or None when it was not, or is no whole number above 0."""
    text = str(answers.get("seats") or "").strip()
    if not text.isdecimal():
        return None
    return int(text[:7]) or None


def choice_of(answers: Mapping[str, Any], key: str, choices: tuple[str, ...]) -> str:
    """The answer when it is one of the choices. Anything else may hold a name and comes back empty."""
    text = str(answers.get(key) or "").strip().casefold()
    return text if text in choices else ""


def size_band(employees: int | None) -> str:
    """A band such as `10-49` that tells the size without telling which company it is; empty when unknown."""
    if employees is None or employees < 1:
        return ""
    return next((name for upper, name in SIZE_BANDS if employees <= upper), "250+")

"""The words of the qualification form that routing and teasers understand. Pure; the form itself is a page's affair."""

from collections.abc import Mapping
from typing import Any

# The keys under which a call's answers are kept. `need` and `decider` are free text and may name people.
ANSWER_KEYS = ("need", "solution", "seats", "decider", "time_frame", "budget")

SOLUTIONS = ("erp", "crm", "collaboration", "security", "cloud", "infrastructure")
TIME_FRAMES = ("0-3", "3-6", "6-12", "12+")  # months until they want to buy
BUDGETS = ("unknown", "under_10k", "10k_50k", "50k_200k", "over_200k")  # CHF
DECIDERS = ("yes", "no", "unknown")  # whether the person on the line decides
URGENCIES = ("hot", "normal")  # how soon the customer wants to hear from a partner

SIZE_BANDS = ((9, "1-9"), (49, "10-49"), (99, "50-99"), (249, "100-249"))


def solution_of(answers: Mapping[str, Any]) -> str:
    """The solution that was asked for, in lower case; empty when nobody said."""
    return str(answers.get("solution") or "").strip().casefold()


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

"""A campaign's caller numbers on the terminal: one a line, or as JSON."""

from collections.abc import Sequence

from cli.output import say, show, show_json
from dialer.caller_number_view import NumberSeen
from foundation.errors import Invalid
from foundation.phone_number import parse_phone_number

_DOUBTS = {"answers_low": "far fewer answers than the others", "answers_dropped": "answers have dropped"}


def in_full(number: str, country: str) -> str:
    """The number as rows have it. Raises Invalid when it is no phone number."""
    parsed = parse_phone_number(number, country)
    if parsed is None:
        raise Invalid("That is not a phone number. Write it with its country code, such as +41 44 668 18 00.")
    return parsed.e164


def show_numbers(seen: Sequence[NumberSeen], *, as_json: bool) -> None:
    """What is known of each number."""
    if as_json:
        show_json([_facts(one) for one in seen])
    elif not seen:
        say("No numbers are shown yet. `--add` adds one.")
    for one in () if as_json else seen:
        number = one.number
        cap = f"{number.used_today} of {number.daily_cap}" if number.daily_cap else f"{number.used_today}, no cap"
        looked = f"looked up {one.checked_at:%Y-%m-%d}" if one.checked_at else "never looked up"
        places = ", ".join(one.not_shown_in)
        doubt = _DOUBTS.get(one.doubt, "") or (f"not shown in {places}: look it up in the directory" if places else "")
        show(
            f"{number.number:<15}  {number.language or 'all':<3}  today {cap}  answered {number.lately.rate:.0%}"
            f" (week before {number.before.rate:.0%})  {looked}{'  ' + doubt if doubt else ''}"
        )


def _facts(one: NumberSeen) -> dict[str, object]:
    number = one.number
    return {
        "number": number.number,
        "language": number.language,
        "daily_cap": number.daily_cap,
        "used_today": number.used_today,
        "last_day": {"shown": number.lately.shown, "answered": number.lately.answered},
        "week_before": {"shown": number.before.shown, "answered": number.before.answered},
        "doubt": one.doubt,
        "may_be_shown": number.may_be_shown,
        "checked_at": one.checked_at,
        "not_shown_in": one.not_shown_in,
    }

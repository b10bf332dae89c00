"""A rule in a sentence of English, for the terminal and the records; pages word it in their own languages."""

from datetime import timedelta

from compliance.rule_rows import (
    Abandonment,
    Attempts,
    CallerNumber,
    Gap,
    Ground,
    Hours,
    Register,
    Rule,
    Window,
)


def in_words(rule: Rule) -> str:
    """What a rule says, in one line."""
    match rule.terms:
        case Hours(windows):
            days = (f"{kind.replace('_', ' ')} {hours_in_words(spans)}" for kind, spans in windows.items())
            return f"call only on {'; '.join(days)}"
        case Attempts(at_most, days, hours):
            span = f"{hours} hours" if hours else "a day" if days == 1 else f"{days} days"
            return f"at most {at_most} calls in {span}"
        case Gap(outcomes, rest):
            return f"no call for {span_in_words(rest)} after {', '.join(sorted(outcomes))}"
        case Abandonment() as terms:
            limit = "none at all" if terms.limit_percent is None else f"{terms.limit_percent:g} %"
            window = {0: "a calendar month", 1: "a day"}.get(terms.window_days, f"{terms.window_days} days")
            predictive = "" if terms.predictive_allowed else "; no predictive dialing"
            return f"abandoned calls: {limit} in {window}, an agent within {terms.seconds:g} s{predictive}"
        case Ground(accepts):
            kinds = (f"{kind} ({days} days)" if days else kind for kind, days in accepts.items())
            return f"only with a ground: {', '.join(kinds)}"
        case Register(register, days):
            return f"only after a look into {register}, no older than {days} days"
        case CallerNumber(_, days):
            return f"the number shown stands in the directory, as seen within {days} days"
        case remark:
            return remark.text


def hours_in_words(windows: tuple[Window, ...]) -> str:
    """Windows as `08:00-12:00, 13:00-20:00`; `closed` where there are none."""
    return ", ".join(f"{clock(start)}-{clock(end)}" for start, end in windows) or "closed"


def clock(minutes: int) -> str:
    """Minutes after midnight as `08:30`."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def span_in_words(span: timedelta) -> str:
    """A span as `72 hours`, `60 days` or `15 minutes`."""
    seconds = int(span.total_seconds())
    if seconds % 86400 == 0 and seconds > 3 * 86400:
        return f"{seconds // 86400} days"
    return f"{seconds // 3600} hours" if seconds % 3600 == 0 else f"{seconds // 60} minutes"

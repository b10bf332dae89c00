"""When a notice that was not taken is tried again: for more than three days, ever more rarely. Pure."""

from datetime import timedelta

# The waits between tries that the Standard Webhooks specification proposes; together 75 hours 35 minutes.
WAITS = tuple(timedelta(seconds=seconds) for seconds in (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400))
TRIES_AT_MOST = len(WAITS) + 1
_SPREAD = 0.2
# An endpoint that failed is left alone for so long, so that one that is down does not hold up everybody else's.
_FIRST_REST = timedelta(seconds=4)
_LONGEST_REST = timedelta(minutes=10)
# An endpoint at which nothing has been taken for so long is switched off.
GIVES_UP_AFTER = timedelta(days=5)


def wait_after(tries: int, chance: float) -> timedelta | None:
    """How long to wait after so many failed tries; None when it was the last.

    `chance` from 0 to 1 spreads the tries, so that those of one outage do not all come back together.
    """
    if tries >= TRIES_AT_MOST:
        return None
    return WAITS[tries - 1] * (1 + _SPREAD * (chance - 0.5))


def rest_after(failures: int) -> timedelta:
    """How long an endpoint is left alone after so many failures in a row."""
    return min(_LONGEST_REST, _FIRST_REST * (1 << min(failures - 1, 20)))

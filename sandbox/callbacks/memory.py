"""What the carrier remembers of an application between two requests of the same call: its cookies and its sign-in.

Source: Twilio keeps the cookies of a pair of numbers and host for four hours, and stays signed in during a call.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.cookies import Morsel

LONGEST_SECONDS = 4 * 3600.0
MOST_VISITS = 10_000

Visitor = tuple[str, str, str]  # who is called, who calls, host


@dataclass(slots=True)
class _Visit:
    seen_at: float
    cookies: dict[str, str] = field(default_factory=dict)


class Memory:
    """Cookies by visitor. Memory is taken only for applications that set any."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._visits: OrderedDict[Visitor, _Visit] = OrderedDict()

    def cookie_header(self, visitor: Visitor) -> str:
        """Return the Cookie header for the next request; empty when there is nothing to send."""
        visit = self._visits.get(visitor)
        if visit is None:
            return ""
        if self._now() - visit.seen_at > LONGEST_SECONDS:
            del self._visits[visitor]
            return ""
        visit.seen_at = self._now()
        return "; ".join(f"{name}={value}" for name, value in visit.cookies.items())

    def keep_cookies(self, visitor: Visitor, found: Mapping[str, Morsel[str]]) -> None:
        """Remember what an answer set; `Max-Age=0` and an empty value forget."""
        if not found:
            return
        visit = self._visits.setdefault(visitor, _Visit(self._now()))
        visit.seen_at = self._now()
        self._visits.move_to_end(visitor)
        for name, morsel in found.items():
            if not morsel.value or morsel["max-age"] == "0":
                visit.cookies.pop(name, None)
            else:
                visit.cookies[name] = morsel.coded_value
        if len(self._visits) > MOST_VISITS:
            self._visits.popitem(last=False)

    def forget(self) -> None:
        """Forget everybody."""
        self._visits.clear()

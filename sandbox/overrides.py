"""Connection overrides: the `#ct=…&rc=…` fragment of a webhook's URL that sets timeouts and retries. Pure.

Source: Twilio's "Webhooks connection overrides" page (ranges and defaults; a value out of range is ignored).
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl

POLICIES = frozenset({"ct", "rt", "4xx", "5xx", "all"})


@dataclass(frozen=True, slots=True)
class Overrides:
    """Real seconds, because they bound HTTP and not the telephone network."""

    connect_seconds: float = 5.0
    read_seconds: float = 15.0
    total_seconds: float = 15.0
    retries: int = 1
    policies: frozenset[str] = frozenset({"ct"})

    def retries_after(self, failure: str) -> bool:
        """True when a failure (ct, rt, 4xx or 5xx) is worth another try."""
        return failure in self.policies or "all" in self.policies


def split_url(url: str) -> tuple[str, Overrides]:
    """Return the URL as it is asked and signed, without its fragment, and what the fragment overrides."""
    bare, _, fragment = url.partition("#")
    if not fragment:
        return bare, _DEFAULT
    said = dict(parse_qsl(fragment))
    named = frozenset(said.get("rp", "ct").replace("%2C", ",").split(","))
    return bare, Overrides(
        connect_seconds=_milliseconds(said, "ct", 5000, 100, 10000),
        read_seconds=_milliseconds(said, "rt", 15000, 100, 15000),
        total_seconds=_milliseconds(said, "tt", 15000, 100, 15000),
        retries=_whole(said, "rc", 1, 0, 5),
        policies=named if named <= POLICIES else frozenset({"ct"}),
    )


_DEFAULT = Overrides()


def _milliseconds(said: dict[str, str], key: str, default: int, lowest: int, highest: int) -> float:
    return _whole(said, key, default, lowest, highest) / 1000.0


def _whole(said: dict[str, str], key: str, default: int, lowest: int, highest: int) -> int:
    text = said.get(key, "")
    if not text.isdigit() or not lowest <= int(text) <= highest:
        return default
    return int(text)

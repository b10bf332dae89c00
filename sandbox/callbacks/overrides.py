"""Connection overrides: the `#ct=…&rc=…` fragment of a webhook's URL that sets timeouts and retries. Pure.

Source: Twilio's "Webhooks connection overrides" page (ranges and defaults) and error 11243 (a wrong retry policy).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl

POLICIES = frozenset({"ct", "rt", "4xx", "5xx", "all"})
# Names that Twilio knows and that mean nothing on one machine: server name indication, edges.
_WITHOUT_EFFECT = frozenset({"sni", "e", "r"})
_RANGES = {"ct": (5000, 100, 10000), "rt": (15000, 100, 15000), "tt": (15000, 100, 15000), "rc": (1, 0, 5)}


@dataclass(frozen=True, slots=True)
class Overrides:
    """Real seconds, because they bound HTTP and not the telephone network. `faults` say what could not be read."""

    connect_seconds: float = 5.0
    read_seconds: float = 15.0
    total_seconds: float = 15.0
    retries: int = 1
    policies: frozenset[str] = frozenset({"ct"})
    faults: tuple[str, ...] = ()

    def retries_after(self, trouble: str) -> bool:
        """True when a failure (ct, rt, 4xx or 5xx) is worth another try."""
        return trouble in self.policies or "all" in self.policies


_DEFAULT = Overrides()


def split_url(url: str) -> tuple[str, Overrides]:
    """Return the URL as it is asked and signed, without its fragment, and what the fragment overrides."""
    bare, _, fragment = url.partition("#")
    return bare, read_overrides(fragment) if fragment else _DEFAULT


@lru_cache(maxsize=1024)
def read_overrides(fragment: str) -> Overrides:
    """Read a fragment. A number out of range counts as the nearest bound, a word as the default; both are faults."""
    said = dict(parse_qsl(fragment, keep_blank_values=True))
    faults = [f"{name} is no override" for name in said if name not in {*_RANGES, *_WITHOUT_EFFECT, "rp"}]
    connect, read, total, retries = (_whole(said, name, faults) for name in ("ct", "rt", "tt", "rc"))
    policies = frozenset(said.get("rp", "ct").replace("%2C", ",").split(","))
    if not policies <= POLICIES:
        faults.append(f"rp is a list of {', '.join(sorted(POLICIES))}, not {said['rp']!r}")
        policies = _DEFAULT.policies
    return Overrides(connect / 1000.0, read / 1000.0, total / 1000.0, retries, policies, tuple(faults))


def _whole(said: dict[str, str], name: str, faults: list[str]) -> int:
    default, lowest, highest = _RANGES[name]
    text = said.get(name)
    if text is None:
        return default
    if not text.isdecimal():
        faults.append(f"{name} is a whole number, not {text!r}")
        return default
    found = min(max(int(text), lowest), highest)
    if found != int(text):
        faults.append(f"{name} is from {lowest} to {highest}, not {text}")
    return found

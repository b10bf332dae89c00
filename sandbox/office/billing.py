"""What calls, detection, recordings and look-ups cost: takes it off the balance and counts it as usage.

Minutes are rounded up. Prices a minute are in `countries.toml`; the others are round figures of the order of Twilio's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal

from sandbox.engine.records import Call
from sandbox.engine.reports import duration_seconds
from sandbox.office.accounts import Account
from sandbox.office.countries import CountryTable

INBOUND_PRICE = Decimal("0.0100")
APP_PRICE = Decimal("0.0040")
UNKNOWN_COUNTRY_PRICE = Decimal("0.5000")
DETECTION_PRICE = Decimal("0.0075")
RECORDING_PRICE = Decimal("0.0025")
LOOKUP_PRICES = {"line_type_intelligence": Decimal("0.0080"), "caller_name": Decimal("0.0100")}
_KINDS = {"client": "client", "sip": "sip"}


@dataclass(slots=True)
class Tally:
    """So many times, so much of it, for so much money."""

    count: int = 0
    usage: int = 0
    price: Decimal = Decimal(0)

    def add(self, other: Tally) -> None:
        """Add another tally to this one."""
        self.count += other.count
        self.usage += other.usage
        self.price += other.price


@dataclass(slots=True)
class Billing:
    """The meter. `prices` holds what each ended call and recording has cost, by SID."""

    countries: CountryTable
    prices: dict[str, Decimal] = field(default_factory=dict)
    _tallies: dict[str, dict[tuple[str, date], Tally]] = field(default_factory=dict)

    def charge_call(self, account: Account, call: Call, at: float) -> None:
        """Charge a call that has just ended; one that nobody answered costs nothing."""
        if call.answered_at is None:
            return
        minutes = -(-duration_seconds(call) // 60)
        is_inbound = call.order.direction == "inbound"
        price = minutes * (INBOUND_PRICE if is_inbound else self._minute_price(call.order.to))
        kind = "inbound" if is_inbound else _KINDS.get(call.order.to.partition(":")[0], "outbound")
        category = f"calls-{kind}"
        self._charge(account, (category, "calls"), Tally(1, minutes, price), at)
        if call.answered_by is not None:
            self._charge(account, ("answering-machine-detection",), Tally(1, 1, DETECTION_PRICE), at)
            price += DETECTION_PRICE
        self.prices[call.sid] = price

    def charge_recording(self, account: Account, recording_sid: str, seconds: float, at: float) -> None:
        """Charge a recording that is complete."""
        minutes = -(-int(seconds) // 60)
        price = minutes * RECORDING_PRICE
        self._charge(account, ("calls-recordings",), Tally(1, minutes, price), at)
        self.prices[recording_sid] = price

    def charge_lookup(self, account: Account, package: str, at: float) -> None:
        """Charge one package of data of one look-up."""
        self._charge(account, ("lookups",), Tally(1, 1, LOOKUP_PRICES.get(package, Decimal(0))), at)

    def used(self, account_sid: str) -> Iterator[tuple[str, date, Tally]]:
        """Yield category, day (UTC) and tally of an account's usage, in no order."""
        for (category, day), tally in self._tallies.get(account_sid, {}).items():
            yield category, day, tally

    def forget(self) -> None:
        """Set the meter to nothing."""
        self.prices.clear()
        self._tallies.clear()

    def _charge(self, account: Account, categories: tuple[str, ...], tally: Tally, at: float) -> None:
        day = datetime.fromtimestamp(at, UTC).date()
        days = self._tallies.setdefault(account.sid, {})
        for category in (*categories, "totalprice"):
            days.setdefault((category, day), Tally()).add(tally)
        account.balance -= tally.price

    def _minute_price(self, to: str) -> Decimal:
        if not to.startswith("+"):
            return APP_PRICE
        place = self.countries.place_of(to)
        return place.price if place is not None else UNKNOWN_COUNTRY_PRICE

"""The office put together: the account book, the shelves of settings, the meter, and the rules that bar a call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from hashlib import blake2b

from sandbox.engine.board import Board, OwnNumber
from sandbox.engine.orders import Program, Subscription, Webhook
from sandbox.engine.records import Call, Recording
from sandbox.engine.tape import recorded_seconds
from sandbox.office.accounts import Account, AccountBook
from sandbox.office.billing import Billing
from sandbox.office.countries import CountryTable, read_countries
from sandbox.office.deliveries import DeliveryLog
from sandbox.office.shelf import Item, Shelf

NOT_ACTIVE = 10001
CONCURRENCY_EXCEEDED = 10004
GEO_BARRED_DIAL = 13227


@dataclass(frozen=True, slots=True)
class OfficeOptions:
    """What the main account starts with. `balance` None: endless; `concurrency` 0: no limit; `countries` empty: all."""

    account_sid: str
    auth_token: str
    caller_numbers: tuple[str, ...] = ()
    balance: Decimal | None = None
    concurrency: int = 0
    countries: tuple[str, ...] = ()
    is_trial: bool = False
    api_keys: Mapping[str, str] = field(default_factory=dict)


class Office:
    """Everything about accounts. Listens to the engine: charges ended calls, bars those that may not leave."""

    def __init__(self, board: Board, options: OfficeOptions, table: CountryTable | None = None) -> None:
        self._board = board
        self._options = options
        self.countries = table or read_countries()
        self.billing = Billing(self.countries)
        self.deliveries = DeliveryLog()
        self.numbers, self.applications = Shelf(board.clock), Shelf(board.clock)
        self.caller_ids, self.keys = Shelf(board.clock), Shelf(board.clock)
        now = board.now()
        main = Account(options.account_sid, options.auth_token, options.account_sid, "Sandbox", now, now)
        self.book = AccountBook(board.clock, main)
        self.reset()
        board.call_ended = self._charge
        board.recording_ended = self._charge_recording
        board.dial_refusal = self._refusal
        board.forgotten = self._forget
        board.find_number = self._find_own
        board.may_show = self._may_dial_as

    def reset(self) -> None:
        """Go back to how it was at the start."""
        options, main = self._options, self.book.main
        self.book.forget_subaccounts()
        for shelf in (self.numbers, self.applications, self.caller_ids, self.keys):
            shelf.clear()
        self.billing.forget()
        self.deliveries.forget()
        self._board.account_rates.clear()
        main.status, main.is_trial = "active", options.is_trial
        main.keys = dict(options.api_keys)
        for key_sid in options.api_keys:
            self.keys.add(key_sid, main.sid, {"friendly_name": ""})
        main.balance = options.balance or Decimal(0)
        main.has_endless_balance = options.balance is None
        main.longest_concurrency = options.concurrency
        main.countries = set(options.countries) if options.countries else None
        main.any_caller = not options.caller_numbers
        for number in options.caller_numbers:
            self.own_number(main, number)

    def token_of(self, account_sid: str) -> str:
        """Return the token with which an account's webhooks are signed."""
        account = self.book.find(account_sid)
        return (account or self.book.main).auth_token

    def own_number(self, account: Account, number: str, values: dict[str, object] | None = None) -> Item:
        """Give a number to an account; a number always gets the same SID."""
        named: dict[str, object] = {"phone_number": number, "friendly_name": number}
        return self.numbers.add(number_sid(number), account.sid, named | (values or {}))

    def number_item(self, account_sid: str, number: str) -> Item | None:
        """Return the account's own number, or None."""
        return self.numbers.find(account_sid, number_sid(number))

    def may_show(self, account: Account, caller: str) -> bool:
        """True when calls of the account may come from this number: its own, a verified one, or any."""
        if account.any_caller or not caller.startswith("+"):
            return True
        found = self.number_item(account.sid, caller) or _with_number(self.caller_ids.of(account.sid), caller)
        return found is not None

    def _may_dial_as(self, account_sid: str, caller: str) -> bool:
        account = self.book.find(account_sid)
        return account is None or self.may_show(account, caller)

    def may_call(self, account: Account, to: str) -> bool:
        """True when the account's geographic permissions include the number's country."""
        if account.countries is None or not to.startswith("+"):
            return True
        place = self.countries.place_of(to)
        return place is not None and place.country.iso_code in account.countries

    def is_known_to(self, account: Account, to: str) -> bool:
        """True when a trial account may call this number: its own or a verified one."""
        if not account.is_trial or not to.startswith("+"):
            return True
        return any(_with_number(shelf.of(account.sid), to) is not None for shelf in (self.numbers, self.caller_ids))

    def is_at_concurrency_limit(self, account: Account) -> bool:
        """True when as many calls of the account as it may have are on their way or talking."""
        limit = account.longest_concurrency
        return limit > 0 and self._live_calls(account) >= limit

    def _live_calls(self, account: Account) -> int:
        live = self._board.live_calls.values()
        return sum(1 for call in live if call.order.account_sid == account.sid and call.dialed_at is not None)

    def _find_own(self, number: str) -> OwnNumber | None:
        """Return a number that one of the accounts owns and has a program for; other numbers are people's."""
        item = self.numbers.get(number_sid(number)) if number.startswith("+") else None
        if item is None:
            return None
        application = self.applications.find(item.account_sid, str(item.values.get("voice_application_sid") or ""))
        source = application.values if application is not None else item.values
        main = webhook_of(source, "voice_url", "voice_method")
        if main is None:
            return None
        callback = webhook_of(source, "status_callback", "status_callback_method")
        subscription = Subscription(callback, frozenset({"completed"})) if callback is not None else None
        program = Program(main, webhook_of(source, "voice_fallback_url", "voice_fallback_method"))
        return OwnNumber(item.account_sid, number, program, subscription)

    def _forget(self, ended: Call | Recording) -> None:
        """What is remembered of it goes with it; what it cost stays counted."""
        self.billing.prices.pop(ended.sid, None)
        self.deliveries.forget_call(ended.sid)

    def _charge(self, call: Call) -> None:
        account = self.book.find(call.order.account_sid)
        if account is not None:
            self.billing.charge_call(account, call, self._board.now())

    def _charge_recording(self, recording: Recording) -> None:
        account = self.book.find(recording.account_sid)
        if account is not None and recording.status == "completed":
            now = self._board.now()
            self.billing.charge_recording(account, recording.sid, recorded_seconds(recording, now), now)

    def _refusal(self, call: Call) -> tuple[int, str] | None:
        account = self.book.find(call.order.account_sid)
        if account is None or not account.can_order:
            return NOT_ACTIVE, "Account is not active"
        if self.is_at_concurrency_limit(account):
            return CONCURRENCY_EXCEEDED, "Call concurrency limit exceeded"
        if call.order.direction == "outbound-dial" and not self.may_call(account, call.order.to):
            return GEO_BARRED_DIAL, f"No international permission for {call.order.to}"
        return None


def webhook_of(values: Mapping[str, object], url_key: str, method_key: str) -> Webhook | None:
    """Return an address that a number or an application has, with its method."""
    url = str(values.get(url_key) or "")
    return Webhook(url, str(values.get(method_key) or "POST")) if url else None


@lru_cache(maxsize=4096)
def number_sid(number: str) -> str:
    """Return the SID that a number has as an IncomingPhoneNumber."""
    return "PN" + blake2b(number.encode(), digest_size=16).hexdigest()


def _with_number(items: Iterable[Item], number: str) -> Item | None:
    return next((item for item in items if item.values["phone_number"] == number), None)

"""Accounts: the main one, its subaccounts, their tokens, keys, balances and limits."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import blake2b
from typing import Literal

from sandbox.engine.clock import Clock

AccountStatus = Literal["active", "suspended", "closed"]


@dataclass(slots=True, eq=False)
class Account:
    """One account. `balance` None: it is never empty. `countries` None: it may call everywhere."""

    sid: str
    auth_token: str
    owner_sid: str
    friendly_name: str
    created_at: float
    updated_at: float
    status: AccountStatus = "active"
    is_trial: bool = False
    # Any well-formed number may call, as long as nobody said which numbers there are.
    any_caller: bool = False
    balance: Decimal = Decimal(0)
    has_endless_balance: bool = True
    longest_concurrency: int = 0
    countries: set[str] | None = None
    keys: dict[str, str] = field(default_factory=dict)

    @property
    def is_main(self) -> bool:
        """True for the account that owns the others."""
        return self.sid == self.owner_sid

    @property
    def can_order(self) -> bool:
        """True when the account may call, buy and ask for what costs money."""
        return self.status == "active" and (self.has_endless_balance or self.balance > 0)


class AccountBook:
    """All accounts, the main one first."""

    def __init__(self, clock: Clock, main: Account) -> None:
        self._clock = clock
        self.main = main
        self._accounts = {main.sid: main}

    def open_subaccount(self, sid: str, friendly_name: str) -> Account:
        """Open a subaccount with a token of its own; money and limits are those of a fresh account."""
        now, main = self._clock.now(), self.main
        token = blake2b(f"{main.auth_token}|{sid}".encode(), digest_size=16).hexdigest()
        account = Account(sid, token, main.sid, friendly_name, now, now)
        account.balance, account.has_endless_balance = main.balance, main.has_endless_balance
        account.longest_concurrency = main.longest_concurrency
        account.countries = set(main.countries) if main.countries is not None else None
        self._accounts[sid] = account
        return account

    def find(self, sid: str) -> Account | None:
        """Return an account, or None."""
        return self._accounts.get(sid)

    def newest_first(self) -> Iterator[Account]:
        """Yield all accounts."""
        return reversed(list(self._accounts.values()))

    def signed_in(self, username: str, password: str) -> Account | None:
        """Return the account that a user name (account SID or key SID) and a password belong to. Closed ones are dead.

        An owner of a suspended account still gets in; what is refused then is left to the resources.
        """
        account = self._accounts.get(username)
        if account is not None:
            secret = account.auth_token
        else:
            account = next((one for one in self._accounts.values() if username in one.keys), None)
            if account is None:
                return None
            secret = account.keys[username]
        is_right = hmac.compare_digest(secret.encode(), password.encode())
        return account if is_right and account.status != "closed" else None

    def find_key(self, key_sid: str) -> tuple[str, str] | None:
        """Return the secret of an API key and its account's SID; None for a key that does not exist or is of no use."""
        account = next((one for one in self._accounts.values() if key_sid in one.keys), None)
        return (account.keys[key_sid], account.sid) if account is not None and account.status == "active" else None

    def forget_subaccounts(self) -> None:
        """Go back to the main account alone."""
        self._accounts = {self.main.sid: self.main}

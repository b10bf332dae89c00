"""Resources that are settings and nothing more: kept per account, newest last. What they hold is said by their kind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.engine.clock import Clock


@dataclass(slots=True, eq=False)
class Item:
    """One resource: its SID, its account, when it came and changed (carrier Unix seconds), and its values by key."""

    sid: str
    account_sid: str
    created_at: float
    updated_at: float
    values: dict[str, object]


class Shelf:
    """All resources of one kind, of all accounts."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._items: dict[str, Item] = {}

    def add(self, sid: str, account_sid: str, values: dict[str, object]) -> Item:
        """Put a new resource on the shelf."""
        now = self._clock.now()
        item = self._items[sid] = Item(sid, account_sid, now, now, values)
        return item

    def change(self, item: Item, values: dict[str, object]) -> None:
        """Set some values."""
        item.values |= values
        item.updated_at = self._clock.now()

    def find(self, account_sid: str, sid: str) -> Item | None:
        """Return an account's resource, or None."""
        item = self._items.get(sid)
        return item if item is not None and item.account_sid == account_sid else None

    def get(self, sid: str) -> Item | None:
        """Return a resource of whatever account, or None."""
        return self._items.get(sid)

    def take(self, item: Item) -> None:
        """Remove a resource."""
        del self._items[item.sid]

    def of(self, account_sid: str) -> Iterator[Item]:
        """Yield an account's resources, newest first."""
        return (item for item in reversed(list(self._items.values())) if item.account_sid == account_sid)

    def all(self) -> Iterator[Item]:
        """Yield the resources of all accounts, oldest first."""
        return iter(self._items.values())

    def clear(self) -> None:
        """Forget them all."""
        self._items.clear()

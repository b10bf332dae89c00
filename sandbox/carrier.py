"""The carrier put together: clock, engine, office, people, courier, ledger and faults.

HTTP paths are left to `rest` and `admin`.
"""

from __future__ import annotations

from collections.abc import Callable

from sandbox.callbacks.courier import Courier, CourierParts
from sandbox.engine.behaviour import Behaviour
from sandbox.engine.board import Board, EngineOptions
from sandbox.engine.clock import ScaledClock, VirtualClock, real_now
from sandbox.engine.exchange import end_all, open_exchange
from sandbox.engine.ports import Fetched, FetchOrder, Report
from sandbox.engine.sids import SidMint
from sandbox.faults import FaultBook
from sandbox.ledger import Ledger
from sandbox.office.office import Office
from sandbox.people import Town
from sandbox.phones.switch import Switch
from sandbox.pump import RunningPump, VirtualPump
from sandbox.settings import SandboxSettings


class Carrier:
    """One running carrier; it is the engine's outer world (`engine.ports.Edges`)."""

    def __init__(self, settings: SandboxSettings) -> None:
        self.settings = settings
        self.people = settings.people
        self._town = Town(settings.people, settings.seed)
        started_at = real_now()
        start_at = settings.start_at if settings.start_at is not None else started_at
        self.started_at = start_at
        epoch = settings.epoch_real if settings.epoch_real is not None else started_at
        self.clock: ScaledClock | VirtualClock = (
            VirtualClock(start_at) if settings.is_virtual else ScaledClock(start_at, epoch, settings.speed)
        )
        # On a running clock SIDs must differ from those of a run before; on the virtual one history repeats.
        salt = str(settings.seed) if settings.is_virtual else f"{settings.seed}|{started_at!r}"
        self.ledger = Ledger(self.clock.now, settings.ledger)
        self.faults = FaultBook(settings.seed, self.clock.now)
        self.faults.arm(list(settings.faults))
        options = EngineOptions(settings.calls_per_second, kept_calls=settings.kept_calls)
        self.board = open_exchange(Board(self.clock, self, SidMint(salt), options))
        self.board.outlived = self.ledger.forget_before
        self.office = Office(self.board, settings.office, settings.prices)
        parts = CourierParts(
            token_of=self.office.token_of,
            tried=self.office.deliveries.add,
            ledger=self.ledger,
            faults=self.faults,
            agenda=self.board.agenda,
            now=self.clock.now,
            is_virtual=settings.is_virtual,
            raise_alert=self._raise_alert,
            post=settings.post,
        )
        self.courier = Courier(parts)
        self.switch = Switch(self.board)
        self.ledger.watchers.append(self.switch.watch)
        self.pump: RunningPump | VirtualPump = (
            VirtualPump(self.board, self.clock, self.courier.settle)
            if isinstance(self.clock, VirtualClock)
            else RunningPump(self.board, self.clock)
        )

    async def open(self) -> None:
        """Open connections and let time run."""
        await self.courier.open()
        self.pump.start()

    async def close(self) -> None:
        """Stop at once; calls are not ended, as in a power cut."""
        self.pump.stop()
        await self.courier.close()
        self.ledger.close()

    def reset(self) -> None:
        """Forget all calls, faults and ledger entries in memory, and bring the first people back."""
        self.courier.forget()
        self.courier.postman.options = self.settings.post
        end_all(self.board)
        self.office.reset()
        self.switch.forget()
        self.faults.arm(list(self.settings.faults))
        self.faults.struck.clear()
        self.ledger.clear()
        self.people = self.settings.people

    def find_api_key(self, key_sid: str) -> tuple[str, str] | None:
        """The secret and the account of an API key; None where there is no such key."""
        return self.office.book.find_key(key_sid)

    def fetch(self, order: FetchOrder, done: Callable[[Fetched], None]) -> None:
        """Ask the application for TwiML."""
        self.courier.fetch(order, done)

    def report(self, report: Report) -> None:
        """Send a callback."""
        self.courier.report(report)

    def _raise_alert(self, sid: str, code: int, text: str, is_warning: bool, url: str) -> None:
        self.board.alert_about(sid, code, text, is_warning=is_warning, url=url)

    def note(self, kind: str, facts: dict[str, object]) -> None:
        """Write a line of the ledger."""
        self.ledger.note(kind, facts)

    def draw(self, number: str, dial_count: int) -> Behaviour:
        """Return what a number does on its next call. A `client:` that was once a browser is simulated no more."""
        if number.startswith("client:"):
            if self.switch.is_registered(number):
                return Behaviour("manual", is_agent=True, setup_seconds=0.1)
            if self.switch.was_registered(number) or self.settings.needs_registered_clients:
                return Behaviour("unreachable", is_agent=True, setup_seconds=0.2)
        if self._town.people is not self.people:
            self._town = Town(self.people, self.settings.seed)
        return self._town.draw(number, dial_count, self.clock.now())

"""A carrier at the outermost edge that answers as a test says and remembers what it was asked."""

from collections import deque
from collections.abc import Callable
from datetime import datetime
from itertools import count
from threading import Lock

from foundation.errors import Unavailable
from telephony.carrier import BrowserPhone, CarrierCall, Placed, PlaceOrder, PlaceResult, Reported, SayAndHangUp


class ProcessDied(BaseException):
    """Stands for a process that is killed: nothing after it runs, and nothing may catch it."""


class ScriptedCarrier:
    """Places whatever it is asked to, unless `answers` holds something else for the next order.

    An answer that is an exception is raised instead. `while_placing` runs in the middle of each order.
    """

    def __init__(self) -> None:
        self.answers: deque[PlaceResult | BaseException] = deque()
        self.orders: list[PlaceOrder] = []
        self.listed: list[CarrierCall] = []
        self.placed: dict[str, PlaceOrder] = {}
        self.rooms: dict[str, set[str]] = {}
        self.hung_up: list[str] = []
        self.given_up: list[str] = []
        self.told_of_rooms: list[tuple[str, str, bool]] = []
        self.said: list[tuple[str, str]] = []
        self.holds: list[tuple[str, str, bool]] = []
        self.while_holding: Callable[[str], None] = lambda _call_id: None
        self.is_down = False
        self.fate_of_contacts = Reported.RINGING
        self.forgets_contacts = False
        self.while_placing: Callable[[PlaceOrder], None] = lambda _order: None
        self._lock = Lock()
        self._numbers = count(1)

    def place(self, order: PlaceOrder) -> PlaceResult:
        with self._lock:
            self.orders.append(order)
            answer = self.answers.popleft() if self.answers else Placed(self.new_sid())
        self.while_placing(order)
        if isinstance(answer, BaseException):
            raise answer
        if isinstance(answer, Placed):
            self.placed[answer.carrier_sid] = order
        return answer

    def new_sid(self) -> str:
        """A call id that this carrier has not used yet."""
        return f"CA{next(self._numbers):032}"

    def fetch(self, carrier_sid: str) -> CarrierCall | None:
        self._answer_or_not()
        listed = next((call for call in self.listed if call.carrier_sid == carrier_sid), None)
        return listed or self._as_placed(carrier_sid)

    def _as_placed(self, carrier_sid: str) -> CarrierCall | None:
        """What was placed and is not listed: agents stay on the line, contacts' phones ring unless told otherwise."""
        order = self.placed.get(carrier_sid)
        if order is None:
            return None
        is_agent = order.to.startswith("client:")
        if self.forgets_contacts and not is_agent:
            return None
        what = Reported.ANSWERED if is_agent else self.fate_of_contacts
        return CarrierCall(carrier_sid, order.to, order.from_number, what, None)

    def calls_since(self, moment: datetime, *, to: str = "", most: int = 1000) -> list[CarrierCall]:
        self._answer_or_not()
        found = [
            call
            for call in self.listed
            if to in {"", call.to} and (call.created_at is None or call.created_at >= moment)
        ]
        return found[:most]

    def hang_up(self, carrier_sid: str) -> bool:
        self._answer_or_not()
        self.hung_up.append(carrier_sid)
        return True

    def give_up(self, carrier_sid: str) -> bool:
        self._answer_or_not()
        self.given_up.append(carrier_sid)
        return True

    def set_hold(self, room: str, carrier_sid: str, call_id: str, *, is_held: bool) -> bool:
        self.while_holding(call_id)
        self._answer_or_not()
        self.holds.append((room, carrier_sid, is_held))
        return carrier_sid in self.rooms.get(room, ())

    def say_and_hang_up(self, carrier_sid: str, what: SayAndHangUp) -> bool:
        self._answer_or_not()
        self.said.append((carrier_sid, what.text))
        return True

    def people_in(self, room: str) -> frozenset[str]:
        self._answer_or_not()
        return frozenset(self.rooms.get(room, ()))

    def set_ends_room(self, room: str, carrier_sid: str, *, ends_room: bool) -> bool:
        self._answer_or_not()
        self.told_of_rooms.append((room, carrier_sid, ends_room))
        return True

    def own_numbers(self) -> frozenset[str]:
        self._answer_or_not()
        return frozenset()

    def browser_token(self, identity: str) -> str:
        return ""

    def browser_phone(self) -> BrowserPhone | None:
        return None

    def _answer_or_not(self) -> None:
        if self.is_down:
            raise Unavailable("the carrier does not answer")

"""What changed, told to every open page a few times a second; costs nothing while no page is open."""

from __future__ import annotations

import asyncio
import json

from aiohttp import web

from sandbox.carrier import Carrier
from sandbox.page import views
from sandbox.page.window import Window

TELL_EVERY_SECONDS = 0.1
MOST_LINES_AT_ONCE = 200


class Feed:
    """Collects what the ledger's entries touch, and sends it as it is at the end of each tenth of a second."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier
        self._windows: set[Window] = set()
        self._calls: dict[str, None] = {}
        self._rooms: dict[str, None] = {}
        self._requests: list[views.View] = []
        self._said: list[views.View] = []
        self._alerts_told = 0
        self._is_waiting = False

    def open(self, window: Window) -> None:
        """Tell a new page everything, and from now on what changes."""
        if not self._windows:
            self._forget_changes()
        self._windows.add(window)
        window.send({"type": "network", **views.view_network(self._carrier)})

    def close(self, window: Window) -> None:
        """The page is gone."""
        self._windows.discard(window)

    def start_over(self) -> None:
        """Everything was forgotten: tell each page so."""
        self._forget_changes()
        for window in self._windows:
            window.send({"type": "network", **views.view_network(self._carrier)})

    def watch(self, entry: dict[str, object]) -> None:
        """Hear of a ledger entry."""
        if not self._windows:
            return
        kind, sid = str(entry["kind"]), str(entry.get("call") or "")
        if kind in views.REQUEST_KINDS:
            self._requests.append(views.view_request(entry))
            del self._requests[:-MOST_LINES_AT_ONCE]
        elif kind in ("person_said", "person_pressed"):
            self._said.append({"call": sid, "text": entry.get("text"), "keys": entry.get("keys")})
        if sid:
            self._touch_call(sid)
        if entry.get("conference"):
            self._touch_room(str(entry["conference"]))
        self._tell_soon()

    def watch_voice(self, sid: str) -> None:
        """A browser took or left the line of a call, or its microphone was switched."""
        if self._windows:
            self._touch_call(sid)
            self._tell_soon()

    def _touch_call(self, sid: str) -> None:
        self._calls[sid] = None
        call = self._carrier.board.calls.get(sid)
        if call is not None and call.conference is not None:
            self._touch_room(call.conference.sid)
        if call is not None and call.order.parent_sid:
            self._calls[call.order.parent_sid] = None

    def _touch_room(self, sid: str) -> None:
        self._rooms[sid] = None
        room = self._carrier.board.conferences.get(sid)
        if room is not None:
            self._calls.update(dict.fromkeys(room.participants))

    def _tell_soon(self) -> None:
        if not self._is_waiting:
            self._is_waiting = True
            asyncio.get_running_loop().call_later(TELL_EVERY_SECONDS, self._tell)

    def _tell(self) -> None:
        self._is_waiting = False
        if not self._windows:
            return
        text = json.dumps(self._take_changes(), ensure_ascii=False, separators=(",", ":"))
        for window in self._windows:
            window.send_text(text)

    def _take_changes(self) -> dict[str, object]:
        board = self._carrier.board
        # A call or room that was touched early may have changed company since.
        calls = [board.calls[sid] for sid in self._calls if sid in board.calls]
        rooms = [board.conferences[sid] for sid in self._rooms if sid in board.conferences]
        alerts = board.alerts[max(self._alerts_told, len(board.alerts) - MOST_LINES_AT_ONCE) :]
        changes = {
            "type": "changes",
            "calls": [views.view_call(self._carrier, call) for call in calls],
            "rooms": [views.view_room(room) for room in rooms],
            "alerts": [views.view_alert(alert) for alert in alerts],
            "requests": self._requests,
            "said": self._said,
            "by_hand": list(self._carrier.people.by_hand),
            **views.view_figures(self._carrier),
        }
        self._forget_changes()
        return changes

    def tell_settings(self) -> None:
        """Somebody changed the people: pages show which numbers ring by hand."""
        if self._windows:
            self._tell_soon()

    def _forget_changes(self) -> None:
        self._calls, self._rooms, self._requests, self._said = {}, {}, [], []
        self._alerts_told = len(self._carrier.board.alerts)


FEED = web.AppKey("feed", Feed)

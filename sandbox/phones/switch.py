"""Joins browsers to the engine: rings registered phones, gives a call its voice, tells voices who hears whom.

Sockets are left to `sockets`, who may be a phone to `tokens`, the truth about hearing to `hearing`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Protocol

from sandbox import hand
from sandbox.engine import lines
from sandbox.engine.board import Board
from sandbox.engine.records import Call
from sandbox.phones.hearing import companions
from sandbox.phones.tokens import Grant

MOST_PHONES_PER_IDENTITY = 10


class Browser(Protocol):
    """Whom messages can be sent to."""

    def send(self, message: dict[str, object]) -> None:
        """Put a message down; never waits."""
        ...


@dataclass(slots=True, eq=False)
class Voice:
    """The browser that speaks and listens for one call. `told` is what it last heard of the others."""

    id: str
    call: Call
    browser: Browser
    ends_call: bool
    is_muted: bool = False
    told: list[dict[str, object]] = field(default_factory=list)


class Switch:
    """All browsers that are phones. State that a browser must hear of is looked at anew after every ledger entry."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._grants: dict[Browser, Grant] = {}
        self._known: set[str] = set()
        self._ringing: dict[str, list[Browser]] = {}
        self._voices: dict[str, Voice] = {}
        self._ids = count(1)
        self._is_looking = False
        self.voices_changed: Callable[[str], None] = lambda _sid: None

    # What the engine asks.

    def is_registered(self, address: str) -> bool:
        """True when a browser is the phone of this address now and may be called."""
        return any(grant.address == address and grant.may_be_called for grant in self._grants.values())

    def was_registered(self, address: str) -> bool:
        """True when a browser was this phone at any time since the start or the last reset."""
        return address in self._known

    def voice_of(self, call_sid: str) -> Voice | None:
        """The browser at the end of a call, if there is one."""
        return self._voices.get(call_sid)

    def watch(self, entry: dict[str, object]) -> None:
        """Hear of a ledger entry; what follows from it is done when the engine has finished."""
        sid = str(entry.get("call", ""))
        if entry["kind"] == "person_said":
            self._caption(sid, str(entry["text"]))
        elif entry["kind"] == "call_ringing" and self.is_registered(str(entry["to"])):
            self._ringing[sid] = []
        if (self._voices or self._ringing) and not self._is_looking:
            self._is_looking = True
            asyncio.get_running_loop().call_soon(self._look)

    def forget(self) -> None:
        """All calls are gone: tell the phones, and let unregistered clients be simulated again."""
        for sid in list(self._ringing):
            self._stop_ringing(sid)
        for sid in list(self._voices):
            self._end_voice(sid)
        self._known = {grant.address for grant in self._grants.values()}

    # What browsers ask.

    def register(self, browser: Browser, grant: Grant) -> None:
        """Make a browser a phone, or renew its grant. The oldest of too many for one identity is dropped."""
        same = [other for other, held in self._grants.items() if _is_same(held, grant) and other is not browser]
        for other in same[: max(0, len(same) + 1 - MOST_PHONES_PER_IDENTITY)]:
            self.unregister(other)
        self._grants[browser] = grant
        self._known.add(grant.address)

    def grant_of(self, browser: Browser) -> Grant | None:
        """What a browser was last allowed."""
        return self._grants.get(browser)

    def unregister(self, browser: Browser) -> None:
        """Let a browser be no phone any more; a call that it holds goes on."""
        if self._grants.pop(browser, None) is not None:
            browser.send({"type": "unregistered"})
            self._leave_ringing(browser)

    def leave(self, browser: Browser) -> None:
        """The browser is gone: its phone is unreachable, and the calls that it held as a phone are hung up."""
        self._grants.pop(browser, None)
        self._leave_ringing(browser)
        for voice in [voice for voice in self._voices.values() if voice.browser is browser]:
            self._drop(voice)
            if voice.ends_call and voice.call.status == "in-progress":
                hand.do(self._board, voice.call, "hang_up")

    def accept(self, browser: Browser, sid: str) -> None:
        """Pick up a call that rings this phone; one that another window was quicker to take is cancelled here."""
        held = self._voices.get(sid)
        if held is not None and held.browser is not browser:
            browser.send({"type": "cancel", "call": sid})
            return
        call = self._rung(browser, sid)
        self._ringing[sid].remove(browser)
        self._give_voice(call, browser, ends_call=True)
        hand.do(self._board, call, "answer")
        browser.send({"type": "accepted", "call": sid})

    def reject(self, browser: Browser, sid: str) -> None:
        """Turn a call down; it is busy once every phone that rings has done so."""
        call = self._rung(browser, sid)
        self._ringing[sid].remove(browser)
        if not self._ringing[sid]:
            hand.do(self._board, call, "refuse")

    def attach(self, browser: Browser, sid: str) -> None:
        """Speak and listen for a call that somebody answered by hand; another browser that did so stops."""
        call = self._board.calls.get(sid)
        if call is None or call.status != "in-progress":
            raise hand.CannotDo("only a call that was answered has a voice")
        held = self._voices.get(sid)
        if held is not None and held.ends_call:
            raise hand.CannotDo("this call's voice is a registered phone")
        if held is not None:
            self._drop(held)
            held.browser.send({"type": "ended", "call": sid})
        self._give_voice(call, browser, ends_call=False)
        self._look_soon()

    def detach(self, browser: Browser, sid: str) -> None:
        """Stop speaking for a call, which goes on without a voice."""
        self._drop(self._held(browser, sid))
        self._look_soon()

    def mute(self, browser: Browser, sid: str, *, is_muted: bool) -> None:
        """The browser's own microphone is off: nobody hears it, whatever the conference says."""
        self._held(browser, sid).is_muted = is_muted
        self.voices_changed(sid)
        self._look_soon()

    def do(self, browser: Browser, sid: str, deed: str, what: str = "") -> None:
        """Press keys or hang up as the phone that holds the call."""
        hand.do(self._board, self._held(browser, sid).call, deed, what)

    def signal(self, browser: Browser, sid: str, peer_id: str, payload: object) -> None:
        """Pass a description or a candidate on to a voice that is on the same line, and to nobody else."""
        voice = self._held(browser, sid)
        other = next((one for one in self._voices.values() if one.id == peer_id), None)
        if other is not None and any(peer["id"] == peer_id for peer in voice.told):
            other.browser.send({"type": "signal", "call": other.call.sid, "peer": voice.id, "payload": payload})

    # How it is kept up.

    def _rung(self, browser: Browser, sid: str) -> Call:
        call = self._board.calls.get(sid)
        if call is None or browser not in self._ringing.get(sid, ()) or call.status != "ringing":
            raise hand.CannotDo("this phone is not rung by that call")
        return call

    def _held(self, browser: Browser, sid: str) -> Voice:
        voice = self._voices.get(sid)
        if voice is None or voice.browser is not browser:
            raise hand.CannotDo("this browser is not the voice of that call")
        return voice

    def _give_voice(self, call: Call, browser: Browser, *, ends_call: bool) -> None:
        self._voices[call.sid] = Voice(f"V{next(self._ids)}", call, browser, ends_call)
        self.voices_changed(call.sid)

    def _drop(self, voice: Voice) -> None:
        self._voices.pop(voice.call.sid, None)
        self.voices_changed(voice.call.sid)

    def _end_voice(self, sid: str) -> None:
        voice = self._voices[sid]
        self._drop(voice)
        voice.browser.send({"type": "ended", "call": sid})

    def _leave_ringing(self, browser: Browser) -> None:
        for sid, rung in list(self._ringing.items()):
            if browser in rung:
                rung.remove(browser)
                call = self._board.calls.get(sid)
                if not rung and call is not None:
                    self._nobody_there(call)

    def _look_soon(self) -> None:
        if not self._is_looking:
            self._is_looking = True
            asyncio.get_running_loop().call_soon(self._look)

    def _look(self) -> None:
        self._is_looking = False
        for sid in list(self._ringing):
            self._look_at_ringing(sid)
        for sid, voice in list(self._voices.items()):
            if voice.call.is_final or self._board.calls.get(sid) is not voice.call:
                self._end_voice(sid)
        for voice in self._voices.values():
            peers = self._peers_of(voice)
            if peers != voice.told:
                voice.told = peers
                voice.browser.send({"type": "peers", "call": voice.call.sid, "peers": peers})

    def _look_at_ringing(self, sid: str) -> None:
        call = self._board.calls.get(sid)
        if call is None or call.status != "ringing":
            self._stop_ringing(sid)
        elif not self._ringing[sid]:
            rung = [one for one, grant in self._grants.items() if _is_for(grant, call)]
            if not rung:
                self._nobody_there(call)
                return
            self._ringing[sid] = rung
            parameters = {"CallSid": sid, "AccountSid": call.order.account_sid}
            parameters |= {"From": call.order.caller, "To": call.order.to}
            for browser in rung:
                browser.send({"type": "incoming", "call": sid, "parameters": parameters})

    def _nobody_there(self, call: Call) -> None:
        if call.status == "ringing":
            lines.finish(self._board, call, "no-answer", 480, "network")

    def _stop_ringing(self, sid: str) -> None:
        for browser in self._ringing.pop(sid, []):
            browser.send({"type": "cancel", "call": sid})

    def _peers_of(self, voice: Voice) -> list[dict[str, object]]:
        found: list[dict[str, object]] = []
        for one in companions(voice.call):
            other = self._voices.get(one.call.sid)
            if other is not None:
                hears, is_heard = one.hears and not other.is_muted, one.is_heard and not voice.is_muted
                offers = int(voice.id[1:]) < int(other.id[1:])
                found.append({"id": other.id, "hears": hears, "is_heard": is_heard, "offers": offers})
        return found

    def _caption(self, sid: str, text: str) -> None:
        call = self._board.calls.get(sid)
        if call is None:
            return
        for one in companions(call):
            listener = self._voices.get(one.call.sid)
            if listener is not None and one.is_heard:
                listener.browser.send({"type": "caption", "call": one.call.sid, "from": call.order.to, "text": text})


def _is_same(one: Grant, other: Grant) -> bool:
    return one.identity == other.identity and one.account_sid == other.account_sid


def _is_for(grant: Grant, call: Call) -> bool:
    return grant.may_be_called and grant.address == call.order.to and grant.account_sid == call.order.account_sid

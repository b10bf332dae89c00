"""Checks a ledger against itself: numbers without gaps, each call ended once, callbacks that tell what happened.

Works entry by entry, so that a ledger of any length fits into memory once its calls do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

Entry = dict[str, Any]

_FINAL = {"call_completed", "call_busy", "call_failed", "call_no_answer", "call_canceled"}
# Which entries may come next, per call; a final one may follow any. A call that comes in is not dialed from here.
_NEXT = {
    "call_created": {"call_initiated", "call_ringing"},
    "call_initiated": {"call_ringing"},
    "call_ringing": {"call_answered"},
    "call_answered": set[str](),
}
_NEEDS_ANSWER = {"call_bridged", "amd_decided", "participant_joined"}
# The program of a call that comes in runs before it is answered: it may refuse.
_NEEDS_LIFE = {"verb_run", *_NEEDS_ANSWER}


@dataclass(slots=True)
class _Call:
    state: str = ""
    was_answered: bool = False
    is_bridged: bool = False
    room: str | None = None
    statuses: set[str] = field(default_factory=set)
    told: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Room:
    people: set[str] = field(default_factory=set)
    is_over: bool = False


class Audit:
    """Takes entries in order and says at the end what contradicts what."""

    def __init__(self) -> None:
        self._calls: dict[str, _Call] = {}
        self._rooms: dict[str, _Room] = {}
        self._faults: list[str] = []
        self._counts: Counter[str] = Counter()
        self._last_number: int | None = None
        self._last_at = ""
        self._rules: dict[str, Callable[[Entry], Iterator[str]]] = {
            "call_bridged": self._bridge,
            "call_unbridged": self._unbridge,
            "conference_opened": self._open_room,
            "conference_ended": self._end_room,
            "participant_joined": self._join,
            "participant_left": self._leave,
            "callback_tried": self._callback,
        }

    def take(self, entry: Entry) -> None:
        """Look at the next entry."""
        kind = str(entry.get("kind"))
        self._counts[kind] += 1
        where = f"entry {entry.get('n')}"
        self._faults += [f"{where}: {fault}" for fault in self._check_order(entry)]
        if kind in _NEXT or kind in _FINAL:
            self._faults += [f"{where}: {fault}" for fault in self._advance(kind, entry)]
            return
        if kind in _NEEDS_LIFE:
            self._faults += [f"{where}: {fault}" for fault in self._check_live(kind, entry)]
        rule = self._rules.get(kind)
        if rule is not None:
            self._faults += [f"{where}: {fault}" for fault in rule(entry)]

    def close(self, *, must_be_finished: bool = False) -> list[str]:
        """Return every contradiction found."""
        faults = list(self._faults)
        for sid, call in self._calls.items():
            faults += [f"{sid}: {fault}" for fault in _check_end(call, must_be_finished)]
        for sid, room in self._rooms.items():
            if room.is_over and room.people:
                faults.append(f"{sid}: an ended conference still holds {', '.join(sorted(room.people))}")
            if must_be_finished and not room.is_over:
                faults.append(f"{sid}: the conference never ended")
        return faults

    @property
    def calls(self) -> int:
        """How many calls were seen."""
        return len(self._calls)

    def summary(self) -> str:
        """Return one line about what was looked at."""
        living = sum(call.state not in _FINAL for call in self._calls.values())
        return (
            f"{sum(self._counts.values())} entries, {len(self._calls)} calls ({living} live at the end), "
            f"{len(self._rooms)} conferences, {self._counts['callback_tried']} callback tries, "
            f"{self._counts['rest_answered']} REST answers, {self._counts['alert']} alerts"
        )

    def _check_order(self, entry: Entry) -> Iterator[str]:
        number, at = int(entry["n"]), str(entry["at"])
        # A carrier that was started again appends to the same file and counts from 1.
        if number == 1:
            self._calls.clear()
            self._rooms.clear()
        elif self._last_number is not None and number != self._last_number + 1:
            yield f"number {number} after {self._last_number}"
        elif at < self._last_at:
            yield f"{at} after {self._last_at}: time went backwards"
        self._last_number, self._last_at = number, at

    def _advance(self, kind: str, entry: Entry) -> Iterator[str]:
        sid = entry["call"]
        call = self._calls.setdefault(sid, _Call())
        if kind == "call_created":
            if call.state:
                yield f"{sid} was created twice"
        elif not call.state:
            yield f"{sid}: {kind} of a call that was never created"
        elif call.state in _FINAL or (kind in _NEXT and kind not in _NEXT[call.state]):
            yield f"{sid}: {kind} after {call.state}"
        elif kind == "call_completed" and not call.was_answered:
            yield f"{sid}: completed without an answer"
        elif kind in _FINAL - {"call_completed"} and call.was_answered:
            yield f"{sid}: {kind} after an answer"
        call.state = kind
        call.was_answered |= kind == "call_answered"
        call.statuses.add(_status_of(kind))

    def _check_live(self, kind: str, entry: Entry) -> Iterator[str]:
        call = self._calls.get(entry.get("call") or "")
        if call is None or (kind in _NEEDS_ANSWER and not call.was_answered):
            yield f"{entry.get('call')}: {kind} without an answer"
        elif call.state in _FINAL:
            yield f"{entry['call']}: {kind} after {call.state}"

    def _bridge(self, entry: Entry) -> Iterator[str]:
        call = self._calls.setdefault(entry["call"], _Call())
        if call.is_bridged:
            yield f"{entry['call']} was bridged twice"
        call.is_bridged = True

    def _unbridge(self, entry: Entry) -> Iterator[str]:
        call = self._calls.setdefault(entry["call"], _Call())
        if not call.is_bridged:
            yield f"{entry['call']} was unbridged and not bridged"
        call.is_bridged = False

    def _open_room(self, entry: Entry) -> Iterator[str]:
        if entry["conference"] in self._rooms:
            yield f"{entry['conference']} was opened twice"
        self._rooms[entry["conference"]] = _Room()

    def _end_room(self, entry: Entry) -> Iterator[str]:
        room = self._rooms.setdefault(entry["conference"], _Room())
        if room.is_over:
            yield f"{entry['conference']} ended twice"
        room.is_over = True

    def _join(self, entry: Entry) -> Iterator[str]:
        room, call = (
            self._rooms.setdefault(entry["conference"], _Room()),
            self._calls.setdefault(entry["call"], _Call()),
        )
        if room.is_over:
            yield f"{entry['call']} joined {entry['conference']}, which had ended"
        if call.room is not None:
            yield f"{entry['call']} joined {entry['conference']} while in {call.room}"
        room.people.add(entry["call"])
        call.room = entry["conference"]

    def _leave(self, entry: Entry) -> Iterator[str]:
        room, call = (
            self._rooms.setdefault(entry["conference"], _Room()),
            self._calls.setdefault(entry["call"], _Call()),
        )
        if call.room != entry["conference"]:
            yield f"{entry['call']} left {entry['conference']} and was not in it"
        room.people.discard(entry["call"])
        call.room = None

    def _whereabouts(self, entry: Entry) -> tuple[_Room, _Call]:
        room = self._rooms.setdefault(entry["conference"], _Room())
        return room, self._calls.setdefault(entry["call"], _Call())

    def _callback(self, entry: Entry) -> Iterator[str]:
        """A status callback tells a status that the call has had, and each number tells one status."""
        if entry.get("topic") != "call" or entry.get("sequence") is None:
            return
        call = self._calls.get(entry["sid"])
        status = str(entry.get("call_status"))
        if call is None or status not in call.statuses:
            yield f"{entry['sid']}: a callback told {status}, which the call has not been"
            return
        number = int(entry["sequence"])
        if call.told.setdefault(number, status) != status:
            yield f"{entry['sid']}: callback {number} told {call.told[number]} and {status}"


def _status_of(kind: str) -> str:
    words = {"call_answered": "in-progress", "call_created": "queued"}
    return words.get(kind, kind.removeprefix("call_").replace("_", "-"))


def _check_end(call: _Call, must_be_finished: bool) -> Iterator[str]:
    if call.state not in _FINAL:
        if must_be_finished:
            yield f"the call never ended: its last entry is {call.state}"
        return
    if call.is_bridged:
        yield "the call ended while it could hear somebody"
    if call.room is not None:
        yield f"the call ended inside {call.room}"
    gaps = set(range(max(call.told, default=-1) + 1)) - call.told.keys()
    if gaps and must_be_finished:
        yield f"callbacks {sorted(gaps)} were never tried"

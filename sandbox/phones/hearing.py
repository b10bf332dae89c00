"""Who is on the line with a call, and who of them hears whom: the engine's truth, read for browsers. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.engine.audibility import audible
from sandbox.engine.records import Call, Conference


@dataclass(frozen=True, slots=True)
class Companion:
    """Another call on the same line. `hears`: the call hears it; `is_heard`: it hears the call."""

    call: Call
    hears: bool
    is_heard: bool


def companions(call: Call) -> list[Companion]:
    """Return everybody in the same conference or on the other end of the same Dial, also who is not heard now."""
    if call.status != "in-progress":
        return []
    if call.conference is not None:
        return list(_in_room(call.conference, call))
    other = call.bridged_to
    if other is None or other.bridged_to is not call or not (_is_bridged(call) and _is_bridged(other)):
        return []
    return [Companion(other, hears=True, is_heard=True)]


def _in_room(room: Conference, call: Call) -> Iterator[Companion]:
    pairs = set(audible(room))
    for sid, who in room.participants.items():
        if sid != call.sid:
            yield Companion(who.call, (sid, call.sid) in pairs, (call.sid, sid) in pairs)


def _is_bridged(call: Call) -> bool:
    return call.bridged_since is not None and call.conference is None and not call.is_final

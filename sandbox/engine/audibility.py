"""Who hears whom in a conference: pure, from who is muted, on hold, or a coach."""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.engine.records import Conference, Participant


def audible(room: Conference) -> list[tuple[str, str]]:
    """Return the pairs (who speaks, who hears it) of call SIDs, in order of arrival."""
    return [
        (speaker.call.sid, listener.call.sid)
        for listener in room.participants.values()
        for speaker in _speakers(room, listener)
    ]


def hears(room: Conference, listener: Participant) -> list[Participant]:
    """Return the participants whose voice reaches the listener now."""
    return list(_speakers(room, listener))


def hears_someone(room: Conference, listener: Participant) -> bool:
    """True when at least one voice reaches the listener."""
    return next(_speakers(room, listener), None) is not None


def is_heard(room: Conference, speaker: Participant) -> bool:
    """True when the speaker's voice reaches somebody."""
    if room.status != "in-progress":
        return False
    return any(who is not speaker and not who.on_hold and _reaches(speaker, who) for who in room.participants.values())


def _speakers(room: Conference, listener: Participant) -> Iterator[Participant]:
    if room.status != "in-progress" or listener.on_hold:
        return
    for who in room.participants.values():
        if who is not listener and _reaches(who, listener):
            yield who


def _reaches(speaker: Participant, listener: Participant) -> bool:
    if speaker.muted or speaker.on_hold:
        return False
    return speaker.coached_sid is None or speaker.coached_sid == listener.call.sid

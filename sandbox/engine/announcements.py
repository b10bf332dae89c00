"""Announcements: a document or a sound is fetched and played to one participant or to the whole conference.

Source: Twilio's Participant and Conference resources (AnnounceUrl).
"""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.engine.board import Board
from sandbox.engine.document import read_checked
from sandbox.engine.orders import Webhook
from sandbox.engine.ports import Fetched, FetchOrder
from sandbox.engine.records import Call, Conference, Participant
from sandbox.engine.reports import call_params, report_room
from sandbox.engine.speech import PROMPTS, measure
from sandbox.engine.twiml import SOUND_ITSELF, DocumentFault


@dataclass(frozen=True, slots=True)
class _Announcement:
    """What is played to whom; `who` None: to all. `call` is the one on whose behalf things are fetched."""

    room: Conference
    who: Participant | None
    call: Call
    webhook: Webhook

    def has_listener(self) -> bool:
        """True while those who are to hear it are there."""
        if self.room.status == "completed":
            return False
        return self.who is None or self.room.participants.get(self.call.sid) is self.who


def announce(board: Board, room: Conference, who: Participant | None, webhook: Webhook) -> None:
    """Play what `webhook` answers to one participant, or to all; its end, or that it failed, is told."""
    listener = who if who is not None else next(iter(room.participants.values()), None)
    if listener is None:
        return
    announcement = _Announcement(room, who, listener.call, webhook)
    params = (*call_params(listener.call), ("ConferenceSid", room.sid), ("FriendlyName", room.name))
    order = FetchOrder(webhook, params, listener.call.sid)
    board.edges.fetch(order, lambda fetched: _came(board, announcement, fetched))


def _came(board: Board, announcement: _Announcement, fetched: Fetched) -> None:
    if not announcement.has_listener():
        return
    if fetched.failure is not None or not 200 <= fetched.status < 300:
        _fail(board, announcement, fetched.failure or 11200)
        return
    read = read_checked(fetched.body, fetched.content_type)
    if isinstance(read, DocumentFault):
        _fail(board, announcement, read.code)
    elif read.verbs == (SOUND_ITSELF,):
        _play(board, announcement, fetched.seconds if fetched.seconds is not None else board.options.media_seconds)
    else:
        prompts = [verb for verb in read.verbs if verb.name in PROMPTS]
        play = lambda seconds: _play(board, announcement, seconds)  # noqa: E731
        measure(board, announcement.call, prompts, play, announcement.has_listener)


def _play(board: Board, announcement: _Announcement, seconds: float) -> None:
    room, who = announcement.room, announcement.who
    facts: dict[str, object] = {"conference": room.sid, "call": who.call.sid if who is not None else None}
    board.edges.note("announcement_started", facts | {"seconds": round(seconds, 3)})

    def ended() -> None:
        if announcement.has_listener():
            report_room(board, room, "announcement-end", who, ("AnnounceUrl", announcement.webhook.url))

    board.agenda.put(board.now() + seconds, ended)


def _fail(board: Board, announcement: _Announcement, code: int) -> None:
    url = announcement.webhook.url
    board.alert(announcement.call, code, "The announcement could not be fetched or read", url=url)
    extra = [("AnnounceUrl", url), ("ReasonAnnouncementFailed", str(code))]
    report_room(board, announcement.room, "announcement-fail", announcement.who, *extra)

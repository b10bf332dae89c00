"""Recordings of calls and conferences: start, pause, resume, stop, and what the application is told.

Their length is left to `tape`, their audio to `wav`.

Source: Twilio's Recording resource, `<Record>` and `<Dial record>` pages.
"""

from __future__ import annotations

from typing import Literal

from sandbox.engine.board import Board
from sandbox.engine.forgetting import forget_recording, keep_recording
from sandbox.engine.orders import RecordingOrder
from sandbox.engine.ports import Report
from sandbox.engine.records import Call, Conference, Mark, Recording
from sandbox.engine.reports import recording_url, rfc2822
from sandbox.engine.tape import recorded_seconds

PauseBehavior = Literal["skip", "silence"]
# Twilio's name for whichever recording of a call or conference runs now.
CURRENT = "Twilio.CURRENT"


def start_call_recording(board: Board, call: Call, order: RecordingOrder) -> Recording:
    """Record a living call from now on. Several recordings of one call may run side by side."""
    recording = _open(board, call.order.account_sid, order)
    recording.call = call
    recording.marks.append((board.now(), call.sound))
    call.recordings.append(recording)
    call.last_recording = recording
    _started(board, recording)
    return recording


def start_room_recording(board: Board, room: Conference, order: RecordingOrder) -> Recording:
    """Record a living conference from now on, as one channel."""
    recording = _open(board, room.account_sid, order)
    recording.room = room
    recording.marks.append((board.now(), room.sound))
    room.recordings.append(recording)
    _started(board, recording)
    return recording


def pause(board: Board, recording: Recording, behavior: PauseBehavior = "silence") -> bool:
    """Pause: `silence` keeps the time as silence, `skip` leaves it out. False when it does not run."""
    if recording.status != "in-progress":
        return False
    recording.status = "paused"
    _mark(board, recording, (board.now(), "skipped" if behavior == "skip" else "muted"))
    _note(board, recording, "recording_paused", behavior=behavior)
    return True


def resume(board: Board, recording: Recording) -> bool:
    """Go on after a pause. False when it was not paused."""
    if recording.status != "paused":
        return False
    recording.status = "in-progress"
    _mark(board, recording, (board.now(), _sound_of(recording)))
    _note(board, recording, "recording_resumed")
    return True


def stop(board: Board, recording: Recording) -> bool:
    """End a recording; a moment later it is `completed`, or `absent` when nothing was recorded. False when it ended."""
    if not recording.is_live:
        return False
    owner = recording.call if recording.call is not None else recording.room
    assert owner is not None
    owner.recordings.remove(recording)
    recording.status = "stopped"
    recording.ended_at = recording.updated_at = board.now()
    _note(board, recording, "recording_stopped")
    board.agenda.put(board.now() + board.options.recording_processing_seconds / 2, lambda: _render(board, recording))
    return True


def stop_all(board: Board, owner: Call | Conference) -> None:
    """End what still records a call or conference that is over."""
    for recording in list(owner.recordings):
        stop(board, recording)


def delete(board: Board, recording: Recording) -> bool:
    """Forget a recording that has ended. False while it runs."""
    if recording.is_live:
        return False
    forget_recording(board, recording)
    _note(board, recording, "recording_deleted")
    return True


def find_current(owner: Call | Conference) -> Recording | None:
    """Return the youngest recording that runs: Twilio.CURRENT."""
    return owner.recordings[-1] if owner.recordings else None


def mark_sound(board: Board, owner: Call | Conference) -> None:
    """What can be heard of a call or conference has changed."""
    for recording in owner.recordings:
        if recording.status == "in-progress":
            _mark(board, recording, (board.now(), owner.sound))


def _open(board: Board, account_sid: str, order: RecordingOrder) -> Recording:
    now = board.now()
    recording = Recording(board.mint.make("RE"), account_sid, order, len(board.recordings), now, now)
    board.recordings[recording.sid] = recording
    return recording


def _started(board: Board, recording: Recording) -> None:
    _note(board, recording, "recording_started", source=recording.order.source)
    _report(board, recording, "in-progress")


def _render(board: Board, recording: Recording) -> None:
    if recording.sid not in board.recordings:
        return
    recording.status = "processing"
    board.agenda.put(board.now() + board.options.recording_processing_seconds / 2, lambda: _complete(board, recording))


def _complete(board: Board, recording: Recording) -> None:
    if recording.sid not in board.recordings:
        return
    recording.updated_at = board.now()
    recording.status = "completed" if recorded_seconds(recording, board.now()) > 0 else "absent"
    board.recording_ended(recording)
    _note(board, recording, f"recording_{recording.status}", seconds=recorded_seconds(recording, board.now()))
    _report(board, recording, recording.status)
    keep_recording(board, recording)


def _mark(board: Board, recording: Recording, mark: Mark) -> None:
    if recording.marks[-1][1] != mark[1]:
        recording.marks.append(mark)
    recording.updated_at = board.now()


def _sound_of(recording: Recording) -> Literal["silence", "talk", "program", "message"]:
    owner = recording.call if recording.call is not None else recording.room
    return owner.sound if owner is not None else "silence"


def _note(board: Board, recording: Recording, kind: str, **more: object) -> None:
    call, room = recording.call, recording.room
    facts: dict[str, object] = {"recording": recording.sid, "call": call.sid if call else None}
    board.edges.note(kind, {**facts, "conference": room.sid if room else None, **more})


def _report(board: Board, recording: Recording, event: str) -> None:
    """Tell the application, if it asked for this event."""
    subscription = recording.order.subscription
    if subscription is None or event not in subscription.events:
        return
    params = [("AccountSid", recording.account_sid)]
    if recording.call is not None:
        params.append(("CallSid", recording.call.sid))
    if recording.room is not None:
        params.append(("ConferenceSid", recording.room.sid))
    params += [
        ("RecordingSid", recording.sid),
        ("RecordingUrl", recording_url(board, recording)),
        ("RecordingStatus", event),
        ("RecordingChannels", str(recording.order.channels)),
        ("RecordingStartTime", rfc2822(recording.started_at)),
        ("RecordingSource", recording.order.source),
        ("ErrorCode", "0"),
    ]
    if recording.room is None:
        params.append(("RecordingTrack", recording.order.track))
    if event != "in-progress":
        params.append(("RecordingDuration", str(recorded_seconds(recording, board.now()))))
    board.edges.report(Report("recording", event, recording.sid, subscription.webhook, tuple(params)))

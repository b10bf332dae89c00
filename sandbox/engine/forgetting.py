"""Forgets ended calls, conferences and recordings, the oldest first, where more have ended than are to be kept."""

from __future__ import annotations

from collections import OrderedDict
from typing import TypeVar

from sandbox.engine.board import Board
from sandbox.engine.records import Call, Conference, Recording

_Ended = TypeVar("_Ended", Call, Conference, Recording)


def keep_call(board: Board, call: Call) -> None:
    """A call has ended: keep it among the last ones."""
    for oldest in _keep(board, board.ended_calls, call):
        forget_call(board, oldest)
        board.outlived(oldest.ended_at or 0.0)


def keep_room(board: Board, room: Conference) -> None:
    """A conference has ended: keep it among the last ones."""
    for oldest in _keep(board, board.ended_rooms, room):
        board.conferences.pop(oldest.sid, None)


def keep_recording(board: Board, recording: Recording) -> None:
    """A recording is complete: keep it among the last ones."""
    for oldest in _keep(board, board.ended_recordings, recording):
        forget_recording(board, oldest)


def forget_call(board: Board, call: Call) -> None:
    """Forget an ended call whole."""
    board.ended_calls.pop(call.sid, None)
    del board.calls[call.sid]
    same_number = board.calls_by_number[call.order.to]
    same_number.remove(call)
    if not same_number:
        del board.calls_by_number[call.order.to]
    board.forgotten_calls += 1
    board.forgotten(call)


def forget_recording(board: Board, recording: Recording) -> None:
    """Forget a recording that has ended."""
    board.ended_recordings.pop(recording.sid, None)
    del board.recordings[recording.sid]
    board.forgotten(recording)


def _keep(board: Board, ended: OrderedDict[str, _Ended], one: _Ended) -> list[_Ended]:
    """Put the latest in; those for which there is no room any more."""
    ended[one.sid] = one
    kept = board.options.kept_calls
    return [ended.popitem(last=False)[1] for _ in range(len(ended) - kept)] if kept else []

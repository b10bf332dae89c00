"""How the people on the line act over time: wait, lose patience, talk, hang up, press keys.

Their traits are drawn elsewhere.

Talk time runs only while the person hears another participant; a person whom nobody speaks to hangs up after a while.
"""

from __future__ import annotations

from sandbox.engine import screening
from sandbox.engine.board import Board
from sandbox.engine.lines import hang_up
from sandbox.engine.recordings import mark_sound
from sandbox.engine.records import Call

FAX_TONE_SECONDS = 30.0


def pick_up(board: Board, call: Call) -> None:
    """Start to act after the answer."""
    person = call.behaviour
    assert person is not None
    if person.drops_after_seconds is not None:
        board.set_timer(call, "drop", person.drops_after_seconds, lambda: hang_up(board, call, "network"))
    if person.outcome == "machine":
        _leave_after(board, call, person.greeting_seconds + person.message_seconds)
    elif person.outcome == "fax":
        _leave_after(board, call, FAX_TONE_SECONDS)
    elif person.outcome == "screened":
        screening.ask(board, call)
    else:
        _wait_for_a_voice(board, call)


def start_hearing(board: Board, call: Call) -> None:
    """Another participant can be heard from now on."""
    now = board.now()
    call.bridged_since = now
    is_first = call.first_bridged_at is None
    if is_first:
        call.first_bridged_at = now
    board.edges.note("call_bridged", {"call": call.sid, "to": call.order.to, "first": is_first})
    mark_sound(board, call)
    screening.hear(board, call, lambda: _go_through_with(board, call))
    _talk(board, call)


def _talk(board: Board, call: Call) -> None:
    person = call.behaviour
    if person is None or not _is_impatient(call):
        return
    if person.talk_seconds is None:
        board.clear_timer(call, "party")
    else:
        _leave_after(board, call, max(0.0, person.talk_seconds - call.bridged_seconds))


def _go_through_with(board: Board, call: Call) -> None:
    """A screened call is taken: the person talks with whoever is there, or waits for somebody."""
    if call.bridged_since is not None:
        _talk(board, call)
    elif not call.is_spoken_to:
        _wait_for_a_voice(board, call)


def stop_hearing(board: Board, call: Call, *, on_hold: bool = False) -> None:
    """Nobody can be heard any more."""
    if call.bridged_since is None:
        return
    call.bridged_seconds += board.now() - call.bridged_since
    call.bridged_since = None
    board.edges.note("call_unbridged", {"call": call.sid, "to": call.order.to})
    mark_sound(board, call)
    if not call.is_final:
        _wait_for_a_voice(board, call, on_hold=on_hold)


def hear_announcement(board: Board, call: Call) -> None:
    """A voice or music of the program runs: patience does not wear out meanwhile."""
    if call.spoken_to_at is None:
        call.spoken_to_at = board.now()
    call.is_spoken_to = True
    mark_sound(board, call)
    screening.hear(board, call, lambda: _go_through_with(board, call))
    if call.bridged_since is None and _is_impatient(call):
        board.clear_timer(call, "party")


def stop_announcement(board: Board, call: Call) -> None:
    """The program's voice has ended."""
    if not call.is_spoken_to:
        return
    call.is_spoken_to = False
    mark_sound(board, call)
    if call.bridged_since is None and not call.is_final:
        _wait_for_a_voice(board, call, on_hold=_is_waiting(call))


def start_message(board: Board, call: Call) -> None:
    """The person leaves a message: who speaks is not impatient."""
    call.leaves_message = True
    mark_sound(board, call)
    if _is_impatient(call):
        board.clear_timer(call, "party")


def stop_message(board: Board, call: Call) -> None:
    """The person has said it all."""
    if not call.leaves_message:
        return
    call.leaves_message = False
    mark_sound(board, call)
    if call.bridged_since is None and not call.is_final:
        _wait_for_a_voice(board, call)


def wait_on_hold(board: Board, call: Call) -> None:
    """The person waits in a queue or on hold, and is more patient than with silence."""
    if not call.is_final and call.bridged_since is None and not call.is_spoken_to:
        _wait_for_a_voice(board, call, on_hold=True)


def _is_waiting(call: Call) -> bool:
    room = call.conference
    who = room.participants.get(call.sid) if room is not None else None
    return call.member is not None or (who is not None and who.on_hold)


def _wait_for_a_voice(board: Board, call: Call, *, on_hold: bool = False) -> None:
    person = call.behaviour
    if person is None or not _is_impatient(call):
        return
    _leave_after(board, call, person.hold_patience_seconds if on_hold else person.patience_seconds)


def _is_impatient(call: Call) -> bool:
    person = call.behaviour
    return person is not None and person.outcome == "human" and not person.is_agent


def _leave_after(board: Board, call: Call, seconds: float) -> None:
    board.set_timer(call, "party", seconds, lambda: hang_up(board, call, "callee"))

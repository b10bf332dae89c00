"""The Enqueue and Leave verbs: wait in a queue with a document of one's own, and what the action hears afterwards.

Source: Twilio's `<Enqueue>` and `<Leave>` pages.
"""

from __future__ import annotations

from sandbox.engine.board import Board
from sandbox.engine.orders import Program, Webhook
from sandbox.engine.parties import wait_on_hold
from sandbox.engine.queues import (
    average_wait_seconds,
    join_queue,
    leave_queue,
    offer,
    open_queue,
    position_of,
    remove_member,
    resize_queue,
    wait_seconds,
)
from sandbox.engine.records import Call, Interruption, Member
from sandbox.engine.script import follow_action, full_url, leave_frame, redirect, tell_action
from sandbox.engine.twiml import Verb
from sandbox.engine.waiting import QUEUE_VERBS, wait_with

# By how far somebody has come and what ends it.
_RESULTS = {
    ("waiting", "hung_up"): "hangup",
    ("waiting", "redirected"): "redirected",
    ("bridging", "hung_up"): "bridging-in-process",
    ("bridging", "redirected"): "redirected",
    ("bridged", "hung_up"): "bridged",
    ("bridged", "redirected"): "redirected-from-bridged",
}


def perform(board: Board, call: Call, verb: Verb) -> bool:
    """Run an Enqueue; the call goes on when it has left the queue."""
    queue = open_queue(board, call.order.account_sid, verb.text)
    if "maxQueueSize" in verb.attributes:
        resize_queue(board, queue, int(verb.seconds("maxQueueSize", queue.max_size)))

    def left(result: str) -> None:
        call.interrupt = None
        leave_frame(board, call)
        if not call.is_final:
            follow_action(board, call, verb, _result(board, member, result))

    def interrupted(why: Interruption) -> None:
        assert member is not None
        leave_frame(board, call)
        result = _RESULTS[member.stage, why]
        remove_member(board, member, result)
        member.is_gone = True
        if member.on_gone is not None:
            member.on_gone()
        tell_action(board, call, verb, _result(board, member, result))

    member = join_queue(board, queue, call, left)
    if member is None:
        if not verb.get("action"):
            return False
        follow_action(board, call, verb, [("QueueResult", "queue-full")])
        return True
    call.interrupt = interrupted
    wait_on_hold(board, call)
    wait_url = full_url(call, verb.get("waitUrl")) if verb.get("waitUrl") else ""
    if wait_url:
        webhook = Webhook(wait_url, verb.get("waitUrlMethod", "POST").upper())
        wait_with(board, call, webhook, QUEUE_VERBS, lambda: _standing(board, member))
    offer(board, queue)
    return True


def dequeue(board: Board, member: Member, program: Program) -> None:
    """Take a member out by the REST API and let its call run another document."""
    redirect(board, member.call, program)


def leave(board: Board, call: Call, verb: Verb) -> bool:
    """Run a Leave: out of the queue, and on with what follows Enqueue. Without a queue it does nothing."""
    if call.member is None:
        board.alert(call, 12200, f"Schema validation warning: {verb.name} outside a queue", is_warning=True)
        return False
    leave_queue(board, call.member, "leave")
    return True


def _standing(board: Board, member: Member) -> list[tuple[str, str]]:
    now, queue = board.now(), member.queue
    return [
        ("QueueSid", queue.sid),
        ("QueuePosition", str(position_of(member))),
        ("QueueTime", str(wait_seconds(member, now))),
        ("AvgQueueTime", str(average_wait_seconds(queue, now))),
        ("CurrentQueueSize", str(len(queue.members))),
        ("MaxQueueSize", str(queue.max_size)),
    ]


def _result(board: Board, member: Member | None, result: str) -> list[tuple[str, str]]:
    found = [("QueueResult", result)]
    if member is not None:
        found += [("QueueSid", member.queue.sid), ("QueueTime", str(wait_seconds(member, board.now())))]
    return found

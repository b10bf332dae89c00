"""Queues and who waits in them: created on demand or by REST, first come first served.

Running the documents that people wait with is left to `enqueue`, connecting them to `dial_queue`.

Source: Twilio's Queue and Member resources, `<Enqueue>` and `<Dial><Queue>` pages.
"""

from __future__ import annotations

from collections.abc import Callable

from sandbox.engine.board import Board
from sandbox.engine.records import Call, Member, Queue

LARGEST_QUEUE = 5000
FRONT = "Front"


def create_queue(board: Board, account_sid: str, name: str, max_size: int = 1000) -> Queue:
    """Make an empty queue. Its name must be free (`find_queue`)."""
    now = board.now()
    queue = Queue(board.mint.make("QU"), account_sid, name, len(board.queues), now, now, max_size)
    board.queues[queue.sid] = queue
    board.queues_by_name[account_sid, name] = queue
    board.edges.note("queue_created", {"queue": queue.sid, "name": name})
    return queue


def find_queue(board: Board, account_sid: str, name_or_sid: str) -> Queue | None:
    """Return the account's queue of that name or SID."""
    found = board.queues.get(name_or_sid)
    if found is not None and found.account_sid == account_sid:
        return found
    return board.queues_by_name.get((account_sid, name_or_sid))


def open_queue(board: Board, account_sid: str, name: str) -> Queue:
    """Return the account's queue of that name, or a new one."""
    return find_queue(board, account_sid, name) or create_queue(board, account_sid, name)


def rename_queue(board: Board, queue: Queue, name: str) -> None:
    """Give a queue another name, which must be free."""
    del board.queues_by_name[queue.account_sid, queue.name]
    queue.name, queue.updated_at = name, board.now()
    board.queues_by_name[queue.account_sid, name] = queue


def resize_queue(board: Board, queue: Queue, max_size: int) -> None:
    """Set how many may wait; nobody who waits already is sent away."""
    queue.max_size, queue.updated_at = max_size, board.now()


def delete_queue(board: Board, queue: Queue) -> bool:
    """Forget a queue. False while somebody waits in it, or for somebody in it."""
    if queue.members or queue.takers:
        return False
    del board.queues[queue.sid]
    del board.queues_by_name[queue.account_sid, queue.name]
    board.edges.note("queue_deleted", {"queue": queue.sid, "name": queue.name})
    return True


def join_queue(board: Board, queue: Queue, call: Call, on_left: Callable[[str], None]) -> Member | None:
    """Put a call at the end of a queue; None when it is full. Giving it to one who waits for it is `offer`'s."""
    if len(queue.members) >= queue.max_size:
        return None
    now = board.now()
    member = Member(call, queue, now, on_left)
    queue.members[call.sid] = call.member = member
    queue.enqueued_at_sum += now
    queue.updated_at = now
    _note(board, member, "queue_joined")
    return member


def leave_queue(board: Board, member: Member, result: str) -> None:
    """Take a call out of its queue and tell who put it there why: a QueueResult."""
    remove_member(board, member, result)
    member.on_left(result)


def remove_member(board: Board, member: Member, result: str) -> None:
    """Take a call out of its queue without telling anybody; a second time does nothing."""
    queue = member.queue
    if queue.members.pop(member.call.sid, None) is None:
        return
    queue.enqueued_at_sum -= member.enqueued_at
    queue.updated_at = member.left_at = board.now()
    member.call.member = None
    _note(board, member, "queue_left", result=result)


def take_next(board: Board, queue: Queue, taker: Call, take: Callable[[Member], None]) -> None:
    """Hand the front member to `take`, now or when somebody comes; calls that wait so are served in order."""
    queue.takers[taker.sid] = take
    offer(board, queue)


def stop_taking(queue: Queue, taker: Call) -> None:
    """A call does not wait for a member any more."""
    queue.takers.pop(taker.sid, None)


def offer(board: Board, queue: Queue) -> None:
    """Bring those who wait and those who take together, both in order of arrival."""
    while queue.members and queue.takers:
        taker_sid = next(iter(queue.takers))
        take = queue.takers.pop(taker_sid)
        member = next(iter(queue.members.values()))
        remove_member(board, member, "bridged")
        take(member)


def find_member(queue: Queue, call_sid: str) -> Member | None:
    """Return a member by its call's SID, or the one at the `Front`."""
    if call_sid == FRONT:
        return next(iter(queue.members.values()), None)
    return queue.members.get(call_sid)


def position_of(member: Member) -> int:
    """Return the place in the queue, from 1; 0 for one who has left."""
    for place, sid in enumerate(member.queue.members, 1):
        if sid == member.call.sid:
            return place
    return 0


def wait_seconds(member: Member, now: float) -> int:
    """Return the whole seconds that a member has waited, or had when it left."""
    return int((member.left_at or now) - member.enqueued_at)


def average_wait_seconds(queue: Queue, now: float) -> int:
    """Return how long those who wait now have waited on average; 0 when nobody does."""
    size = len(queue.members)
    return max(0, int(now - queue.enqueued_at_sum / size)) if size else 0


def _note(board: Board, member: Member, kind: str, **more: object) -> None:
    facts: dict[str, object] = {"queue": member.queue.sid, "call": member.call.sid, "size": len(member.queue.members)}
    board.edges.note(kind, facts | more)

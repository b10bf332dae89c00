"""Runs a call's TwiML verb by verb: asks for documents, keeps the place, goes on, and runs one inside another.

What a verb does is left to its module.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urljoin

from sandbox.engine.board import Board
from sandbox.engine.document import Document, read_checked
from sandbox.engine.lines import answer, hang_up
from sandbox.engine.orders import Program, Webhook
from sandbox.engine.parties import stop_announcement, stop_message
from sandbox.engine.ports import Fetched, FetchOrder
from sandbox.engine.records import Call, Frame, Script
from sandbox.engine.reports import call_params
from sandbox.engine.twiml import SOUND_ITSELF, DocumentFault, Verb

_HTTP_FAILURE = 11200
# A document that redirects to itself would be asked for without end at one instant of a virtual clock.
_MOST_FETCHES_AT_ONCE = 50
# These do not pick an inbound call up.
_BEFORE_ANSWER = frozenset({"Reject", "Pause", "Redirect"})

Extra = Iterable[tuple[str, str]]


def start(board: Board, call: Call, program: Program, extra: Extra = ()) -> None:
    """Begin a program: inline TwiML runs at once, a webhook is asked first."""
    call.script_turn += 1
    call.script = Script()
    if program.webhook is not None:
        fetch(board, call, program.webhook, program.fallback, extra)
    elif program.twiml is not None:
        _run_body(board, call, Fetched(body=program.twiml), None, None)
    else:
        hang_up(board, call, "program")


def redirect(board: Board, call: Call, program: Program) -> None:
    """Drop what the call does now and run another program, as an update of a live call does."""
    interrupt_activity(board, call)
    start(board, call, program)


def enter_frame(board: Board, call: Call, frame: Frame, program: Program) -> None:
    """Run a document inside what the call does now; its own document goes on when the frame is left."""
    frame.outer = call.script
    call.script_turn += 1
    call.script = Script(base=call.script.base, frame=frame)
    if program.webhook is not None:
        fetch(board, call, program.webhook)
    elif program.twiml is not None:
        _run_body(board, call, Fetched(body=program.twiml), None, None)


def leave_frame(board: Board, call: Call) -> None:
    """Drop the document that runs inside, if there is one, and take up the call's own again."""
    frame = call.script.frame
    if frame is None:
        return
    stop_script(board, call)
    assert frame.outer is not None
    call.script = frame.outer


def stop_script(board: Board, call: Call) -> None:
    """Stop the verb that runs now and everything that was asked for it."""
    call.script_turn += 1
    call.receive_input = None
    board.clear_timer(call, "script")
    board.clear_timer(call, "reply")
    stop_verb, call.stop_verb = call.stop_verb, None
    if stop_verb is not None:
        stop_verb()
    stop_announcement(board, call)
    stop_message(board, call)


def interrupt_activity(board: Board, call: Call) -> None:
    """Make a call leave its conference, dial or pause without ending it."""
    leave_frame(board, call)
    stop_script(board, call)
    interrupt, call.interrupt = call.interrupt, None
    if interrupt is not None:
        interrupt("redirected")


def fetch(board: Board, call: Call, webhook: Webhook, fallback: Webhook | None = None, extra: Extra = ()) -> None:
    """Ask the application what to do next; a failure goes to the fallback, and without one the call is hung up."""
    turn = call.script_turn
    inner = call.script.frame.params() if call.script.frame is not None else ()
    order = FetchOrder(webhook, (*call_params(call), *inner, *extra), call.sid)

    def done(fetched: Fetched) -> None:
        if call.is_final or call.script_turn != turn:
            return
        if fetched.failure is None and not 200 <= fetched.status < 300:
            fetched = Fetched(fetched.status, failure=_HTTP_FAILURE)
        _run_body(board, call, fetched, webhook, fallback)

    if _is_endless(board, call):
        board.set_timer(call, "script", 1.0, lambda: board.edges.fetch(order, done))
    else:
        board.edges.fetch(order, done)


def _is_endless(board: Board, call: Call) -> bool:
    is_same = call.last_fetch_at == board.now()
    call.fetches_at_once = call.fetches_at_once + 1 if is_same else 0
    is_endless = call.fetches_at_once > _MOST_FETCHES_AT_ONCE
    call.last_fetch_at = board.now() + (1.0 if is_endless else 0.0)
    return is_endless


def _run_body(board: Board, call: Call, fetched: Fetched, webhook: Webhook | None, fallback: Webhook | None) -> None:
    if fetched.failure:
        read: Document | DocumentFault = DocumentFault(fetched.failure, f"Fetch failed with status {fetched.status}")
    else:
        read = read_checked(fetched.body, fetched.content_type)
    if not isinstance(read, DocumentFault):
        for warning in read.warnings:
            board.alert(call, 12200, f"Schema validation warning: {warning}", is_warning=True, url=_address(webhook))
        call.script = Script(_with_address(read, webhook), 0, webhook, call.script.frame, board.now())
        if webhook is not None and fetched.seconds is not None:
            board.media[webhook.url] = (board.now() + 1.0, fetched.seconds)
        go_on(board, call)
        return
    url = _address(webhook)
    board.alert(call, read.code, read.text, url=url)
    if fallback is None:
        _fail(board, call)
    else:
        fetch(board, call, fallback, None, [("ErrorCode", str(read.code)), ("ErrorUrl", url)])


def _address(webhook: Webhook | None) -> str:
    return webhook.url if webhook is not None else ""


def _with_address(document: Document, webhook: Webhook | None) -> tuple[Verb, ...]:
    """A webhook that answered with sound instead of a document: it is the file to play."""
    if len(document.verbs) == 1 and document.verbs[0] == SOUND_ITSELF and webhook is not None:
        return (Verb("Play", {}, webhook.url),)
    return document.verbs


def _fail(board: Board, call: Call) -> None:
    if call.script.frame is not None:
        call.script.frame.on_failure()
    else:
        end_call(board, call, "program_error")


def go_on(board: Board, call: Call) -> None:
    """Run verbs until one takes time or takes over; at the end of the document the call is hung up.

    A document that runs inside something else may hold fewer verbs, and its end is up to its frame.
    """
    frame = call.script.frame
    if frame is None:
        call.interrupt = None
    while not call.is_final and call.script.position < len(call.script.verbs):
        verb = call.script.verbs[call.script.position]
        call.script.position += 1
        perform = board.performers.get(verb.name)
        if perform is None:
            continue
        if frame is not None and verb.name not in frame.allowed:
            board.alert(call, 12200, f"Schema validation warning: {verb.name} is not allowed here", is_warning=True)
            continue
        if call.status == "ringing" and not _leaves_ringing(verb):
            answer(board, call)
        board.edges.note("verb_run", {"call": call.sid, "verb": verb.name})
        if perform(board, call, verb):
            return
    if call.is_final:
        return
    if frame is not None:
        frame.on_end()
    else:
        end_call(board, call, "program")


def _leaves_ringing(verb: Verb) -> bool:
    return verb.name in _BEFORE_ANSWER or (verb.name == "Dial" and verb.flag("answerOnBridge", False))


def end_call(board: Board, call: Call, by: str) -> None:
    """Hang up because the program says so; an inbound call that still rings is picked up first."""
    if call.status == "ringing":
        answer(board, call)
    hang_up(board, call, by)


def follow(board: Board, call: Call, verb: Verb, url: str, extra: Extra = ()) -> None:
    """Ask a URL written in the document (relative ones start at the document's own) with the verb's method."""
    target = full_url(call, url)
    call.script_turn += 1
    if not target.startswith(("http://", "https://")):
        board.alert(call, 11100, f"Invalid URL format: {target}", url=target)
        _fail(board, call)
        return
    fetch(board, call, Webhook(target, verb.get("method", "POST").upper()), None, extra)


def full_url(call: Call, url: str) -> str:
    """Return a URL written in the call's document; a relative one starts at the document's own."""
    base = call.script.base
    return urljoin(base.url.partition("#")[0], url) if base is not None else url


def read_action(call: Call, verb: Verb) -> Webhook | None:
    """Return where a verb's `action` goes, or None when it has none that can be asked."""
    url = full_url(call, verb.get("action"))
    if not verb.get("action") or not url.startswith(("http://", "https://")):
        return None
    return Webhook(url, verb.get("method", "POST").upper())


def tell_action(board: Board, call: Call, verb: Verb, extra: Extra) -> None:
    """Ask a verb's action although the call goes no further with it: what it answers is not run."""
    action = read_action(call, verb)
    if action is not None:
        board.edges.fetch(FetchOrder(action, (*call_params(call), *extra), call.sid), lambda _fetched: None)


def follow_action(board: Board, call: Call, verb: Verb, extra: Extra) -> None:
    """Ask a verb's action what to do next; without one the next verb runs."""
    if verb.get("action"):
        follow(board, call, verb, verb.get("action"), extra)
    else:
        go_on(board, call)

"""Runs a call's TwiML verb by verb: Say, Play, Pause, Hangup, Redirect, Reject.

Dial and Gather are left to their modules.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urljoin

from sandbox.engine.board import Board
from sandbox.engine.lines import hang_up
from sandbox.engine.orders import Program, Webhook
from sandbox.engine.parties import hear_announcement, stop_announcement, stop_message
from sandbox.engine.ports import Fetched, FetchOrder
from sandbox.engine.records import Call, Frame, Script
from sandbox.engine.reports import call_params
from sandbox.engine.twiml import DocumentFault, Verb, read_document

LONGEST_LOOP = 1000
_HTTP_FAILURE = 11200

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

    board.edges.fetch(order, done)


def _run_body(board: Board, call: Call, fetched: Fetched, webhook: Webhook | None, fallback: Webhook | None) -> None:
    read = (
        DocumentFault(fetched.failure, f"Fetch failed with HTTP status {fetched.status}")
        if fetched.failure
        else (read_document(fetched.body, fetched.content_type))
    )
    if not isinstance(read, DocumentFault):
        call.script = Script(read, 0, webhook, call.script.frame, board.now())
        go_on(board, call)
        return
    url = webhook.url if webhook else ""
    board.alert(call, read.code, read.text, url=url)
    if fallback is None:
        _fail(board, call)
    else:
        fetch(board, call, fallback, None, [("ErrorCode", str(read.code)), ("ErrorUrl", url)])


def _fail(board: Board, call: Call) -> None:
    if call.script.frame is not None:
        call.script.frame.on_failure()
    else:
        hang_up(board, call, "program_error")


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
            board.alert(call, 12200, f"Schema validation warning: {verb.name} is not run here", is_warning=True)
            continue
        if frame is not None and verb.name not in frame.allowed:
            board.alert(call, 12200, f"Schema validation warning: {verb.name} is not allowed here", is_warning=True)
            continue
        board.edges.note("verb_run", {"call": call.sid, "verb": verb.name})
        if perform(board, call, verb):
            return
    if call.is_final:
        return
    if frame is not None:
        frame.on_end()
    else:
        hang_up(board, call, "program")


def go_on_after(board: Board, call: Call, seconds: float) -> None:
    """Let the next verb run in carrier seconds."""
    board.set_timer(call, "script", seconds, lambda: go_on(board, call))


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


def speech_seconds(board: Board, verb: Verb) -> float:
    """Return how long Say, Play or Pause lasts; lengths of speech and media are estimates."""
    if verb.name == "Pause":
        return verb.seconds("length", 1.0)
    times = int(verb.seconds("loop", 1)) or LONGEST_LOOP
    if verb.name == "Say":
        text = verb.text + "".join(child.text for child in verb.children)
        return times * len(text) / board.options.speech_characters_per_second
    digits = verb.get("digits")
    return times * (0.5 * len(digits) if digits else board.options.media_seconds)


def _speak(board: Board, call: Call, verb: Verb) -> bool:
    hear_announcement(board, call)

    def ended() -> None:
        stop_announcement(board, call)
        go_on(board, call)

    board.set_timer(call, "script", speech_seconds(board, verb), ended)
    return True


def _pause(board: Board, call: Call, verb: Verb) -> bool:
    go_on_after(board, call, speech_seconds(board, verb))
    return True


def _hang_up(board: Board, call: Call, verb: Verb) -> bool:
    hang_up(board, call, "program")
    return True


def _redirect(board: Board, call: Call, verb: Verb) -> bool:
    follow(board, call, verb, verb.text or (call.script.base.url if call.script.base else ""))
    return True


def _reject(board: Board, call: Call, verb: Verb) -> bool:
    board.alert(call, 12200, "Schema validation warning: Reject has no meaning on an outbound call", is_warning=True)
    return False


def register(board: Board) -> None:
    """Put this module's verbs on the board."""
    board.performers.update(
        {"Say": _speak, "Play": _speak, "Pause": _pause, "Hangup": _hang_up, "Redirect": _redirect, "Reject": _reject}
    )

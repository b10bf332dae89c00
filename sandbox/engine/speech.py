"""How long Say, Play and Pause last: speech by its letters, files by their headers, once they are fetched.

A file is asked for once in an hour of carrier time, whoever plays it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from sandbox.engine.board import Board
from sandbox.engine.orders import Webhook
from sandbox.engine.ports import Fetched, FetchOrder
from sandbox.engine.records import Call
from sandbox.engine.script import full_url
from sandbox.engine.twiml import Verb

PROMPTS = ("Say", "Play", "Pause")
LONGEST_LOOP = 1000
KEPT_SECONDS = 3600.0
TONE_SECONDS = 0.5
# Twilio's own sounds are not fetched: nothing that runs here calls Twilio.
_OF_TWILIO = ("twilio.com", "twimlets.com", "com.twilio.sounds.music.s3.amazonaws.com", "s3.amazonaws.com")


def measure(
    board: Board,
    call: Call,
    verbs: Sequence[Verb],
    then: Callable[[float], None],
    is_wanted: Callable[[], bool] | None = None,
) -> None:
    """Hand the seconds that prompts last together to `then`: at once, or when files that are not known yet have come.

    Nothing is handed over when it is not wanted any more: usually, when the call has gone on to something else.
    """
    missing = next((url for verb in verbs if (url := _unknown_file(board, call, verb))), None)
    if missing is None:
        then(sum(_seconds(board, call, verb) for verb in verbs))
        return
    turn = call.script_turn
    still_wanted = is_wanted or (lambda: not call.is_final and call.script_turn == turn)

    def came(fetched: Fetched) -> None:
        _keep(board, call, missing, fetched)
        if still_wanted():
            measure(board, call, verbs, then, is_wanted)

    board.edges.fetch(FetchOrder(Webhook(missing, "GET"), (), call.sid, wants_media=True), came)


def tones_seconds(digits: str) -> float:
    """Return how long keys take when they are played; `w` waits half a second, `W` a whole one."""
    return sum(1.0 if key == "W" else TONE_SECONDS for key in digits)


def _seconds(board: Board, call: Call, verb: Verb) -> float:
    if verb.name == "Pause":
        return verb.seconds("length", 1.0)
    times = int(verb.seconds("loop", 1)) or LONGEST_LOOP
    if verb.name == "Say":
        return times * len(_words(verb)) / board.options.speech_characters_per_second
    if verb.get("digits"):
        return times * tones_seconds(verb.get("digits"))
    return times * board.media.get(full_url(call, verb.text), (0.0, board.options.media_seconds))[1]


def _words(verb: Verb) -> str:
    return verb.text + "".join(_words(child) for child in verb.children)


def _unknown_file(board: Board, call: Call, verb: Verb) -> str | None:
    if verb.name != "Play" or verb.get("digits") or not verb.text:
        return None
    url = full_url(call, verb.text)
    host = urlsplit(url).hostname or ""
    if not host or any(host == own or host.endswith(f".{own}") for own in _OF_TWILIO):
        return None
    known = board.media.get(url)
    return None if known is not None and known[0] > board.now() else url


def _keep(board: Board, call: Call, url: str, fetched: Fetched) -> None:
    seconds = fetched.seconds if fetched.seconds is not None else board.options.media_seconds
    if fetched.failure is not None or not 200 <= fetched.status < 300:
        text = f"A file to play could not be fetched: HTTP status {fetched.status}"
        board.alert(call, fetched.failure or 11200, text, url=url)
        # What cannot be played is passed over, and asked for again by the next call that wants it.
        board.media[url] = (board.now() + 1.0, 0.0)
        return
    board.media[url] = (board.now() + KEPT_SECONDS, seconds)

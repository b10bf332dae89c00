"""The Dial verb: looks at what is inside and hands it to the module that can reach it."""

from __future__ import annotations

from sandbox.engine import dial_legs, dial_queue, dial_room
from sandbox.engine.board import Board
from sandbox.engine.nouns import LEG_NOUNS
from sandbox.engine.records import Call
from sandbox.engine.twiml import Verb


def perform(board: Board, call: Call, verb: Verb) -> bool:
    """Run a Dial; the call goes on when the conference, the queue or the child leg has ended."""
    for noun in verb.children:
        if noun.name == "Conference":
            return dial_room.perform(board, call, verb, noun)
        if noun.name == "Queue":
            return dial_queue.perform(board, call, verb, noun)
    nouns = [noun for noun in verb.children if noun.name in LEG_NOUNS]
    if verb.text and not nouns:
        nouns = [Verb("Number", {}, verb.text)]
    return bool(nouns) and dial_legs.perform(board, call, verb, nouns)

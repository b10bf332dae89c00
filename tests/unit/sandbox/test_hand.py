"""Whoever plays a person by hand is that person: nothing simulated goes on behind their back."""

import json

import pytest

from sandbox import hand
from sandbox.engine.behaviour import Behaviour
from sandbox.engine.ports import Fetched
from sandbox.people import People, change_people, draw
from tests.unit.sandbox.stage import APP, Stage, detection, value

WAIT = '<Response><Pause length="600"/></Response>'
BY_HAND = Behaviour("manual", setup_seconds=1.0, answer_seconds=2.0)
PHONE = "+41445550001"


def said(stage: Stage) -> list[str]:
    notes = [json.loads(line) for line in stage.ledger]
    return [facts["text"] for _, kind, facts in (note for note in notes if len(note) == 3) if kind == "person_said"]


def test_phone_that_rings_by_hand_rings_until_the_timeout() -> None:
    stage = Stage(people={PHONE: BY_HAND})
    call = stage.call(twiml=WAIT, ring_timeout_seconds=40.0)
    stage.run(40)
    assert stage.statuses(call) == ["initiated", "ringing"]
    stage.run(2)
    assert stage.statuses(call)[-1] == "no-answer"


def test_call_answered_by_hand_ends_only_by_hand() -> None:
    stage = Stage(people={PHONE: Behaviour("human", answer_seconds=30, patience_seconds=4, talk_seconds=10)})
    call = stage.call(twiml=WAIT)
    stage.run(5)
    hand.do(stage.board, call, "answer")
    stage.run(300)
    assert call.status == "in-progress"
    hand.do(stage.board, call, "hang_up")
    assert call.hung_up_by == "callee"


def test_taking_over_stops_the_simulated_person_from_hanging_up() -> None:
    stage = Stage(people={PHONE: Behaviour("human", answer_seconds=1, patience_seconds=20, says="Yes")})
    call = stage.call(twiml=WAIT)
    stage.run(10)
    hand.do(stage.board, call, "take_over")
    stage.run(300)
    assert call.status == "in-progress"


def test_machine_by_hand_is_judged_by_its_greeting_and_hangs_up_itself() -> None:
    stage = Stage(people={PHONE: BY_HAND})
    call = stage.call(twiml=WAIT, detection=detection())
    stage.run(5)
    hand.do(stage.board, call, "be_machine", "You have reached the voicemail of Muster AG, please leave a message.")
    stage.run(4)
    assert call.answered_by == "machine_start"
    assert len(said(stage)) == 1
    stage.run(100)
    assert call.status == "completed"


def test_gather_hears_what_is_said_by_hand() -> None:
    gather = f'<Response><Gather input="speech" speechTimeout="auto" action="{APP}/said"/></Response>'
    stage = Stage(people={PHONE: BY_HAND}, pages={f"{APP}/said": Fetched(body=WAIT)})
    call = stage.call(twiml=gather)
    stage.run(2)
    hand.do(stage.board, call, "answer")
    hand.do(stage.board, call, "say", "  Grüezi,\n who is  this? ")
    stage.run(2)
    assert [dict(one.params)["SpeechResult"] for one in stage.fetches] == ["Grüezi, who is this?"]
    assert said(stage) == ["Grüezi, who is this?"]


def test_words_without_a_gather_are_kept_for_whoever_hears_the_call() -> None:
    stage = Stage(people={PHONE: BY_HAND})
    call = stage.call(twiml=WAIT)
    stage.run(2)
    hand.do(stage.board, call, "answer")
    hand.do(stage.board, call, "say", "Hello?")
    assert said(stage) == ["Hello?"]


@pytest.mark.parametrize(
    ("deed", "what"),
    [("hang_up", ""), ("take_over", ""), ("say", "Hello"), ("press", "5"), ("dance", "")],
)
def test_a_ringing_phone_cannot_do_what_needs_an_answer(deed: str, what: str) -> None:
    stage = Stage(people={PHONE: BY_HAND})
    call = stage.call(twiml=WAIT)
    stage.run(2)
    with pytest.raises(hand.CannotDo):
        hand.do(stage.board, call, deed, what)
    assert call.status == "ringing"


@pytest.mark.parametrize(("deed", "what"), [("press", "A"), ("press", ""), ("say", "  "), ("say", "x" * 1001)])
def test_keys_and_words_that_make_no_sense_are_refused(deed: str, what: str) -> None:
    stage = Stage(people={PHONE: BY_HAND})
    call = stage.call(twiml=WAIT)
    stage.run(2)
    hand.do(stage.board, call, "answer")
    with pytest.raises(hand.CannotDo):
        hand.do(stage.board, call, deed, what)


def test_refusing_is_busy() -> None:
    stage = Stage(people={PHONE: BY_HAND})
    call = stage.call(twiml=WAIT)
    stage.run(2)
    hand.do(stage.board, call, "refuse")
    assert [value(one, "SipResponseCode") for one in stage.reports if one.topic == "call"][-1] == "486"
    assert call.status == "busy"


def test_all_numbers_by_hand_leaves_agents_simulated_unless_they_are_named() -> None:
    people = change_people(People(), {"by_hand": ["*"]})
    assert draw(people, 1, PHONE, 1).outcome == "manual"
    assert draw(people, 1, "client:ann", 1).outcome == "human"
    people = change_people(people, {"by_hand": ["client:a*", "+4144555*"]})
    assert draw(people, 1, "client:ann", 1) == Behaviour("manual", is_agent=True)
    assert draw(people, 1, PHONE, 1).outcome == "manual"
    assert draw(people, 1, "+41315550001", 1).outcome != "manual"

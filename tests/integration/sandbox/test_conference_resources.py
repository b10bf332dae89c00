"""Conferences and Participants as the real SDK drives them."""

from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException

from tests.integration.sandbox.bench import FROM, App, Sandbox

TO = "+41445550001"
PARK = (
    '<Response><Dial><Conference statusCallback="{app}/room" statusCallbackEvent="start end join leave mute hold modify'
    ' announcement" endConferenceOnExit="true">desk</Conference></Dial></Response>'
)
JOIN = "<Response><Dial><Conference>desk</Conference></Dial></Response>"


def _bridge(sandbox: Sandbox, app: App) -> tuple[Any, str, str]:
    sandbox.script(TO, answer_seconds=2, talk_seconds=300)
    agent = sandbox.client.calls.create(to="client:ann", from_=FROM, twiml=PARK.format(app=app.address)).sid
    sandbox.advance(5)
    prospect = sandbox.client.calls.create(to=TO, from_=FROM, twiml=JOIN).sid
    sandbox.advance(5)
    room = sandbox.client.conferences.list(friendly_name="desk", status="in-progress")[0]
    return room, agent, prospect


def _events(app: App) -> list[str]:
    return [one.params["StatusCallbackEvent"] for one in app.at("/room")]


def test_bridged_call_is_told_listed_and_measured(sandbox: Sandbox, app: App) -> None:
    room, agent, prospect = _bridge(sandbox, app)
    assert _events(app) == ["participant-join", "participant-join", "conference-start"]
    assert {one.call_sid for one in room.participants.list()} == {agent, prospect}
    found = sandbox.get("summary")["prospects"][0]
    assert (found["sid"], found["answer_to_bridge_ms"]) == (prospect, 0.0)
    assert found["answered_at"] == found["bridged_at"]
    assert all(one.is_signed for one in app.heard)


def test_person_hangs_up_after_the_talk_and_the_agent_stays(sandbox: Sandbox, app: App) -> None:
    room, agent, prospect = _bridge(sandbox, app)
    sandbox.advance(400)
    assert sandbox.client.calls(prospect).fetch().status == "completed"
    assert [one.call_sid for one in room.participants.list()] == [agent]
    assert app.at("/room")[-1].params["ReasonParticipantLeft"] == "participant_hung_up"
    summary = sandbox.get("summary")
    assert (summary["live_calls"], summary["live_prospects"], summary["bridged"]) == (1, 0, 1)


def test_participant_is_muted_held_coached_and_announced_to(sandbox: Sandbox, app: App) -> None:
    room, agent, prospect = _bridge(sandbox, app)
    who = sandbox.client.conferences(room.sid).participants(prospect)
    assert who.update(muted=True).muted is True
    assert who.update(muted=False).muted is False
    assert who.update(hold=True).hold is True
    assert who.update(hold=False).hold is False
    assert who.update(end_conference_on_exit=True).end_conference_on_exit is True
    coach = sandbox.client.calls.create(to="client:boss", from_=FROM, twiml=JOIN).sid
    sandbox.advance(5)
    coached = sandbox.client.conferences(room.sid).participants(coach).update(coaching=True, call_sid_to_coach=agent)
    assert (coached.coaching, coached.call_sid_to_coach) == (True, agent)
    who.update(announce_url=f"{app.address}/beep")
    sandbox.advance(10)
    assert _events(app)[3:] == [
        "participant-mute", "participant-unmute", "participant-hold", "participant-unhold", "participant-modify",
        "participant-join", "participant-modify", "announcement-end",
    ]  # fmt: skip


def test_coach_without_somebody_to_coach_is_refused(sandbox: Sandbox, app: App) -> None:
    room, agent, _ = _bridge(sandbox, app)
    participant = sandbox.client.conferences(room.sid).participants(agent)
    with pytest.raises(TwilioRestException) as refused:
        participant.update(coaching=True)
    assert refused.value.code == 13240
    with pytest.raises(TwilioRestException) as refused:
        participant.update(coaching=True, call_sid_to_coach="CA" + "0" * 32)
    assert refused.value.code == 16028


def test_participant_is_called_into_the_room_and_removed(sandbox: Sandbox, app: App) -> None:
    room, _, prospect = _bridge(sandbox, app)
    participants = sandbox.client.conferences(room.sid).participants
    third = participants.create(
        to="client:bob", from_=FROM, label="expert & co", early_media=True, end_conference_on_exit=False,
        status_callback=f"{app.address}/status", status_callback_event=["answered", "completed"],
    )  # fmt: skip
    assert (third.status, third.conference_sid) == ("queued", room.sid)
    sandbox.advance(5)
    assert participants(third.call_sid).fetch().status == "connected"
    assert participants("expert & co").fetch().call_sid == third.call_sid
    assert participants(third.call_sid).delete()
    assert sandbox.client.calls(third.call_sid).fetch().status == "completed"
    sandbox.advance(1)
    assert app.statuses() == ["in-progress", "completed"]
    assert prospect in {one.call_sid for one in participants.list()}


def test_participant_may_open_a_room_by_name(sandbox: Sandbox) -> None:
    sandbox.script(TO, outcome="busy")
    made = sandbox.client.conferences("new room").participants.create(to=TO, from_=FROM)
    assert sandbox.client.conferences(made.conference_sid).fetch().friendly_name == "new room"
    sandbox.advance(60)
    room = sandbox.client.conferences(made.conference_sid).fetch()
    assert (room.status, sandbox.get("summary")["live_conferences"]) == ("completed", 0)


def test_participant_who_still_rings_can_be_taken_back(sandbox: Sandbox) -> None:
    sandbox.script(TO, answer_seconds=30)
    made = sandbox.client.conferences("desk").participants.create(to=TO, from_=FROM)
    sandbox.advance(5)
    participant = sandbox.client.conferences(made.conference_sid).participants(made.call_sid)
    assert participant.fetch().status == "ringing"
    assert participant.delete()
    assert sandbox.client.calls(made.call_sid).fetch().status == "canceled"


def test_conference_is_ended_by_the_api_and_then_lists_nobody(sandbox: Sandbox, app: App) -> None:
    room, agent, prospect = _bridge(sandbox, app)
    ended = sandbox.client.conferences(room.sid).update(status="completed")
    assert (ended.status, ended.reason_conference_ended) == ("completed", "conference-ended-via-api")
    assert sandbox.client.conferences(room.sid).participants.list() == []
    assert {sandbox.client.calls(sid).fetch().status for sid in (agent, prospect)} == {"completed"}
    sandbox.advance(1)
    assert _events(app)[3:] == ["participant-leave", "participant-leave", "conference-end"]
    with pytest.raises(TwilioRestException):
        sandbox.client.conferences(room.sid).update(status="completed")


def test_agent_who_hangs_up_ends_the_conference(sandbox: Sandbox, app: App) -> None:
    room, agent, prospect = _bridge(sandbox, app)
    sandbox.post(f"calls/{agent}", {"do": "hang_up"})
    assert sandbox.client.conferences(room.sid).fetch().call_sid_ending_conference == agent
    assert sandbox.client.calls(prospect).fetch().status == "completed"


def test_participant_on_the_way_shows_as_ordered_and_answers_to_its_label(sandbox: Sandbox) -> None:
    sandbox.script(TO, answer_seconds=30)
    participants = sandbox.client.conferences("desk").participants
    made = participants.create(to=TO, from_=FROM, label="guest", muted=True, start_conference_on_enter=False)
    assert (made.label, made.muted, made.start_conference_on_enter) == ("guest", True, False)
    found = sandbox.client.conferences(made.conference_sid).participants("guest").fetch()
    assert (found.call_sid, found.label, found.muted) == (made.call_sid, "guest", True)
    with pytest.raises(TwilioRestException) as refused:
        participants.create(to="+41445550002", from_=FROM, label="guest")
    assert refused.value.code == 16025
    assert sandbox.get("summary")["calls"] == 1


def test_hold_music_is_asked_for_until_the_hold_ends(sandbox: Sandbox, app: App) -> None:
    room, _, prospect = _bridge(sandbox, app)
    music = app.page("/hold", "<Response><Say>One moment please</Say></Response>")
    who = sandbox.client.conferences(room.sid).participants(prospect)
    who.update(hold=True, hold_url=music, hold_method="GET")
    sandbox.advance(5)
    assert {(one.method, one.params["CallSid"]) for one in app.at("/hold")} == {("GET", prospect)}
    asked = len(app.at("/hold"))
    assert asked > 1
    who.update(hold=False)
    sandbox.advance(10)
    assert len(app.at("/hold")) == asked


def test_request_with_a_fault_in_it_changes_nothing(sandbox: Sandbox, app: App) -> None:
    room, agent, _ = _bridge(sandbox, app)
    who = sandbox.client.conferences(room.sid).participants(agent)
    with pytest.raises(TwilioRestException):
        who.update(muted=True, announce_url="nowhere")
    assert who.fetch().muted is False


@pytest.mark.parametrize(
    "wrong", [{"beep": "loud"}, {"max_participants": 1}, {"jitter_buffer_size": "huge"}, {"label": "a/b"}]
)
def test_participant_is_not_created_with_a_faulty_parameter(sandbox: Sandbox, wrong: dict[str, Any]) -> None:
    with pytest.raises(TwilioRestException) as refused:
        sandbox.client.conferences("desk").participants.create(to=TO, from_=FROM, **wrong)
    assert refused.value.status == 400
    summary = sandbox.get("summary")
    assert (summary["calls"], summary["live_conferences"]) == (0, 0)

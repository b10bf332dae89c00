"""Conferences by Twilio's rules: when they start and end, who hears whom, what is told."""

import json

import pytest

from sandbox.engine import exchange, rooms
from sandbox.engine.announcements import announce
from sandbox.engine.audibility import audible, hears
from sandbox.engine.orders import Program, Webhook
from sandbox.engine.ports import Fetched
from sandbox.engine.records import Call, Conference
from tests.unit.sandbox.stage import ACCOUNT, APP, PARK, Stage, value

JOIN = "<Response><Dial><Conference {attributes}>desk</Conference></Dial></Response>"


def _bridged(stage: Stage) -> tuple[Conference, Call, Call]:
    agent = stage.park("desk")
    stage.run(5.0)
    prospect = stage.call(twiml=JOIN.format(attributes=""))
    stage.run(10.0)
    room = stage.board.open_rooms[ACCOUNT, "desk"]
    return room, agent, prospect


def test_conference_starts_with_the_second_participant() -> None:
    stage = Stage()
    stage.park("desk")
    stage.run(5.0)
    assert stage.board.open_rooms[ACCOUNT, "desk"].status == "init"
    stage.call(twiml=JOIN.format(attributes=""))
    stage.run(10.0)
    assert stage.room_events() == ["participant-join", "participant-join", "conference-start"]
    assert [value(one, "SequenceNumber") for one in stage.reports if one.topic == "conference"] == ["1", "2", "3"]


def test_conference_waits_for_somebody_who_may_start_it() -> None:
    stage = Stage()
    for name in ("ann", "bob"):
        stage.call(f"client:{name}", JOIN.format(attributes="startConferenceOnEnter='false'"))
    stage.run(5.0)
    assert stage.board.open_rooms[ACCOUNT, "desk"].status == "init"
    stage.call("client:eve", JOIN.format(attributes=""))
    stage.run(5.0)
    assert stage.board.open_rooms[ACCOUNT, "desk"].status == "in-progress"


def test_person_who_is_bridged_talks_and_the_agent_stays_parked() -> None:
    stage = Stage()
    room, agent, prospect = _bridged(stage)
    stage.run(200.0)
    assert prospect.bridged_seconds == pytest.approx(100.0)
    assert (prospect.status, prospect.hung_up_by) == ("completed", "callee")
    assert (agent.status, list(room.participants)) == ("in-progress", [agent.sid])
    left = next(one for one in stage.reports if one.event == "participant-leave")
    assert value(left, "ReasonParticipantLeft") == "participant_hung_up"
    assert value(left, "ParticipantCallStatus") == "completed"


def test_conference_ends_with_the_participant_who_ends_it() -> None:
    stage = Stage()
    agent = stage.call(
        "client:ann", PARK.format(room="desk").replace("<Conference", "<Conference endConferenceOnExit='true'")
    )
    stage.run(5.0)
    prospect = stage.call(twiml=JOIN.format(attributes=""))
    stage.run(10.0)
    exchange.complete_call(stage.board, agent)
    stage.run(1.0)
    assert prospect.status == "completed"
    assert stage.board.open_rooms == {}
    end = next(one for one in stage.reports if one.event == "conference-end")
    assert value(end, "ReasonConferenceEnded") == "participant-with-end-conference-on-exit-left"
    assert value(end, "CallSidEndingConference") == agent.sid


def test_ended_conference_holds_nobody_and_its_name_is_free_again() -> None:
    stage = Stage()
    room, agent, _ = _bridged(stage)
    rooms.end_room(stage.board, room, "conference-ended-via-api", None)
    assert (room.status, room.participants) == ("completed", {})
    assert agent.is_final
    stage.park("desk", "client:bob")
    stage.run(5.0)
    assert stage.board.open_rooms[ACCOUNT, "desk"] is not room


def test_first_participant_alone_says_who_is_told() -> None:
    stage = Stage()
    stage.call("client:ann", JOIN.format(attributes=""))
    stage.run(5.0)
    stage.park("desk", "client:bob")
    stage.run(5.0)
    assert stage.room_events() == []


def test_held_person_hears_nobody_and_may_lose_patience() -> None:
    stage = Stage()
    room, _, prospect = _bridged(stage)
    who = room.participants[prospect.sid]
    who.on_hold = True
    rooms.change(stage.board, room, who, "participant-hold")
    assert prospect.bridged_since is None
    stage.run(59.0)
    assert prospect.status == "in-progress"
    stage.run(2.0)
    assert prospect.hung_up_by == "callee"


def test_coach_is_heard_by_the_coached_alone() -> None:
    stage = Stage()
    room, agent, prospect = _bridged(stage)
    coach = stage.call("client:boss", JOIN.format(attributes=f"coach='{agent.sid}'"))
    stage.run(5.0)
    heard_by_agent = {who.call.sid for who in hears(room, room.participants[agent.sid])}
    heard_by_prospect = {who.call.sid for who in hears(room, room.participants[prospect.sid])}
    assert heard_by_agent == {coach.sid, prospect.sid}
    assert heard_by_prospect == {agent.sid}


def test_muted_participant_hears_and_is_not_heard() -> None:
    stage = Stage()
    room, agent, prospect = _bridged(stage)
    who = room.participants[agent.sid]
    who.muted = True
    rooms.change(stage.board, room, who, "participant-mute")
    assert hears(room, room.participants[prospect.sid]) == []
    assert [one.call.sid for one in hears(room, who)] == [prospect.sid]


def test_removed_participant_goes_on_with_what_follows_dial() -> None:
    stage = Stage()
    stage.park("desk")
    stage.run(5.0)
    prospect = stage.call(twiml="<Response><Dial><Conference>desk</Conference></Dial><Say>goodbye</Say></Response>")
    stage.run(10.0)
    room = stage.board.open_rooms[ACCOUNT, "desk"]
    rooms.kick(stage.board, room.participants[prospect.sid])
    assert prospect.status == "in-progress"
    assert any('"verb": "Say"' in line for line in stage.ledger)
    stage.run(5.0)
    assert prospect.hung_up_by == "program"


def test_redirect_takes_a_call_out_of_its_conference() -> None:
    stage = Stage()
    room, agent, prospect = _bridged(stage)
    exchange.redirect_call(stage.board, prospect, Program(twiml="<Response><Pause length='1'/></Response>"))
    assert list(room.participants) == [agent.sid]
    left = next(one for one in stage.reports if one.event == "participant-leave")
    assert value(left, "ReasonParticipantLeft") == "participant_updated_via_api"


def test_full_conference_lets_nobody_in() -> None:
    stage = Stage()
    _bridged(stage)
    late = stage.call("client:late", JOIN.format(attributes="maxParticipants='2'"))
    stage.run(5.0)
    assert (late.status, stage.alerts()) == ("completed", [16020])


def test_label_is_taken_once() -> None:
    stage = Stage()
    for name in ("ann", "bob"):
        stage.call(f"client:{name}", JOIN.format(attributes="participantLabel='agent'"))
    stage.run(5.0)
    assert stage.alerts() == [16025]


def _told(stage: Stage, *events: str) -> None:
    wanted = f"<Conference statusCallback='{APP}/room' statusCallbackEvent='{' '.join(events)}' "
    stage.call("client:ann", JOIN.format(attributes="").replace("<Conference ", wanted))
    stage.run(5.0)


def test_waiting_music_runs_over_and_over_until_the_conference_starts() -> None:
    stage = Stage(pages={f"{APP}/music": Fetched(body="<Response><Play digits='12345678'/></Response>")})
    ann = stage.call("client:ann", JOIN.format(attributes=f"waitUrl='{APP}/music' waitMethod='GET'"))
    stage.run(20.0)
    asked = [one for one in stage.fetches if one.webhook.url == f"{APP}/music"]
    assert len(asked) == 5
    assert dict(asked[0].params)["FriendlyName"] == "desk"
    stage.call("client:bob", JOIN.format(attributes=f"waitUrl='{APP}/music'"))
    stage.run(60.0)
    assert len([one for one in stage.fetches if one.webhook.url == f"{APP}/music"]) <= 7
    assert (ann.script.frame, ann.is_spoken_to, ann.bridged_since is not None) == (None, False, True)


def test_waiting_music_that_fails_is_alerted_and_nobody_is_dropped() -> None:
    stage = Stage()
    stage.call("client:ann", JOIN.format(attributes=f"waitUrl='{APP}/music'"))
    stage.run(50.0)
    assert stage.alerts() == [11200]
    assert len(stage.board.open_rooms[ACCOUNT, "desk"].participants) == 1


def test_only_what_can_be_heard_runs_while_people_wait() -> None:
    stage = Stage(pages={f"{APP}/music": Fetched(body="<Response><Gather/><Hangup/><Pause length='9'/></Response>")})
    stage.call("client:ann", JOIN.format(attributes=f"waitUrl='{APP}/music'"))
    stage.run(5.0)
    assert stage.alerts() == [12200, 12200]
    assert len(stage.board.open_rooms[ACCOUNT, "desk"].participants) == 1


def test_held_person_hears_what_the_hold_url_plays() -> None:
    page = Fetched(body="<Response><Say>please hold the line</Say><Pause length='4'/></Response>")
    stage = Stage(pages={f"{APP}/hold": page})
    room, _, prospect = _bridged(stage)
    who = room.participants[prospect.sid]
    who.on_hold, who.hold_webhook = True, Webhook(f"{APP}/hold")
    rooms.change(stage.board, room, who, "participant-hold")
    stage.run(11.0)
    assert sum(one.webhook.url == f"{APP}/hold" for one in stage.fetches) == 3
    who.on_hold = False
    rooms.change(stage.board, room, who, "participant-unhold")
    assert prospect.bridged_since is not None
    stage.run(30.0)
    assert sum(one.webhook.url == f"{APP}/hold" for one in stage.fetches) == 3
    assert prospect.status == "in-progress"


def test_who_hears_whom_can_be_asked_for() -> None:
    stage = Stage()
    room, agent, prospect = _bridged(stage)
    coach = stage.call("client:boss", JOIN.format(attributes=f"coach='{agent.sid}'"))
    stage.run(5.0)
    ann, who, boss = agent.sid, prospect.sid, coach.sid
    assert set(audible(room)) == {(ann, who), (who, ann), (boss, ann), (ann, boss), (who, boss)}
    room.participants[ann].muted = True
    rooms.change(stage.board, room, room.participants[ann], "participant-mute")
    assert set(audible(room)) == {(who, ann), (boss, ann), (who, boss)}
    rooms.end_room(stage.board, room, "conference-ended-via-api", None)
    assert audible(room) == []


@pytest.mark.parametrize(
    ("beep", "moments"), [("true", ["enter", "exit"]), ("onEnter", ["enter"]), ("onExit", ["exit"]), ("false", [])]
)
def test_beep_is_heard_by_the_others(beep: str, moments: list[str]) -> None:
    stage = Stage()
    ann = stage.park("desk")
    stage.run(5.0)
    bob = stage.call("client:bob", JOIN.format(attributes=f"beep='{beep}'"))
    stage.run(5.0)
    exchange.complete_call(stage.board, bob)
    heard = [json.loads(line)[2] for line in stage.ledger if '"beep_heard"' in line]
    assert [one["moment"] for one in heard] == moments
    assert all(one["heard_by"] == [ann.sid] for one in heard)


def test_announcement_is_fetched_and_lasts_as_long_as_it_is() -> None:
    stage = Stage(pages={f"{APP}/news": Fetched(body="<Response><Say>thirty letters of good news...</Say></Response>")})
    room, agent, _ = _bridged(stage)
    announce(stage.board, room, room.participants[agent.sid], Webhook(f"{APP}/news"))
    stage.run(2.0)
    assert "announcement-end" not in stage.room_events()
    stage.run(0.2)
    end = next(one for one in stage.reports if one.event == "announcement-end")
    assert (value(end, "CallSid"), value(end, "AnnounceUrl")) == (agent.sid, f"{APP}/news")


def test_announcement_that_fails_is_told() -> None:
    stage = Stage()
    room, _, _ = _bridged(stage)
    announce(stage.board, room, None, Webhook(f"{APP}/news"))
    stage.run(1.0)
    failed = next(one for one in stage.reports if one.event == "announcement-fail")
    assert value(failed, "ReasonAnnouncementFailed") == "11200"
    assert stage.alerts() == [11200]


def test_announcement_ends_with_the_conference() -> None:
    stage = Stage(pages={f"{APP}/news": Fetched(body="<Response><Pause length='30'/></Response>")})
    room, _, _ = _bridged(stage)
    announce(stage.board, room, None, Webhook(f"{APP}/news"))
    stage.run(1.0)
    rooms.end_room(stage.board, room, "conference-ended-via-api", None)
    stage.run(60.0)
    assert stage.room_events()[-1] == "conference-end"


def test_speakers_are_told_when_they_can_be_heard() -> None:
    stage = Stage()
    _told(stage, "speaker", "mute")
    stage.call("client:bob", JOIN.format(attributes=""))
    stage.run(5.0)
    room = stage.board.open_rooms[ACCOUNT, "desk"]
    assert stage.room_events() == ["participant-speech-start"] * 2
    bob = list(room.participants.values())[1]
    bob.muted = True
    rooms.change(stage.board, room, bob, "participant-mute")
    assert stage.room_events()[2:] == ["participant-mute", "participant-speech-stop"]
    assert value(stage.reports[-1], "CallSid") == bob.call.sid


def test_action_is_asked_when_the_conference_is_over() -> None:
    stage = Stage()
    prospect = stage.call(twiml=f"<Response><Dial action='{APP}/after'><Conference>desk</Conference></Dial></Response>")
    stage.run(10.0)
    rooms.end_room(stage.board, stage.board.open_rooms[ACCOUNT, "desk"], "conference-ended-via-api", None)
    params = dict(stage.fetches[-1].params)
    assert (stage.fetches[-1].webhook.url, params["DialCallStatus"]) == (f"{APP}/after", "completed")
    assert "DialCallSid" not in params
    stage.run(1.0)
    assert prospect.is_final

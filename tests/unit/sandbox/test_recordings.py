"""Recordings: how long they are, what is told of them, and that their audio is a real file."""

import io
import wave

import pytest

from sandbox.engine import recordings, rooms
from sandbox.engine.behaviour import Behaviour
from sandbox.engine.exchange import redirect_call
from sandbox.engine.lines import hang_up
from sandbox.engine.orders import RECORDING_EVENTS, Program, RecordingOrder, Subscription, Webhook
from sandbox.engine.ports import Fetched
from sandbox.engine.records import Call, Recording
from sandbox.engine.tape import recorded_seconds, recorded_spans
from sandbox.engine.wav import wav_chunks, wav_size
from tests.unit.sandbox.stage import ACCOUNT, AGENT, APP, PARK, Stage, value

TOLD = Subscription(Webhook(f"{APP}/recording"), frozenset(RECORDING_EVENTS))
WHOLE_CALL = RecordingOrder("OutboundAPI", channels=2, subscription=TOLD)
ON_DEMAND = RecordingOrder("StartCallRecordingAPI", subscription=TOLD)


def _told(stage: Stage) -> list[str]:
    return [value(one, "RecordingStatus") for one in stage.reports if one.topic == "recording"]


def _seconds(stage: Stage, recording: Recording) -> int:
    return recorded_seconds(recording, stage.clock.now())


def _quiet_call(stage: Stage) -> Call:
    stage.people["+41445550001"] = AGENT
    call = stage.call(twiml="<Response><Pause length='600'/></Response>")
    stage.run(5.0)
    return call


def test_recorded_call_tells_where_its_recording_is_when_it_ends() -> None:
    stage = Stage()
    stage.park("desk")
    stage.run(5.0)
    call = stage.call(twiml=PARK.format(room="desk"), recording=WHOLE_CALL)
    stage.run()
    recording = next(iter(stage.board.recordings.values()))
    done = next(one for one in stage.reports if one.sid == call.sid and value(one, "CallStatus") == "completed")
    assert value(done, "RecordingSid") == recording.sid
    assert value(done, "RecordingDuration") == "100"
    assert value(done, "RecordingUrl").endswith(f"/Recordings/{recording.sid}")
    assert (recording.status, _told(stage)) == ("completed", ["in-progress", "completed"])


def test_call_that_is_not_answered_has_no_recording() -> None:
    stage = Stage(people={"+41445550001": Behaviour("busy")})
    stage.call(recording=WHOLE_CALL)
    stage.run()
    assert stage.board.recordings == {}


@pytest.mark.parametrize(("behavior", "seconds"), [("silence", 30), ("skip", 20)])
def test_pause_keeps_its_time_as_silence_or_leaves_it_out(behavior: recordings.PauseBehavior, seconds: int) -> None:
    stage = Stage()
    call = _quiet_call(stage)
    recording = recordings.start_call_recording(stage.board, call, ON_DEMAND)
    stage.run(10.0)
    assert recordings.pause(stage.board, recording, behavior)
    assert not recordings.pause(stage.board, recording, behavior)
    stage.run(10.0)
    assert recordings.resume(stage.board, recording)
    stage.run(10.0)
    assert recordings.stop(stage.board, recording)
    assert recording.status == "stopped"
    stage.run(2.0)
    assert (recording.status, _seconds(stage, recording)) == ("completed", seconds)


def test_recording_that_has_ended_can_be_deleted_and_nothing_else() -> None:
    stage = Stage()
    recording = recordings.start_call_recording(stage.board, _quiet_call(stage), ON_DEMAND)
    assert not recordings.delete(stage.board, recording)
    stage.run(3.0)
    recordings.stop(stage.board, recording)
    assert not recordings.pause(stage.board, recording)
    assert not recordings.resume(stage.board, recording)
    assert recordings.delete(stage.board, recording)
    stage.run(2.0)
    assert _told(stage) == ["in-progress"]


def test_current_recording_is_the_youngest_that_runs() -> None:
    stage = Stage()
    call = _quiet_call(stage)
    first = recordings.start_call_recording(stage.board, call, ON_DEMAND)
    second = recordings.start_call_recording(stage.board, call, ON_DEMAND)
    assert recordings.find_current(call) is second
    recordings.stop(stage.board, second)
    assert recordings.find_current(call) is first


def test_recording_of_nothing_is_absent() -> None:
    stage = Stage()
    recording = recordings.start_call_recording(stage.board, _quiet_call(stage), ON_DEMAND)
    recordings.stop(stage.board, recording)
    stage.run(2.0)
    assert (recording.status, _told(stage)) == ("absent", ["in-progress", "absent"])


def test_hang_up_ends_a_paused_recording() -> None:
    stage = Stage()
    call = _quiet_call(stage)
    recording = recordings.start_call_recording(stage.board, call, ON_DEMAND)
    stage.run(4.0)
    recordings.pause(stage.board, recording, "skip")
    stage.run(4.0)
    hang_up(stage.board, call, "callee")
    stage.run(2.0)
    assert (recording.status, _seconds(stage, recording), call.recordings) == ("completed", 4, [])


def test_recorded_conference_starts_with_the_conference_and_ends_with_it() -> None:
    stage = Stage()
    recorded = PARK.replace("<Conference", f"<Conference record='record-from-start' recordingStatusCallback='{APP}/r'")
    stage.call("client:ann", recorded.format(room="desk"))
    stage.run(5.0)
    assert stage.board.recordings == {}
    stage.call(twiml=recorded.format(room="desk"))
    stage.run(7.0)
    room = stage.board.open_rooms[ACCOUNT, "desk"]
    (recording,) = stage.board.recordings.values()
    stage.run(20.0)
    rooms.end_room(stage.board, room, "conference-ended-via-api", None)
    stage.run(2.0)
    report = next(one for one in stage.reports if one.topic == "recording")
    assert (value(report, "ConferenceSid"), value(report, "RecordingSource")) == (room.sid, "Conference")
    assert (value(report, "CallSid"), value(report, "RecordingDuration")) == ("", str(_seconds(stage, recording)))
    assert {sound for _, sound in recorded_spans(recording, stage.clock.now())} == {"talk"}


def test_dial_is_recorded_from_the_childs_answer_to_its_end() -> None:
    stage = Stage(people={"client:bob": Behaviour("human", answer_seconds=1.0, talk_seconds=8.0)})
    stage.people["+41445550001"] = AGENT
    stage.call(
        twiml="<Response><Dial record='record-from-answer-dual' action='http://app.test/a'>"
        "<Client>bob</Client></Dial></Response>"
    )
    stage.run(60.0)
    (recording,) = stage.board.recordings.values()
    assert (_seconds(stage, recording), recording.order.channels, recording.order.source) == (8, 2, "DialVerb")
    assert dict(stage.fetches[-1].params)["RecordingUrl"].endswith(recording.sid)


def _record(attributes: str, person: Behaviour, then: str = "<Hangup/>") -> Stage:
    stage = Stage(
        pages={
            f"{APP}/answer": Fetched(body=f"<Response><Record {attributes}/>{then}</Response>"),
            f"{APP}/done": Fetched(body="<Response><Hangup/></Response>"),
        },
        people={"+41445550001": person},
    )
    stage.call()
    stage.run()
    return stage


def test_record_verb_hears_the_message_out_and_asks_its_action() -> None:
    stage = _record(f"action='/done' timeout='3' recordingStatusCallback='{APP}/r'", Behaviour("human"))
    params = dict(stage.fetches[-1].params)
    assert stage.fetches[-1].webhook.url == f"{APP}/done"
    # Six seconds of voice and the three of silence that end it.
    assert (params["RecordingDuration"], params["Digits"]) == ("9", "")
    assert _told(stage) == ["completed"]


def test_trimmed_recording_has_no_silent_ends() -> None:
    stage = _record("action='/done' timeout='3' trim='trim-silence'", Behaviour("human"))
    assert dict(stage.fetches[-1].params)["RecordingDuration"] == "6"


def test_record_verb_stops_at_its_longest() -> None:
    stage = _record("action='/done' maxLength='4'", Behaviour("human"))
    assert dict(stage.fetches[-1].params)["RecordingDuration"] == "4"


def test_record_verb_that_hears_nobody_goes_on_with_the_next_verb() -> None:
    stage = _record("action='/done'", AGENT, then="<Say>nobody there</Say>")
    assert [one.webhook.url for one in stage.fetches] == [f"{APP}/answer"]
    assert any('"verb": "Say"' in line for line in stage.ledger)


def test_key_ends_a_recording_and_is_told() -> None:
    stage = Stage(people={"+41445550001": AGENT}, pages={f"{APP}/done": Fetched(body="<Response/>")})
    call = stage.call(twiml=f"<Response><Record action='{APP}/done' finishOnKey='#'/></Response>")
    stage.run(4.0)
    assert call.receive_input is not None
    call.receive_input("speech", "a message of thirty characters")
    stage.run(1.0)
    call.receive_input("dtmf", "1#")
    assert dict(stage.fetches[-1].params)["Digits"] == "#"


def test_hang_up_while_recording_is_told_to_the_action() -> None:
    stage = Stage()
    call = stage.call(twiml=f"<Response><Record action='{APP}/done'/></Response>")
    stage.run(9.0)
    hang_up(stage.board, call, "callee")
    stage.run(2.0)
    assert dict(stage.fetches[-1].params)["Digits"] == "hangup"
    assert next(iter(stage.board.recordings.values())).status == "completed"


def test_transcription_is_warned_of() -> None:
    assert _record("action='/done' transcribe='true'", Behaviour("human")).alerts() == [12200]


def test_audio_is_a_wav_file_of_the_recordings_length_and_always_the_same() -> None:
    stage = Stage()
    stage.park("desk")
    stage.run(5.0)
    stage.call(
        twiml="<Response><Say>one moment please, thank you</Say><Dial><Conference>desk</Conference></Dial></Response>",
        recording=WHOLE_CALL,
    )
    stage.run()
    (recording,) = stage.board.recordings.values()
    now = stage.clock.now()
    audio = b"".join(wav_chunks(recording, now))
    assert len(audio) == wav_size(recording, now)
    assert audio == b"".join(wav_chunks(recording, now))
    with wave.open(io.BytesIO(audio)) as heard:
        assert (heard.getnchannels(), heard.getframerate(), heard.getsampwidth()) == (2, 8000, 2)
        assert heard.getnframes() == _seconds(stage, recording) * 8000
    mixed = b"".join(wav_chunks(recording, now, channels=1))
    with wave.open(io.BytesIO(mixed)) as heard:
        assert heard.getnframes() == _seconds(stage, recording) * 8000
        assert set(heard.readframes(8000)) != {0}


def test_silence_is_silent_and_a_voice_is_not() -> None:
    stage = Stage()
    call = _quiet_call(stage)
    recording = recordings.start_call_recording(stage.board, call, ON_DEMAND)
    stage.run(2.0)
    recordings.stop(stage.board, recording)
    assert set(b"".join(wav_chunks(recording, stage.clock.now()))[44:]) == {0}


def test_call_that_is_updated_while_it_records_is_left_alone_at_the_longest_length() -> None:
    stage = Stage(people={"+41445550001": Behaviour("human", answer_seconds=5.0, patience_seconds=99.0)})
    call = stage.call(twiml=f"<Response><Record maxLength='9' action='{APP}/done'/></Response>")
    stage.run(8.0)
    redirect_call(stage.board, call, Program(twiml="<Response><Pause length='5'/><Dial>+41445550009</Dial></Response>"))
    stage.run(30.0)
    assert stage.fetches == []
    assert [recording.status for recording in stage.board.recordings.values()] == ["completed"]


def test_recording_in_a_whisper_ends_with_it() -> None:
    stage = Stage(pages={f"{APP}/whisper": Fetched(body="<Response><Record timeout='60'/></Response>")})
    stage.people["+41445550001"] = AGENT
    call = stage.call(twiml=f"<Response><Dial><Client url='{APP}/whisper'>bob</Client></Dial></Response>")
    stage.run(8.0)
    child = stage.board.calls_by_number["client:bob"][0]
    redirect_call(stage.board, child, Program(twiml="<Response><Pause length='30'/></Response>"))
    stage.run(3.0)
    (recording,) = stage.board.recordings.values()
    assert not recording.is_live
    assert (child.status, call.status) == ("in-progress", "completed")

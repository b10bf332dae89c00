"""Whatever is done to calls in whatever order: they end, nothing leaks, callbacks never contradict the ledger."""

import json
from collections import defaultdict
from collections.abc import Callable

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from sandbox.audit import Audit
from sandbox.engine import enqueue, exchange, inbound, lines, queues, recordings, rooms
from sandbox.engine.announcements import announce
from sandbox.engine.audibility import hears
from sandbox.engine.behaviour import OUTCOMES, Behaviour
from sandbox.engine.board import OwnNumber
from sandbox.engine.orders import RECORDING_EVENTS, Program, RecordingOrder, Subscription, Webhook
from sandbox.engine.ports import Fetched, Report
from sandbox.engine.records import FINAL_STATUSES, Call, Participant
from tests.unit.sandbox.stage import ACCOUNT, APP, PARK, STATUS, Stage, detection, value

PROGRAMS = (
    PARK.format(room="one"),
    PARK.format(room="two"),
    PARK.format(room="one").replace("<Conference", "<Conference endConferenceOnExit='true'"),
    PARK.format(room="one").replace("<Conference", "<Conference startConferenceOnEnter='false' muted='true'"),
    PARK.format(room="two").replace("</Response>", "<Say>after the room</Say></Response>"),
    "<Response><Say>hello there</Say><Pause length='3'/></Response>",
    "<Response><Dial timeout='8'><Client>zoe</Client><Number>+41445550077</Number></Dial><Say>after</Say></Response>",
    "<Response><Gather numDigits='1' timeout='2' action='http://app.test/again'/><Redirect>http://app.test/again</Redirect></Response>",
    "<Response><Dial action='http://app.test/again'><Conference>one</Conference></Dial></Response>",
    "<Response><Pay/><Hangup/></Response>",
    "<Response><Record maxLength='9' timeout='3' action='http://app.test/again'/><Say>nobody</Say></Response>",
    "<Response><Enqueue action='http://app.test/again' waitUrl='http://app.test/again'>line</Enqueue></Response>",
    "<Response><Enqueue waitUrl='http://app.test/leave'>line</Enqueue><Say>after the line</Say></Response>",
    "<Response><Dial record='record-from-answer' timeLimit='9'><Queue>line</Queue></Dial><Say>next</Say></Response>",
    "<Response><Dial><Queue url='http://app.test/again'>line</Queue></Dial></Response>",
    (
        "<Response><Dial sequential='true' hangupOnStar='true' timeout='3' record='record-from-ringing'>"
        "<Client url='http://app.test/screen'>zo</Client><Number sendDigits='1'>+41445550003</Number></Dial></Response>"
    ),
    (
        "<Response><Dial timeLimit='9'><Number url='http://app.test/again'>+41445550004</Number>"
        "<Client url='http://app.test/screen'>ann</Client></Dial><Redirect>http://app.test/again</Redirect></Response>"
    ),
    (
        "<Response><Dial action='http://app.test/again'><Number machineDetection='Enable' "
        "amdStatusCallback='http://app.test/amd'>+41445550005</Number></Dial></Response>"
    ),
    "<Response><Dial>+41445559999</Dial><Say>own</Say></Response>",
    "<Response><Gather input='dtmf speech' timeout='3'><Play>/sound</Play></Gather><Play>/nothing</Play></Response>",
    "<Response><Refer><Sip>sip:a@b</Sip></Refer><Reject/><Dial>none</Dial></Response>",
    (
        "<Response><Dial><Conference statusCallback='http://app.test/room' statusCallbackEvent='start end join leave "
        "speaker announcement' waitUrl='http://app.test/leave' beep='onExit'>two</Conference></Dial></Response>"
    ),
    "<Response><Dial><Conference record='true' waitUrl='http://app.test/again'>one</Conference></Dial></Response>",
    "<Response/>",
    "<broken",
)
TOLD = Subscription(Webhook(f"{APP}/recording"), frozenset(RECORDING_EVENTS))
OWN_PROGRAMS = (
    "<Response><Say>welcome to the house</Say><Pause length='9'/></Response>",
    "<Response><Reject reason='busy'/></Response>",
    "<Response><Pause length='3'/><Reject/></Response>",
    "<Response><Dial answerOnBridge='true' timeout='4'><Client>ann</Client></Dial></Response>",
    "<Response><Enqueue>line</Enqueue></Response>",
    "<Response><Record maxLength='5'/></Response>",
    "<Response/>",
    "<broken",
)
ORDER = ("queued", "initiated", "ringing", "in-progress")
# Mostly long enough for a phone to be picked up, seldom for a whole talk.
PAUSES = st.sampled_from([0.0, 0.05, 1.0, 5.0, 6.5, 7.0, 8.0, 9.0, 30.0])
LIVE_LEGS = st.integers(min_value=0, max_value=40)


class AnySequence(RuleBasedStateMachine):
    """Applications, callers and people that do anything at any time."""

    def __init__(self) -> None:
        super().__init__()
        pages = {
            f"{APP}/again": Fetched(body="<Response><Say>again</Say></Response>"),
            f"{APP}/screen": Fetched(body="<Response><Gather numDigits='1' timeout='2'/><Hangup/></Response>"),
            f"{APP}/own": Fetched(body=OWN_PROGRAMS[0]),
            f"{APP}/sound": Fetched(seconds=2.5),
            f"{APP}/leave": Fetched(body="<Response><Say>wait a moment</Say><Leave/></Response>"),
        }
        self.stage = Stage(pages=pages)
        own = OwnNumber(ACCOUNT, "+41445559999", Program(Webhook(f"{APP}/own")), STATUS)
        self.stage.board.find_number = lambda number: own if number == own.number else None
        self.calls: list[Call] = []
        self.on_their_own: set[str] = set()

    @rule(
        number=st.integers(1, 5),
        program=st.sampled_from(PROGRAMS),
        outcome=st.sampled_from(("human",) * 6 + OUTCOMES),
        mode=st.sampled_from(["", "Enable", "DetectMessageEnd"]),
        is_async=st.booleans(),
        then=PAUSES,
    )
    def order_call(self, number: int, program: str, outcome: str, mode: str, is_async: bool, then: float) -> None:
        to = f"+4144555000{number}"
        self.stage.people[to] = Behaviour(outcome, talk_seconds=20.0, presses="12")  # type: ignore[arg-type]
        wanted = detection(mode, is_async=is_async) if mode else None
        self.calls.append(self.stage.call(to, program, detection=wanted))
        self.stage.run(then)

    @rule(name=st.sampled_from(["ann", "bob"]), room=st.sampled_from(["one", "two"]), then=PAUSES)
    def park_agent(self, name: str, room: str, then: float) -> None:
        self.calls.append(self.stage.park(room, f"client:{name}"))
        self.stage.run(then)

    @rule(page=st.sampled_from([Fetched(body=PROGRAMS[0]), Fetched(500), Fetched(0, failure=11205)]))
    def order_call_with_webhook(self, page: Fetched) -> None:
        self.stage.pages[f"{APP}/answer"] = page
        self.calls.append(self.stage.call())

    @rule(program=st.sampled_from(OWN_PROGRAMS), then=PAUSES, from_outside=st.booleans())
    def call_own_number(self, program: str, then: float, from_outside: bool) -> None:
        self.stage.pages[f"{APP}/own"] = Fetched(body=program)
        own = self.stage.board.find_number("+41445559999")
        assert own is not None
        if from_outside:
            person = Behaviour("human", patience_seconds=9.0, talk_seconds=9.0, presses="1")
            inbound.ring_in(self.stage.board, own, inbound.Visitor("+41797770000", person))
        else:
            self.stage.call(own.number, "<Response><Pause length='4'/><Play digits='12'/></Response>")
        self.stage.run(then)

    @precondition(lambda self: self.stage.board.live_calls)
    @rule(which=LIVE_LEGS, kind=st.sampled_from(["dtmf", "speech"]), what=st.sampled_from(["1", "*", "#", "hello"]))
    def give_input(self, which: int, kind: str, what: str) -> None:
        call = self._pick(which)
        if call.receive_input is not None:
            call.receive_input(kind, what)

    @rule(seconds=PAUSES)
    def let_time_pass(self, seconds: float) -> None:
        self.stage.run(seconds)

    @precondition(lambda self: self.calls)
    @rule(which=LIVE_LEGS, program=st.sampled_from(PROGRAMS))
    def redirect(self, which: int, program: str) -> None:
        self._redirect(self._pick(which), Program(twiml=program))

    @precondition(lambda self: self.calls)
    @rule(which=LIVE_LEGS)
    def redirect_to_webhook(self, which: int) -> None:
        program = Program(Webhook(f"{APP}/again"), Webhook(f"{APP}/nowhere"))
        self._redirect(self._pick(which), program)

    @precondition(lambda self: self.calls)
    @rule(which=LIVE_LEGS, how=st.sampled_from([exchange.cancel_call, exchange.complete_call]))
    def end_call(self, which: int, how: Callable[[object, Call], None]) -> None:
        how(self.stage.board, self._pick(which))

    @precondition(lambda self: self.calls)
    @rule(which=LIVE_LEGS)
    def hang_up(self, which: int) -> None:
        lines.hang_up(self.stage.board, self._pick(which), "callee")

    @precondition(lambda self: any(self._everybody()))
    @rule(which=LIVE_LEGS, mute=st.booleans(), hold=st.booleans(), ends=st.booleans())
    def change_participant(self, which: int, mute: bool, hold: bool, ends: bool) -> None:
        who = self._everybody()[which % len(self._everybody())]
        was_on_hold = who.on_hold
        who.muted, who.on_hold, who.ends_on_exit = mute, hold, ends
        who.hold_webhook = Webhook(f"{APP}/again") if ends else None
        room = who.call.conference
        assert room is not None
        event = "participant-modify" if was_on_hold == hold else f"participant-{'hold' if hold else 'unhold'}"
        rooms.change(self.stage.board, room, who, event)

    @precondition(lambda self: any(self._everybody()))
    @rule(which=LIVE_LEGS, page=st.sampled_from(["again", "nowhere", "sound"]), to_all=st.booleans())
    def announce_something(self, which: int, page: str, to_all: bool) -> None:
        who = self._everybody()[which % len(self._everybody())]
        room = who.call.conference
        assert room is not None
        announce(self.stage.board, room, None if to_all else who, Webhook(f"{APP}/{page}"))

    @precondition(lambda self: any(self._everybody()))
    @rule(which=LIVE_LEGS)
    def kick(self, which: int) -> None:
        rooms.kick(self.stage.board, self._everybody()[which % len(self._everybody())])

    @precondition(lambda self: self.stage.board.open_rooms)
    @rule(which=LIVE_LEGS)
    def end_room(self, which: int) -> None:
        found = list(self.stage.board.open_rooms.values())
        rooms.end_room(self.stage.board, found[which % len(found)], "conference-ended-via-api", None)

    @precondition(lambda self: self.stage.board.live_calls)
    @rule(which=LIVE_LEGS)
    def record_call(self, which: int) -> None:
        call = self._pick(which)
        if call.status == "in-progress":
            order = RecordingOrder("StartCallRecordingAPI", subscription=TOLD)
            recordings.start_call_recording(self.stage.board, call, order)

    @precondition(lambda self: self.stage.board.recordings)
    @rule(which=LIVE_LEGS, how=st.sampled_from(["pause", "skip", "resume", "stop", "delete"]))
    def change_recording(self, which: int, how: str) -> None:
        board = self.stage.board
        recording = list(board.recordings.values())[which % len(board.recordings)]
        if how in ("pause", "skip"):
            recordings.pause(board, recording, "skip" if how == "skip" else "silence")
        else:
            {"resume": recordings.resume, "stop": recordings.stop, "delete": recordings.delete}[how](board, recording)

    @precondition(lambda self: any(queue.members for queue in self.stage.board.queues.values()))
    @rule(which=st.sampled_from(["Front", "again"]))
    def dequeue(self, which: str) -> None:
        queue = next(queue for queue in self.stage.board.queues.values() if queue.members)
        member = queues.find_member(queue, "Front")
        assert member is not None
        enqueue.dequeue(self.stage.board, member, Program(Webhook(f"{APP}/again")))
        self.on_their_own.add(member.call.sid)

    def teardown(self) -> None:
        for call in list(self.stage.board.live_calls.values()):
            exchange.complete_call(self.stage.board, call)
        self.stage.run()
        self._check_nothing_is_left()
        self._check_callbacks()
        self._check_room_callbacks()
        self._check_recording_callbacks()
        self._audit()

    def _redirect(self, call: Call, program: Program) -> None:
        if exchange.redirect_call(self.stage.board, call, program):
            self.on_their_own.add(call.sid)

    def _pick(self, which: int) -> Call:
        every = list(self.stage.board.calls.values())
        return every[which % len(every)]

    def _everybody(self) -> list[Participant]:
        return [who for room in self.stage.board.open_rooms.values() for who in room.participants.values()]

    @invariant()
    def participants_and_rooms_agree(self) -> None:
        for who in self._everybody():
            room = who.call.conference
            assert room is not None
            assert room.participants[who.call.sid] is who
            assert who.call.status == "in-progress"
            assert (who.call.bridged_since is not None) == bool(hears(room, who))

    @invariant()
    def queues_and_their_members_agree(self) -> None:
        for queue in self.stage.board.queues.values():
            assert not (queue.members and queue.takers)
            for sid, member in queue.members.items():
                assert member.call.member is member
                assert (member.call.sid, member.call.status) == (sid, "in-progress")
            assert all(not self.stage.board.calls[sid].is_final for sid in queue.takers)

    @invariant()
    def only_the_living_are_recorded(self) -> None:
        for recording in self.stage.board.recordings.values():
            owner = recording.call if recording.call is not None else recording.room
            assert owner is not None
            assert (recording in owner.recordings) == recording.is_live

    @invariant()
    def no_leg_serves_a_caller_who_is_gone(self) -> None:
        calls = self.stage.board.calls
        for call in self.stage.board.live_calls.values():
            # A leg that was given a program of its own goes its own way.
            if call.order.parent_sid is not None and call.sid not in self.on_their_own:
                assert not calls[call.order.parent_sid].is_final

    @invariant()
    def two_ends_of_one_line_live_and_die_together(self) -> None:
        for call in self.stage.board.live_calls.values():
            if call.far is not None:
                assert not call.far.is_final
                assert call.far.far is call

    @invariant()
    def nobody_talks_to_nobody(self) -> None:
        for call in self.stage.board.live_calls.values():
            assert call.bridged_since is None or call.status == "in-progress"
            assert not (call.status == "queued" and call.is_spoken_to)

    def _check_nothing_is_left(self) -> None:
        board = self.stage.board
        assert board.live_calls == {}
        assert board.open_rooms == {}
        assert all(not room.participants and not room.expected for room in board.conferences.values())
        for call in board.calls.values():
            assert call.is_final
            assert not call.timers
            assert call.bridged_since is None
            assert not call.recordings
            assert call.member is None

        assert all(not queue.members and not queue.takers for queue in board.queues.values())
        assert all(one.status in ("completed", "absent") for one in board.recordings.values())
        assert board.agenda.next_at() is None

    def _audit(self) -> None:
        audit = Audit()
        lines = [json.loads(line) for line in self.stage.ledger]
        for number, (at, kind, facts) in enumerate((line for line in lines if isinstance(line[2], dict)), 1):
            audit.take({"n": number, "at": f"{at:020.3f}", "kind": kind, **facts})
        assert audit.close(must_be_finished=True) == []

    def _check_callbacks(self) -> None:
        told: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for one in self.stage.reports:
            if one.topic == "call":
                told[one.sid].append((int(value(one, "SequenceNumber")), value(one, "CallStatus")))
        for call in self.stage.board.calls.values():
            if call.subscription is None:
                continue
            numbers, statuses = zip(*told[call.sid], strict=True)
            assert list(numbers) == list(range(len(numbers)))
            assert statuses[-1] == call.status
            assert all(status not in FINAL_STATUSES for status in statuses[:-1])
            assert [ORDER.index(status) for status in statuses[:-1]] == sorted(
                ORDER.index(status) for status in statuses[:-1]
            )
            assert statuses == self._written(call)

    def _check_room_callbacks(self) -> None:
        """Whoever came has left, a conference starts once at most, and nothing is told after its end."""
        told: dict[str, list[Report]] = defaultdict(list)
        for one in self.stage.reports:
            if one.topic == "conference":
                told[one.sid].append(one)
        for sid, reports in told.items():
            assert [value(one, "SequenceNumber") for one in reports] == [str(n + 1) for n in range(len(reports))]
            wanted = self.stage.board.conferences[sid].subscription
            assert wanted is not None
            events = [one.event for one in reports]
            assert events.count("conference-start") <= 1
            if "end" in wanted.events:
                assert events.index("conference-end") == len(events) - 1
            if {"join", "leave"} <= wanted.events:
                came = sorted(value(one, "CallSid") for one in reports if one.event == "participant-join")
                left = sorted(value(one, "CallSid") for one in reports if one.event == "participant-leave")
                assert came == left
            if "speaker" in wanted.events:
                speaking = [event for event in events if event.startswith("participant-speech")]
                assert speaking.count("participant-speech-stop") <= speaking.count("participant-speech-start")

    def _check_recording_callbacks(self) -> None:
        """A recording begins once and ends once, as what it became; one that was deleted early does not end."""
        told: dict[str, list[str]] = defaultdict(list)
        for one in self.stage.reports:
            if one.topic == "recording":
                told[one.sid].append(value(one, "RecordingStatus"))
        for sid, recording in self.stage.board.recordings.items():
            if recording.order.subscription is not None:
                assert told[sid] == ["in-progress", recording.status]
        for sid in told.keys() - self.stage.board.recordings.keys():
            assert told[sid][0] == "in-progress"
            assert len(told[sid]) <= 2

    def _written(self, call: Call) -> tuple[str, ...]:
        words = {"call_answered": "in-progress"}
        found = []
        for line in self.stage.ledger:
            _, kind, *rest = json.loads(line)
            if kind.startswith("call_") and rest and isinstance(rest[0], dict) and rest[0].get("call") == call.sid:
                found.append(words.get(kind, kind.removeprefix("call_").replace("_", "-")))
        return tuple(word for word in found if word in FINAL_STATUSES or word in ORDER)


TestAnySequence = AnySequence.TestCase
TestAnySequence.settings = settings(
    max_examples=30, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
